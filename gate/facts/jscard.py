"""Numbers and codes of cards that JavaScript takes from a request, demands of a caller, or keeps in a column."""

from collections.abc import Iterator

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import js_code
from gate.facts.linenumber import line_at
from gate.source import Source

_CARD = r"card_?num(?:ber)?|cc_?num(?:ber)?|cvv2?|cvc2?|card_?cv[cv]|card_?security_?code"
_ASKED = r"(?:\b(?:req|request|ctx\.request|c\.req|event)\.body\b|\bawait\s+(?:req|request|c\.req)\.json\(\)|\brequest\.formData\(\))"
_TAKEN = lazy.regex(rf"\b(?:const|let|var)\s*\{{([^{{}}]{{0,600}})\}}\s*=\s*{_ASKED}")
_NAMED = lazy.regex(rf"(?i)(?<![\w$.'\"])({_CARD})(?![\w$])")
_READ = lazy.regex(rf"{_ASKED}\??\.(?i:({_CARD}))(?![\w$])|\b(?:formData|form|data)\.get\(\s*['\"](?i:({_CARD}))['\"]")
_DEMANDED = lazy.regex(rf"(?<![\w$.])(?i:({_CARD}))['\"]?\s*:\s*(?:z|Joi|joi|yup|Yup|v|t|Type)\.\w+\(")
_KEPT = lazy.regex(
    rf"(?<![\w$.])(?i:({_CARD}))['\"]?\s*:\s*(?:\{{\s*type\s*:|(?:DataTypes|Sequelize|Schema\.Types)\.|(?:varchar|text|char)\()"
    rf"|(?m:^\s*(?i:({_CARD}))\s+(?:String|Int|BigInt)\b)|@Column\([^()]{{0,120}}\)\s*(?:\w+\s+)?(?i:({_CARD}))\b|\.(?:string|text)\(\s*['\"](?i:({_CARD}))['\"]"
)


def cards(source: Source) -> Iterator[tuple[int, str, str]]:
    """The line, "field" or "column", and the name of each."""
    if is_bundled(source):
        return
    text = js_code(source.text)
    for found in _TAKEN.finditer(text) if source.language != "prisma" else ():
        yield from ((line_at(text, found.start(1) + one.start()), "field", one[1]) for one in _NAMED.finditer(found[1]))
    for where, pattern in (("field", _READ), ("field", _DEMANDED), ("column", _KEPT)):
        for found in pattern.finditer(text):
            yield line_at(text, found.start(found.lastindex or 0)), where, found[found.lastindex or 0]
