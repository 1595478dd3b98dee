"""A value is pasted between the quotes of a statement.

`'` + name + `'` and `'%s'` filled in by the program make the value part of the SQL: a quote within it ends the string,
and what follows is run. The quotes show that it is a value, and every driver binds values.
"""

from collections.abc import Iterator

from gate.facts import sources
from gate.facts.grammars import LANGUAGES
from gate.facts.query import Query
from gate.rule import Hit, Repo, Rule, Severity
from gate.source import language

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(89,),
    fix="""Put a placeholder there without quotes, and hand the value over beside the statement:
    `db.Query("... WHERE name = $1", name)`, `jdbc.query("... WHERE name = ?", mapper, name)`.""",
    bad=[
        """
        def found(cur, name, day):
            cur.execute(f"SELECT id FROM users WHERE name = '{name}'")  # <-
            session.execute(text(f"SELECT id FROM users WHERE email LIKE '%{name}%'"))  # <-
            query = "DELETE FROM sessions WHERE token = '" + name + "'"  # <-
            cur.execute(query)
            User.objects.raw("SELECT id FROM users WHERE email = '%s'" % name)  # <-
            return spark.sql("SELECT id FROM events WHERE day = '{}'".format(day))  # <-
        """,
        {"store/users.go": """
            package store

            func byName(db *sql.DB, name string) (*sql.Rows, error) {
                q := fmt.Sprintf("SELECT id FROM users WHERE name = '%s'", name)  // <-
                rows, err := db.Query("SELECT id FROM users WHERE name LIKE '%" + name + "%'") // <-
                db.Exec("DELETE FROM sessions WHERE token='" + token + "'") // <-
                return db.Query(q)
            }
        """},
        {"src/Users.java": """
            class Users {
              List<User> byName(String name) {
                String sql = "SELECT id FROM users " +  // <-
                    "WHERE name = '" + name + "'";
                jdbc.update(String.format("UPDATE users SET plan = '%s' WHERE id = ?", plan), id); // <-
                jdbc.update("INSERT INTO logs (msg) VALUES ('%s')".formatted(message)); // <-
                return jdbc.query(sql, mapper);
              }
            }
        """},
        {"src/Users.kt": """
            fun byName(name: String) = jdbc.query("SELECT id FROM users WHERE name = '$name'", mapper) // <-
            fun byMail(user: User) = db.rawQuery("SELECT id FROM users WHERE mail = '${user.mail}'", null) // <-
        """},
    ],
    good=[
        """
        def found(cur, name):
            cur.execute(f"SELECT id FROM members WHERE rule = '{JoinRules.PUBLIC}' OR rule = '{Rule.OWN.value}'")
            cur.execute("SELECT id FROM members WHERE rule = '" + DEFAULT_RULE + "' AND name = %s", (name,))
            cur.execute(f"SELECT to_regclass('{Member.__tablename__}')::text FROM members")
            cur.execute(f"SELECT 'a' AS kind, {COLUMNS} FROM members WHERE rule = 'own' AND {where}")
            raise ValueError(f"Select one from '{name}'")
        """,
        """
        from flask import Flask, request
        def found(cur):
            name = TABLE["of everybody"]
            cur.execute(f"SELECT id FROM members WHERE name = '{name}'")
        """,
        {"store/users.go": """
            package store

            func byName(db *sql.DB, name, table string, max int) (*sql.Rows, error) {
                db.Query("SELECT id FROM users WHERE name = $1 AND plan = 'free'", name)
                db.Query(fmt.Sprintf("SELECT id FROM %s WHERE age > '%d'", table, max))
                log.Printf("select a plan from '%s'", name)
                return db.Query("SELECT id FROM " + table + " WHERE name = $1", name)
            }
        """},
        {"src/Users.java": """
            class Users {
              List<User> byName(String name) {
                return jdbc.query("SELECT id FROM users WHERE name = ? AND status = '" + Status.ACTIVE + "'", mapper, name);
              }
            }
        """},
        {"store/users_test.go": """
            package store

            func TestIt(t *testing.T) { db.Exec("DELETE FROM users WHERE name = '" + name + "'") }
        """},
    ],
    misses=[
        "JavaScript and TypeScript: `queries/built_sql_js` answers for them.",
        "Values that are pasted in without quotes (bandit's B608 notes those of Python), conditions made elsewhere, and statements that are put together piece by piece.",
        "Everything of it where the grammar of the language is not installed and the text is not joined by `+`.",
    ],
)  # fmt: skip

_READ = LANGUAGES | {"python"}
_LEFT_ALONE = frozenset({"test", "seed", "migration", "down", "dev"})


def _is_followed(query: Query, repo: Repo) -> bool:
    """Whether its file answers requests: there `queries/built_sql` follows each value to where it comes from."""
    source = repo.source(query.place.path)
    return source is not None and source.language == "python" and sources.WEB.search(source.text) is not None


@rule.check(Query)
def pasted(query: Query, repo: Repo) -> Iterator[Hit]:
    if (
        query.pasted
        and query.role not in _LEFT_ALONE
        and language(query.place.path) in _READ
        and not _is_followed(query, repo)
    ):
        yield Hit(
            query.place,
            "A value is pasted between the quotes of this statement, and a quote in it ends the string; bind it.",
        )
