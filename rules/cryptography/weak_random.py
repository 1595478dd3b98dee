"""A secret is drawn from a generator that can be predicted.

The numbers of `random` follow from one another: who has seen a few hundred of them, or knows when the program started,
works out the next password, reset link, one-time code or session.
"""

from collections.abc import Iterator

from gate.facts.draw import Draw
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(338, 330),
    fix="Draw secrets with the module `secrets`: `secrets.token_urlsafe(32)`, `secrets.choice(alphabet)`, "
    "`secrets.randbelow(n)`; or with `random.SystemRandom()`.",
    bad=[
        """
        import random, string
        def send_otp(email):
            code = random.randint(100000, 999999)  # <-
            cache.set(f"otp:{email}", code)
        def otp(phone):
            code = "".join(random.choices(string.digits, k=6))  # <-
            send(phone, code)
        """,
        """
        import random, string
        def reset_token():
            return "".join(random.choice(string.ascii_letters) for _ in range(20))  # <-
        """,
        """
        from random import randint as pick
        def login(user):
            user.otp = f"{pick(0, 999999):06d}"  # <-
        """,
        """
        import random
        def remember(response, cookie):
            value = str(random.normalvariate())[2:]  # <-
            response.set_cookie("rememberMe", value, httponly=True)
        """,
        """
        import random
        def sign_in(response, cookie):
            number = random.getrandbits(32)  # <-
            value = number
            text = str(value)
            response.set_cookie(cookie, text, httponly=True)
        """,
        """
        import random
        def remember(sessions, cookie):
            number = random.random()  # <-
            value = str(number)[2:]
            sessions[cookie] = value
        """,
        """
        import random as r
        def create(db, email, letters):
            chars = []
            for _ in range(8):
                chars.append(r.choice(letters))  # <-
            db.add(email=email, password="".join(chars))
        """,
        """
        import random
        class Store:
            rng = random.Random()
            def start(self, sessions, user):
                number = self.rng.getrandbits(64)  # <-
                sessions[number] = user
        """,
        """
        import random
        def issue(user):
            drawn = random.randint(0, 10**12)  # <-
            api_key = ApiKey(key=drawn, user=user)
            return api_key
        def again(user):
            drawn = random.randint(0, 10**12)  # <-
            api_key = ApiKey(key_value=drawn, user=user)
            return api_key
        """,
    ],
    good=[
        """
        import random, secrets
        def seed(users):
            user = users[random.randint(0, len(users) - 1)]
            api_key = ApiKey(key=secrets.token_hex(), user=user, owner=user)
            return api_key
        """,
        """
        import random
        def coupon():
            code = random.randint(1000, 9999)
            return code
        """,
        """
        import datetime, random
        def fill(now, room):
            begins = now - datetime.timedelta(hours=random.randint(0, 6))
            session = AttendanceSession(room=room, begins=begins)
            session.save()
        """,
        """
        import random, string
        def begin(handler, cookie, state):
            suffix = "".join(random.choice(string.ascii_letters) for _ in range(8))
            name = f"{cookie}-{suffix}"
            handler.set_secure_cookie(name, state, httponly=True, secure=True)
        """,
        """
        import random, secrets, string
        system = random.SystemRandom()
        def reset_token():
            return "".join(system.choice(string.ascii_letters) for _ in range(20)) + secrets.token_hex(4)
        """,
        """
        import random
        def wait(token_timeout):
            session_timeout = token_timeout + random.uniform(0, 5)
            return session_timeout
        """,
        """
        import random
        def sample_tokens(vocabulary):
            token = random.choice(vocabulary)
            password_field = random.choice(fields)
            return token
        """,
        """
        import random
        def greet(session, words):
            number = random.randint(0, 9)
            word = words[number:]
            session["word"] = word
        """,
        """
        import random
        def colour(session):
            session.colour = random.choice("rgb")
        """,
    ],
    misses=[
        "A value whose name does not say that it is secret, such as `code` or `key`, is not reported.",
        "What a helper of another name returns is not followed to the secret it becomes.",
    ],
)


@rule.check(Draw)
def look(draw: Draw, repo: Repo) -> Iterator[Hit]:
    said = f"`{draw.purpose}` comes from `{draw.name}`, whose values can be predicted; draw it with `{draw.instead}`."
    yield Hit(draw.place, said, severity=Severity.MEDIUM if draw.mild else None)
