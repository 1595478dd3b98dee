"""A repository on disk, and what gate reads of a change in it."""

import os
import subprocess
from pathlib import Path

from gate.change import read_change
from gate.git import Git

ENV = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


class Place:
    """A repository on disk and the few commands tests need."""

    def __init__(self, root):
        self.root = Path(root)

    def git(self, *arguments, check=True):
        done = subprocess.run(["git", *arguments], cwd=self.root, env=ENV, capture_output=True, check=False)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode(errors="surrogateescape").strip()

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files=None, message="work"):
        for path, text in (files or {}).items():
            self.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


def change_of(place, base=None, head=None, *, staged=False):
    with Git(place.root) as git:
        change = read_change(git, base, head, staged=staged)
        files, touched, renames = change.files, change.touched, change.renames
        texts = {
            file.after.path: change.head.read(file.after.path)
            for file in files
            if file.after and file.after.kind == "file"
        }
        return files, touched, renames, texts


def changed(place, base=None, head=None, *, staged=False):
    return {file.path for file in change_of(place, base, head, staged=staged)[0]}
