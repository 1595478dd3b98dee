"""Guards that a change takes away, guards it only moves, ways past them that it opens: the changes in tests/guards/."""

import re
from pathlib import Path

import pytest

from gate import registry
from gate.rule import Hit, Severity
from tests import examples

HERE = Path(__file__).parent / "guards"
ROUTERS = """
from flask import Blueprint, abort
from fastapi import APIRouter, Depends, HTTPException
bp = Blueprint("x", __name__)
router = APIRouter()
"""
"""What each file begins with that has routes."""

Tree = dict[str, str]


def _cases(name: str) -> dict[str, tuple[Tree, Tree]]:
    """Changes by name, written as `== name`, then `>>> base PATH` or `>>> head PATH` above each text."""
    found = {}
    for case in re.split(r"^== ", (HERE / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = case.partition("\n")
        sides: dict[str, Tree] = {"base": {}, "head": {}}
        for side, path, text in re.findall(
            r"^>>> (base|head) (\S+)\n(.*?)(?=^>>> |\Z)", rest, re.MULTILINE | re.DOTALL
        ):
            sides[side][path] = ROUTERS + text if re.search(r"@(?:bp|router)\.", text) else text
        found[title] = sides["base"], sides["head"]
    return found


GONE, MOVED = _cases("gone"), _cases("moved")
OPENED, KEPT = _cases("opened"), _cases("kept")


def _lost(base: Tree, head: Tree) -> list[Hit]:
    rule = next(one for one in registry.compares() if one.rule.id == "authorization/guard_removed")
    return examples.compared(rule, base, head)


@pytest.mark.parametrize(("base", "head"), GONE.values(), ids=GONE.keys())
def test_a_guard_that_is_gone_is_reported_once(base: Tree, head: Tree):
    assert len(_lost(base, head)) == 1


@pytest.mark.parametrize(("base", "head"), MOVED.values(), ids=MOVED.keys())
def test_a_guard_that_moved_is_not_reported(base: Tree, head: Tree):
    assert _lost(base, head) == []


def _told(base: Tree, head: Tree) -> list[Hit]:
    rules = [one for one in registry.compares() if one.rule.id.startswith("authorization/guard_")]
    return [hit for one in rules for hit in examples.compared(one, base, head)]


@pytest.mark.parametrize(("base", "head"), OPENED.values(), ids=OPENED.keys())
def test_a_way_past_a_guard_is_reported(base: Tree, head: Tree):
    assert _told(base, head)


@pytest.mark.parametrize(("base", "head"), KEPT.values(), ids=KEPT.keys())
def test_a_guard_that_is_written_otherwise_is_not_reported(base: Tree, head: Tree):
    assert _told(base, head) == []


def test_a_finding_shows_both_sides():
    message = _lost(*GONE["role to login"])[0].message
    assert "roles_required('admin')" in message
    assert "login_required" in message


def test_tests_need_no_guards():
    base, head = ({f"tests/{path}": text for path, text in side.items()} for side in GONE["async"])
    assert _lost(base, head) == []


@pytest.mark.parametrize(("name", "severity"), [("FaviconView", Severity.MEDIUM), ("MembersView", None)])
def test_a_view_for_everybody_that_is_exempted_from_the_login_warns(name: str, severity: Severity | None):
    asked = {"settings.py": "MIDDLEWARE = ['django.contrib.auth.middleware.LoginRequiredMiddleware']\n"}
    view = f"class {name}(View): ...\n"
    exempt = "@method_decorator(login_not_required, name='dispatch')\n"
    (hit,) = _lost({**asked, "views.py": view}, {**asked, "views.py": exempt + view})
    assert hit.severity is severity
    assert "no longer asks who calls" in hit.message


_WORK = """
from fastapi import APIRouter, HTTPException
from acme.managers import Favorites
router = APIRouter()
class Api:
    favorites: {kind} = depends({kind})
    @router.put("/favorites")
    def add(self, trans, tool_id):
        user = self.service.get_user(trans)
"""
_ITSELF = """
        tool = trans.toolbox.get_tool(tool_id)
        if not tool.allow_user_access(user):
            raise HTTPException(403)
        favorites = load(user.preferences)
        favorites.append(tool_id)
        return save(user, favorites)
"""
_HANDED = "        return self.favorites.add(trans, user, tool_id)\n"


@pytest.mark.parametrize(
    ("kind", "severity"), [("Favorites", Severity.MEDIUM), ("Local", None)], ids=["in-a-package", "in-the-tree"]
)
def test_work_that_went_to_a_package_may_have_taken_its_guard_along(kind: str, severity: Severity | None):
    local = "\nclass Local:\n    def add(self, trans, user, tool_id):\n        return save(user, tool_id)\n"
    base, head = (_WORK.format(kind=kind) + body + local for body in (_ITSELF, _HANDED))
    rule = next(one for one in registry.compares() if one.rule.id == "authorization/guard_removed")
    assert [hit.severity for hit in examples.compared(rule, {"api.py": base}, {"api.py": head})] == [severity]
