"""Phrases that only join what guards with a word that loosens it: another wording of what the other files name outright.

They tell nobody that it is meant so, hence none of them is grave: a person should look.
"""

from gate.facts.phrases import Phrase, kind

_GUARD = "do without what guards"
_GUARDS = (
    r"(?:authenticat\w+|authori[sz]\w+|(?:auth|log-?in|permission|access|role|owner(?:ship)?|tenant|security) (?:checks?|guards?)|access control|guards?|csrf(?: tokens?)?|"
    r"(?:\w+ )?signatures?|certificates?|tls(?: errors?| verification)?|ssl verification|rls|row[- ]level security|(?:tenant|user|org|account|owner|customer)(?:_id| filters?| predicates?| scop\w+)|"
    r"httponly|secure flag|security (?:advice|rules|alerts?|findings|warnings?|scans?|headers?|polic\w+|reviews?)|dependabot(?: alerts?)?|codeql|semgrep|bandit|gitleaks|"
    r"code ?owners|branch protection|rate limit\w*|sandbox\w*|encryption|saniti[sz]\w+|moderation|guardrails?|audit log\w*|coverage gates?|pre-?commit hooks?)"
)
_LOOSENS = (
    "(?:skip|bypass|disable|turn off|switch off|ignore|swallow|suppress|dismiss|remove|drop|omit|exclude|leave out|relax|weaken|loosen|strip|deactivate|comment out|"
    "take out|get rid of|do without|go without)"
)
_LOOSE = (
    r"(?:need not|do(?:es)? not need|(?:are|is) not needed|not required|unnecessary|optional|(?:can|may|should|must) be (?:skipped|disabled|omitted|left out|ignored|dismissed|bypassed|closed|off|trusted)|"
    r"slows? (?:us|down|the)|outdated|do(?:es)? not apply|(?:is|are) (?:off|disabled)|in the way|too strict|overkill|noise|(?:is|are) slow, (?:bypass|skip|disable)|get (?:lowered|disabled|skipped))"
)
_WHY = r"\b(?:already|middleware|handled|handles|intentional\w*|by default|not supported|if (?:not|the)|custom|own|duplicat\w*|legacy|deprecated|migrat\w*|failures?|self-signed|example|optional (?:ui|on))\b"

