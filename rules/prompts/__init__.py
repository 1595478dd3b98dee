"""Do prompts, agent instructions and SDK wrappers keep the guardrails?

Text that steers a model is code that nobody compiles.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="LLM01:2025",
    cwes=frozenset({1061, 1427, 1434}),
    surface=Hint(
        Hint.of("system_prompt", "openai", "anthropic", "langchain", "litellm", "mcpservers", "autoapprove").parts
        + Hint.whole(("prompt", r"\s*=")).parts
    ),
    points=[
        Point(
            "guarded-wrappers",
            "Models and providers are called through the wrappers that check and record.",
            rules=("prompts/direct_client",),
            ask="Do the changed prompts and agent files keep asking for the guarded wrappers, and never for eval, wide filters or skipped checks?",
        ),
        Point(
            "safe-instructions",
            "No prompt asks for endpoints that evaluate, wide filters, debug tokens or silenced scanners.",
            rules=("prompts/banned_instruction",),
        ),
    ],
)
