"""A cipher, key or hash is too weak, or used in a way that makes it so.

Old ciphers and short keys are broken by machines anybody can rent. ECB shows which blocks are equal; an IV or nonce that is
written in the code makes equal messages look equal, and with GCM or CTR gives the text away; a hash with known collisions
lets a forged message keep its signature.
"""

from collections.abc import Iterator

from gate.facts.cipher import Weak
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(327, 326, 329, 328, 780),
    fix="Use `cryptography.fernet.Fernet` or `AESGCM` with a nonce from `os.urandom(12)` for each message, RSA keys of 3072 "
    "bits with OAEP or an elliptic curve of 256 bits, and SHA-256 or better.",
    bad=[
        """
        from Crypto.Cipher import AES, DES3 as cipher
        def encrypt(key, text):
            first = AES.new(key, AES.MODE_ECB).encrypt(text)  # <-
            second = AES.new(key, AES.MODE_CBC, iv=b"0" * 16).encrypt(text)  # <-
            return cipher.new(key).encrypt(first + second)  # <-
        """,
        """
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        NONCE = bytes(16)
        def encryptor(key):
            return Cipher(algorithms.AES(key), modes.CTR(NONCE)).encryptor()  # <-
        def old(key):
            return Cipher(algorithms.ARC4(key), mode=None).encryptor()  # <-
        """,
        """
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.asymmetric import padding
        BITS = 1024
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)  # <-
        sealed = key.public_key().encrypt(message, padding.PKCS1v15())  # <-
        """,
        """
        import hashlib
        METHOD = "m" + "d5"
        def sign(body, secret):
            signature = hashlib.new(METHOD, secret + body).hexdigest()  # <-
            return signature
        """,
        """
        import hashlib
        import ssl
        from Crypto.Hash import MD5
        KIND = "sha1"
        def fingerprint(text):
            return hashlib.new(KIND, text).hexdigest() + MD5.new(text).hexdigest()  # <-
        def context():
            old = ssl.SSLContext(ssl.PROTOCOL_TLSv1)  # <-
            old.minimum_version = ssl.TLSVersion.TLSv1_1  # <-
            old.set_ciphers("ADH-AES256-SHA:!MD5")  # <-
            return old
        """,
    ],
    good=[
        """
        import os
        from Crypto.Cipher import AES
        from Crypto.PublicKey import RSA
        def encrypt(key, text):
            return AES.new(key, AES.MODE_GCM, nonce=os.urandom(12)).encrypt_and_digest(text), RSA.generate(3072)
        """,
        """
        import hashlib
        def etag(body):
            return hashlib.md5(body, usedforsecurity=False).hexdigest()
        def cache_key(text):
            return hashlib.sha1(text).hexdigest()
        def seal(text, kind="sha256"):
            return hashlib.new(kind, text).hexdigest() + hashlib.new("sha512", text).hexdigest()
        """,
        """
        import ssl
        def context():
            made = ssl.create_default_context()
            made.minimum_version = ssl.TLSVersion.TLSv1_2
            made.set_ciphers("ECDHE+AESGCM:!aNULL:!eNULL:!RC4:!3DES")
            return made
        """,
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        def decrypt(key, sealed):
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)
        """,
    ],
    misses=[
        "`hashlib.md5` and `hashlib.sha1` are reported only where a name says that they sign; `bandit` reports the others.",
        "ECB in a function that only decrypts warns: what it reads may be made so by others.",
        "The name of a cipher that comes from configuration is not looked up.",
    ],
)

_SAID = {
    "cipher": "`{}` is a broken cipher.",
    "ecb": "`{}` encrypts equal blocks to equal blocks, so the pattern of the text shows.",
    "old": "`{}` reads what was encrypted so that equal blocks are equal; say who makes it so.",
    "iv": "`{}` gets an IV or nonce that is written in the code, the same for every message.",
    "key": "A key of {} can be factored.",
    "curve": "The curve `{}` is too small.",
    "padding": "Encrypting with `{}` lets whoever can ask for decryption read the message bit by bit; use OAEP.",
    "protocol": "`{}` is out of use: what is sent can be read or changed on the way.",
    "suite": "The suites of `{}` encrypt too weakly, or with whoever answers.",
    "digest": "`{}` has known collisions, so two texts may share it; say `usedforsecurity=False` where nothing depends on it.",
    "hash": "`{}` has known collisions, so what it signs can be replaced.",
}


_WEAKNESSES = {
    "iv": (329, 327),
    "key": (326, 327),
    "curve": (326, 327),
    "padding": (780, 327),
    "suite": (327, 326),
    "digest": (328, 327),
    "hash": (328, 327),
}
"""What is nearer than CWE-327, a broken algorithm."""


@rule.check(Weak)
def look(weak: Weak, repo: Repo) -> Iterator[Hit]:
    severity = Severity.MEDIUM if weak.how in {"hash", "padding", "old", "protocol", "suite", "digest"} else None
    yield Hit(weak.place, _SAID[weak.how].format(weak.name), severity=severity, cwes=_WEAKNESSES.get(weak.how, (327,)))
