"""What kind of place a path is."""

import pytest

from gate.paths import kind


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/migrations/0001.py", "migration"),
        ("server/_migrations/0001.py", "migration"),
        ("db/schema_migrations/1.sql", "migration"),
        ("app/emigrations/person.py", "production"),
        ("app/migration_plans/person.py", "production"),
    ],
)
def test_folders_of_migrations_are_known_by_their_last_word(path, expected):
    assert kind(path) == expected
