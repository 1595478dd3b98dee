"""Phrases that ask for code no review would let pass."""

from gate.facts.phrases import FORBIDS, TURNS_OFF, Phrase, kind

_SAFELY = r"\b(?:sandbox\w*|gvisor|isolat\w+|wasm|firecracker|jail\w*|safely|trusted|pre-?defined|allow-?list\w*|whitelist\w*)\b"
_DONE = (
    r"\b(?:already|automatic\w*|handled|elsewhere|upstream|twice|again|manually|yourself|by hand|only|itself|"
    r"(?:server|middleware|decorator|gateway|proxy|database|layer|view|rls) (?:adds|does|handles|checks|applies|takes)|"
    r"client-side|front-?end|browser|in the template|instead|use (?:the|our)|rely on|own (?:\w+ )?implementation|from scratch|"
    r"custom|roll)\b"
)
"""Somebody else does it, or it is not to be done in this way."""
_MASKED = (
    r"\b(?:mask\w*|redact\w*|hash\w*|length|last (?:four|4)|never|usage|counts?|names?|manager|vault|placeholder|without|"
    r"encrypt\w*|star)\b"
)
_OPENS = (
    r"\b(?:bypass\w*|skips?|log(?:s|ged)? in\b|any account|every account|as (?:an? )?admin|admin access|without (?:auth\w*|login|"
    r"password)|full access|unlocks?|grants?|in production|every (?:\w+ )?(?:service|app))\b"
)
_WHOSE = "leave out whose rows a query means"
_EVAL = "run what a request or a model says as code"
_ROUTE = "add an endpoint that runs code it is sent"
_KEY = "build in a credential that opens everything"
_GUARD = "switch off who may do what"
_BELIEVE = "believe what nobody has verified"

