"""The bandit tests gate runs, judged anew.

bandit grades by what a call could do; here only what is a flaw nearly wherever it stands is HIGH, and the
flow rules of gate block what depends on where the data comes from. Left out: the tests about imports and
asserts (B101, B110, B112, B401-B415, B403, B404, B603, B606, B607), which nobody can act on; B105 to B107,
which print the literal they suspect and which detect-secrets answers for; B303, B308 and B311, which other
tests and rules say better.
"""

from dataclasses import dataclass

from gate.rule import Severity

LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


@dataclass(frozen=True)
class Test:
    """One test of bandit: the gravest it can be, the weakness, and what to tell people."""

    id: str
    severity: Severity
    cwe: int
    title: str
    why: str
    fix: str


_XML = "Parse XML from outside with `defusedxml`."
_CODE = "Text that becomes code does whatever its author wants, with all the rights of this program."
_WEAK = "Messages under it can be read or forged with modest means."
_MITM = "Whoever sits on the network can read and change what is sent, passwords included."
_MARKUP = "Text marked as safe reaches the browser as it is, scripts included."

TESTS = {test.id: test for test in (
    Test("B102", MEDIUM, 95, "`exec` runs text as code", _CODE,
         "Call the function you mean, or look it up in a dictionary of allowed ones."),
    Test("B103", MEDIUM, 732, "`chmod` opens a file to others on the machine",
         "Every account, and every process that is broken into, can then change or run the file.",
         "Give it 0o600, or 0o700 for what must be run."),
    Test("B104", LOW, 605, "A server listens on all interfaces",
         "Outside a container it is then reachable from every network the machine is in.",
         "Bind to 127.0.0.1, or take the address from the deployment's settings."),
    Test("B108", LOW, 377, "A file has a fixed name in a shared temporary folder",
         "Another account can put a link or a file of its own there first.",
         "Use `tempfile.mkstemp` or `tempfile.TemporaryDirectory`."),
    Test("B113", LOW, 400, "A request has no timeout",
         "A server that does not answer holds this worker for ever.", "Pass `timeout=` in seconds."),
    Test("B201", HIGH, 94, "Flask runs with `debug=True`",
         "The Werkzeug debugger lets whoever reaches an error page run Python on the server.",
         "Leave `debug` out; switch it on by `flask --debug` on your own machine."),
    Test("B202", MEDIUM, 22, "`extractall` trusts the names in a tar archive",
         "An entry called `../../etc/cron.d/x`, or a link, is written outside the target folder.",
         'Pass `filter="data"`.'),
    Test("B301", MEDIUM, 502, "pickle loads data that may not be yours",
         "A pickle is a program: loading one that somebody else wrote runs their code.",
         "Exchange JSON, or check a signature made with a key of your own before loading."),
    Test("B302", MEDIUM, 502, "marshal loads data that may not be yours",
         "marshal is made for trusted bytecode; hostile input crashes the interpreter or runs code.",
         "Exchange JSON."),
    Test("B304", MEDIUM, 327, "A broken cipher encrypts", _WEAK,
         "Use AES-GCM or ChaCha20-Poly1305 from `cryptography`."),
    Test("B305", MEDIUM, 327, "A cipher runs in ECB mode",
         "Equal blocks encrypt to equal blocks, so the text shows through.",
         "Use an authenticated mode such as GCM."),
    Test("B306", MEDIUM, 377, "`tempfile.mktemp` names a file it does not create",
         "Another account can create the file between the name and the use.", "Use `tempfile.mkstemp`."),
    Test("B307", MEDIUM, 95, "`eval` runs text as code", _CODE,
         "Use `ast.literal_eval` for literals, or a parser for what you mean to accept."),
    Test("B310", LOW, 22, "`urlopen` opens whatever the URL names",
         "`file:` and custom schemes are opened too, so a URL from outside can read local files.",
         "Check that the scheme is `https` first."),
    Test("B312", MEDIUM, 319, "Telnet sends everything in clear text", _MITM, "Use SSH."),
    *(Test(name, LOW, 776, f"{parser} parses XML without limits on entities",
           "A small document with nested entities can fill the memory.", _XML)
      for name, parser in (
          ("B313", "`cElementTree`"), ("B314", "`ElementTree`"), ("B315", "`expatreader`"),
          ("B316", "`expatbuilder`"), ("B317", "`xml.sax`"), ("B318", "`minidom`"), ("B319", "`pulldom`"))),
    Test("B321", LOW, 319, "FTP sends everything in clear text", _MITM, "Use SFTP or HTTPS."),
    Test("B323", HIGH, 295, "A TLS context checks no certificate", _MITM,
         "Use `ssl.create_default_context()`; for a private authority, pass its certificate as `cafile`."),
    Test("B324", MEDIUM, 327, "A weak hash is used",
         "Collisions in MD5 and SHA-1 can be made to order, so signatures and integrity checks on them fail.",
         "Use `hashlib.sha256`; where no attacker is involved, say so with `usedforsecurity=False`."),
    Test("B501", HIGH, 295, "A request is sent with `verify=False`", _MITM,
         "Leave `verify` alone; for a private authority, pass the path of its certificate."),
    Test("B502", HIGH, 327, "An outdated version of SSL or TLS is asked for", _WEAK,
         "Use `ssl.create_default_context()`, which asks for TLS 1.2 or newer."),
    Test("B503", MEDIUM, 327, "A function defaults to an outdated version of SSL or TLS", _WEAK,
         "Use `ssl.create_default_context()`."),
    Test("B504", LOW, 327, "A TLS connection leaves the version open",
         "`ssl.wrap_socket` alone accepts outdated versions and checks no host name.",
         "Use `ssl.create_default_context().wrap_socket(..., server_hostname=host)`."),
    Test("B505", HIGH, 326, "A key is too short",
         "Keys of this length have been, or can soon be, factored by others.",
         "Use RSA of 3072 bits, or an elliptic curve of 256."),
    Test("B506", HIGH, 502, "`yaml.load` builds any Python object",
         "A document can name a function to call, so whoever writes it runs code here.",
         "Use `yaml.safe_load`."),
    Test("B507", HIGH, 295, "An SSH client accepts any host key", _MITM,
         "Load the known hosts and use `paramiko.RejectPolicy`."),
    Test("B508", MEDIUM, 319, "SNMP 1 or 2 sends its password in clear text", _MITM, "Use SNMP version 3."),
    Test("B509", MEDIUM, 319, "SNMP runs without encryption or authentication", _MITM,
         "Set an authentication and a privacy protocol."),
    Test("B601", LOW, 78, "A command runs on another machine's shell",
         "A value pasted into the command can end it and start another.",
         "Quote each value with `shlex.quote`."),
    Test("B602", HIGH, 78, "`shell=True` runs a command that is not fixed",
         "A value in the command can end it and start another, with all the rights of this program.",
         "Pass the command as a list, without `shell=True`."),
    Test("B604", LOW, 78, "A call is given `shell=True`",
         "If it starts a program, a value in the command can end it and start another.",
         "Pass the command as a list, without `shell=True`."),
    Test("B605", HIGH, 78, "A shell runs a command that is not fixed",
         "A value in the command can end it and start another, with all the rights of this program.",
         "Use `subprocess.run` with a list."),
    Test("B608", MEDIUM, 89, "SQL is put together from strings",
         "A value that holds a quote changes what the statement does.", "Bind values as parameters."),
    Test("B609", MEDIUM, 78, "A shell expands a wildcard for a program that takes options",
         "A file called like an option is then read as one.",
         "List the files yourself and pass them after `--`."),
    Test("B610", MEDIUM, 89, "`extra()` puts raw SQL into a query",
         "A value pasted into it changes what the statement does.",
         "Use the ORM's expressions, or `params=`."),
    Test("B611", MEDIUM, 89, "`RawSQL` puts raw SQL into a query",
         "A value pasted into it changes what the statement does.",
         "Use the ORM's expressions, or `params`."),
    Test("B612", MEDIUM, 94, "`logging.config.listen` takes settings from the network",
         "Part of a logging configuration is evaluated as code.",
         "Pass `verify=` and check a signature, or drop it."),
    Test("B613", MEDIUM, 838, "Invisible characters change the order of the text shown",
         "The reviewer reads other code than the interpreter runs.",
         "Remove them, or write them as escapes."),
    Test("B614", MEDIUM, 502, "`torch.load` unpickles a file",
         "A model file from elsewhere can run code when it is loaded.",
         "Pass `weights_only=True`, or use safetensors."),
    Test("B615", LOW, 494, "A model or dataset is fetched without a revision",
         "Whoever owns the repository can change what you run tomorrow.",
         "Pass `revision=` with a commit id."),
    Test("B701", MEDIUM, 79, "Jinja2 renders without autoescape",
         "A value that holds markup becomes part of the page.", "Pass `autoescape=select_autoescape()`."),
    Test("B702", MEDIUM, 79, "Mako renders without escaping",
         "A value that holds markup becomes part of the page.", 'Pass `default_filters=["h"]`.'),
    Test("B703", MEDIUM, 79, "`mark_safe` is given text that is not fixed", _MARKUP, "Use `format_html`."),
    Test("B704", MEDIUM, 79, "`Markup` is given text that is not fixed", _MARKUP,
         'Use `Markup("...{}").format(value)`, which escapes the value.'),
)}  # fmt: skip
