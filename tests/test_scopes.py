"""Scopes wherever they are written, and the words that are none."""

import textwrap

import pytest

from gate import registry
from gate.facts.scope import Scope
from gate.rule import Hit, Severity
from tests import examples

RULE = "scopes/wildcard_oauth_scope"


def found(text: str, path: str = "app.py") -> list[Hit]:
    (check,) = [check for check in registry.checks() if check.rule.id == RULE]
    return examples.hits(check, {path: textwrap.dedent(text).lstrip("\n")})


@pytest.mark.parametrize(
    "text",
    [
        "oauth.register(**{'client_kwargs': {'scope': f'openid admin:org {more}'}})",
        "client_id = 1\nparams['scope'] = 'openid,delete_repo'",
        "client_id = 1\nscopes = ['openid']\nscopes += ['*']",
        "client_id = 1\nscopes = set()\nscopes.update({'*'})",
        "class GithubOAuth2(Base):\n    DEFAULT_SCOPE = ['admin:org']",
        "flow = Flow.from_client_config(config, ('https://www.googleapis.com/auth/drive',))",
        "WANTED = 'https://mail.google.com/'\nflow = flow_from_clientsecrets('c.json', WANTED)",
        "def login(client_id, scope='admin:enterprise'):\n    return client_id",
        "def login(client_id, *, scopes=('*',)):\n    return client_id",
        "session = OAuth2Session(client_id, scope=' '.join(('openid', 'okta.users.manage')))",
        "session = OAuth2Session(client_id, scope='openid *' if admin else 'openid')",
        "session = OAuth2Session(client_id, scope=os.environ.get('S') or 'openid *')",
        "token = jwt.encode({'sub': user, 'scope': '*'}, key)",
        "SOCIALACCOUNT_PROVIDERS = {'github': {'SCOPE': ['user', 'admin:repo_hook']}}",
        "app.acquire_token_interactive(['https://graph.microsoft.com/Directory.ReadWrite.All'])",
        "url = 'https://example.com/authorize?scope=openid+admin:org&client_id=1'",
        "invite = f'https://discord.com/oauth2/authorize?client_id={ID}&permissions=8&scope=bot'",
        "client.scope = '*'  # the access_token may do it all",
        "if (scope := 'admin:org'):\n    pass",
        "oauth_scopes: list[str] = ['orders/*']",
    ],
)
def test_a_wide_scope_is_reported_once_however_it_is_written(text):
    (hit,) = found(text)
    assert hit.severity is None
    assert hit.detail in hit.message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", 'const params = { client_id: id,\n  scope: "openid " +\n    "admin:org" };'),
        ("a.js", 'const params = { client_id: id, scope: "openid " + "admin:org" };'),
        ("a.ts", "const OAUTH_SCOPES: string[] = [\n  'openid', // a comment, with ] in it\n  'admin:org',\n];"),
        ("a.ts", "client.oauth.scopes.push('admin:org');"),
        ("a.ts", "const scopes = new Set([`admin:org`]);"),
        ("a.tsx", "<Login clientId={id} scope={'admin:org'} scope2='x' />"),
        ("a.tsx", '<Login clientId={id} scope="admin:org" />'),
        ("a.yml", "client_id: web\nscope: openid admin:org\n"),
        ("a.yml", "client_id: web\nscopes: [openid, 'admin:org']\n"),
        ("a.yml", "client_id: web\nscope: >-\n  openid\n  admin:org\n"),
        ("a.yml", "client_id: web\nscopes:\n- openid\n- admin:org # all of it\n"),
        (
            "a.yml",
            "flows:\n  implicit:\n    authorizationUrl: https://example.com\n    scopes:\n      'admin:org': all\n",
        ),
        ("a.json", '{"client_id": "web", "scopes": ["openid", "admin:org"]}'),
        ("a.toml", '[oauth]\nscopes = [\n  "openid",\n  "admin:org",\n]\n'),
        ("a.tf", 'resource "auth0_client_grant" "g" {\n  scopes = ["create:client_grants"]\n}\n'),
    ],
)
def test_every_format_is_read(path, text):
    (hit,) = found(text, path)
    assert "gives a whole account" in hit.message
    line = textwrap.dedent(text).split("\n")[hit.place.line - 1]
    assert hit.detail in line


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "@pytest.fixture(scope='session')\ndef client_id():\n    return 1"),
        ("a.py", "search(base, scope='all')"),
        ("a.py", "OAUTH_SCOPE_DESCRIPTIONS = {'*': 'everything'}\nAVAILABLE_SCOPES = ['admin:org']"),
        (
            "a.py",
            "BLOCKED_SCOPES = {'admin:org', '*'}\nif scope == 'admin:org' or 'admin:org' in access_token.scopes:\n    deny()",
        ),
        ("a.py", "assert has_scopes(access_token, scopes=['admin:org'])"),
        ("a.py", "app.acquire_token_for_client(scopes=['https://vault.example.com/.default'])"),
        ("a.py", "creds = credentials.with_scopes(['https://www.googleapis.com/auth/cloud-platform'])"),
        ("a.py", "OAuth2Session(client_id, scope='openid profile email offline_access')"),
        ("a.py", "message = 'ask for scope=admin or the like'"),
        (
            "a.js",
            "// scope: 'admin:org'\nif (token.scope === 'admin:org') deny();\nconst scopeOf = (x) => 'admin:org';",
        ),
        ("a.js", "angular.directive('x', () => ({ scope: { all: '=' }, client_id: 1 }));"),
        ("a.js", "const scopes = (oauth) => oauth.list;\nconst full = 'admin:org';"),
        ("a.yml", "rules:\n- apiGroups: ['']\n  scope: '*'\n"),
        ("a.yml", "client_id: web\nscopes:\n  - openid\nnext:\n  - admin:org\n"),
        ("a.json", '{"name": "grammar", "patterns": [{"scope": "source.*"}]}'),
        ("a.tf", 'service_account {\n  scopes = ["https://www.googleapis.com/auth/cloud-platform"]\n}\n'),
        ("a.md", "client_id: web\nscope: admin:org"),
    ],
)
def test_other_words_are_left_alone(path, text):
    assert found(text, path) == []


