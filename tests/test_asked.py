"""What a check says of a text that it was not shown, or not always."""

import pytest

from gate.rule import Severity
from tests.test_doubt import severities

ROUTE = '@app.get("/read")\ndef read(strict=True):\n    url = request.args["url"]\n'


@pytest.mark.parametrize(
    ("check", "severity"),
    [
        ("strict and not is_allowed(url)", Severity.MEDIUM),
        ("not is_allowed(url) and strict", Severity.MEDIUM),
        ("strict and not is_allowed(other)", None),
        ("strict and not url", None),
        ("strict and url != ''", None),
    ],
)
def test_a_check_that_a_flag_may_switch_off_warns(check, severity):
    text = f"{ROUTE}    if {check}:\n        raise KeyError\n    return requests.get(url).text\n"
    assert severities("injection/request_forgery", text) == [severity]


@pytest.mark.parametrize(
    ("begins", "severity"), [("data:", Severity.MEDIUM), ("https://a.example/", Severity.MEDIUM), ("http", None)]
)
def test_a_head_that_is_known_is_the_head_of_the_whole(begins, severity):
    check = f'    head, rest = url.split(",", 1)\n    if not head.startswith("{begins}"):\n        raise KeyError\n'
    assert severities("injection/request_forgery", f"{ROUTE}{check}    return requests.get(url).text\n") == [severity]


@pytest.mark.parametrize(
    ("address", "severity"),
    [("{base}{sep}token={url}", Severity.LOW), ("{base}{url}", None), ("{url}?token={base}", None)],
)
def test_the_value_of_a_parameter_chooses_no_host(address, severity):
    text = f'{ROUTE}    return requests.get(f"{address}").text\n'
    assert severities("injection/request_forgery", text) == [severity]


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ("any(name == one or name.startswith(one + '.') for one in ALLOWED)", [Severity.MEDIUM]),
        ("any(name == one or name.startswith(f'{one}.') for one in ('a', 'b'))", [Severity.MEDIUM]),
        ("any(name == one for one in ALLOWED)", []),
        ("any(one == name for one in ('a', 'b'))", []),
        ("any(other == one for one in ALLOWED)", [None]),
        ("any(name == one for one in request.args.getlist('known'))", [None]),
        ("any(name != one for one in ALLOWED)", [None]),
        ("all(name == one for one in [])", [None]),
    ],
)
def test_a_module_is_one_of_those_it_was_held_against(check, found):
    text = f"""
        import importlib
        from app.known import ALLOWED
        @app.get("/run")
        def run():
            name = request.args["name"]
            other = "a"
            if not {check}:
                raise KeyError
            return importlib.import_module(name).main
        """
    assert severities("execution/eval_endpoint", text) == found


@pytest.mark.parametrize(("asked", "severity"), [("name", Severity.MEDIUM), ("other", None)])
def test_a_method_whose_name_is_allowed_warns(asked, severity):
    text = f"""
        @app.get("/run")
        def run():
            name, other = request.args["name"], request.args["other"]
            if not is_allowed({asked}):
                raise KeyError
            return getattr(jobs, name)(1)
        """
    assert severities("execution/eval_endpoint", text) == [severity]


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("if config.STRICT:\n        Path(os.path.realpath(path)).relative_to(ROOT)", Severity.MEDIUM),
        ("if config.STRICT:\n        check_path(path)", Severity.MEDIUM),
        ("if config.STRICT:\n        check_path(other)", None),
        ("if config.STRICT:\n        path = path.strip()", None),
        ("if config.STRICT:\n        log(path)\n    else:\n        path = path.strip()", None),
    ],
)
def test_a_check_under_a_flag_is_a_doubt_behind_it(body, severity):
    text = f"""
import os
ROOT = "/srv"
@app.get("/read")
def read():
    path, other = os.path.join(ROOT, request.args["name"]), request.args["other"]
    {body}
    return open(path).read()
"""
    assert severities("injection/path_traversal", text) == [severity]


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ("real = os.path.realpath(path)\n    if not real.startswith(ROOT):\n        raise KeyError", [Severity.MEDIUM]),
        ("Path(os.path.realpath(path)).relative_to(ROOT)", []),
        ("Path(os.path.realpath(other)).relative_to(ROOT)", [None]),
        ("real = os.path.realpath(path)\n    if real.startswith('/'):\n        log(real)", [None]),
    ],
)
def test_a_path_whose_true_place_was_judged_warns(check, found):
    text = f"""
import os
ROOT = "/srv"
@app.get("/read")
def read():
    path, other = ROOT + request.args["name"], ROOT + request.args["other"]
    {check}
    return open(path).read()
"""
    assert severities("injection/path_traversal", text) == found
