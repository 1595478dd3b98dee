"""Tokens as their issuers describe them, written down apart from gate's own tables: each is found in each kind of file.

`<A36>` is 36 characters of a class: A letters and digits, L lower-case letters and digits, U upper-case letters and
digits, H hexadecimal, D digits, W those of URL-safe Base64, B those of Base64. A bar stands where a token is cut, so
that none is in this file in one piece.
"""

import random
import re
import string

import pytest

from gate.rule import Source
from gate.scanners.secrets import scanner
from tests import examples

ALNUM = string.ascii_letters + string.digits
CLASSES = {
    "A": ALNUM, "L": string.ascii_lowercase + string.digits, "U": string.ascii_uppercase + string.digits,
    "H": "0123456789abcdef", "D": string.digits, "W": ALNUM + "-_", "B": ALNUM + "+/", "S": string.ascii_uppercase + "234567",
}  # fmt: skip
UUID = "<H8>-<H4>-<H4>-<H4>-<H12>"
FORMS = f"""
openai session: se|ss-<A40>
llamacloud: ll|x-<A48>
logfire: py|lf_v1_us_<A43>
browserbase: bb|_live_<W27>
amp: sga|mp_user_<U26>_<H64>
context7: ctx|7sk-{UUID}
baidu: bce-v3/AL|TAK-<A21>/<H40>
depot: dep|ot_project_<H64>
socket: sk|tsec_<W44>
netbird: nb|p_<A36>
polar: pol|ar_oat_<A43>
mercury: secret-to|ken:mercury_production_rma_<A40>_yrucrem
amazon mws: am|zn.mws.{UUID}
honeycomb: hc|aik_<L58>
axiom: xa|at-{UUID}
bitwarden: 0|.{UUID}.<A30>:<B22>==
turnstile: 0x4A|AAAAAA<W27>
cal.com: ca|l_live_<H32>
unleash: *:prod|uction.<H60>
dbt cloud: db|tc_<W36>
openai project: sk-pr|oj-<W74>T3Blbk|FJ<W74>
openai project, short: sk-pr|oj-<W58>T3Blbk|FJ<W58>
openai service account: sk-svc|acct-<W74>T3Blbk|FJ<W74>
openai admin: sk-ad|min-<W74>T3Blbk|FJ<W74>
openai legacy: sk|-<A20>T3Blbk|FJ<A20>
anthropic api: sk-an|t-api03-<W93>AA
anthropic admin: sk-an|t-admin01-<W93>AA
anthropic oauth: sk-an|t-oat01-<W86>AA
google api: AI|za<A35>
google auth: AQ|.Ab8RN6<W44>
google oauth: ya|29.<W120>
google client secret: GOC|SPX-<W28>
hugging face: h|f_<A34>
hugging face org: api|_org_<A34>
groq: gs|k_<A52>
xai: xa|i-<A80>
openrouter: sk-o|r-v1-<H64>
replicate: r|8_<A37>
perplexity: pp|lx-<A48>
nvidia: nv|api-<W64>
langsmith personal: lsv2|_pt_<H32>_<H10>
langsmith service: lsv2|_sk_<H32>_<H10>
langfuse: sk-l|f-{UUID}
pinecone: pc|sk_<A6>_<A63>
deepseek: s|k-<H32>
elevenlabs: s|k_<H48>
github classic: gh|p_<A36>
github oauth: gh|o_<A36>
github user: gh|u_<A36>
github refresh: gh|r_<A36>
github server: gh|s_<A36>
github server, stateless: gh|s_<D7>_eyJ<W40>.eyJ<W160>.<W86>
github fine-grained: github|_pat_<A22>_<A59>
gitlab personal: gl|pat-<A20>
gitlab routable: gl|pat-<W27>.01<L7>
gitlab runner: gl|rt-<A20>
gitlab deploy: gl|dt-<A20>
gitlab trigger: gl|ptt-<H40>
gitlab job: gl|cbt-<A20>
gitlab agent: gl|agent-<W50>
gitlab scim: gl|soat-<A20>
gitlab oauth: gl|oas-<H64>
stripe live: sk|_live_<A24>
stripe live, long: sk|_live_51<A97>
stripe restricted: rk|_live_<A24>
stripe test: sk|_test_<A24>
stripe webhook: wh|sec_<A32>
supabase secret: sb_se|cret_<W31>
supabase personal: sb|p_<H40>
aws key id: AK|IA<S16>
aws session key id: AS|IA<S16>
aws bedrock: AB|SK<B128>
aws bedrock, short term: bedrock-api|-key-YmVkcm9jay5hbWF6b25hd3MuY29t<B200>
azure ad secret: <A3>8|Q~<A34>
azure storage: DefaultEndpointsProtocol=https;AccountName=shop;Account|Key=<B86>==
slack bot: xo|xb-<D12>-<D13>-<A24>
slack user: xo|xp-<D12>-<D12>-<D12>-<H32>
slack app: xa|pp-1-A<U10>-<D13>-<H64>
slack refresh: xo|xe-1-<A146>
slack configuration: xo|xe.xoxp-1-<A162>
slack webhook: https://hooks.sl|ack.com/services/T<U10>/B<U10>/<A24>
slack workflow: https://hooks.sl|ack.com/workflows/T<U10>/A<U10>/<D18>/<A24>
databricks: da|pi<H32>
databricks, numbered: da|pi<H32>-2
npm: np|m_<A36>
pypi: py|pi-AgEIcHlwaS5vcmc<W120>
pypi test: py|pi-AgENdGVzdC5weXBpLm9yZw<W120>
sendgrid: S|G.<A22>.<A43>
twilio: S|K<H32>
digitalocean personal: do|p_v1_<H64>
digitalocean oauth: do|o_v1_<H64>
digitalocean refresh: do|r_v1_<H64>
linear: lin|_api_<A40>
notion: nt|n_<D11><A35>
shopify admin: shp|at_<H32>
shopify custom: shp|ca_<H32>
shopify private: shp|pa_<H32>
shopify shared: shp|ss_<H32>
vault service: hv|s.<A95>
vault batch: hv|b.<A140>
planetscale token: pscale|_tkn_<A43>
planetscale oauth: pscale|_oauth_<A43>
planetscale password: pscale|_pw_<A43>
cloudflare user: cfu|t_<A40><H8>
cloudflare account: cfa|t_<A40><H8>
cloudflare origin: v1|.0-<H24>-<H146>
fly: fo|1_<W43>
fly macaroon: fm|2_<B200>
figma: fi|gd_<W40>
postman: PM|AK-<H24>-<H34>
doppler: dp|.pt.<A43>
doppler service: dp|.st.prd.<A43>
grafana service: gl|sa_<A32>_<H8>
grafana cloud: gl|c_eyJ<B120>
sentry org: snt|rys_eyJ<B120>_<B43>
sentry user: snt|ryu_<H64>
posthog: ph|x_<A43>
1password service account: op|s_eyJ<B250>
1password secret key: A|3-<U6>-<U6>-<U5>-<U5>-<U5>-<U5>
age: AGE-SECRET|-KEY-1QYQSZQGPQYQSZQGPWYQSZQGPZYQSZQGPRYQSZQGP9YQSZQGPXYQSZQGPY8
pulumi: pu|l-<H40>
rubygems: ruby|gems_<H48>
heroku: HRKU|-AA<W58>
airtable: pa|t<A14>.<H64>
atlassian: ATA|TT3xFfGF0<W180>=<H8>
bitbucket app: AT|BB<A32>
docker hub: dckr|_pat_<A27>
terraform cloud: <A14>.atl|asv1.<A67>
new relic: NR|AK-<U27>
mailchimp: <H32>-u|s12
mailgun: ke|y-<H32>
brevo: xkey|sib-<H64>-<A16>
telegram: <D10>:A|A<W33>
discord: MT<A22>.|<A6>.<A38>
square: sq0|atp-<W22>
square production: EA|AA<A60>
contentful: CF|PAT-<W43>
dropbox: s|l.<W140>
dynatrace: dt|0c01.<U24>.<U64>
tailscale: ts|key-auth-<A12>-<A32>
circleci: CCI|PAT_<A22>_<H40>
buildkite: bk|ua_<H40>
sonar: sq|p_<H40>
jfrog: AK|Cp<A69>
resend: r|e_<A8>_<A24>
vercel: vc|p_<A56>
netlify: nf|p_<A36>
razorpay: rzp|_live_<A14>
easypost: EZ|AK<A54>
facebook: EAA|CEdEose0cBA<A120>
hubspot: pa|t-na1-{UUID}
"""
NEAR = f"""
short: gh|p_<A35>
other prefix: gh|q_<A36>
upper-case prefix: GH|P_<A36>
short: gl|pat-<A12>
short: AK|IA<S15>
long: AK|IA<S20>
a letter that is no Base32: AK|IA<S15>1
short: AI|za<A34>
long: AI|za<A44>
short: np|m_<A35>
long: np|m_<A48>
short: h|f_<A20>
letters that are no hexadecimal: da|pi<H31>z
short: do|p_v1_<H63>
no key: do|p_v1_<A20>
short: sk|_live_<A8>
publishable: pk|_live_<A24>
publishable: sb_publish|able_<W31>
short: S|G.<A22>.<A8>
short: xo|xb-<D6>
another page: https://hooks.sl|ack.com/docs
another package: py|pi-server-<L20>
short: hv|s.<A12>
version: v1|.0-rc1
short: lin|_api_<A20>
short: nt|n_<D11>
short: shp|at_<H24>
letters that are no hexadecimal: shp|at_<H30>zz
short: AGE-SECRET|-KEY-1<U20>
short: PM|AK-<H20>
short: gs|k_<A30>
identifier: gs|k_some_long_identifier_of_a_function_in_code
identifier: h|f_model_name_of_some_checkpoint_file_in_code
identifier: np|m_package_json_of_the_whole_company_for_all
short: sk-an|t-api03-<W10>
short: pu|l-<H30>
short: ruby|gems_<H30>
address: <D10>:8|080
mail: SK<L6>@shop.com
commit: <H40>
digest: <H64>
uuid: {UUID}
placeholder: gh|p_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
placeholder: sk-pr|oj-your-key-your-key-your-key-your-key-your-key
placeholder: AK|IAIOSFODNN7EXAMPLE
"""
ROWS = [tuple(row.split(": ", 1)) for row in FORMS.strip().split("\n")]
FILES = {
    "app.py": "client = Client('{}')\n",
    ".env": "VALUE={}\n",
    "app.yml": "service:\n  value: {}\n",
    "app.json": '{{\n  "value": "{}"\n}}\n',
}


