"""Was all of this change looked at, with nothing silenced or weakened?

A gate that can be switched off by what passes through it is no gate.
"""

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GATE,
    owasp="A08:2025",
    cwes=frozenset({172, 176, 180, 693, 838, 1006, 1007, 1126, 1127}),
)