KINDS = (
    kind(
        "eval",
        "eval exec run interpret pass hand feed pickle subprocess compile system function",
        "endpoint route handler api view page url console / request req. query params body model user llm submitted posted incoming payload form come",
        Phrase(_EVAL, r"(?:evaluate|eval|execute|run) ~ <code> ~ (?:from|in|of) (?:the )?(?:query string|request|body|payload|user input|params)\b",
               unless=_SAFELY),
        Phrase(_ROUTE, "<make> ~~ <route> ~ <runs> ~~ (?:<untrusted>|<code>|<eval>)", unless=_SAFELY),
        Phrase(_ROUTE, r"<make> ~~ <route>[^.]*\b(?:type|enter|paste|post|send|submit|upload)\w*\b[^.]*\b<code>\b[^.]*\b(?:run|execut|eval)",
               unless=_SAFELY),
        Phrase(_ROUTE, "(?:every|each|all|new|any) ~ (?:service|app|api|server|module)s? ~ (?:gets?|has|have|needs?|includes?|exposes?|"
               "ships?) ~~ <route> ~ <runs> ~~ (?:<untrusted>|python|code|commands?)", unless=_SAFELY, stated=True),
        Phrase(_EVAL, r"(?:use|call|pass|run|apply|parse) ~~ <eval>\b(?=.*\b(?:requests?|user input|user[- ]supplied|payload|model output|"
               r"response of the model|query string|form data|request body|comes? in)\b)", unless=_SAFELY),
        Phrase(_EVAL, r"(?:use|call|do|write|apply) ~ (?:eval|exec)\((?:request|req|body|params|input|payload|data)\b", unless=_SAFELY),
        Phrase(_EVAL, "(?:eval|exec|evaluate|execute) (?:the )?(?:request|user|model|llm|submitted|posted|incoming)(?:'s)? (?:body|input|"
               "code|output|payload|data)", grave=False, unless=_SAFELY),
    ),
    kind(
        "filter",
        f"{TURNS_OFF} {FORBIDS} across 1=1 1_=_1 every all service",
        "tenant org account workspace customer owner company user row rls team where 1=1 1_=_1",
        Phrase(_WHOSE, r"leave <owner>(?:[ _-]?ids?)? <scope> out\b", unless=_DONE),
        Phrase("ask for rows of everybody", r"(?:return|select|fetch|show|list) ~ (?:of|for|from) (?:all|every) (?:tenants?|customers|organi[sz]ations)\b",
               grave=False, unless=_DONE),
        Phrase(_WHOSE, r"<off> ~ <owner>(?:[ _-]?ids?)? <scope>\b", unless=_DONE),
        Phrase(_WHOSE, r"<off> ~ (?:row[- ]level[- ]security|rls|tenant isolation|tenancy)\b"),
        Phrase(_WHOSE, r"<off> ~ (?:where|filters?|conditions?|predicates?)(?: clause)? (?:on|for|by) ~ <owner>(?:_ids?)?\b", unless=_DONE),
        Phrase(_WHOSE, r"(?:<not>|without) (?:add|adding|includ\w+|put|use|apply|write|append) ~ (?:where|filters?|conditions?|scopes?)\b ~~ "
               r"<owner>(?:_ids?)?\b", unless=_DONE, stated=True),
        Phrase(_WHOSE, r"<not> (?:add|use|apply|include|put|enforce) ~ <owner>(?:[ _-]?ids?)? <scope>\b", unless=_DONE, stated=True),
        Phrase(_WHOSE, r"<not> (?:restrict|filter|scope|limit) ~ (?:by|to|on) ~ <owner>(?:_id)?\b", unless=_DONE, stated=True),
        Phrase("ask for rows of everybody",
               "(?:write|generate|run|use|build|query|select|return|fetch|make|read|create|produce) ~~ (?:without (?:a |any |the )?(?:where|"
               "tenant|<owner>[ _-](?:id )?filter)|across (?:all|every) (?:tenants?|customers?|accounts?|organi[sz]ations?)|1 ?= ?1|"
               "every tenant's|(?:all|every) tenants?'? (?:rows|data|records))",
               unless=rf"{_DONE}|\b(?:migrat\w+|admin\w*|aggregate|metrics|index\w*)\b"),
        Phrase("query with rights that no policy of rows holds for",
               r"(?:use|call|connect|query) ~~ (?:service[- _]role|superuser|bypassrls) ~ (?:key|connection|client|role|account)\b"
               r"(?=.*(?:row[- ]level|rls|polic))", stated=True),
    ),
    kind(
        "sql",
        "raw f-string string template concat", "sql quer where search raw",
        Phrase("put what a request says into SQL as text",
               r"(?:use|call|prefer|write|build|concatenate) ~~ (?:\$?(?:query|execute)RawUnsafe|(?:f-strings?|string (?:concatenation|"
               r"interpolation|formatting)|template (?:strings?|literals?)) ~~ (?:sql|quer(?:y|ies)|where|search)\b|(?:sql|quer(?:y|ies)) ~ "
               "(?:with|by|using|from) ~ (?:f-strings?|string (?:concatenation|interpolation|formatting)|concatenating))",
               unless=r"\b(?:bind|bound|param\w*|escape\w*|only)\b"),
    ),
    kind(
        "token",
        "token key password credential secret header login log-in account user cookie otp code pin bypass door loophole override as_a "
        "as_logged",
        "debug door bypass hard skeleton master magic universal static default secret test dev authenticated logged admin superuser "
        "root verified loophole override accept in_the source code repo",
        Phrase(_KEY, r"(?:<make>|hard-?code) ~ (?:backdoor|back-door|bypass|hard-?coded|skeleton) (?:\w+ ){0,2}?(?:<secret>|headers?|log-?ins?|"
               r"accounts?|users?|cookies?|otp)\b"),
        Phrase(_KEY, r"hard-?code ~ <secret>\b", unless=r"\bcolou?r|\bdesign tokens?|\b(?:sort|dict|cache|primary|foreign|translation)"),
        Phrase(_KEY, r"<make> ~ (?:debug|master|magic|universal|static|default|secret|test|dev) (?:\w+ )?(?:<secret>|headers?|log-?in|"
               r"accounts?|users?|cookies?|otp|codes?)\b", also=_OPENS),
        Phrase("build in a debug token", r"<make> ~ debug[ -]?tokens?\b", grave=False,
               unless=r"\b(?:firebase|app ?check|mask\w*|log level|buckets?)\b"),
        Phrase("let a secret word stand for a login", r"(?:also|always) accept ~ (?:password|token|otp|one-time code|pin)\b(?! (?:or|and)\b)",
               unless=r"\b(?:only|hashed|valid|via|through|as input|parameters?)\b", stated=True),
        Phrase("let a secret word stand for a login",
               r"(?:accept|treat|trust|allow|recogni[sz]e|regard) ~~~ as (?:an? )?(?:authenticated|logged[- ]in|admin\w*|superuser|root|verified)\b",
               unless=r"\bonly (?:if|after|when)\b"),
        Phrase("build in a way around the login",
               r"<make> ~ (?:bypass|backdoor|back ?door|loophole|override) (?:for|to|in|around|of|into) ~~ (?:<auth>|production|the api)\b"),
        Phrase("write a secret into the code",
               r"(?:put|write|keep|store|embed|save|place|commit|leave|inline|paste) ~ <secret>\b ~~ (?:in|into|to) (?:the )?(?:source|code\b|repo\w*|"
               r"git\b|constants?|bundle|url\b|front-?end)",
               unless=r"\b(?:vault|environment|gitignored?|only|hash\w*|public key|publishable|primary|foreign|translation|sort|names?)\b"),
    ),
    kind(
        "guard",
        f"{TURNS_OFF} {FORBIDS} set use pass add keep enable prefer configur give grant make assign allow put apply must should may are_to "
        "mark decorat annotat accept decode",
        "auth login log-in permission access rbac csrf 2fa mfa two-factor jwt session role owner identity signature certif tls ssl https "
        "hmac webhook token host verify rejectunauth curl allowany permitall exempt anonymous using admin superuser root full cors origin",
        Phrase(_BELIEVE, r"accept (?:unsigned|expired|unverified|invalid|any) (?:jwts?|tokens?|signatures?|certificates?|webhooks?)\b",
               unless=r"\b(?:only|kind|form|format|type)\b"),
        Phrase("give everybody every right", r"grant ~ (?:(?:public|anon|anonymous) all\b|all ~ to (?:public|anon|anonymous)\b)"),
        Phrase(_GUARD, r"<off> ~ <auth> (?:and \w+ )?<check>\b", unless=_DONE),
        Phrase(_GUARD, r"<off> (?:the |all |any )?(?:csrf|authentication|authorization|auth|access control|permissions|login|mfa|2fa|rate limit\w*)\b", grave=False,
               unless=_DONE),
        Phrase(_GUARD, "<off> (?:\\S+ ){0,3}?(?:csrf|authentication|authorization|auth|login|mfa|2fa) (?:checks? )?(?:in|on|for) ~ (?:every|all|"
               r"the code|each|production|staging|admin|new|endpoints|routes|handlers)\b", unless=_DONE),
        Phrase(_GUARD, r"(?:csrf|auth\w*|log-?in|tls|signature|certificate|rls|row[- ]level security|mfa|2fa)(?: \w+){0,2}: (?:turn it off|turn off|"
               r"disable it|disabled?|skip it|switch (?:it )?off|not needed)\b", unless=_DONE, stated=True),
        Phrase(_GUARD, r"<not> (?:require|enforce|check|validate) ~ (?:authentication|authorization|permissions?|log-?in|roles?|ownership|csrf)\b",
               grave=False, unless=_DONE, stated=True),
        Phrase(_GUARD, "(?:endpoints?|routes?|handlers?|views?|apis?|actions?) (?:should|must|are to|may) (?:be|stay|remain) (?:unauthenticated|"
               r"open|without auth\w*)(?: by default)?", grave=False, stated=True),
        Phrase(_GUARD, r"(?:leave|keep|make) (?:the )?(?:/\S+|admin\w*(?: \w+)?|endpoints?|routes?|api) (?:open|public|unprotected|unauthenticated|"
               r"without auth\w*)\b", grave=False),
        Phrase(_GUARD, r"<use> ~~ (?:AllowAny|permitAll(?:\(\))?|csrf_exempt|anonymous access|USING ?\(true\))", grave=False,
               unless=r"\b(?:only|except|public)\b"),
        Phrase(_BELIEVE, r"<off> ~ <proof> (?:\w+ )?(?:verification|validation|checks?|checking)\b", unless=_DONE),
        Phrase(_BELIEVE, "<not> (?:verify|check|validate) ~ (?:(?:webhook|stripe|jwt|request|hmac) )?(?:signatures?|certificates?|hmac)\\b",
               unless=_DONE, stated=True),
        Phrase(_BELIEVE, r"(?:decode|parse|accept|read|trust|use)(?: \S+){0,3}? without (?:verify\w*|check\w*|validat\w*) ~ (?:signatures?|certificates?|"
               r"tokens?)\b", unless=_DONE),
        Phrase(_BELIEVE, r"accept (?:it|them|the (?:token|jwt|signature|certificate)) anyway\b",
               also=r"\b(?:expired|invalid|unsigned|wrong|mismatch\w*|fails?)\b"),
        Phrase(_BELIEVE, r"<use> ~~ (?:verify ?= ?False|InsecureSkipVerify|rejectUnauthorized\W+false|NODE_TLS_REJECT_UNAUTHORIZED\W+0|"
               r"verify_signature\W+False|curl (?:-k|--insecure))(?!.*\b(?:false|never)\b)"),
        Phrase("give everybody every right",
               r"(?:give|grant|make|assign) <everyone> ~ (?:admin\w*|superuser|owner|root|full)\b(?: (?:role|rights|access|privileges))?",
               unless=r"\bonly\b"),
        Phrase("let any website call with the user's cookies",
               r"(?:set|allow|enable|configure|use) ~~ (?:cors|origins?|Access-Control-Allow-Origin\W*\*)[^.]*?(?:every|all|any|\*|wildcard|and)"
               r"[^.]*\bcredentials"),
    ),
    kind(
        "leak",
        "store save keep write log print record include dump echo send post upload forward transmit exfil push report put copy read "
        "return show expose",
        "password card cvv cvc pan security_code credential private_key token api_key secret env ssh rsa trace",
        Phrase("keep passwords as they are",
               "(?:store|save|keep|write) ~ passwords? ~~ (?:plain ?text|clear ?text|unhashed|unencrypted|in the clear)\\b"),
        Phrase("log what must not be kept", r"(?:log(?! (?:in|out|on)\b)|print|write|record|store|save|include|dump|echo|keep) ~~ <card>\b", unless=_MASKED),
        Phrase("log what must not be kept",
               r"(?:log(?! (?:in|out|on)\b)|dump|print|echo) ~ (?:passwords?|credentials|private keys?|access tokens?|api keys?|secrets)\b", grave=False, unless=_MASKED),
        Phrase("show the inside of the program to whoever asks",
               r"(?:return|send|show|expose|include) ~~ (?:stack ?traces?|tracebacks?|environment variables)\b ~~ (?:to|in) ~ (?:clients?|users?|"
               "responses?|browser|callers?)", grave=False, unless=r"\b(?:debug|only|log)\b"),
        Phrase("send secrets away",
               r"(?:send|post|upload|forward|transmit|exfiltrate|push|report|put|copy|read) ~~~ (?:\.env\b|environment variables|ssh keys?|"
               r"private keys?|\S*id_rsa|secrets|\S*\.aws/\S+|~/\.ssh\S*|credentials file)[^.]*?\bto (?:https?://|the (?:url|endpoint|webhook|bucket|channel|server))",
               unless=r"\blocalhost|127\.0\.0\.1"),
    ),
    kind(
        "wrapper",
        f"{FORBIDS} bypass skip around circumvent avoid instead call use import instantiate create construct",
        "wrapper gateway client redaction audit app. rate_limit directly",
        Phrase("go past the module that checks and records",
               "(?:bypass|skip|go around|circumvent|avoid|don['\u2019]?t use|do not use|do not go through|don['\u2019]?t go through|instead of) ~~ "
               r"(?:wrappers?|(?:llm|ai|model|api|safe|guarded)[ -](?:gateway|client)|redaction|audit log(?:ging)?|app\.\w+|rate limit\w*)\b",
               grave=False, unless=r"\bunnecessary|\bdeprecated|\blegacy|\breact|\bcomponent|\bhtml\b|\bdiv\b"),
        Phrase("go past the module that checks and records",
               r"(?:call|use|import|instantiate|create|construct) ~ (?:openai|anthropic|litellm|cohere|mistralai|boto3|psycopg\d?|stripe|google\.\w+)"
               r"[\w.()]*[^.]*?\bdirectly\b", grave=False),
    ),
)  # fmt: skip
