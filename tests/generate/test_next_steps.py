"""The numbered steps for exactly the answers that were given."""

from __future__ import annotations

from stage7_plugin.generate.next_steps import Done, next_steps

IMAGE = "localhost:5000/team/text-echo:2.0.1"


def steps(
    committed: bool = True,
    built: bool = False,
    linked: bool = False,
    ci: str = "github",
    on_kubernetes: bool = False,
) -> list[str]:
    """The steps without their numbers, which must count from 1."""
    done = Done(committed, built, linked)
    heading, *lines = next_steps("out/text-echo", IMAGE, ci, on_kubernetes, done).splitlines()
    assert heading.startswith("Next steps")
    for number, line in enumerate(lines, 1):
        assert line.startswith(f"  {number}. ")
    return [line.split(". ", 1)[1] for line in lines]


def test_first_is_the_folder_and_then_the_logic() -> None:
    first, second, *_ = steps()
    assert first == "cd out/text-echo"
    assert "plugin_logic.py" in second


def test_image_is_named_unless_it_is_built() -> None:
    named = [step for step in steps() if step.startswith("make up")]
    where = "starts it on http://localhost:18080"
    assert named == [f"make up            # builds the image {IMAGE} and {where}"]
    assert f"make up            # {where}" in steps(built=True)


def test_continuous_integration() -> None:
    assert any("GitHub runs the CI" in step for step in steps(ci="github"))
    assert any("GitLab runs the CI" in step for step in steps(ci="gitlab"))
    assert not any("GitHub" in step or " CI" in step for step in steps(ci="none"))


def test_the_host_clones_a_plugin_from_somewhere_also_without_ci() -> None:
    (pushed,) = [step for step in steps(ci="none") if "git remote add" in step]
    assert pushed.endswith("# the host clones it from there")
    assert "Commit and push it to a git server" in "\n".join(steps(committed=False, ci="none"))


def test_without_a_commit_nothing_can_be_pushed() -> None:
    assert not any("git push" in step for step in steps(committed=False))
    assert any(step.startswith("Commit and push it to GitHub") for step in steps(committed=False))


def test_file_of_cruft_is_to_be_committed() -> None:
    assert any(".cruft.json" in step for step in steps(linked=True))
    assert not any(".cruft.json" in step for step in steps())
    assert not any(".cruft.json" in step for step in steps(linked=True, committed=False))


def test_kubernetes_only_where_it_was_chosen() -> None:
    assert any("kubectl apply" in step for step in steps(on_kubernetes=True))
    assert not any("kubectl" in step for step in steps(on_kubernetes=False))


def test_last_is_the_host() -> None:
    assert "CapabilitiesManager" in steps()[-1]
