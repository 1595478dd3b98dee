"""Looking names up: what an index answers, what it fails to answer, and who is never asked."""

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import lookup
from gate.cache import Cache
from gate.coverage import Looked
from gate.fact import Lookup, Repo, Settings
from gate.lookup import Index, Known, Release, UnansweredError, ask, configured
from gate.rule import Severity
from gate.scanner import Scanned
from gate.scanners import _index_answers
from gate.scanners.index import MAX_NAMES, scanner
from tests import examples

TODAY = date(2026, 11, 28)
SIMPLE = "application/vnd.pypi.simple.v1+json"


def wheel(name: str, version: str, day: str, *, yanked: bool = False) -> dict[str, object]:
    return {
        "filename": f"{name.replace('-', '_')}-{version}-py3-none-any.whl", "upload-time": f"{day}T00:00:00Z", "yanked": yanked,
    }  # fmt: skip


@dataclass
class Fake:
    """An index on loopback: answers by path, and all it was asked."""

    url: str = ""
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)

    def has(self, name: str, *files: Mapping[str, object]) -> None:
        body = json.dumps({"meta": {"api-version": "1.1"}, "files": list(files)}).encode()
        self.pages[f"/simple/{name}/"] = (200, SIMPLE, body)

    def has_npm(self, name: str, times: Mapping[str, str]) -> None:
        body = json.dumps({"versions": {name: {} for name in times}, "time": times}).encode()
        self.pages[f"/npm/{name.replace('/', '%2F')}"] = (200, "application/json", body)


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers.get("Authorization", "")))
            if self.path in made.moved:
                self.send_response(301)
                self.send_header("Location", made.moved[self.path])
                self.end_headers()
                return
            status, kind, body = made.pages.get(self.path, (404, "text/plain", b"no"))
            packed = gzip.compress(body) if "gzip" in self.headers.get("Accept-Encoding", "") else body
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def scan(
    fake: Fake, base: Mapping[str, str], head: Mapping[str, str], cache: Cache | None = None, **settings: object
) -> Scanned:
    chosen = {"PyPI": f"{fake.url}/simple", "npm": f"{fake.url}/npm"}
    asked = Lookup(**{"on": True, "indexes": chosen, "today": TODAY, **settings})  # type: ignore[arg-type]
    said, store = Settings(lookup=asked), cache or Cache(None)
    earlier = Repo(examples.Memory(base), store, said)
    repo = Repo(examples.Memory(head), store, said, earlier=earlier)
    changed = [source for path in head if head[path] != base.get(path) and (source := repo.source(path))]
    return scanner.scan([source for source in changed if scanner.wants(source)], repo)


def found(scanned: Scanned) -> list[tuple[str, int, str]]:
    return [(one.rule.id, one.hit.place.line, one.hit.detail) for one in scanned.spotted]


def test_only_new_names_and_new_versions_are_asked_about(fake):
    fake.has("flask", wheel("flask", "3.0.3", "2024-01-01"))
    fake.has("httpx", wheel("httpx", "1.0", "2024-01-01"), wheel("httpx", "1.1", "2025-01-01"))
    base = {"requirements.txt": "click==8\nhttpx==1.0\n", "old/requirements.txt": "attrs\n"}
    scanned = scan(fake, base, {**base, "requirements.txt": "click==8\nhttpx==1.1\nflask==3.0.3\nattrs\n"})
    assert (found(scanned), scanned.rows) == ([], ())
    assert sorted(path for path, _ in fake.asked) == ["/simple/flask/", "/simple/httpx/"]
    assert scanned.seen == {"dependencies": {"name": 2}}


