"""`make changes` and `make release` of a Go plugin compare manifests as those in Python do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.support import go
from tests.support.manifests import OLD, TABLE, changed

PROGRAM = """
package main

import ("encoding/json"; "fmt"; "os")

func main() {
	var given struct { Old object; New []object; Versions [][2]string }
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil { panic(err) }
	answer := struct { Found []any; Lowest []string }{}
	for _, one := range given.New {
		lines := []string{}
		found := changes(given.Old, one)
		for _, is := range found {
			lines = append(lines, fmt.Sprintf("%-5s  %s: %s", is.step, is.place, is.text))
		}
		answer.Found = append(answer.Found, []any{stepNeeded(found), lines})
	}
	for _, one := range given.Versions {
		answer.Lowest = append(answer.Lowest, lowestVersion(one[0], one[1]))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil { panic(err) }
}
"""


def test_the_table_of_changes_holds(tmp_path: Path) -> None:
    for name in ("compatibility.go", "json_values.go"):
        shutil.copy(go.SOURCES / "tests" / name, tmp_path)
    (tmp_path / "main.go").write_text(PROGRAM, "utf-8")
    (tmp_path / "go.mod").write_text("module compares\n\ngo 1.27\n", "utf-8")
    cases: list[dict[str, Any]] = TABLE["cases"]
    versions = [(one["old"], one["step"]) for one in TABLE["versions"]]
    given = {"Old": OLD, "New": [changed(case) for case in cases], "Versions": versions}
    done = go.run(tmp_path, "go", "run", ".", given=json.dumps(given))
    assert done.returncode == 0, done.stdout
    answer = json.loads(done.stdout)
    for case, found in zip(cases, answer["Found"], strict=True):
        assert found == [case["step"], case["lines"]], case
    assert answer["Lowest"] == [one["lowest"] for one in TABLE["versions"]]
