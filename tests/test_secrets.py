"""Secrets: found wherever they stand, never shown, and nothing else taken for one.

All secrets are made up here at run time; none stands in this file in one piece.
"""

import base64
import json
import os
import random
import string
import subprocess
import sys
import uuid

import pytest

from gate.coverage import Looked
from gate.errors import ToolError
from gate.rule import Severity, Source
from gate.scanner import Scanned
from gate.scanners import secrets as module
from gate.scanners._secret_kinds import KINDS
from gate.scanners.secrets import WORKER, scanner
from tests import examples

ALNUM, HEX, BASE64 = (
    string.ascii_letters + string.digits,
    "0123456789abcdef",
    string.ascii_letters + string.digits + "+/",
)
URLSAFE, BASE32 = ALNUM + "-_", string.ascii_uppercase + "234567"


def made(alphabet: str, length: int, seed: int = 7) -> str:
    return "".join(random.Random(f"{alphabet}{length}{seed}").choices(alphabet, k=length))  # noqa: S311


def jwt(claims: dict[str, object]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    signed = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    return ".".join([*signed, made(ALNUM, 43)])


def pem(kind: str = "RSA ") -> str:
    body = "\n".join(made(BASE64, 64, n) for n in range(8))
    return f"-----BEGIN {kind}" + f"PRIVATE KEY-----\n{body}\n-----END {kind}" + "PRIVATE KEY-----"


TOKENS = [
    ("github-token", "gh" + "p_" + made(ALNUM, 36)),
    ("github-token", "gh" + "o_" + made(ALNUM, 36)),
    ("github-token", "gh" + "s_" + made(ALNUM, 36)),
    ("github-token", "gh" + "s_12345_" + jwt({"iss": "12345"})),
    ("github-token", "github" + "_pat_" + made(ALNUM, 22) + "_" + made(ALNUM, 59)),
    ("gitlab-token", "gl" + "pat-" + made(ALNUM, 20)),
    ("gitlab-token", "gl" + "pat-" + made(URLSAFE, 27) + ".01" + made(HEX, 7)),
    ("openai-api-key", "sk" + "-proj-" + made(URLSAFE, 74) + "T3Blbk" + "FJ" + made(URLSAFE, 74)),
    ("openai-api-key", "sk" + "-" + made(ALNUM, 20) + "T3Blbk" + "FJ" + made(ALNUM, 20)),
    ("openai-api-key", "sk" + "-svcacct-" + made(URLSAFE, 120)),
    ("anthropic-api-key", "sk" + "-ant-api03-" + made(URLSAFE, 93) + "AA"),
    ("anthropic-api-key", "sk" + "-ant-admin01-" + made(URLSAFE, 93) + "AA"),
    ("openrouter-api-key", "sk" + "-or-v1-" + made(HEX, 64)),
    ("groq-api-key", "gs" + "k_" + made(ALNUM, 52)),
    ("model-provider-api-key", "sk" + "-" + made(HEX, 32)),
    ("xai-api-key", "xa" + "i-" + made(ALNUM, 80)),
    ("nvidia-api-key", "nv" + "api-" + made(URLSAFE, 64)),
    ("perplexity-api-key", "pplx" + "-" + made(ALNUM, 48)),
    ("hugging-face-token", "h" + "f_" + made(string.ascii_letters, 34)),
    ("google-api-key", "AI" + "za" + made(URLSAFE[:-2], 35)),
    ("google-oauth-secret", "GOC" + "SPX-" + made(ALNUM, 28)),
    ("stripe-live-key", "sk_" + "live_" + made(ALNUM, 24)),
    ("stripe-live-key", "rk_" + "live_" + made(ALNUM, 99)),
    ("stripe-test-key", "sk_" + "test_" + made(ALNUM, 24)),
    ("webhook-signing-secret", "wh" + "sec_" + made(ALNUM, 32)),
    ("supabase-key", "sb_" + "secret_" + made(ALNUM, 31)),
    ("supabase-key", "sb" + "p_" + made(HEX, 40)),
    ("supabase-service-role", jwt({"iss": "supabase", "ref": "abc", "role": "service_role"})),
    ("jwt", jwt({"sub": "42", "name": "somebody"})),
    ("aws-key-id", "AK" + "IA" + made(BASE32, 16)),
    ("aws-key-id", "AS" + "IA" + made(BASE32, 16)),
    ("azure-secret", made(ALNUM, 3) + "8" + "Q~" + made(ALNUM, 34)),
    ("slack-token", "xo" + "xb-" + made(string.digits, 12) + "-" + made(ALNUM, 24)),
    ("slack-token", "xa" + "pp-1-A" + made(ALNUM, 30)),
    ("npm-token", "np" + "m_" + made(ALNUM, 36)),
    ("pypi-token", "py" + "pi-AgE" + made(URLSAFE, 150)),
    ("sendgrid-key", "S" + "G." + made(ALNUM, 22) + "." + made(ALNUM, 43)),
    ("twilio-api-key", "S" + "K" + made(HEX, 32)),
    ("digitalocean-token", "do" + "p_v1_" + made(HEX, 64)),
    ("databricks-token", "da" + "pi" + made(HEX, 32)),
    ("linear-token", "lin" + "_api_" + made(ALNUM, 40)),
    ("hashicorp-vault-token", "hv" + "s." + made(ALNUM, 95)),
    ("telegram-bot-token", made(string.digits, 10, 3) + ":A" + "A" + made(ALNUM, 33)),
]
WRAPPED = [
    'x = "{}"',
    "os.getenv('K', '{}')",
    "Client(api_key='{}')",
    '  "value": "{}",',
    "TOKEN={}",
    "key: {}",
    "curl -H 'Authorization: Bearer {}'",
    'x = "{}"  # pragma: allowlist secret',
    "x = '{}'  # nosec  # noqa: S105",
    '"first\\n{}\\nlast"',
    "<!-- {} -->",
]


def scan(text: str, path: str = "app.py") -> Scanned:
    return scanner.scan([Source(path, text)], examples.repo({}))


def kinds(text: str, path: str = "app.py") -> list[str]:
    scanned = scan(text, path)
    assert scanned.rows == ()
    return [one.rule.id.removeprefix("detect-secrets/") for one in scanned.spotted]


def test_every_token_is_found_in_every_wrapping_with_its_columns():
    lines = [(kind, token, form.replace("{}", token)) for kind, token in TOKENS for form in WRAPPED]
    found = {one.hit.place.line: one for one in scan("\n".join(line for _, _, line in lines)).spotted}
    for number, (kind, token, line) in enumerate(lines, 1):
        one = found.get(number)
        assert one, f"{kind} was missed in {line[:12]}"
        assert one.rule.id == f"detect-secrets/{kind}"
        ((at, start, end),) = one.hit.spans
        assert at == number
        assert line[start:end] == token or kind == "slack-token"


def test_an_aws_secret_key_is_known_by_its_name():
    value = made(BASE64, 40)
    for line in (f"aws_secret_access_key = {value}", f'"SecretAccessKey": "{value}"', f"AWS_SECRET_KEY='{value}'"):
        assert kinds(line, "x.txt") == ["aws-secret"]
    assert kinds(f'digest = "{value[:-1]}"', "x.txt") == []


def test_the_account_key_of_a_storage_connection():
    assert kinds("AccountName=shop;AccountKey=" + made(BASE64, 86) + "==;EndpointSuffix=x") == ["azure-secret"]


def test_a_slack_webhook():
    assert kinds(
        "https://hooks.slack.com/" + "services/T" + made(ALNUM, 10) + "/B" + made(ALNUM, 10) + "/" + made(ALNUM, 24)
    )


@pytest.mark.parametrize("kind", ["RSA ", "", "EC ", "OPENSSH ", "DSA "])
def test_a_private_key_is_one_finding_over_its_lines(kind):
    (one,) = scan(f"a\n{pem(kind)}\nb\n").spotted
    assert one.rule.id == "detect-secrets/private-key"
    assert one.hit.severity is Severity.HIGH
    assert {line for line, _, _ in one.hit.spans} >= set(range(3, 11))


def test_a_private_key_on_one_line():
    assert kinds('KEY = "' + pem().replace("\n", "\\n") + '"') == ["private-key"]


def test_a_marker_that_code_compares_with_is_no_private_key():
    code = ",rs=({isEditing:e})=>{let a=[];return e?a:null};" + "function b(c,d){return c.map(d)}" * 9
    assert kinds('if(x=="-----BEGIN ' + f'PRIVATE KEY-----"{code}', "a.js") == []


def test_an_encrypted_private_key_warns():
    (one,) = scan(pem("ENCRYPTED ")).spotted
    assert one.hit.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://app:{}@db.shop.com/app", Severity.HIGH),
        ("mongodb+srv://app:{}@cluster0.abcde.mongodb.net", Severity.HIGH),
        ("redis://:{}@cache.shop.com:6379", Severity.HIGH),
        ("https://deploy:{}@git.shop.com/x.git", Severity.HIGH),
        ("postgres://app:{}@db/app", Severity.MEDIUM),
        ("postgres://app:{}@10.0.3.7/app", Severity.MEDIUM),
    ],
)
def test_a_password_in_a_url(url, expected):
    (one,) = scan(f"DB = '{url.format(made(ALNUM, 14))}'").spotted
    assert (one.rule.id, one.hit.severity) == ("detect-secrets/url-password", expected)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://app:" + "s3cr3tWord9@localhost/app",
        "postgres://app:" + "s3cr3tWord9@127.0.0.1/app",
        "postgres://user:password@db.shop.com/app",
        "postgres://app:${DB_PASSWORD}@db.shop.com/app",
        "postgres://app:{password}@db.shop.com/app",
        "postgres://app:%s@db.shop.com/app",
        "postgres://app:<password>@db.shop.com/app",
        "https://x-token-auth:my-token@git.shop.com/x.git",
        "https://user:pass@example.com/x",
        "https://cdn.shop.com:8080/@scope/package",
        "https://app:" + "Wq83nnXc@example.com/",
        "http://host:8080/path?mail=a:b@c.com",
        "driver://usuario:contraseña@servidor/base",
        "models://scope:prefix@databricks/model",
    ],
)
def test_a_url_without_a_secret(url):
    assert kinds(f"X = '{url}'") == []


