"""Values are pasted into a command line that something runs.

A space, a `;` or a `$()` in a value ends the command that was meant and starts another. Where a request is known to reach a shell,
`execution/eval_endpoint` blocks; here nobody sees from here where the values come from, or what runs the line: a helper for SSH,
for containers, for devices.
"""

from collections.abc import Iterator

from gate.facts.pastedcommand import PastedCommand
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(78, 77, 88),
    fix="""Hand over a list of arguments: `run(["docker", "pull", image])`. Where only a line is taken, as over SSH, quote each value with
    `shlex.quote`.""",
    bad=[
        """
        class Driver:
            def start(self, mapping):
                out, err = self._run_ssh('svctask startfcmap %s' % mapping)  # <-
                cmd = "removevv -f {}".format(mapping)
                return self._cli_run(cmd, None)  # <-
        """,
        """
        from fabric import Connection
        def deploy(conn: Connection, branch):
            conn.run(f"git checkout {branch}")  # <-
            conn.sudo("systemctl restart " + branch)  # <-
            run_shell(f"docker pull {branch}")  # <-
        """,
        """
        def grains(name):
            return __salt__["cmd.run"]("salt-call grains.get {0}".format(name))  # <-
        """,
        """
        async def preview(client, path):
            stdin, stdout, stderr = client.exec_command(command=f"cat {path}")  # <-
            await run_command_async(f"ffmpeg -i {path} out.png")  # <-
        """,
    ],
    good=[
        """
        import shlex
        import subprocess
        PORT = 22
        class Driver:
            def start(self, mapping, rows):
                self._run_ssh(["svctask", "startfcmap", mapping])
                self._run_ssh(f"svctask startfcmap {shlex.quote(mapping)}")
                self._cli_run("showport -port %d" % mapping, None)
                self._cli_run(f"showport {PORT}")
                self._run_ssh("showport -iscsi")
                subprocess.run(f"ls {mapping}")
                self.db.execute_command(f"select {mapping} from t")
                self.client.execute_command(f"CLUSTER {mapping}")
                raise CommandError(f"cannot run {mapping}")
        """,
        """
        import shlex
        import subprocess
        def run_command(line):
            return subprocess.run(shlex.split(line))
        def pull(image):
            return run_command(f"docker pull {image}")
        def plan(context, name):
            return context.run(f"{name} of the plan")
        """,
    ],
    misses=[
        "A command line that is put together in several steps: `cmd = 'df'`, then `cmd += ' -' + args`.",
        "A helper whose name says nothing of commands: `self.device.send(f'reboot {name}')`.",
    ],
)


@rule.check(PastedCommand)
def pasted(fact: PastedCommand, repo: Repo) -> Iterator[Hit]:
    del repo
    said = f"Values are pasted into the command `{fact.opening} ...` that `{fact.runner}` runs; a `;` or a space in one runs another."
    yield Hit(fact.place, said)
