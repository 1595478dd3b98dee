"""Functions that read what they are given as a query, a path, an address or a page: which, and by which argument."""

import re
from collections.abc import Mapping
from functools import lru_cache

from gate import lazy
from gate.facts.runners import Runner, table

SQL, NOSQL, LDAP, XPATH, PATH, URL, REDIRECT, HTML, XML, REGEX, MATCHED, LOG, SESSION, HEADER, ANSWER, FIELDS, OPTION, PASSWORD = (
    "sql", "nosql", "ldap", "xpath", "path", "url", "redirect", "html", "xml", "regex", "matched", "log", "session",
    "header", "answer", "fields", "option", "password",
)  # fmt: skip
MATCHERS: Mapping[str, Runner] = {
    **table(MATCHED, "re.match re.search re.fullmatch re.findall re.finditer re.split", "string", positions=(1,)),
    **table(MATCHED, "re.sub re.subn", "string", positions=(2,)),
}
"""Functions that hold a text against the pattern that is their first argument."""

_LOGGED = tuple(range(6))
"""A message, and the values that are put into it."""
_EXACT: Mapping[str, Runner] = {
    **table(
        SQL,
        "sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text sqlmodel.text "
        "django.db.models.expressions.RawSQL django.db.models.RawSQL psycopg2.sql.SQL psycopg.sql.SQL "
        "pandas.read_sql pandas.read_sql_query duckdb.sql duckdb.query duckdb.execute",
        "text", "sql", "string", "query",
    ),
    **table(
        PATH,
        "builtins.open io.open codecs.open os.open aiofiles.open os.remove os.unlink os.rmdir os.removedirs os.makedirs "
        "os.mkdir os.listdir os.scandir os.walk os.chmod os.truncate shutil.rmtree flask.send_file quart.send_file "
        "flask.helpers.send_file fastapi.responses.FileResponse "
        "starlette.responses.FileResponse aiohttp.web.FileResponse sanic.response.file sanic.file anyio.open_file "
        "zipfile.ZipFile tarfile.open tarfile.TarFile gzip.open bz2.open lzma.open linecache.getlines linecache.getline "
        "sqlite3.connect aiosqlite.connect fileinput.input",
        "file", "path", "name", "path_or_file", "filename_or_fp", "filename", "directory", "top", "database", "files",
    ),
    **table(PATH, "flask.send_from_directory quart.send_from_directory", "directory"),  # what stands behind it is kept in it
    **table(PATH, "glob.glob glob.iglob logging.FileHandler", "pathname", "filename", warn=True),
    **table(
        PATH, "os.rename os.replace os.symlink os.link shutil.copy shutil.copyfile shutil.copy2 shutil.copytree shutil.move",
        "src", "dst", positions=(0, 1),
    ),
    **table(
        URL,
        "requests.get requests.post requests.put requests.delete requests.patch requests.head requests.options "
        "requests.Session.get requests.Session.post requests.Session.put requests.Session.delete "
        "requests.Session.patch requests.Session.head requests.session.get requests.session.post "
        "httpx.get httpx.post httpx.put httpx.delete httpx.patch httpx.head "
        "urllib.request.urlopen urllib.request.Request urllib.request.urlretrieve urllib2.urlopen urllib.urlopen "
        "http.client.HTTPConnection http.client.HTTPSConnection wget.download feedparser.parse "
        "niquests.get niquests.post grequests.get grequests.post treq.get treq.post curl_cffi.requests.get "
        "curl_cffi.requests.post cloudscraper.create_scraper.get requests_html.HTMLSession.get",
        "url", "host",
    ),
    **table(
        URL,
        "socket.create_connection websockets.connect websockets.sync.client.connect websocket.create_connection ftplib.FTP "
        "xmlrpc.client.ServerProxy zeep.Client asyncio.open_connection smtplib.SMTP smtplib.SMTP_SSL telnetlib.Telnet "
        "paramiko.SSHClient.connect",
        "address", "uri", "url", "host", "hostname", "wsdl", warn=True,
    ),
    **table(URL, "httpx.Client httpx.AsyncClient aiohttp.ClientSession", "base_url", positions=()),
    **table(URL, "boto3.client boto3.resource boto3.Session.client boto3.session.Session.client", "endpoint_url",
            positions=(), warn=True),
    **table(URL, "pycurl.Curl.setopt requests.Request", "url", positions=(1,)),
    **table(
        URL, "requests.request requests.Session.request httpx.request httpx.stream aiohttp.request urllib3.request",
        "url", positions=(1,),
    ),
    **table(
        REDIRECT,
        "flask.redirect quart.redirect werkzeug.utils.redirect django.shortcuts.redirect "
        "django.http.HttpResponseRedirect django.http.HttpResponsePermanentRedirect fastapi.responses.RedirectResponse "
        "starlette.responses.RedirectResponse sanic.response.redirect "
        "bottle.redirect tornado.web.RequestHandler.redirect litestar.response.Redirect",
        "location", "to", "redirect_to", "url", "path",
    ),
    **table(
        HTML,
        "markupsafe.Markup flask.Markup jinja2.Markup django.utils.safestring.mark_safe "
        "django.utils.safestring.SafeString django.utils.html.format_html django.http.HttpResponse "
        "django.http.response.HttpResponse fastapi.responses.HTMLResponse starlette.responses.HTMLResponse "
        "flask.make_response flask.Response quart.make_response quart.Response sanic.response.html",
        "content", "response", "body", "format_string",
    ),
    **table(HTML, "aiohttp.web.Response", "text", "body", positions=()),
    **table(HTML, "fastapi.Response starlette.responses.Response", "content"),
    **table(XPATH, "lxml.etree.XPath lxml.etree.ETXPath", "path"),
    **table(XPATH, "elementpath.select elementpath.iter_select", "path", positions=(1,)),
    **table(
        XML,
        "lxml.etree.fromstring lxml.etree.parse lxml.etree.XML lxml.etree.iterparse xml.etree.ElementTree.fromstring "
        "xml.etree.ElementTree.parse xml.etree.ElementTree.XML xml.etree.ElementTree.iterparse "
        "xml.etree.ElementTree.XMLPullParser.feed xml.dom.minidom.parse xml.dom.minidom.parseString "
        "xml.dom.pulldom.parse xml.dom.pulldom.parseString xml.sax.parse xml.sax.parseString "
        "xmltodict.parse",
        "text", "source", "string", "file", "xml_input",
    ),
    **table(
        REGEX, "re.compile re.match re.search re.fullmatch re.findall re.finditer re.sub re.subn re.split "
        "regex.compile regex.match regex.search regex.fullmatch regex.findall regex.sub",
        "pattern",
    ),
    **table(LOG, "logging.debug logging.info logging.warning logging.error logging.critical logging.exception", "msg", positions=_LOGGED),
}  # fmt: skip

