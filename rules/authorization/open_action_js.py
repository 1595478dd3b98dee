"""A server action changes things and asks nobody who they are, though others of the program do.

A function of a file that says "use server" is an address: whoever has the page, or has had it once, can call it with arguments of
their own. That a page shows the button to some people only keeps nobody from it.
"""

from collections.abc import Iterator
from functools import lru_cache

from gate.facts.jsaction import JsAction
from gate.facts.publicity import is_public
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(862, 306),
    fix="""Ask first: `const session = await auth(); if (!session) throw new Error("Sign in first")`, and name the owner in the query,
    `where: { id, authorId: session.user.id }`; or make the action with a client that asks, such as `authActionClient`.""",
    bad=[
        {
            "app/actions.ts": """
            "use server";
            export async function createPost(form: FormData) {
              const session = await auth();
              if (!session) throw new Error("no");
              await db.post.create({ data: { title: String(form.get("title")), authorId: session.user.id } });
            }
            export async function deletePost(id: string) {  // <-
              await db.post.delete({ where: { id } });
            }
            export const archivePost = async (id: string) => {  // <-
              await db.post.update({ where: { id }, data: { archived: true } });
            };
            """,
        },
    ],
    good=[
        {
            "app/actions.ts": """
            "use server";
            export async function vote(id: string) {
              await db.poll.update({ where: { id }, data: { votes: { increment: 1 } } });
            }
            """,
            "app/more.ts": """
            "use server";
            import { requireUser } from "@/lib/session";
            export async function subscribe(form: FormData) {
              await db.reader.create({ data: { mail: String(form.get("mail")) } });
            }
            export async function list() {
              return db.poll.findMany({ take: 20 });
            }
            """,
            "app/none.ts": '"use server";\nimport "./actions";\n',
        },
    ],
    misses=[
        "Actions of a program in which no action asks who calls, and what is meant for some callers only.",
        "An action that asks who calls and does not look at the answer.",
    ],
)


@rule.check(JsAction)
def look(one: JsAction, repo: Repo) -> Iterator[Hit]:
    if one.writes and not one.asks and not is_public(one.name) and _others_ask(repo):
        yield Hit(one.place, f"`{one.name}` changes what is stored and asks nobody who they are; other actions do.")


@lru_cache(maxsize=8)
def _others_ask(repo: Repo) -> bool:
    return any(other.asks for other in repo[JsAction])
