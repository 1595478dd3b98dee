"""A test of who may do what expects less.

The test stands where it stood, and no longer fails when a stranger gets in: it is skipped, its assertions are gone, or what had
to be refused may now succeed. A model that is told to make the tests pass can change the test instead of the code.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from gate import lazy
from gate.facts.trial import Trial
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity

_ALIKE = 0.5
_CANDIDATES = 100
_DEFINED = lazy.regex(r"(?m)^\s*(?:async\s+)?(?:def|class|function|const|export\s+(?:async\s+)?function)\s+(\w{4,})")
_TEST, _JS = "tests/test_docs.py", "src/docs.test.ts"

_TWICE = """
    describe('first', () => {{
      test('roles are exported', () => check(roles));
    }});
    describe('second', () => {{
      test('roles are exported', () => expect(roles).toEqual([]));
    }});
    {more}
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(693,),
    fix="Put the test back as it was, and change the code until it passes. If more people may do this now, say so in a change "
    "of its own that the owners of security approve.",
    bad=[
        Pair(
            {_TEST: 'def test_delete(client):\n    assert client.delete("/users/1").status_code == 403\n'},
            {_TEST: 'def test_delete(client):  # <-\n    assert client.delete("/users/1").status_code == 200\n'},
        ),
        Pair(
            {
                _TEST: 'def test_other(client):\n    with pytest.raises(PermissionError):\n        client.get_doc("other")\n'
            },
            {_TEST: 'def test_other(client):  # <-\n    client.get_doc("other")\n'},
        ),
        Pair(
            {_TEST: 'def test_bad_signature(client):\n    assert client.post("/hook").status_code == 401\n'},
            {
                _TEST: '@pytest.mark.skip\ndef test_bad_signature(client):  # <-\n    assert client.post("/hook").status_code == 401\n'
            },
        ),
        Pair(
            {_TEST: 'def test_csrf(client):\n    assert client.post("/x").status_code == 403\n'},
            {_TEST: 'def test_csrf(client):  # <-\n    assert client.post("/x").status_code in (200, 403, 500)\n'},
        ),
        Pair(
            {
                _TEST: "class TestRoles(TestCase):\n    def test_admin_only(self):\n        self.assertEqual(get(), 403)\n"
            },
            {
                _TEST: "class TestRoles(TestCase):\n    def test_admin_only(self):  # <-\n        self.assertTrue(get() or True)\n"
            },
        ),
        Pair(
            {_TEST: "def test_tenants(api):\n    assert api.rows(a).status == 403\ndef test_b(): ...\n"},
            {_TEST: "# <-\ndef test_b(): ...\n"},
        ),
        Pair(
            {_JS: "it('refuses strangers', async () => {\n  expect(await del()).toBe(403);\n});\n"},
            {_JS: "it.skip('refuses strangers', async () => {  // <-\n  expect(await del()).toBe(403);\n});\n"},
        ),
        Pair(
            {
                _JS: "describe('a', () => {\n  it('refuses strangers', async () => {\n    expect(await del()).toBe(403);\n  });\n});\n"
            },
            {
                _JS: "describe.skip('a', () => {\n  it('refuses strangers', async () => {  // <-\n    expect(await del()).toBe(403);\n  });\n});\n"
            },
        ),
        Pair(
            {_JS: "it('deletes', async () => {\n  expect((await del()).status).toBe(401);\n});\n"},
            {_JS: "it('deletes', async () => {  // <-\n  expect((await del()).status).toBe(200);\n});\n"},
        ),
        Pair(
            {_TEST: "def test_a(c):\n    assert c.get(1) == 403\ndef test_b(c):\n    assert c.get(2) == 403\n"},
            {
                _TEST: "def test_a(c):  # <-\n    assert c.get(1) == 403 or c.ok\ndef test_b(c):  # <-\n    try:\n        assert c.get(2) == 403\n    except Exception:\n        pass\n"
            },
        ),
        Pair(
            {"tests/conftest.py": ""},
            {"tests/conftest.py": 'collect_ignore = ["test_auth.py"]  # <-\n'},
        ),
        Pair(
            {"tests/conftest.py": ""},
            {
                "tests/conftest.py": "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if 'auth' not in i.nodeid]  # <-\n"
            },
        ),
    ],
    good=[
        Pair(
            {"test/import.test.js": _TWICE.format(more="")},
            {"test/import.test.js": _TWICE.format(more="test('later', () => expect(1).toBe(one()));")},
        ),
        Pair(
            {_TEST: 'def test_cache(client):\n    assert client.get("/c").ok\n'},
            {
                _TEST: 'def test_cache(client):\n    if not redis_up():\n        pytest.skip("no Redis")\n    assert client.get("/c").ok\n'
            },
        ),
        Pair(
            {_TEST: "def test_a():\n    assert f(1) == 1\ndef test_b():\n    assert f(2) == 2\n"},
            {_TEST: '@pytest.mark.parametrize("n", [1, 2])\ndef test_f(n):\n    assert f(n) == n\n'},
        ),
        Pair(
            {_TEST: 'def test_delete(client):\n    assert client.delete("/users/1").status_code == 403\n'},
            {
                _TEST: 'def test_delete(client):\n    r = client.delete("/users/1")\n    assert r.status_code == 403\n    assert r.json()["code"] == "x"\n'
            },
        ),
        Pair(
            {_TEST: 'def test_delete(client):\n    assert client.delete("/users/1").status_code == 403\n'},
            {_TEST: "def test_delete(client):\n    assert_forbidden(client.delete, 1)\n"},
        ),
        Pair(
            {_TEST: "def test_admin_only(client):\n    assert client.get(1).status_code == 403\n"},
            {"tests/test_admin.py": "def test_admin_only(client):\n    assert client.get(1).status_code == 403\n"},
        ),
        Pair(
            {
                _TEST: "def test_login_legacy():\n    assert legacy_login() == 403\n",
                "app.py": "def legacy_login(): ...\n",
            },
            {_TEST: "", "app.py": ""},
        ),
        Pair(
            {_TEST: "def test_role(c):\n    assert c.get(1).status_code == 403\n"},
            {
                _TEST: '@pytest.mark.skipif(os.name == "nt", reason="no sockets")\ndef test_role(c):\n    assert c.get(1).status_code == 403\n'
            },
        ),
    ],
    misses=[
        "Fixtures and mocks that take the place of the guard a test is about.",
        "An expected value that is edited together with the flaw it would show, where neither is a refusal.",
    ],
)

