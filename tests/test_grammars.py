"""SQL in the strings of Go, Java and Kotlin: read with their grammars, and by their quotes where those are missing."""

import time
from contextlib import suppress

import pytest

from gate.facts import grammars
from gate.facts.placeholders import HOLE
from gate.facts.statements import statements
from gate.review import State, Verdict
from gate.source import Source
from tests.judging import change, found

GO = """package store

const qOne = `SELECT id
FROM orders WHERE id = $1`
const base = "SELECT id FROM orders"

func all(db *sql.DB, name string) error {
	db.QueryRow(qOne, 1)
	q := fmt.Sprintf("SELECT id FROM orders WHERE name = '%s' AND a LIKE '5%%'", name)
	rows, err := db.QueryContext(ctx, q)
	s := "DELETE FROM orders"
	s += " WHERE id = 1"
	db.Exec(s)
	r := '"'
	db.Get(&o, "SELECT id "+columns+
		" FROM orders")
	log.Printf("select one from %s", name)
	return errors.New("Delete from cart failed")
}
"""
JAVA = '''class Orders {
  static final String ONE = "SELECT id " + "FROM orders WHERE id = ?";
  @Query(value = "SELECT o.id FROM orders o", nativeQuery = true) List<Order> all();
  void run() {
    PreparedStatement s = c.prepareStatement(ONE);
    jdbc.query("""
        SELECT id
        FROM orders""".stripIndent(), mapper);
    jdbc.update(String.format("DELETE FROM orders WHERE name = '%s'", name));
    StringBuilder b = new StringBuilder("SELECT id FROM orders");
  }
}
'''
KOTLIN = '''fun run(id: Int) {
    val q = """
        SELECT id FROM orders WHERE id = $1 AND a = ${x.y} AND b = $z
    """.trimIndent()
    jdbc.query(q) { it }
    val s = "DELETE FROM orders"
    db.execSQL(s + tail)
}
'''


def read(path, text):
    return [(one.text.strip(), one.place.line, one.complete) for one in statements(Source(path, text))]


def test_strings_of_go():
    assert read("store/a.go", GO) == [
        ("SELECT id\nFROM orders WHERE id = $1", 3, True),
        ("SELECT id FROM orders", 5, False),
        (f"SELECT id FROM orders WHERE name = '{HOLE}' AND a LIKE '5%'", 9, True),
        ("DELETE FROM orders", 11, False),
        (f"SELECT id {HOLE} FROM orders", 15, True),
    ]


def test_strings_of_java():
    assert read("src/Orders.java", JAVA) == [
        ("SELECT id FROM orders WHERE id = ?", 2, True),
        ("SELECT o.id FROM orders o", 3, True),
        ("SELECT id\n        FROM orders", 6, True),
        (f"DELETE FROM orders WHERE name = '{HOLE}'", 9, True),
        ("SELECT id FROM orders", 10, False),
    ]


def test_strings_of_kotlin():
    assert read("src/Orders.kt", KOTLIN) == [
        (f"SELECT id FROM orders WHERE id = $1 AND a = {HOLE} AND b = {HOLE}", 2, True),
        ("DELETE FROM orders", 6, False),
    ]


@pytest.fixture
def bare(monkeypatch):
    """No grammar is installed."""
    monkeypatch.setattr(grammars, "find_spec", lambda _: None)
    grammars.has.cache_clear()
    yield
    grammars.has.cache_clear()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("path", "text"), [("a.go", GO), ("A.java", JAVA), ("a.kt", KOTLIN)])
def test_without_a_grammar_nothing_is_complete(path, text):
    assert [text for text, _, _ in read(path, text)]
    assert not any(complete for _, _, complete in read(path, text))


WRITES = 'package a\n\nfunc f() {\n\tdb.Exec("DELETE FROM orders")\n\tdb.Query("SELECT * FROM users")\n}\n'


def test_go_is_judged(repository):
    done = change(repository, {"a.txt": "a\n"}, {"store/orders.go": WRITES})
    assert ("queries/unbounded_write", "store/orders.go", 4) in found(done)
    assert ("queries/select_star", "store/orders.go", 5) in found(done)
    assert not any("grammar" in note for note in done.notes)


@pytest.mark.usefixtures("bare")
def test_without_a_grammar_the_ledger_says_so_and_nobody_is_held_up(repository):
    before, clean = {"a.txt": "a\n"}, WRITES.replace("SELECT *", "SELECT id")
    done = change(repository, before, {"store/orders.go": clean, "store/none.go": "package a\n"})
    (row,) = [row for row in done.coverage if "grammar of Go" in row.reason]
    assert (row.path, row.state, row.hole) == ("store/orders.go", "partial", False)
    assert [note for note in done.notes if "store/orders.go" in note and "diff-gate[languages]" in note]
    assert done.verdict is Verdict.PASS
    assert State.UNKNOWN not in {answer.state for answer in done.answers}


HOSTILE = {
    "parentheses": "package a\nvar q = " + "(" * 60_000 + '"SELECT id FROM t"' + ")" * 60_000,
    "sum": 'package a\nvar q = "SELECT id FROM t"' + ' + "a"' * 60_000,
    "open": 'package a\nvar q = "SELECT id FROM t" + f(' + "g{[(" * 60_000,
    "types": 'package a\nvar q = "SELECT id FROM t" + f(' + "a<b," * 60_000,
    "lambdas": 'package a\nvar q = "SELECT id FROM t" + f(' + "f(x -> {" * 60_000,
    "strings": "package a\n" + 'var q = "SELECT id FROM t"\n' * 20_000,
    "quotes": "package a\n" + "\"'`" * 100_000 + "SELECT id FROM t",
}


@pytest.mark.parametrize("language", ["go", "java", "kt"])
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_stay_within_bounds(case, language):
    start = time.perf_counter()
    with suppress(RecursionError):
        statements(Source(f"a.{language}", HOSTILE[case]))
    assert time.perf_counter() - start < 5


def test_sql_of_no_known_dialect_is_read_by_its_words_and_told(repository):
    code = 'def f(cur):\n    cur.execute("DELETE orders FROM WHERE")\n    cur.execute("SELECT a FROM t WHERE b = 1")\n'
    done = change(repository, {}, {"app/store.py": code})
    (row,) = [row for row in done.coverage if "dialect" in row.reason]
    assert "line 2 " in row.reason
    assert not row.hole
