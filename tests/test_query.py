"""Queries: found in every form of Python string, read whatever the placeholders, never a word of prose, never a crash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import registry
from gate.cache import dump, load
from gate.facts.lookup import Lookup
from gate.facts.placeholders import plain
from gate.facts.query import Query
from gate.facts.sqlguess import HINT, is_sql, verb
from gate.facts.sqlparse import tree
from gate.facts.sqltext import pieces, script, split
from gate.facts.table import Table
from gate.source import Source
from tests.examples import repo

select_star = next(check for check in registry.checks() if check.rule.id == "queries/select_star")


def queries(text, path="app.py"):
    return list(Query.find(Source(path, text)))


def tables(query):
    return [relation.table for relation in query.relations]


FORMS = {
    "literal": 'cur.execute("SELECT id FROM orders WHERE id = %s", (pk,))',
    "single quotes": "cur.execute('SELECT id FROM orders WHERE id = 1')",
    "bytes": 'cur.execute(b"SELECT id FROM orders WHERE id = 1")',
    "raw": r'cur.execute(r"SELECT id FROM orders WHERE name ~ 1")',
    "triple": 'cur.execute("""\n  SELECT id\n  FROM orders\n""")',
    "implicit": 'cur.execute("SELECT id "\n            "FROM orders")',
    "plus": 'cur.execute("SELECT id " + "FROM orders")',
    "f-string": 'cur.execute(f"SELECT {cols} FROM orders WHERE id = {pk}")',
    "f-string with a constant": 'T = "orders"\ncur.execute(f"SELECT id FROM {T}")',
    "percent": 'cur.execute("SELECT id FROM %s WHERE a = 1" % "x" + " ")',
    "percent constant": 'cur.execute("SELECT id FROM orders WHERE a = %d" % a)',
    "format": 'cur.execute("SELECT {} FROM orders".format(cols))',
    "format named": 'T = "orders"\ncur.execute("SELECT id FROM {t}".format(t=T))',
    "join": 'cur.execute(" ".join(["SELECT id", "FROM orders", "WHERE a = 1"]))',
    "join of a name": 'parts = ["SELECT id", "FROM orders"]\ncur.execute(" ".join(parts))',
    "dedent": 'cur.execute(textwrap.dedent("""\n  SELECT id FROM orders"""))',
    "template": 'cur.execute(Template("SELECT id FROM orders WHERE a = $a").substitute(a=1))',
    "strip": 'cur.execute("  SELECT id FROM orders  ".strip())',
    "name": 'sql = "SELECT id FROM orders"\ncur.execute(sql)',
    "walrus": 'cur.execute(sql := "SELECT id FROM orders")',
    "class constant": 'class A:\n    SQL = "SELECT id FROM orders WHERE a = 1"\n    def f(self): cur.execute(self.SQL)',
    "either": 'cur.execute("SELECT id FROM orders" if a else "SELECT id FROM orders WHERE b = 1")',
    "default": 'sql = given or "SELECT id FROM orders WHERE a = 1"',
    "text": 'session.execute(text("SELECT id FROM orders"))',
    "psycopg": 'cur.execute(sql.SQL("SELECT id FROM orders WHERE {} = 1").format(sql.Identifier(c)))',
    "keyword": 'Operator(sql="SELECT id FROM orders WHERE a = 1")',
    "comment first": 'cur.execute("-- all\\nSELECT id FROM orders")',
    "dict": 'QUERIES = {"a": "SELECT id FROM orders WHERE a = 1 AND b = 2"}',
    "lambda": 'run = lambda c: c.execute("SELECT id FROM orders")',
    "async": 'async def f():\n    return await conn.fetch("SELECT id FROM orders WHERE id = $1", pk)',
    "decorated": '@query("SELECT id FROM orders WHERE id = :id")\ndef f(): ...',
    "added": 'sql = "SELECT id FROM orders"\nsql += " WHERE a = 1"\ncur.execute(sql)',
}


@pytest.mark.parametrize("text", list(FORMS.values()), ids=list(FORMS))
def test_sql_is_found_in_every_form_of_string(text):
    assert HINT.search(text)
    found = queries(text)
    assert found
    for query in found:
        assert query.parsed
        assert query.verb == "select"
    if "%s" not in text or "orders WHERE" in text:
        assert all(tables(query) == ["orders"] for query in found)


PROSE = [
    'label = _("Choose a plan: select one from the list below")',
    'x = "Delete from cart"',
    'x = "Update user set password"',
    'x = "Grant access to team"',
    'x = "Select a file from the list"',
    'raise ValueError("select a value from the options")',
    'log.info("Deleting from table orders")',
    'field = CharField(help_text="Select all items from your orders, then set a price")',
    'x = "delete from the cache what is old"',
    'print("Insert into the slot values you like")',
    'x = "Update available: set aside an hour"',
    'x = "With regards as (ever)"',
    'def f():\n    """SELECT id FROM orders"""',
    '"SELECT id FROM orders"',
    'x = "Select from active instances"',
    'x = f"Please select from {a}"',
    'x = "Delete from cache: Invalid key"',
    'pattern = "orders/*"',
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_no_sql(text):
    assert queries(text) == []


PLACEHOLDERS = ["%s", "%(n)s", "?", "?1", ":n", ":1", "$1", "@p"]
POSITIONS = [
    "SELECT a FROM t WHERE b = {}",
    "SELECT a FROM t WHERE b IN ({},{})",
    "SELECT a FROM t WHERE b = ANY({})",
    "SELECT a FROM t LIMIT {} OFFSET {}",
    "INSERT INTO t (a, b) VALUES ({},{})",
    "UPDATE t SET a = {} WHERE b = {}",
    "DELETE FROM t WHERE b = {} AND c > {}",
    "SELECT a FROM t WHERE b BETWEEN {} AND {}",
    "SELECT COALESCE({}, a) FROM t",
]


@pytest.mark.parametrize("mark", PLACEHOLDERS)
@pytest.mark.parametrize("position", POSITIONS)
def test_every_placeholder_parses_in_every_position(mark, position):
    assert tree(plain(position.replace("{}", mark)).sql) is not None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("SELECT a::text FROM t", "::text"),
        ("SELECT a[1:2] FROM t", "[1:2]"),
        ("SELECT ':n' FROM t", "':n'"),
        ("SELECT '%s' FROM t", "'%s'"),
        ("SELECT a FROM t WHERE b ? 'key'", "? 'key'"),
        ("SELECT a FROM t WHERE b ?| c", "?|"),
        ("SELECT a FROM t WHERE b @? c", "@?"),
    ],
)
def test_what_only_looks_like_a_placeholder_stays(text, kept):
    assert kept in " ".join(plain(text).sql.split())


def test_a_hole_after_a_whole_clause_makes_the_statement_open():
    (query,) = queries('cur.execute(f"DELETE FROM orders {where}")')
    assert not query.complete
    (query,) = queries('cur.execute(f"DELETE FROM {table}")')
    assert query.complete
    assert query.writes[0].table == ""


@pytest.mark.parametrize(
    "text",
    [
        'sql = "DELETE FROM orders"\nsql += " WHERE id = 1"\ncur.execute(sql)',
        'sql = "DELETE FROM orders"\nsql = sql + " WHERE id = 1"\ncur.execute(sql)',
        'sql = "DELETE FROM orders"\ncur.execute(f"{sql} WHERE id = 1")',
        'sql = "DELETE FROM orders"\ncur.execute("{} WHERE id = 1".format(sql))',
        'parts = ["DELETE FROM orders"]\nparts.append("WHERE id = 1")\ncur.execute(" ".join(parts))',
        'SQL = "DELETE FROM orders"\ndef f(cur):\n    cur.execute(SQL + " WHERE id = 1")',
        'def f():\n    return "DELETE FROM orders"',
    ],
)
def test_a_text_that_grows_is_not_whole(text):
    assert [query.complete for query in queries(text)] == [False] or not any(
        write.limits == "" and query.complete for query in queries(text) for write in query.writes
    )


def test_a_line_of_a_long_string_is_that_line_of_the_file():
    (query,) = queries('x = 1\ncur.execute("""\n    SELECT\n        *\n    FROM orders\n""")\n')
    assert query.star is not None
    assert query.star.place.line == 4


def test_statements_of_one_string_are_told_apart():
    found = queries('conn.executescript("""\nDELETE FROM a;\nDELETE FROM b WHERE id = 1;\n""")')
    assert [(query.place.line, query.writes[0].limits) for query in found] == [(2, ""), (3, "where")]


def test_sql_in_a_script_is_told_from_its_comments_and_strings():
    text = "-- SELECT 1 FROM a;\n/* DELETE FROM b; */\nSELECT 'x; DELETE FROM c' FROM d;\n"
    (query,) = queries(text, "q.sql")
    assert tables(query) == ["d"]


def test_a_comment_the_database_runs_is_read():
    found = queries("/*!40101 DELETE FROM orders */;\nINSERT INTO t SELECT a FROM b;", "q.sql")
    assert [query.verb for query in found] == ["delete", "insert"]


def test_routine_bodies_and_templates_are_read():
    text = """
