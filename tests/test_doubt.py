"""What speaks for a finding of a flow, or a draw, being harmless lowers it, and nothing else does."""

import textwrap

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples

FLASK = "from pathlib import Path\nimport random, requests\nfrom flask import Flask, request\napp = Flask(__name__)\n"
JOB = """
    class Job:
        def __init__(self, name):
            self.name = name
        def run(self):
            return open(self.name).read()
    """


def severities(rule: str, text: str) -> list[Severity | None]:
    check = next(check for check in registry.checks() if check.rule.id == rule)
    return [hit.severity for hit in examples.hits(check, {"app.py": FLASK + textwrap.dedent(text)})]


def test_a_path_that_was_asked_whether_it_is_in_a_folder_warns():
    read = '@app.get("/read")\ndef read():\n    path = Path("/srv") / request.args["name"]\n'
    asked = "    if not is_in_or_equal(path, ROOT):\n        raise ValueError\n"
    assert severities("injection/path_traversal", f"{read}    return open(path).read()\n") == [None]
    assert severities("injection/path_traversal", f"{read}{asked}    return open(path).read()\n") == [Severity.MEDIUM]


@pytest.mark.parametrize(
    ("root", "check", "found"),
    [
        ("folders.base()", "path.startswith(os.path.realpath(root))", []),
        ("folders.base()", "os.path.commonpath([path, root]) == root", []),
        ("folders.base()", "path.startswith(path)", [None]),
        ("folders.base()", "path.startswith(os.path.dirname(path))", [None]),
        ("chosen()", "path.startswith(root)", [None]),
    ],
)
def test_a_path_lies_below_a_folder_it_is_made_of(root, check, found):
    route = '@app.get("/read")\ndef read():\n    path = os.path.realpath(os.path.join(root, request.args["name"]))\n'
    route = route.replace("    path", f"    root = {root}\n    path")
    chosen = 'import os, folders\ndef chosen():\n    return request.args["root"]\n'
    refused = f"    if not {check}:\n        raise KeyError\n"
    assert severities("injection/path_traversal", f"{chosen}{route}{refused}    return open(path).read()\n") == found


@pytest.mark.parametrize(
    ("asked", "severity"),
    [
        ("allowed, reason = is_allowed_file(path)", Severity.MEDIUM),
        ("reason, allowed = is_allowed_file(path)", None),
        ("allowed = await is_allowed_file(path)", Severity.MEDIUM),
        ("allowed = is_allowed_file(ROOT)", None),
        ("allowed = is_allowed_file(path); path = request.args['other']", None),
    ],
)
def test_an_answer_that_is_kept_counts_where_it_is_asked_for(asked, severity):
    route = '@app.get("/read")\nasync def read():\n    path = request.args["name"]\n'
    refused = "    if not allowed:\n        abort(403)\n"
    assert severities("injection/path_traversal", f"{route}    {asked}\n{refused}    return open(path).read()\n") == [
        severity
    ]


@pytest.mark.parametrize(
    ("check", "severity"),
    [
        ("validate_kb_path(ROOT, path)", Severity.MEDIUM),
        ("Files.check_access_permission(ROOT, path)", Severity.MEDIUM),
        ("Files.validate_session_id(path)", Severity.MEDIUM),
        ("check_quota(path)", None),
        ("validate_kb_path(ROOT, ROOT)", None),
    ],
)
def test_a_path_behind_what_raises_unless_it_is_allowed_warns(check, severity):
    route = '@app.get("/read")\ndef read():\n    path = request.args["name"]\n'
    assert severities("injection/path_traversal", f"{route}    {check}\n    return open(path).read()\n") == [severity]


@pytest.mark.parametrize(("handler", "found"), [("abort(400)", []), ("raise KeyError", []), ("pass", [None])])
def test_what_parses_as_an_id_leads_nowhere(handler, found):
    route = '@app.get("/read")\ndef read():\n    path = request.args["name"]\n    try:\n        uuid.UUID(path)\n'
    route += f"    except ValueError:\n        {handler}\n    return open(path).read()\n"
    assert severities("injection/path_traversal", f"import uuid\nfrom flask import abort\n{route}") == found


