"""What a rule over a change says of an edit."""

from gate.rule import Edit
from tests import examples

CI = ".github/workflows/ci.yml"
BASE = "on: [pull_request]\njobs:\n  sec:\n    steps:\n      - run: gate scan\n      - run: bandit -r src\n"


def hits(rule, base, head, renamed=()):
    """Severity and place of what a rule says of a change; `renamed` pairs old and new paths."""
    before, after = examples.repo(base), examples.repo(head)
    pairs = [*renamed] + [(path, path) for path in sorted({*base, *head} - {path for pair in renamed for path in pair})]
    edits = [Edit(before.source(old), after.source(new)) for old, new in pairs]
    found = rule.look(edits, before, after)
    return sorted((str(hit.severity), hit.place.path, hit.place.line) for hit in found)
