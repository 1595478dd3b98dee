"""Passwords that are hashed so fast, or so alike, that a stolen table of them can be guessed."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled, texts
from gate.facts.wording import words
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_FAST = lazy.regex(
    r"hashlib\.(md5|sha1|sha224|sha256|sha384|sha512|sha3_\d+|blake2[bs]|new)|(?:Crypto|Cryptodome)\.Hash\.(\w+)\.new"
)
_PASSWORD = frozenset({"password", "passwd", "pwd", "pw", "passphrase", "passwort"})
_HASHED = frozenset({"hashed", "encrypted", "digested"})
_WEAK_SCHEMES = lazy.regex(
    r"(?i)(?:hex_|ldap_|ldap_salted_)?(?:md4|md5|sha1|sha256|sha512|plaintext)$|des_crypt|md5_crypt|lmhash|nthash|mysql323|"
    r"unsalted|roundup_plaintext|plain$|.*\.(?:Unsalted\w+|MD5PasswordHasher|SHA1PasswordHasher)$|(?:pbkdf2:)?(?:md5|sha1)(?::\d+)?$"
)
_PASSLIB = lazy.regex(r"passlib\.hash\.(\w+)\.(?:hash|encrypt|using)(?:\(\).*)?")
_NOT_STORED = lazy.regex(
    r"(?i)pwned|hibp|breach|range|digest_auth|realm|nonce|challenge|gravatar|cache|cnonce|scram|file|redis"
)
_SIGNS_IN = lazy.regex(r"(?i)log_?in|sign_?in|authenticat|auth$|verify|check_(?:user|pass|cred)|get_token|create_token")
_KEPT = lazy.regex(
    r"(?i)(?:\w*(?:user|account|member|admin|customer|row|record|person|student|employee|patient|author)|u)\.(?:password|passwd|pwd)"
)
_HASHES = lazy.regex(r"(?i)hash|crypt|digest|md5|sha\d|argon|verify_pass|check_pass")
_EQUALS = frozenset({"hmac.compare_digest", "secrets.compare_digest"})
_FEW = {"sha1": 600_000, "sha256": 100_000, "sha512": 100_000}


@dataclass(frozen=True)
class Password:
    """A password made into something that can be turned back by guessing."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("passw", "pwd", "passphrase", "gensalt", "hashlib", ".hash")

    place: Place
    how: str
    """"fast", "scheme", "rounds", "salt" or "plain"."""
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        file = reading(source)
        for one in file.of(ast.Call, ast.Assign, ast.Compare):
            found = _JUDGES[type(one.node)](file, one)
            if found:
                yield cls(file.place(one.node), *found)


def _call(file: Reading, one: Node) -> tuple[str, str] | None:
    name = file.called(one)
    if found := _FAST.fullmatch(name):
        return _fast(file, one, found[1] or found[2])
    if (found := _PASSLIB.fullmatch(name)) and _WEAK_SCHEMES.match(found[1]):
        return "scheme", found[1]
    short = last(name)
    if short == "generate_password_hash":
        method = file.literal(file.argument(one, "method", 1), one.where)
        return ("scheme", method) if isinstance(method, str) and _WEAK_SCHEMES.match(method) else None
    if name == "passlib.context.CryptContext":
        schemes = file.literal(file.argument(one, "schemes", 0), one.where)
        first = schemes[0] if isinstance(schemes, list) and schemes else None
        return ("scheme", first) if isinstance(first, str) and _WEAK_SCHEMES.match(first) else None
    if name == "bcrypt.gensalt":
        rounds = file.literal(file.argument(one, "rounds", 0), one.where)
        return ("rounds", f"bcrypt with {rounds} rounds") if isinstance(rounds, int) and rounds < 10 else None
    if name == "hashlib.pbkdf2_hmac" and len(one.node.args) > 1 and _of_password(one.node.args[1]):
        return _derived(file, one)
    return None


def _fast(file: Reading, one: Node, name: str) -> tuple[str, str] | None:
    if name == "new":
        said = file.literal(file.argument(one, "name", 0), one.where)
        name = said if isinstance(said, str) else "new"
    function = one.function
    around = f"{one.where} {ast.unparse(one.node)}"
    if _NOT_STORED.search(around) or (function is not None and "pbkdf2" in one.where):
        return None
    if _is_label(one) or _is_compared(file, one):
        return None
    named = function is not None and re.fullmatch(
        r"_?(?:hash|encrypt|encode|digest)_?(?:password|passwd|pwd|pw)|set_password", function.name
    )
    if named or any(_of_password(arg) for arg in one.node.args) or _updated(one):
        return "fast", name
    return None


def _is_label(one: Node) -> bool:
    """Whether it is put into a text such as `f"user={user}|password={hash}"`: a key of a cache."""
    texts = (outer.node for outer in one.around if isinstance(outer.node, ast.JoinedStr))
    return any(isinstance(part, ast.Constant) and "=" in str(part.value) for text in texts for part in text.values)