_PATTERNS: tuple[tuple[re.Pattern[str], Runner], ...] = (
    (lazy.regex(r"(?:flask|quart|werkzeug)\.(?:\w+\.)*files(?:\.\w+)*\.save"), Runner(PATH, (0,), ("dst",))),
    (lazy.regex(r"pathlib\.(?:Pure)?(?:Posix|Windows)?Path\.(?:open|read_text|read_bytes|write_text|write_bytes|unlink|rmdir|"
                r"iterdir|mkdir|touch)"), Runner(PATH, (), receiver=True)),
    (lazy.regex(r"(?:xml\.etree\.(?:c)?ElementTree|defusedxml\.(?:c)?ElementTree|lxml\.etree)\.(?:\w+(?:\(\))?\.)+(?:find|findall|findtext|iterfind)"),
     Runner(XPATH, (0,), ("path", "match"))),
    (lazy.regex(r"(?:httpx|aiohttp)\.(?:Async)?Client(?:Session)?\.(?:get|post|put|delete|patch|head|options|ws_connect)"),
     Runner(URL, (0,), ("url",))),
    (lazy.regex(r"(?:httpx|aiohttp|urllib3)\.(?:Async)?(?:Client(?:Session)?|PoolManager|ProxyManager)\.(?:request|stream|urlopen)"),
     Runner(URL, (1,), ("url",))),
    (lazy.regex(r"tarfile\.(?:open|TarFile)(?:\.open)?(?:\(\))?\.(?:extract|extractall)"), Runner(PATH, (), receiver=True)),
    (lazy.regex(r"socket\.socket\.connect(?:_ex)?"), Runner(URL, (0,), ("address",), warn=True)),
    (lazy.regex(r"guarded\.httpx\.Client\.(?:get|post|put|delete|patch|head|options|ws_connect)"), Runner(URL, (0,), ("url",), warn=True)),
    (lazy.regex(r"guarded\.httpx\.Client\.(?:request|stream)"), Runner(URL, (1,), ("url",), warn=True)),
    (lazy.regex(r"selenium\.webdriver\.(?:\w+\.)*\w+\.get"), Runner(URL, (0,), ("url",), warn=True)),
    (lazy.regex(r"logging\.getLogger\.(?:debug|info|warning|error|critical|exception)|"
                r"(?:flask|quart)\.(?:Flask|Quart|current_app)\.logger\.(?:debug|info|warning|error|critical|exception)"),
     Runner(LOG, _LOGGED, ("msg",))),
    (lazy.regex(r"(?:re|regex)\.compile\.(?:\w+\.)?(?:match|search|fullmatch|findall|finditer|split)"),
     Runner(MATCHED, (0,), ("string",))),
    (lazy.regex(r"(?:re|regex)\.compile\.(?:\w+\.)?subn?"), Runner(MATCHED, (1,), ("string",))),
    (lazy.regex(r"xml\.sax\.unsafe\.parse"), Runner(XML, (0,), ("source",))),
    (lazy.regex(r"(?:aiohttp\.web(?:_exceptions)?|pyramid\.httpexceptions)\.HTTP(?:Found|SeeOther|Moved\w*|TemporaryRedirect|PermanentRedirect)"),
     Runner(REDIRECT, (0,), ("location",))),
    (lazy.regex(r"tornado\.(?:web\.RequestHandler|websocket\.WebSocketHandler)\.(?:write|finish)"), Runner(HTML, (0,), ("chunk",))),
    (lazy.regex(r"langchain\w*\.(?:\w+\.)*SQLDatabase(?:\.from_uri)?\.run(?:_no_throw)?"), Runner(SQL, (0,), ("command",))),
    (lazy.regex(r"ldap3\.Connection\.search"), Runner(LDAP, (0, 1), ("search_base", "search_filter"))),
    (lazy.regex(r"ldap\.initialize\.search(?:_s|_ext|_ext_s|_st)?"), Runner(LDAP, (0, 2), ("base", "filterstr"))),
)  # fmt: skip