def test_a_way_through_an_object_and_many_functions_warns():
    straight = '@app.get("/read")\ndef read():\n    return Job(request.args["name"]).run()\n'
    steps = "".join(f"def step{n}(name):\n    return step{n + 1}(name)\n" for n in range(4))
    far = (
        steps
        + "def step4(name):\n    return Job(name).run()\n"
        + straight.replace("Job", "step0").replace(".run()", "")
    )
    job = textwrap.dedent(JOB)
    assert severities("injection/path_traversal", job + straight) == [None]
    assert severities("injection/path_traversal", job + far) == [Severity.MEDIUM]


@pytest.mark.parametrize(
    ("address", "severity"),
    [("f\"{base}{quote(request.args['q'], safe='')}\"", Severity.LOW), ("f\"{base}{request.args['q']}\"", None)],
)
def test_quoted_text_chooses_no_host(address, severity):
    route = f'from urllib.parse import quote\n@app.get("/find")\ndef find(base):\n    return requests.get({address})\n'
    assert severities("injection/request_forgery", route) == [severity]


@pytest.mark.parametrize(("name", "severity"), [("salt", Severity.MEDIUM), ("nonce", Severity.MEDIUM), ("token", None)])
def test_what_must_only_be_new_warns(name, severity):
    assert severities("cryptography/weak_random", f"{name} = str(random.getrandbits(64))\n") == [severity]


def test_a_class_and_a_key_find_a_row():
    route = '@app.get("/tools/<path:key>")\ndef tool(key, session):\n    return open(session.get({}, key)).read()\n'
    assert severities("injection/path_traversal", route.format("Tool")) == []
    assert severities("injection/path_traversal", route.format('"tool"')) != []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Call.objects.get(kind=kind, key=request.args['key'])", set()),
        ("settings.get('page', default=request.args['key'])", {None}),
        ("settings.get('page', request.args['key'])", {None}),
    ],
)
def test_what_a_row_is_found_by_is_not_what_it_holds(asked, found):
    route = f'from markupsafe import Markup\n@app.get("/call")\ndef call(kind):\n    return Markup({asked})\n'
    assert set(severities("injection/markup", route)) == found


@pytest.mark.parametrize(
    ("head", "severity"),
    [
        ("def check_permission(path, skip_permission_check=False):", Severity.MEDIUM),
        ("@staticmethod\ndef check_permission(path, *, skip_permission_check=False):", Severity.MEDIUM),
        ("def check_permission(path, skip_permission_check=True):", None),
        ("@app.get('/files')\ndef check_permission(path, skip_permission_check=False):", None),
    ],
)
def test_a_check_that_callers_in_the_program_may_leave_out_warns(head, severity):
    body = "\n    if skip_permission_check:\n        return\n    if not allowed(path):\n        raise PermissionError\n"
    assert severities("secrets/auth_bypass_flag", head + body) == [severity]


@pytest.mark.parametrize(
    ("name", "more", "severity"),
    [
        ("app_for_test", "", Severity.MEDIUM),
        ("app_for_test", "app = app_for_test()\n", None),
        ("app_for_test", "@pytest.fixture\ndef client():\n    return Client(app_for_test())\n", Severity.MEDIUM),
        ("app_for_test", "@app.get('/')\ndef client():\n    return app_for_test()\n", None),
        ("latest_app", "", None),
        ("create_app", "", None),
    ],
)
def test_a_login_replaced_by_a_helper_for_tests_that_nobody_calls_warns(name, more, severity):
    text = "from app.api import app, current_user\ndef {}():\n    app.dependency_overrides[current_user] = lambda: 1\n    return app\n{}"
    assert severities("secrets/auth_bypass_flag", text.format(name, more)) == [severity]


@pytest.mark.parametrize(("later", "severity"), [("CERT_REQUIRED", Severity.MEDIUM), ("CERT_NONE", None)])
def test_a_context_that_asks_for_certificates_in_other_modes_warns(later, severity):
    context = "def context(mode):\n    ctx = ssl.create_default_context()\n    ctx.check_hostname = False\n"
    context += (
        f"    ctx.verify_mode = ssl.CERT_NONE\n    if mode:\n        ctx.verify_mode = ssl.{later}\n    return ctx\n"
    )
    assert severities("cryptography/tls_verification", f"import ssl\n{context}")[0] == severity


