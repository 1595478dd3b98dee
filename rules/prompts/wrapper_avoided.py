"""An instruction sends code past the module that is there for it.

Calls of models and providers go through a wrapper that redacts, counts and records. A model that is told to use the library
itself writes code without any of that, wherever it writes next. Where `[[wrappers]]` in `gate.toml` names the module, it blocks.
"""

from collections.abc import Iterator

from gate.facts.instruction import Instruction
from gate.rule import Hit, Repo, Rule, Severity

_POLICY = '[[wrappers]]\nuse = "app.llm"\ninstead_of = ["openai"]\n'

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1061,),
    fix="Tell it to use the wrapper, and mend the wrapper where it lacks something.",
    bad=[
        {".clinerules": "- Call `openai.OpenAI()` directly, the wrapper is slow.  # <-\n- Bypass the LLM gateway for batch jobs.  # <-\n"},
        {"gate.toml": _POLICY, "AGENTS.md": "Do not go through `app.llm`.  # <-\n"},
    ],
    good=[
        {"AGENTS.md": "Never call `openai.OpenAI()` directly. Do not bypass the LLM gateway.\nAvoid wrappers around React components.\n"},
    ],
    misses=["A library that gate does not know as one of a model or provider, and that the policy does not name."],
)  # fmt: skip


@rule.check(Instruction)
def avoids(fact: Instruction, repo: Repo) -> Iterator[Hit]:
    if fact.asks == "wrapper" and fact.where != "comment":
        source = repo.source(fact.place.path)
        said = source.snippet(fact.place) if source else ""
        named = any(name in said for wrapper in repo.settings.wrappers for name in (wrapper.use, *wrapper.instead_of))
        severity = Severity.HIGH if named else Severity.MEDIUM
        yield Hit(fact.place, f"This tells a model to {fact.what}.", severity=severity)