def test_what_does_not_exist_blocks(fake):
    fake.has("flask", wheel("flask", "3.0.3", "2024-01-01"))
    head = {"requirements.txt": "flask\nfastjsonguard==1.0\n", "package.json": '{"dependencies": {"left-guard": "^1"}}'}
    fake.has_npm("npm", {"10.0.0": "2020-01-01T00:00:00Z"})
    scanned = scan(fake, {}, head)
    assert ("index/missing_package", 2, "fastjsonguard 1.0") in found(scanned)
    assert [one.rule.severity for one in scanned.spotted] == [Severity.HIGH, Severity.HIGH]
    assert scanned.rows == ()


def test_an_index_that_has_not_even_known_names_tells_nothing(fake):
    scanned = scan(fake, {}, {"requirements.txt": "fastjsonguard\n"})
    assert found(scanned) == []
    (row,) = scanned.rows
    assert row.hole
    assert "known ones neither" in row.reason


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", b""), (403, "text/plain", b""), (200, SIMPLE, b"{"), (200, SIMPLE, b"[]"),
        (200, SIMPLE, b'{"files": [{}]}'), (200, SIMPLE, b"[" * 100_000),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_a_hole(fake, answer):
    fake.pages["/simple/guard/"] = answer
    scanned = scan(fake, {}, {"requirements.txt": "guard\n"})
    assert found(scanned) == []
    assert [(row.state, row.hole) for row in scanned.rows] == [(Looked.PARTIAL, True)]


def test_nobody_at_home_is_a_hole(fake, monkeypatch):
    monkeypatch.setattr(lookup, "SECONDS", 0.5)
    gone = {"PyPI": "http://127.0.0.1:9/simple"}
    (row,) = scan(fake, {}, {"requirements.txt": "guard\n"}, indexes=gone).rows
    assert row.hole
    assert "could not be asked" in row.reason


def test_all_questions_share_one_time(fake, monkeypatch):
    monkeypatch.setattr(_index_answers, "SECONDS", -1.0)
    (row,) = scan(fake, {}, {"requirements.txt": "guard\n"}).rows
    assert row.hole
    assert fake.asked == []


def test_age_versions_and_what_was_withdrawn(fake):
    fake.has("guard", wheel("guard", "0.1", "2026-11-20"))
    fake.has("reqeusts", wheel("reqeusts", "0.1", "2026-11-20"))
    fake.has(
        "flask", wheel("flask", "3.0", "2020-01-01"), wheel("flask", "3.1", "2026-11-27"),
        wheel("flask", "3.2", "2025-01-01", yanked=True),
    )  # fmt: skip
    requirements = "guard==0.1\nreqeusts\nflask==3.1 ; python_version>'3'\nflask==3.2\nflask==9\n"
    scanned = scan(fake, {}, {"requirements.txt": requirements})
    assert sorted(found(scanned)) == [
        ("index/missing_release", 5, "flask 9"),
        ("index/withdrawn_release", 4, "flask 3.2"),
        ("index/young_package", 1, "guard 0.1"),
        ("index/young_package", 2, "reqeusts"),
        ("index/young_release", 3, "flask 3.1"),
    ]
    young = {one.hit.detail: one.hit.severity for one in scanned.spotted if one.rule.id == "index/young_package"}
    assert young == {"guard 0.1": None, "reqeusts": Severity.HIGH}


def test_the_policy_says_what_is_young(fake):
    fake.has("guard", wheel("guard", "0.1", "2026-11-20"))
    assert found(scan(fake, {}, {"requirements.txt": "guard\n"}, young_name=7)) == []


def test_npm_answers_in_its_own_way(fake):
    fake.has_npm("@acme/guard", {"1.0.0": "2026-11-27T10:00:00.000Z"})
    fake.has_npm("left", {"1.0.0": "2020-01-01T10:00:00.000Z", "2.0.0": "2026-11-27T10:00:00.000Z"})
    scanned = scan(fake, {}, {"package.json": '{"dependencies": {\n"@acme/guard": "^1",\n"left": "2.0.0"}}'})
    assert found(scanned) == [("index/young_package", 2, "@acme/guard"), ("index/young_release", 3, "left 2.0.0")]


def test_an_index_without_dates_only_says_that_a_name_exists(fake):
    fake.pages["/simple/guard/"] = (200, "text/html", b"<a href=x>guard-1.tar.gz</a>")
    scanned = scan(fake, {}, {"requirements.txt": "guard==1\n"})
    assert (found(scanned), scanned.rows) == ([], ())


def test_a_private_name_on_a_public_index_blocks(fake):
    fake.has("acme-billing", wheel("acme-billing", "99.0", "2026-11-27"))
    fake.has("pip", wheel("pip", "1", "2020-01-01"))
    own = "https://packages.example.com/simple"
    head = {"requirements.txt": "acme-billing==1.0\nacme-core\n"}
    assert found(scan(fake, {}, head, private=("acme-*",), private_index=own)) == [
        ("index/public_private_name", 1, "acme-billing 1.0")
    ]


def test_what_the_repository_says_of_indexes_is_not_asked_but_thought_of(fake):
    fake.has("pip", wheel("pip", "1", "2020-01-01"))
    head = {"requirements.txt": "--extra-index-url https://packages.example.com/simple\nacme-core\n"}
    scanned = scan(fake, {}, head)
    assert found(scanned) == []
    assert "packages.example.com" in scanned.rows[0].reason
    assert scanned.rows[0].hole


def test_a_name_that_is_bound_to_another_index_is_told_to_nobody(fake):
    fake.has("flask", wheel("flask", "3.0.3", "2024-01-01"))
    bound = '[[tool.uv.index]]\nname = "acme"\nurl = "https://py.acme.example/simple"\nexplicit = true\n'
    bound += '[tool.uv.sources]\nacme-core = { index = "acme" }\n'
    head = {
        "pyproject.toml": f'[project]\nname = "shop"\ndependencies = ["acme-core", "flask"]\n{bound}',
        ".npmrc": "@acme:registry=https://npm.acme.example/\n",
        "package.json": '{"name": "shop", "dependencies": {"@acme/core": "^1"}}',
    }
    scanned = scan(fake, {}, head)
    assert [path for path, _ in fake.asked] == ["/simple/flask/"]
    told = " ".join(row.reason for row in scanned.rows)
    assert "py.acme.example" in told
    assert "npm.acme.example" in told
    assert all(row.hole for row in scanned.rows)


def test_it_is_off_unless_the_policy_turns_it_on(fake):
    scanned = scan(fake, {}, {"requirements.txt": "guard\n"}, on=False)
    assert fake.asked == []
    assert [(row.state, row.hole) for row in scanned.rows] == [(Looked.PARTIAL, False)]
    scanned = scan(fake, {"requirements.txt": "guard\n"}, {"requirements.txt": "guard\n#\n"}, on=False)
    assert [(row.state, row.hole) for row in scanned.rows] == [(Looked.SKIPPED, False)]


def test_more_names_than_it_asks_about_leave_a_hole(fake):
    for number in range(MAX_NAMES + 1):
        fake.has(f"p{number:03}", wheel(f"p{number:03}", "1", "2020-01-01"))
    (row,) = scan(fake, {}, {"requirements.txt": "".join(f"p{n:03}\n" for n in range(MAX_NAMES + 1))}).rows
    assert "p150 (more than 150 names)" in row.reason
    assert len(fake.asked) == MAX_NAMES


def test_an_answer_is_remembered_for_a_day(fake, tmp_path):
    fake.has("guard", wheel("guard", "0.1", "2026-11-20"))
    head = {"requirements.txt": "guard\n"}
    cache = Cache(tmp_path)
    first = scan(fake, {}, head, cache)
    cache.save()
    assert found(scan(fake, {}, head, Cache(tmp_path))) == found(first)
    assert len(fake.asked) == 1
    scan(fake, {}, head, Cache(tmp_path), today=date(2026, 11, 29))
    assert len(fake.asked) == 2


def test_no_answer_leads_to_another_host(fake):
    fake.moved["/simple/guard/"] = "http://localhost:9/simple/guard/"
    with pytest.raises(UnansweredError):
        ask(Index("PyPI", f"{fake.url}/simple", "Basic secret"), "guard")
    fake.moved["/simple/guard/"] = "/simple/Guard/"
    fake.has("Guard", wheel("guard", "0.1", "2026-11-20"))
    assert ask(Index("PyPI", f"{fake.url}/simple"), "guard") == Known((Release("0.1", "2026-11-20", withdrawn=False),))


# Which index is asked


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_pip_says_which_index(tmp_path):
    written(tmp_path, ".config/pip/pip.conf", "[global]\nindex-url = https://a.example.com/simple\n")
    urls = [one.url for one in configured("PyPI", "", {}, tmp_path)]
    assert urls[0] == "https://a.example.com/simple"
    said = {"PIP_INDEX_URL": "https://b.example.com/simple/", "PIP_EXTRA_INDEX_URL": "https://c.example.com/x"}
    urls = [one.url for one in configured("PyPI", "", said, tmp_path)]
    assert urls == ["https://b.example.com/simple", "https://c.example.com/x"]
    assert [one.url for one in configured("PyPI", "https://d.example.com/", said, tmp_path)] == [
        "https://d.example.com"
    ]


def test_npm_says_which_registry(tmp_path):
    written(tmp_path, ".npmrc", "registry=https://npm.example.com/x/\n//npm.example.com/x/:_authToken=abc\n")
    (one,) = configured("npm", "", {}, tmp_path)
    assert (one.url, one.authorization) == ("https://npm.example.com/x", "Bearer abc")
    (one,) = configured("npm", "", {"npm_config_registry": "https://other.example.com/"}, tmp_path)
    assert (one.url, one.authorization) == ("https://other.example.com", "")


def test_where_nobody_says_which_index_no_name_counts_as_missing(tmp_path, monkeypatch):
    monkeypatch.setattr("gate.lookup.default_index", lambda _: "")
    monkeypatch.setattr("gate.scanners._index_answers.configured", lambda *_: configured("npm", "", {}, tmp_path))
    said = _index_answers.answers([("npm", "left")], Lookup(on=True, today=TODAY), Cache(None))
    assert not said.missing
    assert "which index to ask" in said.silent["npm", "left"]


def test_a_configuration_named_by_a_relative_path_could_be_the_changes_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "pip.conf", "[global]\nindex-url = https://evil.example.com/simple\n")
    written(tmp_path, ".npmrc", "registry=https://evil.example.com\n")
    for ecosystem in ("PyPI", "npm"):
        indexes = configured(ecosystem, "", {"PIP_CONFIG_FILE": "pip.conf"}, tmp_path / "home")
        assert all("evil" not in one.url for one in indexes)


def test_a_password_is_sent_and_not_shown(fake, tmp_path):
    fake.has("guard")
    (one,) = configured("PyPI", fake.url.replace("//", "//user:p%40ss@") + "/simple", {}, tmp_path)
    ask(one, "guard")
    assert fake.asked == [("/simple/guard/", "Basic dXNlcjpwQHNz")]
    assert "p%40ss" not in one.url
    written(tmp_path, ".netrc", f"machine 127.0.0.1 login me password {'x' * 8}\n")
    (tmp_path / ".netrc").chmod(0o600)
    (one,) = configured("PyPI", f"{fake.url}/simple", {}, tmp_path)
    assert one.authorization.startswith("Basic ")


@given(st.binary(max_size=200))
def test_no_answer_crashes_it(body):
    for ecosystem, kind in (("PyPI", SIMPLE), ("npm", "application/json")):
        with suppress(UnansweredError):
            lookup._known(Index(ecosystem, "https://x.example.com"), kind, body)
