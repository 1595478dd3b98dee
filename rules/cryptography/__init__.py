"""Are ciphers, hashes, randomness and TLS sound?

Weak cryptography looks exactly like strong cryptography until somebody breaks it.
"""

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="A04:2025",
    cwes=frozenset(
        {208, 295, 297, 319, 322, 323, 325, 326, 327, 328, 330, 331, 335, 338, 340, 703, 757, 759, 760, 780, 916}
    ),
)
