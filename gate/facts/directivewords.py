"""The words of orders by their part in a sentence: verbs that loosen, verbs that guard, and what guards."""

OFF = frozenset(
    "skip bypass disable deactivate ignore omit drop remove delete suppress silence mute weaken loosen relax lower circumvent evade dodge "
    "waive sidestep override neglect forget exempt stub disregard defer postpone ditch kill dismiss".split()
)
"""Verbs that take away what they are said of."""
PARTED = {
    "turn": "off", "switch": "off", "shut": "off down", "leave": "out off away disabled unset unchecked", "comment": "out", "take": "out off away", "strip": "out away",
    "adjust": "down downwards downward", "bring": "down", "dial": "down", "tone": "down", "cut": "out", "rip": "out", "tear": "out", "throw": "out away", "put": "aside", "set": "aside", "wave": "through", "back": "out", "opt": "out",
}  # fmt: skip
"""Verbs that do so with a word behind them, which may stand behind what they are said of."""
GUARDS = frozenset(
    "check verify validate confirm authenticate authorize authorise sanitize sanitise escape encode hash encrypt sign test lint review scan audit "
    "inspect ask prompt wait request require enforce restrict limit filter scope consult approve clean examine".split()
)
"""Verbs of guarding; to do without one of them is to loosen."""
CLEANS = frozenset(
    "check verify validate authenticate authorize authorise sanitize sanitise escape encode hash encrypt inspect scan clean".split()
)
"""Verbs of guarding that are said of what comes from outside."""
CARRIES = frozenset(
    "run use add apply write include perform do put keep call make need want have set implement create bother worry".split()
)
"""Verbs that guard only with a guard behind them."""
CHECKS = frozenset(
    "test suite assertion assert lint linter linting typecheck typechecker typechecking mypy eslint ruff prettier hook precommit ci review "
    "approval scan scanner scanning semgrep bandit gitleaks codeql sast coverage confirmation consent codeowner testing pytest jest vulnerability".split()
)
ACCESS = frozenset(
    "auth authentication authorization authorisation authn authz login permission validation verification sanitization sanitisation "
    "sanitizing escaping csrf xsrf tls ssl certificate signature throttling encryption hashing mfa 2fa captcha rbac acl hmac "
    "authorizer sandboxing".split()
)
ROWS = frozenset("rls".split())
HEADS = frozenset(
    "check checking filter filtering condition clause scope scoping predicate lookup verification validation decorator middleware guard step job stage gate rule "
    "requirement protection warning error finding policy limit limiting control enforcement comparison hook alert security complaint failure "
    "pipeline checker flag threshold attempt under".split()
)
"""Words that guard by what stands before them."""
BEFORE = {
    "check": frozenset("type lint linter security safety ci test coverage quality secret dependency vulnerability commit pre scan scanner static audit failing required status gate fail".split()),
    "guard": frozenset("role ownership owner session access admin jwt token identity password origin host sender input rate privilege user caller signature request output otp mfa".split()),
    "filter": frozenset("tenant org organization organisation account customer where workspace row company".split()),
}  # fmt: skip
"""Those words, by the kind of guard they make."""
EMPTY = frozenset(
    "the a an all any every each this that these those its our your their such no some entirely altogether completely too there here for now "
    "temporarily silently always just simply even more further both as well also either".split()
)
STOPS = frozenset(
    "in on for with from when if during at by to because so that which unless while as before after until since where whenever once into than "
    "and or but then instead rather without via per using whose who except of".split()
)
"""Words that end what a verb is said of."""
ADVERBS = frozenset(
    "always just simply also then please first next now directly silently only automatically freely quietly kindly finally still even "
    "instead therefore thus hence generally ahead ever explicitly once again and or than".split()
)
MODALS = frozenset("can may must should shall will could might need".split())
DENIES = frozenset(
    "not never no don't dont doesn't needn't mustn't shouldn't can't cannot won't avoid nobody refrain nor neither stop".split()
)
WHO = frozenset(
    "you we i it agent agents assistant assistants model models claude copilot codex cursor gemini ai llm handler handlers endpoint endpoints route routes "
    "service services view views code function functions query queries they".split()
)
"""Who is told to do it, and what of ours is said to do it."""
GRANTS = frozenset(
    "have need free ok okay fine sure safe allowed want instructed told expected required authorized remember acceptable".split()
)
"""Words that make an order of the verb behind `to`."""
OTHERWISE = frozenset(
    "generated vendored vendor party node_modules dist whitespace docs documentation readme markdown typo typos locally local mock mocks mocked stub "
    "sandbox unless automatically health static twice again manually yourself until asked requested sure".split()
)
"""Words around an order that give it another sense."""
GONE_BY = frozenset(
    "unused obsolete duplicate duplicated redundant dead outdated stale deprecated legacy unnecessary slow whole full entire example own data file fixture "
    "old temporary empty".split()
)
"""Words before a guard by which it is none that guards now, or is not all of it."""
REVIEWS = frozenset(
    "list find report look search identify flag detect show count grep name note describe explain mention tell warn spot catch reject refuse".split()
)
"""Verbs of somebody who looks for such a thing."""
NEEDLESS = frozenset(
    "waste optional unnecessary overkill needless superfluous pointless unneeded noise redundant".split()
)
THEM = frozenset(
    "input signature token html password user request payload upload filename certificate origin owner ownership caller sender body header webhook "
    "jwt cookie session output data coupon voucher code amount price quantity identity parameter field claim address template".split()
)
"""What is checked, cleaned or kept secret."""
RISKY = frozenset(
    "merge push deploy delete drop refund rm publish commit transfer sudo production any migrate migration migrations force overwrite purge pay charge release destroy wipe execute whatever anything everything".split()
)
"""What an agent does that somebody should be asked about."""
ELSEWHERE = frozenset("frontend front client browser ui caller callers clients user users".split())
"""Who cannot be left to guard."""
CALLERS = frozenset(
    "requests callers clients users handlers routes endpoints services views jobs calls visitors".split()
)
OFFS = frozenset("disabled skipped bypassed omitted removed ignored deactivated suppressed".split())
PENDING = frozenset("pending skip skipped xfail todo disabled ignored expected flaky".split())
WRAPPERS = frozenset("client wrapper gateway adapter facade".split())
AROUND = frozenset("skip bypass ignore circumvent sidestep evade".split())
IN_THE_WAY = frozenset(
    "fail fails failing failed break breaks broken block blocks complain complains slow slows cost costs red annoy cannot".split()
)
"""What is said of a check by somebody who wants to be rid of it."""
