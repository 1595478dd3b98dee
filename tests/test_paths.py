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


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requirements.txt", "production"),
        ("service/requirements.txt", "production"),
        ("requirements/base.txt", "production"),
        ("requirements-prod.txt", "production"),
        ("base_requirements.txt", "production"),
        ("constraints.txt", "production"),
        ("requirements-dev.txt", "dev"),
        ("dev-requirements.txt", "dev"),
        ("requirements/test.txt", "dev"),
        ("requirements_docs.txt", "dev"),
        ("docs/requirements.txt", "dev"),
        ("README.txt", "dev"),
        ("tests/requirements.txt", "test"),
    ],
)
def test_a_list_of_what_is_installed_is_no_prose(path, expected):
    assert kind(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cms/test_utils/cases.py", "test"),
        ("cms/testutils/cases.py", "test"),
        ("dist/test-utils/instance.mjs", "test"),
        ("app/contest-utils/judge.py", "production"),
        ("core/pytest_plugin.py", "test"),
        ("app/utils/cases.py", "production"),
    ],
)
def test_what_serves_tests_is_a_test(path, expected):
    assert kind(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("tools/release.py", "dev"), ("app/tools/shell.py", "production"), ("app/scripts/load.py", "dev")],
)
def test_tools_in_a_package_are_those_of_an_agent(path, expected):
    assert kind(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("reviews/ssh/tests.py", "test"),
        ("netbox/configuration_testing.py", "test"),
        ("openid/allauth_test_utils.py", "test"),
        ("dist/test-setup.js", "test"),
        ("shop/settings/test.py", "test"),
        ("shop/test.py", "production"),
        ("app/contests.py", "production"),
        ("app/attest_utils.py", "production"),
        ("src/latest-setup.js", "production"),
    ],
)
def test_files_of_tests_are_known_by_their_names(path, expected):
    assert kind(path) == expected
