"""What settings of further tools leave out: those of .NET, Java, Ruby, PHP, Rust, Go, CodeQL and Sonar, line by line."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from gate import lazy
from gate.facts import tools
from gate.facts.config import Node, read
from gate.source import Source

Said = tuple[int, str, str]

_DOTNET = r"CA(?:2100|2109|2119|2153|23\d\d|30\d\d|31\d\d|53\d\d)|SCS\d{4}|SEC\d{4}|SYSLIB0011|NU190[1-4]"
"""Rules of .NET in its category Security, and the warnings of NuGet about flawed packages."""
_BUGS = r"\w*(?:SQL|INJECTION|COMMAND|TRAVERSAL|XSS|XXE|HARD_CODE|WEAK|TRUST|CIPHER|CSRF|DESERIALIZATION|PASSWORD|SECURITY)\w*"
_ANDROID = r"\w*(?:Trust|Hostname|JavaScript|Javascript|Debug|World|Exported|Cleartext|Insecure|Secure|Unsafe)\w*"
_LINES: tuple[tuple[str, str, str, str], ...] = (
    (r"lint\.xml", "Android's lint", rf"<issue\s(?=[^>]*severity=\"ignore\")[^>]{{0,200}}?\bid=\"({_ANDROID})\"", "ignores `{}`"),
    (r".*\.(?:cs|vb|fs)proj|.*\.(?:props|targets)", ".NET's analysers", rf"<NoWarn>[^<]*?\b({_DOTNET})\b", "ignores `{}`"),
    (r".*\.(?:cs|vb|fs)proj|.*\.(?:props|targets)", "NuGet's audit", r"<(NuGetAudit)>\s*false\b", "switches `{}` off"),
    (r".*\.(?:cs|vb|fs)proj|.*\.(?:props|targets)", "NuGet's audit", r"<NuGetAuditSuppress\s+Include=\"([^\"]{1,120})", "ignores `{}`"),
    (r".*\.(?:cs|vb|fs)proj|.*\.(?:props|targets)", ".NET's analysers", r"<(RunAnalyzers\w*|EnableNETAnalyzers)>\s*false\b", "switches `{}` off"),
    (r"\.editorconfig|\.globalconfig", ".NET's analysers", rf"dotnet_diagnostic\.({_DOTNET})\.severity\s*=\s*(?:none|silent)\b", "ignores `{}`"),
    (r"\.editorconfig|\.globalconfig", ".NET's analysers", r"(dotnet_analyzer_diagnostic\.category-Security)\.severity\s*=\s*(?:none|silent)\b", "ignores `{}`"),
    (r"brakeman\.ignore", "Brakeman", r"\"warning_type\":\s*\"([^\"]{1,80})\"", "accepts a finding (`{}`)"),
    (r"psalm\.xml(?:\.dist)?", "Psalm", r"<(Tainted\w+)\b[^>]*errorLevel=\"(?:suppress|info)\"", "ignores `{}`"),
    (r"\.shellcheckrc", "ShellCheck", r"^\s*disable\s*=.*?\b(SC2294|SC2091|all)\b", "ignores `{}`"),
    (r".*(?:exclude|filter|suppress|ignore).*\.xml", "SpotBugs", rf"<Bug\b[^>]*?\b(?:pattern|category|code)=\"[^\"]*?\b({_BUGS})", "ignores `{}`"),
    (r"pom\.xml|build\.gradle(?:\.kts)?", "dependency-check", r"\b(failBuildOnCVSS)\b\W{1,6}(?:1[1-9]|[2-9]\d)", "never fails by `{}`"),
    (r"pom\.xml|gradle\.properties", "the build", r"<?\b((?:dependency-check|spotbugs|findbugs|pmd|sonar)\.skip)\b\W{1,4}true\b", "sets `{}`"),
    (r"build\.gradle(?:\.kts)?", "the build", r"^\s*(ignoreFailures|isIgnoreFailures)\s*=\s*true\b", "sets `{}`"),
    (r"sonar-project\.properties", "Sonar", r"^\s*(sonar\.qualitygate\.wait\s*=\s*false|sonar\.scanner\.skip\s*=\s*true)\b", "says `{}`"),
    (r"sonar-project\.properties", "Sonar", r"^\s*sonar\.issue\.ignore\.multicriteria\.\w+\.ruleKey\s*=\s*(\S{1,80})", "ignores `{}`"),
    (r"codeql-config\.ya?ml|codeql\.ya?ml", "CodeQL", r"^\s*(disable-default-queries\s*:\s*true)\b", "says `{}`"),
)  # fmt: skip
_KINDS = [(lazy.regex(path), tool, lazy.regex(pattern), said) for path, tool, pattern, said in _LINES]
PATHS = "|".join(sorted({path for path, *_ in _LINES}))
_SECURITY_COPS = lazy.regex(r"Security(?:/\w+)?|Brakeman(?:/\w+)?")
_LISTS = frozenset({"exclude-rules", "rules"})
_LONGEST = 2_000


def lines(source: Source) -> Iterator[Said]:
    """What single lines of such a file switch off."""
    name = PurePosixPath(source.path).name
    kinds = [kind for kind in _KINDS if kind[0].fullmatch(name)]
    for number, line in enumerate(source.lines, 1):
        for _, tool, pattern, said in kinds:
            for found in pattern.finditer(line[:_LONGEST]):
                yield number, tool, said.format(found[1][:80])


def golangci(source: Source) -> Iterator[Said]:
    """Where golangci-lint is not to run gosec, and which of its rules it is not to ask about."""
    root = read(source)
    for node in root.walk() if root else ():
        for name, child in node.pairs:
            for rule in child.items if name in _LISTS else ():
                of_gosec = any(one.text == "gosec" for one in rule["linters"].items)
                if of_gosec and not tools.is_harmless(rule["path"].text) and not _TESTS.search(rule["path"].text):
                    yield (
                        rule.line,
                        "gosec",
                        f"does not look at `{(rule['path'].text or rule['text'].text or '*')[:80]}`",
                    )
            if name == "gosec":
                yield from (
                    (code.line, "gosec", f"ignores `{code.text}`")
                    for code in child["excludes"].items
                    if code.text not in _RATED_LOW
                )
            if name == "disable":
                yield from ((one.line, "gosec", "is switched off") for one in child.items if one.text == "gosec")


_TESTS = lazy.regex(r"_test|test/|tests/|mock|example|testdata|generated|\bzz_")
_RATED_LOW = frozenset({"G104", "G307"})
"""Errors that nobody asks about, which other linters tell of."""


def rubocop(source: Source) -> Iterator[Said]:
    root = read(source)
    for name, cop in root.pairs if root else ():
        if _SECURITY_COPS.fullmatch(name) and cop["Enabled"].text.lower() == "false":
            yield cop["Enabled"].line, "RuboCop", f"ignores `{name}`"


def codeql(source: Source) -> Iterator[Said]:
    """Queries that are left out by their name, and folders that alone are looked at."""
    root = read(source)
    for filtered in root["query-filters"].items if root else ():
        for name, value in filtered["exclude"].pairs:
            yield (
                value.line,
                "CodeQL",
                f"leaves out queries by their {name} (`{(value.text or ', '.join(one.text for one in value.items))[:80]}`)",
            )


def audited(source: Source) -> Iterator[Said]:
    """Known flaws that Composer, pnpm and Yarn are told to keep to themselves."""
    root = read(source)
    if root is None:
        return
    lists: list[tuple[str, Node]] = [("Composer's audit", root["config"]["audit"]["ignore"])]
    for table in (root["pnpm"]["auditConfig"], root["auditConfig"]):
        lists += [("pnpm's audit", table[name]) for name in ("ignoreCves", "ignoreGhsas")]
    lists += [("Yarn's audit", root[name]) for name in ("npmAuditIgnoreAdvisories", "npmAuditExcludePackages")]
    for tool, listed in lists:
        yield from ((one.line, tool, f"ignores `{one.text[:80]}`") for one in listed.items if one.text)
        yield from ((one.line, tool, f"ignores `{name[:80]}`") for name, one in listed.pairs)
