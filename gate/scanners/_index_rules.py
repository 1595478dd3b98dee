"""What can be wrong with a package by what an index says of it."""

from gate.rule import Rule, Severity


def _rule(name: str, title: str, severity: Severity, why: str, fix: str) -> Rule:
    return Rule(f"index/{name}", title, severity, (1357, 506), why, fix, "dependencies")


RULES = {
    rule.id.partition("/")[2]: rule
    for rule in (
        _rule(
            "missing_package", "A package does not exist", Severity.HIGH,
            "A model has made the name up, or somebody has mistyped it. Whoever registers it first runs their code "
            "wherever the manifest is installed.",
            "Take it out. Look for the project that is meant, and ask for it by the name its documentation gives.",
        ),
        _rule(
            "missing_release", "A version does not exist", Severity.MEDIUM,
            "What is asked for cannot be installed, or will be once somebody publishes that version.",
            "Ask for a version that the index has.",
        ),
        _rule(
            "young_package", "A package is only some days old", Severity.MEDIUM,
            "Names that models make up, and names near to known ones, are registered to spread malware. Most of those "
            "are found out and removed within weeks, so a package nobody has known for long is not yet worth trusting.",
            "Find out who is behind it, read what it does, or take one that is known.",
        ),
        _rule(
            "young_release", "A release is only some days old", Severity.MEDIUM,
            "When the account of a maintainer is taken over, the first release with malware is found out within days.",
            "Wait some days, or ask for the release before it.",
        ),
        _rule(
            "withdrawn_release", "A release has been withdrawn", Severity.MEDIUM,
            "Its authors ask not to use it: it is broken, or not safe (PyPI calls it yanked).",
            "Ask for the release that replaces it.",
        ),
        _rule(
            "public_private_name", "A private name is public", Severity.HIGH,
            "The policy says that only the organization's own index should have this name, and a public one has it: "
            "a stranger's package, installed wherever the public index is asked as well (dependency confusion).",
            "Install it from the organization's index alone, and find out who published the other.",
        ),
    )
}  # fmt: skip
