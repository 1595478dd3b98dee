"""Ciphers, modes, keys and hashes that are broken, or used in a way that breaks them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_BROKEN = frozenset(
    {"DES", "DES3", "ARC4", "ARC2", "Blowfish", "CAST", "XOR", "TripleDES", "IDEA", "CAST5", "SEED", "RC4", "RC2"}
)
_CRYPTO = lazy.regex(r"(?:Crypto|Cryptodome)\.Cipher\.(\w+)\.new")
_HAZMAT = lazy.regex(
    r"cryptography\.hazmat\.(?:primitives|decrepit)\.ciphers\.(?:modes|algorithms|base\.modes|aead)\.(\w+)(?:\(\))?(?:\.(\w+))?"
)
_RSA = lazy.regex(
    r"(?:cryptography\.hazmat\.primitives\.asymmetric\.(?:rsa|dsa)\.generate_private_key"
    r"|cryptography\.hazmat\.primitives\.asymmetric\.dsa\.generate_parameters"
    r"|(?:Crypto|Cryptodome)\.PublicKey\.(?:RSA|DSA|ElGamal)\.generate|rsa\.newkeys)"
)
_CURVES = frozenset({"SECP192R1", "SECT163K1", "SECT163R2", "SECT233K1", "SECT233R1", "SECP160R1"})
_DIGESTS = lazy.regex(r"hashlib\.(md5|sha1|md4|new)|(?:Crypto|Cryptodome)\.Hash\.(MD2|MD4|MD5|SHA1?)\.new"
                      r"|cryptography\.hazmat\.primitives\.hashes\.(MD5|SHA1)")  # fmt: skip
_WEAK = lazy.regex(r"(?i)(?:md2|md4|md5|sha-?1?|ripemd-?\d*)$")
_SIGNS = lazy.regex(r"(?i)(?:^|[_.])(?:sign|signature|token|secret|hmac|mac|integrity|license|api_?key)(?:$|[_.])")
_SHORT = 2048
_BY_STANDARD = lazy.regex(r"(?i)fingerprint|oaep|mgf1|hmac|otp|prehashed|thumbprint|pbkdf2|hkdf|digest_size")
_OLD_TLS = lazy.regex(r"ssl\.(?:PROTOCOL_(SSLv2|SSLv3|TLSv1|TLSv1_1)|TLSVersion\.(SSLv3|TLSv1|TLSv1_1))")
"""RFC 8996 takes TLS 1.0 and 1.1 out of use, RFC 7568 SSL 3."""
_OPEN_SUITES = lazy.regex(
    r"(?:^|[:+,])(?:e?NULL|aNULL|ADH|AECDH|EXP(?:ORT)?|RC4|DES|3DES|LOW|COMPLEMENTOFALL)(?:$|[-:+@,])"
)
"""Suites that encrypt nothing, ask nobody who he is, or can be broken; those a list takes out begin with `!` or `-`."""


@dataclass(frozen=True)
class Weak:
    """A cipher, mode, key or hash that does not keep what it promises."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "crypto.",
        "cryptodome",
        "crypto import",
        "cryptography",
        "rsa",
        "hashlib",
        "mode_ecb",
        "pyaes",
        "pydes",
        "protocol_",
        "tlsversion",
        "set_ciphers",
    )

    place: Place
    how: str
    """"cipher", "ecb", "old" for ECB that only reads, "iv", "key", "curve", "padding", "hash" for one that signs, "digest" for
    any other, "protocol" or "suite"."""
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) == "test":
            return
        file = reading(source)
        for one in file.calls():
            for how, name in _judged(file, one):
                yield cls(file.place(one.node), how, name)
        for one in file.of(ast.Assign):
            if any(last(spelled(target)) == "minimum_version" for target in one.node.targets):
                yield from (cls(file.place(one.node), *found) for found in _old(file, one.node.value, one.where))