_METHODS: Mapping[str, Runner] = {
    **table(SQL, "execute executemany executescript raw mogrify fetch fetchrow fetchval fetchall fetch_all fetch_one",
            "query", "sql", "statement", "operation", "raw_query"),
    **table(SQL, "extra", "where", "order_by", "tables", positions=()),
    **table(LDAP, "search_s search_st search_ext search_ext_s", "filterstr", "base", positions=(0, 2)),
    **table(LDAP, "search", "search_filter", "search_base", positions=(0, 1)),
    **table(XPATH, "xpath", "_path"),
    **table(LOG, "debug info warning error critical exception", "msg", positions=_LOGGED),
    **table(
        NOSQL,
        "find find_one find_one_and_update find_one_and_delete update_one update_many delete_one delete_many aggregate "
        "count_documents replace_one",
        "filter", "pipeline",
    ),
    **table(URL, "goto", "url", warn=True),
    **table(HEADER, "send_header set_header", "keyword", "name", "value", positions=(0, 1)),
    **table(PATH, "to_csv to_excel to_parquet to_feather to_pickle savefig", "path_or_buf", "path", "excel_writer", "fname"),
    **{name: Runner(PATH, (), receiver=True) for name in ("read_text", "read_bytes", "write_text", "write_bytes")},
}  # fmt: skip

ASKS = frozenset({"filter", "exclude", "filter_by"})
"""Methods of a mapper that ask for rows by the names of their arguments."""
UNMAKES = frozenset({"unescape", "striptags"})
"""Methods of markup that give its text, without what is dangerous on a page or to be escaped again."""
ANSWERS = lazy.regex(
    r"(?:flask|quart|werkzeug|fastapi|starlette|django|aiohttp|litestar|sanic)\.(?:\w+\.)*\w*Response\w*"
)
"""Answers that are told their headers when they are made."""


@lru_cache(maxsize=65536)
def known(name: str) -> Runner | None:
    """How a function, by its dotted name, reads what it is given; None for one that does not."""
    found = _EXACT.get(name)
    return found or next((runner for pattern, runner in _PATTERNS if pattern.fullmatch(name)), None)


def method(name: str) -> Runner | None:
    """How a method of this name reads what it is given, whatever it is called on."""
    return _METHODS.get(name)
