"""Does untrusted data stay data?

Untrusted data that reaches a page, a path, a URL, a header or a parser starts to mean something there.
"""

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="A05:2025",
    cwes=frozenset(
        {
            20,
            22,
            23,
            36,
            59,
            73,
            79,
            80,
            90,
            91,
            93,
            113,
            116,
            117,
            377,
            501,
            378,
            379,
            400,
            434,
            601,
            605,
            611,
            643,
            730,
            776,
            915,
            918,
            1321,
            1333,
        }
    ),
)
