"""What texts that steer models tell them, sentence by sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts.asking import asked
from gate.facts.prompts import SPEAKS, Prompt, texts
from gate.facts.prose import Sentence, Where, sentences
from gate.hint import Hint
from gate.paths import STEERING
from gate.source import Place, Source


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
    if not found:
        yield Instruction(_place(path, prompt, one.line), "", "", grave=False, where=one.where)


def _place(path: str, prompt: Prompt, line: int) -> Place:
    """Where a line of a text is in the file; all of the text, where its lines are not those of the file."""
    if prompt.exact:
        return Place.at(path, prompt.line + line - 1)
    return Place.at(path, prompt.line, prompt.end_line)
