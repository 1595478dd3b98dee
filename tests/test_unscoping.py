"""A key of the service role in JavaScript: worse where the request chooses the rows and nobody asks who calls."""

import pytest

from gate.facts.unscoping import Unscoping
from gate.source import Source

CLIENT = "const db = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY!);\n"
ROWS = 'return Response.json(await db.from("invoices").select("id").eq("id", id));\n'


def blind(text):
    (one,) = Unscoping.find(Source("app/api/invoices/route.ts", text))
    return one.blind


@pytest.mark.parametrize(
    "head",
    [
        "Deno.serve(async (req) => {\nconst { id } = await req.json();\n",
        "serve(async (req: Request) => {\nconst id = new URL(req.url).searchParams.get('id');\n",
        "export async function GET(request: NextRequest) {\nconst id = request.nextUrl.searchParams.get('id');\n",
        "export default async function handler(req, res) {\nconst { id } = req.query;\n",
        "app.get('/invoices/:id', async (req, res) => {\nconst id = req.params.id; // auth.getUser() comes later\n",
    ],
)
def test_nobody_asks_who_calls(head):
    assert blind(f"{head}{CLIENT}{ROWS}}}")


@pytest.mark.parametrize(
    "text",
    [
        "const { data: { user } } = await db.auth.getUser(token);\n",
        "const event = stripe.webhooks.constructEvent(body, sig, key);\n",
        "if (req.headers.get('Authorization') !== `Bearer ${key}`) return new Response('', { status: 401 });\n",
        "const session = await getServerSession(options);\n",
    ],
)
def test_somebody_asks(text):
    head = "Deno.serve(async (req) => {\nconst { id } = await req.json();\n"
    assert not blind(f"{head}{text}{CLIENT}{ROWS}}}")


def test_what_no_request_chooses_is_not_worse():
    assert not blind(f"export async function rebuild() {{\n{CLIENT}await db.from('totals').select('id');\n}}")
