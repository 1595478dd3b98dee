"""A library is told to unpickle what it reads.

Unpickling runs what the data says. Whoever learns the key that signs the session, or may write to the queue or the
cache it is kept in, then runs code on the server: one leaked `SECRET_KEY` is enough.
"""

from collections.abc import Iterator

from gate.facts.pickled import Pickled
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(502,),
    fix="""Keep sessions and tasks in JSON: `django.contrib.sessions.serializers.JSONSerializer`, `accept_content=["json"]`.
    Hand over keys of rows instead of objects.""",
    bad=[
        {
            "project/settings.py": """
            SESSION_SERIALIZER = "django.contrib.sessions.serializers.PickleSerializer"  # <-
            CELERY_ACCEPT_CONTENT = ["json", "pickle"]  # <-
            """,
            "project/worker.py": """
            from celery import Celery
            app = Celery("project")
            app.conf.task_serializer = "pickle"  # <-
            app.conf.update(accept_content=["application/x-python-serialize"])  # <-
            """,
        },
    ],
    good=[
        {
            "project/settings.py": """
            SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
            CELERY_ACCEPT_CONTENT = ["json"]
            """,
            "project/worker.py": """
            app.conf.task_serializer = "json"
            report.save(result_format="pickle", rows=[{"accept_content": 1}, {"pickle"}, 2])
            """,
        },
    ],
    misses=["Serializers of a program's own, and those of other caches and queues."],
)

_SAID = {
    "session": "`{}` unpickles the sessions of its visitors: whoever learns the signing key runs code here.",
    "queue": "`{}` lets tasks be pickles: whoever may write to the queue runs code in the workers.",
}


@rule.check(Pickled)
def look(found: Pickled, repo: Repo) -> Iterator[Hit]:
    yield Hit(found.place, _SAID[found.what].format(found.name))
