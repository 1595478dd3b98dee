"""Calls that are right but for a keyword or a name."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gate.fact import Repo
from gate.mends.statement import rewritten
from gate.rule import Mend, Place
from gate.source import Source

if TYPE_CHECKING:
    import libcst as cst

Edit = Callable[["cst.Call", Source], "cst.BaseExpression | None"]
"""What should stand for the call, or None when it is not the one that is meant."""


def mender(edit: Edit) -> Callable[[Source, Place, Repo], Mend | None]:
    """Mend the one call of the statement at a place that an edit changes."""

    def mended(source: Source, place: Place, _repo: Repo) -> Mend | None:
        return rewritten(source, place, lambda call: edit(call, source))

    return mended


def first(*edits: Edit) -> Edit:
    """The first of several edits that fits a call: what a rule reports may be mended in more than one way."""
    return lambda call, source: next((made for edit in edits if (made := edit(call, source))), None)


def keyword(call: "cst.Call", name: str) -> "cst.Arg | None":
    return next((arg for arg in call.args if arg.keyword and arg.keyword.value == name), None)


def without(call: "cst.Call", name: str) -> "cst.Call":
    """The call without a keyword, its commas in order."""
    kept = [arg for arg in call.args if not (arg.keyword and arg.keyword.value == name)]
    dropped_last = bool(call.args) and call.args[-1] not in kept
    if kept and dropped_last:
        kept[-1] = kept[-1].with_changes(comma=call.args[-1].comma)
    return call.with_changes(args=kept)


def with_keyword(call: "cst.Call", name: str, value: str) -> "cst.Call":
    """The call with a keyword set to an expression."""
    import libcst as cst

    expression = cst.parse_expression(value)
    if old := keyword(call, name):
        return call.with_deep_changes(old, value=expression)
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(expression, cst.Name(name), equal=tight)
    if not call.args:
        return call.with_changes(args=[new])
    *others, last = call.args
    end = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else None
    start = call.whitespace_before_args
    if isinstance(end, cst.ParenthesizedWhitespace) and isinstance(start, cst.ParenthesizedWhitespace):
        last = last.with_deep_changes(end, last_line=start.last_line, indent=start.indent)  # a line of its own
        bare = end.with_changes(first_line=cst.TrailingWhitespace())
        return call.with_changes(args=[*others, last, new.with_changes(comma=cst.Comma(whitespace_after=bare))])
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return call.with_changes(args=[*others, last.with_changes(comma=comma), new])


def named(call: "cst.Call", *names: str) -> bool:
    """Whether the called function's last name is one of these."""
    import libcst as cst

    func = call.func
    name = func.attr if isinstance(func, cst.Attribute) else func
    return isinstance(name, cst.Name) and name.value in names


def renamed(call: "cst.Call", name: str) -> "cst.Call | None":
    """The call of another function of the same module; None for one that is imported by its own name."""
    import libcst as cst

    return call.with_deep_changes(call.func, attr=cst.Name(name)) if isinstance(call.func, cst.Attribute) else None


def is_name(arg: "cst.Arg | None", value: str) -> bool:
    import libcst as cst

    return arg is not None and isinstance(arg.value, cst.Name) and arg.value.value == value


def _is_method(call: "cst.Call", *names: str) -> bool:
    import libcst as cst

    return isinstance(call.func, cst.Attribute) and named(call, *names)


def imports(source: Source, module: str) -> bool:
    tree = source.tree or ast.Module([], [])
    imports = (node for node in tree.body if isinstance(node, ast.Import))
    return any(alias.name == module and alias.asname in {None, module} for node in imports for alias in node.names)


def _dropped(name: str, value: str) -> Edit:
    return lambda call, _: without(call, name) if is_name(keyword(call, name), value) else None


def safe_load(call: "cst.Call", _: Source) -> "cst.Call | None":
    """`yaml.load(text, Loader=...)` as `yaml.safe_load(text)`."""
    import libcst as cst

    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    is_yaml = isinstance(owner, cst.Name) and owner.value == "yaml"
    if not is_yaml or not named(call, "load") or len(call.args) > 2:
        return None
    return renamed(call.with_changes(args=[call.args[0].with_changes(comma=_no_comma())]), "safe_load")


def _timeout(call: "cst.Call", _: Source) -> "cst.Call | None":
    verbs = ("get", "post", "put", "patch", "delete", "head", "options", "request")
    missing = keyword(call, "timeout") is None or is_name(keyword(call, "timeout"), "None")
    starred = any(arg.star == "**" for arg in call.args)
    return with_keyword(call, "timeout", "10") if _is_method(call, *verbs) and missing and not starred else None


def _sha256(call: "cst.Call", _: Source) -> "cst.Call | None":
    return renamed(without(call, "usedforsecurity"), "sha256") if _is_method(call, "md5", "sha1", "md4") else None


def literal(call: "cst.Call", source: Source) -> "cst.Call | None":
    """`eval(text)` as `ast.literal_eval(text)`, where the module is imported."""
    import libcst as cst

    alone = len(call.args) == 1 and not call.args[0].star and isinstance(call.func, cst.Name)
    if not (alone and named(call, "eval") and imports(source, "ast")):
        return None
    return call.with_changes(func=cst.Attribute(cst.Name("ast"), cst.Name("literal_eval")))


def _data_filter(call: "cst.Call", _: Source) -> "cst.Call | None":
    fit = _is_method(call, "extractall") and keyword(call, "filter") is None
    return with_keyword(call, "filter", '"data"') if fit else None


def _weights(call: "cst.Call", _: Source) -> "cst.Call | None":
    return with_keyword(call, "weights_only", "True") if _is_method(call, "load") else None


def _verified(call: "cst.Call", _: Source) -> "cst.Call | None":
    return renamed(call, "create_default_context") if _is_method(call, "_create_unverified_context") else None


def _known_hosts(call: "cst.Call", _: Source) -> "cst.Call | None":
    return renamed(call, "RejectPolicy") if _is_method(call, "AutoAddPolicy", "WarningPolicy") else None


def _autoescape(call: "cst.Call", _: Source) -> "cst.Call | None":
    return with_keyword(call, "autoescape", "True") if named(call, "Environment") else None


def _no_comma() -> "cst.MaybeSentinel":
    import libcst as cst

    return cst.MaybeSentinel.DEFAULT


EDITS: Mapping[str, Edit] = {
    "bandit/B113": _timeout,
    "bandit/B201": _dropped("debug", "True"),
    "bandit/B202": _data_filter,
    "bandit/B307": literal,
    "bandit/B323": _verified,
    "bandit/B324": _sha256,
    "bandit/B501": _dropped("verify", "False"),
    "bandit/B506": safe_load,
    "bandit/B507": _known_hosts,
    "bandit/B614": _weights,
    "bandit/B701": _autoescape,
    "injection/escaping_off": _autoescape,
    "execution/debug_console": _dropped("debug", "True"),
}
