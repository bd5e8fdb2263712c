"""What a Python plugin of the host printed, and which outputs it means by that."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.runtime.runtime_modules import runtime_module

DESCRIBED = {"success": True, "name": "result", "resultType": "string", "resultDescription": "it"}
RESULT_AND_COUNT = [{"name": "result"}, {"name": "count"}]


@pytest.mark.parametrize(
    ("answer", "outputs"),
    [
        # what the host's executor takes
        ([{**DESCRIBED, "result": 1}, {**DESCRIBED, "name": "b", "result": 2}],
         {"result": 1, "b": 2}),
        ([], {}),
        # incomplete
        ([{"success": True, "name": "a", "result": 1}], {"a": 1}),
        ([{"name": "a", "result": None}], {"a": None}),
        ([{"success": True, "result": 1}, {"success": True, "result": 2}],
         {"result": 1, "count": 2}),
        # a result that says no is a result, as for the host's agents
        ([{**DESCRIBED, "success": False, "resultType": "object", "result": {"ok": 0}}],
         {"result": {"ok": 0}}),
        # the first output counts
        ([{**DESCRIBED, "result": 1}, {**DESCRIBED, "result": 2}], {"result": 1}),
        ([{**DESCRIBED, "result": 1},
          {"success": False, "name": "error", "resultType": "error", "error": "half"}],
         {"result": 1}),
        # one output without its list
        ({**DESCRIBED, "result": 1}, {"result": 1}),
        # dictionaries
        ({"success": True, "result": {"a": 1}}, {"result": {"a": 1}}),
        ({"success": True, "outputs": {"a": 1, "b": 2}}, {"a": 1, "b": 2}),
        ({"success": True, "result": {"count": 1}}, {"result": {"count": 1}}),
        ({"success": True, "outputs": {"count": 1}}, {"count": 1}),
        ({"success": True, "a": 1, "message": "fine"}, {"a": 1}),
        ({"status": "success", "count": 3}, {"count": 3}),
        ({"status": "success"}, {"status": "success"}),
    ],
)  # fmt: skip
def test_every_shape_gives_outputs(answer: Any, outputs: Any) -> None:
    assert runtime_module("host_answer").outputs_of(answer, RESULT_AND_COUNT) == outputs


@pytest.mark.parametrize(
    ("definitions", "answer", "outputs"),
    [
        # as the host's BILLING declares and returns them
        ([{"name": "result"}, {"name": "success"}],
         {"success": True, "result": {"success": True}, "extra": 1},
         {"result": {"success": True}, "success": True}),
        ([{"name": "invoice"}, {"name": "success"}],
         {"success": True, "result": {"invoice": 1}}, {"invoice": 1, "success": True}),
        ([{"name": "invoice"}], {"success": True, "result": [1]}, {"invoice": [1]}),
        ([{"name": "invoice"}], {"success": True, "total": 1, "tax": 2},
         {"invoice": {"total": 1, "tax": 2}}),
    ],
)  # fmt: skip
def test_a_dictionary_is_read_by_what_is_declared(
    definitions: Any, answer: Any, outputs: Any
) -> None:
    assert runtime_module("host_answer").outputs_of(answer, definitions) == outputs


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ([{"success": False, "name": "error", "resultType": "error", "error": "why"}], "why"),
        ([{"success": False, "name": "e", "resultType": "ERROR", "result": "why"}], "why"),
        ([{"success": False, "resultDescription": "why"}], "why"),
        ([{"success": False, "resultType": "error"}],
         "The plugin reported failure without a reason."),
        ([{"name": "e", "resultType": "error", "result": {"error": "inner"}}], "inner"),
        ({"success": False, "error": {"code": 5}}, '{"code": 5}'),
        ({"success": False, "result": {"success": False, "error": "inner"}}, "inner"),
        ({"status": "failed", "message": "why"}, "why"),
        ({"error": "why"}, "why"),
        ([{"success": True, "name": "a"}], "The wrapped program's output 'a' has no result: "),
        ("text", 'The wrapped program printed "text"; expected a list of objects.'),
        ([1], "The wrapped program printed [1]; expected a list of objects."),
    ],
)  # fmt: skip
def test_every_shape_of_failure_keeps_its_reason(answer: Any, error: str) -> None:
    module = runtime_module("host_answer")
    with pytest.raises(module.Failure) as raised:
        module.outputs_of(answer, [{"name": "result"}])
    assert raised.value.error.startswith(error)


@pytest.mark.parametrize(
    ("printed", "answer", "others"),
    [
        ('  [{"name": "a"}]\n', [{"name": "a"}], ""),
        ('log\n[{"name": "a"}]', [{"name": "a"}], "log\n"),
        ('[{"name": "old"}]\n[{"name": "a"}]\nlog', [{"name": "a"}], "log"),
        ('{"level": "info"}\n{"success": true}\n', {"success": True}, '{"level": "info"}\n'),
        ('[1, 2]\n{"success": true}\n', {"success": True}, "[1, 2]\n"),
        ('[INFO] x\n[\n {"name": "a"}\n]\nbye', [{"name": "a"}], "[INFO] x\nbye"),
        ('10 %\r20 %\r[{"name": "a"}]\r\n', [{"name": "a"}], "10 %\n20 %\n"),
        ("[" * 5000 + '\n[{"name": "a"}]', [{"name": "a"}], "[" * 5000 + "\n"),
        ('[{"name": "a"}] trailing\n{"success": true}', {"success": True},
         '[{"name": "a"}] trailing\n'),
    ],
)  # fmt: skip
def test_the_answer_is_found_among_logs(printed: str, answer: Any, others: str) -> None:
    assert runtime_module("host_answer").find(printed) == (answer, others)


def test_no_output_makes_the_search_slow() -> None:
    module = runtime_module("host_answer")
    tail = " ".join(["1,"] * 20000)
    printed = "\n".join([f"[{tail}"] * 20) + "\n" + "[" * 100_000
    started = time.process_time()
    with pytest.raises(module.Failure, match="not JSON"):
        module.find(printed)
    assert time.process_time() - started < 2
    deep = "[\n" * 50_000
    started = time.process_time()
    with pytest.raises(module.Failure, match="not JSON"):
        module.find(deep)
    assert time.process_time() - started < 2
    # lists in each other that never end, each of them long
    endless = ("[\n" + "1,\n" * 1000) * 500
    started = time.process_time()
    with pytest.raises(module.Failure, match="not JSON"):
        module.find(endless)
    assert time.process_time() - started < 2
    # lines that all look like the start of one long list
    lines = "[1,\n" * 20_000
    started = time.process_time()
    with pytest.raises(module.Failure, match="not JSON"):
        module.find(lines)
    assert time.process_time() - started < 2
