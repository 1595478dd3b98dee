"""How many lines with a secret are found, and how many without are accused, by shape."""

import base64
import random
import string
import sys
from collections import Counter
from collections.abc import Iterator

from gate.rule import Source
from gate.scanners.secrets import scanner
from tests import examples
from tests.secret_lines import SECRET
from tests.secret_looks_alike import CLEAN

ALNUM = string.ascii_letters + string.digits


def lines(shapes: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Shape, path and text of each line; a text has a marked value in place of each mark."""
    for shape, (path, text) in shapes.items():
        for number, line in enumerate(text.split("\n")):
            if line.strip():
                yield shape, path, filled(line[8:], f"{shape} {number}")


def filled(line: str, seed: str) -> str:
    draw = random.Random(seed)  # noqa: S311
    for mark, made in MADE.items():
        while mark in line:
            line = line.replace(mark, made(draw), 1)
    return line.replace("↵", "\n")


def _drawn(alphabet: str, length: int, draw: random.Random) -> str:
    while True:
        text = "".join(draw.choices(alphabet, k=length))
        if sum(c.isdigit() for c in text) >= 2 or alphabet.isalpha():
            return text


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _strong(draw: random.Random) -> str:
    return _drawn(ALNUM + "!@#%^*-_+=.", 14, draw)


MADE = {
    "§p": _strong,
    "§w": lambda draw: draw.choice(["Winter", "dragon", "Shop", "monkey"]) + str(draw.randint(1000, 9999)) + draw.choice("!q#"),
    "§l": lambda draw: _drawn(string.ascii_lowercase, 10, draw),
    "§s": lambda draw: _drawn(ALNUM, 10, draw),
    "§k": lambda draw: _drawn(ALNUM, 32, draw),
    "§h": lambda draw: _drawn("0123456789abcdef", 40, draw),
    "§x": lambda draw: _drawn("0123456789abcdef", 32, draw),
    "§q": lambda draw: _drawn("0123456789abcdef", 64, draw),
    "§b": lambda draw: base64.b64encode(draw.randbytes(30)).decode(),
    "§u": lambda draw: "-".join(_drawn("0123456789abcdef", n, draw) for n in (8, 4, 4, 4, 12)),
    "§B": lambda draw: _encoded(f"robot:{_drawn(ALNUM, 10, draw)}"),
    "§y": lambda draw: _encoded(_drawn(ALNUM, 11, draw)),
    "§E": lambda draw: _encoded(f"postgres://app:{_drawn(ALNUM, 12, draw)}@db.shop.com/x"),
    "§z": lambda draw: "$apr1$" + _drawn(ALNUM, 8, draw) + "$" + _drawn(ALNUM, 22, draw),
}  # fmt: skip


def told(shapes: dict[str, tuple[str, str]]) -> list[tuple[str, str, bool]]:
    cases = list(lines(shapes))
    sources = [Source(f"{number}/{path}", text) for number, (_, path, text) in enumerate(cases)]
    found = {one.hit.place.path for one in scanner.scan(sources, examples.repo({})).spotted}
    return [(shape, text, source.path in found) for (shape, _, text), source in zip(cases, sources, strict=True)]


MISSED = frozenset({
    "sonar.login=", "db_pass: ", "properties.put(", "Twilio.init(", "assert decode(", "psk=", "services.AddJwt(",
})  # fmt: skip
"""How the lines begin that are known to be missed: names that say nothing, and words that a generator drew by chance."""
ACCUSED = frozenset({'KEY_PASSWORD = "password.key1"', 'private static final String PARAM_PASSWORD = "j_password1";'})


def test_a_secret_is_found_in_every_shape_but_those_known_to_be_missed():
    cases = told(SECRET)
    missed = [line for _, line, found in cases if not found]
    assert [line for line in missed if not line.startswith(tuple(MISSED))] == []
    assert len(missed) <= len(cases) * 0.03


def test_nothing_else_is_accused_in_any_shape_but_what_is_known():
    assert {line for _, line, found in told(CLEAN) if found} <= ACCUSED


def table() -> str:
    """Shape, lines, found; `python -m tests.test_secret_collection` prints it."""
    rows = []
    for title, shapes in (("with a secret", SECRET), ("without one", CLEAN)):
        cases = told(shapes)
        count, hits = Counter(shape for shape, _, _ in cases), Counter(shape for shape, _, found in cases if found)
        rows += [f"{title + ', ' + shape:44}{count[shape]:6}{hits[shape]:6}" for shape in shapes]
        rows.append(f"{title + ', all':44}{count.total():6}{hits.total():6}")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
