"""What texts that steer models tell them, sentence by sentence."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.asking import asked
from gate.facts.prompts import SPEAKS, Prompt, texts
from gate.facts.prose import Sentence, Where, sentences
from gate.hint import Hint
from gate.paths import STEERING
from gate.source import Place, Source

_ENCODED = lazy.regex(r"(?<![\w+/=])[A-Za-z0-9+/]{28,4000}")
_WORDS = 2


@dataclass(frozen=True)
class Instruction:
    """A sentence, or one thing it asks for; `asks` is its family, "" where nothing in it is against the guardrails."""

    place: Place
    asks: str
    what: str
    grave: bool
    """It is said outright, and nothing gives it a harmless reading."""
    where: Where

    languages: ClassVar[frozenset[str]] = frozenset({""})
    paths: ClassVar[re.Pattern[str]] = STEERING
    hint: ClassVar[Hint] = Hint((*SPEAKS.parts, ("<!--", "")))

    @classmethod
    def find(cls, source: Source) -> Iterator["Instruction"]:
        for prompt in texts(source):
            before = ""
            for one in sentences(prompt.text):
                if not prompt.unseen or one.where == "comment":
                    yield from _instructions(source.path, prompt, one, before)
                before = one.text if one.where == "text" and not one.spurned else ""


def _instructions(path: str, prompt: Prompt, one: Sentence, before: str) -> Iterator[Instruction]:
    found = () if one.spurned else tuple(asked(one.text, before, hidden=one.where == "comment"))
    for each in found:
        if one.where != "code" or each.kind == "check":
            place = _place(path, prompt, one.line_at(each.at))
            yield Instruction(
                place,
                each.kind,
                each.what,
                each.grave and not one.muted and one.where in {"text", "comment"},
                one.where,
            )
    hidden = tuple(each for text in _decoded(one.text) for each in asked(text, hidden=True))
    for each in hidden:
        yield Instruction(_place(path, prompt, one.line), each.kind, each.what, each.grave, "comment")
    if not found and not hidden:
        yield Instruction(_place(path, prompt, one.line), "", "", grave=False, where=one.where)


def _decoded(text: str) -> Iterator[str]:
    """What stands in a sentence in Base64, where that is words: people do not read it, and a model can."""
    for found in _ENCODED.finditer(text):
        try:
            data = base64.b64decode(found[0] + "=" * (-len(found[0]) % 4), validate=True)
        except ValueError:
            continue
        if data.isascii() and data.count(b" ") >= _WORDS:
            yield data.decode()


def _place(path: str, prompt: Prompt, line: int) -> Place:
    """Where a line of a text is in the file; all of the text, where its lines are not those of the file."""
    if prompt.exact:
        return Place.at(path, prompt.line + line - 1)
    return Place.at(path, prompt.line, prompt.end_line)
