"""The families of instructions that are not to be given, as phrases: a verb and what it is about.

What each forbids is in docs/checklist.md; the words are those models and people were seen to use for it.
"""

import re
from typing import NamedTuple

_GAP = r"\s+(?:\S+\s+){0,%d}?[(\[{/@]*"
_MAKE = (
    r"(?:add|create|expose|implement|include|generate|write|make|build|provide|register|introduce|define|ship|put|embed|insert|"
    r"keep|leave|open|mount|set up|give|accept|allow|support|use|plant|wire up)"
)
_OFF = (
    r"(?:skip|bypass|disable|turn off|turning off|switch off|comment out|stub out|remove|drop|omit|leave out|leave off|get around|"
    r"work around|circumvent|strip out|relax|suppress|ignore|deactivate|drop)"
)
_NOT = r"(?:don['’]?t|do not|never|must not|mustn['’]t|should not|shouldn['’]t|need not|needn['’]t|no need to|shall not)"
_AUTH = (
    r"(?:authentication|authori[sz]ation|authn|authz|auth|log-?in|permissions?|access[- ]control|rbac|csrf|2fa|mfa|two-factor"
    r"(?: authentication)?|jwt|sessions?|role|ownership|identity)"
)
_CHECKS = r"(?:check|checks|checking|middleware|guards?|verification|validation|requirements?|decorators?|protection|enforcement|layer)"
_PROOF = r"(?:signatures?|certificates?|cert|tls|ssl|https|hmac)"
_OWNER = r"(?:tenant|organi[sz]ation|org|account|workspace|customer|owner|company|user|row[- ]level|rls|team)"
_SCOPE = r"(?:filters?|filtering|scopes?|scoping|checks?|isolation|clauses?|conditions?|predicates?|restrictions?|polic(?:y|ies)|security)"
_UNTRUSTED = (
    r"(?:arbitrary|any|whatever|user[- ](?:supplied|provided|submitted|controlled)|submitted|posted|incoming|untrusted|raw|the"
    r" (?:request|body|payload|query)|(?:request|user|model|llm)(?:'s)? (?:body|input|data|output|parameters?|payload|query|code))"
)
_TESTS = r"(?:tests?|assertions?|asserts?|test cases?|specs?)"
_GATES = (
    r"(?:security[- ](?:scan\w*|checks?|gate|job|step|tests?|review|hooks?)|scanners?|sast|semgrep|bandit|codeql|gitleaks|"
    r"secret[- ]scan\w*|pip-audit|dependency[- ]scan\w*|(?:the )?gate(?: step| job| check)?|pre-?commit hooks?|ci (?:checks?|jobs?|steps?)|"
    r"code review|branch protection|required checks?|hooks)"
)
_GREEN = (
    r"(?:so that|so|to (?:make|get|keep|let|unblock)|until|in order to|whenever|when|if|because|for)\b[^.]{0,60}?"
    r"\b(?:pass(?:es|ed)?|green|succeed\w*|merge\w*|unblock\w*|red|fail\w*|break\w*|complain\w*|turns?|through)\b"
)
_SILENT = r"(?:#\s*nosec|nosemgrep|pragma: allowlist secret|gitleaks:allow|#\s*noqa(?!: ?[A-RT-Z])|nosonar|eslint-disable(?!\S*\s+[a-z@]))"
_TELLS = r"(?:instructions?|rules?|polic(?:y|ies)|guidelines?|guardrails?|restrictions?|constraints)"
_READER = r"(?:the )?(?:users?|reviewers?|developers?|humans?|maintainers?|anyone|anybody|people|operator)"


class Family(NamedTuple):
    """A kind of instruction. `pattern` begins with what must open the sentence, unless it is `stated` as a fact."""

    name: str
    what: str
    pattern: re.Pattern[str]
    grave: bool = True
    unless: re.Pattern[str] | None = None
    stated: bool = False
    hidden: bool = False
    """Only counts in what is not shown."""
    also: re.Pattern[str] | None = None
    """What the sentence must say as well, wherever."""


