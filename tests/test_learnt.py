"""`gate tenancy`: what is told of tables, of their columns, and of the queries that say or do not say whose rows."""

import json

import pytest
from click.testing import CliRunner

from gate.cli import main

SCHEMA = """
CREATE TABLE tenants (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE items (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, user_id int);
CREATE TABLE countries (code text);
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
"""
APP = """
def mine(cur, tenant):
    cur.execute("SELECT id FROM orders WHERE tenant_id = %s", (tenant,))

def paid(cur, tenant):
    cur.execute("SELECT id FROM orders WHERE tenant_id = %s AND paid", (tenant,))

def one(cur, key):
    cur.execute("SELECT id FROM orders WHERE id = %s", (key,))
"""


@pytest.fixture
def tenancy(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)
    repository.commit({"db/schema.sql": SCHEMA, "app/db.py": APP})
    return lambda *arguments: CliRunner().invoke(main, ["tenancy", *arguments], catch_exceptions=False)


def test_the_tables_their_columns_and_the_evidence_are_told(tenancy):
    done = tenancy()
    assert done.exit_code == 0
    rows = {line.split("  ")[0]: " ".join(line.split()) for line in done.stdout.split("\n")}
    assert rows["orders"] == "orders tenant_id tenant its queries 2 of 3"
    assert rows["items"] == "items tenant_id tenant row-level security none to judge"
    assert rows["notes"] == "notes user_id person its queries none to judge"
    assert "5 tables, of which 3 say whose their rows are." in done.stdout
    assert "Columns of tenants: tenant_id (on 2 tables)." in done.stdout
    assert "app/db.py:9 (select)" in done.stdout


def test_json_tells_the_same_to_programs(tenancy):
    told = json.loads(tenancy("--format", "json").stdout)
    assert told["columns"] == {"tenant_id": 2}
    assert told["other_tables"] == ["countries", "tenants"]
    (orders,) = [one for one in told["tables"] if one["table"] == "orders"]
    assert (orders["column"], orders["kept_by"], orders["scoped"], orders["judged"]) == (
        "tenant_id",
        "its queries",
        2,
        3,
    )
    assert [query["scoped"] for query in orders["queries"]] == [True, True, False]


def test_a_column_named_in_the_policy_counts(tenancy, repository):
    repository.commit(
        {"gate.toml": '[tenancy]\ncolumns = ["shop_id"]\n', "db/more.sql": "CREATE TABLE carts (id int, shop_id int);"}
    )
    done = tenancy("--rev", "HEAD")
    assert "Columns of tenants: shop_id, as gate.toml says." in done.stdout
    assert "carts" in done.stdout


def test_a_tree_without_tables_is_told_so(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)
    repository.commit({"a.py": "x = 1\n"})
    done = CliRunner().invoke(main, ["tenancy"], catch_exceptions=False)
    assert "gate found no table here" in done.stdout


def test_a_policy_that_is_none_is_wrong_usage(tenancy, repository):
    repository.write({"gate.toml": "tenancy = 1\n"})
    done = tenancy()
    assert done.exit_code == 2
    assert "gate.toml" in done.stderr


def test_schemas_of_their_own_are_told(tenancy, repository):
    repository.commit({"settings.py": 'DATABASES = {"default": {"ENGINE": "django_tenants.postgresql_backend"}}\n'})
    assert "Each tenant has a schema of its own" in tenancy().stdout
