"""A request's text is handed to a function of another file that runs it.

The helper puts what it is given into the line of a shell, or evaluates it; it is as safe as its callers. Here a caller hands over
what a request brings, so whoever sends it runs commands with all the rights of the server.
"""

from collections.abc import Iterator

from gate.facts.jshanded import JsHanded, reached
from gate.rule import Hit, Hop, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(78, 95),
    fix="""Let the helper start the program itself, with its arguments in an array and no shell: `execFile("git", ["log", "--", name])`.
    Choose what is evaluated from named operations.""",
    bad=[
        {
            "src/routes/thumb.ts": """
            import { makeThumbnail } from "../utils/thumbnail.js";
            router.post("/thumb", async (req, res) => {
              const { file, size } = req.body;
              res.json({ out: await makeThumbnail(file, size) });  // <-
            });
            """,
            "src/utils/thumbnail.ts": """
            import { exec } from "child_process";
            import { promisify } from "util";
            const run = promisify(exec);
            export async function makeThumbnail(file: string, size: string): Promise<string> {
              const out = `${file}.thumb.png`;
              await run(`convert ${file} -resize ${size} ${out}`);
              return out;
            }
            """,
        },
        {
            "src/tools/tools.controller.ts": """
            import { Body, Controller, Post } from "@nestjs/common";
            import { ToolsService } from "./tools.service";
            @Controller("tools")
            export class ToolsController {
              constructor(private readonly toolsService: ToolsService) {}
              @Post("dns")
              lookup(@Body() dto: LookupDto) {
                return this.toolsService.lookup(dto.domain);  // <-
              }
            }
            """,
            "src/tools/tools.service.ts": """
            import { execSync } from "child_process";
            @Injectable()
            export class ToolsService {
              lookup(domain: string): string {
                return execSync(`dig +short ${domain}`).toString();
              }
            }
            """,
        },
        {
            "lib/rules.js": """
            const compile = (text) => new Function("row", "return " + text);
            module.exports = compile;
            """,
            "server.js": """
            const compile = require("./lib/rules");
            app.post("/rule", (req, res) => res.json(compile(req.body.rule)({})));  // <-
            """,
        },
    ],
    good=[
        {
            "src/routes/thumb.ts": """
            import { makeThumbnail, tag, count } from "@/utils/thumbnail";
            router.post("/thumb", async (req, res) => {
              await tag(req.body.name);
              if (!ALLOWED.includes(req.body.size)) return res.status(400).end();
              await makeThumbnail(FILES.logo, req.body.size);
              await count(Number(req.body.count));
              res.end();
            });
            """,
            "src/utils/thumbnail.ts": """
            import { execFile, execSync } from "child_process";
            export async function makeThumbnail(file: string, size: string) {
              execSync(`convert ${file} -resize ${size} out.png`);
            }
            export async function tag(name: string) {
              if (!/^[a-z]+$/.test(name)) throw new Error("name");
              execSync(`git tag ${name}`);
              execFile("git", ["tag", name]);
            }
            export const count = (count: number) => execSync(`head -n ${count} log`);
            """,
        },
    ],
    misses=[
        "A value that passes through two helpers, an index file that exports others' names, or a helper's `if`, whatever it asks.",
    ],
)


_WEAKNESSES = {"command": (78,), "code": (95,)}


@rule.check(JsHanded)
def look(one: JsHanded, repo: Repo) -> Iterator[Hit]:
    for helper in reached(one, repo, frozenset(_WEAKNESSES)):
        hops = (Hop(helper.place, f"`{helper.name}` runs it"),)
        yield Hit(
            one.place,
            f"What a request brings is run by `{helper.name}`, in another file.",
            trace=hops,
            cwes=_WEAKNESSES[helper.kind],
        )
