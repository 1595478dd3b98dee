r"""A character that a reviewer does not see, or takes for another.

Controls of the writing direction show code in another order than it runs (Trojan Source, CVE-2021-42574); letters without
width, tags and look-alike letters make two names out of what looks like one, or carry text that only machines read, such as
instructions to an agent. What a reviewer cannot see has not been reviewed. Emoji, accents and names in other scripts are
none of this, and an escape such as `\u202e` is plain to see.
"""

from collections.abc import Iterator

from gate.facts.hidden import Hidden
from gate.paths import kind
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1007, 451),
    fix=r"Delete the character. Where the program needs it, write it as an escape (`\u200b`), so that everybody sees it.",
    bad=[
        'access = "user\u202e \u2066# admin only\u2069 \u2066"  # <-\n',
        'FLAGS = {"is_ad\u200bmin": True}  # <-\n',
        "def ch\u0435ck(user):  # <-\n    return True\n",
        'TOKEN = "abc\u2060def"  # <-\n',
        'if role == "admin\u200e":  # <-\n    grant()\n',
        'x = "ok\U000e0150\U000e0151\U000e0152"  # <-\n',
        "allowed = is_admin(user)  # \u2066 and \u2069 owner  # <-\n",
        "if is_admin\u3164(user):  # <-\n    grant()\n",
        "access = 1\n\u0430\u0441\u0441\u0435\u0455\u0455 = 2  # <-\n",
        'if role == "\u0430dmin":  # <-\n    grant()\n',
        {"web/app.ts": "const is\u0410dmin = true;  // <-\n"},
        {
            "web/app.js": "x = '= /[' + is\u0410dmin + ']/';  // <-\ny = rows / z[s\u0441] / 2;  // <-\nz = /^\u0430dmin$/;  // <-\n"
        },
        {"web/app.js": "check(user); // only admins\u2028grant(user);  // <-\n"},
        {"AGENTS.md": "Be kind.\U000e0041\U000e0042  # <-\nUse \u200bthe wrappers.  # <-\n"},
        {"deploy.yml": "image: web\u200b-app  # <-\n"},
        {"run.sh": "echo \x1b[2K ok  # <-\n"},
        {
            "README.md": "Inst\u200ball it.  # <-\nSee below.\u200b\u200c\u200b\u200b\u200c\u200d\u200b\u200b\u200c  # <-\n"
        },
    ],
    good=[
        r'bad_chars = "\u202a\u202b\u202e"' + "\n",
        'GREETING = "\U0001f469\u200d\U0001f4bb hello"\n',
        'WARN = "\u26a0\ufe0f careful"\nKEYS = "1\ufe0f\u20e3"\nFLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"\n',
        'NAME = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"\n',
        "gr\u00f6\u00dfe = 3\n\u0394x = 1\n\u03c3_max = 2\n\u0447\u0438\u0441\u043b\u043e = 4\n",
        's = "na\u00efve caf\u00e9 \u6f22\u5b57"\n',
        {"locales/he.json": '{"a": "\u200f\u05e9\u05dc\u05d5\u05dd\u200f"}\n'},
        {"web/app.js": "const WORD = /[a-z\u0430-\u044f]/i;\nformat.match(/(?<!x)[W\u041dO\u041e]+/);\n"},
        {"README.md": "\ufeff# Name\nDonau\u00addampf\u00adschiff, and a break\u200b here.\n"},
    ],
    misses=[
        "Space of other widths, and punctuation that looks like another.",
        "A word in letters of another script that resembles a Latin word which the file does not hold.",
    ],
)

_NAMES = {
    "order": "changes the order in which the line is shown",
    "idle": "is meant to change the order in which the line is shown, and nothing here reads from right to left",
    "mark": "changes the direction of what stands beside it",
    "unseen": "has no width, so nobody sees it",
    "smuggled": "is invisible, and carries text that only machines read",
    "control": "is a control character, which terminals obey and editors hide",
}


@rule.check(Hidden)
def not_seen(fact: Hidden, repo: Repo) -> Iterator[Hit]:
    severity = _severity(fact)
    if severity is not None:
        yield Hit(fact.place, _said(fact), detail=f"{fact.kind} {' '.join(fact.codes)}", severity=severity)


def _said(fact: Hidden) -> str:
    codes = ", ".join(fact.codes)
    if fact.kind == "lookalike":
        return f"A word here looks like `{fact.word}` and is another: it is spelled with {codes}. Spell it with one script."
    name = _NAMES[fact.kind if fact.turns else "idle"]
    return f"{codes} {name}: this line is not what it looks like. Delete it, or write it as an escape."


def _severity(fact: Hidden) -> Severity | None:
    """What makes code read otherwise than it runs blocks; what is mostly an accident, or means to be seen, does not."""
    if fact.where in {"text", "translated", "bundle"}:
        grave = fact.kind == "smuggled" or (
            fact.kind == "order" and fact.turns and fact.where != "translated" and not fact.mixed
        )
        if grave or (fact.where == "text" and fact.kind == "unseen" and fact.spells):
            return Severity.MEDIUM
        return (
            Severity.LOW if fact.where == "text" and fact.kind == "unseen" and fact.joins and not fact.hyphen else None
        )
    if fact.mixed and fact.kind != "smuggled":
        return Severity.LOW
    if _is_grave(fact) and (fact.where == "rules" or kind(fact.place.path) in {"production", "migration"}):
        return Severity.HIGH
    return Severity.LOW if fact.where == "comment" and fact.kind != "order" else Severity.MEDIUM


def _is_grave(fact: Hidden) -> bool:
    return (
        fact.where in {"code", "rules"}
        or (fact.kind == "order" and fact.turns)
        or fact.kind == "smuggled"
        or (fact.kind == "unseen" and fact.joins)
    )