@pytest.mark.parametrize(
    ("filled", "severity"),
    [
        ("role = Role(name=name)\n        session.add(role)", Severity.MEDIUM),
        ("session.add(Role(name=name))", Severity.MEDIUM),
        ("role = Role(name=name)\n        session.refresh(role)", Severity.CRITICAL),
        ("session.add(Event(name))", Severity.CRITICAL),
    ],
)
def test_emptying_a_table_to_fill_it_with_new_objects_warns(filled, severity):
    text = f"from sqlalchemy import delete\ndef seed(session, names):\n    session.execute(delete(Role))\n    for name in names:\n        {filled}\n"
    assert severities("queries/unbounded_write", text) == [severity]


@pytest.mark.parametrize(
    ("name", "severity"),
    [("flush", Severity.MEDIUM), ("_clear_all", Severity.MEDIUM), ("setAllActive", Severity.MEDIUM), ("resetCache", Severity.CRITICAL), ("clear_orders", Severity.CRITICAL), ("expire", Severity.CRITICAL)],
)  # fmt: skip
def test_emptying_a_store_by_name_warns(name, severity):
    emptied = f'class Store:\n    def {name}(self):\n        self.cursor.execute("DELETE FROM orders")\n'
    assert severities("queries/unbounded_write", emptied) == [severity]


@pytest.mark.parametrize(
    ("table", "severity"),
    [
        ("TraceRollup", Severity.MEDIUM),
        ("PageCache", Severity.MEDIUM),
        ("UserCache", Severity.CRITICAL),
        ("Trace", Severity.CRITICAL),
    ],
)
def test_emptying_what_can_be_worked_out_again_warns(table, severity):
    text = (
        f"from sqlalchemy.orm import Session\ndef delete_rows(session: Session):\n    session.query({table}).delete()\n"
    )
    assert severities("queries/unbounded_write", text) == [severity]


@pytest.mark.parametrize(("number", "severity"), [(2, None), (3, Severity.MEDIUM)])
def test_a_path_that_comes_a_long_way_warns(number, severity):
    steps = "".join(f"def step{n}(name):\n    return step{n - 1}(name)\n" for n in range(1, number))
    first = 'def step0(name):\n    return open("/srv/" + name).read()\n'
    route = f'@app.get("/read")\ndef read():\n    return step{number - 1}(request.args["name"])\n'
    assert severities("injection/path_traversal", first + steps + route) == [severity]


@pytest.mark.parametrize(
    ("name", "used", "severity"),
    [
        ("legacy_hash", "legacy_hash(given) == user.password", Severity.MEDIUM),
        ("legacy_hash", "user.password = legacy_hash(given)", None),
        ("legacy_hash", "User(password_hash=legacy_hash(given))", None),
        ("hashed", "hashed(given) == user.password", None),
    ],
)
def test_a_hash_that_recognizes_old_passwords_warns_and_one_that_is_stored_blocks(name, used, severity):
    made = f"import hashlib\ndef {name}(password):\n    return hashlib.sha512(password.encode()).hexdigest()\n"
    assert severities("cryptography/password_storage", f"{made}def f(user, given):\n    {used}\n") == [severity]


@pytest.mark.parametrize(
    ("name", "table", "severity"),
    [
        ("clear_cache", "cache_entries", Severity.MEDIUM),
        ("clear_cache", "users", Severity.CRITICAL),
        ("reset_db", "users", Severity.MEDIUM),
        ("deprovision", "users", Severity.MEDIUM),
        ("update_token_schema", "users", Severity.MEDIUM),
        ("update_token", "users", Severity.CRITICAL),
    ],
)
def test_a_name_for_emptying_a_cache_speaks_for_no_other_table(name, table, severity):
    text = f'def {name}(cur):\n    cur.execute("DELETE FROM {table}")\n'
    assert severities("queries/unbounded_write", text) == [severity]


@pytest.mark.parametrize(
    ("after", "severity"),
    [
        ("Rank.objects.bulk_create(made)", Severity.MEDIUM),
        ('cur.execute("INSERT INTO Rank SELECT user_id FROM posts")', Severity.MEDIUM),
        ("Other.objects.bulk_create(made)", Severity.CRITICAL),
        ("return made", Severity.CRITICAL),
    ],
)
def test_what_is_emptied_to_be_filled_anew_warns(after, severity):
    text = f"def rank(cur, made):\n    Rank.objects.all().delete()\n    {after}\n"
    assert severities("queries/unbounded_write", text) == [severity]


