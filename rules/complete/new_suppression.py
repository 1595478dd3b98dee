"""A security check is told to look away.

A comment such as `# nosec` leaves the flaw where it is and takes away the warning. Written by a model that was
asked to make the checks pass, it is a way past them. gate does not obey such comments, but everybody else's
scanners do, for as long as the line lives.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from gate import lazy
from gate.facts.suppression import Suppression, silenced
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity, Source

_CANDIDATES = 50
"""How many old suppressions of the same code a new one is held against."""
_RISKY = lazy.regex(
    r"(?i)\b(?:eval|exec|compile|system|popen|subprocess|pickle|marshal|shelve|yaml\.load|md5|sha1|mktemp|innerHTML|v-html"
    r"|dangerouslySetInnerHTML|document\.write|Function)\b|verify\s*=\s*False|shell\s*=\s*True|autoescape\s*=\s*False"
    r"|(?:password|passwd|secret|token|api_?key)\w*[\"']?\s*[:=]\s*[\"']|mark_safe|CERT_NONE|\b(?:strcpy|strcat|v?sprintf|gets|scanf|memcpy)\s*\(|execute\w*\s*\(|CommandText|Runtime\.getRuntime|0\.0\.0\.0"
)
_RATED_LOW = r"10[1567]|11[02]|40\d|41\d|603|606|607"
"""Codes that bandit itself rates low: asserts, imports, programs started without a shell. A secret that one of them
hides gate finds by itself."""
_MINOR = {
    "Ruff and Flake8": lazy.regex(rf"S(?:{_RATED_LOW})|(?!S$|S\d|DUO|ALL|B[1-7]\d\d$)[A-Z]+\d*"),
    "bandit": lazy.regex(rf"B(?:{_RATED_LOW})"),
    "ShellCheck": lazy.regex(r"(?!SC2294$|SC2091$|all$).*"),
    "clang-tidy": lazy.regex(r"(?:bugprone|clang-analyzer-core|clang-analyzer-unix)-.*"),
}
"""Those, and the codes of style beside them."""
_WORD = lazy.regex(r"\w+")

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1127,),
    gathers=True,
    fix="Mend what the tool reports and delete the comment. What must stay as it is gets a waiver in `gate.toml`, "
    "with a reason, an approver and a day on which it ends.",
    bad=[
        Pair(
            {"app.py": "import subprocess\nsubprocess.run(cmd, shell=True)\n"},
            {"app.py": "import subprocess\nsubprocess.run(cmd, shell=True)  # nosec  # <-\n"},
        ),
        Pair({}, {"app.py": "value = eval(expr)  # noqa: S307  # <-\n"}),
        Pair(
            {},
            {"app.py": "data = yaml.load(body)  # nosemgrep: python.lang.security.deserialization  # <-\n"},
        ),
        Pair({}, {"app.py": "# ruff: noqa  # <-\nimport os\nos.system(cmd)\n"}),
        Pair({}, {"app.py": 'API_KEY = "{{hide:live-9f8a|7b6c5d4e}}"  # pragma: allowlist secret  # <-\n'}),
        Pair({}, {"app.py": "requests.get(url, verify=False)  # noqa  # <-\n"}),
        Pair({}, {"app.py": "import pickle  # noqa  # <-\nimport os; os.system(cmd)  # noqa  # <-\n"}),
        Pair(
            {},
            {
                "app.py": "import os \\\n; os.system(cmd)  # noqa  # <-\nraise NotImplementedError(eval(a))  # noqa  # <-\n"
            },
        ),
        Pair({}, {"app.py": "# ruff: file-ignore[S102, S307]  # <-\nexec(code)\n"}),
        Pair(
            {"app.py": "result = compute(expr)\n"},
            {"app.py": "result = eval(expr)  # nosec B307 - needed  # <-\n"},
        ),
        Pair(
            {"app.py": "run(a)  # nosec B603\n"},
            {"app.py": "run(a)  # nosec B603,B602  # <-\n"},
        ),
        Pair(
            {"app.py": "run(a)  # nosec\n"},
            {"app.py": "run(a)  # nosec\nrun(a)  # nosec  # <-\n"},
        ),
        Pair({}, {"app.py": "value = eval(  # pylint: disable=eval-used  # <-\n    expr,\n)\n"}),
        Pair({}, {"app.py": 'text = f"{d["a"]}"\nrun(\n    a,  # nosec  # <-\n)\n'}),
        Pair({}, {"web/app.ts": "// eslint-disable-next-line no-eval  // <-\neval(code)\n"}),
        Pair({}, {"web/app.js": "/* eslint-disable */  // <-\neval(code)\n"}),
        Pair({}, {"web/a.js": '/* eslint no-eval: "off" */  // <-\neval(code)\n'}),
        Pair({}, {"web/b.ts": "eval(code) // NOSEMGREP  // <-\n// deno-lint-ignore no-eval  // <-\neval(code)\n"}),
        Pair({}, {"web/auth/login.ts": "// @ts-nocheck  // <-\nexport const ok = true\n"}),
        Pair(
            {},
            {
                "infra/main.tf": 'resource "aws_s3_bucket" "a" {\n  #checkov:skip=CKV_AWS_20:public site  # <-\n  acl = "x"\n}\n'
            },
        ),
        Pair({}, {"Dockerfile": "# hadolint ignore=DL3002  # <-\nUSER root\n"}),
        Pair(
            {},
            {".github/workflows/ci.yml": "on: pull_request_target  # zizmor: ignore[dangerous-triggers]  # <-\n"},
        ),
        Pair({}, {"db/grant.sql": "GRANT ALL ON users TO PUBLIC; -- nosemgrep  -- <-\n"}),
        Pair({}, {"app.py": "if not user.is_staff:  # pragma: no cover  # <-\n    raise PermissionDenied\n"}),
        Pair({}, {"app.py": "claims = jwt.decode(token, KEY, algorithms=ALGS)  # type: ignore  # <-\n"}),
        Pair({}, {"app.py": "claims = verify(token, algorithms=None)  # type: ignore[arg-type]  # <-\n"}),
        Pair({}, {"app.ts": "// @ts-ignore  // <-\nconst user = verifyToken(token, null);\n"}),
        Pair({}, {"config.json": '{"key": "x", "note": "gitleaks:allow"}  // <-\n'}),
        Pair({}, {"app.rb": "eval(x) # rubocop:disable Security/Eval  # <-\n"}),
        Pair({}, {"app.php": "<?php\necho $_GET['a']; // phpcs:ignore WordPress.Security.EscapeOutput  // <-\n"}),
        Pair({}, {"Dao.java": "class Dao {\n    // noinspection SqlInjection  // <-\n    String q = a + b;\n}\n"}),
        Pair(
            {},
            {
                "A.java": 'class A {\n  @SuppressWarnings("java:S2077")  // <-\n  void f() {}\n  @SuppressFBWarnings(value = {"COMMAND_INJECTION"})  // <-\n'
                '  void g() {}\n  @SuppressLint("TrustAllX509TrustManager")  // <-\n  void h() {}\n  void i() { st.execute(q); } // NOPMD  // <-\n}\n',
                "A.kt": '@file:Suppress("detekt.all")  // <-\nclass A {\n  @Suppress("SetJavaScriptEnabled")  // <-\n  fun f() {}\n}\n',
                "A.cs": '#pragma warning disable CA2100, CS1591  // <-\n[SuppressMessage("Security", "CA3001:Review")]  // <-\nclass A {}\n',
                "lib.rs": "#[allow(unsafe_code)]  // <-\nfn f() {}\n",
                "a.php": "<?php\n/** @psalm-suppress TaintedShell */  // <-\nf();\n/** @psalm-taint-escape sql */  // <-\ng();\n",
                "a.cpp": "strcpy(a, b); // NOLINT  // <-\n",
                "a.sh": "# shellcheck disable=SC2294  # <-\neval $1\n",
                "a.tf": "#trivy:ignore:*  # <-\nb = 1\n",
                "pod.yaml": 'metadata:\n  annotations:\n    checkov.io/skip1: CKV_K8S_20=x  # <-\n    ignore-check.kube-linter.io/run-as-root: "x"  # <-\n',
            },
        ),
    ],
    good=[
        Pair(
            {},
            {
                "A.java": '@SuppressWarnings({"unchecked", "java:S106"})\nclass A {\n  @SuppressFBWarnings("EI_EXPOSE_REP")\n  void f() {}\n  @SuppressLint("NewApi")\n  void g() {}\n}\n',
                "A.kt": '@Suppress("UNUSED_PARAMETER")\nfun f(x: Int) {}\n',
                "A.cs": "#pragma warning disable CS1591, IDE0051\n#pragma warning restore CA2100\nclass A {}\n",
                "lib.rs": "#[allow(dead_code, clippy::all)]\nfn f() {}\n",
                "a.sh": "# shellcheck disable=SC1091\n. x\n# shellcheck source=lib.sh\n. y\n",
                "a.cpp": "int x; // NOLINT(readability-magic-numbers)\n",
            },
        ),
        Pair({}, {"app.py": "import os.path  # noqa: E402\n"}),
        Pair(
            {},
            {
                "app.rb": "x = 1 # rubocop:disable Style/Semicolon\n",
                "Dao.java": "// noinspection unused\nclass Dao {}\n",
            },
        ),
        Pair({}, {"app.py": "from .models import Order  # noqa\ndef f():\n    raise NotImplementedError  # noqa\n"}),
        Pair({}, {"app.ts": "// @ts-ignore\nconst shown = label(token);\n"}),
        Pair({}, {"app.py": "x: int = f()  # type: ignore[assignment]\n"}),
        Pair({}, {"app.py": 'DOC = "add # nosec to silence bandit"\nTEXT = """\n# ruff: noqa\n"""\n'}),
        Pair({}, {"app.py": "if TYPE_CHECKING:  # pragma: no cover\n    import a  # type: ignore\n"}),
        Pair({}, {"app.py": "def g(x):  # noqa: ANN001\n    return x\n"}),
        Pair({"app.py": "subprocess.run(args)  # nosec\n"}, {"app.py": "subprocess.run(args)  # nosec B603\n"}),
        Pair(
            {"app.py": "a = 1\nsubprocess.run(args)  # nosec B603\n"},
            {"app.py": "a = 1\nb = 2\nsubprocess.run(args)  # nosec B603\n"},
        ),
        Pair(
            {"app.py": "subprocess.run(args, check=True)  # nosec B603\n"},
            {"app.py": "def f():\n    subprocess.run(  # nosec B603\n        args,\n        check=True,\n    )\n"},
        ),
        Pair({"old.py": "run(a)  # nosec\n"}, {"old.py": "", "new.py": "run(a)  # nosec\n"}),
        Pair({"app.py": "run(a)  # nosec B602, B603\n"}, {"app.py": "run(a)  # nosec B603\n"}),
        Pair({}, {"web/app.ts": "// eslint-disable-next-line no-console\nconsole.log(1)\n"}),
        Pair({}, {"web/app.ts": 'const help = "// eslint-disable-line no-eval"\n'}),
        Pair({}, {"docs/guide.md": "Write `# nosec` to silence bandit.\n"}),
        Pair({}, {"values.yaml": "note: don't write '# nosemgrep' here\n"}),
    ],
    misses=["A suppression inside the nested quotes of an f-string of Python 3.12 may be taken for a comment."],
)


