"""Code stands where no scanner reads it.

Scanners take a file for Python by its suffix. The same code in `helpers.inc` or in a file of Cython is run or included all the same, and
nobody has looked at it; a line of a `.pth` file that begins with `import` runs whenever Python starts, before any check of the program.
"""

from collections.abc import Iterator

from gate.facts.unseen import UnseenCode
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1127, 506),
    fix="Put the code into a `.py` file that the program imports; keep in Cython what must be fast, and what runs commands out of it.",
    bad=[
        {"app/boot.pth": "import os; os.system('id')  # <-\n./lib\n"},
        {"app/nspkg.pth": "import sys, types, os;__import__('app.boot')  # <-\n"},
        {"app/more.pth": "import _virtualenv; __import__('app.boot')  # <-\n"},
        {"sitecustomize.py": "# <-\nimport app.patches\n"},
        {"app/helpers.inc": "import subprocess\ndef run(text):\n    return subprocess.run(text, shell=True)  # <-\n"},
        {"app/fast.pyx": "import os\ncdef int go(str text):\n    return os.system(text)  # <-\n"},
    ],
    good=[
        {"venv/_virtualenv.pth": "import _virtualenv\n"},
        {"app/fast.pyx": "cimport numpy\nimport math\ncdef double root(double x):\n    return math.sqrt(x)\n"},
        {"notes.txt": "import the data, then call eval(text) on it\n"},
        {"docs/run.txt": "import subprocess\nsubprocess.run(['ls'])\n"},
        {"app/sql.inc": "SELECT id FROM imports\n"},
    ],
    misses=["Code of other languages under a foreign suffix, and code that is put together when the program runs."],
)


@rule.check(UnseenCode)
def look(one: UnseenCode, repo: Repo) -> Iterator[Hit]:
    del repo
    if one.how == "starts":
        said = f"`{one.text}` runs whenever Python starts, before every check of the program."
        yield Hit(one.place, said, severity=Severity.HIGH if one.place.path.endswith(".pth") else None)
    else:
        yield Hit(
            one.place,
            f"`{one.place.path}` holds Python that calls `{one.text}`, and no scanner reads a file of that name.",
        )
