"""The wire: requests in, answers out, both held to GitHub's description."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.github.double import NAME, GitHub
from tests.github.shapes import ANSWERS, BODIES, wrong

_ROUTES = {
    r"GET pulls/\d+": "GET pull", r"GET pulls": "GET pulls", r"GET pulls/\d+/reviews": "GET reviews",
    r"GET pulls/\d+/files": "GET files", r"POST pulls/\d+/reviews": "POST reviews",
    r"PUT pulls/\d+/reviews/\d+": "PUT review", r"GET commits/\w+/check-runs": "GET check-runs",
    r"POST check-runs": "POST check-runs", r"PATCH check-runs/\d+": "PATCH check-run",
    r"GET commits/\w+/statuses": "GET statuses", r"POST statuses/\w+": "POST statuses", r"POST graphql": "POST graphql",
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """From a request to the state and back, held to GitHub's description both ways."""

    github: GitHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing on the terminal of the tests."""

    def do_GET(self) -> None:
        self._do()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def _do(self) -> None:
        github, parts = self.github, urlsplit(self.path)
        github.tokens.add(self.headers.get("Authorization", ""))
        github.paths.append(parts.path)
        path = re.sub(r"^/api(/v3(?=/repos)|(?=/graphql))", "", parts.path)  # as GitHub Enterprise Server has them
        path = path.removeprefix(f"/repos/{NAME}/").removeprefix("/")
        kind = next((kind for route, kind in _ROUTES.items() if re.fullmatch(route, f"{self.command} {path}")), "")
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(text) if text else {}
        github.log.append("QUERY" if kind == "POST graphql" and "mutation" not in body["query"] else kind or self.path)
        github.sent.append((github.log[-1], body))
        self._hold(kind in BODIES and wrong(BODIES[kind], body), kind)
        github.before.pop(github.log[-1], lambda: None)()
        fault = next((one for one in github.faults if one.kind == github.log[-1]), None)
        if fault:
            github.faults.remove(fault)
            if fault.after:
                github.answer(kind, path, {}, body)
            if not fault.status:
                self.close_connection = True
                return
            answer = fault.body if fault.body is not None else {"message": "Server Error"}
            self._write(fault.status, fault.raw or json.dumps(answer).encode(), fault.headers)
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, answer, headers = github.answer(kind, path, query, body)
        self._hold(status == 200 and kind in ANSWERS and wrong(ANSWERS[kind], answer), kind)
        self._send(status, answer, headers)

    def _hold(self, said: Any, kind: str) -> None:
        if said:
            self.github.violations.append(f"{kind}: {said}")

    def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        self._write(status, json.dumps(answer).encode(), headers)

    def _write(self, status: int, text: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


def serve(github: GitHub) -> ThreadingHTTPServer:
    """Start it; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"github": github}))
    github.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server
