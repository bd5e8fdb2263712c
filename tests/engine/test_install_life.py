"""The whole life of plugins against the stand-in for the host, with real images and executions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stage7_plugin.host.stand_in.server import StandIn
from tests.support.batch import batch, numbered, write_fleet
from tests.support.install_place import InstallPlace, execute
from tests.support.plugin_life import Life
from tests.support.registry import Registry
from tests.support.template import generate

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.engine

LOGIC = '''\
"""What the author wrote."""

from typing import Any


def execute_plugin(inputs: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """Answer."""
    return {{"success": True, "outputs": {outputs}}}
'''


@pytest.fixture
def namespace(client: APIClient) -> Iterator[str]:
    """A namespace for images; they are removed afterwards."""
    name = f"stage7-test/{uuid.uuid4().hex[:12]}"
    yield name
    for image in client.images():
        for tag in image["RepoTags"] or []:
            if name in tag:
                client.remove_image(tag, force=True)


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> InstallPlace:
    """A repository with its remote, and with a template of its own where a test asks for it."""
    return InstallPlace(tmp_path, monkeypatch, with_template=hasattr(request, "param"))


@pytest.fixture
def host(place: InstallPlace) -> Iterator[StandIn]:
    with StandIn() as stand_in:
        place.use(stand_in)
        yield stand_in


def write(place: InstallPlace, plugin: Path, outputs: str, note: str) -> None:
    """The author writes the plugin's logic and a line of the changelog."""
    (plugin / "plugin_logic.py").write_text(LOGIC.format(outputs=outputs), "utf-8")
    place.note(plugin, note)


def make(place: InstallPlace, **answers: str) -> Path:
    """Make a plugin with the real command in the repository's place."""
    result = generate(place.bare.parent, git_init="no", **answers)
    assert result.status == 0, result.output
    next((place.bare.parent / "out").iterdir()).rename(place.repository)
    place.start()
    return place.repository


@pytest.mark.parametrize("place", ["with template"], indirect=True)
def test_the_life_of_one_plugin(place: InstallPlace, host: StandIn, namespace: str) -> None:
    plugin = place.linked_plugin(image_namespace=namespace)
    write(place, plugin, '{"result": inputs["text"].upper()}', "It shouts")
    place.release(plugin, "1.0.0")
    status, output = place.install(".")
    assert status == 0, output
    assert "text-echo 1.0.0: installed" in output
    assert "result: THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG." in output
    assert execute(host, "TEXT_ECHO", text="once more") == (200, {"result": "ONCE MORE"})

    write(place, plugin, '{"result": inputs["text"][::-1]}', "It turns texts round")
    place.release(plugin, "1.1.0")
    status, output = place.install(".")
    assert status == 0, output
    assert "text-echo 1.1.0: installed" in output
    assert execute(host, "TEXT_ECHO", text="abc") == (200, {"result": "cba"})
    assert place.install(".") == (0, "text-echo 1.1.0: unchanged\n")

    life = Life(place, plugin)
    life.template_fix()
    path = place.environment.pop("PYTHONPATH")  # the plugin's template renders, not this one
    life.update()
    place.set("PYTHONPATH", path)
    life.assert_fixed()
    place.note(plugin, "The newest server")
    place.release(plugin, "1.2.0")
    status, output = place.install(".")
    assert status == 0, output
    assert execute(host, "TEXT_ECHO", text="abc") == (200, {"result": "cba"})

    write(place, plugin, '{"result": 1 / 0}', "It fails")
    place.release(plugin, "1.3.0")
    status, output = place.install(".")
    assert status == 1, output
    assert "text-echo 1.3.0: failed: it is stored, but its example fails there" in output
    assert "Execution failed for plugin text-echo v1.3.0: undefined" in output
    assert "docker logs NAME" in output


def test_the_life_of_a_fleet(place: InstallPlace, host: StandIn, namespace: str) -> None:
    folder = place.bare.parent
    write_fleet(folder, *numbered(3), image_namespace=namespace, git_init="no")
    assert batch(folder, "fleet.json").status == 0
    (folder / "out").rename(place.repository)
    place.start()
    plugins = sorted(path.parent for path in place.repository.glob("*/manifest.json"))
    assert len(plugins) == 3
    for plugin in plugins:
        place.release(plugin, "1.0.0")
    status, output = place.install(place.repository)
    assert status == 0, output
    assert output.rstrip().endswith("3 installed")

    write(place, plugins[1], '{"result": "changed"}', "Another answer")
    place.release(plugins[1], "1.1.0")
    status, output = place.install(place.repository)
    assert status == 0, output
    assert output.rstrip().endswith("1 installed, 2 unchanged")
    assert execute(host, "PLUGIN_2", text="x") == (200, {"result": "changed"})
    assert execute(host, "PLUGIN_3", text="x")[0] == 200