@pytest.mark.parametrize(
    "value",
    [
        "AK" + "IAIOSFODNN7EXAMPLE",
        "gh" + "p_" + "x" * 36,
        "gh" + "p_" + "a" * 36,
        "gh" + "p_" + "0123456789abcdefghijklmnopqrstuvwxyz",
        "gh" + "p_" + "YOUR_TOKEN_HERE",
        "sk" + "-proj-" + "your-api-key-goes-here-your-api-key-goes-here-1",
        "sk" + "-proj-" + "xxxx" * 20,
        "sk" + "-...",
        "xo" + "xb-1234-1234-" + made(HEX, 32),
        "sk_" + "test_" + "placeholder123456789abc",
        "sk" + "-learn-contrib-some-very-long-package-name-for-python",
        "<your-github-token>",
        "${GITHUB_TOKEN}",
        "hf_hub_download_with_a_long_identifier_name",
        "npm_config_registry_for_the_whole_company",
        "SK" + "0" * 32,
        "pk_live_" + made(ALNUM, 24),
        "sb_publishable_" + made(ALNUM, 24),
        jwt({"iss": "supabase", "role": "anon"}),
        jwt({"sub": "1234567890", "name": "John Doe"}),
        "eyJhbGciOi.eyJub3QganNvbg.xxxxxxxxxxxxxxxxxxxx",
    ],
)
def test_what_stands_for_a_secret_or_is_public_is_none(value):
    assert kinds(f'TOKEN = "{value}"') == []


