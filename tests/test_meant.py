"""What a name, a place or the code around says was meant makes a warning of what would block."""

import textwrap
from collections.abc import Mapping

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples

KEY_READ = "import jwt\ndef read(text):\n    return jwt.decode(text, KEY, algorithms=['HS256'])\n"
KEY_MADE = "import jwt\ndef make():\n    return jwt.encode({'iss': 'me'}, None, algorithm='none')\n"
PEER = """
    import ssl
    def look(host, sock):
        ctx = ssl.create_default_context()
        ctx.check_hostname = False
        ctx.verify_mode = ssl.CERT_NONE
        with ctx.wrap_socket(sock) as peer:
            return peer.{}
    """
UPLOAD = """
    import zipfile
    from django import forms
    class ImportForm(forms.Form):
        def clean_archive(self):
            {} = self.cleaned_data["archive"]
            return names({})
    def names({}):
        return zipfile.ZipFile({}).namelist()
    """
TENANTS = "class Tenant(models.Model):\n    name = models.TextField()\n"
OWNED = "class {}(models.Model):\n    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)\n"
EMPTY = OWNED.replace("CASCADE", "SET_NULL, null=True")
PLAIN = "class {}(models.Model):\n    name = models.TextField()\n"
VIEW = "def rack(request, pk):\n    return get_object_or_404(Rack, pk=pk)\n"


GONE = "await db.query('DELETE FROM product_pairs');"
FILLED = "await db.query(`INSERT INTO product_pairs (id) SELECT id FROM lines`);"


def severities(rule: str, files: Mapping[str, str]) -> list[Severity | None]:
    """What weight each finding has; None is the rule's own."""
    check = next(check for check in registry.checks() if check.rule.id == rule)
    tree = {path: textwrap.dedent(text) for path, text in files.items()}
    return [None if hit.severity == check.rule.severity else hit.severity for hit in examples.hits(check, tree)]


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("class Store {\n  async deleteAll() {\n    await this.db('tags').del();\n  }\n}\n", Severity.MEDIUM),
        ("const deleteAll = async () => {\n  await db('tags').del();\n};\n", Severity.MEDIUM),
        ("class Store {\n  async remove() {\n    await this.db('tags').del();\n  }\n  deleteAll() {}\n}\n", None),
        ("async function save() { await db('site_settings').update({ on: true }); }\n", Severity.MEDIUM),
        ("async function save() { await db('user_settings').update({ on: true }); }\n", None),
        ("async function save() { await db('site_settings').del(); }\n", None),
        (f"async function sum(db) {{\n  {GONE}\n  {FILLED}\n}}\n", Severity.MEDIUM),
        (
            f"const sum = async (db) => {{\n  {GONE}\n  await db.query(`INSERT INTO other SELECT id FROM lines`);\n}};\n",
            None,
        ),
        (f"async function sum(db) {{\n  {GONE}\n}}\nasync function more(db) {{\n  {FILLED}\n}}\n", None),
        (f"async function sum(db) {{\n  {FILLED}\n  {GONE}\n}}\n", None),
        (f"{GONE}\n{FILLED}\n", None),
        (
            "function keep(db) {\n  const put = db.prepare(`INSERT INTO lines (id) VALUES (?)`);\n  db.exec('DELETE FROM lines');\n  put.run(1);\n}\n",
            Severity.MEDIUM,
        ),
        (
            "function keep(db) {\n  const put = db.prepare(`INSERT INTO lines (id) VALUES (?)`);\n  put.run(1);\n  db.exec('DELETE FROM lines');\n}\n",
            None,
        ),
    ],
)
def test_a_write_of_all_rows_in_javascript_is_judged_by_what_its_function_is_called(code, severity):
    assert severities("queries/unbounded_write", {"store.js": code}) == [severity]


@pytest.mark.parametrize(
    ("path", "code", "severity"),
    [
        ("src/migrations/1_a.js", 'await knex.select("*").from("groups")', Severity.MEDIUM),
        ("src/groups.js", 'await knex.select("*").from("groups")', None),
        ("app.py", 'cur.execute("SELECT * FROM tmp_import")', Severity.MEDIUM),
        ("app.py", 'cur.execute("SELECT * FROM attempts")', None),
        ("app.py", 'cur.execute("CREATE VIEW v AS SELECT * FROM {main}".format(main=names["main"]))', Severity.MEDIUM),
    ],
)
def test_a_star_weighs_less_where_the_program_chose_the_columns_or_reads_once(path, code, severity):
    assert set(severities("queries/select_star", {path: f"{code}\n"})) == {severity}


@pytest.mark.parametrize(
    ("path", "call", "severity"),
    [
        ("shop/fix.py", "AuditLog.objects.filter(pk=1).update(user=user)", None),
        ("shop/fix.py", "AuditLog.objects.filter(user=None).update(user=user)", Severity.LOW),
        ("shop/fix.py", "AuditLog.objects.filter(org__isnull=True).update(org_id=org)", Severity.LOW),
        ("shop/fix.py", 'AuditLog.objects.filter(user=None).update(user=user, text="")', None),
        ("shop/fix.py", "AuditLog.objects.filter(user=None).delete()", None),
        ("shop/migrations/0002_fill.py", "AuditLog.objects.filter(pk=1).update(org=org)", Severity.MEDIUM),
    ],
)
def test_a_trail_may_be_filled_in(path, call, severity):
    assert severities("logging/audit_changed", {path: f"def fix(user, org):\n    {call}\n"}) == [severity]


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({"auth/make.py": KEY_MADE, "auth/read.py": KEY_READ}, None),
        ({"paypal/make.py": KEY_MADE, "auth/read.py": KEY_READ}, Severity.MEDIUM),
    ],
)
def test_an_unsigned_token_may_be_for_another_service(files, severity):
    assert severities("identity/jwt_verification", files) == [severity]


