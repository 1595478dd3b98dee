"""An agent runs what its model writes, on this machine.

A model writes what the texts it reads make it write: a web page, a ticket or a mail can carry instructions. Without a
sandbox they run with the files, the network and the credentials of this program, and nobody is asked before.
"""

from collections.abc import Iterator

from gate.facts.agentrunner import AgentRunner
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(94, 1426, 95),
    fix="""Give the agent tools of your own that each do one thing. Where code must run, run it in a container or a
    sandbox without network and credentials (`use_docker`, `executor_type="e2b"`), and ask a person before it does.""",
    bad=[
        """
        from autogen import UserProxyAgent
        from crewai_tools import CodeInterpreterTool
        user = UserProxyAgent("user", code_execution_config=dict(work_dir="w", use_docker=False))  # <-
        tool = CodeInterpreterTool(unsafe_mode=True)  # <-
        """,
        """
        import autogen
        from claude_agent_sdk import ClaudeAgentOptions
        from crewai import Agent
        from interpreter import interpreter
        from langchain.agents import load_tools
        from smolagents import CodeAgent
        tools = load_tools(["llm-math", "terminal"], llm=llm)  # <-
        user = autogen.UserProxyAgent("user", code_execution_config={"work_dir": "w", "use_docker": False})  # <-
        agent = CodeAgent(tools=[], model=model, additional_authorized_imports=["*"])  # <-
        coder = Agent(role="coder", allow_code_execution=True, code_execution_mode="unsafe")  # <-
        options = ClaudeAgentOptions(permission_mode="bypassPermissions")  # <-
        interpreter.auto_run = True  # <-
        """,
    ],
    good=[
        """
        import autogen
        from crewai import Agent
        from langchain.agents import load_tools
        from smolagents import CodeAgent
        tools = load_tools(["llm-math", "wikipedia"], llm=llm)
        user = autogen.UserProxyAgent("user", code_execution_config={"use_docker": True})
        mute = autogen.UserProxyAgent("user", code_execution_config=False)
        agent = CodeAgent(tools=[], model=model, additional_authorized_imports=["numpy"])
        remote = CodeAgent(tools=[], model=model, executor_type="e2b", additional_authorized_imports=["*"])
        coder = Agent(role="coder", allow_code_execution=True, code_execution_mode="safe")
        server.auto_run = True
        """
    ],
    misses=["Agents that are set up by a file of settings."],
)


@rule.check(AgentRunner)
def look(one: AgentRunner, repo: Repo) -> Iterator[Hit]:
    del repo
    yield Hit(one.place, f"With {one.what} the agent runs what its model writes, on this machine and unasked.")
