"""The memory budget, and the estimate of what decoding costs beside what it really costs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks.attacks import SHAPES, body_of
from tests.runtime.runtime_modules import TEMPLATE, runtime_module

memory = runtime_module("memory")
MIB = 1024 * 1024

# Peak of resident memory while a body is decoded; HWM is set back first.
PEAK = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from benchmarks.attacks import body_of
from plugin_runtime import memory, strict_json

def resident(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))

body = bytearray(body_of(sys.argv[3], int(sys.argv[4])))
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
before = resident("VmRSS") - len(body)
strict_json.loads(body, 100)
print(resident("VmHWM") - before, memory.cost_of_decoding(body))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("shape", SHAPES)
def test_decoding_takes_no_more_than_its_estimate(shape: str) -> None:
    root = str(TEMPLATE.parent)
    done = subprocess.run(
        [sys.executable, "-B", "-c", PEAK, root, str(TEMPLATE), shape, str(2 * MIB)],
        env={"MALLOC_MMAP_THRESHOLD_": "1048576"},  # as in the image
        capture_output=True,
        text=True,
        check=True,
    )
    peak, estimate = map(int, done.stdout.split())
    assert peak > 2 * MIB, "nothing was measured"
    assert peak <= estimate
    assert estimate <= 6 * peak, "it refuses what would fit"


@pytest.mark.parametrize(
    ("body", "cost"),
    [
        (b"1" * 1024, 0),
        (b"1" * 1025, 48 * 1025),
        (b"1" * 4096, 48 * 4096),
        (b"1" * 4097, 3 * 4097),
        (b"[" + b"1" * 4096, 90 + 3 * 4097),
        (b"{" + b"1" * 4096, 90 + 3 * 4097),
        (b":" + b"1" * 4096, 165 + 3 * 4097),
        (b"," + b"1" * 4096, 40 + 3 * 4097),
        (b'"' + b"1" * 4096, 25 + 3 * 4097),
        ("\xe9".encode() + b"1" * 4096, 5 * 4098),
        ("\uffee".encode() + b"1" * 4096, 5 * 4099),
        ("\U0001f600".encode() + b"1" * 4096, 9 * 4100),
        (b"\\u00e9" + b"1" * 4096, 5 * 4102),
        (b"\\ud83d" + b"1" * 4096, 9 * 4102),
        (b"\\uD83D" + b"1" * 4096, 9 * 4102),
        (b"\\n" + b"1" * 4096, 3 * 4098),
    ],
)
def test_what_a_body_is_taken_for(body: bytes, cost: int) -> None:
    assert memory.cost_of_decoding(body) == cost


def test_json_inside_of_a_text_is_not_taken_for_structure() -> None:
    inner = b'{\\"id\\": \\"a\\", \\"tags\\": [\\"b\\"]}, ' * 1000
    body = b'{"inputs":{"text":"' + inner + b'"}}'
    assert memory.cost_of_decoding(body) < 8 * len(body)


@pytest.mark.parametrize("key", [b"\\\\", b"a\\\\", b"\\\\\\\\"])
def test_keys_that_end_with_a_backslash_are_counted(key: bytes) -> None:
    """Such a quote is not an escaped one, although a backslash stands before it."""
    body = b"{" + b'"%b":0,' % key * 1000 + b"}"
    assert memory.cost_of_decoding(body) >= 1000 * (130 + 40)


def test_lists_that_would_hold_the_interpreter_for_long_are_refused() -> None:
    fits = b"[" * 1_000_000
    memory.cost_of_decoding(fits)
    with pytest.raises(memory.NoRoom) as refused:
        memory.cost_of_decoding(fits + b"[")
    assert refused.value.status == 413


def test_what_is_held_and_given_back() -> None:
    whole = memory.Budget(1)
    whole.size = 100 * MIB
    first, second = memory.Share(whole), memory.Share(whole)
    first.hold(50 * MIB)
    first.hold(60 * MIB)
    assert whole.used == 60 * MIB
    with pytest.raises(memory.NoRoom) as refused:
        second.hold(50 * MIB)
    assert (refused.value.status, whole.used, second.size) == (429, 60 * MIB, 0)
    with pytest.raises(memory.NoRoom) as refused:
        second.hold(101 * MIB)
    assert refused.value.status == 413
    first.hold(10 * MIB)
    second.hold(50 * MIB)
    part = second.split(20 * MIB)
    assert (part.size, second.size, whole.used) == (20 * MIB, 30 * MIB, 60 * MIB)
    assert second.split(90 * MIB).size == 30 * MIB
    first.release()
    part.release()
    assert whole.used == 30 * MIB
    part.release()
    first.hold(57 * MIB)
    assert (part.size, whole.used) == (0, 87 * MIB)


@pytest.mark.parametrize("mebibytes", [60, 101, 300])
def test_the_memory_that_is_advised_is_enough(mebibytes: int) -> None:
    with pytest.raises(memory.NoRoom, match=f"needs about {mebibytes} MiB of") as refused:
        memory.Share(memory.Budget(64 * MIB)).hold(mebibytes * MIB)
    advised = int(refused.value.error.partition('"memory": "')[2].removesuffix('m"'))
    memory.Share(memory.Budget(advised * MIB)).hold(mebibytes * MIB)
    with pytest.raises(memory.NoRoom):
        memory.Share(memory.Budget((advised - 65) * MIB)).hold(mebibytes * MIB)


def test_up_to_the_last_byte() -> None:
    whole = memory.Budget(1)
    whole.size = 64 * MIB
    most = memory.Share(whole)
    with pytest.raises(memory.NoRoom) as refused:
        most.hold(56 * MIB + 1)
    assert (refused.value.status, "about 57 MiB of" in refused.value.error) == (413, True)
    most.hold(56 * MIB)
    memory.Share(whole).hold(MIB)
    with pytest.raises(memory.NoRoom):
        memory.Share(whole).hold(MIB + 1)
    assert whole.change(7 * MIB - 5000)
    with pytest.raises(memory.NoRoom):
        memory.Share(whole).hold(5001)
    memory.Share(whole).hold(5000)
    assert not whole.change(1)
    assert whole.used == 64 * MIB


def test_what_is_not_counted() -> None:
    whole = memory.Budget(1)
    whole.size = 64 * MIB
    share = memory.Share(whole)
    share.hold(4096)
    assert (share.size, whole.used) == (0, 0)
    share.hold(4097)
    assert (share.size, whole.used) == (4097, 4097)
    share.hold(4096)
    assert (share.size, whole.used) == (0, 0)


def test_the_last_eighth_is_for_small_requests() -> None:
    whole = memory.Budget(1)
    whole.size = 64 * MIB
    large, small, uncounted = (memory.Share(whole) for _ in range(3))
    large.hold(56 * MIB)
    assert not whole.is_short
    with pytest.raises(memory.NoRoom):
        memory.Share(whole).hold(2 * MIB)
    small.hold(MIB)
    uncounted.hold(memory.SMALL)
    assert (whole.used, uncounted.size, whole.is_short) == (57 * MIB, 0, True)


def test_one_waits_for_memory_and_the_next_one_does_not() -> None:
    whole = memory.Budget(1)
    whole.size = 64 * MIB
    first, second, third = (memory.Share(whole) for _ in range(3))
    first.hold(40 * MIB)
    waiting = threading.Thread(target=second.hold, args=(40 * MIB, 20.0))
    waiting.start()
    while not whole._somebody_waits:
        time.sleep(0.001)
    started = time.monotonic()
    with pytest.raises(memory.NoRoom):
        third.hold(40 * MIB, 600)
    assert time.monotonic() - started < 60
    first.release()
    waiting.join()
    assert (second.size, whole.used) == (40 * MIB, 40 * MIB)
    with pytest.raises(memory.NoRoom):
        third.hold(40 * MIB, 0.01)
    again = threading.Thread(target=third.hold, args=(40 * MIB, 20.0))
    again.start()
    while not whole._somebody_waits:
        time.sleep(0.001)
    second.release()
    again.join()
    assert third.size == 40 * MIB


def test_a_complete_request_waits_for_the_memory_to_decode_it() -> None:
    whole = memory.Budget(1)
    whole.size = 64 * MIB
    first, second = memory.Share(whole), memory.Share(whole)
    first.hold(40 * MIB)
    wanted = (40 * MIB, memory.PATIENCE_SECONDS)
    waiting = threading.Thread(target=second.hold, args=wanted, daemon=True)
    waiting.start()
    while not whole._somebody_waits:
        assert waiting.is_alive(), "it did not wait"
        time.sleep(0.001)
    first.release()
    waiting.join()


def test_threads_do_not_lose_a_byte() -> None:
    whole = memory.Budget(1)
    whole.size = 100 * MIB

    def work() -> None:
        own = memory.Share(whole)
        for number in range(5000):
            own.hold(5000 + number % 7)
        own.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert whole.used == 0


@pytest.mark.parametrize(
    ("limit", "process", "size"),
    [(64, 0, 36), (64, 40, 18), (256, 16, 180), (64, 100, 4), (16, 16, 1)],
)
def test_three_quarters_of_what_the_process_leaves(limit: int, process: int, size: int) -> None:
    assert memory.share_of(limit * MIB, process * MIB) == size * MIB


@pytest.mark.parametrize(
    ("memory_text", "cgroups", "limit"),
    [
        ("1g", [], 1024 * MIB),
        ("64M", [], 64 * MIB),
        ("2048k", [], 2 * MIB),
        ("5000", [], 5000),
        ("", [], 256 * MIB),
        ("64 m", [], 256 * MIB),
        ("64m", ["max"], 64 * MIB),
        ("64m", [str(32 * MIB)], 32 * MIB),
        ("", [str(2**63 - 4096)], 256 * MIB),
        ("", [str(1 << 62)], 256 * MIB),
        ("", ["0"], 256 * MIB),
    ],
)
def test_the_limit_is_the_lowest_that_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    memory_text: str,
    cgroups: list[str],
    limit: int,
) -> None:
    files = []
    for number, text in enumerate(cgroups):
        files.append(tmp_path / str(number))
        files[-1].write_text(text)
    monkeypatch.setattr(memory, "CGROUP_LIMITS", (str(tmp_path / "none"), *map(str, files)))
    resources = {"memory": memory_text} if memory_text else {}
    assert memory.memory_limit({"container": {"resources": resources}}) == limit


def test_the_process_is_measured() -> None:
    whole = memory.Budget(4096 * MIB)
    before = whole.size
    ballast = b"x" * (200 * MIB)
    whole.measure()
    assert before - whole.size > 140 * MIB
    assert len(ballast) == 200 * MIB


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_it_is_the_resident_memory() -> None:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    assert memory.resident_bytes() == pytest.approx(kilobytes * 1024, abs=8 * MIB)


def test_the_bodies_of_the_shapes_have_their_size() -> None:
    for shape in SHAPES:
        assert 0.95 * MIB < len(body_of(shape, MIB)) <= MIB + 60
