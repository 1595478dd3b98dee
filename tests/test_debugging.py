"""Debuggers that are on, however they are written, and switches that somebody chose."""

import textwrap

import pytest

from gate import registry
from gate.rule import Hit, Severity
from tests import examples


def found(text: str, path: str = "app.py") -> list[Hit]:
    (check,) = [check for check in registry.checks() if check.rule.id == "execution/debug_console"]
    return examples.hits(check, {path: textwrap.dedent(text).lstrip("\n")})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "from flask import Flask as F\nF(__name__).run(debug=True)"),
        ("app.py", "app.run('0.0.0.0', 80, True)"),
        ("app.py", "ON = True\napp.run(debug=ON)"),
        ("app.py", "app.run(**{'debug': 1})"),
        ("app.py", "app.run(use_debugger=True)"),
        ("app.py", "socketio.run(app, debug=True)"),
        ("app.py", "dash_app.run_server(debug=True)"),
        ("app.py", "app.config.update({'DEBUG': True})"),
        ("app.py", "app.config.from_mapping(DEBUG=True)"),
        ("app.py", "def create():\n    app = Flask(__name__)\n    app.config['DEBUG'] = True\n    return app"),
        ("app.py", "import starlette.applications as web\nsite = web.Starlette(debug=True)"),
        ("app.py", "import bottle\nbottle.debug(True)"),
        ("app.py", "import werkzeug.debug\napp.wsgi_app = werkzeug.debug.DebuggedApplication(app.wsgi_app, True)"),
        ("app.py", "if __name__ == '__main__':\n    app.run(host='0.0.0.0', debug=True)"),
        ("app.py", "if True:\n    app.run(debug=True)"),
        ("app.py", "@app.get('/')\nasync def view():\n    breakpoint()"),
        ("app.py", "class View(APIView):\n    def post(self, request):\n        import ipdb; ipdb.set_trace()"),
        ("app.py", "from remote_pdb import RemotePdb\nRemotePdb('0.0.0.0', 4444).set_trace()"),
        ("site/settings.py", "MIDDLEWARE = []\nDEBUG = True"),
        ("site/settings.py", "INSTALLED_APPS = []\nDEBUG = os.getenv('DEBUG', 'False')"),
        ("site/settings.py", "import os\nDEBUG = os.environ.get('DEBUG', '1') == '1'"),
        ("Dockerfile.web", "ARG A=1\nENV DJANGO_DEBUG=true\n"),
        ("deploy/.env.production", "FLASK_DEBUG=1\n"),
        ("deploy.yaml", "kind: Deployment\nspec:\n  - name: DEBUG\n    value: 'true'\n"),
    ],
)
def test_a_debugger_that_is_deployed_blocks(path, text):
    (hit,) = found(text, path)
    assert hit.severity is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "if __name__ == '__main__':\n    app.run(debug=True)"),
        ("app.py", "def main():\n    app.run(port=5000, debug=True)"),
        ("app.py", "import debugpy\ndebugpy.listen(5678)"),
        ("app.py", "import debugpy, os\nif os.getenv('DEBUGPY'):\n    debugpy.listen(('0.0.0.0', 5678))"),
        ("app.py", "def helper(x):\n    breakpoint()"),
        ("config.py", "DEBUG = True"),
        ("docker-compose.yml", "services:\n  web:\n    environment:\n      - FLASK_DEBUG=1\n"),
    ],
)
def test_what_may_never_be_deployed_warns(path, text):
    (hit,) = found(text, path)
    assert hit.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "if args.debug:\n    app.run(debug=True)"),
        ("app.py", "if settings.DEBUG:\n    app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)"),
        ("app.py", "if not PRODUCTION:\n    app.debug = True"),
        ("app.py", "app.run(debug=False)\napp.run(debug=None)\napp.run(debug=is_debug())"),
        ("app.py", "DebuggedApplication(app)"),
        ("app.py", "logger.debug = True\nparser.debug = True\nself.debug = True"),
        ("app.py", "DEBUG = True"),
        ("app.py", "def f(debug=True):\n    DEBUG = True"),
        ("settings_local.py", "INSTALLED_APPS = []\nDEBUG = True"),
        ("tests/settings.py", "INSTALLED_APPS = []\nDEBUG = True"),
        ("site/settings.py", "INSTALLED_APPS = []\nDEBUG = env('DEBUG', default=False)"),
        ("site/settings.py", "INSTALLED_APPS = []\nDEBUG = config.getboolean('django', 'debug', fallback=other)"),
        ("README.md", "ENV FLASK_DEBUG=1"),
        ("Dockerfile", "ENV DEBUG=0\nRUN DEBUG=1 make\n# ENV DEBUG=1\n"),
        ("values.yaml", "DEBUG: true\n"),
    ],
)
def test_what_somebody_chose_or_what_only_looks_alike_is_left_alone(path, text):
    assert found(text, path) == []