CREATE FUNCTION f() RETURNS void AS $$
BEGIN
    IF true THEN
        DELETE FROM orders;
    END IF;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER t AFTER INSERT ON a BEGIN
    UPDATE b SET c = 1;
END;
SELECT CASE WHEN a THEN 1 ELSE 2 END FROM {{ ref('d') }};
"""
    found = queries(text, "q.sql")
    assert [(query.place.line, query.verb) for query in found] == [(5, "delete"), (9, "update"), (11, "select")]
    assert tables(found[-1]) == ["d"]


def test_data_of_a_dump_is_no_statement():
    text = "COPY a (b) FROM stdin;\nit's DELETE FROM x;\n\\.\nDELETE FROM c;\n"
    assert [tables(query) for query in queries(text, "q.sql")] == [["c"]]


def test_temporary_tables_of_the_file_are_left_alone():
    text = "CREATE TEMP TABLE scratch (id int);\nDELETE FROM scratch;\nSELECT * FROM scratch;"
    assert not any(query.writes or query.star for query in queries(text, "q.sql"))


HOSTILE = {
    "parentheses": "SELECT " + "(" * 5000 + "1" + ")" * 5000 + " FROM t",
    "few parentheses": "SELECT * FROM " + "(" * 150 + "SELECT a FROM t" + ")" * 150,
    "calls": "SELECT " + "f(" * 400 + "1" + ")" * 400 + " FROM t",
    "subscripts": "SELECT a" + "[1]" * 800 + " FROM t",
    "negations": "SELECT " + "NOT " * 20_000 + "1 FROM t",
    "minus": "SELECT " + "- " * 5_000 + "1 FROM t",
    "or": "DELETE FROM t WHERE " + " OR ".join(f"a = {n}" for n in range(20_000)),
    "and": "SELECT a FROM t WHERE " + " AND ".join(f"(a = {n} OR b = 1)" for n in range(1_500)),
    "rows": "INSERT INTO t VALUES " + ",".join("(1, 'a')" for _ in range(10_000)),
    "garbage": "SELECT ' $ % ` \" FROM " * 9_000,
    "cases": "SELECT " + "CASE WHEN 1 THEN " * 300 + "1" + " END" * 300 + " FROM t",
    "unions": "SELECT * FROM a " + "UNION SELECT 1 FROM b " * 1_500,
    "named": "WITH "
    + ", ".join(f"c{n} AS (SELECT * FROM c{n - 1}, c{n - 1} x)" for n in range(1, 300))
    + " SELECT * FROM c299",
    "joins": "SELECT a FROM t " + " ".join(f"JOIN t{n} ON t{n}.a = t.a" for n in range(900)),
    "quotes": "'" * 200_000,
    "tags": "".join(f"$a{n}$ " for n in range(30_000)),
    "comments": "/* " * 60_000,
    "selects": "select " * 30_000,
    "blank": "select" + " " * 200_000 + "from",
    "braces": "{{" * 100_000,
    "percent braces": "SELECT {% " * 30_000,
    "null": "SELECT \x00 FROM t; \ue000 \ud800",
}


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_hostile_sql_ends_without_an_error(text):
    for found in (queries(text, "q.sql"), queries(f"cur.execute({text[:60_000]!r})")):
        assert all(query.place.line >= 1 for query in found)


def test_hostile_python_ends_without_an_error():
    chain = "Order.objects" + ".filter(a=1)" * 300 + ".delete()"
    nested = "cur.execute(" + "f(" * 80 + "'SELECT a FROM b'" + ")" * 80 + ")"
    added = "x = 'SELECT a FROM b' + " + " + ".join(["y"] * 400)
    assert queries("\n".join([chain] * 20 + [nested] * 20 + [added] * 50))


@given(st.text(alphabet="abcSELECTdeletfromx'\"`$;/*-\\#()[]{}\n \ue000%?:", max_size=400))
def test_pieces_leave_nothing_out(text):
    found = list(pieces(text))
    assert "".join(text[piece.start : piece.end] for piece in found) == text


@given(
    st.lists(
        st.sampled_from(["DELETE FROM a", "SELECT 'x;y' FROM b", 'UPDATE "c;d" SET e = 1', "-- no; \n x"]), max_size=8
    )
)
def test_splitting_loses_no_statement(statements):
    found = [statement.text.strip() for statement in split(";\n".join(statements))]
    assert [text for text in found if verb(text)] == [text for text in statements if verb(text)]


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text):
    list(split(script(text)))
    plain(text)
    is_sql(text, score=3, sure=True)


@given(st.sampled_from(["SELECT", "DELETE FROM", "WITH a AS (", "UPDATE", "INSERT INTO"]), st.text(max_size=120))
def test_no_statement_makes_the_parser_fail(start, rest):
    queries(f"{start} {rest}", "q.sql")


def test_facts_survive_the_cache():
    tree_ = {
        "app.py": 'cur.execute("SELECT * FROM orders WHERE a = 1")\nOrder.objects.filter(pk=1).delete()\n',
        "m.py": "class Order(Base):\n    __tablename__ = 'orders'\n    id = Column(Integer)\n",
    }
    whole = repo(tree_)
    for kind in (Query, Lookup, Table):
        facts = whole[kind]
        assert facts
        assert tuple(load(kind, row) for row in dump(facts)) == facts


ORM = {
    "Order.objects.all().delete()": ("delete", ""),
    "Order.objects.filter(pk=1).delete()": ("delete", "where"),
    "Order._default_manager.update(a=1)": ("update", ""),
    "shop.models.Order.objects.all().delete()": ("delete", ""),
    "Order.objects.using('x').order_by('a').delete()": ("delete", ""),
    "Order.objects.filter(Q()).delete()": ("delete", ""),
    "Order.objects.all()[:5].delete()": ("delete", "where"),
    "Order.objects.active().delete()": ("delete", "where"),
    "Order.objects.filter(**kw).delete()": ("delete", "where"),
    "session.query(Order).delete()": ("delete", ""),
    "session.query(Order).filter_by(a=1).delete()": ("delete", "where"),
    "self.db.session.query(models.Order).update({'a': 1})": ("update", ""),
    "Order.query.delete()": ("delete", ""),
    "import sqlalchemy\nsession.execute(sqlalchemy.delete(Order))": ("delete", ""),
    "from sqlalchemy import update as change\nsession.execute(change(Order).values(a=1))": ("update", ""),
    "from sqlmodel import delete\nsession.exec(delete(Order).where(Order.id == 1))": ("delete", "where"),
    "from sqlalchemy import delete, text\nsession.execute(delete(Order).where(text('1=1')))": ("delete", ""),
    "Order.delete().execute()": ("delete", ""),
    "Order.delete().where(Order.id == 1).execute()": ("delete", "where"),
    "async def f():\n    await Order.all().delete()": ("delete", ""),
    "async def f():\n    await Order.objects.aupdate(a=1) if False else await Order.objects.all().adelete()": (
        "delete",
        "",
    ),
    "if (rows := Order.objects.all()):\n    rows.delete()": ("delete", ""),
}


@pytest.mark.parametrize(("text", "expected"), list(ORM.items()))
def test_writes_of_object_mappers_are_read(text, expected):
    found = [(write.verb, write.limits) for query in queries(text) if query.complete for write in query.writes]
    assert expected in found


@pytest.mark.parametrize(
    "text",
    [
        "order.items.all().delete()",
        "settings.update(a=1)",
        "delete(Order)",
        "def delete(x): ...\nsession.execute(delete(Order))",
        "cache.delete()",
        "client.objects.delete()",
    ],
)
def test_what_only_sounds_like_an_object_mapper_is_left_alone(text):
    assert not any(query.writes for query in queries(text) if query.complete)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 300 + "1" + ")" * 300 + " FROM orders;",
        "SELECT id FROM orders WHERE " + " OR ".join(["id = 1"] * 9_000) + ";",
        "SELECT a" + "[1]" * 400 + " FROM orders;",
        "SELECT id FROM orders WHERE " + "NOT " * 400 + "paid;",
        "SELECT a, b, c FROM orders WHERE id = 1;\n" * 90,
    ],
)
def test_sql_beyond_the_bounds_is_read_by_its_words_and_told(text, monkeypatch):
    monkeypatch.setattr("gate.facts.query.MAX_FILE", 3_000 if text.count(";") > 1 else 300_000)
    tree = repo({"app/q.sql": text})
    found = tree.of(Query, "app/q.sql")
    assert any(query.cut for query in found)
    assert {hit.place.path for query in found for hit in select_star.look(query, tree)} == set()
    assert "read by its words" in tree.problems["app/q.sql"]


def test_a_long_insert_is_no_gap():
    rows = ",\n".join(f"({n}, 'name of {n}')" for n in range(9_000))
    (query,) = queries(f"INSERT INTO orders (id, name) VALUES {rows};", "app/seed_rows.sql")
    assert not query.cut


@pytest.mark.parametrize(
    ("code", "table", "bound"),
    [
        ("prisma.order.findFirst({ where: { id, orgId } })", "order", (("id",), ("org_id",))),
        (
            "ctx.db.order.delete({ where: { orgId_id: { orgId: org, id } } })",
            "order",
            (("id",), ("org_id",), ("org_id_id",)),
        ),
        (
            "prisma.item.findMany({ where: { order: { is: { orgId: org } } } })",
            "item",
            (("is",), ("order",), ("org_id",)),
        ),
        ("prisma.order.findMany({ where: { orgId: { not: org } } })", "order", ()),
        ("prisma.order.findMany({ where: { NOT: { orgId: org } } })", "order", ()),
        ("prisma.order.findMany({ where: { orgId: undefined } })", "order", ()),
        ("prisma.user.findUnique({ where: { id: req.user.id } })", "user", ((), ("id",))),
        ("db.select().from(orders).where(and(eq(orders.orgId, org), gt(orders.total, 1)))", "orders", (("org_id",),)),
        ("db.query.orders.findFirst({ where: (orders, { eq }) => eq(orders.id, id) })", "orders", (("id",),)),
        ("db.update(orders).set({ paid: true }).where(inArray(orders.id, ids))", "orders", (("id",),)),
        ('knex("orders").where({ org_id: org }).orWhere("paid", true)', "orders", ()),
        ('knex("orders").where("total", ">", 1).andWhere("orders.org_id", org)', "orders", (("org_id",),)),
        ('knex.select("id").from("orders").whereIn("org_id", orgs)', "orders", (("org_id",),)),
        (
            "Order.findAll({ where: { orgId: org, [Op.or]: [{ paid: true }, { late: true }] } })",
            "Order",
            (("late", "paid"), ("org_id",)),
        ),
        ("Order.findByPk(id)", "Order", (("id",),)),
        ("Order.findById(id).lean()", "Order", (("id",),)),
        ("Order.updateOne({ _id: id, orgId: org }, { paid: true })", "Order", (("id",), ("org_id",))),
        ("source.getRepository(Order).findOneBy({ id, orgId })", "Order", (("id",), ("org_id",))),
        ("manager.findOne(Order, { where: { id } })", "Order", (("id",),)),
        ("em.find(Order, { orgId: org })", "Order", (("org_id",),)),
        (
            'getRepository(Order).createQueryBuilder("o").where("o.org_id = :org", { org }).getMany()',
            "Order",
            (("org_id",),),
        ),
        ('supabase.from("orders").select("id").match({ org_id: org })', "orders", (("org_id",),)),
    ],
)
def test_a_query_builder_of_javascript_binds_columns(code, table, bound):
    (found,) = Lookup.find(Source("app.ts", f"await {code}\n"))
    (relation,) = found.query.relations
    assert (relation.table, relation.scoped, relation.known) == (table, bound, True)


@pytest.mark.parametrize(
    "code",
    [
        "await prisma.order.findMany({ where })",
        "await prisma.order.findMany({ where: { ...scope, paid: true } })",
        "await prisma.order.findMany(options)",
        "let query = knex('orders').select('id')",
        "await knex('orders').modify(ofTenant)",
        "await db.select().from(orders).where(mine(org))",
        "await Order.scope('mine').findAll()",
    ],
)
def test_a_condition_of_javascript_that_is_not_written_out_is_unknown(code):
    found = [one.query for one in Lookup.find(Source("app.ts", f"{code}\n"))]
    assert all(not relation.known for query in found for relation in query.relations)


@pytest.mark.parametrize(
    "text",
    ["prisma.order.findMany({ where: " + "{ AND: [" * 400, "db.select().from(" * 400, "prisma.a.findMany({ where: {" + "a," * 4000,
     "knex('a')" + ".where(" * 900, "model A {\n" * 4000, "@Entity()\nexport class A {" + "@Column(" * 4000],
)  # fmt: skip
@pytest.mark.parametrize("path", ["app.ts", "schema.prisma"])
def test_javascript_that_nobody_closes_ends_nothing(text, path):
    source = Source(path, text)
    assert len([*Lookup.find(source), *Table.find(source)]) < 500
