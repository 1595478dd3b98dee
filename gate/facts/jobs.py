"""What the jobs of a pipeline run to find flaws: GitHub's, GitLab's and those of others that are written in YAML."""

import re
from collections.abc import Iterator, Mapping

from gate import lazy
from gate.facts import checkkind, gitlab, matrix, recipes, shellends, tools
from gate.facts.command import commands
from gate.facts.config import Node, read
from gate.facts.softness import heedless, soft_inputs, softened
from gate.facts.startup import extended, frequency, frequency_elsewhere
from gate.facts.strictness import Demand
from gate.source import Source

_SCRIPTS = {"run", "script", "before_script", "command", "commands", "bash", "pwsh", "sh", "entry", "cmd", "cmds",
            "inlineScript"}  # fmt: skip
_PIPELINES = frozenset({"default", "branches", "pull-requests", "custom", "tags"})
_SELDOM = lazy.regex(r"github\.event_name\s*(?:==\s*'(?:schedule|push|workflow_dispatch)'|!=\s*'pull_request')"
                     r"|github\.(?:actor|triggering_actor|head_ref)\s*[!=]="
                     r"|pull_request\.(?:user|title|draft|labels)|\b(?:env|vars|inputs)\.|\b(?:failure|cancelled)\(\)"
                     r"|\(\s*github\.(?:head_ref|actor|triggering_actor)|head_commit")  # fmt: skip


_RESULTS = lazy.regex(r"needs(?:\.[\w-]+|\.\*|\[[^\]]{1,60}\])\.result|toJSON\(\s?needs\s?\)", re.IGNORECASE)


def ran(line: int, tool: str, strength: int, why: str) -> Demand:
    return line, f"run `{tool}`", 1 if why else strength, why, tool


def of_pipeline(source: Source) -> Iterator[Demand]:
    root = read(source)
    if root is not None:
        often = min(frequency(root["on"]), frequency_elsewhere(root))
        run = extended(root)
        if "gitlab" in source.path:
            often, run = min(often, gitlab.often(root)), gitlab.marked(run, root)
        yield from _steps(run, often, "", set())
        yield from _awaited(root)
        yield from _entered(root)


def _entered(root: Node) -> Iterator[Demand]:
    """The branches changes into which start the scans of a workflow, where it lists them."""
    listed = root["on"]["pull_request"]["branches"].items
    scans = (
        dict.fromkeys(scan[-1] for scan in _steps(root, 3, "", set()) if scan[-1] not in checkkind.NAMED)
        if listed
        else ()
    )
    for tool in scans:
        for branch in listed:
            yield branch.line, f"run `{tool}` on changes into `{branch.text}`", 3, "", tool


def _awaited(root: Node) -> Iterator[Demand]:
    """The scans that other jobs of the pipeline wait for, and do not run without."""
    jobs = dict(root["jobs"].pairs)
    for job in jobs.values():
        always = any(word in job["if"].text for word in ("always()", "failure()", "cancelled()"))
        yield from _answered(job, jobs) if always else ()
        for needed in job["needs"].items:
            scans = _steps(jobs.get(needed.text, Node(0, "")), 3, "", set()) if not always else ()
            for tool in dict.fromkeys(scan[-1] for scan in scans if scan[-1] not in checkkind.NAMED):
                yield needed.line, f"wait for `{tool}`", 3, "", tool


def _answered(job: Node, jobs: Mapping[str, Node]) -> Iterator[Demand]:
    """Whether a job that runs whatever comes of others, as one that stands for all of them does, asks what came of them."""
    told = " ".join(step["run"].text + step["if"].text + step["with"]["jobs"].text for step in job["steps"].items)
    if _RESULTS.search(told):
        for needed in job["needs"].items:
            for tool in dict.fromkeys(scan[-1] for scan in _steps(jobs.get(needed.text, Node(0, "")), 3, "", set())):
                if tool not in checkkind.NAMED:
                    yield job.line, f"fail where `{tool}`, which it waits for, has failed", 3, "", tool


def _runner(node: Node) -> Iterator[Demand]:
    """What keeps a step of GitHub from the token in the checkout, and from sending anything out."""
    action, given = node["uses"].text.partition("@")[0], node["with"]
    if action == "actions/checkout" and given["persist-credentials"].text == "false":
        yield given["persist-credentials"].line, "keep the token out of the checkout", 3, "", "the runner"
    if action == "step-security/harden-runner":
        blocks = given["egress-policy"].text == "block"
        yield (
            node["uses"].line,
            "hold up what leaves the runner",
            3 if blocks else 1,
            "" if blocks else "it only watches",
            "the runner",
        )


def _steps(node: Node, strength: int, why: str, seen: set[object]) -> Iterator[Demand]:
    if id(node) in seen:
        return
    seen.add(id(node))
    why = why or softened(node)
    seldom = 1 if _SELDOM.search(node["if"].text) else strength
    yield from ((line, what, 1 if idle else seldom, idle, tool) for line, what, idle, tool in matrix.parts(node))
    yield from _runner(node) if node["uses"].text else ()
    uses = tools.of_action(node["uses"].text) if node["uses"].text else ""
    if uses:
        yield ran(node["uses"].line, uses, seldom, why or soft_inputs(node["with"]))
    for name, child in node.pairs:
        if name in _SCRIPTS:
            for one in child.items:
                if (read_so := (id(one), seldom, why)) not in seen:
                    seen.add(read_so)
                    yield from script(one, seldom, why, heedless(node["shell"].text, one.text))
        if name in {"include", "template"}:
            yield from _included(child, seldom)
        if name != "on":
            yield from _steps(child, seldom, why or _by_hand(node, name), seen)
    for child in node.value if isinstance(node.value, tuple) else ():
        yield from _steps(child, seldom, why, seen)


def _by_hand(node: Node, name: str) -> str:
    """Bitbucket's `custom` pipelines stand beside those of branches and pull requests."""
    if name != "custom" or any(key not in _PIPELINES for key, _ in node.pairs):
        return ""
    return "it must be started by hand"


def script(node: Node, strength: int, why: str, careless: str = "") -> Iterator[Demand]:
    """`careless` says why only the last line counts."""
    run = list(commands(node.text))
    reasons = shellends.lost(node.text)
    for command in run:
        lost = reasons[command.line] or (careless if command.line < run[-1].line else "")
        yield from recipes.held(command, node.line + node.block, why or lost, strength)


def _included(node: Node, strength: int) -> Iterator[Demand]:
    for child in node.walk():
        tool = tools.of_template(child.text)
        if tool:
            yield ran(child.line, tool, strength, "")