KINDS = (
    kind(
        "guard",
        "take creat make regist skip bypass disabl turn switch ignor swallow suppress dismiss remov drop omit exclud leave_out relax weaken loosen strip deactiv comment take_out get_rid without need optional unnecess "
        "required be_ slow outdated apply off way strict overkill noise may can privileges bypassrls superuser changeme letmein disable auth test1 0000 as_good",
        "auth login log-in permission access role owner tenant guard csrf signature certif tls ssl rls row user_ org_ account customer httponly secure secur dependabot codeql semgrep bandit "
        "gitleaks codeowner branch rate_limit sandbox encrypt sanit moderat guardrail audit coverage pre-commit precommit admin grant give set otp password token view bucket jwt webhook claim superuser root",
        Phrase(_GUARD, rf"{_LOOSENS} (?:(?!not\b|never\b|without\b|instead\b|if\b|when\b|for\b|that\b|which\b)\S+ ){{0,3}}?{_GUARDS}(?![\w-])", grave=False, unless=_WHY),
        Phrase(_GUARD, rf"{_GUARDS} (?:(?!if\b|when\b|not\b)\S+ ){{0,4}}?{_LOOSE}(?![\w-])", grave=False, unless=_WHY, stated=True),
        Phrase("let anybody do what few may", r"(?:any(?:one|body)?|every|all)(?: logged-?in| signed-?in)? (?:users?|callers?|members?|staff)? ?(?:may|can|is allowed to|are allowed to) (?:call|use|reach|access|see|edit|delete|enter) "
               r"(?:\w+ ){0,2}?(?:admin\w*|internal|billing|every account|any (?:account|mailbox|tenant))\b", grave=False, unless=r"\b(?:only|if|unless|own)\b", stated=True),
        Phrase("give a role every right", r"(?:set|give|grant|use|add) ~~ (?:bypassrls|all privileges|superuser)\b", grave=False, unless=r"\b(?:local\w*|revoke|only|docker|create user)\b"),
        Phrase("switch off who may do what", r"(?:set|keep|use|leave|export|enable|switch) ~~ (?:auth_disabled|disable_auth|skip_auth|no_auth|auth_enabled ?= ?(?:0|false)|bypass_auth)\b", grave=False, stated=True),
        Phrase("build in a credential that opens everything", r"(?:ship|seed|add|create|make|let|keep|use) ~~ (?:password|otp|token|pin|login)\S* ~~ (?:changeme|letmein|0000|123456|test123|hunter2|admin123)\b", grave=False,
               unless=r"\b(?:change (?:it|this)|never|example|local\w*|demo)\b"),
        Phrase("believe what nobody has verified", r"take (?:\w+ )?(?:jwts?|tokens?|signatures?|certificates?|webhooks?|claims) at face value\b", grave=False),
        Phrase("give everybody every right", r"(?:create|make|register|add) (?:new |all )?users? (?:with|as|in) (?:the |an? )?(?:owner|admin\w*|superuser|root)(?: role| rights)? by default\b", grave=False),
        Phrase("believe what nobody has verified", r"(?:unsigned|expired|unverified|self-signed|missing|invalid) (?:\w+ )?(?:tokens?|signatures?|certificates?|headers?)(?: headers?)? (?:is|are|means?|counts?) (?:\w+ ){0,6}?"
               r"(?:fine|ok|as good|trusted|valid|accepted|authenticated)\b", grave=False, stated=True),
    ),
    kind(
        "eval",
        "interpret take takes accept receive read render compil execut evaluat deseriali unpickl spawn run type hand goes", "script javascript python shell source code pickle marshal from_string runin sh_-c bash_-c subprocess eval exec command",
        Phrase("run what a request or a model says as code", r"(?:interpret|run|execute|eval|evaluate) (?:whatever|any|every) (?:script|code|command|expression|snippet)s? (?:\w+ ){0,3}?(?:uploads?|sends?|types?|posts?|enters?|submits?)\b", grave=False,
               unless=r"\bsandbox\w*", stated=True),
        Phrase("run what a request or a model says as code", r"(?:takes?|accepts?|receives?|reads?) ~ (?:javascript|python|shell|source code|code|source|commands?)\b ~~ (?:from|as|in) ~~ (?:runs?|executes?|evaluates?|evals?|hands? back) "
               r"(?:it|them|whatever|what)\b", grave=False, unless=r"\bsandbox\w*", stated=True),
        Phrase("run what a request or a model says as code", r"(?:rendered|compiled|evaluated|executed|run) (?:with|by|through) (?:\S+ ){0,2}?(?:from_string|vm\.run\w*|eval|exec|new function)\b", grave=False,
               also=r"\b(?:users?|requests?|customers?|clients?|visitors?|callers?)\b", stated=True),
        Phrase("run what a request or a model says as code", r"(?:deseriali[sz]e|unpickle|load|decode) ~ (?:cookies?|sessions?|uploads?|requests?|payloads?|messages?|what) ~ (?:with|by|using|via)? ?~ (?:pickle|marshal|yaml\.load|dill|uploads?)\b", grave=False),
        Phrase("run what a request or a model says as code", r"(?:spawn|run|execute|call|start) ~ (?:sh -c|bash -c|os\.system|subprocess|the shell|a shell) ~~ (?:model|user|request|caller|client|prompt)\w*", grave=False, unless=r"\bsandbox\w*"),
    ),
    kind(
        "leak",
        "ping call hit post get fetch copy send publish upload print dump keep store write log", ".env .npmrc .netrc .ssh .aws secret credential environment token password session",
        Phrase("send secrets away", r"(?:ping|call|hit|post|posting|send|copy|publish|upload) ~~~ (?:\.env|\S*\.npmrc|\S*\.netrc|\S*\.ssh\S*|\S*\.aws\S*|secrets|credentials)\b(?=.*(?:https?://|\bartifacts?\b|\btracker\b|\bserver\b))", grave=False,
               unless=r"\b(?:localhost|example|template|vault|encrypt\w*)\b", stated=True),
        Phrase("send secrets away", r"(?:ping|call|hit|post to|get|fetch) https?://\S+ ~~~ (?:\.env|\.npmrc|\.netrc|secrets|credentials|environment variables)\b", grave=False),
        Phrase("keep passwords so that they can be read", r"(?:keep|store|save|leave) (?:the |all |user )?passwords? (?:readable|reversible|decryptable|recoverable|in the clear)\b", grave=False),
        Phrase("log what must not be kept", r"(?:print|dump|log|write|echo) (?:the )?(?:whole |entire |full |complete )?(?:environment|tokens? and session ids?|session ids?|session tokens?)\b(?=.*\b(?:logs?|start-?up|tokens?|secrets?|included)\b)", grave=False,
               unless=r"\b(?:mask\w*|redact\w*|hash\w*)\b"),
    ),
    kind(
        "check",
        "turn exclude write approve merge deploy push publish delet release land reset remove lower close use keep need", "suite tests test assert codeql semgrep auth prompt permission merge main coverage finding consent green pipeline confirm review nobody no_one no-one",
        Phrase("weaken tests to get through", r"(?:turn|switch) (?:the |a |any )?(?:\w+ )?(?:suite|tests?|job|workflow) off\b", grave=False),
        Phrase("weaken tests to get through", r"(?:write|add|put|use) (?:an? )?assert true\b", grave=False),
        Phrase("weaken tests to get through", r"should (?:a|any|the) tests? (?:be in|get in|stand in|block|fail)[^.]*?, (?:remove|delete|skip|disable) (?:it|them)\b", grave=False, stated=True),
        Phrase("switch off the check", r"exclude ~ (?:auth\w*|payments?|security|billing|src|the code) ~ (?:from) ~ (?:codeql|semgrep|bandit|sonar\w*|scans?|scanning|coverage)\b", grave=False),
        Phrase("let an agent act unasked", r"approve (?:every|all|any) (?:\w+ )?(?:permission )?(?:prompts?|requests?|permissions?|tool calls?)\b", grave=False),
        Phrase("let an agent act unasked", r"(?:you do not|you don['\u2019]?t|no) need (?:for )?(?:my|a|any|the user's)? ?(?:consent|permission|approval|confirmation) (?:to|for) (?:delet\w+|drop\w*|deploy\w*|destroy\w*|wip\w+)\b", grave=False, stated=True),
        Phrase("let an agent act unasked", r"(?:deploy|merge|push|release|delete|publish) [^.]*?\b(?:nobody|no one|no-one) (?:has|needs) to (?:confirm|review|approve|look|agree)\b", grave=False),
        Phrase("let an agent act unasked", r"(?:merges?|changes|deploys?|releases) do not need (?:an? |any |a second )?(?:review\w*|approv\w+|pair of eyes|second pair)", grave=False, stated=True),
        Phrase("let an agent act unasked", r"(?:land|put|push) (?:your )?(?:changes|commits|work) (?:on|to|onto) (?:main|master|production) without (?:a |any )?(?:pull requests?|pr|review)\b", grave=False),
    ),
    kind(
        "conceal",
        "hide not n't never leave without", "summary summaries reviewer docs pull relaxed removed disabled bypass check security auth file instruction reviewer maintainer user",
        Phrase("hide what it did", r"hide (?:the |this |these |your |any )?(?:new |\w+ )?(?:route|endpoint|change|commit|file|bypass|backdoor)s? ~ from ~~ (?:summar\w+|reviewers?|docs|pull requests?|changelog|users?)\b", grave=False),
        Phrase("hide what it did", r"(?:commit messages?|summar\w+|descriptions?|changelogs?|pull requests?) (?:should|must|may|do|can) ?(?:not|n['\u2019]t|never) (?:reveal|show|mention|tell|say|contain) (?:that |how |which )?(?:\w+ )?(?:checks?|security|auth\w*|guards?|bypass\w*)\b", grave=False,
               stated=True),
        Phrase("hide what it did", r"(?:in )?(?:the |your |all )?(?:summar\w+|descriptions?|commit messages?|pull requests?),? (?:leave out|omit|do not say|never say) (?:that|how|which) (?:you|the|an?) ", grave=False, stated=True),
        Phrase("hide what it did", r"<not> let <reader> (?:see|know|find|notice|learn) ", grave=False, stated=True),
        Phrase("hide what it did", r"never (?:bring up|mention|speak of) this file\b", grave=False, stated=True),
    ),
    kind(
        "override",
        "outdated outrank carry follow override ignore apply", "security page ticket issue rule advice instruction",
        Phrase("set aside the instructions it was given", r"(?:security|safety) (?:advice|rules|guidelines|policies|instructions) [^.]*?\b(?:outdated|do not follow|ignore them|do not apply|not for you)\b", grave=False, stated=True),
        Phrase("obey whoever wrote what it reads", r"(?:web ?pages?|issues?|tickets?|documents?|e-?mails?) [^.]*?\b(?:steps|instructions|commands|orders)\b[^.]*?\b(?:carry|follow|execute|obey)\w* (?:them|it)\b", grave=False, stated=True),
        Phrase("obey whoever wrote what it reads", r"(?:whatever|what|anything) (?:an? |the )?(?:issues?|tickets?|web ?pages?|comments?|e-?mails?) (?:tells?|asks?|says?) [^.]*?\b(?:outranks?|overrides?|comes first|wins|goes before)\b", grave=False, stated=True),
    ),
)  # fmt: skip
