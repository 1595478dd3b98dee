"""A connection does not verify whom it talks to.

TLS without verification keeps out nobody who can answer in the server's place: passwords, tokens and data go to whoever
sits between. It is switched off to get past one error of a certificate, and stays off everywhere.
"""

from collections.abc import Iterator

from gate.facts.tls import Unverified
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(295, 297),
    fix='Leave verification on. For a private certificate authority give its file: `verify="/etc/ssl/corp.pem"`, '
    "`ssl.create_default_context(cafile=...)`; for SSH load the known hosts and refuse others with `RejectPolicy`.",
    bad=[
        """
        import ldap, pycurl, redis, ssl
        from ldap3 import Tls
        from pymongo import MongoClient
        from requests.adapters import HTTPAdapter
        mongo = MongoClient("mongodb://db.example.com/?tls=true&tlsAllowInvalidCertificates=true")  # <-
        cache = redis.from_url("rediss://cache.example.com:6379/0?ssl_cert_reqs=none")  # <-
        ldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_NEVER)  # <-
        directory = Tls(validate=ssl.CERT_NONE)  # <-
        curl = pycurl.Curl()
        curl.setopt(pycurl.SSL_VERIFYPEER, 0)  # <-
        class Adapter(HTTPAdapter):
            def cert_verify(self, conn, url, verify, cert):
                conn.cert_reqs = "CERT_NONE"  # <-
        """,
        """
        import requests
        s = requests.Session()
        s.verify = False  # <-
        """,
        """
        import aiohttp
        async def get(u):
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as s:  # <-
                return await s.get(u)
        """,
        """
        import httpx
        OPTS = {"verify": False}
        client = httpx.Client(**OPTS)  # <-
        """,
        """
        import ssl
        ssl._create_default_https_context = ssl._create_unverified_context  # <-
        """,
        """
        import ssl
        def context():
            ctx = ssl.create_default_context()
            ctx.check_hostname = False
            ctx.verify_mode = ssl.CERT_NONE  # <-
            return ctx
        """,
        """
        import ssl, socket
        def connect(host):
            return ssl.SSLContext(ssl.PROTOCOL_TLS).wrap_socket(socket.socket(), server_hostname=host)  # <-
        """,
        """
        import redis
        r = redis.Redis(host="cache.prod", ssl=True, ssl_cert_reqs="none")  # <-
        """,
        """
        import requests as r
        def fetch(session, url):
            return session.get(url, verify=False)  # <-
        def load(url, verify=False):
            return r.get(url, verify=verify)  # <-
        """,
        """
        import ssl
        def context():
            ctx = ssl.SSLContext(ssl.PROTOCOL_TLS)  # <-
            ctx.verify_mode = ssl.CERT_REQUIRED
            return ctx
        def other():
            return ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)  # <-
        """,
        """
        import paramiko
        def run(host):
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # <-
            return client
        """,
        {
            "Dockerfile": """
            FROM node:22
            ENV NODE_TLS_REJECT_UNAUTHORIZED=0  # <-
            RUN curl -fsSLk https://get.example.com/tool -o tool  # <-
            RUN wget -q --no-check-certificate https://get.example.com/other  # <-
            """,
            ".github/workflows/build.yml": """
            jobs:
              build:
                steps:
                  - run: curl --insecure https://get.example.com/install.sh | sh  # <-
                  - run: git config --global http.sslVerify false  # <-
            """,
            "charts/queue/values.yaml": """
            kafka:
              tls:
                insecureSkipVerify: true  # <-
            """,
            "main.tf": """
            provider "vault" {
              skip_tls_verify = true  # <-
            }
            """,
        },
    ],
    good=[
        """
        import ldap, pycurl, redis, ssl
        from ldap3 import Tls
        from pymongo import MongoClient
        mongo = MongoClient("mongodb://localhost/?tls=true&tlsAllowInvalidCertificates=true")
        cache = redis.from_url("rediss://cache.example.com:6379/0?ssl_cert_reqs=required")
        ldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
        directory = Tls(validate=ssl.CERT_REQUIRED)
        curl = pycurl.Curl()
        curl.setopt(pycurl.SSL_VERIFYPEER, 1)
        """,
        """
        import requests
        requests.get("https://x.example", verify="/etc/ssl/corp.pem")
        requests.get(url, verify=settings.tls_verify)
        requests.get("https://localhost:8443/health", verify=False)
        """,
        """
        import ssl
        ctx = ssl.create_default_context(cafile=CA)
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS)
        old.verify_mode = ssl.CERT_REQUIRED
        old.check_hostname = True
        """,
        """
        import jwt, requests
        result = proof.verify(False)
        claims = jwt.decode(token, verify=False)
        """,
        {
            "Dockerfile": "FROM x\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\nRUN curl -fsSL https://x.example/a && sort -k 2 a\nHEALTHCHECK CMD curl -k https://localhost:8443/",
            "values.yaml": "tls:\n  insecureSkipVerify: false",
            "README.md": "curl -k https://x.example",
        },
        {
            "tests/test_tls.py": """
            import requests
            requests.get("https://self-signed.test", verify=False)
            """
        },
    ],
    misses=[
        "A setting that says whether to verify, and is off by default, is not followed to the connection.",
        "`sslmode=disable` of a database is not reported: many reach one on the same machine.",
        "A function that also reads the other end's certificate (`getpeercert`) only warns.",
    ],
)


@rule.check(Unverified)
def look(found: Unverified, repo: Repo) -> Iterator[Hit]:
    said = f"{found.what} lets anybody who can answer in the server's place read and change what is sent."
    yield Hit(found.place, said, severity=Severity.MEDIUM if found.conditional else None)
