"""Comments that tell a tool to look away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

from gate import lazy
from gate.facts.annotation import WORDS, annotations
from gate.facts.comment import Comment, code, comments
from gate.hint import Hint
from gate.paths import Kind, kind
from gate.source import Place, Source

_LISTED = r"[\w./@*-]+(?:\s*,\s*[\w./@*-]+)*"
_RULE_LIST = rf"(?:\s+(?!--|\*/)(?P<codes>{_LISTED}))?"
_RUFF = r"(?:\s*:\s*(?P<codes>[A-Z]+\d*(?:[,\s]+[A-Z]+\d+)*))?"
_BRACKETS = r"\s*\[(?P<codes>[^\]\n]*)\]"
_NOSEC = r"(?:[BG]\d{3}|[a-z]+(?:_[a-z]+)+)"
_BIOME = r"(?P<codes>lint(?:/[\w/]+)?)"
_JS_SECURITY = (
    r"(?:security|security-node|no-unsanitized|no-secrets|xss|sonarjs|@microsoft/sdl|scanjs-rules)/.*"
    r"|(?:@typescript-eslint/)?no-(?:eval|implied-eval|new-func|script-url)"
    r"|react/(?:no-danger.*|jsx-no-script-url)|vue/no-v-html"
)
_JS_SECURITY_NAME = r"no-(?:eval|implied-eval|new-func|script-url)|(?:security|no-unsanitized)/[\w-]+"
_BIOME_SECURITY = r"lint|lint/security.*"
_PY_SECURITY = r"ALL|S|S\d+|DUO\d*|B[1-7]\d\d"
_PYLINT = (
    r"all|eval-used|exec-used|subprocess-.*|bad-open-mode|missing-timeout"
    r"|W0122|W0123|W1501|W1509|W1510|W3101"
)
_HADOLINT = r"DL30(?:02|04|06|07|08|13|20|26)"
_SECRETS = (
    r"pragma:?\s*(?:allow|white)list(?:\s+|-)(?:nextline(?:\s+|-))?secret"
    r"|gitleaks:allow|ggignore|gitguardian:ignore|trufflehog:ignore"
)
_NOQA = "Ruff and Flake8"


_HARMLESS = lazy.regex(
    r"\s*(?:(?:from\s+[\w.]+\s+)?import\s[^;]*|raise NotImplementedError(?:\([\"']?[\w\s.,]*[\"']?\))?\s*(?:#.*)?)"
)
_LISTED_IMPORT = lazy.regex(
    r"\b(?:subprocess|pickle|cPickle|dill|shelve|marshal|telnetlib|ftplib|xml\w*|lxml|httplib|urllib\w*|Crypto|pyghmi|wsgiref|twisted)\b"
)
"""Modules whose very import Ruff's and bandit's rules (S401 to S415, B401 to B415) speak of."""


class Directive(NamedTuple):
    """How a tool is silenced. `codes` (a group of the pattern) are what it silences; none means all."""

    tool: str
    pattern: re.Pattern[str]
    security: re.Pattern[str] | None = None
    """The codes that are about security; None when all are."""
    wide: bool = False


def _directive(tool: str, pattern: str, security: str = "", *, wide: bool = False) -> Directive:
    return Directive(tool, lazy.regex(pattern), lazy.regex(security) if security else None, wide)


_DIRECTIVES = (
    _directive(_NOQA, rf"#\s*(?:ruff|flake8)\s*:\s*(?i:noqa){_RUFF}", _PY_SECURITY, wide=True),
    _directive(_NOQA, rf"#\s*ruff\s*:\s*(?:file-ignore|disable){_BRACKETS}", _PY_SECURITY, wide=True),
    _directive(_NOQA, rf"#\s*ruff\s*:\s*ignore{_BRACKETS}", _PY_SECURITY),
    _directive(_NOQA, rf"#\s*(?i:noqa)\b{_RUFF}", _PY_SECURITY),
    _directive("bandit", rf"#\s*nosec\b(?:[:\s]\s*(?P<codes>{_NOSEC}(?:[,\s]+{_NOSEC})*))?"),
    _directive("semgrep", rf"(?i:(?:^|[#/*-])\s*nosem(?:grep)?)\b(?:\s*:\s*(?P<codes>{_LISTED}))?"),
    _directive("pylint", rf"#\s*pylint\s*:\s*disable(?:-next)?\s*=\s*(?P<codes>{_LISTED})", _PYLINT),
    _directive("secret scanners", _SECRETS),
    _directive("CodeQL", rf"\b(?:codeql|lgtm){_BRACKETS}"),
    _directive("Sonar", r"\bNOSONAR\b(?:\s*\((?P<codes>[^)\n]*)\))?"),
    _directive("Snyk", r"\bsnyk:ignore\b|\b(?:deepcode|snyk)\s+ignore(?:\s+(?P<codes>[\w/-]+))?"),
    _directive("Checkov", r"\b(?:checkov|bridgecrew):skip\s*=\s*(?P<codes>[\w,]+)"),
    _directive("Trivy", r"\b(?:tfsec|trivy):ignore:(?P<codes>[\w*-]+)"),
    _directive("Terrascan", r"\bts:skip\s*=\s*(?P<codes>\S+)"),
    _directive("KICS", r"\bkics-scan\s+(?:ignore|disable)(?P<codes>[\w=,-]*)", wide=True),
    _directive("zizmor", r"\bzizmor:\s*ignore\[(?P<codes>[^\]\n]*)\]"),
    _directive("hadolint", r"\bhadolint\s+(?:global\s+)?ignore\s*=\s*(?P<codes>[\w,]+)", _HADOLINT),
    _directive("gosec", r"//\s*nolint(?::(?P<codes>[\w,-]+))?", r"gosec|all"),
    _directive("ShellCheck", rf"\bshellcheck\s+(?:[\w=,-]+\s+){{0,6}}?disable=(?P<codes>{_LISTED})", r"SC(?:2029|2046|2048|2059|2068|2086|2091|2145|2206|2207|2294)|all"),
    _directive("PMD", r"//\s*NOPMD\b"),
    _directive("clang-tidy", r"//\s*NOLINT(?:NEXTLINE|BEGIN)?\b(?:\((?P<codes>[^)\n]*)\))?", r"cert-.*|clang-analyzer-security.*|clang-analyzer-(?:core|unix|optin\.taint).*|bugprone-.*|\*"),
    _directive("Flawfinder", r"(?i:\b(?:flawfinder|rats|its4):\s*ignore)\b"),
    _directive("Psalm", r"@psalm-(?:suppress\s+(?P<codes>Tainted\w*)|taint-escape\s+\w+)"),
    _directive("Sobelow", r"#\s*sobelow_skip\b"),
    _directive("Bearer", r"\bbearer:disable\s+(?P<codes>[\w,]+)"),
    _directive("ESLint", rf"\b(?:es|ox)lint-disable(?:-next-line|-line)\b{_RULE_LIST}", _JS_SECURITY),
    _directive("ESLint", rf"\b(?:es|ox)lint-disable(?!-)\b{_RULE_LIST}", _JS_SECURITY, wide=True),
    _directive("ESLint", rf"/\*\s*eslint\s[^*]*?[\"']?(?P<codes>{_JS_SECURITY_NAME})[\"']?\s*:\s*\[?\s*(?:0\b|[\"']?off\b)", wide=True),
    _directive("JSHint", r"\bjshint\s[^*]*?\b(?P<codes>evil|scripturl)\s*:\s*true", wide=True),
    _directive("TSLint", r"\btslint:disable(?:-next-line|-line)?\b(?:\s*:\s*(?P<codes>[\w -]+))?", r"no-eval|function-constructor|.*xss.*"),
    _directive("Deno", rf"\bdeno-lint-ignore(?:-file)?\b{_RULE_LIST}", r"no-eval|.*danger.*"),
    _directive("DevSkim", r"\b[Dd]ev[Ss]kim:\s*ignore\s+(?P<codes>[\w,]+)"),
    _directive("Horusec", r"\bnohorus\b"),
    _directive("Biome", rf"\b(?:biome|rome)-ignore\s+{_BIOME}", _BIOME_SECURITY),
    _directive("RuboCop", rf"\brubocop\s*:\s*(?:disable|todo)\s+(?P<codes>{_LISTED})", r"Security(?:/.*)?|all"),
    _directive("PHP_CodeSniffer", rf"\bphpcs:(?:ignore|disable)(?:\s+(?P<codes>{_LISTED}))?", r".*Security.*|.*PreparedSQL.*|.*NoSilencedErrors.*"),
    _directive("JetBrains", rf"\bnoinspection\s+(?P<codes>{_LISTED})", r"(?i).*(?:inject|security|xss|hardcodedpass|hardcodedcred|unsafe).*"),
    _directive("Biome", rf"\bbiome-ignore-(?:all|start)\s+{_BIOME}", _BIOME_SECURITY, wide=True),
)  # fmt: skip
_ON_GUARDS = (
    _directive("coverage", r"#\s*pragma:?\s*no\s?(?:cover|branch)\b"),
    _directive(
        "type checkers",
        r"#\s*type:\s*ignore(?!\[)|#\s*type:\s*ignore\[(?P<codes>(?:arg-type|call-arg|call-overload)[^\]\n]*)\]",
    ),
)
"""What is common, and only counts on a line that keeps callers out: no test need pass there."""
_ON_TYPED_GUARDS = (_directive("TypeScript", r"@ts-(?:ignore|expect-error)\b"),)
_KEEPS_OUT = lazy.regex(
    r"(?i)permission_?denied|forbidden|unauthori[sz]ed|access_?denied|\b(?:abort|status_code|status|code)\W{1,3}40[13]\b|\.is_(?:staff|superuser|admin|authenticated)\b"
    r"|\bhas_(?:object_)?perms?(?:ission)?\(|compare_digest|\bverify_\w*(?:signature|token|password)|_required\b|require_\w*(?:admin|role|owner|auth|login)"
    r"|\bjwt\.(?:decode|verify)\(|\bverify\(\s*\w*(?:token|signature|jwt)|timing_?safe_?equal|\bverify(?:token|jwt|session|signature)\w*\(|construct_?event(?:async)?\(|\bauthenticate\("
)
_NO_TYPES = _directive("TypeScript", r"@ts-nocheck\b", wide=True)
_GUARDED = lazy.regex(r"(?i)auth|login|session|payment|billing|checkout|security|crypto|permission")


_ANYWHERE = (
    "nosec", "nosem", "noqa", "allowlist", "whitelist", "gitleaks:", "ggignore", "gitguardian:", "trufflehog:", "nosonar",
    "snyk", "deepcode", ":ignore", ":skip", "kics-scan", "zizmor:", "hadolint", "nolint", "bearer:", "lint-disable",
    "biome-ignore", "rome-ignore", "@ts-nocheck", "@ts-ignore", "@ts-expect-error", "eslint no", 'eslint "', "eslint '", "eslint security", "jshint", "tslint:",
    "rubocop", "phpcs:", "noinspection", "deno-lint-ignore", "devskim:", "nohorus", "shellcheck", "nopmd", "nolint", "flawfinder", "rats:", "its4:", "psalm-", "sobelow_skip", "no cover", "nocover", "no branch", "type: ignore", "type:ignore",
)  # fmt: skip


@dataclass(frozen=True)
class Suppression:
    """A comment that silences a tool. `codes` is empty when it silences everything.

    `first` and `last` are the lines of code it is about; both are 0 when it is about the file.
    """

    place: Place
    tool: str
    written: str
    codes: tuple[str, ...]
    first: int
    last: int

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        *_ANYWHERE,
        *WORDS,
        *((tool, r"\s*:") for tool in ("ruff", "pylint")),
        *((tool, r"\s*\[") for tool in ("codeql", "lgtm")),
    )

    @property
    def wide(self) -> bool:
        return self.last == 0

    @property
    def where(self) -> Kind:
        return kind(self.place.path)

    def covers(self, other: "Suppression") -> bool:
        """Whether all that `other` silences was silenced by this one already."""
        return not self.codes or (bool(other.codes) and set(other.codes) <= set(self.codes))

    @classmethod
    def find(cls, source: Source) -> Iterator["Suppression"]:
        for comment in comments(source, cls.hint):
            for directive in _of(source):
                for found in directive.pattern.finditer(comment.text):
                    codes = _codes(found)
                    if not (directive.wide or comment.last) or not _matters(directive, codes):
                        continue
                    if directive in (*_ON_GUARDS, *_ON_TYPED_GUARDS) and not _keeps_out(
                        source, comment.first, comment.last
                    ):
                        continue
                    if directive.wide or codes or directive.tool != _NOQA or _may_be_unsafe(source, comment):
                        line = comment.line + comment.text.count("\n", 0, found.start())
                        about = (0, 0) if directive.wide else (comment.first, comment.last)
                        yield cls(Place.at(source.path, line), directive.tool, _written(found), codes, *about)
        for one in annotations(source):
            line = source.text.count("\n", 0, one.start) + 1
            yield cls(Place.at(source.path, line), one.tool, one.written, one.codes, line, line + 1)


def silenced(fact: Suppression, source: Source) -> str:
    """The code a suppression is about, without spacing and comments, however it is broken into lines."""
    return "" if fact.wide else _bare(source, fact.first, fact.last)


@lru_cache(maxsize=64)
def _bare(source: Source, first: int, last: int) -> str:
    """One text for all suppressions of a statement: there can be thousands in one that is thousands of lines long."""
    return re.sub(r",(?=[)\]}])|\\$", "", "".join("".join(code(source)[first - 1 : last]).split()))


def _of(source: Source) -> tuple[Directive, ...]:
    if source.language in {"javascript", "typescript"}:
        about = (_NO_TYPES,) if _GUARDED.search(source.path) else ()
        return (*_DIRECTIVES, *_ON_TYPED_GUARDS, *about)
    return (*_DIRECTIVES, *_ON_GUARDS) if source.language == "python" else _DIRECTIVES


@lru_cache(maxsize=64)
def _keeps_out(source: Source, first: int, last: int) -> bool:
    return _KEEPS_OUT.search("\n".join(source.lines[first - 1 : last])) is not None


def _codes(found: re.Match[str]) -> tuple[str, ...]:
    given = found.groupdict().get("codes") or ""
    return tuple(sorted({code.strip() for code in re.split(r"[,\s]+", given) if code.strip()}))


def _matters(directive: Directive, codes: tuple[str, ...]) -> bool:
    security = directive.security
    return security is None or not codes or any(security.fullmatch(code) for code in codes)


def _may_be_unsafe(source: Source, comment: Comment) -> bool:
    """Whether a rule about security may speak of the lines a comment is about: of most imports none does."""
    harmless = _HARMLESS.fullmatch("\n".join(source.lines[comment.first - 1 : comment.last]))
    return harmless is None or bool(_LISTED_IMPORT.search(harmless[0]))


def _written(found: re.Match[str]) -> str:
    return " ".join(found[0].strip("#/*- \t\n").split())[:80]
