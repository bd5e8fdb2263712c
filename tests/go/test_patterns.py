"""Every pattern that a definition may have is one that Go takes too: made up, from a seed."""

from __future__ import annotations

import json
import random
import warnings
from pathlib import Path

from stage7_plugin.spec.pattern_rules import pattern_faults
from tests.support import go

PARTS = (
    "a", "b", "-", "é", r"\d", r"\w", r"\s", r"\b", r"\n", r"\.", r"\/", r"\-", r"\x41", r"\u0041",
    r"\é", r"\0", r"\07", r"\1", r"\N{BULLET}", "[", "]", "^", "$", "(", ")", "(?:", "|", "*", "+",
    "?", "{2}", "{,3}", "{2,}", "{1001}", "{40}", "{", "}", ",", "[a-z]", "[^x]", "[]a]", r"[\]]",
    "[[:alpha:]]", r"[\b]", r"[\d-]", r"[\\]", r"[\1]", r"[\u0041]", "&&", "--", r"\a", r"\f",
    r"\v", r"\_", r"\"", "'", ":", "=", "!", "<", ">", "#", r"\B", r"\D", r"\W", " ",
)  # fmt: skip
PROGRAM = """
package main

import ("encoding/json"; "fmt"; "os"; "regexp")

func main() {
	var patterns []string
	if err := json.NewDecoder(os.Stdin).Decode(&patterns); err != nil { panic(err) }
	for _, one := range patterns {
		if _, err := regexp.Compile(one); err != nil { fmt.Printf("%q: %v\\n", one, err) }
	}
}
"""


def test_go_takes_every_pattern_that_is_accepted(tmp_path: Path) -> None:
    chosen = random.Random(27)
    made = {"".join(chosen.choices(PARTS, k=chosen.randint(1, 6))) for _ in range(20_000)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of Python, about sets in sets
        accepted = [one for one in sorted(made) if not list(pattern_faults(one))]
    assert len(accepted) > 2000
    (tmp_path / "main.go").write_text(PROGRAM, "utf-8")
    (tmp_path / "go.mod").write_text("module takes_patterns\n\ngo 1.27\n", "utf-8")
    done = go.run(tmp_path, "go", "run", ".", given=json.dumps(accepted))
    assert (done.returncode, done.stdout) == (0, "")