_CONFTEST = lazy.regex(
    r"^\s*(?:collect_ignore(?:_glob)?\b.*\S|.*\b(?:os\._exit|sys\.exit)\(0\)|.*\.outcome\s*=\s*[\"']passed|.*exitstatus\s*=\s*0\b.*"
    r"|\s*items(?:\.clear\(\)|\[:\]\s*=\s*\[(?:\s*\]|.*\bif\b.*\bnot in\b))|.*\.add_marker\(\s*pytest\.mark\.(?:skip|xfail)\b)"
)
"""How the set-up of pytest makes a run green whatever its tests say."""


@rule.compare
def expects_less(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    tested = [edit for edit in edits if edit.before is None or kind(edit.before.path) == "test"]
    olds = [(edit, trial) for edit in tested if edit.before for trial in base.of(Trial, edit.before.path)]
    news = {edit: head.of(Trial, edit.after.path) if edit.after else () for edit in tested}
    kept = {(edit, _text(one)) for edit, trials in news.items() for one in trials}
    kept &= {(edit, _text(old)) for edit, old in olds}
    olds = [(edit, old) for edit, old in olds if (edit, _text(old)) not in kept]
    news = {edit: tuple(one for one in trials if (edit, _text(one)) not in kept) for edit, trials in news.items()}
    named = defaultdict(list)
    for trial in (one for trials in news.values() for one in trials):
        named[trial.name.rpartition(".")[2]].append(trial)
    known = {old.name for _, old in olds}
    fresh = [(set(one.lines), one) for group in named.values() for one in group if one.name not in known]
    left: dict[Edit, list[Trial]] = defaultdict(list)
    for edit, old in olds:
        new = _same(old, news[edit], named, fresh)
        if new is not None:
            yield from _weakened(old, new)
        elif old.refuses and not old.why:
            left[edit].append(old)
    yield from _dropped(left, _gone(edits) if left else set())
    yield from _set_up(edits)


def _text(trial: Trial) -> tuple[str, tuple[str, ...], int, str]:
    """All that a test says; of several with one name, those that are as they were take nothing from the others."""
    return trial.name, trial.lines, trial.asserts, trial.why


def _same(
    old: Trial, here: Sequence[Trial], named: dict[str, list[Trial]], fresh: Sequence[tuple[set[str], Trial]]
) -> Trial | None:
    """The same test after the change, in its file or another, under its name or with mostly the same lines."""
    for trial in (*here, *named[old.name.rpartition(".")[2]]):
        if trial.name == old.name or (trial not in here and trial.name.endswith(old.name)):
            return trial
    lines = set(old.lines)
    fits = [(len(lines & own) / max(1, len(lines | own)), one) for own, one in fresh[:_CANDIDATES]]
    best = max(fits, key=lambda fit: fit[0], default=(0.0, None))
    return best[1] if best[0] >= _ALIKE else None


def _weakened(old: Trial, new: Trial) -> Iterator[Hit]:
    said = _how(old, new)
    if said and not old.why:
        grave = old.guards and (old.refuses or "skipped" in said)
        message = f"The test `{new.name[:80]}` {said}. Change the code until the test as it was passes."
        yield Hit(_first(new), message, detail=new.name, severity=Severity.HIGH if grave else Severity.MEDIUM)


def _how(old: Trial, new: Trial) -> str:
    """What a test demands no more; "" where it still demands as much, as far as can be told."""
    if new.why:
        return f"is skipped now (`{new.why}`)" if old.guards else ""
    if old.asserts and not new.asserts and not (new.may_refuse and "raises" in new.text):
        return "does not assert anything any more"
    if old.refuses and new.spread and not old.spread:
        return "is now content with success as with refusal"
    if old.refuses and not new.may_refuse:
        return "expected that somebody is turned away, and does not any more"
    return ""


def _gone(edits: Sequence[Edit]) -> set[str]:
    """The functions and classes that the change takes out of the program."""
    found: set[str] = set()
    for edit in edits:
        if edit.before is not None and kind(edit.before.path) != "test":
            left = set(_DEFINED.findall(edit.after.text)) if edit.after else set()
            found |= set(_DEFINED.findall(edit.before.text)) - left
    return found


def _dropped(left: dict[Edit, list[Trial]], gone: set[str]) -> Iterator[Hit]:
    """The tests of a file that are gone while what they are about is not, as one finding."""
    for edit, trials in left.items():
        still = [one for one in trials if gone.isdisjoint(re.findall(r"\w{4,}", one.text))]
        if still:
            more = f" and {len(still) - 1} more like it" if still[1:] else ""
            message = (
                f"The test `{still[0].name[:80]}`{more} expected that somebody is turned away, and is gone: line "
                f"{still[0].place.line} of the base had it. Nothing fails now when they get in."
            )
            path = edit.after.path if edit.after else still[0].place.path
            yield Hit(Place.at(path, 1), message, detail=still[0].name, severity=Severity.MEDIUM)


def _first(trial: Trial) -> Place:
    return Place.at(trial.place.path, trial.place.line)


def _set_up(edits: Sequence[Edit]) -> Iterator[Hit]:
    for edit in edits:
        if edit.after is not None and edit.after.path.endswith("conftest.py"):
            old = set(edit.before.lines) if edit.before else set()
            for number, line in enumerate(edit.after.lines, 1):
                if _CONFTEST.match(line) and line not in old:
                    said = f"`{line.strip()[:80]}` lets tests pass that fail, or does not run them."
                    yield Hit(Place.at(edit.after.path, number), said, detail=line.strip(), severity=Severity.MEDIUM)