@pytest.mark.parametrize(("into", "severity"), [("RANKS", Severity.MEDIUM), ("OTHERS", Severity.CRITICAL)])
def test_a_table_that_is_filled_anew_may_be_named_by_a_constant(into, severity):
    filled = f'cur.executemany(f"INSERT INTO {{{into}}} VALUES(?)", made)'
    text = f'RANKS = "ranks"\nOTHERS = "others"\ndef rank(cur, made):\n    cur.execute(f"DELETE FROM {{RANKS}}")\n    {filled}\n'
    assert severities("queries/unbounded_write", text) == [severity]


@pytest.mark.parametrize(
    ("transport", "expected"),
    [
        ("httpx.AsyncHTTPTransport(retries=2)", [None]),
        ("SsrfSafeTransport()", [Severity.MEDIUM]),
        ("OwnASGITransport()", [None]),
        ("httpx.ASGITransport(app=app)", []),
    ],
)
def test_a_client_is_judged_by_what_it_sends_through(transport, expected):
    text = f"""
        import httpx
        from app.net import OwnASGITransport, SsrfSafeTransport
        @app.get("/preview")
        async def preview():
            async with httpx.AsyncClient(transport={transport}) as client:
                return (await client.get(request.args["url"])).text
        @app.get("/base")
        async def base():
            return httpx.AsyncClient(transport={transport}, base_url=request.args["url"]).is_closed
        """
    assert severities("injection/request_forgery", text) == expected * 2


@pytest.mark.parametrize(
    ("rule", "body", "found"),
    [
        (
            "queries/built_sql",
            """cur.execute("ATTACH '{}' AS a".format(given.replace("'", "''")))""",
            [Severity.MEDIUM],
        ),
        ("queries/built_sql", """cur.execute("SELECT a FROM t WHERE b = " + given.replace("'", "''"))""", [None]),
        (
            "queries/built_sql",
            """cur.execute("SELECT a FROM t WHERE b = '{}'".format(given.replace("a", "aa")))""",
            [None],
        ),
        ("injection/request_forgery", "with make_safe_connect(): requests.get(given)", [Severity.MEDIUM]),
        ("injection/request_forgery", "with open_session(): requests.get(given)", [None]),
        ("injection/request_forgery", "with make_safe_connect(): pass\n    requests.get(given)", [None]),
        ("injection/markup", "return clean(Markup(given).unescape())", []),
        ("injection/markup", "return page(Markup(given))", [None]),
        (
            "injection/markup",
            "one = make_response(given)\n    one.mimetype = kind()\n    return one",
            [Severity.MEDIUM],
        ),
        ("injection/markup", 'one = make_response(given)\n    one.mimetype = "text/csv"\n    return one', []),
        ("injection/markup", 'one = make_response(given)\n    one.mimetype = "text/html"\n    return one', [None]),
    ],
)
def test_what_stands_around_a_sink_speaks_for_it(rule, body, found):
    head = "from flask import make_response\nfrom markupsafe import Markup\nfrom texts import clean\n"
    body = textwrap.dedent(body)
    assert severities(rule, f'{head}@app.get("/a")\ndef a():\n    given = request.args["b"]\n    {body}\n') == found


@pytest.mark.parametrize(("name", "severity"), [("AUDIT_LOG_ENABLED", None), ("audit_log_enabled", Severity.MEDIUM)])
def test_an_audit_trail_that_a_class_has_none_of_warns(name, severity):
    assert severities("logging/audit_changed", f"class Record:\n    {name} = False\n") == [severity]


@pytest.mark.parametrize(
    ("asked", "severity"),
    [
        ("created_on__lte=now() - timedelta(days=days)", Severity.LOW),
        ("created_on__lt=cutoff", Severity.LOW),
        ("created_on__gte=cutoff", None),
        ("user=user", None),
    ],
)
def test_an_audit_trail_that_is_cut_off_at_a_date_is_kept(asked, severity):
    text = f"def remove_old(days, user, cutoff):\n    AuditTrail.objects.filter({asked}).delete()\n"
    assert severities("logging/audit_changed", text) == [severity]