@pytest.mark.parametrize(
    "text",
    [
        "GITHUB_SCOPES = ['repo']\noauth = GithubOAuth(client_id)",
        "msal_app.acquire_token_interactive(scopes=['Calendars.Read.All'])",
        "Flow.from_client_config(config, scopes=['https://www.googleapis.com/auth/calendar'])",
        "service_account.Credentials.from_service_account_file(f, scopes=['https://www.googleapis.com/auth/drive'])",
    ],
)
def test_a_broad_scope_only_warns(text):
    (hit,) = found(text)
    assert hit.severity is Severity.MEDIUM


def test_the_narrow_sibling_is_named():
    (hit,) = found("SCOPES = ['https://www.googleapis.com/auth/drive']")
    assert "`drive.file` is mostly enough" in hit.message


def test_narrow_scopes_are_counted_as_looked_at():
    facts = examples.repo({"app.py": "OAuth2Session(client_id, scope='openid email')"})[Scope]
    assert [(fact.value, fact.how) for fact in facts] == [("openid", ""), ("email", "")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", "scope: [" * 5_000),
        ("a.js", "scope: '" * 5_000),
        ("a.js", ("scopes = [" + "'a', " * 300 + "\n") * 300),
        ("a.yml", "scopes:\n" * 5_000),
        ("a.py", "scope = " + "+".join(["'a'"] * 3_000)),
        ("a.py", "scope = " + "(" * 80 + "'*'" + ")" * 80),
        ("a.py", "a = b\nb = a\nscope = a"),
    ],
)
def test_odd_text_is_read_in_time(path, text):
    repo = examples.repo({path: text})
    assert repo[Scope] is not None
    assert "seconds" not in " ".join(repo.problems.values())


@pytest.mark.parametrize(
    ("flow", "severity"),
    [
        ("InstalledAppFlow.from_client_secrets_file('c.json', SCOPES).run_local_server()", Severity.MEDIUM),
        ("Flow.from_client_secrets_file('c.json', SCOPES, redirect_uri=URL)", None),
    ],
)
def test_a_program_that_asks_for_the_account_of_whoever_runs_it_warns(flow, severity):
    (hit,) = found(f"SCOPES = ['https://www.googleapis.com/auth/drive']\nflow = {flow}\n")
    assert hit.severity is severity
