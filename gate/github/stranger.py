"""A review another run left behind, one a stranger may have written: what can be worked out anew is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from gate.attest import Said, attested
from gate.authorship import Authorship, declared
from gate.finding import Action, Finding, Line
from gate.github.lines import Diff, Shown
from gate.policy import Policy
from gate.review import Answer, Review, State
from gate.rule import Place
from gate.show import without_values

REMARK = (
    "A run that this change could have tampered with reported this. gate took the verdict, the rules, the policy and "
    "the code from where they are kept, but what that run kept silent about nobody here can know: let the required "
    "check decide, not this review."
)

_AROUND = 2
_MOST = 12


def judged_again(review: Review, policy: Policy, diff: Diff, said: Said) -> Review:
    """The review with policy, waivers, code, confirmations and verdict of gate's own making."""
    authorship = _held(review, policy, said)
    policy = policy.held(declared=authorship.declared)
    live = (_seen(finding, diff.get(finding.place.path, {})) for finding in review.findings)
    findings = tuple(policy.decide(live, datetime.now(UTC).date()))
    answers = tuple(attested(_answer(answer, findings), policy.attest, said) for answer in review.answers)
    return replace(
        review, findings=findings, answers=answers, allow_incomplete=policy.allow_incomplete, authorship=authorship
    )


def _held(review: Review, policy: Policy, said: Said) -> Authorship:
    """What is declared: of the commits as that run counted them, of the rest as the pull request says it."""
    own = declared([], login=said.author, account=said.account, branches=[said.branch], description=said.description)
    found = replace(review.authorship, around=own.around)
    return replace(found, held=policy.holds(declared=found.declared))


def _seen(finding: Finding, rows: Mapping[int, Shown]) -> Finding:
    place = finding.place
    return replace(
        finding,
        mend=None,
        in_diff=any(number in rows and rows[number].added for number in _within(place, 0)),
        excerpt=tuple(
            Line(number, without_values(rows[number].text), place.line <= number <= place.end_line)
            for number in _within(place, _AROUND)
            if number in rows
        ),
    )


def _within(place: Place, around: int) -> range:
    start = max(1, place.line - around)
    return range(start, min(place.end_line + around, start + _MOST) + 1)


def _answer(answer: Answer, findings: Iterable[Finding]) -> Answer:
    mine = tuple(finding for finding in findings if finding.rule.item == answer.item.id)
    if any(finding.blocks for finding in mine):
        return replace(answer, findings=mine, state=State.STOP)
    if answer.state is State.UNKNOWN:
        return replace(answer, findings=mine)
    weighs = any(finding.action is Action.WARN and not finding.waived for finding in mine)
    look = weighs or answer.state is State.LOOK
    state = State.LOOK if look else (State.PASS if mine or answer.state is State.STOP else answer.state)
    return replace(answer, findings=mine, state=state)
