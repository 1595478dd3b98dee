"""detect-secrets, with detectors of our own in front: keys, tokens and passwords in any text."""

import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from gate import lazy, paths
from gate.coverage import Looked, Row
from gate.errors import ToolError
from gate.process import clean_environment, patience, python, run
from gate.rule import Hit, Place, Repo, Rule, Severity, Source
from gate.scanner import Scanned, Scanner, Spotted, bare_folder, expected_shape, parsed_json
from gate.scanners._secret_kinds import AWS_SECRET, ENTROPY, KEYWORD, KINDS, SERVICE_ROLE, Kind

SECONDS = 180.0
MAX_CHARACTERS = 5_000_000
"""Longer files are left out, and named."""

_TRANSLATES = lazy.regex(
    r"(?i)(^|/)(locales?|i18n|l10n|lang|languages|translations|lc_messages)/(.*/)?[^/]+\.(json|po|ya?ml|properties|arb|xliff?)$"
)
"""Texts for people in their languages: what stands under `passwordLabel` there is no password."""
_HERE = Path(__file__).parent
WORKER = _HERE / "_secrets_worker.py"


class Secrets:
    name = "detect-secrets"
    compares = False
    profiles = frozenset({"full", "commit"})
    items = frozenset({"secrets"})

    def version(self) -> str:
        try:
            return version("detect-secrets")
        except PackageNotFoundError as error:
            raise ToolError("detect-secrets is not installed beside gate; run `pip install diff-gate`") from error

    def key(self) -> str | None:
        parts = sorted(path.read_bytes() for path in _HERE.glob("_secret*.py"))
        return f"{self.version()} {hashlib.sha256(b''.join(parts)).hexdigest()}"

    def wants(self, source: Source) -> bool:
        return bool(source.text)

    def rule(self, name: str) -> Rule:
        kind = KINDS[name]
        return Rule(
            f"{self.name}/{name}", f"{_article(kind.name)} {kind.name} is in the code", Severity(kind.severity), (798,),
            _why(kind), _fix(kind), "secrets", anywhere=kind.formed or kind.id in {AWS_SECRET, SERVICE_ROLE},
        )  # fmt: skip

    def rules(self) -> Sequence[Rule]:
        return [self.rule(name) for name in KINDS]

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Look through all files in a process of its own, which keeps what it finds to itself.

        Raises:
            ToolError: It crashed, did not end in time, or did not report on every file.
        """
        del repo
        given = [source for source in sources if len(source.text) <= MAX_CHARACTERS]
        rows = [_too_long(source.path) for source in sources if len(source.text) > MAX_CHARACTERS]
        if not given:
            return Scanned((), tuple(rows))
        with bare_folder(given) as (folder, files):
            report = _report(folder, files)
        with expected_shape(self.name):
            rows += [_slow(source.path) for file, source in files.items() if not report[file]["whole"]]
            spotted = [one for file, source in files.items() for one in self._spotted(source, report[file]["found"])]
        return Scanned(tuple(spotted), tuple(rows))

    def _spotted(self, source: Source, found: Sequence[Sequence[Any]]) -> Iterator[Spotted]:
        copies: Counter[tuple[str, int]] = Counter()
        mild = _BY_NAME if paths.kind(source.path) == "test" else ()
        for kind, grave, spans in found:
            if kind == KEYWORD and _TRANSLATES.search(source.path):
                continue
            first, last = spans[0][0], spans[-1][0]
            copies[kind, first] += 1
            detail = f"{kind} {copies[kind, first]}"
            hit = Hit(
                Place.at(source.path, first, last), _message(KINDS[kind]), detail=detail,
                spans=tuple((line, start, end) for line, start, end in spans),
                severity=Severity.LOW if kind in mild else Severity(grave),
            )  # fmt: skip
            yield Spotted(self.rule(kind), hit)


def values(texts: Mapping[str, str], shown: Container[str]) -> Iterator[str]:
    """What stands for a secret in texts, by their paths: to hide it where nobody asked for a search.

    Tokens have a form of their own, and are known wherever they turn up; named values are asked for in files shown.
    """
    from gate.scanners import _secret_pairs, _secret_tokens

    for path, text in texts.items():
        if len(text) <= MAX_CHARACTERS:
            spans = [(one.start, one.end) for one in _secret_tokens.found(text)]
            named = _secret_pairs.found(PurePosixPath(path).name, text, lambda: None) if path in shown else ()
            spans += [(one.start, one.end) for one in named]
            yield from (part for start, end in spans for part in text[start:end].split("\n"))


_BY_NAME = frozenset({KEYWORD, ENTROPY})
"""Kinds that no form gives away: in a test, where every account needs a password, they are hardly ever anybody's."""


def _report(folder: Path, files: Mapping[str, Source]) -> Mapping[str, Any]:
    names = [[file, PurePosixPath(source.path).name] for file, source in files.items()]
    output = run(
        python(WORKER),
        cwd=folder,
        env=clean_environment(),
        timeout=patience(SECONDS, len(names)),
        stdin=json.dumps(names),
    )
    if output.status:
        raise ToolError(f"the search for secrets ended with status {output.status}")  # its errors may quote one
    report = parsed_json("the search for secrets", output.stdout)
    if not isinstance(report, dict) or report.keys() != files.keys():
        raise ToolError("the search for secrets did not report on every file")
    return report


def _message(kind: Kind) -> str:
    if kind.id == KEYWORD:
        return "A value with the name of a password or key is written here in clear text."
    if kind.id == ENTROPY:
        return "A long random-looking value is written here; if it is a key, it is one no longer."
    return f"{_article(kind.name)} {kind.name} is written here in clear text."


def _why(kind: Kind) -> str:
    use = "If it is a secret, whoever" if kind.id in {KEYWORD, ENTROPY} else "Whoever"
    return (
        f"{use} can read the repository, a clone of it or a build log can use it. "
        "Removing the line leaves it in the history."
    )


def _fix(kind: Kind) -> str:
    return f"Revoke it at {kind.issuer}, then read its successor from the environment or a secret store."


def _article(name: str) -> str:
    return "An" if name[0] in "AEIOUaeio" else "A"


def _too_long(path: str) -> Row:
    reason = f"longer than {MAX_CHARACTERS:,} characters, so it was not searched for secrets"
    return Row(path, Secrets.name, Looked.SKIPPED, reason, hole=True)


def _slow(path: str) -> Row:
    reason = "takes too long to search for named and random-looking values; tokens of known form were searched for"
    return Row(path, Secrets.name, Looked.PARTIAL, reason, hole=True)


scanner: Scanner = Secrets()
