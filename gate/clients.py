"""Which index the clients of this machine ask when nobody tells them where: pip and npm say it themselves."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from gate.errors import ToolError
from gate.process import clean_environment, run

_SECONDS = 10.0


@cache
def default_index(ecosystem: str) -> str:
    """The address of the index of "PyPI" or "npm"; "" where its client is not installed, or does not say."""
    return _pip()[0] if ecosystem == "PyPI" else _npm()


@cache
def default_hosts() -> frozenset[str]:
    """The hosts that packages come from by default, as far as the clients are installed."""
    hosts = (urlsplit(default_index(one)).hostname for one in ("PyPI", "npm"))
    return frozenset(host.lower() for host in (*hosts, _pip()[1]) if host)


def _pip() -> tuple[str, str]:
    """The index, and the host its files lie on."""
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        return "", ""
    return str(PyPI.simple_url), str(PyPI.file_storage_domain)


def _npm() -> str:
    """What npm takes where neither a file here nor one of the user's says otherwise."""
    program = shutil.which("npm", path=clean_environment().get("PATH", ""))
    if not program:
        return ""
    with TemporaryDirectory(prefix="gate-") as folder:
        Path(folder, "package.json").write_text("{}", encoding="utf-8")  # so that it looks into no folder above
        nothing = (f"--{one}={Path(folder, one)}" for one in ("userconfig", "globalconfig"))
        command = [program, "config", "get", "registry", "--offline", "--no-update-notifier", *nothing]
        try:
            told = run(command, cwd=Path(folder), timeout=_SECONDS)
        except ToolError:
            return ""
    address = told.stdout.strip()
    return address if told.status == 0 and urlsplit(address).hostname else ""
