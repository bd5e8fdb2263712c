"""What to do next, for exactly the answers that were given."""

from __future__ import annotations

from typing import NamedTuple


class Done(NamedTuple):
    """What the hook has done already.

    Attributes:
        committed: Whether there is a git repository with a first commit.
        built: Whether the image was built and tried.
        linked: Whether cruft keeps the plugin up to date with the template.
        written: Whether the author's file is more than a stub.
        unlocked: Whether requirements.in has packages that requirements.txt has not.
        logic: The author's file.
    """

    committed: bool
    built: bool
    linked: bool
    written: bool = False
    unlocked: bool = False
    logic: str = "plugin_logic.py"


def next_steps(path: str, image: str, ci: str, on_kubernetes: bool, done: Done) -> str:
    """Return the numbered steps as one text.

    Args:
        path: The plugin's folder as it is typed in the user's shell.
        image: The full name of its image.
        ci: The answer to that prompt.
        on_kubernetes: Whether the plugin has a file for Kubernetes.
        done: Steps that are already done.
    """
    steps = [f"cd {path}"]
    if done.linked and done.committed:
        steps.append("git add .cruft.json && git commit -m 'Link the template'")
    if not done.written:
        steps.append(f"Write your code in {done.logic}; it is still a stub.")
    if done.unlocked:
        steps.append("make lock          # the packages of requirements.in, with their hashes")
    steps.append("make test          # tests, lint and types")
    builds = "" if done.built else f"builds the image {image} and "
    steps.append(f"make up            # {builds}starts it on http://localhost:18080")
    steps.append(
        "curl -X POST http://localhost:18080/execute "
        "-H 'Content-Type: application/json' -d @examples/request.json"
    )
    steps += _remote(ci, done.committed)
    if on_kubernetes:
        steps.append("make push          # the cluster pulls the image")
        steps.append("kubectl apply -f kubernetes.yaml   # runs the pushed image on a cluster")
    release = f"make release VERSION={image.rpartition(':')[2]}"
    steps.append(f"{release} && git push --follow-tags" if done.committed else release)
    steps.append("make install       # the CapabilitiesManager clones, builds and executes it")
    lines = [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join(["Next steps:", *lines])


def _remote(ci: str, committed: bool) -> list[str]:
    service = {"github": "GitHub", "gitlab": "GitLab"}.get(ci)
    if not committed:
        if service is None:
            return ["Commit and push it to a git server: the host clones it from there."]
        return [f"Commit and push it to {service}: its CI tests and builds every change."]
    reason = f"{service} runs the CI" if service else "the host clones it from there"
    return [f"git remote add origin URL && git push -u origin main   # {reason}"]
