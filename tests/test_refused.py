"""Functions of any name that a text is shown to before it is used: what they let pass counts, and nothing else."""

import textwrap

import pytest

from tests.flows import FLASK, found

HELPERS = """
KNOWN = {"a": 1, "b": 2}

def owner_of(token):
    if token not in KNOWN:
        raise KeyError(token)
    return "somebody"

async def waited(token):
    if token not in KNOWN:
        raise KeyError(token)

def stage(token):
    if token not in KNOWN:
        return None
    return [token]

def words(token):
    if token not in KNOWN:
        return ""
    return token + "!"

def fault(token):
    if token in KNOWN:
        return None
    return "no such thing"

def logged(token):
    print(token)
    return token

def sometimes(token):
    if strict and token not in KNOWN:
        raise KeyError(token)

def gives(token):
    if token not in KNOWN:
        raise KeyError(token)
    yield token

def swallowed(token):
    try:
        if token not in KNOWN:
            raise KeyError(token)
    except KeyError:
        pass

def other(token, second):
    if second not in KNOWN:
        raise KeyError(second)

def asks(token):
    who = owner_of(token)
    if who:
        return who
    return None

def asks_once(token):
    if token == "":
        return None
    owner_of(token)
    return token

def asks_late(token):
    if strict:
        return token
    owner_of(token)

class Judge:
    def check(self, token):
        if token not in KNOWN:
            raise KeyError(token)
    @staticmethod
    def plain(token):
        if token not in KNOWN:
            raise KeyError(token)

def twice(token):
    pass

if strict:
    pass
else:
    def twice(token):
        if token not in KNOWN:
            raise KeyError(token)

@app.cache
def decorated(token):
    if token not in KNOWN:
        raise KeyError(token)
"""
REFUSED = {
    "it raises": "owner_of(token)",
    "its answer is used": "who = owner_of(token)",
    "its answer is compared": "if owner_of(token) != 'me':\n    return ''",
    "it is named by keyword": "other('x', second=token)",
    "it gives None": "paths = stage(token)\nif paths is None:\n    return ''",
    "it gives None, asked at once": "if stage(token) is None:\n    abort(404)",
    "it gives None, asked by a walrus": "if (paths := stage(token)) is None:\n    return ''",
    "it gives nothing": "if not stage(token):\n    return ''",
    "it gives an empty text": "if not words(token):\n    return ''",
    "it tells of a fault": "problem = fault(token)\nif problem is not None:\n    return problem",
    "it is one of several": "if not token or not stage(token):\n    return ''",
    "it is asked in a try": "try:\n    owner_of(token)\nexcept KeyError:\n    return ''",
    "it is asserted": "assert stage(token)",
    "it asks another": "asks(token)",
    "it asks another where it gives something": "if asks_once(token) is None:\n    return ''",
    "it is a method": "Judge().check(token)",
    "it is a method of none": "Judge.plain(token)",
    "it was shown what was read": "given = token\nowner_of(given)",
}
TAKEN = {
    "it looks at nothing": "logged(token)",
    "it looks now and then": "sometimes(token)",
    "it is never run": "gives(token)",
    "it is not waited for": "waited(token)",
    "it swallows what it says": "swallowed(token)",
    "it looks at another": "other(token, 'a')",
    "something else answers for it": "decorated(token)",
    "nobody looks at its answer": "stage(token)",
    "its answer is turned round": "if stage(token):\n    return ''",
    "its empty text is no None": "text = words(token)\nif text is None:\n    return ''",
    "its fault is passed over": "problem = fault(token)\nif problem is None:\n    return ''",
    "what it says is swallowed": "try:\n    owner_of(token)\nexcept KeyError:\n    pass",
    "it is asked now and then": "if strict:\n    owner_of(token)",
    "it is asked for some": "for one in []:\n    owner_of(token)",
    "it is asked in a condition that is written short": "owner_of(token) if strict else None",
    "its answer is one of two": "who = owner_of(token) if strict else ''",
    "it is asked behind a comparison": "0 > 1 > owner_of(token)",
    "it is asked for each of none": "[owner_of(token) for _ in ()]",
    "it is asked in a while that ends": "while strict:\n    owner_of(token)",
    "it is asked in a case": "match strict:\n    case 1:\n        owner_of(token)",
    "it is asked in a handler": "try:\n    go()\nexcept KeyError:\n    owner_of(token)",
    "it is asked behind a return": "if strict:\n    eval(token)\nowner_of(token)\nreturn ''",
    "it is asked under suppress": "with suppress(KeyError):\n    owner_of(token)",
    "another of its name was imported": "from other import owner_of\nowner_of(token)",
    "it is set anew in the file": "global stage\nstage = print\nif not stage(token):\n    return ''",
    "it is one of two ways": "if strict or stage(token):\n    pass\nelse:\n    return ''",
    "it asks another now and then": "asks_late(token)",
    "it asks another where it gives nothing": "if asks_once(token) is not None:\n    return ''",
    "its own object is another": "Judge.check(token, 'a')",
    "the text is set anew within": "def other():\n    nonlocal given\n    given = 'a'\ngiven = token\nother()\nowner_of(given)",
    "there are two of its name": "twice(token)",
    "it is asked where another is not": "strict.check(token) or Judge().check(token)",
    "another was asked": "owner_of('a')",
    "a part was asked": "owner_of(token[:1])",
    "the first part was asked": "first = token.split('.')[0]\nowner_of(first)",
    "it is asked later": "later = lambda: owner_of(token)",
    "the text is set anew": "owner_of(token)\ntoken = request.args['t']",
    "the text is read anew": "owner_of(token)\nreturn eval(request.args['t'])",
    "its name means something else": "owner_of = print\nowner_of(token)",
}


