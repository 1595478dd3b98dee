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