def test_a_key_that_a_web_page_hands_out_is_a_note():
    key = "AI" + "za" + made(ALNUM, 35)
    (one,) = scan(f"firebaseConfig = {{apiKey: '{key}', authDomain: 'x.firebaseapp.com'}}", "a.js").spotted
    assert one.hit.severity is Severity.LOW


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "DB_PASSWORD = 'Tr0ub4dor&3x'"),
        ("a.py", "connect(password='Tr0ub4dor&3x')"),
        ("a.js", "const secret = 'Tr0ub4dor&3x';"),
        (".env", "DB_PASSWORD=Tr0ub4dor&3x"),
        (".env.production", "APP_SECRET=Tr0ub4dor9qq"),
        ("application.properties", "spring.datasource.password=Tr0ub4dor9qq"),
        ("c.yaml", "  db_password: Tr0ub4dor9qq"),
        ("a.py", "access_token = '" + made(ALNUM, 30) + "'"),
        ("a.py", "headers = {'X-Api-Key': '" + made(ALNUM, 30) + "'}"),
    ],
)
def test_a_value_named_like_a_password_warns(path, line):
    (one,) = scan(f"import x\n{line}\n", path).spotted
    assert one.rule.id in {"detect-secrets/secret-keyword", "detect-secrets/high-entropy"}
    assert one.hit.severity is Severity.MEDIUM
    ((number, start, end),) = one.hit.spans
    assert number == 2
    assert line[start:end] in line.replace("'", " ").replace("=", " ")


