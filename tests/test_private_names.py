"""Private names that would be taken from the public index: every way to bind one, and what loosens it."""

import json

import pytest

from gate import registry
from gate.clients import default_index
from gate.rule import Severity
from tests import examples

(RULE,) = (one for one in registry.compares() if one.rule.id == "dependencies/private_name")
HOST = "https://own.example.com/simple"


def found(base, head):
    hits = examples.compared(RULE, base, head)
    return [(hit.place.path, hit.place.line, hit.severity) for hit in hits]


def pyproject(bound):
    return "[project]\nname = 'shop'\ndependencies = [\n  'zorb-core',\n]\n" + bound


@pytest.mark.parametrize(
    "bound",
    [
        f"[[tool.uv.index]]\nname = 'own'\nurl = '{HOST}'\nexplicit = true\n[tool.uv.sources]\nzorb-core = {{ index = 'own' }}\n",
        f"[[tool.uv.index]]\nname = 'own'\nurl = '{HOST}'\nexplicit = true\n[tool.uv.sources]\nZorb_Core = [{{ index = 'own', marker = 'a' }}]\n",
        f"[[tool.pdm.source]]\nname = 'own'\nurl = '{HOST}'\ninclude_packages = ['zorb-*', 'zorb-core']\n",
    ],
)
def test_a_name_that_loses_its_index_blocks(bound):
    base, head = {"pyproject.toml": pyproject(bound)}, {"pyproject.toml": pyproject("")}
    assert found(base, head) == [("pyproject.toml", 4, Severity.HIGH)]
    assert found(base, {"pyproject.toml": pyproject(bound) + "# more\n"}) == []
    assert found(head, base) == []


def test_an_index_that_is_asked_first_binds_all_names():
    first = f"[[tool.uv.index]]\nname = 'own'\nurl = '{HOST}'\n"
    bound = f"{first}[tool.uv.sources]\nzorb-core = {{ index = 'own' }}\n"
    assert found({"pyproject.toml": pyproject(bound)}, {"pyproject.toml": pyproject(first)}) == []


def test_a_name_that_is_bound_to_the_common_index_instead():
    text = pyproject(
        "[[tool.uv.index]]\nname = 'own'\nurl = '{}'\nexplicit = true\n[tool.uv.sources]\nzorb-core = {{ index = 'own' }}\n"
    )
    base, head = {"pyproject.toml": text.format(HOST)}, {"pyproject.toml": text.format(default_index("PyPI"))}
    assert found(base, head) == [("pyproject.toml", 4, Severity.HIGH)]


def test_a_pipfile_and_a_group_of_poetry():
    pipfile = f"[[source]]\nname = 'pypi'\nurl = '{default_index('PyPI')}'\n[[source]]\nname = 'own'\nurl = '{HOST}'\n[packages]\n"
    base, head = ({"Pipfile": f"{pipfile}zorb-core = {said}\n"} for said in ("{version = '*', index = 'own'}", "'*'"))
    assert found(base, head) == [("Pipfile", 8, Severity.HIGH)]
    poetry = f"[[tool.poetry.source]]\nname = 'Own'\nurl = '{HOST}'\npriority = 'supplemental'\n[tool.poetry.group.x.dependencies]\n"
    base, head = ({"pyproject.toml": f"{poetry}zorb = {said}\n"} for said in ("{version='1', source='own'}", "'1'"))
    assert found(base, head) == [("pyproject.toml", 6, Severity.HIGH)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".npmrc", "@zorb:registry=https://own.example.com/\n"), (".npmrc", "@zorb:registry = ${NPM_HOST}\n"),
        (".yarnrc", '"@zorb:registry" "https://own.example.com/"\n'), ("bunfig.toml", "[install.scopes]\nzorb = 'https://own.example.com'\n"),
        (".yarnrc.yml", "npmScopes:\n  zorb:\n    npmRegistryServer: https://own.example.com\n"),
        ("bunfig.toml", "[install.scopes]\n'@zorb' = { url = 'https://own.example.com', token = '$T' }\n"),
        ("pnpm-workspace.yaml", "registries:\n  '@zorb': https://own.example.com\n"),
    ],
)  # fmt: skip
def test_a_scope_that_loses_its_index_blocks(path, text):
    asks = {"web/package.json": '{"dependencies": {\n"@zorb/a": "1",\n"left-pad": "1"}}\n'}
    assert found({path: text, **asks}, asks) == [("web/package.json", 2, Severity.HIGH)]
    assert found({path: text, **asks}, {path: text, **asks, "b/package.json": asks["web/package.json"]}) == []


