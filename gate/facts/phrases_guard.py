"""Phrases that ask for guards to be left out, for secrets to be given away, or for the wrapper to be passed by."""

from gate.facts.phrases import DONE, FORBIDS, TURNS_OFF, Phrase, kind

_MASKED = (
    r"\b(?:mask\w*|redact\w*|hash\w*|length|last (?:four|4)|never|usage|counts?|names?|manager|vault|placeholder|without|"
    r"encrypt\w*|star)\b"
)
_GUARD = "switch off who may do what"
_BELIEVE = "believe what nobody has verified"

KINDS = (
    kind(
        "guard",
        f"{TURNS_OFF} {FORBIDS} set use pass add keep enable prefer configur give grant make assign allow put apply must should may are_to "
        "mark decorat annotat accept decode leav postpon defer bother worry fail return swallow wrap write build creat generat ship may can exception checking is raise throw processed handled trusted consumed treat make declar permit attach",
        "auth login log-in permission access rbac csrf 2fa mfa two-factor jwt session role owner identity signature certif tls ssl https "
        "hmac webhook token host verify rejectunauth curl allowany permitall exempt anonymous using admin superuser root full cors origin check guard host_key alg",
        Phrase(_GUARD, r"(?:new|all|every|any|internal|admin|your) (?:\w+ )?<route> (?:do not|don['\u2019]?t|need not|needn['\u2019]t|should not|must not) (?:need|require|have|use|want)? ?"
               r"(?:any |an? )?<auth>\b", grave=False, unless=DONE, stated=True),
        Phrase(_GUARD, r"<not> (?:add|use|put|apply|include|write|attach|bother (?:with|adding|about)|worry about) ~ (?:@?login_required|@?permission_required|permission_classes|"
               r"(?:auth\w*|permission|access|role|ownership|csrf|login) (?:checks?|guards?|decorators?|middleware|classes))\b", unless=DONE, stated=True),
        Phrase(_GUARD, r"(?:leave|postpone|defer|save|put off|add|do) ~ (?:(?:auth\w*|permission|access|role|ownership) (?:checks?|guards?)|authentication|authorization|permissions|access control) "
               r"(?:\w+ ){0,2}?(?:for|until|till|as|to) (?:an? |the |some )?(?:later|follow-?up|todo|future|next (?:sprint|release|version)|v2|after (?:the )?launch)\b", grave=False),
        Phrase(_GUARD, r"(?:mark|make|declare|set) (?:every|all|each|any|new)(?: \w+){0,2}? <route>(?: as)? (?:public|open|anonymous|unauthenticated)\b"),
        Phrase("let pass what could not be checked", r"(?:auth\w*|permission|token|signature|access|credentials?|log-?in|verification|jwt)s?(?: \w+){0,3} (?:fails?|raises?|throws?|errors?|"
               r"cannot be (?:verified|checked|validated)|is (?:invalid|expired))\b[^.]*?\b(?:carry on|proceed anyway|continue anyway|go on|"
               r"let (?:it|them|the \w+) (?:through|pass|in)|allow (?:it|them|the (?:request|caller|user))|treat ~ as (?:authenticated|logged|valid|admin\w*|verified)|"
               r"(?:continue|proceed) with the request)", unless=r"\b(?:re-?auth\w*|refresh|retry|log ?in page|sign in|unless|stop|ask|anonymous|public|never|not let)\b", stated=True),
        Phrase(_BELIEVE, r"(?:turn|switch) (?:\w+ )?<proof> (?:\w+ )?(?:verification|validation|checks?|checking) off\b", unless=DONE),
        Phrase(_BELIEVE, r"(?:processed|accepted|handled|trusted|decoded|parsed|consumed) without (?:verif\w+|validat\w+|check\w+) ~ (?:signatures?|tokens?|certificates?|hmac)\b",
               unless=DONE, stated=True),
        Phrase("let any website call with the user's cookies", r"cors (?:should|must|may|can|has to) (?:allow|permit|accept) (?:any|all|every|\*)[^.]*\bcredentials", stated=True),
        Phrase("let any website call with the user's cookies", r"(?:allow|permit|accept) (?:any|all|every) origins?\b[^.]*\b(?:and|with) (?:\w+ )?(?:cookies|credentials)\b"),
        Phrase(_GUARD, r"(?:write|build|add|create|generate|ship|implement) ~~ (?:handlers?|routes?|endpoints?|views?|controllers?|services?|apis?) without (?:any |the |their |an? )?(?:\w+ )?(?:checks|guards|auth\w*|permissions?|login|access control)\b",
               unless=r"\b(?:public|health|twice|duplicat\w*)\b"),
        Phrase(_GUARD, r"(?:leave out|leave off) (?:the |all |any )?(?:\w+ )?(?:decorators?|guards?|middleware|checks?) (?:for|of|on) (?:the )?<auth>\b"),
        Phrase(_GUARD, r"(?:authentication|authorization|permissions?|access control|permission checks?|auth|csrf|rate limit\w*) (?:can|may|could|should|will|shall) (?:be|stay|remain|come|wait) (?:\w+ ){0,3}?"
               r"(?:as an? todo|todo|later|afterwards|off|disabled|skipped|left out|ignored|bypassed|optional)\b", grave=False, unless=rf"{DONE}|\bfeature flag", stated=True),
        Phrase(_GUARD, r"return true from (?:has_permission|has_object_permission|is_authori[sz]ed|can\w*|is_admin|check_\w+|authorize\w*|verify\w*|is_valid\w*|validate\w*)\b"),
        Phrase("let pass what could not be checked", r"(?:on|upon|after|for) (?:an? |any |every )?(?:exceptions?|errors?|failures?|timeouts?) (?:in|of|from|while|during) (?:the )?(?:\w+ )?(?:auth\w*|permission|token|signature|access)"
               r"[^.]*?\b(?:let|allow|continue|proceed|grant|return true)\b", unless=r"\b(?:deny|reject|anonymous|re-?auth\w*)\b", stated=True),
        Phrase("let pass what could not be checked", r"(?:wrap|put) (?:the |every |all |any )?(?:\w+ )?(?:auth\w*|permission|token|signature|access) (?:checks?|calls?|verification)? ?in (?:an? )?try\S*(?: blocks?)?(?: that| which| and|, and)? (?:pass|ignore|swallow|continue)"),
        Phrase("let pass what could not be checked", r"(?:swallow|ignore|suppress) (?:all |any |the )?(?:signature|certificate|token|jwt|auth\w*|permission|tls|ssl|hmac)(?: \w+)? (?:mismatch\w*|errors?|failures?|exceptions?|warnings?)\b"),
        Phrase(_BELIEVE, r"(?:set|use|allow|accept|permit) ~~ (?:jwt|token|signing|alg\w*) ~ (?:alg\w* )?(?:to |as |= ?|: ?)?none\b"),
        Phrase(_BELIEVE, r"(?:host key|certificate|tls|ssl|signature|token|hostname) (?:checking|verification|validation|checks?) (?:should|must|may|can|is to|has to|is) (?:be |stay |remain )?(?:disabled|off|skipped|turned off|switched off|omitted)\b",
               unless=DONE, stated=True),
        Phrase(_BELIEVE, r"(?:rejectUnauthorized: ?false|verify ?= ?False|InsecureSkipVerify: ?true) is (?:the |our )?(?:default|standard|norm|fine|ok)\b", stated=True),
        Phrase("grant everything", r"(?:give|grant|assign|attach|use) ~~ (?:iam|service accounts?|deploy\w*|lambda) ~~ (?:\*(?!\w)|AdministratorAccess|wildcards?|full admin\w*)", grave=False),
        Phrase(_BELIEVE, r"accept (?:unsigned|expired|unverified|invalid|any) (?:jwts?|tokens?|signatures?|certificates?|webhooks?)\b",
               unless=r"\b(?:only|kind|form|format|type)\b"),
        Phrase("give everybody every right", r"grant ~ (?:(?:public|anon|anonymous) all\b|all ~ to (?:public|anon|anonymous)\b)"),
        Phrase(_GUARD, r"<off> ~ <auth> (?:and \w+ )?<check>\b", unless=DONE),
        Phrase(_GUARD, r"<off> (?:the |all |any )?(?:csrf|authentication|authorization|auth|access control|permissions|login|mfa|2fa|rate limit\w*)\b", grave=False,
               unless=DONE),
        Phrase(_GUARD, "<off> (?:\\S+ ){0,3}?(?:csrf|authentication|authorization|auth|login|mfa|2fa) (?:checks? )?(?:in|on|for) ~ (?:every|all|"
               r"the code|each|production|staging|admin|new|endpoints|routes|handlers)\b", unless=DONE),
        Phrase(_GUARD, r"(?:csrf|auth\w*|log-?in|tls|signature|certificate|rls|row[- ]level security|mfa|2fa)(?: \w+){0,2}: (?:turn it off|turn off|"
               r"disable it|disabled?|skip it|switch (?:it )?off|not needed)\b", unless=DONE, stated=True),
        Phrase(_GUARD, r"<not> (?:require|enforce|check|validate) ~ (?:authentication|authorization|permissions?|log-?in|roles?|ownership|csrf)\b",
               grave=False, unless=DONE, stated=True),
        Phrase(_GUARD, "(?:endpoints?|routes?|handlers?|views?|apis?|actions?) (?:should|must|are to|may) (?:be|stay|remain) (?:unauthenticated|"
               r"open|without auth\w*)(?: by default)?", grave=False, stated=True),
        Phrase(_GUARD, r"(?:leave|keep|make) (?:the )?(?:/\S+|admin\w*(?: \w+)?|endpoints?|routes?|api) (?:open|public|unprotected|unauthenticated|"
               r"without auth\w*)\b", grave=False),
        Phrase(_GUARD, r"<use> ~~ (?:AllowAny|permitAll(?:\(\))?|csrf_exempt|anonymous access|USING ?\(true\))", grave=False,
               unless=r"\b(?:only|except|public)\b"),
        Phrase(_BELIEVE, r"<off> ~ <proof> (?:\w+ )?(?:verification|validation|checks?|checking)\b", unless=DONE),
        Phrase(_BELIEVE, "<not> (?:verify|check|validate) (?:the |any |your )?(?:(?:webhook|stripe|jwt|request|hmac|access|bearer) )?(?:signatures?|certificates?|hmac|tokens|jwts)\\b",
               unless=DONE, stated=True),
        Phrase(_BELIEVE, r"(?:decode|parse|accept|read|trust|use)(?: \S+){0,3}? without (?:verify\w*|check\w*|validat\w*) ~ (?:signatures?|certificates?|"
               r"tokens?)\b", unless=DONE),
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
        "hash append use base64 encode compress zip paste store save keep write log print record include dump echo send post upload forward transmit exfil push report put copy read "
        "return show expose",
        "password card cvv cvc pan security_code credential private_key token api_key secret env ssh rsa trace authorization cookie",
        Phrase("keep passwords as they are",
               "(?:store|save|keep|write) ~ passwords? ~~ (?:plain ?text|clear ?text|unhashed|unencrypted|in the clear)\\b"),
        Phrase("keep passwords so that they can be read", r"(?:(?:store|save|keep|hash) ~ passwords? ~ (?:as|with|using|in|via|by) ~ (?:md5|sha-?1|base64|rot13|crc32)|use (?:md5|sha-?1|base64) (?:for|on|to \w+) ~ passwords?)\b"),
        Phrase("send secrets away", r"(?:base64|encode|compress|zip|archive|copy|collect|read) ~~ (?:\.env|\.npmrc|\.ssh|id_rsa|secrets|credentials|environment variables)\S*[^.]*?\b(?:and|then) (?:put|post|send|upload|attach|paste|publish) (?:it|them)\b",
               unless=r"\blocalhost\b|\bvault\b"),
        Phrase("log what must not be kept", r"log ~~ (?:authorization|cookie|auth) headers?\b", grave=False, unless=_MASKED),
        Phrase("write secrets where others read", r"(?:include|put|append|add|echo|print|write|paste|post|copy) ~ (?:\w*tokens?|\w*secrets?|credentials?|api keys?|environment variables|\.env|passwords?) ~ "
               r"(?:in|to|into|as) ~ (?:commit messages?|pull requests?|pr (?:body|description|comments?)|build logs?|job logs?|branch names?)\b", unless=_MASKED),
        Phrase("log what must not be kept", r"(?:log(?! (?:in|out|on)\b)|print|write|record|store|save|include|dump|echo|keep) ~~ <card>\b", unless=_MASKED),
        Phrase("log what must not be kept",
               r"(?:log(?! (?:in|out|on)\b)|dump|print|echo) ~ (?:passwords?|credentials|private keys?|access tokens?|api keys?|secrets)\b", grave=False, unless=_MASKED),
        Phrase("show the inside of the program to whoever asks",
               r"(?:return|send|show|expose|include) ~~ (?:stack ?traces?|tracebacks?|environment variables)\b ~~ (?:to|in) ~ (?:clients?|users?|"
               "responses?|browser|callers?)", grave=False, unless=r"\b(?:debug|only|log)\b"),
        Phrase("send secrets away",
               r"(?:send|post|upload|forward|transmit|exfiltrate|push|report|put|copy|read) ~~~ (?:\.env\b|environment variables|ssh keys?|"
               r"private keys?|\S*id_rsa|secrets|\S*\.aws/\S+|~/\.ssh\S*|credentials file).*?\bto (?:https?://|(?:the |an? |our |this )?(?:\w+ )?(?:url|endpoint|webhook|bucket|channel|server|address|pastebin|paste|gist|telegram|discord))",
               unless=r"\blocalhost|127\.0\.0\.1"),
    ),
    kind(
        "wrapper",
        f"{FORBIDS} bypass skip around circumvent avoid instead call use import instantiate create construct talk hit post",
        "wrapper api. gateway client redaction audit app. rate_limit directly guardrail moderation safety",
        Phrase("go past the module that checks and records", r"(?:skip|bypass|avoid|go around|circumvent) (?:the |our |any |all )?(?:\w+ )?(?:guardrails?|moderation|content filter\w*|safety) "
               r"(?:layers?|filters?|wrappers?|checks?|steps?|middleware|apis?)\b", grave=False),
        Phrase("go past the module that checks and records",
               "(?:bypass|skip|go around|circumvent|avoid|don['\u2019]?t use|do not use|do not go through|don['\u2019]?t go through|instead of) ~~ "
               r"(?:wrappers?|(?:llm|ai|model|api|safe|guarded)[ -](?:gateway|client)|redaction|audit log(?:ging)?|app\.\w+|rate limit\w*)\b",
               grave=False, unless=r"\bunnecessary|\bdeprecated|\blegacy|\breact|\bcomponent|\bhtml\b|\bdiv\b"),
        Phrase("go past the module that checks and records",
               r"(?:call|talk to|use|hit|post to) ~ (?:https?://)?api\.(?:openai|anthropic|mistral|cohere)\.\w+\b", grave=False, also=r"\b(?:rather than|instead of|directly|not through|past)\b"),
        Phrase("go past the module that checks and records",
               r"(?:call|use|import|instantiate|create|construct) ~ (?:openai|anthropic|litellm|cohere|mistralai|boto3|psycopg\d?|stripe|google\.\w+)"
               r"[\w.()]*[^.]*?\bdirectly\b", grave=False),
    ),
)  # fmt: skip
