r"""The secrets gate knows by their looks.

Facts: the formats are those the vendors document or the public rule sets of gitleaks and trufflehog describe.
This file is read by gate and, by its path, by the worker that sees the values; it imports the standard
library only. A pattern may be tried at every place of a hostile file, so each has bounded repetitions, or
begins with a look-behind that refuses every character it repeats.
"""

import re
from dataclasses import dataclass

LOW, MEDIUM, HIGH, CRITICAL = "low", "medium", "high", "critical"


@dataclass(frozen=True)
class Kind:
    """One kind of secret.

    `words` are literals one of which every match holds: a cheap test before the pattern. The group `value`
    of the pattern, or else all of it, is the secret.
    """

    id: str
    name: str
    issuer: str
    severity: str
    words: tuple[str, ...] = ()
    pattern: re.Pattern[str] = re.compile(r"(?!)")


def _kind(*texts: str) -> Kind:
    id_, name, issuer, severity, words, pattern = texts
    return Kind(id_, name, issuer, severity, tuple(words.split()), re.compile(pattern))


PRIVATE_KEY, URL, JWT, SERVICE_ROLE = "private-key", "url-password", "jwt", "supabase-service-role"
GOOGLE, AWS_ID = "google-api-key", "aws-key-id"
KEYWORD, ENTROPY = "secret-keyword", "high-entropy"

_HEX, _ALONE = "[0-9a-f]", r"(?:(?<![\w.-])|(?<=\\[nrt]))"