def _is_compared(file: Reading, one: Node) -> bool:
    """`compare_digest(sha256(typed).digest(), sha256(expected).digest())`: two texts are made equally long, and no hash is kept."""
    outer = next((two for two in one.around if isinstance(two.node, ast.Call) and file.called(two) in _EQUALS), None)
    made = [_hash_of(side) for side in outer.node.args] if outer is not None else []
    alike = {spelled(hashed.func) for hashed in made if hashed is not None}
    return len(made) == 2 and None not in made and len(alike) == 1 and any(hashed is one.node for hashed in made)


def _hash_of(side: ast.expr) -> ast.Call | None:
    """`sha256(text)` in `sha256(text).digest()`."""
    match side:
        case ast.Call(func=ast.Attribute(value=ast.Call(args=[_]) as made, attr="digest" | "hexdigest"), args=[]):
            return made
    return None


def _updated(one: Node) -> bool:
    """`h = hashlib.sha256()`, then `h.update(password.encode())`."""
    statement, function = one.statement, one.function
    if one.node.args or function is None or not isinstance(statement, ast.Assign):
        return False
    return any(spelled(target) in _fed(function) for target in statement.targets)


@lru_cache(maxsize=256)
def _fed(function: ast.AST) -> frozenset[str]:
    """The names on which `update` is called with a password."""
    calls = (node for node in walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    fed = (call for call in calls if call.func.attr == "update" and any(map(_of_password, call.args)))  # type: ignore[attr-defined]
    return frozenset(spelled(call.func.value) for call in fed)  # type: ignore[attr-defined]


def _of_password(node: ast.AST) -> bool:
    """Whether an expression holds a password, by its names; a hash, a salt or a field's name is none."""
    for text in texts(node):
        parts = words(text)
        plain = _HASHED.isdisjoint(parts) and len(text) < 40 and not text.isupper()
        if parts and parts[-1] in _PASSWORD and plain:
            return True
    return False


def _derived(file: Reading, one: Node) -> tuple[str, str] | None:
    rounds = file.literal(file.argument(one, "iterations", 3), one.where)
    if isinstance(rounds, int) and rounds < 100_000:
        return "rounds", f"PBKDF2 with {rounds:,} rounds"
    salt = file.literal(file.argument(one, "salt", 2), one.where)
    return ("salt", "PBKDF2") if isinstance(salt, bytes | str) else None


def _hashers(file: Reading, one: Node) -> tuple[str, str] | None:
    """Django's `PASSWORD_HASHERS`, of which the first makes new hashes."""
    if not any(spelled(target) == "PASSWORD_HASHERS" for target in one.node.targets):
        return None
    found = file.literal(one.node.value, one.where)
    first = found[0] if isinstance(found, list) and found else None
    return ("scheme", last(first)) if isinstance(first, str) and _WEAK_SCHEMES.match(first) else None


def _compared(_file: Reading, one: Node) -> tuple[str, str] | None:
    """`user.password == request.form["password"]`, where callers sign in and nothing is hashed: it is kept as it was typed."""
    function, sides = one.function, (one.node.left, one.node.comparators[0])
    if function is None or not isinstance(one.node.ops[0], ast.Eq | ast.NotEq) or not _SIGNS_IN.search(one.where):
        return None
    kept = next((side for side in sides if _KEPT.fullmatch(_plain(side))), None)
    typed = next((side for side in sides if side is not kept and _of_password(side)), None)
    if kept is None or typed is None or _HASHES.search(ast.unparse(function)):
        return None
    return "plain", _plain(kept)


def _plain(node: ast.expr) -> str:
    """`user.password` and `user["password"]` as the former; "" for anything else."""
    match node:
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() as key)) | ast.Attribute(value=owner, attr=key):
            return f"{last(spelled(owner))}.{key}"
    return ""


_JUDGES = {ast.Call: _call, ast.Assign: _hashers, ast.Compare: _compared}


def keeps(source: Source, function: str) -> bool:
    """Whether what a function of this name gives is stored as somebody's password: `user.password = old_hash(given)`."""
    return any(function in _made_by(node) for node in walk(source.tree) if _stores(node)) if source.tree else False


def _stores(node: ast.AST) -> bool:
    """Whether an attribute, a key or an argument is set that is named for a password."""
    match node:
        case ast.Assign(targets=[ast.Attribute(attr=name), *_]) | ast.keyword(arg=str() as name):
            return not _PASSWORD.isdisjoint(words(name))
    return False


def _made_by(node: ast.AST) -> frozenset[str]:
    """What is called for the value that is stored."""
    value = node.value if isinstance(node, ast.Assign | ast.keyword) else None
    return frozenset({last(spelled(value.func))}) if isinstance(value, ast.Call) else frozenset()
