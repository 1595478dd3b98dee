"""Every form of token in the tables: a value of it, made up at run time, is found wherever it stands."""

import base64
import random
import re
import string
from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]  # how re reads a pattern; only to make up values
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from gate.rule import Source
from gate.scanners import _secret_looks as looks
from gate.scanners import _secret_tokens as tokens
from gate.scanners._secret_kinds import KINDS, Kind
from gate.scanners.secrets import scanner
from tests import examples

FORMED = [kind for kind in KINDS.values() if kind.formed]


def made_up(kind: Kind, seed: int = 0) -> str:
    """A value of this form: what its pattern says, with characters drawn for each class."""
    for attempt in range(200):
        draw = random.Random(f"{kind.id} {seed} {attempt}")  # noqa: S311
        text = _drawn(parser.parse(kind.pattern.pattern), draw)
        if kind.pattern.fullmatch(text) and looks.random(text[-20:]):
            return text
    raise AssertionError(f"no value of {kind.id} could be made up")


def _drawn(parts: Iterable[tuple[Any, Any]], draw: random.Random) -> str:
    return "".join(_one(what, how, draw) for what, how in parts)


def _one(what: Any, how: Any, draw: random.Random) -> str:
    if what is op.LITERAL:
        return chr(how)
    if what is op.IN:
        return draw.choice(_characters(how))
    if what is op.BRANCH:
        return _drawn(draw.choice(how[1]), draw)
    if what is op.SUBPATTERN:
        return _drawn(how[3], draw)
    if what in {op.MAX_REPEAT, op.MIN_REPEAT}:
        low, high, inner = how
        return "".join(_drawn(inner, draw) for _ in range(draw.randint(low, min(high, low + 8))))
    assert what in {op.ASSERT, op.ASSERT_NOT}, what
    return ""


def _characters(members: Iterable[tuple[Any, Any]]) -> str:
    found = ""
    for what, how in members:
        if what is op.RANGE:
            found += "".join(map(chr, range(how[0], how[1] + 1)))
        elif what is op.CATEGORY:
            found += {op.CATEGORY_WORD: string.ascii_letters + string.digits + "_", op.CATEGORY_DIGIT: string.digits,
                      op.CATEGORY_NOT_SPACE: string.ascii_letters}[how]  # fmt: skip
        else:
            assert what is op.LITERAL, what
            found += chr(how)
    return found


def found(text: str, path: str = "app.py") -> list[tuple[str, tuple[tuple[int, int, int], ...]]]:
    spotted = scanner.scan([Source(path, text)], examples.repo({})).spotted
    return [(one.rule.id.removeprefix("detect-secrets/"), one.hit.spans) for one in spotted]


WRAPPED = [
    'x = "{}"',
    "Client(api_key='{}')",
    "TOKEN={}",
    "- {}",
    '"first\\n{}\\nlast"',
    "<b>{}</b>",
    "os.getenv('K', '{}')",
]


@pytest.mark.parametrize("kind", FORMED, ids=[kind.id for kind in FORMED])
def test_a_value_of_every_form_is_found_in_every_wrapping(kind):
    for form in WRAPPED:
        value = made_up(kind)
        names = [one.kind for one in tokens.found(form.replace("{}", value))]
        assert kind.id in names, f"{kind.id} was missed in {form}"


@pytest.mark.parametrize("kind", FORMED, ids=[kind.id for kind in FORMED])
def test_a_value_that_stands_for_one_is_none(kind):
    value = made_up(kind)
    hidden = value[:-24] + re.sub(r"\w", "x", value[-24:])
    assert kind.id not in {one.kind for one in tokens.found(f'x = "{hidden}"')}


def test_all_forms_of_one_file_are_found_by_the_worker_under_their_own_name():
    values = [(kind.id, made_up(kind, 1)) for kind in FORMED]
    seen = {spans[0][0]: name for name, spans in found("\n".join(f"x = '{value}'" for _, value in values))}
    other = {kind: seen.get(number) for number, (kind, _) in enumerate(values, 1) if seen.get(number) != kind}
    assert other == {}


def test_a_token_in_pieces_is_found_from_its_first_to_its_last_character():
    value = made_up(KINDS["github-token"])
    line = f'x = "{value[:6]}" + "{value[6:20]}" "{value[20:]}"'
    assert found(line) == [("github-token", ((1, 5, len(line) - 1),))]
    assert [name for name, _ in found(f'x = (\n  "{value[:9]}"\n  "{value[9:]}"\n)')] == ["github-token"]


def test_tokens_in_pieces_are_found_far_apart():
    one, other = made_up(KINDS["github-token"]), made_up(KINDS["github-token"], 1)
    far = "y = f(x)\n" * 1000
    lines = [f'x = "{value[:9]}" + "{value[9:]}"\n' for value in (one, other)]
    text = far + lines[0] + far + lines[1] + far
    assert [text[each.start : each.end] for each in tokens.found(text)] == [line[5:-2] for line in lines]


def test_a_token_in_base64_is_found():
    value = made_up(KINDS["github-token"])
    for text in (value, f"token={value}\n"):
        line = f"  token: {base64.b64encode(text.encode()).decode()}"
        assert [name for name, _ in found(line, "secret.yaml")] == ["github-token"]
