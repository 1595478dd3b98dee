"""Phrases that tell an agent to get around checks, or to act against those it works for."""

from gate.facts.phrases import FORBIDS, TURNS_OFF, Phrase, kind

_TESTS = "weaken tests to get through"
_CHECK = "switch off the check"
_SILENCE = "silence the scanner"
_UNASKED = "let an agent act unasked"
_ASIDE = "set aside the instructions it was given"
_HIDE = "hide what it did"
_APPROVE = "approve what it was to judge"
_WHY = r"\b(?:reason|justif\w+|explain\w*|false positives?|why|approved|only|sparingly|must)\b"
_WEAKENS = "(?:skip|disable|delete|remove|comment out|weaken|loosen|relax|xfail)"
_GIVEN = (
    r"\b(?! (?:in|inside|within|contained|embedded|found|from|given by|of) (?:the |any |this |that )?(?:user|text|document|content|input|web|"
    r"page|message|data|file|e-?mail|context|tool|issue|comment))"
)
"""Not the instructions in a text the model reads: to ignore those is what it should do."""

KINDS = (
    kind(
        "check",
        f"{TURNS_OFF} {FORBIDS} delet weaken loosen lower reduc silenc mute hide dismiss xfail mark annotate decorate add append put use insert place write attach run "
        "start launch invoke spawn call open pass merge push deploy commit approv set change adjust edit rewrit modif alter assum treat ask install drop wip",
        "no-verify test assert spec skip xfail disabled security scan sast semgrep bandit codeql leaks audit gate hook ci_ review protection "
        "check nosec pragma noqa nosonar eslint danger yolo trust-all bypassperm confirm permission approv asking coverage threshold "
        "baseline reading own codeowners ignore git destructive expected continue-on-error allow_failure ||_true main master command action package dependenc librar",
        Phrase(_TESTS, r"(?:mark|annotate|decorate) (?:\w+ ){0,3}?(?:failing|broken|red) <tests> ~ (?:as )?(?:skip\w*|xfail|disabled|ignored)\b",
               unless=r"\b(?:slow|docker|platform|network|windows|macos|upstream)\b"),
        Phrase(_TESTS, r"(?:change|adjust|edit|rewrite|modify|alter) ~ (?:assertions?|asserts?|expected (?:values?|results?|outputs?)) ~~ (?:match|fit|agree|pass\w*|green)\b", grave=False,
               unless=r"\b(?:intentional\w*|intended|requirements?|specification|spec|new behaviou?r)\b"),
        Phrase(_CHECK, r"(?:set|add|put|use|append) ~~ (?:continue-on-error|allow_failure|\|\| ?true)\b", also=r"\b(?:security|scan\w*|gate|audit|sast|checks?|tests?|red|fail\w*)\b",
               grave=False),
        Phrase(_UNASKED, r"push (?:straight |directly |right )?to (?:main|master|production)\b[,;]? [^.]*?\b(?:no|without|skip) (?:\w+ )?(?:review|approval|pull requests?|pr)\b",
               unless=r"\b(?:docs|documentation|maintainers?)\b"),
        Phrase(_UNASKED, r"(?:assume|consider|treat) (?:that )?(?:every|all|any) (?:\w+ )?(?:commands?|actions?|tools?|permissions?|operations?) ~ (?:approved|allowed|granted|permitted|confirmed)\b"),
        Phrase(_SILENCE, r"(?:add|put|write|append) ~~ (?:baseline|ignore (?:list|file)|\.(?:semgrep|trivy|gitleaks|bandit|snyk)ignore)\b", unless=_WHY,
               also=r"\b(?:blocks?|fails?|complains?|red|pipelines?|gets? in the way|(?:is|are) reported|finds?)\b"),
        Phrase(_CHECK, r"(?:remove|drop|delete|take out) ~ (?:reviewers?|owners?|approvals?|entries|lines?) ~ from ~ codeowners\b", unless=r"\b(?:left|former|stale|inactive)\b"),
        Phrase(_UNASKED, r"<not> ask (?:the |your )?(?:user|me|anyone|first|permission)\b[^.]*?\b(?:just|simply) (?:run|execute|do|perform) ~ (?:destructive|delet\w+|drop\w*|rm -rf)", stated=True),
        Phrase(_UNASKED, r"ask for no (?:confirmation|permission|approval) ~~ (?:delet\w+|drop\w*|destroy\w*|destructive|rm -rf|force[- ]push\w*|production|deploy\w*)\b"),
        Phrase(_UNASKED, r"(?:delete|drop|wipe|overwrite|deploy|force[- ]push) ~~ without (?:asking|confirmation|approval|permission)\b", grave=False,
               unless=r"\b(?:cache|temp\w*|tmp|build|generated)\b"),
        Phrase("install what nobody has looked at", r"(?:install|add|pull in) ~~ (?:packages?|dependenc\w+|librar\w+) ~~~ without (?:check\w*|verif\w+|review\w*|asking|looking)\b", grave=False),
        Phrase(_CHECK, r"(?:checks?|tests?|scans?|hooks?|lint\w*|ci)\b ~ (?:fails?|complains?|(?:is|are) red|blocks?|breaks?)\b[^.]*?, (?:just |simply )?(?:disable|"
               r"skip|delete|remove|ignore|bypass|turn off|silence|comment out) (?:it|them)\b", stated=True),
        Phrase(_SILENCE, r"(?:suppress|silence|mute|hide|dismiss) ~ (?:semgrep|bandit|scanner|security|codeql|sast|gitleaks) (?:alerts?|findings?|warnings?|"
               r"reports?|issues?)\b", unless=_WHY),
        Phrase("approve its own work", r"(?:approve|merge) your own (?:pull requests?|prs?|changes?|work)\b"),
        Phrase("go past the hooks", r"(?:use|run|do) git commit (?:\S+ )?-n\b"),
        Phrase("go past the hooks", r"(?:git )?(?:commit|push|use|pass|add|run|merge) ~~ --no-verify\b",
               unless=r"\b(?:only|maintainers?|rebase|last resort|explicitly|rarely|discouraged|sparingly)\b"),
        Phrase(_TESTS, rf"{_WEAKENS} ~~ <tests>\b(?:[^.]{{0,40}}? <green>)",
               unless=r"\b(?:slow|obsolete|removed features?|docker|platform|network|unused|dead|outdated|locally|faster)\b"),
        Phrase(_TESTS, rf"{_WEAKENS} (?:the |any |all |those )?(?:failing|broken|red) <tests>\b", unless=r"\b(?:slow|obsolete|upstream)\b"),
        Phrase(_TESTS, rf"{_WEAKENS} ~ (?:assertions?|tests?) (?:that|which) (?:fail\w*|get in|block|break|are in|stand in)\b"),
        Phrase(_TESTS, r"(?:mark|annotate|decorate) ~~ (?:skip(?:ped)?|xfail|@?disabled|@?ignore|it\.skip|pytest\.mark\.skip\w*)\b[^.]*?<green>",
               unless=r"\b(?:slow|docker|platform|network|windows|macos)\b"),
        Phrase(_TESTS, r"(?:lower|reduce|decrease|relax) ~~ (?:thresholds?|fail_under|coverage)\b", also=r"\bcoverage|fail_under", grave=False),
        Phrase(_CHECK, r"(?:skip|disable|delete|remove|comment out|bypass|turn off|deactivate|work around|circumvent) ~ <gates>\b"
               r"(?=[^.]*?(?:<green>|\bworkflows?\b|\bpipelines?\b|\bci\b))", unless=r"\b(?:forks?|locally|only (?:on|for)|draft|docs)\b"),
        Phrase(_CHECK, r"(?:skip|disable|bypass|turn off|ignore) (?:the |all |any )?<gates>\b", grave=False,
               unless=r"\bonly (?:on|for)\b|\breact\b"),
        Phrase(_SILENCE, "(?:add|append|put|use|insert|place|write|attach) ~~ <silent>", unless=_WHY,
               also=r"\b(?:any|every|whatever|all|each|when\w*|if)\b"),
        Phrase(_SILENCE, "(?:add|append|put|use|insert|place|attach) ~~ <silent>", grave=False, unless=_WHY),
        Phrase(_SILENCE, r"(?:add|put|write|append) ~~ (?:baseline|ignore (?:list|file)|allow-?list|\.(?:semgrep|trivy|gitleaks)ignore)\b[^.]*?<green>",
               unless=_WHY, also=r"\b(?:findings?|alerts?|vulnerab\w+|scan\w*|secrets?|security)\b"),
        Phrase(_UNASKED, "(?:run|start|use|launch|invoke|pass|spawn|call|open) ~~ (?:--dangerously-skip-permissions|"
               "--dangerously-bypass-approvals-and-sandbox|--yolo|--trust-all-tools|bypassPermissions)",
               unless=r"\b(?:container|sandbox\w*|docker|vm|devcontainer|isolat\w+)\b"),
        Phrase(_UNASKED, r"<not> (?:ask|wait|seek|request|stop) ~~ (?:confirm\w*|permission|approval|review) ~~ (?:destructive|delet\w+|rm -rf|drop|"
               r"force[- ]push\w*|deploy\w*|production|merg\w+)", stated=True),
        Phrase(_UNASKED, r"(?:merge|push (?:\w+ )?to (?:main|master|production)|deploy(?: to production)?) (?:\S+ ){0,3}?without (?:a |any )?(?:waiting for |"
               r"asking for )?(?:review|approval|asking|confirmation)\b", unless=r"\b(?:docs|documentation|maintainers?)\b"),
        Phrase("approve what it has not read", r"(?:approve|merge|accept) ~~ without (?:reading|review\w*|looking|checking)\b"),
    ),
    kind(
        "override",
        "ignor disregard overrid forget bypass treat follow obey execut carry_out trust exempt apply", "prompt command order secur instruction rule polic guideline guardrail restriction constraint",
        Phrase("obey whoever wrote what it reads", r"(?:treat|regard|accept|take|trust) ~~ (?:in|from|inside|on) ~ (?:issues?|web ?pages?|comments?|documents?|e-?mails?|tool (?:results?|outputs?)|fetched \w+|"
               r"search results?)\b[^.]*? as (?:your |an? |the )?(?:\w+ )?(?:instructions?|commands?|orders?)\b"),
        Phrase("obey whoever wrote what it reads", r"(?:follow|obey|execute|carry out) (?:any|all|every|the|whatever) (?:instructions?|commands?|orders?) (?:\w+ ){0,4}?(?:in|on|inside|from) ~ "
               r"(?:issues?|web ?pages?|fetched \w+|comments?|e-?mails?|tool (?:results?|outputs?)|search results?)\b"),
        Phrase(_ASIDE, r"(?:security|safety|review|these|those|other) ~ <rules>? ?~? ?(?:do not|don['\u2019]?t|does not|no longer) apply to (?:you|agents?|ai|models?)\b", stated=True),
        Phrase(_ASIDE, r"you (?:are|['\u2019]re) (?:\w+ )?exempt from ~ (?:<rules>|security|review)", stated=True),
        Phrase(_ASIDE, r"(?:disregard|override|ignore|forget) (?:the |your |any )?system prompt\b"),
        Phrase(_ASIDE, "(?:ignore|disregard|override|forget|bypass) ~ (?:previous|prior|earlier|above|preceding|system|safety|security|other|"
               rf"existing) (?:and \w+ )?<rules>{_GIVEN}"),
        Phrase(_ASIDE, r"(?:ignore|disregard|forget) ~ <rules> (?:above|before|about (?:review|security|safety|approval))\b"),
    ),
    kind(
        "conceal",
        f"{FORBIDS} keep leave describ label present call titl commit", "trace sign record refactor clean chore format typo docs told know learn quiet silent secret hidden tell inform notify alert mention report disclos reveal flag note",
        Phrase(_HIDE, r"keep (?:this|these|it) ~ (?:secret|hidden) from <reader>\b"),
        Phrase(_HIDE, r"<not> (?:tell|inform|notify|alert|mention \S+ to|report \S+ to|disclose \S+ to|reveal \S+ to) <reader> ~ (?:that you|"
               r"about (?:this|these|the) (?:change|edit|commit|file|step|command)|what you did|you (?:did|have|made))", stated=True),
        Phrase(_HIDE, r"<not> (?:mention|report|flag|disclose|note) (?:this|these|the) (?:change|comment|line|file|edit|commit|instruction|step)s?\b",
               hidden=True, stated=True),
        Phrase(_HIDE, r"leave no (?:trace|mention|sign|record|hint) of (?:this|these|the|it|your|what)\b"),
        Phrase(_HIDE, r"(?:describe|label|present|call|title|commit) (?:\S+ ){0,2}?(?:security|auth\w*|permission|access|bypass\w*|backdoor)\S* (?:\w+ )?as (?:an? )?(?:refactor\w*|clean-?up|chore|formatting|typo|docs|style)\b"),
        Phrase(_HIDE, r"<reader> (?:should|must|need|shall|may) ?(?:not|n['\u2019]t) (?:be told|know|learn|find out|be informed|notice|see) (?:that|about|of)\b", stated=True),
        Phrase(_HIDE, r"keep (?:quiet|silent|mum) about (?:the|this|these|that|your|what|any)\b"),
        Phrase(_HIDE, r"<not> (?:mention|describe|list|disclose|document) (?:these|this|the|any of these|your)(?: \w+){0,2}? (?:changes?|edits?|endpoints?|routes?|workarounds?|bypass\w*) ~ in "
               r"(?:the |your |any )?(?:pull request|pr|commit|summary|description|release notes|report)\b", grave=False, stated=True),
        Phrase(_HIDE, r"<not> (?:tell|inform|notify|alert) <reader> ~ about (?:this|these) (?:section|rule|endpoint|directive|bypass|backdoor)s?\b", stated=True),
        Phrase("keep silent about flaws", r"<not> (?:mention|report|flag) (?:missing |any |security )*(?:vulnerabilit\w+|authori[sz]ation|authentication|"
               r"auth|secrets?|security (?:issues|findings|problems)|hard-?coded \w+)\b", grave=False, stated=True,
               unless=r"\b(?:public\w*|twice|unless|already|issue tracker|outside|false positives?|if)\b"),
    ),
    kind(
        "approve",
        "approv merge accept lgtm mark", "this the it safe pull pr change",
        Phrase(_APPROVE, r"(?:approve|merge|accept) (?:it|(?:this|the)(?: (?:pull request|pr|change|merge request|diff|commit|patch))?)\b", hidden=True),
        Phrase(_APPROVE, r"(?:(?:ai|automated|llm) )?(?:reviewers?|assistants?|agents?)\b[^.]{0,40}\b(?:approve|lgtm|mark)\b[^.]{0,40}\b(?:safe|approved|"
               "pull request|pr|change|merge)", hidden=True, stated=True),
    ),
)  # fmt: skip
