"""A file that nobody can read.

Code that does not parse, or is nested so deeply or is so large that parsers give up, is code no scanner has
looked at; nor has one that looks for `eval` seen JavaScript that spells it with an escape for a letter. What cannot be looked at must not be merged on trust: a flaw in it would pass every check in silence.
"""

from collections.abc import Iterator

from gate.facts.unreadable import Unreadable
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1127,),
    fix="Make the file parse: mend its syntax, split it, or flatten it. Keep templates of code under a suffix of their own.",
    bad=[
        """
        def broken(:  # <-
            pass
        """,
        "# <-\nVALUE = " + "(" * 300 + "1" + ")" * 300 + "\n",
        """
        import os
        print "hello"  # <-
        """,
        {"config/settings.toml": 'name = "a"\nname = "b"  # <-\n'},
        {"config/plans.yaml": "plans: {a: [1, 2}  # <-\n"},
        {"data/plans.json": "[1, 2 3]  // <-\n"},
        {
            "web/run.js": "const a = `${b}`;\napp.post('/run', (req, res) => {\n  res.send(ev\\u0061l(req.body.code)); // <-\n});\n"
        },
        {"web/run.ts": "export const made = new F\\u{0000075}nction('return 1', \\u{ffffff}); // <-\n"},
    ],
    good=[
        "def whole() -> None: ...\n",
        "type Pair[T] = tuple[T, T]\n",
        "try:\n    pass\nexcept ValueError, TypeError:\n    pass\n",
        "",
        {"tsconfig.json": '{\n  // strict\n  "strict": true, /* all */\n}\n'},
        {"events.json": '{"a": 1}\n{"a": 2}\n'},
        {"chart/templates/service.yaml": "{{- if .Values.on }}\nkind: Service\n{{- end }}\n"},
        {
            "web/words.js": "const name = 'caf\\u00e9 \\u0061';\nconst letters = /[\\u0041-\\u005A_a-z\\u0061]+/;\nvar caf\\u00e9 = 1; // ev\\u0061l\n"
        },
        {"stack.yaml": "Value: !Sub '${Name}'\n---\nother: !Ref Name\n"},
    ],
    misses=["SQL that no dialect parses is told by the scanner of SQL, not here."],
)


@rule.check(Unreadable)
def nobody_can_read(fact: Unreadable, repo: Repo) -> Iterator[Hit]:
    if fact.template and fact.language != "python":
        return
    message = f"`{fact.place.path}` {_said(fact)}, so not all of it has been checked. Make it readable, or take it out."
    yield Hit(fact.place, message, severity=_severity(fact))


def _said(fact: Unreadable) -> str:
    return f"is {fact.reason}" if fact.reason.startswith(("nested", "larger")) else fact.reason


def _severity(fact: Unreadable) -> Severity:
    if fact.template or not fact.in_production:
        return Severity.LOW
    return Severity.MEDIUM if fact.language in {"json", "toml", "yaml"} else Severity.HIGH
