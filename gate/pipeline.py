"""The whole path: a change is scanned on both sides, subtracted, decided on, and answered for."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

from gate import registry
from gate.addressed import appeals
from gate.attest import Said, attested
from gate.cache import Cache
from gate.change import Change, Tree
from gate.checklist import Evidence, answers
from gate.commits import read_authorship
from gate.compare import compared, weighed
from gate.coverage import Looked, Row
from gate.errors import UsageError
from gate.fact import Repo
from gate.finding import Finding, added, joined, numbered
from gate.gather import gathered
from gate.history import FILE_NAMES, leaked, names_in, read_history
from gate.intake import Intake, before, take_in
from gate.merge import merged
from gate.policy import FILE, Policy, read
from gate.review import Answer, Ran, Review
from gate.rule import Edit, Hit, Place, Source
from gate.scan import Side, begin, scan
from gate.scanner import Scanned, Scanner, Spotted
from gate.scanners.secrets import values
from gate.show import Masks, findings, shown
from gate.sought import again, sought
from gate.source import UnreadableError
from gate.strange import veil_of
from gate.veil import NOTHING, SECRETS, Veil


@dataclass(frozen=True)
class Options:
    """How a change is judged; `profile` is "full" or "commit"."""

    profile: str = "full"
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    jobs: int = 4
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    said: Said | None = None
    """What the pull request says of itself, where there is one; without one nothing can be confirmed or owed."""


def review(change: Change, options: Options, cache: Cache) -> Review:
    """Judge a change.

    Raises:
        UsageError: The base policy is not valid.
        ToolError: git could not read the change.
    """
    policy = base_policy(change)
    authorship = read_authorship(change, options.said)
    authorship = replace(authorship, held=policy.holds(declared=authorship.declared))
    policy = policy.held(declared=authorship.declared)
    edited = any(file.path == FILE for file in change.files)
    settings = policy.settings(options.today, edited=edited)
    chosen, left_out = _chosen(options)
    intake, olds = take_in(change, policy), before(change)
    earlier = Repo(change.base, cache, settings, olds)
    repos = earlier, Repo(change.head, cache, settings, intake.sources, earlier)
    with ThreadPoolExecutor(options.jobs) as pool:
        told = pool.submit(read_history, change, repos[1], chosen, cache)
        ended = begin(repos[1], intake.sources, chosen, cache, pool)
        own = _of_the_change(change, intake, olds, repos, policy) if "gate" in {s.name for s in chosen} else Scanned()
        head, history = ended(), told.result()
    late = again(chosen, head, olds, change.renames)
    base = scan(repos[0], sought(head, olds, change.renames), late, cache, options.jobs)
    masks = Masks.of(head)
    around = appeals(history.messages, options.said, repos[1]) if "gate" in {s.name for s in chosen} else ()
    of_the_change = {"gate": (*weighed(own.spotted, head.spotted), *around)}
    new = _new(change, base, head, masks, cache) + numbered(findings(of_the_change, (head, base), masks, cache))
    gone = leaked(history, change, head, olds, cache)
    seen = [*(shown(one, head, masks, change.touched) for one in merged(new)), *gone]
    decided = gathered(joined(policy.decide(seen, options.today)))
    ran = (*head.ran, *left_out)
    rows = tuple(sorted({*intake.rows, *head.rows, *own.rows, *history.rows}))
    evidence = Evidence(
        decided, rows, ran, {s.name: s.items for s in registry.scanners().values()}, head.seen,
        _wanted(intake), _added_text(change, intake.sources), head.mended,
    )  # fmt: skip
    given = _attested(answers(evidence), policy, options.said)
    done = Review(
        change.base.rev, change.head.rev, given, tuple(decided), rows, ran, tuple(_notes(change, left_out, rows)),
        policy.allow_incomplete, authorship,
    )  # fmt: skip
    veil = masks.veil | history.veil | _unasked(change, intake, chosen, decided) | veil_of(done)
    cache.save(unless=veil.hides)
    return _veiled(done, veil)


def _unasked(change: Change, intake: Intake, chosen: Sequence[Scanner], found: Sequence[Finding]) -> Veil:
    """What is hidden where nobody asked for secrets: it is no finding, and is shown all the same nowhere."""
    if any(scanner.name == SECRETS for scanner in chosen):
        return NOTHING
    texts = {path: source.text for path, source in intake.sources.items()}
    return Veil.over_values(values({**texts, FILE_NAMES: names_in(change)}, {one.place.path for one in found}))


def _veiled(done: Review, veil: Veil) -> Review:
    """The review as it may be shown. Where the name of a file is masked, no comment can be put beside its lines."""
    hidden = cast("Review", veil.over(done))
    pairs = zip(done.findings, hidden.findings, strict=True)
    return replace(
        hidden, findings=tuple(replace(new, in_diff=new.in_diff and new.place == old.place) for old, new in pairs)
    )


def base_policy(change: Change) -> Policy:
    """The policy of the branch that is merged into, as it stands.

    Raises:
        UsageError: It is not valid, or no plain text file.
    """
    return policy_of(change.lawful)


def policy_of(tree: Tree) -> Policy:
    """The policy a tree holds; the defaults where it has none.

    Raises:
        UsageError: It is not valid, or no plain text file.
    """
    entry = tree.entries.get(FILE)
    if entry is None:
        return Policy()
    try:
        if entry.kind == "file":
            return read(tree.source(FILE).text)
        problem = f"is a {entry.kind}"
    except UnreadableError as error:
        problem = str(error)
    raise UsageError(
        f"{FILE} of the revision that counts {problem}.", "Merge a plain file in UTF-8; docs/policy.md has one."
    )


def _attested(given: tuple[Answer, ...], policy: Policy, said: Said | None) -> tuple[Answer, ...]:
    return tuple(attested(answer, policy.attest, said) for answer in given) if said else given


def _new(change: Change, base: Side, head: Side, masks: Masks, cache: Cache) -> list[Finding]:
    olds = findings(base.spotted, [base], masks, cache)
    return added(olds, numbered(findings(head.spotted, [head], masks, cache)), change.renames, change.touched)


def _chosen(options: Options) -> tuple[list[Scanner], list[Ran]]:
    """The scanners that run, and those that do not with the reason."""
    chosen, left_out = [], []
    for scanner in registry.scanners().values():
        if scanner.name in options.skip or (options.only and scanner.name not in options.only):
            left_out.append(Ran(scanner.name, "", "left out", "by --only or --skip on the command line"))
        elif options.profile not in scanner.profiles:
            left_out.append(Ran(scanner.name, "", "left out", f"by --profile {options.profile}"))
        else:
            chosen.append(scanner)
    return chosen, left_out


def _of_the_change(
    change: Change, intake: Intake, olds: Mapping[str, Source], repos: tuple[Repo, Repo], policy: Policy
) -> Scanned:
    """What only the change itself shows: something guarded less, a file nobody can read, a waiver run out."""
    edits = [
        Edit(olds.get(f.before.path) if f.before else None, intake.sources.get(f.after.path) if f.after else None)
        for f in change.files
    ]
    spotted, rows = compared(edits, *repos)
    unreadable = registry.rule("complete/unreadable")
    for path, reason in intake.undecoded.items():
        spotted.append(Spotted(unreadable, Hit(Place(path, 1, 1), f"`{path}` cannot be read as text: it {reason}.")))
    return Scanned((*spotted, *_run_out(repos[1], policy)), tuple(rows))


def _run_out(head: Repo, policy: Policy) -> Iterator[Spotted]:
    """The waivers of the policy that have run out, where head still has them."""
    granted = {(waiver.rule, waiver.path, waiver.expires.isoformat()) for waiver in policy.waivers}
    for check in registry.checks_of("complete/expired_waiver") if granted else ():
        for fact in head.of(check.kind, FILE):
            if (fact.rule, fact.path, fact.expires) in granted:
                yield from (Spotted(check.rule, hit) for hit in check.look(fact, head))


def _wanted(intake: Intake) -> dict[str, int]:
    return {
        scanner.name: sum(scanner.wants(source) for source in intake.sources.values())
        for scanner in registry.scanners().values()
    }


def _added_text(change: Change, sources: Mapping[str, Source]) -> str:
    return "\n".join(
        line
        for path, source in sources.items()
        for start, end in change.touched.get(path, ())
        for line in source.lines[start - 1 : end]
    )


def _notes(change: Change, left_out: Sequence[Ran], rows: Sequence[Row]) -> Iterator[str]:
    if any(file.path == FILE for file in change.files):
        yield f"The change edits {FILE}. It was judged by the policy of the base revision; its own does not count."
    if change.tip and change.tip.entries.get(FILE) != change.base.entries.get(FILE):
        yield (
            f"{FILE} has been changed since this branch began. The change was judged by the policy of "
            f"{change.tip.rev[:12]}, where the branch it is merged into stands."
        )
    if left_out:
        names = ", ".join(ran.name for ran in left_out)
        yield f"Left out: {names} ({left_out[0].reason}). Run `gate scan --profile full` for the whole judgement."
    half: dict[str, list[str]] = {}
    for row in rows:
        if row.state is Looked.PARTIAL and not row.hole:
            half.setdefault(row.reason, []).append(row.path)
    for reason, paths in half.items():
        yield f"{paths[0]}{f' and {len(paths) - 1} more' if paths[1:] else ''}: {reason}."
    if not change.files:
        yield "The two revisions are the same: there is nothing to judge."