@pytest.mark.parametrize(
    "line",
    [
        "password = 'changeme'",
        "password = os.environ['DB_PASSWORD']",
        "password = getpass('Password: ')",
        "PASSWORD_FIELD = 'password_confirm'",
        "secret = f'{prefix}-secret'",
        "password: str = 'your-password-here'",
        "api_key = 'test-api-key'",
        "SECRET_NAME = 'prod/payments/stripe'",
        "error = 'The password must not be empty'",
        "token_url = 'https://shop.com/oauth/token'",
        "auth_key = '/etc/ssl/private/server.key'",
        "PASSWORD_HASHERS = 'django.contrib.auth.hashers.PBKDF2PasswordHasher'",
        "password = 'hunter2'",
        "apiKeys = 'API-nøgler'",
        "password = 'Contraseña'",
    ],
)
def test_names_words_paths_and_lookups_are_no_passwords(line):
    assert kinds(line) == []


def test_a_random_value_warns_whatever_its_name():
    values = [made(ALNUM, 40, n) for n in range(40)]
    found = kinds("\n".join(f"x{n} = '{value}'" for n, value in enumerate(values)))
    assert set(found) == {"high-entropy"}
    assert len(found) >= 30


def test_hashes_ids_and_data_are_no_secrets():
    lines = [
        f"commit = '{made(HEX, 40)}'",
        f"x = '{made(HEX, 64)}'",
        f"id = '{uuid.UUID(int=5**50)}'",
        f'"integrity": "sha512-{made(BASE64, 86)}=="',
        f'"app-1.2.js": "{made(BASE64, 64)}", "app.min.css": "{made(BASE64, 43)}="',
        f"--hash=sha256:{made(HEX, 64)}",
        f"src='data:image/png;base64,{made(BASE64, 100)}'",
        f"etag = '{made(HEX, 32)}'",
        f"ALPHABET = '{ALNUM}'",
        f"x = '{string.ascii_uppercase}{string.digits}'",
        f"SOUND = (\n    '{made(BASE64, 96, 1)}'\n    '{made(BASE64, 96, 2)}'\n)",
        f"'channel_id': '{made(ALNUM, 40)}'",
        "CONTENT = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'",
        f"image = '{made(BASE64, 4000)}'",
        "model = 'gmi/Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8'",
        "flag = 'ff_back_DEV_3374_review_query_160922_short'",
    ]
    assert kinds("\n".join(lines)) == []


@pytest.mark.parametrize(
    ("path", "severity"),
    [("tests/test_login.py", Severity.LOW), ("app/tests.py", Severity.LOW), ("app/login.py", Severity.MEDIUM)],
)
def test_a_password_weighs_less_in_a_test_and_a_token_does_not(path, severity):
    token = "gh" + "p_" + made(ALNUM, 36)
    password, other = scan(f"password = 'Tr0ub4dor&3x'\nother = '{token}'\n", path).spotted
    assert password.hit.severity is severity
    assert other.hit.severity is Severity.HIGH


