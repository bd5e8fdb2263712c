"""What to do next, for exactly the answers that were given."""

from __future__ import annotations

from collections.abc import Mapping

from stage7_plugin.spec.image_name import image


def next_steps(
    answers: Mapping[str, str], path: str, committed: bool, built: bool, linked: bool
) -> str:
    """The numbered steps, as one text.

    Args:
        answers: By prompt.
        path: The plugin's folder as it is typed in the user's shell.
        committed: Whether there is a git repository with a first commit.
        built: Whether the image was built and tried.
        linked: Whether cruft keeps the plugin up to date with the template.
    """
    steps = [f"cd {path}"]
    if linked and committed:
        steps.append("git add .cruft.json && git commit -m 'Link the template'")
    steps.append("Write your code in plugin_logic.py; it still is a stub.")
    steps.append("make test          # lint, types and tests")
    if not built:
        steps.append(f"make build         # builds the image {image(answers)}")
    steps.append("make up            # starts it as the host does, on http://localhost:8080")
    steps.append(
        "curl -X POST http://localhost:8080/execute "
        "-H 'Content-Type: application/json' -d @examples/request.json"
    )
    steps += _continuous_integration(answers, committed)
    if answers["kubernetes"] == "yes":
        steps.append("make push          # the cluster pulls the image")
        steps.append("kubectl apply -f kubernetes.yaml   # runs the pushed image on a cluster")
    release = f"make release VERSION={answers['version']}"
    steps.append(f"{release} && git push --follow-tags" if committed else release)
    steps.append("make install       # the CapabilitiesManager clones, builds and executes it")
    lines = [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join(["Next steps (README.md has the plain commands behind each make):", *lines])


def _continuous_integration(answers: Mapping[str, str], committed: bool) -> list[str]:
    service = {"github": "GitHub", "gitlab": "GitLab"}.get(answers["ci"])
    if service is None:
        return []
    if not committed:
        return [f"Commit and push it to {service}: its CI tests and builds every change."]
    return [f"git remote add origin URL && git push -u origin main   # {service} runs the CI"]
