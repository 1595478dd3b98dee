"""What statements of policies ask, read by its brackets: blocks of Terraform, and objects in its functions, JSON and scripts."""

from collections.abc import Iterator

from gate import lazy
from gate.facts.grant import UNREAD, Condition

_FLAT = r'(?:"(?:[^"\\\n]|\\.)*"|[^{}"])*'
_BLOCK = lazy.regex(rf"\bcondition\s*{{({_FLAT})}}")
_OBJECT = lazy.regex(rf'(?i)\bconditions?"?\s*[=:]\s*{{((?:{_FLAT}{{{_FLAT}}})*{_FLAT})}}')
_NAMED = lazy.regex(r'(?i)\bdynamic\s+"condition"|\bconditions?"?\s*[=:]\s*[^\s{"]|\bconditions\s*[,}]')
"""Conditions that are put together elsewhere."""
_OPERATOR = lazy.regex(rf'"?([\w:]+)"?\s*[=:]\s*{{({_FLAT})}}')
_PAIR = lazy.regex(r'(?:"((?:[^"\\\n]|\\.)*)"|\[?([\w.]+)\]?)\s*[=:]\s*(\[[^\]]*\]|"(?:[^"\\\n]|\\.)*"|[^\n,]+)')
_STRING = lazy.regex(r'"((?:[^"\\\n]|\\.)*)"')


def conditions(text: str) -> Iterator[Condition]:
    """The conditions of one statement."""
    for block in _BLOCK.finditer(text):
        said = {name: held for _, name, held in _PAIR.findall(block[1])}
        test, variable = ("".join(_STRING.findall(said.get(word, ""))) for word in ("test", "variable"))
        yield Condition(test, variable, tuple(_STRING.findall(said.get("values", ""))))
    for found in _OBJECT.finditer(text):
        for operator in _OPERATOR.finditer(found[1]):
            for quoted, plain, held in _PAIR.findall(operator[2]):
                yield Condition(operator[1], quoted or plain, tuple(_STRING.findall(held)))
    if _NAMED.search(text):
        yield UNREAD
