"""Every rule for an answer: what it accepts, the neighbour that it rejects, and what is said."""

from __future__ import annotations

import pytest

from stage7_plugin.host_facts import PERMISSIONS
from stage7_plugin.spec.answers import CHOICES, PROMPTS, check, unknown_keys
from stage7_plugin.spec.problems import format_problems
from tests.support.rejected import REJECTED
from tests.support.template import ANSWERS

ACCEPTED = {
    "plugin_name": ["T", "x" * 80, "Größe ✨ مرحبا", '"q" \\ $HOME {{ 7*7 }} </script>', ": #"],
    "plugin_slug": ["a", "a1", "text-echo", "a" * 50, "a-1-b", "con1", "comm1", "com10"],
    "verb": ["A", "TEXT_ECHO", "A1_2", "A" * 60, "THINKING", "CHAT_PLUGIN"],
    "description": ["x" * 10, "x" * 200, "Überträgt 文字 und 🎉, it's \"fine\""],
    "inputs": ["a:string", "a:any?; b:number=1", '[{"name": "a", "type": "string"}]'],
    "outputs": ["r:string", "r:object; s:array?"],
    "version": ["0.0.0", "1.0.0", "10.20.30", "999999999.0.0"],
    "author": ["A", "x" * 100, "Jane O'Neil <jane@example.com>"],
    "image_namespace": [
        "stage7", "team/sub", "registry.example.com", "registry.example.com:5000/team", "a__b",
        "localhost:5000", "localhost/team", "ghcr.io/a-b/c_d", "a--b", "10.0.0.1:65535/x",
        "UP.io/x",
    ],
    "permissions": ["", "net.fetch", "net.fetch, fs.read", " , net.fetch,,", ",".join(PERMISSIONS)],
    "memory": ["32m", "256m", "32768k", "1g", "1024g", "1048576m"],
    "cpu": ["0.01", "0.5", "1", "2.25", "256", "0.100"],
    "timeout_seconds": ["1", "30", "3600"],
}  # fmt: skip


def _cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(prompt, value) for prompt, values in table.items() for value in values]


def test_tables_cover_every_prompt() -> None:
    assert set(ACCEPTED) | set(CHOICES) == PROMPTS
    assert set(REJECTED) == PROMPTS


def test_defaults_are_accepted() -> None:
    assert check(ANSWERS) == []


@pytest.mark.parametrize(("prompt", "value"), _cases(ACCEPTED))
def test_accepted(prompt: str, value: str) -> None:
    assert check({**ANSWERS, prompt: value}) == []


@pytest.mark.parametrize(("prompt", "value"), [(p, v) for p, vs in CHOICES.items() for v in vs])
def test_every_choice_is_accepted(prompt: str, value: str) -> None:
    assert check({**ANSWERS, prompt: value}) == []


@pytest.mark.parametrize(("prompt", "value"), _cases(REJECTED))
def test_rejected(prompt: str, value: str) -> None:
    (problem, *_) = check({**ANSWERS, prompt: value})
    assert problem.prompt == prompt
    assert problem.rule
    assert problem.example


@pytest.mark.parametrize("prompt", sorted(PROMPTS))
@pytest.mark.parametrize("value", [True, 1, 0.5, None, ["a"], {"a": "b"}])
def test_anything_but_text_is_rejected(prompt: str, value: object) -> None:
    (problem,) = check({**ANSWERS, prompt: value})
    assert (problem.prompt, problem.value) == (prompt, value)
    assert problem.rule.startswith("must be text")


def test_yes_and_no_of_yaml_are_to_be_quoted() -> None:
    (problem,) = check({**ANSWERS, "git_init": False})
    assert problem.rule == "must be text; in YAML, put it in quotes"


def test_all_wrong_answers_are_found_in_the_order_of_the_prompts() -> None:
    wrong = {prompt: values[-1] for prompt, values in REJECTED.items()}
    assert list(dict.fromkeys(p.prompt for p in check({**ANSWERS, **wrong}))) == list(ANSWERS)


