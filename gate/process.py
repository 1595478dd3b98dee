"""Running other programs: the only place that starts one."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from gate.errors import ToolError

_KEPT = (
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "TZ",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "no_proxy", "XDG_CACHE_HOME",
)  # fmt: skip


_ending = threading.Event()
_running: set["subprocess.Popen[bytes]"] = set()
"""What to end when gate itself is told to end: tools have sessions of their own, so nobody else would."""


@dataclass(frozen=True)
class Output:
    """What a program printed, and how it ended."""

    status: int
    stdout: str
    stderr: str


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment a tool gets: what it needs to start, and no token, no setting, no import path."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    kept |= {"PATH": _absolute(kept["PATH"])} if "PATH" in kept else {}
    return {**kept, "PYTHONUTF8": "1", "NO_COLOR": "1", **(extra or {})}


def _absolute(path: str) -> str:
    """A PATH without entries that depend on the working folder: the change lies there, and could hold a `git`."""
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if Path(entry).is_absolute())


def python(program: str | Path, *arguments: str) -> list[str]:
    """The command line of a Python module, or of a file, in gate's own environment.

    Isolated (-I), so that neither the working folder nor the environment can slip in a module.
    """
    named = [str(program)] if isinstance(program, Path) else ["-m", program]
    return [sys.executable, "-I", "-X", "utf8", *named, *arguments]


def patience(seconds: float, files: int) -> float:
    """A time limit in seconds: what a few files are given, and a tenth of a second for each file beside."""
    return seconds + files / 10


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
    stdin: str = "",
) -> Output:
    """Run a program to its end; `timeout` is in seconds.

    Raises:
        ToolError: It could not be started, or did not end in time (it and its children are killed).
    """
    name = Path(command[0]).name
    if _ending.is_set():
        raise ToolError(f"`{name}` was not started: gate was told to end")
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env) if env is not None else clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        where = f" in `{cwd}`" if cwd and str(error.filename) == str(cwd) else ""
        raise ToolError(f"`{name}` could not be started{where}: {error.strerror or error}") from error
    _running.add(process)
    if _ending.is_set():  # told to end while it was being started
        stop_all()
    try:
        out, err = process.communicate(stdin.encode(errors="surrogateescape"), timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"`{name}` did not finish within {timeout:g} seconds") from error
    finally:
        _kill(process)
        _running.discard(process)
    return Output(process.returncode, *(part.decode(errors="surrogateescape") for part in (out, err)))


def stop_all() -> None:
    """End every program that is running, and its children, and start no more."""
    _ending.set()
    for process in list(_running):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def end_tools_first() -> None:
    """From now on, told to end (interrupted, hung up), end every program that is running before gate ends."""

    def end(number: int, _frame: FrameType | None) -> None:
        stop_all()
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGTERM)):  # Windows has none
        signal.signal(number, end)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()


class TimeLimitError(Exception):
    """The work took longer than its limit."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop the work inside after so many seconds of processor time; only the main thread can be stopped.

    A busy machine must not change what is found, so waiting does not count; what is waited for has limits of its own.

    Raises:
        TimeLimitError: The work did not finish in time.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(f"took longer than {seconds:g} seconds of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    start = time.process_time()
    outer, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:  # limits nest: what is left of the outer one goes on
        left = max(outer - (time.process_time() - start), 0.001) if outer else 0
        signal.setitimer(signal.ITIMER_PROF, left)
        signal.signal(signal.SIGPROF, before)


class Server:
    """A program that answers questions on its standard input, one at a time."""

    def __init__(self, command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
        try:
            self._process = subprocess.Popen(
                command, cwd=cwd, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise ToolError(f"`{command[0]}` could not be started: {error.strerror or error}") from error

    def ask(self, questions: bytes) -> None:
        """Send lines. More than a pipe holds (4 kB at least) may block."""
        stdin = self._process.stdin
        if stdin is None:
            raise ToolError("the pipe to a program is closed")
        try:
            stdin.write(questions)
            stdin.flush()
        except BrokenPipeError as error:
            raise ToolError("a program gate was talking to has ended") from error

    def line(self) -> bytes:
        """The next line of the answer."""
        return self._process.stdout.readline() if self._process.stdout else b""

    def read(self, size: int) -> bytes:
        stdout = self._process.stdout
        data = stdout.read(size) if stdout else b""
        if len(data) != size:
            raise ToolError("a program gate was talking to ended in the middle of its answer")
        return data

    def close(self) -> None:
        _kill(self._process)
