"""What is kept as somebody's password as it was typed: which tables, which parameters, and what makes it doubtful."""

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples
from tests.flows import FLASK

CHECK = next(check for check in registry.checks() if check.rule.id == "secrets/plain_password")
MODEL = "class User(db.Model):\n    name = db.Column(db.String(80))\n    password = db.Column(db.String(80))\n"
BLOCKED = [
    "db.session.add(models.User(name='x', password=typed))",
    "cur.execute('INSERT INTO users (name, password) VALUES (?, ?)', ('x', typed))",
    "cur.execute('INSERT OR REPLACE INTO app.users (password) VALUES (%s) RETURNING id', [typed])",
    "cur.execute('UPDATE users SET password = %(p)s, name = %(n)s WHERE id = 1', {'n': 'x', 'p': typed})",
    "conn.execute('UPDATE users SET password = $1 WHERE id = $2', typed, 3)",
    "conn.execute(text('UPDATE users SET hashed_password = :p'), p=typed)",
    "db['users'].insert_one({'password': typed})",
    "db.collection('users').replace_one({}, {'password': typed})",
]
PASSED = [
    "db.session.add(models.User(name=typed, password=bcrypt.hashpw(typed, salt)))",
    "cur.execute('INSERT INTO users (name, password) VALUES (?, ?)', (typed, 'x'))",
    "cur.execute('INSERT INTO users (name, password) VALUES (?, crypt(?, ?))', ('x', typed, salt))",
    "cur.execute('INSERT INTO users (name, password) VALUES (?, ?)', pair(typed, 'x'))",
    "cur.execute('UPDATE users SET smtp_password = ?', (typed,))",
    "cur.execute('INSERT INTO accounts (imap_host, password) VALUES (?, ?)', ('x', typed))",
    "cur.execute('SELECT id FROM users WHERE password = ?', (typed,))",
    "conn.execute('UPDATE users SET password = $2, name = $1', typed, 'x')",
    "user = {}; user.update({'password': typed})",
    "users = []; users.insert(0, {'password': typed})",
    "db.users.find_one({'password': typed})",
]


def severities(line: str, model: str = MODEL) -> list[Severity | None]:
    view = f"{FLASK}import bcrypt\n@app.post('/x')\ndef view():\n    typed = request.form['p']\n    {line}\n"
    return [hit.severity for hit in examples.hits(CHECK, {"app.py": view, "models.py": model})]


@pytest.mark.parametrize("line", BLOCKED)
def test_a_typed_password_that_is_kept_blocks(line: str):
    assert severities(f"import models; {line}") == [None]


@pytest.mark.parametrize("line", PASSED)
def test_other_texts_places_and_tables_do_not(line: str):
    assert severities(f"import models; {line}") == []


@pytest.mark.parametrize(
    "method",
    [
        "def __init__(self, **given):\n        self.password = make_hash(given['password'])",
        "@validates('password')\n    def _hashed(self, _, typed):\n        return generate_password_hash(typed)",
        "def save(self):\n        self.set_password(self.password)",
    ],
)
def test_a_model_that_hashes_by_itself_is_left_alone(method: str):
    assert severities("import models; models.User(password=typed)", f"{MODEL}    {method}\n") == []


@pytest.mark.parametrize(
    "method",
    [
        '"""Its password is a hash, as listens_for says."""',
        "def check(self, typed):\n        return check_password_hash(self.password, typed)",
        "def __init__(self, **given):\n        assert check_password_hash(*given)",
        "def set_password(self, typed):\n        self.password = generate_password_hash(typed)",
    ],
)
def test_words_and_methods_nobody_calls_hash_nothing(method: str):
    assert severities("import models; models.User(password=typed)", f"{MODEL}    {method}\n") == [None]


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("import models; user = find(); user.password = typed", Severity.MEDIUM),
        ("import models; user = models.User(password=typed)\n    user.set_password(typed)", Severity.MEDIUM),
        ("import models; user = models.User(password=typed)\n    check_password_hash(user.password, 'x')", None),
    ],
)
def test_what_is_hashed_later_or_nobody_knows_asks_for_a_look(line: str, severity: Severity | None):
    assert severities(line) == [severity]


def test_a_password_of_another_system_is_needed_again():
    assert (
        severities("import models; models.User(password=typed)", f"{MODEL}    smtp_server = db.Column(db.String)\n")
        == []
    )


def test_users_of_django_keep_what_they_are_given():
    model = "from django.contrib.auth.models import AbstractUser\nfrom django.db import models\nclass User(AbstractUser):\n    phone = models.CharField()\n"
    assert severities("import models; models.User.objects.create(password=typed)", model) == [None]
    assert severities("import models; models.User.objects.create_user(password=typed)", model) == []
