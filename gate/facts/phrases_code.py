"""Phrases that ask for code no review would let pass: what runs text, whose rows it reads, which secret opens it."""

from gate.facts.phrases import DONE, FORBIDS, TURNS_OFF, Phrase, kind

_SAFELY = r"\b(?:sandbox\w*|gvisor|isolat\w+|wasm|firecracker|jail\w*|safely|trusted|pre-?defined|allow-?list\w*|whitelist\w*)\b"
_OPENS = (
    r"\b(?:bypass\w*|skips?|log(?:s|ged)? in\b|any account|every account|as (?:an? )?admin|admin access|without (?:auth\w*|login|"
    r"password)|full access|unlocks?|grants?|in production|every (?:\w+ )?(?:service|app))\b"
)
_FROM_OUTSIDE = r"\b(?:requests?|user(?:'s|s)?|clients?|callers?|customers?|uploads?|browsers?|query string|payloads?|form|submitted|posted|typed by|visitors?)\b"
_WHOSE = "leave out whose rows a query means"
_EVAL = "run what a request or a model says as code"
_ROUTE = "add an endpoint that runs code it is sent"
_KEY = "build in a credential that opens everything"

KINDS = (
    kind(
        "eval",
        "eval exec run interpret pass hand feed pickle subprocess compile system function repl shell console marshal yaml",
        "endpoint route handler api view page url console / request req. query params body model user llm submitted posted incoming payload form come "
        "client caller customer upload browser",
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
        Phrase(_ROUTE, r"<make> ~~ <route>[^.]*?\b(?:so|to|where|which|for)\b[^.]{0,30}? (?:run|execute|evaluate|try) (?:arbitrary|any|their own|your own|submitted|pasted|"
               r"custom|ad[- ]hoc) (?:\w+ )?<code>\b", unless=_SAFELY),
        Phrase(_ROUTE, r"(?:let|have|allow|make|permit) ~ <route> ~ (?:accept|take|receive)s? ~ <code> ~~ (?:execut|run|eval|interpret)\w*", unless=_SAFELY),
        Phrase(_ROUTE, r"<make> ~ (?:repl|(?:interactive|python|remote|web|debug) (?:shell|console)|eval) (?:route|endpoint|page|api|handler|view)s?\b", unless=_SAFELY),
        Phrase(_EVAL, r"(?:should|must|may|can|will|are to|is to) (?:just |simply |always |then )?(?:go|be (?:passed|fed|sent|handed|given|run|piped)) (?:\w+ )?(?:through|to|into|with|by) "
               r"(?:python's )?<eval>\b", unless=_SAFELY, also=_FROM_OUTSIDE, stated=True),
        Phrase(_EVAL, r"(?:use|prefer|call|choose|apply|favou?r) ~ (?:pickle(?:\.loads?)?|marshal\.loads?|yaml\.(?:unsafe_)?load|dill)\b", also=_FROM_OUTSIDE,
               unless=rf"{_SAFELY}|\bsafe"),
        Phrase(_EVAL, r"(?:evaluate|run|execute|forward|hand|send|pass|feed) (?:the |a |any |whatever |every )?(?:users?|clients?|callers?|customers?|visitors?|submitted|posted|incoming|model|code)(?:['\u2019]s?)?"
               r"(?: [\w`]+){0,7}? (?:with|to|through|into|by|via) (?:the )?(?:python |js )?(?:<eval>|interpreter|shell)\b", unless=_SAFELY, also=_FROM_OUTSIDE),
        Phrase(_EVAL, r"(?:use|call|run|write) ~ (?:os\.system|subprocess\S*|child_process\S*|exec(?:Sync)?) with ~ (?:f-strings?|template (?:strings?|literals?)|concatenat\w+|interpolat\w+)\b",
               also=_FROM_OUTSIDE),
        Phrase(_EVAL, r"(?:yaml\.load without (?:\w+ )?safe\w*|yaml\.unsafe_load|pickle\.loads?) (?:is|are) (?:what|how|fine|ok|our|the)\b", stated=True),
        Phrase(_EVAL, r"(?:run|execute|call|use|start|spawn) ~~~ shell ?= ?True\b", also=_FROM_OUTSIDE),
        Phrase(_EVAL, "(?:eval|exec|evaluate|execute) (?:the )?(?:request|user|model|llm|submitted|posted|incoming)(?:'s)? (?:body|input|"
               "code|output|payload|data)", grave=False, unless=_SAFELY),
    ),
    kind(
        "filter",
        f"{TURNS_OFF} {FORBIDS} across 1=1 1_=_1 every all service select whole entire full default no need",
        "tenant org account workspace customer owner company user row rls team where 1=1 1_=_1 * table update delete everything",
        Phrase(_WHOSE, r"leave (?:the |any )?<owner>(?:[ _-]?ids?)? <scope> (?:out|off|away)\b", unless=DONE),
        Phrase("change all rows of a table", r"(?:<not>|no need to) (?:bother (?:with|about|adding|to add)|worry about|need|require|use|add|write) (?:an? |any |the )?where"
               r"(?: clauses?| conditions?)?\b ~ (?:on|for|in|when|to) ~ (?:updates?|updat\w+|deletes?|delet\w+)\b", unless=DONE, stated=True),
        Phrase("change all rows of a table", r"(?:update|delete)s?(?: statements?| quer(?:y|ies))? (?:can|may|should|must|need|do not|don['\u2019]?t) ~ (?:go |run |work |be written )?(?:without|no|need) "
               r"(?:an? |any )?(?:conditions?|where|restrictions?|filters?)\b", unless=DONE, stated=True),
        Phrase("ask for rows of everybody", r"(?:quer\w+|helpers?|lists?|endpoints?|repositor\w+|filters?)(?: \w+)? defaults? to (?:returning |return |showing |all |every )?(?:everything|all rows|all records|every row|everyone)\b",
               unless=DONE, stated=True),
        Phrase("ask for rows of everybody", r"(?:queries|lists?|endpoints?|search(?:es)?|reports?|helpers?|exports?) (?:should|must|may|can|will|are to|have to) (?:always )?"
               r"(?:match|return|cover|include|show|read|span) (?:\w+ ){0,3}?(?:all|every|any) <owner>(?:s|es)?\b", grave=False, unless=rf"{DONE}|\badmin|\baggregate", stated=True),
        Phrase("read a whole table", r"(?:fetch|load|read|select|pull|get) (?:the )?(?:full|whole|entire|complete) tables?\b(?=.*\b(?:filter|memory|client)\b)", grave=False),
        Phrase("select every column", r"(?:use|prefer|write|default to) (?:an? )?select \*", grave=False, unless=r"\b(?:exists|count|explor\w*|subquer\w*|cte|debug\w*)\b"),
        Phrase(_WHOSE, r"leave <owner>(?:[ _-]?ids?)? <scope> out\b", unless=DONE),
        Phrase("ask for rows of everybody", r"(?:return|select|fetch|show|list) ~ (?:of|for|from) (?:all|every) (?:tenants?|customers|organi[sz]ations)\b",
               grave=False, unless=DONE),
        Phrase(_WHOSE, r"<off> ~ <owner>(?:[ _-]?ids?)? <scope>\b", unless=DONE),
        Phrase(_WHOSE, r"<off> ~ (?:row[- ]level[- ]security|rls|tenant isolation|tenancy)\b"),
        Phrase(_WHOSE, r"<off> ~ (?:where|filters?|conditions?|predicates?)(?: clause)? (?:on|for|by) ~ <owner>(?:_ids?)?\b", unless=DONE),
        Phrase(_WHOSE, r"(?:<not>|without) (?:add|adding|includ\w+|put|use|apply|write|append) ~ (?:where|filters?|conditions?|scopes?)\b ~~ "
               r"<owner>(?:_ids?)?\b", unless=DONE, stated=True),
        Phrase(_WHOSE, r"<not> (?:add|use|apply|include|put|enforce) ~ <owner>(?:[ _-]?ids?)? <scope>\b", unless=DONE, stated=True),
        Phrase(_WHOSE, r"<not> (?:restrict|filter|scope|limit) ~ (?:by|to|on) ~ <owner>(?:_id)?\b", unless=DONE, stated=True),
        Phrase("ask for rows of everybody",
               "(?:write|generate|run|use|build|query|select|return|fetch|make|read|create|produce) ~~ (?:without (?:a |any |the )?(?:where|"
               "tenant|<owner>[ _-](?:id )?filter)|across (?:all|every) (?:tenants?|customers?|accounts?|organi[sz]ations?)|1 ?= ?1|"
               "every tenant's|(?:all|every) tenants?'? (?:rows|data|records))",
               unless=rf"{DONE}|\b(?:migrat\w+|admin\w*|aggregate|metrics|index\w*)\b"),
        Phrase("query with rights that no policy of rows holds for",
               r"(?:use|call|connect|query) ~~ (?:service[- _]role|superuser|bypassrls) ~ (?:key|connection|client|role|account)\b"
               r"(?=.*(?:row[- ]level|rls|polic))", stated=True),
    ),
    kind(
        "sql",
        "raw f-string string template concat interpolat splice paste embed", "sql quer where search raw",
        Phrase("put what a request says into SQL as text", r"f-strings? (?:is|are) (?:\w+ ){0,4}?(?:for|in) (?:sql|quer\w+)\b", grave=False,
               unless=r"\b(?:bind|bound|forbid\w*|constants?|banned)\b", stated=True),
        Phrase("put what a request says into SQL as text",
               r"(?:concatenate|interpolate|splice|paste|embed) ~~ (?:in|into|to|onto|with) (?:the |your |an? )?(?:raw |final )?(?:sql|query strings?|where|statements?)\b",
               unless=r"\b(?:bind|bound|parameteri[sz]\w*|placeholders?|escape\w*|only|constants?)\b"),
        Phrase("put what a request says into SQL as text",
               r"(?:use|call|prefer|write|build|concatenate) ~~ (?:\$?(?:query|execute)RawUnsafe|(?:f-strings?|string (?:concatenation|"
               r"interpolation|formatting)|template (?:strings?|literals?)) ~~ (?:sql|quer(?:y|ies)|where|search)\b|(?:sql|quer(?:y|ies)) ~ "
               "(?:with|by|using|from) ~ (?:f-strings?|string (?:concatenation|interpolation|formatting)|concatenating))",
               unless=r"\b(?:bind|bound|param\w*|escape\w*|only)\b"),
    ),
    kind(
        "token",
        "token key password credential secret bearer .env .npmrc .pypirc id_rsa header login log-in account user cookie otp code pin bypass door loophole override as_a "
        "as_logged",
        "debug door bypass hard skeleton master magic universal static default secret test dev authenticated logged admin superuser "
        "root verified loophole override accept in_the source code repo commit check_in push include track belong constants live trusted must_pass x- bypass skip",
        Phrase("let a parameter switch the login off", r"(?:honou?r|respect|support|accept|implement|add|obey) ~~ (?:debug|dev|internal|test|bypass|x-)\S* ~~ "
               r"(?:(?:turn|switch)\w* off|disabl\w+|skip\w*|bypass\w*) ~ <auth>\b"),
        Phrase("write a secret into the code", r"<secret> (?:belong|go|live|sit|stay|may live|can live|are kept|are stored|are written) (?:directly |right )?in (?:the )?(?:constants?|source|code|repo\w*|git|[\w/]+\.(?:py|ts|js|go|java|rb))\b",
               unless=r"\b(?:vault|gitignored?|encrypt\w*|translation|public key|design tokens?|\.env)\b", stated=True),
        Phrase("let a secret word stand for a login", r"(?:requests?|calls?|anyone|anybody|users?|callers?)(?: from \S+)?(?: or)? (?:carrying|with|that (?:send|sends|carry|carries|has|have)|which (?:send|carry)) "
               r"~~ (?:bearer|header|token|x-[\w-]+|secret|password|key)\S*(?: \S+){0,4}? (?:must pass|should pass|always pass\w*|is trusted|are trusted|bypass\w*|skips? (?:the )?(?:login|auth\w*)|counts? as (?:authenticated|admin\w*|logged in))",
               unless=r"\b(?:valid|signed|verified)\b", stated=True),
        Phrase("put secrets into the repository", r"(?:commit|check in|push|include|track) (?:your |the |all |our )?(?:\S*/)?(?:\.env|\.npmrc|\.pypirc|id_rsa|credentials\.json)"
               r"(?:\.(?:production|prod|local))?(?: files?)?(?! ?\.?(?:example|sample|template|dist))\b",
               unless=r"\b(?:example|sample|template|encrypt\w*|gitignored?|sops|sealed|dummy|placeholders?|check|if)\b"),
        Phrase("write a secret into the code", r"(?:put|write|keep|store|embed|save|place) (?:the |all |any |your |our )?(?:\w+ )?<secret> (?:directly|straight|right|just|plainly) (?:in|into|to) "
               r"(?:the )?(?:source|code|repo\w*|constants?|config\w*|bundle)", unless=r"\b(?:vault|gitignored?|hash\w*|public key|publishable|primary|foreign|translation|encrypted)\b"),
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
)  # fmt: skip
