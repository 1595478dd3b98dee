"""What a change says around its files to whoever reviews it: messages of commits, the words of the pull request."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gate import registry
from gate.attest import Said
from gate.fact import Repo
from gate.facts.appeal import Appeal
from gate.rule import Source
from gate.scanner import Spotted

RULE = "prompts/reviewer_appeal"
_LONGEST = 100_000


def appeals(messages: Mapping[str, str], said: Said | None, repo: Repo) -> Iterator[Spotted]:
    """Where they ask to look away; that somebody has looked already may be said there, and is for people to check."""
    texts = dict(messages)
    if said:
        texts |= {"title of the pull request": said.title, "description of the pull request": said.description}
    for where, text in texts.items():
        plain = text[:_LONGEST].replace("<!--", "    ").replace("-->", "   ")  # what is not shown is said as well
        found = {
            appeal.place.line: appeal
            for appeal in Appeal.find(Source(f"{where}.txt", plain))
            if appeal.how == "ordered"
        }
        for appeal in found.values():
            told = replace(appeal, place=replace(appeal.place, path=where))
            for check in registry.checks_of(RULE):
                yield from (Spotted(check.rule, hit) for hit in check.look(told, repo))
