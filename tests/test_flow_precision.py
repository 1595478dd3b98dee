"""The flow engine knows what cannot happen: a branch never taken, another element, another key, an option left off."""

import pytest

from tests.flows import found, lines

CASES = {
    "a digest that is filled piece by piece": """
        import hashlib, hmac, zlib
        from cryptography.hazmat.primitives import hashes
        from Crypto.Hash import SHA256
        def digest_of(text):
            made = hashlib.sha256()
            made.update(text.encode())
            return made
        @app.post("/digest")
        def digest():
            text = request.form["c"]
            made, signed = hashlib.sha384(), hmac.new(KEY, digestmod="sha256")
            other, third = hashes.Hash(hashes.SHA256()), SHA256.new()
            for one in (made, signed, other, third):
                one.update(text.encode())
            made.update(text.encode())
            signed.update(text.encode())
            other.update(text.encode())
            third.update(text.encode())
            exec(made.hexdigest())
            exec(signed.digest())
            exec(other.finalize().hex())
            exec(third.hexdigest())
            exec(digest_of(text).hexdigest())
            exec(str(zlib.crc32(text.encode())))
            made.name = text
            exec(made.name)  # <-
            held = Holder()
            held.update(text)
            exec(held.hexdigest())  # <-
        """,
    "the first of the values that a function gives": """
        import hashlib
        def pair(text, salt):
            return hashlib.sha256(text.encode()).hexdigest(), salt
        @app.post("/pair")
        def pairs():
            both = pair(request.form["c"], request.form["s"])
            exec(pair(request.form["c"], request.form["s"])[0])
            exec(both[0])
            exec(both[1])  # <-
            exec(pair(request.form["c"], request.form["s"])[-1])  # <-
            exec(pair(request.form["c"], request.form["s"])[True])  # <-
        """,
    "words behind a program that is written out": """
        import subprocess, sys
        @app.post("/words")
        def words():
            text = request.form["c"]
            subprocess.run([sys.executable, "-c", "import sys; print(sys.argv[1])", text])
            subprocess.run(["env", "node", "-e", "console.log(process.argv[1])", text])
            subprocess.run([sys.executable, "-c", "import sys; exec(sys.argv[1])", text])  # <-
            subprocess.run(["sh", "-c", 'eval "$1"', "_", text])  # <-
            subprocess.run(["ssh", "host", "python", "-c", "print(1)", text])  # <-
            subprocess.run(["python", "-c", text, "a"])  # <-
        """,
    "a template that is only compiled": """
        from django.template import Template
        from jinja2 import Environment
        from mako import template
        @app.post("/check")
        def check():
            Template(request.form["c"])
            Environment().from_string(request.form["c"])
            template.Template(request.form["c"])  # <-
            Template(request.form["c"]).render(context)  # <-
            kept = Template(request.form["c"])  # <-
        """,
    "a function that is named for raising": """
        @app.post("/always")
        def always():
            code = request.form["c"]
            if code not in KNOWN:
                abort_with_message(400, "no")
            eval(code)
        @app.post("/sometimes")
        def sometimes():
            answer = requests.get("https://api.example.com/")
            answer.raise_for_status()
            abort_if(answer.status_code > 400)
            eval(request.form["c"])  # <-
        """,
    "a condition that is kept in a variable": """
        @app.post("/run")
        def run():
            text = request.form["c"]
            known = text in ("1", "2")
            if not known:
                abort(400)
            eval(text)
        @app.post("/late")
        def late():
            text = request.form["c"]
            known = text in ("1", "2")
            text = request.form["d"]
            if not known:
                abort(400)
            eval(text)  # <-
        @app.post("/once")
        def once():
            text = request.form["c"]
            known = True
            if request.form.get("strict"):
                known = text in ("1", "2")
            if not known:
                abort(400)
            eval(text)  # <-
        @app.post("/other")
        def other():
            text = request.form["c"]
            known = text in ("1", "2")
            if known:
                abort(400)
            eval(text)  # <-
        """,
    "a condition both sides of which speak of one text": """
        @app.post("/known")
        def known():
            text = request.form["c"]
            if text != "all" and text not in KNOWN:
                return "no"
            eval(text)
        @app.post("/other")
        def other():
            text = request.form["c"]
            if text != "all" and len(text) > 5:
                return "no"
            eval(text)  # <-
        """,
    "a program that is on a list": """
        import shlex, subprocess
        @app.post("/listed")
        def listed():
            command = shlex.split(request.form["c"])
            if command and command[0] in ALLOWED:
                subprocess.run(command)
            if command[0] == "git":
                subprocess.run(command)
            if command[0] == "bash":
                subprocess.run(command)  # <-
            if command[1] in ALLOWED:
                subprocess.run(command)  # <-
            if command[0] in ALLOWED:
                subprocess.run(" ".join(command), shell=True)  # <-
            if command[0] in ALLOWED:
                subprocess.run(command[1:])  # <-
        """,
    "conditions of what the code itself says": """
        @app.post("/never")
        def never():
            text = request.form["c"]
            chosen = text if "abc".upper() != "ABC" else "1"
            other = text if 1 > 2 or 2 ** 3 < 7 or 5 & 2 or None is not None else "1"
            third = text if (1, 2)[0] == 2 or {"a": 1}["a"] == 2 else "1"
            last = "1" if max(1, 2) == 2 and not bool([]) and 1 < 2 < 3 else text
            eval(chosen + other + third + last)
        @app.post("/always")
        def always():
            text = request.form["c"]
            chosen = text if "abc".upper() == "ABC" else "1"
            eval(chosen)  # <-
        @app.post("/own")
        def own(max, upper):
            chosen = "1" if max(1, 2) == 2 else request.form["c"]
            eval(chosen)  # <-
            number = 2 if upper else 3
            eval("1" if number ** 3 > 8 else request.form["c"])  # <-
        """,
    "loops that certainly run, or certainly do not": """
        @app.post("/run")
        def run():
            chosen = request.form["c"]
            for word in ["1", "2"]:
                chosen = word
            while False:
                chosen = request.form["c"]
            for _ in range(0):
                chosen = request.form["c"]
            eval(chosen)
        @app.post("/left")
        def left():
            chosen = request.form["c"]
            for word in ["1", "2"]:
                if word == request.form["d"]:
                    break
                chosen = word
            eval(chosen)  # <-
        @app.post("/late")
        def late(words):
            chosen = request.form["c"]
            for word in [*words]:
                chosen = "1"
            eval(chosen)  # <-
        @app.post("/count")
        def count():
            chosen, left = "1", 0
            while left < 2:
                left += 1
                chosen = request.form["c"]
            eval(chosen)  # <-
        """,
    "a field that is asked for as a number": """
        @app.post("/run")
        def run():
            eval(str(request.form.get("c", type=int)))
            eval(str(request.args.get("c", 1, int)))
            eval(request.form.getlist("c", int))
            eval(request.form.get("c", type=str))  # <-
            eval(request.form.get("c", request.form["d"], type=int))  # <-
        """,
    "classes that are defined in a function": """
        @app.post("/run")
        def run():
            class Box:
                def __init__(self, held):
                    self.held, self.other = held, "1"
                def get(self):
                    return self.held
                def fixed(self):
                    return self.other
                @staticmethod
                def same(text):
                    return text
            box = Box(request.form["c"])
            eval(box.fixed())
            eval(box.get())  # <-
            eval(Box.same(request.form["c"]))  # <-
        """,
    "what the server says of a request": """
        @app.post("/run")
        def run():
            eval(request.environ["REMOTE_ADDR"])
            eval(request.environ.get("SERVER_NAME"))
            eval(request.environ["HTTP_X_CODE"])  # <-
            eval(request.environ["QUERY_STRING"])  # <-
        """,
    "text that a pattern leaves no room in": """
        import re
        from re import compile as made
        WORD = re.compile(r"[a-z]+")
        NAME = re.compile(r"^[a-z_-]{1,20}$", re.IGNORECASE)
        EITHER = made(r"^a|[a-z]$")
        LINES = re.compile(r"^[a-z]+$", re.MULTILINE)
        ANY = re.compile(r"[a-z]+.*")
        SET = re.compile(r"[a-z]+")
        TWICE = re.compile(r"[a-z]+")
        TWICE = re.compile(r".+")
        def again():
            global SET
            SET = re.compile(".*")
        def text():
            return request.form["c"]
        @app.post("/whole")
        def whole():
            code = text()
            if not WORD.fullmatch(code):
                abort(400)
            eval(code)
        @app.post("/start")
        def start():
            code = text()
            if NAME.match(code) is None:
                abort(400)
            eval(code)
        @app.post("/search")
        def search():
            code = text()
            if NAME.search(code):
                eval(code)
        @app.post("/group")
        def group():
            found = re.search(r"([a-z]+)", text())
            eval(found.group(1))
            eval(found.string)  # <-
        @app.post("/kept")
        def kept():
            code = text()
            found = WORD.fullmatch(code)
            if found is None:
                abort(400)
            eval(code)
        @app.post("/loose")
        def loose():
            code = text()
            if WORD.match(code):
                eval(code)  # <-
            if EITHER.match(code):
                eval(code)  # <-
            if LINES.match(code):
                eval(code)  # <-
            if ANY.fullmatch(code):
                eval(code)  # <-
            if SET.fullmatch(code):
                eval(code)  # <-
            if TWICE.fullmatch(code):
                eval(code)  # <-
            if WORD.fullmatch(code) is None:
                eval(code)  # <-
            if code.startswith("a") is not None:
                eval(code)  # <-
        """,
    "a copy by way of a pickle": """
        import pickle
        @app.post("/run")
        def run():
            copied = pickle.loads(pickle.dumps(request.form["c"]))
            eval(copied)  # <-
            pickle.loads(copied)  # <-
        """,
    "arithmetic that is always true": """
        @app.post("/run")
        def run():
            text = request.form["c"]
            number = 86
            if 7 * 42 - number > 200:
                chosen = "1"
            else:
                chosen = text
            eval(chosen)
            eval("2" if 7 * 18 + number > 200 else text)
            eval(text if 7 * 18 + number > 200 else "3")  # <-
        """,
    "arithmetic a loop changes": """
        @app.post("/run")
        def run():
            number = 1
            for _ in range(3):
                if number > 1:
                    eval(request.form["c"])  # <-
                number += 1
        """,
    "a name another function sets": """
        @app.post("/run")
        def run():
            on = False
            def switch():
                nonlocal on
                on = True
            switch()
            if on:
                eval(request.form["c"])  # <-
        """,
    "a variable set before an error": """
        @app.post("/run")
        def run():
            mode = "a"
            try:
                mode = "b"
                prepare()
                mode = "c"
            except ValueError:
                if mode == "b":
                    eval(request.form["c"])  # <-
        """,
    "the case of a match that fits": """
        @app.post("/run")
        def run():
            letters = "ABC"
            match letters[1]:
                case "A":
                    chosen = request.form["c"]
                case "B" | "D":
                    chosen = "1"
                case _:
                    chosen = request.form["c"]
            eval(chosen)
            match letters[0]:
                case "A":
                    other = request.form["c"]
                case _:
                    other = "1"
            eval(other)  # <-
        """,
    "elements of a list": """
        @app.post("/run")
        def run():
            parts = []
            parts.append("1")
            parts.append(request.form["c"])
            parts.append("2")
            eval(parts[0])
            eval(parts[1])  # <-
            parts.pop(0)
            eval(parts[0])  # <-
            eval(parts[-1])
        """,
    "a list somebody else may change": """
        @app.post("/run")
        def run():
            parts = ["1", "2"]
            fill(parts, request.form["c"])
            parts[0] = request.form["c"]
            eval(parts[0])  # <-
        """,
    "keys of a dictionary": """
        @app.post("/run")
        def run():
            table = {"a": "1", "b": request.form["c"]}
            eval(table["a"])
            eval(table["b"])  # <-
            for key in table:
                eval(key)
            for key, held in table.items():
                eval(key)
                eval(held)  # <-
            kept = {key: held for key, held in table.items() if held}
            eval(", ".join(kept.keys()))
            eval(kept["b"])  # <-
        """,
    "numbers of a loop": """
        @app.post("/run")
        def run():
            for number, text in enumerate(request.form.getlist("c")):
                eval(f"{number} + 1")
                eval(text)  # <-
            for one, two in zip(["1"], request.form.getlist("c")):
                eval(one)
                eval(two)  # <-
        """,
    "one of several results": """
        def parsed(text):
            return "1", text
        @app.post("/run")
        def run():
            name, rest = parsed(request.form["c"])
            eval(name)
            eval(rest)  # <-
        """,
    "an option that is off": """
        def shown(text, run=False):
            if run:
                eval(text)
            return text
        def told(text, run=False):
            if run:
                eval(text)  # <-
        @app.post("/run")
        def run():
            shown(request.form["c"])
            shown(request.form["c"], run=False)
            told(request.form["c"], run=True)
        """,
    "a check that is skipped when there is nothing": """
        ALLOWED = {"1", "2"}
        @app.post("/run")
        def run():
            text = request.form.get("c")
            if text and text not in ALLOWED:
                return "no"
            eval(text)
        @app.post("/other")
        def other():
            text, more = request.form.get("c"), request.form.get("d")
            if more and text not in ALLOWED:
                return "no"
            eval(text)  # <-
        """,
    "numbers by their format": """
        @app.post("/run")
        def run():
            eval(f"{request.form['c']:d}")
            eval(f"{request.form['c']:>10}")  # <-
        """,
    "settings that are set and read": """
        import configparser
        @app.post("/run")
        def run():
            conf = configparser.ConfigParser()
            conf.set("s", "a", "1")
            conf.set("s", "b", request.form["c"])
            eval(conf.get("s", "a"))
            eval(conf.get("s", "b"))  # <-
        """,
    "a command that grows": """
        import subprocess
        @app.post("/run")
        def run():
            words = ["sh", "-c"]
            words.append(f"echo {request.form['c']}")
            subprocess.run(words)  # <-
            other = ["echo", "-n"]
            other.append(f"text {request.form['c']}")
            subprocess.run(other)
        """,
    "a request somebody else's code wraps": """
        import helpers.requests
        @app.post("/run")
        def run():
            wrapped = helpers.requests.request_wrapper(request)
            eval(wrapped.get_form_parameter("c"))  # <-
            eval(wrapped.clock())
        """,
    "characters that are taken out": """
        import re
        @app.post("/run")
        def run():
            eval(re.sub(r"[^a-z0-9_]", "", request.form["c"]))
            eval(re.sub(r"[a-z]", "", request.form["c"]))  # <-
        """,
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_exactly_what_can_happen_is_reported(text):
    reported, marked = lines(text)
    assert reported == marked


def test_long_sums_of_text_are_read_in_one_go():
    parts = " + ".join(f'"{number}" + request.form["a{number}"]' for number in range(400))
    assert found(f'@app.post("/run")\ndef run():\n    eval({parts})\n')
