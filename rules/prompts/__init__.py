"""Do prompts, agent instructions and SDK wrappers keep the guardrails?

Text that steers a model is code that nobody compiles.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="LLM01:2025",
    cwes=frozenset({356, 830, 1061, 1427, 1434}),
    surface=Hint(
        Hint.of("system_prompt", "openai", "anthropic", "langchain", "litellm", "mcpservers", "autoapprove").parts
        + Hint.whole(("prompt", r"\s*=")).parts
    ),
    points=[
        Point(
            "guarded-wrappers",
            "Models and providers are called through the wrappers that check and record.",
            rules=("prompts/direct_client", "prompts/wrapper_avoided"),
        ),
        Point(
            "instructions",
            "Prompts and agent files never ask for eval endpoints, wide filters, debug tokens or skipped checks.",
            rules=("prompts/unsafe_instruction", "prompts/skipped_check", "prompts/hidden_order"),
            ask="Do the changed prompts and agent files keep asking for the guarded wrappers, and never for eval, wide filters or skipped checks?",
        ),
        Point(
            "agent-power",
            "Agents ask before they act, and get their tools from where they are reviewed.",
            rules=("prompts/agent_permission", "prompts/denial_removed", "prompts/agent_hook", "prompts/mcp_server"),
        ),
    ],
)
