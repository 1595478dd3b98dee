"""Text from a request names a file.

`../../etc/passwd` is a name, too: whoever names the file reads, overwrites or deletes any that this program may. An
absolute path replaces what `os.path.join` puts before it.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.door import right
from gate.facts.value import FOUND, JOINED, LED, VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(22,),
    fix="""Keep an id and look the file's name up. Else take one name only (`secure_filename`, `Path(name).name`), or
    resolve the path and refuse what is not below the folder: `path = (ROOT / name).resolve()`, then
    `path.is_relative_to(ROOT)`. `send_from_directory` does it for downloads.""",
    bad=[
        """
        from flask import Flask, request, send_from_directory
        app = Flask(__name__)
        @app.get("/of")
        def of():
            send_from_directory(request.args["folder"], "index.html")  # <-
            return send_from_directory(directory=request.args["folder"], path="index.html")  # <-
        """,
        """
        from pathlib import Path
        from flask import Flask, request
        app = Flask(__name__)
        STATIC = Path(__file__).parent / "static"
        @app.get("/static")
        def static_file():
            target = (STATIC / request.args["name"]).resolve()
            if not target.parent.is_file():
                return target.read_bytes()  # <-
            return (STATIC.parents[0] / request.args["name"]).read_bytes()  # <-
        """,
        """
        import os
        from pathlib import Path
        from flask import Flask, request, send_file
        app = Flask(__name__)
        ROOT = Path("/srv/files")
        @app.get("/read")
        def read():
            with open(request.args["name"]) as handle:  # <-
                text = handle.read()
            return {"text": text, "more": (ROOT / request.args["more"]).read_text()}  # <-
        @app.get("/download/<path:name>")
        def download(name):
            return send_file(os.path.join("/srv/files", name))  # <-
        @app.post("/upload")
        def upload():
            file = request.files["file"]
            file.save(os.path.join("uploads", file.filename))  # <-
            return "", 204
        """,
        {
            "app/files.py": """
            import os
            def remove(folder, name):
                os.remove(os.path.join(folder, name))  # <-
            """,
            "app/api.py": """
            from fastapi import APIRouter, UploadFile
            from app.files import remove
            router = APIRouter()
            @router.delete("/files")
            def delete(name: str):
                remove("/srv/files", name)
            @router.post("/files")
            async def store(file: UploadFile):
                with open(f"/srv/files/{file.filename}", "wb") as out:  # <-
                    out.write(await file.read())
            """,
        },
        """
        import os
        from pathlib import Path
        from flask import Flask, abort, request
        app = Flask(__name__)
        @app.get("/read")
        def read():
            path = os.path.abspath(request.args["name"])
            if not path.startswith("/"):
                abort(403)
            text = open(path).read()  # <-
            if not path.startswith(request.args["root"]):
                abort(403)
            more = open(path).read()  # <-
            other = Path("/srv") / request.args["name"]
            if not other.is_relative_to("/srv"):
                abort(403)
            return {"text": text, "more": more, "last": other.read_text()}  # <-
        """,
        """
        import os
        from flask import Flask, abort
        app = Flask(__name__)
        @app.get("/half/<path:name>")
        def half(name):
            path = os.path.normpath(name)
            if path.startswith(".."):
                abort(403)
            return open(os.path.join("/srv/files", path)).read()  # <-
        @app.get("/both/<path:name>")
        def both(name):
            path = os.path.normpath(name)
            if path.startswith("..") and os.path.isabs(path):
                abort(403)
            return open(os.path.join("/srv/files", path)).read()  # <-
        @app.get("/raw/<path:name>")
        def raw(name):
            if os.path.normpath(name).startswith("/") or name.startswith(("..", "/")):
                abort(403)
            return open(os.path.join("/srv/files", name)).read()  # <-
        """,
        """
        from flask import Flask, abort
        app = Flask(__name__)
        @app.get("/asset/<path:name>")
        def asset(name):
            root = known_folder()
            path = root / "assets" / name
            if not path.is_relative_to(root):
                abort(403)
            return path.read_bytes()  # <-
        """,
        """
        from mcp.server.fastmcp import FastMCP
        mcp = FastMCP("notes")
        @mcp.tool()
        def note(name: str) -> str:
            return open("notes/" + name).read()  # <-
        """,
        """
        import zipfile
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/list")
        def list_names():
            return {"names": zipfile.ZipFile("/srv/" + request.args["name"]).namelist()}  # <-
        """,
        """
        import os, zipfile
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/unpack")
        def unpack():
            with zipfile.ZipFile(request.files["archive"]) as archive:
                for name in archive.namelist():
                    with open(os.path.join("/srv/files", name), "wb") as out:  # <-
                        out.write(archive.read(name))
            return "", 204
        """,
        """
        from mcp.server.fastmcp import FastMCP
        mcp = FastMCP("notes")
        @mcp.resource("notes://{name}")
        def note(name: str) -> str:
            return open("notes/" + name).read()  # <-
        """,
        """
        from aiohttp import web
        class Files(web.View):
            async def post(self):
                data = await self.request.post()
                reader = await self.request.multipart()
                part = await reader.next()
                open("files/" + data["name"], "wb").close()  # <-
                open("files/" + part.filename, "wb").close()  # <-
        """,
        """
        import tarfile
        import pandas as pd
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/unpack")
        def unpack():
            with tarfile.open(fileobj=request.files["archive"].stream) as archive:
                for member in archive.getmembers():
                    archive.extract(member, "out")  # <-
        @app.post("/export")
        def export():
            table = pd.read_sql("SELECT id FROM sales", connection)
            table.to_csv(f"/srv/exports/{request.form['name']}")  # <-
        """,
    ],
    good=[
        """
        from pathlib import Path
        from flask import Flask, abort, request
        app = Flask(__name__)
        STATIC = Path(__file__).parent / "static"
        SHARED = Path(__file__).resolve().parents[1] / "shared"
        @app.get("/static")
        def static_file():
            target = (STATIC / request.args["name"]).resolve()
            if not target.is_relative_to(STATIC.resolve()) or not target.is_file():
                abort(404)
            return target.read_bytes()
        @app.get("/shared")
        def shared_file():
            target = (SHARED / request.args["name"]).resolve()
            if not str(target).startswith(f"{SHARED}/"):
                abort(404)
            return target.read_bytes()
        """,
        """
        import tarfile
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/unpack")
        def unpack():
            with tarfile.open(fileobj=request.files["archive"].stream) as archive:
                archive.extractall("out", filter="data")
        """,
        """
        from pathlib import Path
        from flask import Flask, abort
        app = Flask(__name__)
        class Store:
            def folder(self) -> Path:
                return files("app") / "static"
            def found(self, name):
                root = self.folder()
                path = (root / "assets" / name).resolve()
                if not path.is_relative_to(root.resolve()):
                    abort(403)
                return path.read_bytes()
        @app.get("/asset/<path:name>")
        def asset(name):
            return Store().found(name)
        """,
        """
        import os
        from flask import Flask, abort
        app = Flask(__name__)
        @app.get("/static/<path:name>")
        def static_file(name):
            path = os.path.normpath(name)
            if path.startswith("..") or os.path.isabs(path):
                abort(403)
            return open(os.path.join("/srv/files", path)).read()
        @app.get("/more/<path:name>")
        def more(name):
            path = os.path.normpath(name)
            if not path.startswith("../") and path != ".." and not path.startswith("/"):
                return open(os.path.join("/srv/files", path)).read()
            return "", 403
        @app.get("/last/<path:name>")
        def last(name):
            path = os.path.normpath(name)
            if path.startswith((os.pardir, "/")):
                return "", 403
            return open(os.path.join("/srv/files", path)).read()
        """,
        """
        from pathlib import Path
        from flask import Flask, request
        app = Flask(__name__)
        ROOT = Path("/srv/images").resolve()
        @app.get("/image")
        def image():
            asked = Path(request.args["path"]).expanduser()
            asked = asked.resolve(strict=False)
            try:
                asked.relative_to(ROOT)
            except ValueError:
                return "", 403
            return asked.read_bytes()
        """,
        """
        from enum import Enum
        from fastapi import FastAPI
        app = FastAPI()
        Color = Enum("Color", ["red", "blue"])
        @app.get("/color")
        def color(name: Color):
            return {"text": open("/srv/" + name).read()}
        """,
        {
            "app/needs.py": """
            from typing import cast
            from fastapi import Depends
            from app.store import get_store
            NeedsStore = cast(object, Depends(get_store))
            """,
            "app/web.py": """
            from fastapi import FastAPI
            from app.needs import NeedsStore
            app = FastAPI()
            @app.get("/report")
            def report(store=NeedsStore):
                return {"text": open(store.folder).read()}
            """,
        },
        """
        from os import path
        from crewai.tools import BaseTool
        from pydantic import PrivateAttr
        class Reader(BaseTool):
            _allowed: dict[str, str] = PrivateAttr(default_factory=dict)
            def allow(self, place: str, alias: str) -> None:
                self._allowed[alias] = path.realpath(place)
            def _run(self, alias: str) -> str:
                return open(self._allowed.get(alias)).read()
        """,
        """
        from pathlib import Path
        from fastapi import FastAPI, HTTPException
        app = FastAPI()
        def publish(folder):
            @app.get("/files/{name:path}")
            def read(name: str):
                root = Path(folder).resolve()
                path = (root / name).resolve()
                if not path.is_relative_to(root) or not path.is_file():
                    raise HTTPException(status_code=404)
                return {"text": open(path).read()}
        """,
        """
        import os, re, tempfile
        from flask import send_file
        from flask.views import MethodView
        class Archive(MethodView):
            def get(self, filename: str):
                regex = re.compile(r"([a-f0-9]{64}|[a-f0-9]{8}-[a-f0-9]{4})" r"(\\.zip)")
                match = regex.fullmatch(filename)
                if not match:
                    abort_with_message(422, "Invalid filename")
                return send_file(os.path.join(ROOT, filename))
        """,
        """
        import tempfile
        from django.shortcuts import redirect
        def unpack(request):
            form = ImportForm(request.POST, request.FILES)
            if form.is_valid():
                folder, sent, other = tempfile.mkdtemp(), form.cleaned_data["archive"], request.FILES["logo"]
                for one in (f"{folder}/{sent.name}", folder + "/" + other.name):
                    with open(one, "wb") as file:
                        file.write(sent.read())
            return redirect("/")
        """,
        """
        import os, zipfile
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/unpack")
        def unpack():
            archive = zipfile.ZipFile(request.files["archive"])
            for name in archive.namelist():
                with open(os.path.join("/srv/files", os.path.basename(name)), "wb") as out:
                    out.write(archive.read(name))
            archive.extractall("/srv/files")
            return "", 204
        """,
        """
        import io, zipfile
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/list")
        def list_names():
            first = zipfile.ZipFile(request.files["archive"]).namelist()
            return {"first": first, "second": zipfile.ZipFile(io.BytesIO(request.data)).namelist()}
        """,
        """
        import os
        from flask import Flask, abort, request
        app = Flask(__name__)
        @app.get("/key")
        def key():
            vendor = request.args["vendor"]
            if vendor != os.path.basename(vendor):
                abort(400)
            return open(f"/etc/keys/{vendor}.pem").read()
        """,
        """
        import os
        from pathlib import Path
        from flask import Flask, abort, request, send_from_directory
        from werkzeug.utils import secure_filename
        app = Flask(__name__)
        ROOT = Path("/srv/files")
        @app.get("/read")
        def read():
            path = (ROOT / request.args["name"]).resolve()
            if not path.is_relative_to(ROOT):
                abort(403)
            return {"text": path.read_text()}
        @app.get("/show")
        def show():
            path = ROOT / request.args["name"]
            if not path.resolve().is_relative_to(ROOT.resolve()):
                abort(403)
            return {"text": open(path).read()}
        @app.get("/old")
        def old():
            path = os.path.realpath(os.path.join("/srv/files", request.args["name"]))
            if not path.startswith("/srv/files/"):
                abort(403)
            return {"text": open(path).read()}
        @app.get("/common")
        def common():
            path = os.path.abspath(os.path.join("/srv/files", request.args["name"]))
            if os.path.commonpath([path, "/srv/files"]) != "/srv/files":
                abort(403)
            return {"text": open(path).read()}
        @app.get("/download/<path:name>")
        def download(name):
            return send_from_directory("/srv/files", name)
        @app.get("/kept/<path:path>")
        def kept(path):
            return send_from_directory(directory="/srv/files", path=path)
        @app.get("/theme/<any(dark,light):theme>/<int(min=1):page>")
        def theme(theme, page):
            return open(f"{theme}/{page}").read()
        @app.post("/upload")
        def upload():
            file = request.files["file"]
            file.save(os.path.join("uploads", secure_filename(file.filename)))
            with open(ROOT / Path(file.filename).name, "wb") as out:
                out.write(request.files["file"].read())
            with open(f"/srv/{int(request.args['number'])}.txt") as handle:
                return {"text": handle.read()}
        """,
    ],
    misses=[
        "Where only administrators or holders of a permission come in, by a guard that gate sees, it only warns.",
        "A check or a cleaning by a function of the program is believed by its name, and makes a warning of it.",
        "What a form hands on under a name that says no path may be a file that was sent, and warns where an archive is opened.",
        "A whole path that a tool takes from a model, and a name behind a word of its own (`report-` + name), only warn.",
        "Names that are stored first and opened later; those that lead through three other functions or more only warn.",
        "Archives that no request is seen to bring; bandit (B202) reports tar archives that are unpacked unseen.",
    ],
)


_NEAR = 2
"""Over more functions a path has mostly been checked on the way, or is one an administrator sets (docs/accuracy.md)."""


@rule.check(Definition)
def named(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival, repo) for arrival in arrivals(fact, repo, {receivers.PATH}))


def _hit(arrival: Arrival, repo: Repo) -> Hit:
    name = arrival.sink.name.removeprefix("builtins.")
    said = f"{arrival.entered} and names the file that `{name}` is given; `../` in it leads anywhere."
    return Hit(
        arrival.place, said, trace=arrival.hops("and names a file"), detail=arrival.route.kind,
        severity=_severity(arrival, repo),
    )  # fmt: skip


def _severity(arrival: Arrival, repo: Repo) -> Severity | None:
    """One segment of a route's path holds no slash; `..` alone leads but one folder up.

    A tool that takes a whole path lets the model choose one; what is put behind a folder was to stay in it.
    """
    doubtful = (
        arrival.has(VETTED)
        or arrival.has(FOUND)
        or arrival.has(LED)
        or (arrival.route.kind == "llm" and not arrival.has(JOINED))
        or arrival.guessed
        or arrival.sink.warn
        or arrival.changes > _NEAR
        or arrival.one_segment(repo)
        or right(repo, arrival.route.function)
    )
    return Severity.MEDIUM if doubtful else None
