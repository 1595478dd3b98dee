"""A file that is sent is kept under its sender's name, whatever it is.

The ending of a name decides what a server does with a file: a page that runs in everybody's browser, a script the web
server runs, a disk that is full. A name that was cleaned of `../` still ends as its sender wishes.
"""

from collections.abc import Iterator

from gate.facts.upload import Upload
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(434,),
    fix="""Accept a short list of endings, check that the content is of that kind, and limit its size; store it under a name
    of your own (`uuid4().hex + ending`) where nothing is run or served from.""",
    bad=[
        """
        import os
        from flask import Flask, request
        from werkzeug.utils import secure_filename
        app = Flask(__name__)
        @app.post("/one")
        def one():
            if "file" not in request.files:
                return "", 400
            file = request.files["file"]
            if file.filename == "":
                return "", 400
            name = secure_filename(file.filename)
            file.save(os.path.join(app.config["UPLOADS"], name))  # <-
            return "ok"
        @app.post("/many")
        def many():
            for each in request.files.getlist("files"):
                each.save(f"/srv/uploads/{each.filename}")  # <-
        """,
        """
        import os, shutil, uuid
        from pathlib import Path
        import aiofiles
        from django.core.files.storage import FileSystemStorage, default_storage
        from fastapi import FastAPI, File, UploadFile
        app = FastAPI()
        @app.post("/one")
        async def one(file: UploadFile = File(...)):
            with open(f"uploads/{file.filename}", "wb") as out:  # <-
                shutil.copyfileobj(file.file, out)
        @app.post("/many")
        async def many(files: list[UploadFile]):
            for file in files:
                path = Path("static") / os.path.basename(file.filename)
                path.write_bytes(await file.read())  # <-
        @app.post("/new")
        async def new(file: UploadFile):
            _, ending = os.path.splitext(file.filename)
            async with aiofiles.open(f"uploads/{uuid.uuid4()}{ending}", "wb") as out:  # <-
                await out.write(await file.read())
        @app.post("/parts")
        async def parts(file: UploadFile):
            path = Path("static") / file.filename
            with path.open("wb") as out:  # <-
                while part := await file.read(1024):
                    out.write(part)
        async def posted(request):
            data = await request.post()
            file = data["file"]
            with open("uploads/" + file.filename, "wb") as out:  # <-
                out.write(file.file.read())
        def kept(request):
            if request.method == "POST":
                sent = request.FILES["document"]
                default_storage.save(sent.name, sent)  # <-
                disk = FileSystemStorage(location="media")
                disk.save(sent.name, sent)  # <-
                fs = FileSystemStorage()
                return fs.save(request.FILES["photo"].name, request.FILES["photo"])  # <-
        """,
    ],
    good=[
        """
        import os, uuid
        from flask import Flask, abort, request
        from werkzeug.utils import secure_filename
        app = Flask(__name__)
        ENDINGS = {"png", "jpg"}
        @app.post("/one")
        def one():
            file = request.files["file"]
            if not allowed_file(file.filename):
                abort(400)
            file.save(os.path.join("uploads", secure_filename(file.filename)))
        @app.post("/two")
        def two():
            file = request.files["file"]
            ending = file.filename.rsplit(".", 1)[-1].lower()
            if ending not in ENDINGS:
                abort(400)
            file.save(f"uploads/{file.filename}")
        @app.post("/three")
        def three():
            request.files["file"].save(f"uploads/{uuid.uuid4().hex}")
        """,
        """
        from fastapi import FastAPI, HTTPException, UploadFile
        app = FastAPI()
        @app.post("/one")
        async def one(file: UploadFile):
            data = await file.read()
            if len(data) > 1_000_000 or file.content_type != "image/png":
                raise HTTPException(400)
            with open(f"uploads/{file.filename}", "wb") as out:
                out.write(data)
        @app.post("/read")
        async def read(file: UploadFile):
            with open(f"templates/{file.filename}") as known:
                return known.read() == await file.read()
        def checked(request):
            form = PhotoForm(request.POST, request.FILES)
            if form.is_valid():
                fs.save(request.FILES["photo"].name, request.FILES["photo"])
        """,
    ],
    misses=[
        "A check that is not enough: of the type the sender states, or of the size alone.",
        "A file that is handed to another function, and kept there.",
        "Models of Django whose `FileField` has no validators.",
    ],
)


@rule.check(Upload)
def kept(upload: Upload, repo: Repo) -> Iterator[Hit]:
    del repo
    said = f"`{upload.how}` keeps a file under the name its sender gave it, and nothing looks at its kind or size."
    yield Hit(upload.place, said)
