"""What a place is for: the same statement weighs less in a migration, a test or a maintenance command."""

from gate import lazy
from gate.paths import kind

_DOWN = lazy.regex(r"(?:^|\.)(?:downgrade|down|reverse|backwards?|undo|rollback|unapply)\w*$")
_SEED = lazy.regex(
    r"(^|/)(seeds?|seeders?|fixtures|sample_data|testdata|mock_?data)/|(^|/)seed\w*\.(py|sql|[cm]?[jt]s)$"
)
_MIGRATION = lazy.regex(
    r"(^|/)_?(migrations?|alembic)(/|\.py$)|(^|/)versions/[^/]*/?\w*_\w+\.py$"
    r"|(^|/)(updates?|upgrades?)/v?\d+[._]\d+[\w.-]*\.(py|sql|[cm]?[jt]s)$"
)
_DEV = lazy.regex(r"(^|/)(examples?|samples?|demo|tutorials?)(_\w+)?/")
_ADMIN = lazy.regex(
    r"(^|/)_?(admin|management|commands?|scripts?|cli|backfills?|internal_admin|maintenance|ops)(/|\.py$)|(^|/)(?:admin\w*|cli(?:_\w+)?)\.(?:py|[cm]?[jt]s)$"
)
_ANALYTICS = lazy.regex(r"(^|/)(analytics|dbt|warehouse|etl|looker|metabase)(/|_|\.)")
_TESTED = lazy.regex(r"(?:^|\.)(?:test_\w+|Test[A-Z]\w*|setUp\w*|tearDown\w*)(?:\.|$)")


def role(path: str, scope: str = "", *, templated: bool = False) -> str:
    """One of "app", "migration", "down", "test", "seed", "admin", "analytics", "dev".

    `scope` is the function in question; `templated` says that the file is a template of SQL.
    """
    place = kind(path)
    if place == "test" or _TESTED.search(scope):
        return "test"
    if path.endswith(".down.sql") or _DOWN.search(scope):
        return "down"
    if _SEED.search(path):
        return "seed"
    if place == "migration" or _MIGRATION.search(path):
        return "migration"
    if templated or _ANALYTICS.search(path):
        return "analytics"
    if _ADMIN.search(path):
        return "admin"
    return "dev" if place == "dev" or _DEV.search(path) else "app"
