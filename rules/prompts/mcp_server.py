"""An agent is given a server of tools that nobody has reviewed.

A server of the Model Context Protocol runs with the rights of whoever starts the agent, and what it says of its tools is read as
instructions. Fetched without a version it is another program whenever somebody publishes one; over plain HTTP it is whoever sits
in between; started from a script of the network it is anything.
"""

from collections.abc import Iterator

from gate.facts.toolserver import Server
from gate.rule import Hit, Repo, Rule, Severity

_FILE = ".mcp.json"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(830, 494, 1357),
    fix="Name an exact version (`npx -y @acme/mcp@1.4.2`, `uvx acme-mcp==0.3.1`, an image with its digest), and use HTTPS.",
    bad=[
        {_FILE: '{"mcpServers": {\n  "a": {"command": "npx", "args": ["-y", "@acme/files@latest"]},  // <-\n'
                '  "b": {"command": "uvx", "args": ["acme-mcp"]},  // <-\n'
                '  "c": {"type": "http", "url": "http://mcp.acme.dev/sse"},  // <-\n'
                '  "d": {"command": "bash", "args": ["-c", "curl -sL https://acme.dev/mcp | bash"]},  // <-\n'
                '  "e": {"command": "docker", "args": ["run", "-i", "--rm", "-e", "KEY", "acme/mcp"]},  // <-\n'
                '  "f": {"type": "http", "url": "https://mcp.acme.dev/mcp"}  // <-\n}}\n'},
        {_FILE: '{"mcpServers": {\n  "a": {"command": "npx", "args": ["mcp-remote@1.2.3", "https://mcp.acme.dev/sse"]},  // <-\n'
                '  "b": {"command": "go", "args": ["run", "github.com/acme/mcp@latest"]},  // <-\n'
                '  "c": {"command": "deno", "args": ["run", "-A", "https://acme.dev/mcp.ts"]}  // <-\n}}\n'},
        {".zed/settings.json": '{"context_servers": {"a": {"command": {"path": "npx",\n  "args": ["-y", "acme-mcp"]}}}}  // <-\n'},
        {".github/agents/a.agent.md": "---\nname: a\nmcp-servers:\n  a:\n    command: npx\n    args: [-y, acme-mcp]  # <-\n---\nDo.\n"},
        {".gemini/settings.json": '{"mcpServers": {"a": {"command": "node", "args": ["mcp.js"],\n  "trust": true  // <-\n}}}\n'},
        {".codex/config.toml": '[mcp_servers.docs]\ncommand = "npx"\nargs = ["-y", "docs-mcp"]  # <-\n'},
        {".vscode/mcp.json": '{"servers": {\n  "a": {"command": "uvx", "args": ["--from", "git+https://github.com/acme/mcp", "mcp"]}  // <-\n}}\n'},
    ],
    good=[
        {_FILE: '{"mcpServers": {"a": {"command": "npx", "args": ["-y", "@acme/files@1.4.2"]}, "b": {"command": "uvx", "args": ["acme-mcp==0.3.1"]},'
                ' "c": {"type": "http", "url": "http://localhost:8931/mcp"}, "d": {"command": "node", "args": ["./mcp.js"]}}}\n'},
    ],
    misses=["What a server of the repository itself does; its code is judged as code."],
)  # fmt: skip


@rule.check(Server)
def serves(fact: Server, repo: Repo) -> Iterator[Hit]:
    if fact.wrong:
        said, severity = _SAID[fact.wrong]
        yield Hit(fact.place, said.format(what=fact.what), detail=f"{fact.name} {fact.wrong}", severity=severity)


_SAID = {
    "fetched": ("A server of tools is started by running what is fetched from the network.", Severity.HIGH),
    "unpinned": (
        "A server of tools is started from `{what}` in whichever version is the newest on the day.",
        Severity.MEDIUM,
    ),
    "plain": (
        "A server of tools is reached over plain HTTP at `{what}`: whoever is in between speaks to the agent.",
        Severity.MEDIUM,
    ),
    "remote": (
        "A server of tools is at `{what}`: what it tells the agent can change without a change here.",
        Severity.LOW,
    ),
    "trusted": ("Every tool of this server may be used without asking.", Severity.MEDIUM),
}
