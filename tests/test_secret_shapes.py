"""Shapes in which a secret is written: each is found, and what only looks like it is not."""

import random
import string

import pytest

from gate.rule import Source
from gate.scanners.secrets import scanner
from tests import examples

DRAW = random.Random(7)  # noqa: S311
VALUE = "".join(DRAW.choices(string.ascii_letters, k=7)) + "4" + "".join(DRAW.choices(string.ascii_letters, k=4)) + "82"
LETTERS = " ".join("".join(DRAW.choices("qzxvkwjbhp", k=4)) for _ in range(4))
WEAK = "hunter" + "2"


TOKEN = "gh" + "p_" + "".join(DRAW.choices(string.ascii_letters + string.digits, k=36))
PARTS = (TOKEN[:9], TOKEN[9:21], TOKEN[21:])


def kinds(path: str, text: str) -> list[str]:
    spotted = scanner.scan([Source(path, f"{text}\n")], examples.repo({})).spotted
    return [one.rule.id for one in spotted]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rs", f'let password = String::from("{VALUE}");'),
        ("a.rs", f'let password = Some("{VALUE}");'),
        ("a.vb", f'Dim password As String = "{VALUE}"'),
        ("a.clj", f'{{:user "app" :password "{VALUE}"}}'),
        ("spec/a_spec.rb", f"let(:api_key) {{ '{VALUE}' }}"),
        ("a.pl", f'my $dbh = DBI->connect("dbi:mysql:app", "app", "{VALUE}");'),
        ("a.py", f'yag = yagmail.SMTP("me@acme.io", "{VALUE}")'),
        ("a.go", f'store := cookie.NewStore([]byte("{VALUE}"))'),
        ("my.cnf", f"password={VALUE}"),
        ("a.http", f"X-API-Key: {VALUE}"),
        ("a.py", f'match password:\n    case "{VALUE}":\n        grant()'),
        ("a.js", f"switch (password) {{\n  case '{VALUE}':\n    grant();\n}}"),
        ("a.py", f"EMAIL_HOST_PASSWORD = '{LETTERS}'"),
        ("a.py", f'if password == "{WEAK}":\n    grant()'),
        ("a.js", "const t = ['{}', '{}',\n  '{}'].join('');".format(*PARTS)),
        ("a.py", 't = "".join(["{}", "{}", "{}"])'.format(*PARTS)),
        ("a.php", "$t = implode('', ['{}', '{}', '{}']);".format(*PARTS)),
        ("a.js", "const t = '{}'.concat('{}', '{}');".format(*PARTS)),
    ],
)
def test_a_secret_is_found_in_this_shape(path: str, text: str):
    assert kinds(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rs", 'let token = String::from("authorization_code");'),
        ("a.vb", 'Dim passwordLabel As String = "Enter password"'),
        ("a.clj", '{:type "password" :token "bearer"}'),
        ("spec/a_spec.rb", "let(:token) { 'invalid-token' }"),
        ("a.pl", 'my $dbh = DBI->connect("dbi:mysql:app", $user, $password);'),
        ("a.go", 'store := cookie.NewStore([]byte(os.Getenv("SESSION_SECRET")))'),
        ("my.cnf", "default_authentication_plugin=mysql_native_password"),
        ("a.http", "X-API-Key: {{apiKey}}"),
        ("a.py", 'match token:\n    case "identifier":\n        pass'),
        ("a.py", "password = 'must have some more'"),
        ("a.py", "kinds = ', '.join(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'glpat-', 'npm_', 'sk_live_', 'xoxb-'])"),
        ("a.py", f"password = '{WEAK}'"),
        ("a.html", f'"g-recaptcha-sitekey": "6Lc{VALUE}_{VALUE}{VALUE}"'),
    ],
)
def test_what_only_looks_like_one_is_not(path: str, text: str):
    assert kinds(path, text) == []