def _judged(file: Reading, one: Node) -> Iterator[tuple[str, str]]:
    name = file.called(one)
    if found := _CRYPTO.fullmatch(name):
        yield from _new(file, one, found[1])
    elif found := _HAZMAT.fullmatch(name):
        yield from _hazmat(file, one, found[1], found[2] or "")
    elif _RSA.fullmatch(name):
        place = 1 if "asymmetric.rsa" in name else 0
        size = file.literal(file.argument(one, "key_size", place) or file.argument(one, "bits", place), one.where)
        if isinstance(size, int) and not isinstance(size, bool) and 0 < size < _SHORT:
            yield "key", f"{size} bits"
    elif name.endswith(("generate_private_key", "derive_private_key")) and ".ec." in name and one.node.args:
        curve = last(file.meaning(one.node.args[0], one.where))
        if curve in _CURVES:
            yield "curve", curve
    elif last(name) in {"encrypt", "decrypt"} and any(_is_old_padding(file, arg, one.where) for arg in one.node.args):
        yield "padding", "PKCS1v15"
    elif name.endswith("PKCS1_v1_5.new") and ".Cipher." in name:
        yield "padding", "PKCS1_v1_5"
    elif name == "ssl.SSLContext":
        yield from _old(file, file.argument(one, "protocol", 0), one.where)
    elif last(name) == "set_ciphers":
        if found := _OPEN_SUITES.search(file.text(file.argument(one, "ciphers", 0), one.where)):
            yield "suite", found[0].strip(":+,-@")
    elif found := _DIGESTS.fullmatch(name):
        yield from _digest(file, one, next(group for group in found.groups() if group))


def _old(file: Reading, node: ast.expr | None, where: str) -> Iterator[tuple[str, str]]:
    """An outdated version of TLS that is asked for."""
    found = _OLD_TLS.fullmatch(file.meaning(node, where)) if node is not None else None
    if found:
        yield "protocol", found[1] or found[2]


def _new(file: Reading, one: Node, cipher: str) -> Iterator[tuple[str, str]]:
    if cipher in _BROKEN:
        yield "cipher", cipher
        return
    mode = file.argument(one, "mode", 1)
    said = last(file.meaning(mode, one.where)) if mode is not None else ""
    if cipher == "AES" and (said == "MODE_ECB" or (mode is None and not file.given(one).keys() & {"iv", "nonce"})):
        yield "ecb", "AES.MODE_ECB"
    for word, place in (("iv", 2), ("nonce", 2), ("initial_value", -1)):
        fixed = file.argument(one, word, place)
        if said and fixed is not None and _is_fixed(file, fixed, one.where):
            yield "iv", f"{cipher}.{said}"
            return


def _hazmat(file: Reading, one: Node, name: str, method: str) -> Iterator[tuple[str, str]]:
    if name in _BROKEN and not method:
        yield "cipher", name
    elif name == "ECB":
        yield ("old" if _decrypts(one) or _only_reads(one) else "ecb"), "modes.ECB"
    elif name in {"CBC", "CTR", "GCM", "CFB", "OFB", "CFB8"} or (
        name in {"AESGCM", "ChaCha20Poly1305"} and method == "encrypt"
    ):
        fixed = one.node.args[0] if one.node.args else None
        if fixed is not None and _is_fixed(file, fixed, one.where) and not _decrypts(one):
            yield "iv", name


def _is_fixed(file: Reading, node: ast.expr, where: str) -> bool:
    """Whether it is the same at each run: written in the code."""
    return isinstance(file.literal(node, where), bytes | str)


def _decrypts(one: Node) -> bool:
    return "decrypt" in one.where.lower()


def _only_reads(one: Node) -> bool:
    """Whether the function decrypts, and encrypts nothing."""
    text = ast.unparse(one.function) if one.function is not None else ""
    return ".decryptor(" in text and ".encryptor(" not in text


def _is_old_padding(file: Reading, node: ast.expr, where: str) -> bool:
    return last(file.meaning(node, where)) == "PKCS1v15"


def _is_by_standard(one: Node) -> bool:
    """Whether a standard asks for this hash here, or only its other properties count: OAEP, HMAC, one-time codes, a name."""
    calls = (outer.node for outer in one.around if isinstance(outer.node, ast.Call))
    return any(_BY_STANDARD.search(last(spelled(call.func))) for call in calls)


def _digest(file: Reading, one: Node, name: str) -> Iterator[tuple[str, str]]:
    """A weak hash: one that something is told genuine by, and one that bandit does not know or whose name it cannot read."""
    written = name in {"md5", "sha1", "md4"}
    if name == "new":
        written = isinstance(file.argument(one, "name", 0), ast.Constant)
        said = file.literal(file.argument(one, "name", 0), one.where)
        name = said if isinstance(said, str) else ""
    harmless = file.literal(file.given(one).get("usedforsecurity"), one.where) is False
    if not _WEAK.fullmatch(name) or harmless:
        return
    function = one.function
    targets = [spelled(target) for target in getattr(one.statement, "targets", ())]
    if any(_SIGNS.search(said) for said in (*targets, function.name if function else "")):
        yield "hash", name.lower()
    elif not written and not _is_by_standard(one):
        yield "digest", name.lower()
