"""A command that needs no shell, as the list of its words."""

import shlex
from typing import TYPE_CHECKING

from gate import lazy
from gate.mends.calls import imports, is_name, keyword, named, without
from gate.source import Source

if TYPE_CHECKING:
    import libcst as cst

_SHELL = lazy.regex(r"[|&;<>()$`\\\"'*?\[\]#~!{}\n%]|^\w+=")
"""What a shell would read as more than a word."""
HOLE = "\0"
"""Stands in a text for an expression."""


def without_shell(call: "cst.Call", _: Source) -> "cst.Call | None":
    """`run(f"zip {name}", shell=True)` as `run(["zip", str(name)])`; None where a shell has something to do."""
    fit = named(call, "run", "call", "check_call", "check_output", "Popen") and is_name(keyword(call, "shell"), "True")
    if not fit or call.args[0].keyword or call.args[0].star:
        return None
    words = _words(call.args[0].value)
    if words is None:
        return None
    first = call.args[0].with_changes(value=words)
    return without(call.with_changes(args=[first, *call.args[1:]]), "shell")


def without_system(call: "cst.Call", source: Source) -> "cst.Call | None":
    """`os.system(f"zip {name}")` as `subprocess.call(["zip", str(name)])`, which answers with the status as well."""
    import libcst as cst

    fit = isinstance(call.func, cst.Attribute) and is_name(cst.Arg(call.func.value), "os") and named(call, "system")
    words = _words(call.args[0].value) if fit and len(call.args) == 1 and imports(source, "subprocess") else None
    if words is None:
        return None
    function = cst.Attribute(cst.Name("subprocess"), cst.Name("call"))
    return call.with_changes(func=function, args=[call.args[0].with_changes(value=words)])


def _words(command: "cst.BaseExpression") -> "cst.BaseExpression | None":
    import libcst as cst

    if isinstance(command, cst.List):
        return command
    if isinstance(command, cst.SimpleString) and isinstance(command.evaluated_value, str):
        text, values = command.evaluated_value, []
    elif isinstance(command, cst.FormattedString) and "r" not in command.prefix:
        parts = [part(one) for one in command.parts]
        text, values = "".join(text for text, _ in parts), [value for _, value in parts if value]
    else:
        return None
    return _listed(text, values)


def _listed(text: str, values: list[str]) -> "cst.BaseExpression | None":
    """The words of a command; a value must be a word by itself, or it could be an option and more."""
    import libcst as cst

    words = text.split()
    if not words or _SHELL.search(text) or words[0] == HOLE or any(HOLE in word and word != HOLE for word in words):
        return None
    left = iter(values)
    spelled = [f"str({next(left)})" if word == HOLE else f'"{word}"' for word in words]
    if not values and shlex.split(text) != words:
        return None
    return cst.parse_expression(f"[{', '.join(spelled)}]")


def part(part: "cst.BaseFormattedStringContent") -> tuple[str, str]:
    """Plain text, or a hole and the expression in it; what is formatted further is no plain word."""
    import libcst as cst

    if isinstance(part, cst.FormattedStringText):
        return part.value, ""
    if not isinstance(part, cst.FormattedStringExpression) or part.format_spec or part.conversion or part.equal:
        return "$", ""
    return HOLE, cst.Module([]).code_for_node(part.expression)