def npm(*packages):
    rows = {f"node_modules/{name}": {"version": "1.0.0", "resolved": f"https://{host}/{name}/-/{name.rpartition('/')[2]}-1.0.0.tgz"}
            for name, host in packages}  # fmt: skip
    return json.dumps({"lockfileVersion": 3, "packages": rows}, indent=1)


COMMON, OWN = ("lodash", "common.example.com"), ("@zorb/a", "own.example.com")


def test_a_scope_that_is_public_as_well_is_nobodys_secret():
    base = {"package-lock.json": npm(COMMON, OWN, ("@zorb/b", "common.example.com"))}
    head = {"package-lock.json": npm(COMMON, OWN, ("@zorb/b", "common.example.com"), ("@zorb/c", "common.example.com"))}
    assert found(base, head) == []
    (base, head) = (
        {"package-lock.json": npm(COMMON, *more)} for more in ([OWN], [OWN, ("@zorb/c", "common.example.com")])
    )
    assert [row[2] for row in found(base, head)] == [Severity.HIGH]


def test_a_scope_that_the_repository_publishes_elsewhere():
    member = {"ui/package.json": '{"name": "@zorb/ui", "publishConfig": {"registry": "https://own.example.com"}}'}
    base, head = (
        {**member, "package-lock.json": npm(COMMON, *more)} for more in ([], [("@zorb/c", "common.example.com")])
    )
    assert [row[2] for row in found(base, head)] == [Severity.HIGH]
    asked = {**base, "web/package.json": '{"dependencies": {"@zorb/ui": "^1", "@zorb/d": "^1"}}'}
    assert found(base, asked) == []  # npm is told elsewhere from where they come


def test_a_lock_of_poetry_that_no_longer_says_where_from():
    source = f"[package.source]\ntype = 'legacy'\nurl = '{HOST}'\n"
    package = "[[package]]\nname = 'zorb-core'\nversion = '{}'\n"
    project = {
        "pyproject.toml": f"[[tool.poetry.source]]\nname = 'own'\nurl = '{HOST}'\n[tool.poetry.dependencies]\nzorb-core = '^1'\n"
    }
    base, head = {**project, "poetry.lock": package.format(1) + source}, {**project, "poetry.lock": package.format(9)}
    assert found(base, head) == [("poetry.lock", 3, Severity.HIGH)]
    assert found(base, {**project, "poetry.lock": package.format(2) + source}) == []