@pytest.mark.parametrize(
    ("options", "severity"),
    [
        ('{"Loader": yaml.SafeLoader}', Severity.MEDIUM),
        ('{"Loader": yaml.UnsafeLoader}', None),
        ('{"a": yaml.SafeLoader, "Loader": yaml.UnsafeLoader}', None),
        ("given()", None),
    ],
)
def test_a_safe_loader_among_options_warns(options, severity):
    body = f"    options = {options}\n    options.update(kwargs)\n    return yaml.load(request.data, **options)\n"
    assert severities("execution/eval_endpoint", f'import yaml\n@app.post("/a")\ndef a(**kwargs):\n{body}') == [
        severity
    ]


def test_markup_beside_one_that_is_made_text_again_is_still_shown():
    body = 'return page(Markup(request.args["b"]), Markup("a").unescape())'
    assert severities("injection/markup", f'from markupsafe import Markup\n@app.get("/a")\ndef a():\n    {body}\n') == [
        None
    ]


def test_a_password_beside_the_word_directory_is_a_password():
    text = 'def login(user, pwd):\n    logger.info("Active Directory %s %s", user, pwd)\n'
    assert severities("logging/secret_in_log", text) == [None]


@pytest.mark.parametrize(
    ("read", "severity"),
    [
        ('is_admin = request.form["is_admin"] == "true"', Severity.MEDIUM),
        ('is_admin = request.form["is_admin"] == "letmein-9"', None),
    ],
)
def test_a_box_that_is_ticked_warns_and_a_word_that_lets_in_blocks(read, severity):
    route = f'@app.post("/user")\n@secure\ndef add():\n    {read}\n    if not is_admin:\n        return "no", 403\n    db.add(User(is_admin=is_admin))\n    return "done"\n'
    assert severities("secrets/debug_token", route) == [severity]


@pytest.mark.parametrize(
    ("told", "severity"),
    [
        ('path("files/<str:name>", views.show)', Severity.MEDIUM),
        ('re_path(r"^files/(?P<name>[\\w.-]+)$", views.show)', Severity.MEDIUM),
        ('re_path(r"^files/(?P<name>[^/]+)/$", views.show)', Severity.MEDIUM),
        ('re_path(r"^files/(?P<name>.+)$", views.show)', None),
        ('path("files/<path:name>", views.show)', None),
        ('path("files/<anything:name>", views.show)', None),
        ('path("files/<str:name>", views.show), path("more/<path:name>", views.show)', None),
    ],
)
def test_one_segment_of_an_address_warns_wherever_the_address_is_given(told, severity):
    view = 'from django.http import HttpResponse\ndef show(request, name):\n    return HttpResponse(open("/srv/" + name))\n'
    files = {"app/views.py": view, "app/urls.py": f"from app import views\nurlpatterns = [{told}]\n"}
    check = next(check for check in registry.checks() if check.rule.id == "injection/path_traversal")
    assert [hit.severity for hit in examples.hits(check, files)] == [severity]


@pytest.mark.parametrize(("name", "severity"), [("impersonate", Severity.MEDIUM), ("bypass", None)])
def test_what_is_a_feature_of_many_programs_warns(name, severity):
    text = f"""
        class Auth:
            def process_request(self, request):
                key = request.GET.get("{name}_id")
                if key:
                    request.user = User.objects.get(pk=int(key))
        """
    assert severities("secrets/debug_token", text) == [severity]


@pytest.mark.parametrize(("speaks", "severity"), [("tracing", Severity.MEDIUM), ("login", None)])
def test_a_session_of_a_file_that_knows_no_callers_warns(speaks, severity):
    drawn = "".join(f"    {line}\n" for line in ("import random", "import string", f"note = '{speaks}'"))
    text = f"def session_id():\n{drawn}    return ''.join(random.choice(string.digits) for _ in range(9))\n"
    check = next(check for check in registry.checks() if check.rule.id == "cryptography/weak_random")
    assert [hit.severity for hit in examples.hits(check, {"app.py": text})] == [severity]


@pytest.mark.parametrize(("name", "severity"), [("f'result_{number}'", Severity.MEDIUM), ("'orders'", Severity.HIGH)])
def test_a_star_over_what_is_named_at_run_time_warns(name, severity):
    text = f"def read(cur, number):\n    view = {name}\n    cur.execute(f'SELECT * FROM {{view}} WHERE a = 1')\n"
    assert severities("queries/select_star", text) == [severity]


