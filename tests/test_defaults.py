"""What an expression comes to where the environment says nothing."""

import ast

import pytest

from gate.facts.defaults import UNKNOWN, default
from gate.source import Source


def value(text: str, before: str = "") -> object:
    source = Source("app.py", f"import os\n{before}\nwanted = {text}\n")
    assert source.tree is not None
    last = source.tree.body[-1]
    assert isinstance(last, ast.Assign)
    return default(last.value, source)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("os.getenv('X', '*').split(',')", ["*"]),
        ("os.environ.get('X', 'a,b').split(',')", ["a", "b"]),
        ("[o.strip() for o in os.getenv('X', '*').split(',')]", ["*"]),
        ("os.getenv('X') or ['*']", ["*"]),
        ("os.getenv('DEBUG') == '1'", False),
        ("os.getenv('DEBUG', 'true').lower() in ('1', 'true')", True),
        ("os.getenv('DEBUG', '0') not in ('0', 'false')", False),
        ("bool(os.environ.get('DEBUG', 'False'))", True),
        ("bool(os.environ.get('DEBUG'))", False),
        ("config('DEBUG', default='False', cast=bool)", False),
        ("env.bool('DEBUG', True)", True),
        ("env('DEBUG', default=True)", True),
        ("project.settings.get_bool_env('DEBUG', True)", True),
        ("get_bool_env('DEBUG', 'false')", False),
        ("strtobool(os.getenv('DEBUG', 'on'))", True),
        ("not os.getenv('PROD')", True),
        ("'a' + 'b'", "ab"),
        ("['a'] + ['*']", ["a", "*"]),
        ("Field(default=True)", True),
        ("Field(default_factory=lambda: ['*'])", ["*"]),
        ("True if os.getenv('X', '1') == '1' else False", True),
        ("os.getenv('X', 'a') if other else 'b'", UNKNOWN),
        ("settings.debug", UNKNOWN),
        ("os.environ['X']", UNKNOWN),
        ("something('*')", UNKNOWN),
        ("f'{x}'", UNKNOWN),
    ],
)
def test_a_default_is_followed_through_what_is_made_of_it(text, found):
    assert value(text) == found


def test_a_name_is_what_it_is_bound_to_if_to_one_thing():
    assert value("NAME", "NAME = ['*']") == ["*"]
    assert value("config.NAME", "class config:\n    NAME = '*'") == "*"
    assert value("NAME", "NAME = '*'\nNAME = 'a'") is UNKNOWN
    assert value("NAME", "def f(NAME):\n    pass") is UNKNOWN


@pytest.mark.parametrize(
    "before",
    [
        "a = b\nb = a",
        "a = a + a",
        "\n".join(f"{chr(97 + n)} = {chr(98 + n)} + {chr(98 + n)}" for n in range(20)) + "\nu = 'x' * 9",
    ],
)
def test_names_that_lead_nowhere_or_to_one_another_end(before):
    assert value("a", before) is UNKNOWN