def test_a_mirror_in_a_list_is_no_index_of_ones_own():
    text = f"--index-url {HOST}\nrequests==2.32.3\nzorb-core==1.0\n"
    assert found({"requirements.txt": text}, {"requirements.txt": text.replace(f"--index-url {HOST}\n", "")}) == []


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "zorb @ file:./zorb\n", "zorb==1\n"), ("requirements.txt", "-e ./zorb\n", "zorb==1\n"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nzorb = {path = 'zorb'}\n", "[tool.poetry.dependencies]\nzorb = '1'\n"),
        ("pyproject.toml", "[project]\ndependencies = ['zorb']\n[tool.uv.sources]\nzorb = {workspace = true}\n", "[project]\ndependencies = ['zorb']\n"),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_longer_taken(path, before, after):
    own = {"zorb/pyproject.toml": "[project]\nname = 'zorb'\n"}
    assert [row[2] for row in found({**own, path: before}, {**own, path: after})] == [Severity.MEDIUM]
    assert found({**own, path: before}, {**own, path: before + "# more\n"}) == []
    assert found({**own, path: before}, {path: after}) == []  # it has moved out, and may be public now


def test_a_package_that_says_it_is_never_published():
    own = {"zorb/pyproject.toml": "[project]\nname = 'zorb'\nclassifiers = ['Private :: Do Not Upload']\n"}
    assert [row[2] for row in found(own, {**own, "requirements.txt": "zorb==1\n"})] == [Severity.MEDIUM]


def test_a_script_says_itself_where_from():
    bound = f"[[tool.uv.index]]\nname = 'own'\nurl = '{HOST}'\nexplicit = true\n[tool.uv.sources]\nzorb-core = {{ index = 'own' }}\n"
    base = {"pyproject.toml": pyproject(bound)}
    asks = "dependencies = ['zorb-core']\n"
    scripts = [
        "# /// script\n" + "".join(f"# {line}\n" for line in text.split("\n")) + "# ///\n"
        for text in (asks, asks + bound)
    ]
    assert [found(base, {**base, "a.py": script}) for script in scripts] == [[("a.py", 2, Severity.MEDIUM)], []]


def test_settings_of_a_folder_go_before_those_above_it():
    asks = {
        ".npmrc": "@zorb:registry=https://own.example.com\n",
        "web/package.json": '{"dependencies": {\n"@zorb/a": "1"}}',
    }
    head = {**asks, "web/.npmrc": f"@zorb:registry={default_index('npm') or 'https://common.example.com'}\n"}
    assert found(asks, head) == ([("web/package.json", 2, Severity.HIGH)] if default_index("npm") else [])


def test_what_a_builder_gives_out_is_no_secret():
    text = "[[tool.uv.index]]\nname = 'own'\nurl = 'https://data.pyg.org/whl'\nexplicit = true\n[tool.uv.sources]\nzorb-core = { index = 'own' }\n"
    assert found({"pyproject.toml": pyproject(text)}, {"pyproject.toml": pyproject("")}) == []


def test_a_member_that_is_never_published_is_locked_from_an_index():
    member = {"ui/package.json": '{"name": "zorb-ui", "private": true}'}
    base = {**member, "package-lock.json": npm(COMMON)}
    head = {**member, "package-lock.json": npm(COMMON, ("zorb-ui", "common.example.com"))}
    assert [row[2] for row in found(base, head)] == [Severity.HIGH]
    published = {"ui/package.json": '{"name": "zorb-ui"}'}
    assert found({**base, **published}, {**head, **published}) == []


def test_what_the_policy_calls_private_needs_no_look_up():
    policy = {"gate.toml": '[dependencies]\nprivate = ["zorb-*"]\n'}
    base, head = (
        {**policy, "package-lock.json": npm(COMMON)},
        {**policy, "package-lock.json": npm(COMMON, ("zorb-x", "common.example.com"))},
    )
    assert [row[2] for row in found(base, head)] == [Severity.HIGH]


def test_head_cannot_say_that_a_name_is_anybodys():
    bound = f"[[tool.uv.index]]\nname = 'own'\nurl = '{HOST}'\nexplicit = true\n[tool.uv.sources]\nzorb-core = {{ index = 'own' }}\n"
    head = {"pyproject.toml": pyproject(""), "requirements.txt": f"--index-url {HOST}\nrequests==2.32.3\n"}
    assert found({"pyproject.toml": pyproject(bound)}, head) == [("pyproject.toml", 4, Severity.HIGH)]


@pytest.mark.parametrize(
    "text", ["[", '{"dependencies": 3}', "[tool.uv]\nsources = 3\n", "registries: [", "[project]\nname = 3\n"]
)
@pytest.mark.parametrize(
    "path", ["pyproject.toml", "package.json", ".npmrc", ".yarnrc.yml", "bunfig.toml", "Pipfile", "uv.toml"]
)
def test_no_text_makes_it_fail(path, text):
    assert found({path: text}, {path: text + "\n", "requirements.txt": "zorb==1\n"}) == []
    assert found({"requirements.txt": "zorb==1\n"}, {path: text}) == []
