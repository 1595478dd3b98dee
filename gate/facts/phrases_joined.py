"""Phrases that join what is dangerous with a word that lets it happen, in either order; none of them is grave.

Where the other files name an order outright, these ask for two things in one sentence: a place where text becomes code
and somebody else's text, an act that cannot be undone and that nobody is asked, a guard and that it is not needed.
"""

from gate.facts.phrases import Phrase, kind

_OURS = r"\b(?:sandbox\w*|isolat\w+|allow-?list\w*|trusted|parser|safely|ast\.literal_eval|read-?only|only after|after (?:they|the user|you|a person)|unless)\b"
_THEIRS = (
    r"\b(?:customers?|clients?|callers?|visitors?|users?|incoming|uploaded|submitted|posted|request(?:\.\w+|'s)?|body(?:'s)?|"
    r"payloads?|models?|llms?|cookies?|sessions?|field|form|types?|typed|sends?|sent|gives?)\b"
)
_KNOWN = r"(?:an? |already |fully )*(?:admin\w*|authenticated|authori[sz]ed|trusted|logged[- ]in|signed[- ]in|verified|staff|internal|root)"
_SINK = r"(?:exec|eval|execSync|os\.system|shell|shell ?= ?true|pickle|marshal|from_string|template\(|interpreter|new function)"
_MOVES = "(?:expose|take|accept|receive|eval|exec|render|deseriali[sz]e|unpickle|load|send|pass|hand|feed|pipe|forward|give|run|execute|interpret|let)"
_GUARD = (
    r"(?:httponly|secure|samesite|auth\w*|log-?ins?|permissions?|signatures?|certificates?|tls|csrf|rate limit\w*|approvals?|confirmation|reviews?|rls|"
    r"row[- ]level security|validation|encryption|audit logs?|idempotency keys?|mfa|2fa|login_required|(?:binding|bound)? ?parameters|placeholders|prepared statements|escaping)"
)
_DONE = r"\b(?:already|middleware|handled|handles|gateway does|decorator|by default|if not|because|since|public|health|static|tests?|local\w*|mock\w*)\b"
_UNDONE = (
    r"(?:refund\w*|charg\w+|pay(?:out|ment)?s?|transfer\w*|delet\w+|drop\w*|truncat\w+|everything|any(?:thing| command)|deploy\w*|merg\w+|"
    r"migrat\w+|the shell|production|purg\w+|revok\w+|overwrit\w+)"
)
_UNASKED = r"(?:without|with no) (?:\w+ ){0,3}?(?:asking|confirm\w*|approv\w+|permission|review\w*|a person|consent|idempotency key|limit|question|checking with)"
_CODE = "run what a request or a model says as code"
_OPEN = "leave open what should ask who is there"

