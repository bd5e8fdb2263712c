"""Templates are compiled once, not at each generation, and are never out of date."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cookiecutter.utils import create_env_with_context
from jinja2 import nodes

from tests.support.template import PROJECT, TEMPLATE, context

RENDER = """
import sys
sys.path.append(sys.argv[1])
from cookiecutter.utils import create_env_with_context
from jinja2 import FileSystemLoader
context = {"cookiecutter": {"_extensions": ["template_extension.PluginExtension"]}}
environment = create_env_with_context(context)
environment.loader = FileSystemLoader(".")
compiled = []
compile_source = environment.compile
environment.compile = lambda *a, **k: compiled.append(a[1]) or compile_source(*a, **k)
print(environment.get_template("greeting").render(name="world"), compiled)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The template's package, with a template beside it."""
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(TEMPLATE / "stage7_plugin", tmp_path / "stage7_plugin", ignore=unwanted)
    shutil.copy(TEMPLATE / "template_extension.py", tmp_path)
    (tmp_path / "greeting").write_text("hello {{ name }}")
    return tmp_path


def render(checkout: Path, program: str = RENDER, **environ: str) -> str:
    settings = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(checkout)],
        cwd=checkout,
        env={**settings, **environ},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def kept(checkout: Path) -> list[Path]:
    return list(checkout.rglob("__jinja2_*"))


def test_a_template_is_compiled_once(checkout: Path) -> None:
    assert render(checkout) == "hello world ['greeting']"
    assert render(checkout) == "hello world []"
    assert [path.parent for path in kept(checkout)] == [
        checkout / "stage7_plugin" / "rendering" / "__pycache__"
    ]


def test_a_changed_template_is_compiled_again(checkout: Path) -> None:
    render(checkout)
    status = (checkout / "greeting").stat()
    (checkout / "greeting").write_text("HELLO {{ name }}")
    os.utime(checkout / "greeting", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert render(checkout) == "HELLO world ['greeting']"


TEXTS = """
import sys
sys.path.append(sys.argv[1])
from cookiecutter.utils import create_env_with_context
context = {"cookiecutter": {"_extensions": ["template_extension.PluginExtension"]}}
environment = create_env_with_context(context)
for text in ("{{ 'own' }}", "{{ 'typed' }}", "{{ 'name' }}"):
    print(environment.from_string(text).render())
"""


def test_texts_of_the_template_are_kept_and_answers_are_not(checkout: Path) -> None:
    (checkout / "cookiecutter.json").write_text("""{"a": "{{ 'own' }}"}""")
    (checkout / "{{ 'name' }}").touch()
    for _ in range(2):
        assert render(checkout, TEXTS) == "own\ntyped\nname"
    assert len(kept(checkout)) == 2


@pytest.mark.parametrize("damaged", [b"", b"j2", b"\0" * 200])
def test_a_damaged_one_is_compiled_again(checkout: Path, damaged: bytes) -> None:
    render(checkout)
    (path,) = kept(checkout)
    path.write_bytes(damaged)
    assert render(checkout) == "hello world ['greeting']"


def test_nothing_is_kept_where_python_keeps_nothing(checkout: Path) -> None:
    (checkout / "stage7_plugin" / "rendering" / "__pycache__").mkdir()
    assert render(checkout, PYTHONDONTWRITEBYTECODE="1") == "hello world ['greeting']"
    assert kept(checkout) == []


def test_a_folder_that_cannot_be_written_is_no_error(checkout: Path) -> None:
    # Leads nowhere, which stops even root.
    (checkout / "stage7_plugin" / "rendering" / "__pycache__").symlink_to(checkout / "missing")
    assert render(checkout) == "hello world ['greeting']"


def test_no_template_holds_a_result_of_a_filter() -> None:
    """Jinja calls filters on constants while it compiles; a newer filter would not be asked."""
    jinja = create_env_with_context(context())
    found = 0
    for folder, names in ((PROJECT, "*"), ("templates", "*"), ("languages", "*.jinja")):
        for path in filter(Path.is_file, (TEMPLATE / folder).rglob(names)):
            if "{{ plugin." in (source := path.read_text("utf-8")):
                for node in jinja.parse(source).find_all(nodes.Filter):
                    found += 1
                    with pytest.raises(nodes.Impossible):
                        node.as_const()
    assert found > 40