def made(form: str) -> str:
    draw = random.Random(form)  # noqa: S311
    return re.sub(r"<([A-Z])(\d+)>", lambda some: _some(CLASSES[some[1]], int(some[2]), draw), form).replace("|", "")


def _some(alphabet: str, length: int, draw: random.Random) -> str:
    """Characters of a class, the last no sign, which a sentence could end with."""
    return "".join(draw.choices(alphabet, k=length - 1)) + draw.choice([c for c in alphabet if c.isalnum()])


def found(files: dict[str, str]) -> set[str]:
    """The files in which a token of known form is found, and not just something that looks random or is named so."""
    scanned = scanner.scan([Source(path, text) for path, text in files.items()], examples.repo({}))
    guessed = {"detect-secrets/secret-keyword", "detect-secrets/high-entropy"}
    return {one.hit.place.path for one in scanned.spotted if one.rule.id not in guessed}


def test_each_of_a_hundred_and_twenty_kinds_is_found_in_each_kind_of_file():
    files = {f"{name}/{path}": text.format(made(form)) for name, form in ROWS for path, text in FILES.items()}
    assert len(ROWS) >= 120
    assert sorted(files.keys() - found(files)) == []


@pytest.mark.parametrize("row", NEAR.strip().split("\n"))
def test_what_only_nearly_has_the_form_is_none(row):
    value = made(row.split(": ", 1)[1])
    files = {path: text.format(value) for path, text in FILES.items()}
    assert found(files) == set()