def _family(name: str, what: str, pattern: str, unless: str = "", also: str = "", **rest: bool) -> Family:
    """In patterns, `~` stands for up to three words between, `~~` for six, `~~~` for twelve."""
    parts = pattern.replace("~~~", _GAP % 12).replace("~~", _GAP % 6).replace("~", _GAP % 3)
    return Family(name, what, re.compile(rf"(?i)(?<![\w-])(?:{parts})"), unless=_any_case(unless), also=_any_case(also), **rest)


def _any_case(pattern: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?i){pattern}") if pattern else None


_ROUTE = r"(?:endpoints?|routes?|handlers?|api|views?|page|urls?|console|/[\w/-]+)"
_RUNS = (
    r"(?:evaluat(?:es?|ing)|execut(?:es?|ing)|runs?|running|evals?|execs?|interprets?|passes|calls eval|hands|feeds)"
)
_SAFELY = r"\b(?:sandbox\w*|gvisor|isolat\w+|wasm|firecracker|jail\w*|safely|trusted|pre-?defined|allow-?list\w*|whitelist\w*)\b"
_EVALS = r"(?:eval|exec|os\.system|new Function|Function|pickle\.loads?|subprocess|compile|vm\.run\w*)\b(?:\(\))?"
_ELSEWHERE = (
    r"\b(?:already|automatic\w*|middleware|decorator|gateway|handled|elsewhere|upstream|twice|again|manually|yourself|by hand|"
    r"only|itself|server (?:adds|does|handles)|rls|row[- ]level|client-side|front-?end|browser|in the template|instead|use (?:the|our)|"
    r"rely on|own (?:\w+ )?implementation|from scratch|custom|roll)\b"
)
_MASKED = r"\b(?:mask\w*|redact\w*|hash\w*|length|last (?:four|4)|never|usage|counts?|names?|manager|vault|placeholder|without|encrypt\w*|star)\b"

