"""What the pipelines of a whole tree run."""

from gate.fact import Repo
from gate.facts.guardrail import Guardrail, is_enforced, is_pipeline


def tools_run(repo: Repo) -> set[str]:
    """The tools any pipeline, hook or script of the tree runs."""
    paths = [path for path in repo.paths if is_pipeline(path)]
    return {fact.tool for path in paths for fact in repo.of(Guardrail, path)}


def is_done_elsewhere(lost: Guardrail, repo: Repo) -> bool:
    """Whether a server still does, on another path of the tree, what `lost` did, and as strictly."""
    others = (path for path in repo.paths if is_enforced(path) and path != lost.place.path)
    facts = (fact for path in others for fact in repo.of(Guardrail, path))
    return any(fact.what == lost.what and fact.strength >= lost.strength for fact in facts)