_OF_QUALITY = {"coverage", "type checkers"}


class _Seen(NamedTuple):
    """A suppression, the code it is about, and the number of the edit that holds it."""

    fact: Suppression
    code: str
    edit: int


@rule.compare
def told_to_look_away(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    olds = [seen for number, edit in enumerate(edits) for seen in _seen(edit.before, number, base)]
    news = [seen for number, edit in enumerate(edits) for seen in _seen(edit.after, number, head)]
    for key in (_unchanged, _narrowed, _moved):
        olds, news = _left(olds, news, key)
    _, changed = _left(olds, news, _edited, _alike)
    fresh = {id(new) for new in changed}  # by identity: to compare thousands with thousands takes minutes
    for new in news:
        yield _hit(new, edited=id(new) not in fresh)


def _seen(source: Source | None, number: int, repo: Repo) -> Iterator[_Seen]:
    if source is not None:
        for fact in repo.of(Suppression, source.path):
            yield _Seen(fact, silenced(fact, source), number)


def _unchanged(seen: _Seen) -> Hashable:
    return seen.edit, seen.fact.tool, seen.code, seen.fact.codes


def _narrowed(seen: _Seen) -> Hashable:
    return seen.edit, seen.fact.tool, seen.code, seen.fact.wide


def _moved(seen: _Seen) -> Hashable:
    """The same code elsewhere; what is about a whole file stays with its file."""
    return seen.fact.tool, seen.code, seen.fact.where, seen.edit if seen.fact.wide else ""


def _edited(seen: _Seen) -> Hashable:
    return seen.edit, seen.fact.tool, seen.fact.wide


def _covers(old: _Seen, new: _Seen) -> bool:
    """What was let be in a test is not let be in production, into which its file may have been renamed."""
    lenient = {"test", "dev"}
    return old.fact.covers(new.fact) and (new.fact.where in lenient or old.fact.where not in lenient)


def _alike(old: _Seen, new: _Seen) -> bool:
    """Mostly the same words: a line that was suppressed and has been edited."""
    one, other = _words(old.code), _words(new.code)
    return _covers(old, new) and not new.fact.wide and 2 * len(one & other) > len(one | other)


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


@lru_cache(maxsize=4096)
def _is_risky(text: str) -> bool:
    return _RISKY.search(text) is not None


def _left(
    olds: Iterable[_Seen],
    news: Iterable[_Seen],
    key: Callable[[_Seen], Hashable],
    same: Callable[[_Seen, _Seen], bool] = _covers,
) -> tuple[list[_Seen], list[_Seen]]:
    """What remains when each old suppression has paid for one new one; the most specific pay first."""
    stock: dict[Hashable, list[_Seen]] = defaultdict(list)
    for old in sorted(olds, key=_breadth):
        stock[key(old)].append(old)
    unpaid = []
    for new in sorted(news, key=_breadth):
        known = stock[key(new)]
        index = next((i for i, old in enumerate(islice(known, _CANDIDATES)) if same(old, new)), None)
        if index is None:
            unpaid.append(new)
        else:
            del known[index]
    return [old for rest in stock.values() for old in rest], unpaid


def _breadth(seen: _Seen) -> tuple[bool, int, int]:
    return not seen.fact.codes, len(seen.fact.codes), seen.fact.place.line


def _hit(new: _Seen, *, edited: bool) -> Hit:
    fact = new.fact
    what = "the whole file" if fact.wide else "this code"
    how = "was kept while the code under it changed, and" if edited else "is new, and"
    message = (
        f"`{fact.written}` {how} tells {fact.tool} to look away from {what}. "
        "Mend what it would report, or ask for a waiver in `gate.toml`."
    )
    detail = f"{fact.tool}, {what}"
    return Hit(fact.place, message, detail=detail, severity=_severity(new, edited=edited))


def _severity(new: _Seen, *, edited: bool) -> Severity:
    fact = new.fact
    if (fact.codes and _is_minor(fact)) or (_is_bare(fact) and not _is_risky(new.code)):
        return Severity.LOW
    return Severity.MEDIUM if edited or fact.where == "test" or fact.tool in _OF_QUALITY else Severity.HIGH


def _is_minor(fact: Suppression) -> bool:
    minor = _MINOR.get(fact.tool)
    return minor is not None and all(minor.fullmatch(code) for code in fact.codes)


def _is_bare(fact: Suppression) -> bool:
    """It silences all rules of a tool that has hundreds, on one line: nobody can tell which it is about."""
    return (
        not fact.codes
        and not fact.wide
        and fact.tool in {"Ruff and Flake8", "ESLint", "gosec", "PMD", "clang-tidy", ".NET's analysers"}
    )
