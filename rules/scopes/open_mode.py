"""Everybody on the machine may write to a file or folder.

What others can write to is no longer the program's own: another account, or a service that was broken into, changes the
settings, the scripts and the keys in it. `0o777` is most often written to make an error of rights go away.
"""

from collections.abc import Iterator

from gate.facts.filemode import OpenMode
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(732, 276),
    fix="""Give the file to the account that needs it (`chown`, `COPY --chown=`) and keep others out: `0o600` for secrets,
    `0o640` for data, `0o750` for folders and programs.""",
    bad=[
        """
        import os, stat
        from pathlib import Path
        ALL = 0o777
        os.chmod("/srv/data", 0o777)  # <-
        os.chmod("/srv/data", ALL)  # <-
        Path("/srv/keys.json").chmod(0o666)  # <-
        Path("/srv/keys.json").chmod(mode=0o646)  # <-
        os.chmod(path, stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)  # <-
        os.chmod(path, os.stat(path).st_mode | stat.S_IWOTH)  # <-
        os.umask(0)  # <-
        """,
        {
            "Dockerfile": """
            FROM python:3.12
            RUN mkdir /data && chmod -R 777 /data  # <-
            RUN chmod a+rwx /app/run.sh  # <-
            """,
            "deploy.sh": "chmod 0666 /srv/app/settings.ini  # <-\n",
        },
    ],
    good=[
        """
        import os, stat
        from pathlib import Path
        os.chmod("/srv/keys.json", 0o600)
        os.chmod("/srv/run.sh", 0o755)
        os.chmod("/srv/shared", 0o1777)
        Path("/srv/data").chmod(0o770)
        os.chmod(path, mode)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXOTH)
        old = os.umask(0)
        os.umask(old)
        os.makedirs("/srv/data", mode=0o777)
        """,
        {
            "Dockerfile": "FROM python:3.12\nRUN chmod +x run.sh && chmod -R 755 /app && chmod 1777 /tmp && chmod u+w x",
            "README.md": "Never run chmod 777 on it.",
        },
    ],
    misses=[
        "`os.open(path, flags, 0o666)` and folders made with a mode: the umask takes rights away again.",
        "Modes in Ansible, Helm and the volumes of Kubernetes.",
    ],
)


@rule.check(OpenMode)
def look(mode: OpenMode, repo: Repo) -> Iterator[Hit]:
    del repo
    yield Hit(mode.place, f"`{mode.how}` lets every account on the machine write to this.")