def test_example_of_every_rule_is_accepted() -> None:
    """The example in a message is valid itself."""
    for prompt, values in REJECTED.items():
        (problem, *_) = check({**ANSWERS, prompt: values[-1]})
        example = problem.example.split(", or ")[-1]
        assert check({**ANSWERS, prompt: example}) == [], prompt


def test_name_twice_across_inputs_and_outputs() -> None:
    answers = {**ANSWERS, "inputs": "a:string; b:string; b:any", "outputs": "a:string"}
    assert [(p.prompt, p.value) for p in check(answers)] == [
        ("inputs, outputs", "a"),
        ("inputs, outputs", "b"),
    ]


def test_alias_that_is_also_a_name() -> None:
    inputs = '[{"name": "a", "type": "string", "aliases": ["b"]}, {"name": "b", "type": "any"}]'
    assert [p.value for p in check({**ANSWERS, "inputs": inputs})] == ["b"]


def test_names_that_python_reads_as_one() -> None:
    """The Kelvin sign is a K for Python, and so are the two in a generated function."""
    answers = {**ANSWERS, "inputs": "K:string; \u212a:number"}
    assert [p.value for p in check(answers)] == ["K = \\u212a"]


def test_what_follows_from_a_wrong_name_is_not_reported_again() -> None:
    answers = {**ANSWERS, "plugin_name": "", "plugin_slug": "", "verb": ""}
    assert [problem.prompt for problem in check(answers)] == ["plugin_name"]


def test_wrong_slug_beside_a_wrong_name_is_reported() -> None:
    answers = {**ANSWERS, "plugin_name": "", "plugin_slug": "X", "verb": ""}
    assert [problem.prompt for problem in check(answers)] == ["plugin_name", "plugin_slug"]


def test_name_from_which_nothing_can_be_derived() -> None:
    answers = {**ANSWERS, "plugin_name": "🎉", "plugin_slug": "", "verb": ""}
    slug, verb = check(answers)
    assert (slug.prompt, verb.prompt) == ("plugin_slug", "verb")
    assert slug.example.startswith("plugin_slug=text-echo (nothing could be derived")


def test_unknown_permission_gets_the_nearest_known() -> None:
    (problem,) = check({**ANSWERS, "permissions": "net.fetch, fs.raed"})
    assert "did you mean fs.read?" in problem.rule


def test_unknown_key_gets_the_nearest_known() -> None:
    (problem,) = unknown_keys({"plugin_nam": "x", "cpu": "1"}, ANSWERS)
    assert problem.rule == "there is no prompt called plugin_nam; did you mean plugin_name?"


@pytest.mark.parametrize(
    ("language", "memory", "least"),
    [("typescript", "159m", 160), ("typescript", "160m", 0), ("go", "32m", 0), ("cobol", "32m", 0)],
)
def test_a_language_needs_its_memory(language: str, memory: str, least: int) -> None:
    answers = {**ANSWERS, "language": language, "memory": memory}
    found = [problem for problem in check(answers) if problem.prompt == "memory"]
    expected = [f"must be at least {least}m for language={language}"] if least else []
    assert [problem.rule for problem in found] == expected


def test_message_has_prompt_value_rule_and_example() -> None:
    message = format_problems(check({**ANSWERS, "cpu": "0", "memory": "1m"}))
    assert message.splitlines() == [
        "2 answers are not accepted; nothing was written.",
        "",
        "  memory: '1m'",
        "    rule:    must be a whole number followed by k, m or g, from 32m to 1024g",
        "    example: 256m",
        "",
        "  cpu: '0'",
        "    rule:    must be a decimal number from 0.01 to 256",
        "    example: 0.5",
    ]


def test_message_cannot_act_on_the_terminal() -> None:
    message = format_problems(check({**ANSWERS, "plugin_name": "\x1b[2J\u202e" + "x" * 500}))
    assert message.replace("\n", "").isprintable()
    assert "(505 characters)" in message


def test_message_cannot_act_on_the_terminal_through_a_name() -> None:
    problems = check(
        {**ANSWERS, "inputs": '[{"name": "\\u001b[2J", "type": "any", "required": 1}]'}
    )
    assert format_problems(problems).replace("\n", "").isprintable()
