"""Why the commands of a shell script may never run, or their failures not count: by what stands on the lines before them."""

from collections.abc import Sequence

from gate import lazy

_SPLIT = lazy.regex(r"(;;|;|&&|\|\||(?<!\|)\|(?!\|))")
_COMMENT = lazy.regex(r"(?:^|\s)#.*")
_OPENS = lazy.regex(r"(?:then\s+|do\s+|else\s+)?(?:if|for|while|until|case|select)\b")
_CLOSES = lazy.regex(r"(?:fi|done|esac)\b")
_FUNCTION = lazy.regex(r"(?:function\s+[\w:-]+\s*(?:\(\s*\))?|[\w:-]+\s*\(\s*\))\s*\{?")
_ENDS = lazy.regex(r"(?:(?:then|do|else|\{|[\w*|\"'./@$ -]{1,80}\))\s*)?(?P<how>exit|return)(?P<status>\s+0)?\s*\}?")
_LABEL = lazy.regex(r"\(?[\w*|\"'./@$ -]{1,80}\)")
_CASE = lazy.regex(r"\bcase\s+\S{1,200}\s+in\b")
_FAIR = lazy.regex(
    r"(?i)-h\b|\bhelp\b|usage|version|\bcommand\s+-v\b|\bwhich\b|\btype\s|\bhash\s|\$#|-z\s+[\"']?\$|-n\s+[\"']?\$|\bgit\s+diff\b"
)
"""Conditions that ask for help, for what is installed, or whether there is anything to do."""
_TRAP = lazy.regex(
    r"\btrap\s+(?P<quote>['\"]?)[^'\"\n]*?(?:\bexit\s+0|\btrue|:)\s*;?\s*(?P=quote)\s+[\w ]*\b(?:EXIT|ERR|0)\b"
)
_SET = lazy.regex(r"\bset\s+(?P<sign>[+-])(?:\w*e\w*|o\s+errexit)\b")
ENDED, _RETURNED = "after `exit 0`", "after `return 0`"
MAY_END = "a way out with `exit 0` stands before it"
_LONGEST, _DEEP = 10_000, 20


def lost(script: str) -> Sequence[str]:
    """For each line the reason, "" where there is none."""
    state = _State()
    return tuple(state.after(" ".join(line.split())[:_LONGEST]) for line in script.split("\n"))


class _State:
    """What is known of a script behind the lines that have been read."""

    def __init__(self) -> None:
        self.ended = self.careless = self.trapped = self.before = ""
        self.blocks: list[str] = []
        """The conditions of the blocks that are open; "" for a function."""

    def after(self, line: str) -> str:
        """Read a line; the reason why it does not count."""
        said = self.ended or self.trapped or self.careless
        bare = _CASE.sub(r"\g<0>;", _COMMENT.sub("", line))
        if found := _SET.search(bare):
            self.careless = "after `set +e`" if found["sign"] == "+" else ""
        if _TRAP.search(bare):
            self.trapped = "a `trap` that ends with success"
        parts = ["\n", *_SPLIT.split(bare)]
        for told, part in zip(parts[::2], parts[1::2], strict=True):
            self._read(told, part.strip())
        return said

    def _read(self, told: str, part: str) -> None:
        if self.blocks and self.blocks[-1].startswith("case") and (label := _LABEL.match(part)):
            self.blocks[-1] = f"case {label[0]}"
        if self.ended != ENDED:
            self.ended = self._way_out(told, part) or self.ended
        if (_FUNCTION.match(part) and not part.endswith("}")) or _OPENS.match(part):
            self.blocks.append(part if _OPENS.match(part) else "")
        elif self.blocks and (_CLOSES.match(part) or part.endswith("}")):
            self.blocks.pop()
            self.ended = "" if self.ended == _RETURNED else self.ended
        self.before = part or self.before

    def _way_out(self, told: str, part: str) -> str:
        """A command that ends the script, or its function, with success."""
        found = _ENDS.fullmatch(part)
        if found is None or not (found["status"] or (found["how"] == "exit" and told != "||")):
            return ""
        conditions = [block for block in self.blocks[-_DEEP:] if block] + [self.before] * (told in {"&&", "||"})
        if not conditions:
            return _RETURNED if found["how"] == "return" else ENDED * (not self.blocks)
        return "" if _FAIR.search(conditions[-1]) else MAY_END
