"""Secrets under names, or in places, that are built into what browsers are sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_PREFIXES = ("public", "vite", "react_app", "gatsby", "vue_app", "ng_app")
"""Words at the end of the names that build tools put into what browsers get."""
_PREFIX = r"(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC|NG_APP)_"
_PROVIDERS = (
    r"(?:OPENAI|ANTHROPIC|CLAUDE|GROQ|MISTRAL|COHERE|GEMINI|DEEPSEEK|OPENROUTER|REPLICATE|HUGGINGFACE|ELEVENLABS|SENDGRID"
    r"|RESEND|MAILGUN|TWILIO|GITHUB|GITLAB|SLACK|AIRTABLE|NOTION|PINECONE|VERCEL)"
)
_SECRET = lazy.regex(
    rf"\b{_PREFIX}(?!\w*(?:PUBLISHABLE|PUBLIC_KEY|SITE_KEY|_ID\b|_URL\b|PASSWORD_(?:MIN|MAX|RE|POLICY|LENGTH|RESET|HINT)|SECRET_SANTA))"
    rf"(?:\w*(?:SECRET|SERVICE_ROLE\w*|PRIVATE_KEY|PASSWORD|PASSWD|ACCESS_KEY|ADMIN_KEY|MASTER_KEY)(?:_KEY|_TOKEN)?\b"
    rf"|(?:\w+_)?{_PROVIDERS}_(?:API_|AUTH_|ACCESS_|BOT_)?(?:KEY|TOKEN)\b)"
    rf"|\b{_PREFIX}(?:\w+_)?(?:DATABASE_URL|MONGO(?:DB)?_UR[IL]|POSTGRES_URL|REDIS_URL)\b"
)
_BROWSER = lazy.regex(r"\bdangerouslyAllowBrowser\s*:\s*true\b")
_NEXT = lazy.regex(r"(?:^|/)next\.config\.[cm]?[jt]s$")
_BLOCK = lazy.regex(r"\benv\s*:\s*\{([^{}]*)\}")
_INLINED = lazy.regex(
    r"\b[A-Z][A-Z0-9_]*(?:SECRET|PRIVATE_KEY|SERVICE_ROLE|PASSWORD|ACCESS_KEY)(?:_KEY|_TOKEN)?(?=[\"']?\s*:)"
)
_PUBLIC = lazy.regex(r"\bpublic\s*:\s*\{([^{}]*)\}")
_RUNTIME = lazy.regex(r"(?:^|/)nuxt\.config\.[cm]?[jt]s$")
_KEPT = lazy.regex(r"\b\w*(?:[sS]ecret(?:Key)?|[pP]rivateKey|[pP]assword|[sS]erviceRole(?:Key)?)(?=[\"']?\s*:)")
_PROPS = lazy.regex(r"\bprops\s*:\s*\{([^{}]*)\}")
_GIVEN = lazy.regex(
    rf"(?<![!(]process\.env\.)(?<=process\.env\.)(?!{_PREFIX})"
    rf"(?:\w*(?:SECRET|PRIVATE_KEY|SERVICE_ROLE|PASSWORD)(?:_KEY|_TOKEN)?|{_PROVIDERS}_(?:API_)?(?:KEY|TOKEN))\b"
)
_LEAVING = (
    (_NEXT, _BLOCK, _INLINED),
    (_RUNTIME, _PUBLIC, _KEPT),
    (lazy.regex(r"(?:^|/)pages/.*\.[jt]sx?$"), _PROPS, _GIVEN),
)
"""Files, the blocks of them that browsers are sent, and what is secret in those."""
_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_MAX_LINE = 2_000


@dataclass(frozen=True)
class ClientSecret:
    """A name that says both: that it is secret, and that browsers get it. "" for a client of a paid service."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        "dangerouslyallowbrowser", ("env", r"\s*:\s*\{[^{}]*(?:secret|_key|password)"),
        ("public", r"\s*:\s*\{[^{}]*(?:secret|key|password|role)"), ("props", r"\s*:\s*\{[^{}]*process\.env\."),
        *((f"{word}_", r"\w*(?:secret|service_role|key|token|pass|_ur[il])") for word in _PREFIXES),
    )  # fmt: skip

    place: Place
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterable["ClientSecret"]:
        if source.language in {"python", "markdown", "sql"} or kind(source.path) == "test":
            return
        seen = set()
        for number, name in _inlined(source):
            yield cls(Place.at(source.path, number), name)
        for number, line in enumerate(source.lines, 1):
            if len(line) > _MAX_LINE or line.lstrip().startswith(("//", "#", "*")):
                continue
            for found in _SECRET.finditer(line):
                if (number, found[0]) not in seen:
                    seen.add((number, found[0]))
                    yield cls(Place.at(source.path, number), found[0])
            if _BROWSER.search(line):
                yield cls(Place.at(source.path, number), "")


def _inlined(source: Source) -> Iterator[tuple[int, str]]:
    """Secrets that leave under any name: `env` of Next's settings, `public` of Nuxt's, `props` of a page.

    Sources: https://nextjs.org/docs/pages/api-reference/config/next-config-js/env,
    https://nuxt.com/docs/guide/going-further/runtime-config, and for props
    https://nextjs.org/docs/pages/building-your-application/data-fetching/get-server-side-props.
    """
    for path, blocks, names in _LEAVING if source.path.endswith(_SCRIPTS) else ():
        for block in blocks.finditer(source.text) if path.search(source.path) else ():
            for found in names.finditer(block[1]):
                yield source.text.count("\n", 0, block.start(1) + found.start()) + 1, found[0]