@pytest.mark.parametrize(
    ("asked", "severity"),
    [
        ("if (team := find_team(name)) is not None", None),
        ("team = find_team(name)\n    if team is None", Severity.MEDIUM),
        ("team = Team.query.filter_by(slug=name).first()\n    if not team", Severity.MEDIUM),
        ("team = session.scalar(select(Team).where(Team.slug == name))\n    if not team", Severity.MEDIUM),
        ("if (team := find_team(name)) is None", Severity.MEDIUM),
        ("if FOLDERS.get(name) is None", Severity.MEDIUM),
        ("refusal = ensure_member(name, 1)\n    if refusal", Severity.MEDIUM),
        ("refusal = ensure_member(name, 1)\n    if refusal is not None", Severity.MEDIUM),
        ("error = validate_name(name)\n    if error", Severity.MEDIUM),
        ("error = validate_name(name)\n    if error is not None", Severity.MEDIUM),
        ("if error := validate_name(name)", Severity.MEDIUM),
        ("allowed = validate_name(name)\n    if allowed", None),
        ("team = find_team(1)\n    if team is None", None),
        ("held = read_file(name)\n    if held is None", None),
        ("other = request.args.get(name)\n    if not other", None),
        ("team = find_team(name)\n    if team", None),
    ],
)
def test_a_path_by_which_something_was_found_warns(asked, severity):
    route = f'@app.get("/read")\ndef read():\n    name = request.args["name"]\n    {asked}:\n        abort(404)\n'
    found = severities("injection/path_traversal", f"{route}    return open(name).read()\n")
    assert found == [severity]


STARLETTE = """
    from starlette.responses import Response
    from starlette.routing import Route
    async def read(request):
        return Response(open("/srv/teams/" + request.path_params["team"]).read())
    """


@pytest.mark.parametrize(
    ("address", "severity"),
    [("/teams/{team}", Severity.MEDIUM), ("/teams/{team:path}", None), ("/teams/{other}", None)],
)
def test_a_segment_of_the_path_holds_no_slash_where_its_route_says_so(address, severity):
    routes = f'routes = [Route("{address}", read)]\n'
    assert severities("injection/path_traversal", textwrap.dedent(STARLETTE) + routes) == [severity]


@pytest.mark.parametrize(
    ("before", "severity"),
    [
        ('log.info("Deleting all guests")', Severity.MEDIUM),
        ("# clear every guest before the season", Severity.CRITICAL),
        ('log.info("Deleting all guests of %s", hotel)', Severity.CRITICAL),
        ('log.info("Deleting guests")  # delete all', Severity.CRITICAL),
        ('print(f"Removing every guest")', Severity.MEDIUM),
        ('log.info("Deleting guests")', Severity.CRITICAL),
    ],
)
def test_emptying_that_is_announced_as_such_warns(before, severity):
    text = f"def close(hotel):\n    {before}\n    Guest.objects.all().delete()\n"
    assert severities("queries/unbounded_write", text) == [severity]


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ("path = (ROOT / name).resolve(); path.relative_to(ROOT)", []),
        ("path = (ROOT / name).resolve(); rest = path.relative_to(ROOT)", []),
        ("path = ROOT / name; path.relative_to(ROOT)", [None]),
        ("path = (ROOT / name).resolve(); inside = path.is_relative_to(ROOT)", [None]),
        ("path = (ROOT / name).resolve(); path.is_relative_to(ROOT)", [None]),
        ("path = name\n    try:\n        number = int(name)\n    except ValueError:\n        number = 0", [None]),
        ("path = name\n    number = int(path)", []),
        ("path = (ROOT / name).resolve(); path.relative_to(ROOT, walk_up=True)", [None]),
        ("path = os.path.realpath(ROOT + name); assert path.startswith(ROOT + os.sep)", []),
        ("path = os.path.realpath(ROOT + name); assert path", [None]),
        ("path = ROOT + ''.join(c for c in name if c.isalnum() or c in '._-')", []),
        ("path = ROOT + ''.join(c for c in name if c.isalnum() or c in './')", [None]),
        ("path = ROOT + name.replace('/', '_')", []),
        ("path = ROOT + name.replace('../', '')", [None]),
        ("path = name\n    if Path(path).name != path: abort(400)", []),
        ("path = ROOT + name\n    if Path(name).name != name: abort(400)", [Severity.MEDIUM]),
        ("path = name\n    if Path(name).name != other: abort(400)", [None]),
        ("path = name\n    if os.sep in name: abort(400)", [Severity.MEDIUM]),
        ("path = name\n    if any(part in name for part in ('..', '/')): abort(400)", [Severity.MEDIUM]),
        ("path = name\n    if any(name.startswith(part) for part in PARTS): abort(400)", [None]),
        ("path = name\n    if not all(part in name for part in 'ab'): abort(400)", [None]),
    ],
)
def test_a_path_is_as_good_as_what_was_asked_of_it(check, found):
    route = f'import os\nROOT = Path("/srv")\n@app.get("/read")\ndef read():\n    name = request.args["name"]\n    {check}\n'
    assert severities("injection/path_traversal", f"{route}    return open(path).read()\n") == found


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("base64.b64encode(name.encode()).decode()", []),
        ("base64.b64decode(base64.b64encode(name.encode())).decode()", [None]),
        ("name.replace('&', '&amp;').replace('<', '&lt;')", []),
        ("name.replace('<', '<<')", [None]),
        ("""re.sub(r"[<>&'\\"]", "", name)""", []),
        ("""re.sub(r"[^<]", "", name)""", [None]),
        ("secure_filename(name)", []),
    ],
)
def test_a_page_holds_what_is_left_of_a_text(shown, found):
    head = "import base64, re\nfrom werkzeug.utils import secure_filename\n"
    route = f'@app.get("/show")\ndef show():\n    name = request.args["name"]\n    return "<b>" + {shown}\n'
    assert severities("injection/markup", head + route) == found