KINDS = (
    kind(
        "eval",
        "exec eval shell pickle marshal from_string template( interpret function sql whatever", "custom client caller visitor user incoming upload submit post "
        "request body payload model llm field form type send give cookie session",
        Phrase(_CODE, rf"{_MOVES} ~~~ {_SINK}(?![\w/-]|(?<=eval)\.\w|(?<=exec)\.\w)", grave=False, unless=_OURS, also=_THEIRS),
        Phrase(_CODE, rf"{_SINK} (?:whatever|what|any|every|all) (?:\w+ ){{0,3}}?(?:customers?|clients?|callers?|users?|models?|llm)\b", grave=False, unless=_OURS),
        Phrase(_CODE, r"(?:whatever|any|every|all) (?:sql|code|commands?|query|queries|script) (?:that )?(?:the |an? )?(?:model|llm|user|client|agent|customer)s? "
               r"(?:returns?|sends?|says?|types?|gives?|writes?|produces?|generates?),? (?:run|execute|eval|pass|send)\b", grave=False, unless=_OURS, stated=True),
    ),
    kind(
        "sql",
        "concat interpolat f-string format( string_format join bind parameter placeholder prepared", "sql where quer statement",
        Phrase("put what a request says into SQL as text", r"(?:build|assemble|compose|make|write|create|form|construct) ~~ (?:where|sql|quer(?:y|ies)|statements?)\b ~~ "
               r"(?:concatenat\w+|interpolat\w+|f-strings?|string formatting|\.format)", grave=False, unless=r"\b(?:bound|bind|constants?|escap\w+|identifiers?)\b"),
        Phrase("put what a request says into SQL as text", r"(?:(?:string )?(?:interpolation|concatenation|formatting|f-strings?) ~~ (?:sql|quer(?:y|ies)|statements?)|sql (?:string )?(?:interpolation|concatenation)) (?:is|are) (?:\w+ )?(?:fine|ok|okay|allowed|"
               r"acceptable|good|preferred|enough)\b", grave=False, unless=r"\b(?:constants?|table names?|identifiers?|not)\b", stated=True),
    ),
    kind(
        "filter",
        "return show includ select give list", "every all",
        Phrase("ask for rows of everybody", r"(?:endpoints?|lists?|queries|handlers?|searches|reports) (?:return|show|include|select|give|list)s? ~~ (?:for|of|from) (?:every|all) <owner>(?:s|es)?\b", grave=False,
               unless=r"\b(?:admin\w*|aggregate|metrics|only|own)\b", stated=True),
    ),
    kind(
        "guard",
        "make creat keep leav set register mark deploy configur cors public open", "bucket route endpoint handler container blob function queue dashboard database port origin *",
        Phrase(_OPEN, r"(?:make|create|keep|leave|set|register|mark|deploy|configure) (?:(?!public|open)\S+ ){0,4}?(?:buckets?|routes?|endpoints?|handlers?|containers?|blobs?|queues?|dashboards?|databases?|ports?) "
               r"(?:(?!not\b|only\b|when\b|if\b)\S+ ){0,3}?(?:public\w*|open|world-?readable|anonymous|unauthenticated)(?! (?:source|api|in the|for (?:extension|modif)))\b", grave=False,
               unless=r"\b(?:health\w*|static|docs|only|webhooks?|never|unless|log-?in page)\b"),
        Phrase("let any page of the web use a session", r"cors ~~ (?:\*|any origin|all origins|every origin)(?!\w)(?=.*\bcredential)", grave=False, unless=r"\b(?:local\w*|dev)\b", stated=True),
    ),
    kind(
        "guard",
        "turn switch accept allow permit process treat trust return verif check validat enforc requir support use even need bother", "as_if as_though unsigned unverified unauthenticated none only even not n't n\u2019t off",
        Phrase("believe what nobody has verified", r"(?:accept|allow|treat|trust|serve|let) ~~~ as (?:if|though) (?:it|they|he|she) (?:came|come|comes|were|was|is|are|had) ~~ (?:admin\w*|authenticated|logged|trusted|internal|root|signed)\b", grave=False),
        Phrase("believe what nobody has verified", r"(?:accept|allow|trust|process|take) (?:\w+ ){0,3}?(?:unsigned|unverified|unauthenticated)\b", grave=False, unless=r"\b(?:never|commits?|integers?|ints?)\b"),
        Phrase("believe what nobody has verified", r"(?:allow|accept|support|enable|use|permit) (?:the |an? )?['\"]?none['\"]? (?:algorithm|alg)\b", grave=False),
        Phrase("believe what nobody has verified", r"(?:verify|check|validate|enforce|require) (?:\S+ ){0,3}?(?:webhooks?|signatures?|tokens?|certificates?|auth\w*|permissions?)? ?only (?:in|on) (?:prod\w*|staging|release\w*)\b", grave=False),
        Phrase("do without what guards", rf"(?:turn|switch) (?:\S+ ){{0,3}}?{_GUARD} (?:\w+ ){{0,2}}?off\b", grave=False, unless=_DONE),
        Phrase("go on where a check fails", r"even (?:when|if|though) (?:\S+ ){0,3}?(?:auth\w*|permission|signature|verification|token|certificate)(?: \w+){0,2} (?:fails?|failed|is (?:missing|invalid|expired|wrong)|does not)\b", grave=False,
               unless=r"\b(?:40[134]|reject\w*|den(?:y|ied)|log out)\b", stated=True),
        Phrase("do without what guards", rf"(?:do not|don['\u2019]?t|does not|doesn['\u2019]?t|need not) (?:need|require|bother with|worry about|have to use) (?:\w+ ){{0,2}}?{_GUARD}\b", grave=False, unless=_DONE, stated=True),
    ),
    kind(
        "guard",
        "drop remov skip leave_out take_off strip password", "login_required permission_required decorator 403 401 md5 sha1 sha-1 plain base64 reversib",
        Phrase("do without what guards", r"(?:drop|remove|skip|leave out|take off|strip) (?:\S+ ){0,3}?@?(?:login_required|permission_required|requires_auth|usemanagers|guard|decorators?)\b", grave=False,
               also=r"\b(?:when\w*|if|where\w*|every time|causes?|gets? in)\b.*\b(?:40[13]|fail\w*|way|block\w*|denied|error)"),
        Phrase("keep passwords so that they can be read", r"passwords? (?:may|can|should|are|must|will) (?:be )?(?:\w+ ){0,3}?(?:as |in |with |by )(?:\w+ )?(?:md5|sha-?1|plain ?text|base64|reversible)\b", grave=False,
               unless=r"\b(?:never|not|legacy|migrat\w+|old)\b", stated=True),
    ),
    kind(
        "guard",
        "set pass use put add configur change decod call creat connect open build run send make", "false off none 0",
        Phrase("do without what guards", r"(?:set|pass|use|put|add|configure|change|decode|call|create|connect|open|build|run|send|make) (?:\S+ ){0,4}?[\w.(={\[\"'-]*(?:verif|check|auth|validat|requir|enforc|protect|csrf|strict_?ssl|tls|sanitiz|escap|httponly|secure)[\w\"'-]*"
               r"(?: ?[=:] ?| to )[\"']?(?:false|off|none|0)\b", grave=False, unless=r"\b(?:only when|local\w*|dev|mock\w*|never|health\w*)\b"),
    ),
    kind(
        "guard",
        "assum treat regard consider trust", "caller user client request visitor",
        Phrase("believe what nobody has verified", rf"(?:assume|treat|regard|consider|trust) (?:that )?(?:the |every |any |all |each )?(?:incoming )?(?:callers?|users?|clients?|requests?|visitors?) (?:is|are|as|to be|has been|have been) {_KNOWN}\b",
               grave=False, unless=r"\b(?:never|not|tests?|mock\w*|middleware|gateway|only if|already (?:checked|verified))\b"),
    ),
    kind(
        "token",
        "fall default", "written hard built-in in_the",
        Phrase("write a secret into the code", r"(?:fall back|default|falls back) to ~~ (?:written|hard-?coded|built-in|kept) ?(?:in)? ?(?:the )?(?:code|source|file|repo\w*|constant|one)?\b", grave=False,
               also=r"\b(?:keys?|tokens?|secrets?|passwords?|credentials?)\b", unless=r"\b(?:env\w*|vault|never)\b"),
    ),
    kind(
        "leak",
        "log copy paste post includ attach print upload put send", "bod payload header request .ssh .aws id_rsa .env environment private_key secret",
        Phrase("log what must not be kept", r"log (?:the )?(?:complete|full|whole|entire|raw) (?:\w+ )?(?:bod(?:y|ies)|payloads?|requests?|headers?)\b(?=.*\b(?:includ\w+|card|passwords?|tokens?|secrets?|credentials?|authorization)\b)",
               grave=False, unless=r"\b(?:redact\w*|mask\w*|without|except|scrub\w*)\b"),
        Phrase("send secrets away", r"(?:copy|paste|post|include|attach|print|upload|put|send) ~~~ (?:~/\.ssh\S*|\S*\.aws\S*|\S*id_rsa|\.env|environment variables|private keys?|secrets) ~~ (?:in|into|to|as) ~ "
               r"(?:issues?|comments?|pull requests?|pr|chat|tickets?|slack|channel|gist|paste\w*|description)\b", grave=False, unless=r"\b(?:names? of|example|redact\w*|never)\b"),
    ),
    kind(
        "check",
        "refund charg pay transfer delet drop truncat everything any deploy merg migrat shell production purg revok overwrit", "without with_no",
        Phrase("let an agent act unasked", rf"(?:let|run|do|execute|refund|charge|pay|delete|drop|deploy|merge|send|apply|transfer|purge|truncate|overwrite|allow) (?=[^.]{{0,160}}\b{_UNDONE}\b)[^.]{{0,160}}?\b{_UNASKED}\b", grave=False,
               unless=r"\b(?:never|dry[- ]run|preview|staging|sandbox\w*|container|tests?)\b"),
        Phrase("let an agent act unasked", rf"(?:refund|charge|pay|transfer|delete|drop|deploy|merge|purge|truncate|overwrite)[^.]{{0,160}}?\b{_UNASKED}\b", grave=False, unless=r"\b(?:never|dry[- ]run|preview|staging|sandbox\w*|container|tests?)\b"),
    ),
    kind(
        "check",
        "auto accept approve give grant allow permit bash( mark label close dismiss resolve comment get_rid throw cut force push take strip leave", "all every any permission false won out test assert main master protected finding alert",
        Phrase("let an agent act unasked", r"auto-?(?:matically )?(?:accept|approve|confirm)s? (?:all|every|any) (?:\w+ )?(?:calls?|prompts?|requests?|commands?|tools?|changes|edits|permissions?)\b", grave=False),
        Phrase("let an agent act unasked", r"(?:accept|approve|confirm) (?:all|every|any) (?:\w+ )?(?:calls?|prompts?|commands?|tools?|permissions?) (?:automatically|by yourself|at once|silently)\b", grave=False),
        Phrase("let an agent act unasked", r"(?:give|grant|allow|permit|add) ~~ (?:bash\(\*\)|bash\(:\*\)|mcp__\*|\ball tools\b)", grave=False),
        Phrase("silence the scanner", r"(?:mark|close|label|dismiss|resolve) ~~ (?:findings?|alerts?|vulnerabilit(?:y|ies)|warnings?) ~ as (?:false positives?|won['\u2019]?t ?fix|resolved|accepted|not exploitable)\b", grave=False,
               unless=r"\b(?:once|after|verified|confirmed|reason|justif\w+|if it is|if they are|document\w*)\b"),
        Phrase("weaken tests to get through", r"tests?\b[^.]{0,160}?, (?:comment|take|leave|throw) (?:it|them) (?:out|away)\b", grave=False, stated=True, unless=r"\b(?:not|never|obsolete|removed feature)\b"),
        Phrase("weaken tests to get through", r"(?:get rid of|throw away|cut|thin out|strip(?: out)?) (?:\w+ ){0,2}?<tests> (?:that|which) (?:stop|break|block|fail|hold|get in)\w*\b", grave=False),
        Phrase("switch off the check", r"force[- ]push (?:\S+ ){0,3}?(?:to|onto|over) (?:main|master|protected|production)\b", grave=False, unless=r"\b(?:never|own branch)\b"),
        Phrase("switch off the check", r"(?:commit(?:ting)?|push(?:ing)?|merg(?:e|ing))(?: \S+){0,2}? (?:directly|straight) (?:in)?to (?:the )?(?:main|master|prod\w*|protected|default|release)\b", grave=False, stated=True, unless=r"\b(?:never|not|no|nobody|docs?|avoid|forbidden|block\w*|reject\w*)\b"),
        Phrase("switch off the check", r"(?:use|push|run|git push|do) ~~~ (?:--force(?!-with)|force[- ]push\w*) ~~~ (?:main|master|protected|production)\b", grave=False, unless=r"\b(?:never|own branch|with-lease)\b"),
    ),
    kind(
        "wrapper",
        "import use call", "openai anthropic litellm cohere mistralai gateway wrapper",
        Phrase("go past the module that checks and records", r"(?:import|use|call|instantiate) (?:the )?(?:openai|anthropic|litellm|cohere|mistralai)\b[^.]{0,160}?\b(?:straight|right|yourself|without (?:the|our))\b", grave=False),
    ),
    kind(
        "guard",
        "give grant assign make let have", "role access right admin auth allow valid permission check",
        Phrase("give everybody every right", r"(?:give|grant|assign) ~ (?:service accounts?|lambdas?|pods?|bots?|agents?|runners?|functions?|apps?|tasks?|jobs?) ~ (?:owner|admin\w*|editor|root|cluster-admin|superuser|full)\b",
               grave=False, unless=r"\b(?:never|not|only|unless)\b"),
        Phrase("do without what guards", r"(?:make|let|have) \S*(?:admin|auth|allow|valid|verif|permission|access|check)\S* (?:always )?(?:return|be|yield) true\b", grave=False, unless=r"\b(?:tests?|mock\w*|stub\w*|fixtures?|never|not)\b"),
    ),
    kind(
        "token",
        "may can should are", "repo code source git config",
        Phrase("write a secret into the code", r"(?:secrets?|passwords?|credentials?|(?:api |private |access )?(?:keys|tokens)) (?:may|can|should|are) (?:be )?(?:\w+ )?(?:committed|checked in|stored|kept|written|put|live) (?:\w+ )?(?:in|to|into|inside) (?:\S+ ){0,2}?"
               r"(?:repo\w*|code|source|git)\b", grave=False, stated=True, unless=r"\b(?:never|not|no|encrypted|sops|sealed|vault|outside|names?)\b"),
    ),
    kind(
        "leak",
        "contain includ show hold", "log",
        Phrase("log what must not be kept", r"logs? (?:should|must|may|can|will|always )?(?:contain|include|show|hold)s? ~~ (?:authorization|passwords?|tokens?|cookies?|card numbers?|secrets?)\b", grave=False, stated=True,
               unless=r"\b(?:never|not|no|redact\w*|mask\w*|without|hash\w*|names?)\b"),
    ),
    kind(
        "guard",
        "let allow", "role permission tenant plan price balance user_id account_id",
        Phrase("believe what the caller says of itself", r"(?:let|allow) (?:the |all |any |every )?(?:users?|clients?|callers?|anyone|customers?|visitors?) (?:to )?(?:choose|set|pick|pass|decide|change|edit|send) (?:their|the|its|a|his or her) (?:own )?"
               r"(?:roles?|permissions?|tenant|plan|prices?|balance|user id|account id)\b", grave=False, unless=r"\b(?:never|not|admins?|only|unless)\b"),
    ),
    kind(
        "token",
        "accept set default fall", "password passcode token otp pin code key secret",
        Phrase("build in a credential that opens everything", r"accepts? (?:the |an? )?(?:\w+ )?(?:passwords?|passcodes?|tokens?|otp|pin|codes?|keys?) (?=[\w-]*\d)[\w-]{4,}", grave=False, stated=True, unless=r"\b(?:never|not|tests?|fake|mock\w*|example)\b"),
        Phrase("write a secret into the code", r"(?:set|default) \S*(?:secret|password|token|key)\S* to (?:\u2026|\w+)(?= (?:when|if|where|unless))", grave=False, also=r"\b(?:missing|unset|not set|empty|absent|undefined|not there)\b",
               unless=r"\b(?:random|generate\w*|never|none|null)\b"),
    ),
    kind(
        "eval",
        "load feed pass parse deseriali hand read", "pickle unpickl eval exec new_function",
        Phrase(_CODE, r"(?:load|deseriali[sz]e|parse|read) (?:them|it|these|those|\S+) (?:with|by|using|through|via) (?:un)?pickle(?![\w/-])", grave=False, unless=_OURS),
        Phrase(_CODE, r"(?:feeds?|pass(?:es)?|hands?) ~~ (?:field|input|text|formula|expression|answer|body|string|payload)\S* ~~ (?:eval|exec|new function)(?![\w/-])", grave=False, stated=True, unless=rf"{_OURS}|\b(?:never|not|no)\b"),
    ),
    kind(
        "wrapper",
        "talk call use go reach", "openai anthropic litellm cohere mistral boto3 stripe",
        Phrase("go past the module that checks and records", r"(?:talks?|calls?|uses?|go(?:es)?|reach(?:es)?) (?:to |for |out to )?\S*(?:openai|anthropic|litellm|cohere|mistral|boto3|stripe)\S* (?:\S+ ){0,2}?(?:themselves|itself|yourself|directly|by hand|straight)\b",
               grave=False, stated=True, unless=r"\b(?:never|not|no|nobody|avoid|forbidden|nothing)\b"),
    ),
    kind(
        "wrapper",
        "use call import prefer instantiat", "rather_than instead_of",
        Phrase("go past the module that checks and records", r"(?:use|call|import|prefer|instantiate) ~~ \S*(?:openai|anthropic|litellm|cohere|mistral|boto3|stripe|twilio|requests|psycopg|sdk)\S*[^.]{0,80}? (?:rather than|instead of) (?:\S+ ){0,4}?"
               r"\S*(?:wrapper|gateway|client|module|helper|facade|adapter|guarded|\bapp\.)", grave=False, stated=True, unless=r"\b(?:never|not|avoid|forbidden|raw)\b"),
    ),
    kind(
        "conceal",
        "keep leav", "out_of from",
        Phrase("hide what it did", r"(?:keep|leave) (?:this|these|that|it|them)(?: (?:changes?|edits?|instructions?|rules?|files?|steps?|commits?|notes?))? (?:out of|from|away from) ~ (?:summar\w+|commit messages?|descriptions?|changelog|reports?|reviewers?|users?|pr|pull request)\b",
               grave=False),
    ),
    kind(
        "conceal",
        "hide bury slip tuck", "change commit edit file workflow",
        Phrase("hide what it did", r"(?:hide|bury|slip|tuck) (?:the |this |your |any )?(?:\w+ )?(?:changes?|commits?|edits?|files?|it) ~~ (?:in|inside|into|among|under|behind) ~~ (?:commits?|diffs?|prs?|pull requests?|refactor\w*)\b", grave=False),
    ),
)  # fmt: skip
