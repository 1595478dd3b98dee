"""A secret is built into what browsers are sent.

The prefix (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_` and the like) tells the build to paste the value into the JavaScript
of the page. Everybody who opens it can read the value there, and with it do what the program may do.
"""

from collections.abc import Iterator

from gate.facts.clientsecret import ClientSecret
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(522, 540, 312),
    fix="""Keep the secret on the server: drop the prefix, read it in a route of your own and let the page call that
    one. Replace the secret, which has been published with every build.""",
    bad=[
        {
            "lib/pay.ts": """
            const stripe = new Stripe(process.env.NEXT_PUBLIC_STRIPE_SECRET_KEY!); // <-
            const admin = createClient(url, import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY); // <-
            const key = process.env.REACT_APP_OPENAI_API_KEY; // <-
            """,
            "lib/chat.tsx": """
            const client = new OpenAI({ apiKey, dangerouslyAllowBrowser: true }); // <-
            """,
            "next.config.mjs": """
            export default {
              env: {
                STRIPE_SECRET_KEY: process.env.STRIPE_SECRET_KEY, // <-
                REGION: process.env.REGION,
              },
            };
            """,
            "nuxt.config.ts": """
            export default defineNuxtConfig({
              runtimeConfig: {
                stripeSecretKey: process.env.STRIPE_SECRET_KEY,
                public: {
                  stripeSecretKey: process.env.STRIPE_SECRET_KEY, // <-
                  siteName: "shop",
                },
              },
            });
            """,
            "pages/index.tsx": """
            export async function getServerSideProps() {
              return { props: { name: process.env.SITE_NAME, apiKey: process.env.OPENAI_API_KEY } }; // <-
            }
            """,
            ".env.production": """
            VITE_ADMIN_PASSWORD=change-me  # <-
            NEXT_PUBLIC_DATABASE_URL=postgres://db  # <-
            """,
        }
    ],
    good=[
        {
            "lib/pay.ts": """
            const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);
            const pay = loadStripe(process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY);
            const client = createClient(url, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY);
            const map = import.meta.env.VITE_MAPBOX_TOKEN;
            const firebase = { apiKey: process.env.NEXT_PUBLIC_FIREBASE_API_KEY };
            const least = process.env.NEXT_PUBLIC_PASSWORD_MIN_LENGTH;
            """,
            "next.config.js": "module.exports = { env: { SITE_NAME: 'x' }, output: 'standalone', secret: { APP_SECRET: 1 } };",
            "pages/status.tsx": """
            export async function getServerSideProps() {
              return { props: { name: process.env.SITE_NAME, pays: Boolean(process.env.STRIPE_SECRET_KEY) } };
            }
            """,
            ".env": "NEXT_PUBLIC_SITE_KEY=a\nOPENAI_API_KEY=b",
        }
    ],
    misses=["Secrets that a server hands to a page under another name."],
)


@rule.check(ClientSecret)
def look(one: ClientSecret, repo: Repo) -> Iterator[Hit]:
    del repo
    if one.name:
        yield Hit(one.place, f"`{one.name}` is pasted into what every browser is sent.", detail=one.name)
    else:
        message = "This client runs in the browser, so everybody who opens the page has its key."
        yield Hit(one.place, message, severity=Severity.MEDIUM)
