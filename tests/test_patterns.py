"""Patterns are cut down to what a text can match, and never by more."""

import pytest

from gate.scanners._patterns import cut, words

RULE = {
    "mode": "taint",
    "pattern-sources": [
        {"patterns": [{"pattern-either": [{"pattern": "$REQ.body"}, {"pattern": "$REQ.query"}]}, {"focus-metavariable": "$REQ"}]},
        {"pattern": "generateText(...)"},
    ],
    "pattern-sanitizers": [{"pattern": "parseInt(...)"}],
    "pattern-sinks": [
        {"patterns": [{"pattern-inside": "$RUN = promisify(exec)\n..."}, {"pattern": "$RUN($X, ...)"}]},
        {"patterns": [{"pattern": "const $A = eval($X)"}, {"pattern-not": "eval(escape($X))"}]},
    ],
}  # fmt: skip


def test_what_a_text_cannot_match_is_left_out():
    assert cut(RULE, words("let a = eval(req.body)")) == {
        "mode": "taint",
        "pattern-sources": [
            {"patterns": [{"pattern-either": [{"pattern": "$REQ.body"}]}, {"focus-metavariable": "$REQ"}]}
        ],
        "pattern-sinks": [{"patterns": [{"pattern": "const $A = eval($X)"}]}],
    }


def test_what_a_text_can_match_stays():
    text = "run = util.promisify(exec); run(parseInt(req.query.a) + req.body + generateText()); eval(escape(a))"
    assert cut(RULE, words(text)) == RULE


@pytest.mark.parametrize("text", ["eval(a)", "req.body", "promisify(a); generateText()"])
def test_a_rule_without_a_source_or_a_sink_goes(text):
    assert cut(RULE, words(text)) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "$X.$Y(...)",
        "`...`",
        "const $A = async (...) => { ... }",
        "$A === 'strict'",
        'import $X from "vm"',
        "new $C(...)",
    ],
)
def test_a_pattern_that_spells_out_no_name_stays(pattern):
    assert cut({"pattern": pattern}, frozenset()) == {"pattern": pattern}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import { exec as run } from 'node:child_process'", {"exec", "run", "child_process"}),
        ("`${a}` + $b + c$d + _e + f9", {"a", "c", "_e", "f9"}),
        ("// request\n({'shell': true})", {"request", "shell"}),
    ],
)
def test_words_are_names_wherever_they_stand(text, found):
    assert found <= words(text)
    assert not words(text) & {"b", "d"}


@pytest.mark.parametrize(
    "text", ["f(({ a }: T) => a)", "f(({ a } /* of */ : T) => a)", "function f({ a, b }: { a: string }) {}"]
)
def test_names_in_braces_are_typed_in_typescript_only(text):
    pattern = {"pattern": "({..., $A, ...}: $T) => { ... }"}
    assert cut(pattern, words(text)) == pattern
    assert cut(pattern, words("const f = ({ a }) => ({ a, b: { c: 1 } });")) is None


def test_a_directive_has_to_be_written():
    part = {"pattern-inside": '"use server"\n...'}
    assert cut(part, words('"use client";\nexport const a = 1;')) is None
    assert cut(part, words("'use server'\nexport const a = 1;")) == part