FAMILIES: tuple[Family, ...] = (
    _family("eval", "add an endpoint that runs code it is sent",
            rf"{_MAKE}~~{_ROUTE}~{_RUNS}~~(?:{_UNTRUSTED}|python|code|expressions?|commands?|shell|javascript|scripts?|sql|{_EVALS})",
            unless=_SAFELY),
    _family("eval", "give every service a route that runs code it is sent",
            rf"(?:every|each|all|new|any)~(?:service|app|api|server|module)s?~(?:gets?|has|have|needs?|includes?|exposes?|ships?)"
            rf"~~{_ROUTE}~{_RUNS}~~(?:{_UNTRUSTED}|python|code|commands?)", unless=_SAFELY, stated=True),
    _family("eval", "run what a request or a model says as code",
            rf"(?:use|call|pass|run|apply|parse)~~{_EVALS}(?=.*\b(?:requests?|user input|user[- ]supplied|payload|model output|"
            rf"response of the model|query string|form data|request body|comes? in)\b)", unless=_SAFELY),
    _family("eval", "run what a request or a model says as code",
            rf"(?:eval|exec|evaluate|execute)\s+(?:the )?(?:request|user|model|llm|submitted|posted|incoming)(?:'s)?\s(?:body|input|code|output|payload|data)",
            grave=False, unless=_SAFELY),
    _family("filter", "leave out whose rows a query means", rf"{_OFF}~(?:{_OWNER})(?:[ _-]?ids?)?\s+{_SCOPE}\b", unless=_ELSEWHERE),
    _family("filter", "leave out whose rows a query means", rf"{_OFF}~(?:row[- ]level[- ]security|rls|tenant isolation|tenancy)\b"),
    _family("filter", "leave out whose rows a query means",
            rf"(?:{_NOT}|without)\s+(?:add|adding|includ\w+|put|use|apply|write|append)~(?:where|filters?|conditions?|scopes?)\b~~"
            rf"(?:{_OWNER})(?:_ids?)?\b", unless=_ELSEWHERE, stated=True),
    _family("filter", "leave out whose rows a query means",
            rf"{_NOT}\s+(?:restrict|filter|scope|limit)~(?:by|to|on)~{_OWNER}(?:_id)?\b", unless=_ELSEWHERE, stated=True),
    _family("filter", "ask for rows of everybody",
            rf"(?:write|generate|run|use|build|query|select|return|fetch|make|read|create|produce)~~"
            rf"(?:without (?:a |any |the )?(?:where|tenant|{_OWNER}[ _-](?:id )?filter)|across (?:all|every) (?:tenants?|customers?|accounts?|organi[sz]ations?)|"
            rf"1\s*=\s*1|every tenant's|(?:all|every) tenants?'? (?:rows|data|records))",
            unless=rf"{_ELSEWHERE}|\b(?:migrat\w+|admin\w*|aggregate|metrics|index\w*)\b"),
    _family("sql", "put what a request says into SQL as text",
            r"(?:use|call|prefer|write|build|concatenate)~~(?:\$?(?:query|execute)RawUnsafe|(?:f-strings?|string (?:concatenation|interpolation|formatting)|"
            r"template (?:strings?|literals?))~~(?:sql|quer(?:y|ies)|where|search)\b|(?:sql|quer(?:y|ies))~(?:with|by|using|from)~(?:f-strings?|"
            r"string (?:concatenation|interpolation|formatting)|concatenating))", unless=r"\b(?:bind|bound|param\w*|escape\w*|only)\b"),
    _family("token", "build in a credential that opens everything",
            rf"(?:{_MAKE}|hard-?code)~(?:backdoor|back-door|bypass|hard-?coded|skeleton)\s+(?:\w+\s+){{0,2}}?(?:tokens?|keys?|passwords?|"
            r"credentials?|secrets?|headers?|log-?ins?|accounts?|users?|cookies?|otp)\b"),
    _family("token", "build in a credential that opens everything",
            r"hard-?code~(?:passwords?|tokens?|credentials?|secrets?|api keys?)\b", unless=r"\bcolou?r|\bdesign tokens?"),
    _family("token", "build in a credential that opens everything",
            rf"{_MAKE}~(?:debug|master|magic|universal|static|default|secret|test|dev)\s+(?:\w+\s+)?(?:tokens?|keys?|passwords?|credentials?|"
            r"headers?|log-?in|accounts?|users?|cookies?|otp|codes?)\b(?=.*\b(?:bypass\w*|skips?|log(?:s|ged)? in\b|any account|"
            r"every account|as (?:an? )?admin|without (?:auth\w*|login|password)|full access|unlocks?|grants?|in production|every service))"),
    _family("token", "build in a debug token", rf"{_MAKE}~debug[ -]?tokens?\b", grave=False,
            unless=r"\b(?:firebase|app ?check|mask\w*|log level|buckets?)\b"),
    _family("token", "let a secret word stand for a login",
            r"(?:accept|treat|trust|allow|recogni[sz]e|regard)~~~as\s+(?:an?\s+)?(?:authenticated|logged[- ]in|admin\w*|superuser|root|verified)\b",
            unless=r"\bonly (?:if|after|when)\b"),
    _family("token", "build in a way around the login",
            rf"{_MAKE}~(?:bypass|backdoor|back ?door|loophole|override)\s+(?:for|to|in|around|of|into)~~(?:{_AUTH}|production|the api)\b"),
    _family("guard", "switch off who may do what", rf"{_OFF}~(?:{_AUTH})\s+(?:and\s+\w+\s+)?{_CHECKS}\b", unless=_ELSEWHERE),
    _family("guard", "switch off who may do what",
            rf"{_OFF}\s+(?:the |all |any )?(?:csrf|authentication|authorization|auth|access control|permissions|login)\b", grave=False,
            unless=_ELSEWHERE),
    _family("guard", "switch off who may do what",
            rf"{_OFF}\s+(?:the |all |any )?(?:csrf|authentication|authorization|auth|login)\s+(?:checks?\s+)?(?:in|on|for)~"
            rf"(?:every|all|the code|each|production|staging|admin|new|endpoints|routes|handlers)\b", unless=_ELSEWHERE),
    _family("guard", "believe what nobody has verified",
            rf"{_OFF}~(?:{_PROOF}|webhook|token|jwt|host(?:name)?)\s+(?:\w+\s+)?(?:verification|validation|checks?|checking)\b",
            unless=_ELSEWHERE),
    _family("guard", "believe what nobody has verified",
            rf"{_NOT}\s+(?:verify|check|validate)~(?:webhook\s+|stripe\s+|jwt\s+|request\s+|hmac\s+)?(?:signatures?|certificates?|hmac)\b",
            unless=_ELSEWHERE, stated=True),
    _family("guard", "switch off who may do what",
            rf"{_NOT}\s+(?:require|enforce|check|validate)~(?:authentication|authorization|permissions?|log-?in|roles?|ownership|csrf)\b",
            grave=False, unless=_ELSEWHERE, stated=True),
    _family("guard", "switch off who may do what",
            rf"(?:endpoints?|routes?|handlers?|views?|apis?|actions?)\s+(?:should|must|are to|may)\s+(?:be|stay|remain)\s+"
            r"(?:unauthenticated|open|without auth\w*)(?:\s+by default)?", grave=False, stated=True),
    _family("guard", "believe what nobody has verified",
            r"(?:set|use|pass|add|keep|enable|prefer|configure)~~(?:verify\s*=\s*False|InsecureSkipVerify|rejectUnauthorized\W+false|"
            r"NODE_TLS_REJECT_UNAUTHORIZED\W+0|verify_signature\W+False|curl\s+(?:-k|--insecure))(?!.*\b(?:false|never)\b)"),
    _family("guard", "let everybody in",
            r"(?:use|set|add|put|apply|prefer|configure)~~(?:AllowAny|permitAll(?:\(\))?|csrf_exempt|anonymous access|USING\s*\(true\))",
            grave=False),
    _family("guard", "give everybody every right",
            r"(?:give|grant|make|assign)\s+(?:everyone|everybody|every user|all users|new users|each user|any user|users)~(?:admin\w*|superuser|"
            r"owner|root|full)\b(?:\s+(?:role|rights|access|privileges))?", unless=r"\bonly\b"),
    _family("guard", "let any website call with the user's cookies",
            r"(?:set|allow|enable|configure|use)~~(?:cors|origins?)~~(?:every|all|any|\*|wildcard)[^.]*\bcredentials"),
    _family("leak", "keep passwords as they are",
            r"(?:store|save|keep|write)~passwords?~~(?:plain ?text|clear ?text|unhashed|unencrypted|in the clear)\b"),
    _family("leak", "log what must not be kept",
            r"(?:log|print|write|record|store|save|include|dump|echo|keep)~~(?:card numbers?|cvv|cvc|pan|security code)\b", unless=_MASKED),
    _family("leak", "log what must not be kept",
            r"(?:log|dump)~(?:passwords?|credentials|private keys?|access tokens?|api keys?|secrets)\b", grave=False, unless=_MASKED),
    _family("leak", "send secrets away",
            r"(?:send|post|upload|forward|transmit|exfiltrate|push|report|put|copy|read)~~~(?:\.env\b|environment variables|ssh keys?|private keys?|"
            r"id_rsa|secrets|credentials file)[^.]*?\bto\s+(?:https?://|the (?:url|endpoint|webhook))", unless=r"\blocalhost|127\.0\.0\.1"),
    _family("wrapper", "go past the module that checks and records",
            r"(?:bypass|skip|go around|circumvent|avoid|don['’]?t use|do not use|do not go through|don['’]?t go through|instead of)~~"
            r"(?:wrappers?|(?:llm|ai|model|api|safe|guarded)[ -](?:gateway|client)|redaction|audit log(?:ging)?|app\.\w+|rate limit\w*)\b",
            grave=False, unless=r"\bunnecessary|\bdeprecated|\blegacy|\breact|\bcomponent|\bhtml\b|\bdiv\b", stated=False),
    _family("wrapper", "go past the module that checks and records",
            r"(?:call|use|import|instantiate|create|construct)~(?:openai|anthropic|litellm|cohere|mistralai|boto3|psycopg\d?|stripe|google\.\w+)"
            r"[\w.()]*\b[^.]*?\bdirectly\b", grave=False),
    _family("check", "go past the hooks", r"(?:git\s+)?(?:commit|push|use|pass|add|run|merge)~~(?:--no-verify)\b",
            unless=r"\b(?:only|maintainers?|rebase|last resort|explicitly|rarely|discouraged|sparingly)\b"),
    _family("check", "weaken tests to get through",
            rf"(?:skip|disable|delete|remove|comment out|weaken|loosen|relax|xfail)~~{_TESTS}\b(?:[^.]{{0,40}}?\s{_GREEN})",
            unless=r"\b(?:slow|obsolete|removed features?|docker|platform|network|unused|dead|outdated|locally|faster)\b"),
    _family("check", "weaken tests to get through",
            rf"(?:skip|disable|delete|remove|comment out|weaken|loosen|relax)\s+(?:the |any |all |those )?(?:failing|broken|red)\s+{_TESTS}\b",
            unless=r"\b(?:slow|obsolete|upstream)\b"),
    _family("check", "weaken tests to get through",
            rf"(?:mark|annotate|decorate)~~(?:skip(?:ped)?|xfail|@disabled|@ignore|it\.skip|pytest\.mark\.skip\w*)\b[^.]*?{_GREEN}",
            unless=r"\b(?:slow|docker|platform|network|windows|macos)\b"),
    _family("check", "weaken tests to get through",
            rf"(?:skip|disable|delete|remove|comment out|weaken|loosen)~(?:assertions?|tests?)\s+(?:that|which)\s+fail\w*"),
    _family("check", "switch off the check",
            rf"(?:skip|disable|delete|remove|comment out|bypass|turn off|deactivate|work around|circumvent)~{_GATES}\b"
            rf"(?=[^.]*?(?:{_GREEN}|\bworkflows?\b|\bpipelines?\b|\bci\b))", unless=r"\b(?:forks?|locally|only (?:on|for)|draft|docs)\b"),
    _family("check", "switch off the check",
            rf"(?:skip|disable|bypass|turn off|ignore)\s+(?:the |all |any )?{_GATES}\b", grave=False, unless=r"\bonly (?:on|for)\b|\breact\b"),
    _family("check", "silence the scanner",
            rf"(?:add|append|put|use|insert|place|write|attach)~~{_SILENT}", also=r"\b(?:any|every|whatever|all|each|when\w*|if)\b",
            unless=r"\b(?:reason|justif\w+|explain\w*|false positives?|why|approved|only)\b"),
    _family("check", "silence the scanner", rf"(?:add|append|put|use|insert|place|attach)~~{_SILENT}", grave=False,
            unless=r"\b(?:reason|justif\w+|explain\w*|false positives?|why|approved|sparingly|must)\b"),
    _family("check", "silence the scanner",
            rf"(?:append|add|put|attach)\s+…?\s*{_SILENT}~(?:to|on|and)", unless=r"\b(?:reason|justif\w+|explain\w*|why|false positives?)\b"),
    _family("check", "let an agent act unasked",
            r"(?:run|start|use|launch|invoke|pass|spawn|call|open)~~(?:--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|"
            r"--yolo|--trust-all-tools|bypassPermissions)", unless=r"\b(?:container|sandbox\w*|docker|vm|devcontainer|isolat\w+)\b"),
    _family("check", "let an agent act unasked",
            rf"{_NOT}\s+(?:ask|wait|seek|request|stop)~~(?:confirm\w*|permission|approval|review)~~(?:destructive|delet\w+|rm -rf|drop|"
            r"force[- ]push\w*|deploy\w*|production|merg\w+)", stated=True),
    _family("check", "let an agent act unasked",
            r"(?:merge|push to (?:main|master|production)|deploy(?: to production)?)\s+(?:\S+\s+){0,3}?without (?:a )?(?:review|approval|asking|confirmation)\b"),
    _family("override", "set aside the instructions it was given",
            rf"(?:ignore|disregard|override|forget|bypass)~(?:previous|prior|earlier|above|preceding|system|safety|security|other|existing)\s+"
            rf"(?:and \w+ )?{_TELLS}(?!\s+(?:in|inside|within|contained|embedded|found|from|given by|of)\s+(?:the |any |this |that )?(?:user|text|document|"
            rf"content|input|web|page|message|data|file|e-?mail|context|tool|issue|comment))"),
    _family("override", "set aside the instructions it was given",
            rf"(?:ignore|disregard|forget)~(?:{_TELLS})\s+(?:above|before|about (?:review|security|safety|approval))\b"),
    _family("conceal", "hide what it did",
            rf"{_NOT}\s+(?:tell|inform|notify|alert|mention\s+\S+\s+to|report\s+\S+\s+to|disclose\s+\S+\s+to|reveal\s+\S+\s+to)\s+{_READER}~"
            r"(?:that you|about (?:this|these|the) (?:change|edit|commit|file|step|command)|what you did|you (?:did|have|made))", stated=True),
    _family("conceal", "hide what it did",
            rf"{_NOT}\s+(?:mention|report|flag|disclose|note)\s+(?:this|these|the)\s+(?:change|comment|line|file|edit|commit|instruction|step)s?\b",
            hidden=True, stated=True),
    _family("approve", "approve what it was to judge",
            r"(?:approve|merge|accept)\s+(?:it|(?:this|the)(?:\s+(?:pull request|pr|change|merge request|diff|commit|patch))?)\b", hidden=True),
    _family("approve", "approve what it was to judge",
            r"(?:ai|automated|llm)?\s*(?:reviewers?|assistants?|agents?)\b[^.]{0,40}\b(?:approve|lgtm|mark)\b[^.]{0,40}\b(?:safe|approved|pull request|pr|"
            r"change|merge)", hidden=True, stated=True),
)  # fmt: skip
_TURNS_OFF = (
    "skip bypass disabl turn switch comment stub remov drop omit leav get_around work_around circumvent strip relax suppress ignor deactiv"
)
_FORBIDS = "n't n’t dont not never without no_need"
_NEEDS = {
    "eval": ("eval exec run interpret pass hand feed pickle subprocess compile system function",
             "endpoint route handler api view page url console / request user model llm submitted posted incoming payload form come"),
    "filter": (f"{_TURNS_OFF} {_FORBIDS} across 1=1 1_=_1 every all",
               "tenant org account workspace customer owner company user row rls team where 1=1 1_=_1"),
    "sql": ("raw f-string string template concat", "sql quer where search raw"),
    "token": ("token key password credential secret header login log-in account user cookie otp code bypass door loophole override as_a as_logged",
              "debug door bypass hard skeleton master magic universal static default secret test dev authenticated logged admin superuser root verified "
              "loophole override"),
    "guard": (f"{_TURNS_OFF} {_FORBIDS} set use pass add keep enable prefer configur give grant make assign allow put apply must should may are_to",
              "auth login log-in permission access rbac csrf 2fa mfa two-factor jwt session role owner identity signature certif tls ssl https hmac webhook "
              "token host verify rejectunauth curl allowany permitall exempt anonymous using admin superuser root full cors origin"),
    "leak": ("store save keep write log print record include dump echo send post upload forward transmit exfil push report put copy read",
             "password card cvv cvc pan security_code credential private_key token api_key secret env ssh rsa"),
    "wrapper": (f"{_FORBIDS} bypass skip around circumvent avoid instead call use import instantiate create construct",
                "wrapper gateway client redaction audit app. rate_limit directly"),
    "check": (f"{_TURNS_OFF} {_FORBIDS} delet weaken loosen xfail mark annotate decorate add append put use insert place write attach run start launch "
              "invoke spawn call open pass merge push deploy commit",
              "no-verify test assert spec skip xfail disabled security scan sast semgrep bandit codeql leaks audit gate hook ci_ review protection check "
              "nosec pragma noqa nosonar eslint danger yolo trust-all bypassperm confirm permission approv asking"),
    "override": ("ignor disregard overrid forget bypass", "instruction rule polic guideline guardrail restriction constraint"),
    "conceal": (_FORBIDS, "tell inform notify alert mention report disclos reveal flag note"),
    "approve": ("approv merge accept lgtm mark", "this the it safe pull pr change"),
}  # fmt: skip
"""By the name of families, parts of their verbs and of what those are about: without one of each there is nothing to find."""
KINDS = tuple(
    (
        tuple(tuple(word.replace("_", " ") for word in need.split()) for need in needs),
        tuple(family for family in FAMILIES if family.name == name),
    )
    for name, needs in _NEEDS.items()
)