TYPES = ("string", "number", "boolean", "array", "object", "any")
VALUES: dict[str, Any] = {
    "a_string": "text",
    "a_number": 1.5,
    "a_boolean": True,
    "a_array": [1, "b", None],
    "a_object": {"a": [1]},
    "a_any": "anything",
}
FALSY: dict[str, Any] = {
    "a_string": "",
    "a_number": 0,
    "a_boolean": False,
    "a_array": [],
    "a_object": {},
    "a_any": 0,
}


@pytest.mark.parametrize("strict", [False, True], ids=["faithful", "strict"])
def test_every_type(place: InstallPlace, namespace: str, strict: bool) -> None:
    plugin = make(
        place,
        image_namespace=namespace,
        inputs="need:any; " + "; ".join(f"a_{kind}:{kind}?" for kind in TYPES),
        outputs="; ".join(f"out_{kind}:{kind}?" for kind in TYPES),
    )
    echoed = '{f"out_{name[2:]}": value for name, value in inputs.items() if name != "need"}'
    write(place, plugin, echoed, "It gives back what it gets")
    place.release(plugin, "1.0.0")

    def given(values: dict[str, Any]) -> dict[str, Any]:
        return {f"out_{name[2:]}": value for name, value in values.items()}

    with StandIn(strict=strict) as host:
        place.use(host)
        assert place.install("--no-execute", ".")[0] == 0
        assert execute(host, "TEXT_ECHO", need="x", **VALUES) == (200, given(VALUES))
        assert execute(host, "TEXT_ECHO", need="x", **FALSY) == (200, given(FALSY)), "optional"
        renamed = {name.replace("a_", "A").upper(): value for name, value in VALUES.items()}
        assert execute(host, "TEXT_ECHO", NEEDS="x", **renamed) == (200, given(VALUES))
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in VALUES.items()
        }
        assert execute(host, "TEXT_ECHO", "declared", need="x", **texts) == (200, given(VALUES))
        status, outputs = execute(host, "TEXT_ECHO", need="x", a_object='{"a": [1]}')
        assert status == 500 or outputs == {"out_object": {"a": [1]}}, "refused or converted"
        status, outputs = execute(host, "TEXT_ECHO", need=0, a_number=1)
        assert (status, outputs) == (200, {"out_number": 1}) if strict else status == 400


def test_an_image_that_was_pushed(place: InstallPlace, host: StandIn, client: APIClient) -> None:
    """The host builds one line, and the engine pulls what was pushed."""
    with Registry() as registry:
        plugin = make(place, image_namespace=f"{registry.name}/team")
        image = f"{registry.name}/team/text-echo"
        try:
            write(place, plugin, '{"result": inputs["text"].upper()}', "It shouts")
            place.release(plugin, "1.0.0", "PUSH=image")
            line = (plugin / "host-image" / "Dockerfile").read_text("utf-8")
            assert line.startswith(f"FROM {image}:1.0.0@sha256:")
            assert place.git(plugin, "status", "--porcelain") == ""
            client.remove_image(f"{image}:1.0.0", force=True)

            status, output = place.install("--from", "image", ".")
            assert status == 0, output
            assert "result: THE QUICK BROWN FOX" in output
            assert any("/manifests/sha256:" in path for path in registry.pulled)

            status, output = place.install(".")
            assert status == 0, output
            assert "text-echo 1.0.0: installed" in output, "from the source, which is not the same"

            status, output = place.call(plugin, "make", "release", "VERSION=1.1.0")
            assert status == 2
            assert "host-image/Dockerfile has the image of the previous version" in output
            write(place, plugin, '{"result": "second"}', "Another answer")
            place.release(plugin, "1.1.0", "PUSH=image")
            assert "result: second" in place.install("--from", "image", ".")[1]
        finally:
            for version in ("1.0.0", "1.1.0"):
                if client.images(f"{image}:{version}"):
                    client.remove_image(f"{image}:{version}", force=True)


@pytest.mark.parametrize(
    ("change", "faithful", "strict"),
    [
        (("USER 10001:10001", "RUN false\nUSER 10001:10001"), 200, 500),
        (("USER 10001:10001", "USED 10001:10001"), 500, 500),
    ],
    ids=["step", "syntax"],
)
def test_a_build_that_fails(
    place: InstallPlace, namespace: str, change: tuple[str, str], faithful: int, strict: int
) -> None:
    """The host runs the old image where a step fails, and says nothing."""
    plugin = make(place, image_namespace=namespace)
    place.release(plugin, "1.0.0")
    with StandIn() as host:
        place.use(host)
        assert place.install(".")[0] == 0
    path = plugin / "Dockerfile"
    text = path.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change), "utf-8")
    place.commit(plugin, "Break it")
    place.git(plugin, "tag", "--force", "--annotate", "v1.0.0", "--message", "Again")
    place.git(plugin, "push", "--quiet", "--force", "origin", "HEAD", "v1.0.0")
    for is_strict, expected in ((False, faithful), (True, strict)):
        with StandIn(strict=is_strict) as host:
            place.use(host)
            assert place.install("--no-execute", ".")[0] == 0
            status, _ = execute(host, "TEXT_ECHO", text="x")
            assert status == expected
