"""A request's text is handed to a function of another file that opens it, or asks it.

The helper opens the file it is given, or fetches the address; it is as safe as its callers. Here a caller hands over what a request
brings: `../../.env` is a name, and the address of the server's own network is an address.
"""

from collections.abc import Iterator

from gate.facts.jshanded import JsHanded, reached
from gate.rule import Hit, Hop, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(22, 918),
    fix="""Let the helper refuse what is not below its folder (`path.resolve(ROOT, name)`, then `startsWith(ROOT + path.sep)`), and
    any host that is not on a list.""",
    bad=[
        {
            "app/api/avatar/route.ts": """
            import { downloadImage } from "@/lib/download";
            export async function POST(request: NextRequest) {
              const body = await request.json();
              const image = await downloadImage(body.avatarUrl);  // <-
              return NextResponse.json({ size: image.byteLength });
            }
            """,
            "lib/download.ts": """
            export const downloadImage = async (url: string): Promise<ArrayBuffer> => {
              const answer = await fetch(url);
              if (!answer.ok) throw new Error(`Failed: ${answer.status}`);
              return answer.arrayBuffer();
            };
            """,
        },
        {
            "src/routes/pages.ts": """
            import * as templates from "../services/templates";
            router.get("/page", async (req, res) => {
              res.send(await templates.loadTemplate(req.query.name as string));  // <-
            });
            """,
            "src/services/templates.ts": """
            const BASE = path.resolve("templates");
            export async function loadTemplate(name: string) {
              const file = path.join(BASE, name);
              if (!fs.existsSync(file)) throw new Error("no page");
              return fs.promises.readFile(file, "utf8");
            }
            """,
        },
    ],
    good=[
        {
            "src/routes/pages.ts": """
            import { loadTemplate, user, checked, listed } from "../services/templates";
            router.get("/page", async (req, res) => {
              const { address } = req.body;
              if (!isPublicAddress(address)) return res.status(400).end();
              await listed(address);
              res.send([await loadTemplate(req.query.name as string), await user(req.params.id), await checked(req.body.url)]);
            });
            """,
            "src/services/templates.ts": """
            export async function loadTemplate(name: string) {
              return fs.promises.readFile(path.join(BASE, path.basename(name)), "utf8");
            }
            export async function user(id: string) {
              return fetch(`https://api.example.com/users/${id}`);
            }
            export async function checked(address: string) {
              const { hostname } = new URL(address);
              if (!HOSTS.has(hostname)) throw new Error("host");
              return fetch(address);
            }
            export const listed = (address: string) => fetch(address);
            """,
        },
        {
            "src/page.tsx": """
            import { load } from "./load";
            export function Page({ params }) {
              return load(params.url);
            }
            """,
            "src/load.ts": "export const load = (url: string) => fetch(url);",
        },
    ],
    misses=[
        "A value that passes through two helpers, an index file that exports others' names, or a helper's `if`, whatever it asks.",
    ],
)

_SAID = {"address": "is the address that `{name}` asks", "file": "names the file that `{name}` opens"}
_WEAKNESSES = {"address": (918,), "file": (22,)}


@rule.check(JsHanded)
def look(one: JsHanded, repo: Repo) -> Iterator[Hit]:
    for helper in reached(one, repo, frozenset(_SAID)):
        said = _SAID[helper.kind].format(name=helper.name)
        hops = (Hop(helper.place, f"`{helper.name}` does it"),)
        yield Hit(
            one.place, f"What a request brings {said}, in another file.", trace=hops, cwes=_WEAKNESSES[helper.kind]
        )
