"""The base score of a CVSS vector, version 3 (https://www.first.org/cvss/v3-1/specification-document, section 7).

Vectors of version 2 are out of use, and those of version 4 want tables of 270 rows; the databases that have them say in
a word how grave the flaw is.
"""

from math import ceil

_WEIGHTS = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    **{name: {"H": 0.56, "L": 0.22, "N": 0.0} for name in "CIA"},
}
_RIGHTS = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}
_LEAST = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))


def score(vector: str) -> float:
    """From 0 to 10; 0 for what is no vector of version 3."""
    if not vector.startswith("CVSS:3."):
        return 0.0
    parts = dict(part.split(":", 1) for part in vector.split("/") if ":" in part)
    try:
        weight = {name: values[parts[name]] for name, values in _WEIGHTS.items()}
        rights, changed = _RIGHTS[parts["S"]][parts["PR"]], parts["S"] == "C"
    except KeyError:
        return 0.0
    lost = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    exploit = 8.22 * weight["AV"] * weight["AC"] * rights * weight["UI"]
    whole = 1.08 * (impact + exploit) if changed else impact + exploit
    return _up(min(whole, 10)) if impact > 0 else 0.0


def rating(points: float) -> str:
    """The word for a score (section 5); "" for none."""
    return next((word for least, word in _LEAST if points >= least), "")


def _up(points: float) -> float:
    """To the next tenth, by whole numbers (appendix A)."""
    whole = round(points * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else ceil(whole / 10_000) / 10
