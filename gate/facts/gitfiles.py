"""What files of git and of its servers keep from reviewers: attributes, settings, submodules, paths nobody owns."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.source import Source

Found = tuple[int, str, str]
"""The line, who sees less than before, and what the file then does, as a verb."""

CODE = lazy.regex(
    r"\.(?:py|[cm]?[jt]sx?|sql|tf|sh|ya?ml|toml|go|java|rb|php|cs|rs|kt|vue|svelte)$|(?:^|/)\*{1,2}$|^[\w./-]+/?$"
)
MADE = lazy.regex(
    r"(?i)(?<![a-z0-9])(?:lockfiles?|\w*generated|gen|dist|build|built|vendor(?:ed)?|third_party|node_modules|snapshots?|fixtures"
    r"|changelog|docs?|tests?|versioneer)(?![a-z0-9])|[.-]lock(?![a-z])|_version\.|_pb2|\.pb\.|\.min\.|\.(?:md|rst|svg|png|jpe?g|gif|ipynb|csv|txt|html|css|json|xml|po|map)$"
)
"""What programs have written, and what is none of the program's code, as whole words: `builder.py` is neither."""
SENSITIVE = lazy.regex(
    r"(?i)auth|secur|payment|billing|\.github|polic|infra|secret|crypto|permission|gate\.toml|^\*$|^/$"
)
_HIDES = lazy.regex(
    r"(?:^|\s)(-diff|binary|(?:linguist|gitlab)-generated(?:=true)?|linguist-vendored(?:=true)?|filter=(?!git-crypt|nbstripout|nbdime)\S+|working-tree-encoding=\S+)(?=\s|$)"
)
"""The last checks other text out than what was reviewed: CJK letters are ASCII code once they are written as UTF-16."""


_SOURCE = lazy.regex(
    r"\.(?:py|[cm]?[jt]sx?|sql|tf|sh|ya?ml|toml|go|java|rb|php|cs|rs|kt|vue|svelte)$|^/?\*{1,2}$|(?:^|/)(?:src|app|lib|api|server)/\*{1,2}$"
)
"""What is kept as Git LFS pointers only by whom nobody is to read; images and models are at home there."""
_LEFT_OUT = lazy.regex(r"(?:^|\s)export-ignore(?=\s|$)")
_PROGRAM = lazy.regex(
    r"^(?!.*(?:\.config\.|/\.|^\.)).*\.(?:py|[cm]?[jt]sx?|go|java|rb|php|cs|rs|kt|vue|svelte|sql)$|^/?\*{1,2}$"
)
_AROUND = lazy.regex(
    r"(?i)(?<![a-z])(?:tests?|spec|examples?|demos?|bench\w*|scripts?|tools?|rector|scoper|phpstan|ecs|setup|conftest|noxfile|stubs?)(?![a-z])"
)
"""What belongs to the work on a program, and to no release of it."""


def attributes(source: Source) -> Iterator[Found]:
    macros: set[str] = set()
    for number, line in enumerate(source.lines, 1):
        pattern, rest = _parted(line)
        if pattern.startswith("[attr]") and _HIDES.search(rest):
            macros.add(pattern.removeprefix("[attr]"))
        named = next((word for word in rest.split() if word in macros), "")
        hides = _HIDES.search(rest) or re.match(r"(.+)", named)
        shown = _SOURCE if hides and hides[1] == "filter=lfs" else CODE
        if hides and not pattern.startswith("#") and shown.search(pattern) and not MADE.search(pattern):
            yield number, "reviewers", f"hides `{pattern}` from diffs (`{hides[1]}`)"
        if (
            _LEFT_OUT.search(rest)
            and _PROGRAM.search(pattern)
            and not MADE.search(pattern)
            and not _AROUND.search(pattern)
        ):
            yield number, "whoever reads a release", f"leaves `{pattern}` out of releases (`export-ignore`)"


def _parted(line: str) -> tuple[str, str]:
    """The pattern of a line, which may be quoted, and its attributes."""
    found = re.match(r"\s*(?:\"((?:[^\"\\]|\\.)*)\"|(\S+))(.*)", line)
    return ("", "") if found is None else (found[1] or found[2] or "", found[3])


def settings(source: Source) -> Iterator[Found]:
    section = ""
    for number, line in enumerate(source.lines, 1):
        section = line.strip().lower() if line.strip().startswith("[") else section
        if section == "[core]" and re.match(r"(?i)\s*hookspath\s*=", line):
            yield number, "git hooks", "sends git to other hooks"
        if section in {"[lfs]", "[core]"} and (
            found := re.match(r"(?i)\s*(url|pushurl|fsmonitor|sshcommand)\s*=\s*(\S+)", line)
        ):
            yield number, "reviewers", f"has git use `{found[2][:80]}` (`{found[1]}`)"


def submodules(source: Source) -> Iterator[Found]:
    """Code of another repository, of which a diff shows a number; `update = !command` runs one on every checkout."""
    for number, line in enumerate(source.lines, 1):
        key, _, value = (part.strip() for part in line.partition("="))
        if key == "url" and value:
            yield number, "reviewers", f"brings in the code of `{value[:80]}`"
        if key == "update" and value.startswith("!"):
            yield number, "reviewers", f"runs `{value[1:80]}` when it is checked out"


def unowned(source: Source) -> Iterator[Found]:
    """A sensitive path that is named without anybody: for what it matches, owners named above no longer count."""
    for number, line in enumerate(source.lines, 1):
        words = line.partition("#")[0].split()
        if len(words) == 1 and not words[0].startswith("[") and SENSITIVE.search(words[0]):
            yield number, "reviewers", f"leaves `{words[0]}` without an owner"
