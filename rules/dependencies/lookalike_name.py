"""A package is asked for by a name that is nearly another's.

One letter more, two words swapped, a `python-` too many, the name of a module in place of the package's: whoever owns
the name that was written runs their code wherever it is installed. Such names are registered in wait for slips, and
models make the same slips again and again.
"""

from collections.abc import Iterator, Sequence

from gate.facts.declared import first_asked, is_lock
from gate.facts.dependency import Dependency
from gate.facts.distributions import IMPORT_NAMES
from gate.facts.popular import near
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_LISTS = {"PyPI": "pypi", "npm": "npm"}

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1357, 506),
    fix="Look the project up by its documentation, and ask for the name that stands there. Where the name is right, say "
    "so in the pull request: the next reader will stop at it too.",
    bad=[
        Pair(
            {"requirements.txt": "flask==3.0.3\n"},
            {
                "requirements.txt": "flask==3.0.3\nreqeusts==2.32.3  # <-\nurlib3==2.2.2  # <-\npython-pandas  # <-\n"
                "nunpy==1.26  # <-\nhuggingface-cli==0.1  # <-\n"
            },
        ),
        Pair(
            {},
            {
                "pyproject.toml": '[project]\nname = "x"\ndependencies = [\n  "yaml>=6",  # <-\n  "skimage",  # <-\n  "jwt",  # <-\n]\n'
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"express": "^4"}}'},
            {
                "package.json": '{"dependencies": {\n  "express": "^4",\n  "crossenv": "1",  // <-\n  "lodahs": "^4",  // <-\n  "@acme/lodahs": "^4"\n}}'
            },
        ),
    ],
    good=[
        Pair(
            {"requirements.txt": "nunpy==1.26\n"},
            {
                "requirements.txt": "nunpy==1.27\n",
                "pyproject.toml": '[project]\nname = "x"\ndependencies = ["nunpy"]\n',
            },
        ),
        Pair({}, {"requirements.txt": "requests\nhttpx\npython-dotenv\nPyJWT\ntyped-ast\ndjango-acme-billing\nacme\n"}),
        Pair({}, {"requirements.txt": "-e ./reqeusts\nreqeusts @ file:///srv/reqeusts\n"}),
    ],
    misses=[
        "Names that are near to none, as most that models make up: an index is asked whether they exist, where policy allows it.",
        "Names that stand in a lock file alone; that a manifest leads to them is asked by `lock_mismatch`.",
        "A name near to one that is not among the 2,000 most downloaded.",
    ],
)


@rule.compare
def looks_like_another(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for one in first_asked([(edit.before, edit.after) for edit in edits], base, head):
        if not one.origin and not is_lock(one.place.path):
            yield from _judged(one)


def _judged(one: Dependency) -> Iterator[Hit]:
    if one.ecosystem not in _LISTS:
        return
    if one.ecosystem == "PyPI" and (meant := IMPORT_NAMES.get(one.name)):
        message = f"`{one.name}` is the name of a module; the package that brings it is `{meant}`. Ask for that one."
        yield Hit(one.place, message, detail=one.name)
        return
    other, how = near(one.name, _LISTS[one.ecosystem])
    if other:
        message = (
            f"`{one.name}` looks like `{other}` ({how}), and is not among the packages that are much used. Is it meant?"
        )
        yield Hit(one.place, message, detail=one.name)