@pytest.mark.parametrize(("path", "expected"), [
    ("app/locale/de/LC_MESSAGES/app-messages.json", ["github-token"]), ("i18n/en.json", ["github-token"]),
    ("app/locale/load.py", ["secret-keyword", "github-token"]), ("app/config.json", ["secret-keyword", "github-token"]),
])  # fmt: skip
def test_texts_for_people_are_searched_for_tokens_only(path, expected):
    token = "gh" + "p_" + made(ALNUM, 36)
    text = f'{{\n"login.password": "Tr0ub4dor&3x",\n"other": "{token}"\n}}'
    assert kinds(text.replace('"login.password": ', "password = ") if path.endswith("py") else text, path) == expected


@pytest.mark.parametrize("path", ["package-lock.json", "poetry.lock", "bundle.min.js", "go.sum"])
def test_data_files_are_searched_for_tokens_only(path):
    token = "gh" + "p_" + made(ALNUM, 36)
    assert kinds(f"x = '{made(ALNUM, 40)}'\ny = '{token}'", path) == ["github-token"]


def test_two_tokens_on_a_line_are_two_findings():
    line = " ".join("gh" + "p_" + made(ALNUM, 36, n) for n in (1, 2))
    found = scan(line).spotted
    assert [one.hit.detail for one in found] == ["github-token 1", "github-token 2"]
    assert len({one.hit.spans for one in found}) == 2


def test_a_token_under_a_telling_name_is_one_finding():
    assert kinds("api_key = 'gh" + "p_" + made(ALNUM, 36) + "'") == ["github-token"]


def test_no_value_leaves_the_worker(tmp_path):
    values = [token for _, token in TOKENS] + ["Tr0ub4dor&3x", made(ALNUM, 40)]
    text = "\n".join(f"password = '{value}'" for value in values) + "\n" + pem()
    (tmp_path / "a.py").write_text(text)
    command = [sys.executable, "-I", "-X", "utf8", str(WORKER)]
    done = subprocess.run(command, input='[["a.py", "a.py"]]', cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["a.py"]["found"]) == len(values) + 1
    said = done.stdout + done.stderr + repr(scan(text))
    pieces = [value[at : at + 12] for value in values for at in range(0, len(value) - 11, 6)] + pem().split("\n")[1:-1]
    assert not [piece for piece in pieces if piece in said]


def test_a_failure_of_the_worker_quotes_nothing(monkeypatch, tmp_path):
    worker = tmp_path / "w.py"
    worker.write_text("raise ValueError('the-secret')")
    monkeypatch.setattr(module, "WORKER", worker)
    with pytest.raises(ToolError) as raised:
        scan("x")
    assert "the-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("program", "word"),
    [
        ("import os; os.abort()", "status -6"),
        ("print('{}')", "every file"),
        ("print('x')", "not JSON"),
        ("", "not JSON"),
    ],
)
def test_a_worker_that_crashes_or_babbles_is_a_failure(monkeypatch, tmp_path, program, word):
    worker = tmp_path / "w.py"
    worker.write_text(program)
    monkeypatch.setattr(module, "WORKER", worker)
    with pytest.raises(ToolError, match=word):
        scan("x")


def test_a_worker_that_hangs_is_a_failure(monkeypatch, tmp_path):
    worker = tmp_path / "w.py"
    worker.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(module, "WORKER", worker)
    monkeypatch.setattr(module, "SECONDS", 0.3)
    with pytest.raises(ToolError, match="did not finish"):
        scan("x")