def judged(lines: str) -> set[int]:
    body = textwrap.indent(f"token = request.args['t']\n{lines}\nreturn eval(token)", "    ")
    return {hit.place.line for hit in found({"app.py": f"{FLASK}{HELPERS}\n@app.get('/')\ndef view():\n{body}\n"})}


@pytest.mark.parametrize("lines", REFUSED.values(), ids=REFUSED)
def test_what_a_function_let_pass_is_known(lines):
    assert not judged(lines)


@pytest.mark.parametrize("lines", TAKEN.values(), ids=TAKEN)
def test_what_no_function_stopped_is_not(lines):
    assert judged(lines)


def test_a_way_past_the_check_is_found_beside_one_through_it():
    tree = """
        @app.get("/<token>")
        def view(token):
            if request.args.get("fast"):
                return run(token)
            owner_of(token)
            return run(token)
        def run(token):
            return eval(token)
        """
    text = textwrap.dedent(tree)
    assert found({"app.py": FLASK + HELPERS + text})
    assert not found(
        {"app.py": FLASK + HELPERS + text.replace('    if request.args.get("fast"):\n        return run(token)\n', "")}
    )


def test_a_check_in_a_function_that_lies_in_another_is_read():
    tree = """
        def create():
            @app.get("/<token>")
            def view(token):
                owner_of(token)
                return eval(token)
        """
    text = textwrap.dedent(tree)
    assert not found({"app.py": FLASK + HELPERS + text})
    assert found({"app.py": FLASK + HELPERS + text.replace("        owner_of(token)\n", "")})


def test_a_field_of_a_model_is_followed_to_the_check():
    tree = """
        from pydantic import BaseModel
        from fastapi import FastAPI
        api = FastAPI()
        class Body(BaseModel):
            code: str
            other: str
        @api.post("/")
        def view(body: Body):
            owner_of(body.code)
            return eval(body.code)
        """
    text = textwrap.dedent(tree)
    assert not found({"app.py": FLASK + HELPERS + text})
    assert found({"app.py": FLASK + HELPERS + text.replace("owner_of(body.code)", "owner_of(body.other)")})
