"""Suppressions that are code rather than comments: annotations, attributes, pragmas, and metadata of a cluster or a cloud."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gate import lazy
from gate.source import Source

_SONAR = (
    r"S(?:1313|2053|2068|2070|2076|2077|2078|2083|2091|2092|2115|2245|2255|2257|2277|2278|2384|2386|2611|2612|2631|2647|2653|2658|2755"
    r"|2976|3329|3330|3331|3355|3649|3752|4347|4423|4425|4426|4432|4433|4434|4499|4502|4507|4544|4601|4684|4790|4792|4823|4829|4830|4834"
    r"|5042|5122|5131|5135|5144|5145|5146|5147|5167|5247|5301|5320|5324|5332|5334|5344|5439|5443|5445|5527|5542|5547|5594|5659|5679|5693"
    r"|5804|5808|5876|5883|6096|6287|6288|6291|6293|6300|6301|6350|6362|6363|6373|6374|6376|6377|6384|6389|6390|6398|6399|6418|6432|6437|6549)"
)
"""Rules of Sonar of the types vulnerability and security hotspot (rules.sonarsource.com)."""
_FIND_SEC_BUGS = (
    r"SQL_\w+|\w*INJECTION\w*|COMMAND_\w+|PATH_TRAVERSAL\w*|XSS_\w+|XXE_\w+|HARD_CODE_\w+|WEAK_\w+|PREDICTABLE_RANDOM|\w*TRUST\w*|\w*CIPHER\w*"
    r"|SPRING_CSRF\w*|\w*SSRF\w*|OBJECT_DESERIALIZATION|DMI_(?:CONSTANT|EMPTY)_DB_PASSWORD|INSECURE_\w+|\w*COOKIE\w*|LDAP_\w+|\w*REDIRECT\w*"
    r"|STATIC_IV|ECB_MODE|T?DES_USAGE|PADDING_ORACLE|RSA_NO_PADDING|UNENCRYPTED_\w+|JWT_\w+|SCRIPT_ENGINE\w*|SPEL_\w+"
)
_ANDROID = (
    r"\w*Trust\w*|\w*HostnameVerifier|SetJavaScriptEnabled|JavascriptInterface|AddJavascriptInterface|HardcodedDebugMode|World(?:Read|Write)able\w*"
    r"|Exported\w+|UnprotectedSMS\w*|GetInstance|SecureRandom|SSLCertificateSocketFactory\w*|InsecureBaseConfiguration|\w*Cleartext\w*|UnsafeDynamically\w+"
    r"|UnsafeNative\w+|PackageManagerGetSignatures|AuthLeak|UnsafeIntentLaunch|MutableImplicitPendingIntent|DeletedProvider|DeprecatedProvider"
)
"""Checks of Android's lint in its category Security."""
_ALL = r"(?i:all|detekt(?:\.all)?|sonar(?:qube)?)"
_DOTNET = r"CA(?:2100|2109|2119|2153|23\d\d|30\d\d|31\d\d|53\d\d)|SCS\d{4}|SEC\d{4}|SYSLIB00(?:11|13|21|22|39|41|45|50)"
"""Rules of .NET in its category Security (learn.microsoft.com), of Security Code Scan and Puma Scan."""
_QUOTED = lazy.regex(r'"([^"\n]{1,200})"')


class Annotation(NamedTuple):
    """One of them: where, by which tool, as it is written, and what it silences."""

    start: int
    tool: str
    written: str
    codes: tuple[str, ...]


class _Form(NamedTuple):
    suffixes: tuple[str, ...]
    tool: str
    pattern: re.Pattern[str]
    security: re.Pattern[str]


def _form(suffixes: str, tool: str, pattern: str, security: str) -> _Form:
    return _Form(tuple(suffixes.split()), tool, lazy.regex(pattern), lazy.regex(security))


_JVM = ".java .kt .kts .scala .groovy"
_FORMS = (
    _form(_JVM, "Sonar and other analysers", r"@(?:file:)?Suppress(?:Warnings)?\s?\((?P<codes>[^)]{1,2000}+)\)",
          rf"(?:(?:\w+:)?{_SONAR}|{_ALL}|{_ANDROID}|\w+:{_SONAR})"),
    _form(_JVM, "Android's lint", r"@SuppressLint\s?\((?P<codes>[^)]{1,2000}+)\)", rf"{_ANDROID}|{_ALL}"),
    _form(_JVM, "SpotBugs", r"@SuppressF(?:B|indBugs)?Warnings\b(?:\s?\((?P<codes>[^)]{1,2000}+)\))?", _FIND_SEC_BUGS),
    _form(".cs .vb", ".NET's analysers", r"#\s{0,4}pragma\s{1,4}warning\s{1,4}disable\b(?P<codes>[^\n/]{0,2000}+)", rf"{_DOTNET}|{_SONAR}"),
    _form(".cs .vb", ".NET's analysers", r"\[\s?(?:assembly:\s?|module:\s?)?(?:\w{1,20}\.){0,4}SuppressMessage\s?\((?P<codes>[^)]{1,2000}+)\)",
          rf"(?:{_DOTNET})(?::.*)?|(?:\w+:)?{_SONAR}(?::.*)?"),
    _form(".rs", "rustc", r"#!?\[\s?(?:allow|expect)\s?\((?P<codes>[^)\]]{1,2000}+)\)", r"unsafe_code|static_mut_refs|invalid_reference_casting"),
    _form(".yml .yaml", "Checkov", r"\bcheckov\.io/skip\w{0,6}[\"']?\s?:\s?(?P<codes>[^=\n]{1,80})", r".*"),
    _form(".yml .yaml", "kube-linter", r"\bignore-check\.kube-linter\.io/(?P<codes>[\w-]{1,80})", r".*"),
    _form(".yml .yaml", "Polaris", r"\bpolaris\.fairwinds\.com/(?P<codes>[\w-]{0,60}exempt)\b", r".*"),
    _form(".yml .yaml .json", "cfn-nag", r"\brules_to_suppress\b", r".*"),
)  # fmt: skip
WORDS = ("suppress", "warning disable", "allow(", "expect(", "allow (", "checkov.io", "kube-linter.io", "polaris.")
"""One of which each of them holds, in lower case."""


def annotations(source: Source) -> Iterator[Annotation]:
    """Those about security; a list without a code silences all."""
    for form in _FORMS:
        for found in form.pattern.finditer(source.text) if source.path.endswith(form.suffixes) else ():
            given = found.groupdict().get("codes") or ""
            codes = tuple(code for code in _codes(given) if form.security.fullmatch(code))
            if codes or not _codes(given):
                yield Annotation(found.start(), form.tool, " ".join(found[0].split())[:80], tuple(sorted(set(codes))))


def _codes(given: str) -> list[str]:
    quoted = _QUOTED.findall(given)
    return quoted or [code for code in re.split(r"[,\s]+", given.strip()) if code]