def test_settings_in_the_change_are_neither_obeyed_nor_run(tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    (tmp_path / "ev.py").write_text(f"open({str(mark)!r}, 'w')\ndef is_fp(**_): return True\n")
    baseline = json.dumps(
        {"filters_used": [{"path": f"file://{tmp_path}/ev.py::is_fp"}], "plugins_used": [], "results": {}}
    )
    (tmp_path / ".secrets.baseline").write_text(baseline)
    (tmp_path / "detect_secrets.py").write_text(f"open({str(mark)!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    token = "gh" + "p_" + made(ALNUM, 36)
    sources = [
        Source(".secrets.baseline", baseline),
        Source("detect_secrets.py", "x"),
        Source("json.py", f"a='{token}'"),
    ]
    found = scanner.scan(sources, examples.repo({})).spotted
    assert [one.hit.place.path for one in found] == ["json.py"]
    assert not mark.exists()


def test_a_file_too_long_is_a_hole_and_the_others_are_read(monkeypatch):
    monkeypatch.setattr(module, "MAX_CHARACTERS", 100)
    token = "gh" + "p_" + made(ALNUM, 36)
    scanned = scanner.scan([Source("big", "a" * 101), Source("small", token)], examples.repo({}))
    assert [(row.path, row.state, row.hole) for row in scanned.rows] == [("big", Looked.SKIPPED, True)]
    assert len(scanned.spotted) == 1


TOKEN = "gh" + "p_" + made(ALNUM, 36)
LONG = {
    "one line": made(BASE64, 3_000_000) + f" '{TOKEN}' " + made(BASE64, 100),
    "minified": f"var a='{TOKEN}',password='x';function b(){{return c}};" * 1 + "var a=b(c),password=d;" * 130_000,
    "many lines": ("x = call(some, arguments)  # and a remark\n" * 110_000) + f"y = '{TOKEN}'\n",
    "broken tokens": "eyJ" * 300_000 + " " + TOKEN + " " + "gh" + "p_" * 300_000,
    "broken urls": "://a:" * 300_000 + f" {TOKEN} " + "-----BEGIN PRIVATE KEY-----" * 20_000,
}


@pytest.mark.parametrize("name", list(LONG))
def test_long_files_end_in_time(name):
    scanned = scan(LONG[name], "a.js")
    assert "detect-secrets/github-token" in {one.rule.id for one in scanned.spotted}


def test_a_file_made_to_take_long_is_partly_read_and_says_so():
    text = f"x = '{TOKEN}'\n" + "password " * 500_000
    scanned = scan(text, "a.js")
    assert len(scanned.spotted) == 1
    assert all(row.hole and row.state is Looked.PARTIAL for row in scanned.rows)


def test_odd_text_is_read():
    assert kinds(f"\ufeffx = '{TOKEN}'\x0c\u2028\x85 '\udcff'") == ["github-token"]
    assert not scanner.wants(Source("empty.txt", ""))


def test_a_span_counts_characters_not_bytes():
    (one,) = scan(f"é漢😀 = '{TOKEN}'").spotted
    assert one.hit.spans == ((1, 7, 7 + len(TOKEN)),)


@pytest.mark.parametrize("name", list(KINDS))
def test_every_page_says_what_why_and_how_to_fix_it(name):
    rule = scanner.rule(name)
    assert (rule.id, rule.item, rule.cwes) == (f"detect-secrets/{name}", "secrets", (798,))
    assert rule.title
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")


def test_tokens_of_known_form_weigh_the_same_anywhere_and_guesses_do_not():
    assert scanner.rule("github-token").anywhere
    assert scanner.rule("aws-secret").anywhere
    assert not any(scanner.rule(name).anywhere for name in ("private-key", "url-password", "jwt", "secret-keyword"))


def test_what_is_remembered_depends_on_tool_and_kinds():
    assert (scanner.key() or "").startswith(scanner.version())
    assert len((scanner.key() or "").split()[-1]) == 64


def test_twenty_files_cost_little_beyond_the_start():
    body = "".join(
        f"def f{n}(a, password=None):\n    return g(a, key='{n}', url='https://x.com')\n\n" for n in range(100)
    )
    sources = [Source(f"pkg/m{n}.py", body) for n in range(20)]
    start = _cpu(lambda: scan("password = 'nothing'"))
    assert _cpu(lambda: scanner.scan(sources, examples.repo({}))) - start < 1


def _cpu(work) -> float:
    before = os.times()
    work()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