KINDS = {kind.id: kind for kind in (
    _kind(PRIVATE_KEY, "private key", "whoever trusts it", HIGH, "-----BEGIN",
          r"-----BEGIN (?P<locked>ENCRYPTED )?(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
          r"(?P<value>[^-]{64,20000})(?:-----END)?"),
    _kind(URL, "password in a URL", "the server", HIGH, "://",
          r"://(?P<user>[^\s:/?#@'\"`]{0,80}):(?P<value>[^\s/?#@'\"`]{3,120})@(?P<host>[\w.-]{1,120})"),
    _kind(JWT, "signed token (JWT)", "its issuer", MEDIUM, "eyJ",
          rf"{_ALONE}(?P<value>eyJ[\w-]{{8,4000}}\.(?P<claims>eyJ[\w-]{{8,8000}})\.[\w-]{{16,2000}})"),
    _kind(SERVICE_ROLE, "Supabase service-role key", "Supabase", CRITICAL, "", "(?!)"),
    _kind("openai-key", "OpenAI API key", "OpenAI", HIGH, "sk-proj- sk-svcacct- sk-admin- T3BlbkFJ",
          r"sk-(?:(?:proj|svcacct|admin)-[\w-]{40,250}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})"),
    _kind("anthropic-key", "Anthropic API key", "Anthropic", HIGH, "sk-ant-", r"sk-ant-[a-z]{3,6}\d\d-[\w-]{40,200}"),
    _kind("openrouter-key", "OpenRouter API key", "OpenRouter", HIGH, "sk-or-v1-", f"sk-or-v1-{_HEX}{{64}}"),
    _kind("model-api-key", "model provider's API key", "the provider", HIGH,
          "sk- gsk_ xai- r8_ pplx- nvapi- lsv2_ pcsk_",
          r"(?:sk-[A-Za-z0-9]{32,64}|gsk_[A-Za-z0-9]{52}|xai-[A-Za-z0-9]{80}|r8_[A-Za-z0-9]{37,40}"
          r"|pplx-[A-Za-z0-9]{48,56}|nvapi-[\w-]{60,70}|lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"
          r"|pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,64})(?![\w-])"),
    _kind("huggingface-token", "Hugging Face token", "Hugging Face", HIGH, "hf_ api_org_",
          r"(?:hf|api_org)_[A-Za-z0-9]{34,40}(?!\w)"),
    _kind(GOOGLE, "Google API key", "Google", HIGH, "AIza", r"AIza[\w-]{35}(?![\w-])"),
    _kind("google-oauth-secret", "Google OAuth secret", "Google", HIGH, "GOCSPX- ya29.",
          r"(?:GOCSPX-[\w-]{28}(?![\w-])|ya29\.[\w-]{60,400})"),
    _kind("github-token", "GitHub token", "GitHub", HIGH, "ghp_ gho_ ghu_ ghr_ ghs_ github_pat_",
          r"(?:gh[poru]_[A-Za-z0-9]{36,255}|ghs_(?:\d{1,12}_eyJ[\w.-]{60,900}|[A-Za-z0-9]{36,255})"
          r"|github_pat_\w{50,255})(?!\w)"),
    _kind("gitlab-token", "GitLab token", "GitLab", HIGH,
          "glpat- glrt- gldt- glptt- glcbt- glagent- glsoat- gloas- glimt- glft-",
          r"gl(?:pat|rt|dt|ptt|cbt|agent|soat|oas|imt|ft)-[\w-]{20,300}(?:\.[0-9a-z]{2}[0-9a-z]{7})?"),
    _kind("stripe-live-key", "live Stripe key", "Stripe", CRITICAL, "sk_live_ rk_live_",
          r"[sr]k_live_[A-Za-z0-9]{16,247}(?!\w)"),
    _kind("stripe-test-key", "Stripe test key", "Stripe", MEDIUM, "sk_test_ rk_test_",
          r"[sr]k_test_[A-Za-z0-9]{16,247}(?!\w)"),
    _kind("webhook-secret", "webhook signing secret", "the sender of the webhook", HIGH, "whsec_",
          r"whsec_[A-Za-z0-9+/]{24,80}={0,2}"),
    _kind("supabase-key", "Supabase secret key", "Supabase", HIGH, "sb_secret_ sbp_",
          rf"(?:sb_secret_[\w-]{{20,80}}|sbp_{_HEX}{{40}}(?!\w))"),
    _kind(AWS_ID, "AWS access key", "AWS", HIGH, "AKIA ASIA ABIA ACCA",
          r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _kind("aws-secret", "AWS secret key", "AWS", CRITICAL, "ecret ECRET ABSK",
          r"(?:(?i:aws_?secret\w{0,20}|secret_?access_?key)\W{1,8}(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
          r"|ABSK[A-Za-z0-9+/]{109,269}={0,2})"),
    _kind("azure-secret", "Azure secret", "Azure", HIGH, "Q~ AccountKey= SharedAccessKey=",
          r"(?:(?P<value>[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-]))"
          r"|(?:AccountKey|SharedAccessKey)=(?P<key>[A-Za-z0-9+/]{43,86}={1,2}))"),
    _kind("slack-token", "Slack token", "Slack", HIGH,
          "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe xapp- hooks.slack.com/",
          r"(?:xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{20,250}|xapp-\d-[A-Za-z0-9-]{20,250}"
          r"|hooks\.slack\.com/(?:services|workflows|triggers)/(?P<value>[A-Za-z0-9+/]{30,90}))"),
    _kind("package-token", "token that publishes packages", "the package index", HIGH,
          "npm_ pypi-AgE rubygems_ dckr_pat_",
          rf"(?:npm_[A-Za-z0-9]{{36}}|pypi-AgE[\w-]{{50,400}}|rubygems_{_HEX}{{48}}|dckr_pat_[\w-]{{27}})(?![\w-])"),
    _kind("sendgrid-key", "SendGrid key", "SendGrid", HIGH, "SG.", r"SG\.[\w-]{16,32}\.[\w-]{16,64}(?![\w-])"),
    _kind("twilio-key", "Twilio API key", "Twilio", MEDIUM, "SK", rf"SK{_HEX}{{32}}(?!\w)"),
    _kind("digitalocean-token", "DigitalOcean token", "DigitalOcean", HIGH, "_v1_", rf"do[opr]_v1_{_HEX}{{64}}(?!\w)"),
    _kind("databricks-token", "Databricks token", "Databricks", HIGH, "dapi", rf"dapi{_HEX}{{32}}(?:-\d)?(?!\w)"),
    _kind("service-token", "service's token", "its service", HIGH,
          "lin_api_ ntn_ shpat_ shpca_ shppa_ shpss_ hvs. pscale_ figd_ PMAK- dp.pt. glsa_ glc_ sntrys_ "
          "sntryu_ phx_ pul- AGE-SECRET-KEY-1 ops_eyJ ATATT3x sq0csp-",
          rf"(?:lin_api_[A-Za-z0-9]{{40}}|ntn_\d{{11}}[A-Za-z0-9]{{35}}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{{32}}"
          rf"|hvs\.[\w-]{{60,200}}|pscale_(?:tkn|oauth|pw)_[\w.=-]{{32,64}}|figd_[\w-]{{38,43}}"
          rf"|PMAK-{_HEX}{{24}}-{_HEX}{{34}}|dp\.pt\.[A-Za-z0-9]{{40,44}}|glsa_[A-Za-z0-9]{{32}}_[0-9a-fA-F]{{8}}"
          rf"|glc_eyJ[A-Za-z0-9+/=]{{50,400}}|sntry[su]_[\w+/=]{{60,250}}|phx_[A-Za-z0-9]{{40,50}}|pul-{_HEX}{{40}}"
          rf"|AGE-SECRET-KEY-1[0-9A-Z]{{58}}|ops_eyJ[A-Za-z0-9+/=]{{200,1000}}|ATATT3x[\w=-]{{100,250}}"
          rf"|sq0csp-[\w-]{{43}})(?![\w-])"),
    _kind("bot-token", "chat bot's token", "the chat service", HIGH, ":AA MT Mz ND NT Nz OD OT",
          rf"{_ALONE}(?:\d{{8,10}}:AA[\w-]{{32,33}}|[MNO][A-Za-z\d]{{23,25}}\.[\w-]{{6}}\.[\w-]{{27,38}})(?![\w-])"),
    _kind(KEYWORD, "value with the name of a secret", "whoever accepts it", MEDIUM, "", "(?!)"),
    _kind(ENTROPY, "random-looking value", "whoever accepts it, if it is a secret", MEDIUM, "", "(?!)"),
)}  # fmt: skip