@pytest.mark.parametrize(
    ("check", "severity"),
    [
        ("any(url.startswith(base) for base in ('https://a.example/', 'https://b.example/'))", Severity.LOW),
        ("any(url.startswith(base) for base in ('https://a.example/', 'http'))", None),
        ("all(url.startswith(base) for base in ('https://a.example/', 'http'))", Severity.LOW),
    ],
)
def test_an_address_begins_with_one_of_those_that_are_known(check, severity):
    route = f'@app.get("/get")\ndef get():\n    url = request.args["url"]\n    if not {check}:\n        abort(400)\n'
    assert severities("injection/request_forgery", f"{route}    return requests.get(url).json()\n") == [severity]


def test_a_check_whose_answer_changes_nothing_speaks_for_nothing():
    route = (
        '@app.get("/read")\ndef read():\n    name = request.args["name"]\n    if check_quota(name):\n        count()\n'
    )
    assert severities("injection/path_traversal", f"{route}    return open(name).read()\n") == [None]


@pytest.mark.parametrize(("called", "expected"), [("", {"warn"}), ('bold(request.args["a"])', {"warn", "block"})])
def test_a_filter_of_templates_warns_and_what_a_program_hands_it_counts_as_ever(called, expected):
    text = f"""
        from django import template
        from django.utils.safestring import mark_safe
        register = template.Library()
        @register.filter
        def bold(value):
            return mark_safe("<b>%s</b>" % value)
        @app.get("/a")
        def a():
            return {called or '""'}
        """
    named = {Severity.MEDIUM: "warn", None: "block"}
    assert {named[one] for one in severities("injection/markup", text)} == expected


@pytest.mark.parametrize(
    ("shown", "severity"), [("root / who, path, name, who", Severity.MEDIUM), ("root / who, who", None)]
)
def test_a_check_that_is_shown_a_path_and_its_parts_speaks_for_the_path(shown, severity):
    text = f"""
        @app.get("/read")
        def read(who=""):
            root = folders.base()
            name = request.args["name"].strip()
            path = root / who / name
            validate_path_containment({shown})
            return open(path).read()
        """
    assert severities("injection/path_traversal", text) == [severity]


@pytest.mark.parametrize(("first", "expected"), [("load", [None]), ("checked", [Severity.MEDIUM])])
def test_a_module_whose_name_has_come_far_warns(first, expected):
    text = f"""
        import importlib
        def load(name):
            return importlib.import_module(name)
        def found(name):
            return load(name)
        def checked(name):
            return found(name)
        @app.get("/plug")
        def plug():
            return {first}(request.args["plugin"]).run()
        """
    assert severities("execution/eval_endpoint", text)[:1] == expected
