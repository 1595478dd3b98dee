"""What a tree says of tenants is learnt in time that grows with its tables, not with their square."""

from collections import Counter

from gate import registry
from gate.fact import Repo
from gate.facts.table import Table
from tests import examples


def _reads(tables: int, monkeypatch) -> int:
    text = "".join(f"CREATE TABLE part_{n} (id int PRIMARY KEY, tenant_id int NOT NULL);\n" for n in range(tables))
    repo, counted, read = examples.repo({"schema.sql": text}), Counter[type](), Repo.__getitem__

    def counting(self, kind):
        counted[kind] += 1
        return read(self, kind)

    check = next(one for one in registry.checks() if one.rule.id == "tenancy/unscoped_query")
    with monkeypatch.context() as patch:
        patch.setattr(Repo, "__getitem__", counting)
        assert not [hit for table in read(repo, Table) for hit in check.look(table, repo)]
    return counted[Table]


def test_more_tables_are_not_gone_through_more_often(monkeypatch):
    assert _reads(40, monkeypatch) == _reads(10, monkeypatch) > 0