@pytest.mark.parametrize(("asks", "severity"), [("getpeercert(True)", Severity.MEDIUM), ("read()", None)])
def test_who_reads_a_certificate_may_take_any(asks, severity):
    found = severities("cryptography/tls_verification", {"app.py": PEER.format(asks)})
    assert found
    assert set(found) == {severity}


@pytest.mark.parametrize(("name", "severity"), [("upload", Severity.MEDIUM), ("path", None)])
def test_what_a_form_hands_on_may_be_an_open_file(name, severity):
    assert severities("injection/path_traversal", {"app.py": UPLOAD.replace("{}", name)}) == [severity]


@pytest.mark.parametrize(
    ("owned", "others", "severity"),
    [(OWNED, "ABCDEFGH", Severity.MEDIUM), (OWNED, "A", None), (EMPTY, "A", Severity.MEDIUM)],
)
def test_a_column_that_few_tables_carry_or_that_may_be_empty_may_be_a_label(owned, others, severity):
    models = TENANTS + "".join(map(owned.format, ("Rack", "Site", "Vlan"))) + "".join(map(PLAIN.format, others))
    assert severities("tenancy/unscoped_query", {"shop/models.py": models, "shop/views.py": VIEW}) == [severity]


@pytest.mark.parametrize(
    ("value", "severity"), [("build-time-secret-key", Severity.MEDIUM), ("time-to-rebuild-9", None)]
)
def test_a_key_for_a_build_warns(value, severity):
    assert severities("secrets/written_key", {"app/settings.py": f"SECRET_KEY = {value!r}\n"}) == [severity]


HANDED = """
    from flask import Flask, request
    from flask.views import MethodView
    import pages
    class Create(MethodView):
        def post(self, kind):
            return self.get(dict(request.form))
        def get(self, data=None):
            return pages.render("x.html", extra={"data": data})
    """


def test_the_answer_of_another_view_is_judged_there():
    assert not severities("injection/markup", {"app.py": HANDED})


def test_text_that_is_handed_to_another_view_still_reaches_its_page():
    view = HANDED.replace('pages.render("x.html", extra={"data": data})', 'f"<p>{data}</p>"')
    assert severities("injection/markup", {"app.py": view})


@pytest.mark.parametrize(("does", "severity"), [("decryptor", Severity.MEDIUM), ("encryptor", None)])
def test_who_only_reads_does_not_choose_the_mode(does, severity):
    code = f"""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        def read(key, text):
            return Cipher(algorithms.AES(key), modes.ECB()).{does}().update(text)
        """
    assert severities("cryptography/weak_cipher", {"app.py": code}) == [severity]


@pytest.mark.parametrize(("owner", "severity"), [("DatabaseTestingFactory", Severity.MEDIUM), ("Database", None)])
def test_a_class_that_says_it_is_for_testing_may_drop_its_tables(owner, severity):
    code = f"class {owner}:\n    def create(self, engine):\n        Base.metadata.drop_all(bind=engine)\n"
    assert severities("queries/destroyed_data", {"factory.py": code}) == [severity]


@pytest.mark.parametrize(
    ("head", "condition", "severity"),
    [
        ("from django.conf import settings", "not bearer_token(request) and settings.OPEN", Severity.MEDIUM),
        ("from flask import current_app", "not bearer_token(request) and current_app.config['OPEN']", Severity.MEDIUM),
        ("from app import settings", "not bearer_token(request) and settings.OPEN", None),
        ("from django.conf import settings", "not bearer_token(request) or settings.OPEN", None),
        ("from flask import request", "not bearer_token(request) and request.args", None),
    ],
)
def test_what_a_setting_of_the_framework_must_allow_warns(head, condition, severity):
    code = f"{head}\ndef verify_token(request):\n    if {condition}:\n        return True\n    return request.token == TOKEN\n"
    assert severities("identity/fail_open", {"app.py": code}) == [severity]


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("cur.execute('delete from results')\n    rows.to_sql('results', cur, if_exists='append')", Severity.MEDIUM),
        ("cur.execute('delete from results')\n    rows.to_sql('others', cur, if_exists='append')", None),
        (
            "add = f'INSERT INTO results ({names}) VALUES ({marks})'\n    cur.execute('DELETE FROM results')\n    cur.executemany(add, rows)",
            Severity.MEDIUM,
        ),
        (
            "add = f'INSERT INTO others ({names}) VALUES ({marks})'\n    cur.execute('DELETE FROM results')\n    cur.executemany(add, rows)",
            None,
        ),
    ],
)
def test_a_table_may_be_filled_anew_by_what_was_put_together_before(body, severity):
    code = f"def save(cur, rows, names, marks):\n    {body}\n"
    assert severities("queries/unbounded_write", {"store.py": code}) == [severity]


@pytest.mark.parametrize(
    ("line", "severity"),
    [("kept[secret_key] = value", Severity.MEDIUM), ("kept['a'] = secret_key", None), ("f([secret_key])", None)],
)
def test_the_name_of_a_secret_may_be_logged(line, severity):
    code = f"def keep(kept, secret_key, value):\n    {line}\n    logger.info('kept %s', secret_key)\n"
    assert severities("logging/secret_in_log", {"store.py": code}) == [severity]
