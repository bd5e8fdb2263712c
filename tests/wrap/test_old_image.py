"""What is taken over from a Dockerfile and from requirements files."""

from __future__ import annotations

from pathlib import Path

import pytest

from stage7_plugin.wrap import container
from stage7_plugin.wrap.dockerfile_facts import read_dockerfile
from tests.support.hand_made import has_note, notes, plugin, read, refusal

BASE = "FROM python:3.11-slim\nWORKDIR /app\n"
COPY = "COPY . .\n"


def packages(*instructions: str) -> list[str]:
    return list(read_dockerfile(BASE + "\n".join(instructions) + "\n").packages)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN apt-get update && apt-get install -y curl jq", ["curl", "jq"]),
        ("RUN apt-get update \\\n && apt-get install -y \\\n    # tools\n    curl \\\n\n    jq \\\n"
         " && rm -rf /var/lib/apt/lists/*", ["curl", "jq"]),
        ("RUN apt install -qq --no-install-recommends -y libmagic1", ["libmagic1"]),
        ("RUN apt-get -o Acquire::Retries=3 install -t bookworm-backports -y git", ["git"]),
        ("RUN apt-get install -y curl=7.88.1-10+deb12u5 libc6:amd64", ["curl=7.88.1-10+deb12u5",
                                                                       "libc6:amd64"]),
        ("RUN DEBIAN_FRONTEND=noninteractive sudo apt-get -y install tzdata", ["tzdata"]),
        ('RUN ["apt-get", "install", "-y", "curl"]', ["curl"]),
        ('RUN ["/bin/sh", "-c", "apt-get update; apt-get install -y curl"]', ["curl"]),
        ("RUN set -eux; if true; then apt-get install -y curl; fi", ["curl"]),
        ("RUN <<EOF\napt-get update\napt-get install -y \\\n  curl\n# apt-get install -y no\nEOF\n"
         "RUN apt-get install -y jq", ["curl", "jq"]),
        ("ARG TOOL=jq\nRUN apt-get install -y ${TOOL} ${OTHER:-curl}", ["jq", "curl"]),
        ("RUN apt-get install -y curl\nRUN apt-get install -y jq curl", ["curl", "jq"]),
        ("RUN --mount=type=cache,target=/var/cache/apt apt-get install -y curl", ["curl"]),
        ("RUN apt-get update && apt-get upgrade -y && apt-get remove -y curl", []),
        ("run apt-get install -y curl", ["curl"]),
    ],
)  # fmt: skip
def test_debian_packages(run: str, expected: list[str]) -> None:
    assert packages(run) == expected


def test_packages_of_another_stage_are_not_in_the_image() -> None:
    text = "FROM python:3.12 AS build\nRUN apt-get install -y gcc\n"
    text += "FROM debian:12 AS base\nRUN apt-get install -y curl\n"
    text += "FROM base\nCOPY --from=build /x /x\nRUN apt-get install -y jq\n"
    facts = read_dockerfile(text)
    assert list(facts.packages) == ["curl", "jq"]
    assert facts.base == ("debian:12", 3)
    assert [line for line, _ in facts.dropped] == [6, 1]
    assert facts.dropped[1][1].startswith("FROM python:3.12 AS build: this stage is not part")


@pytest.mark.parametrize(
    ("instruction", "words"),
    [
        ("RUN apk add --no-cache libxml2-dev", "libxml2-dev"),
        ("RUN yum install -y gcc", "gcc"),
        ("RUN apt-get install -y $(cat packages.txt)", "cat"),
        ("RUN apt-get install -y ./own.deb", "./own.deb"),
        ("RUN curl -sSL https://example.com/x | sh", "does not run it"),
        ("RUN python -m spacy download en", "does not run it"),
        ("RUN echo 'open", "cannot be read"),
        ("ADD https://example.com/x /x", "downloads"),
        ("COPY --from=ghcr.io/org/x /x /x", "ghcr.io/org/x"),
        ("COPY <<EOF /x\ntext\nEOF", "in the Dockerfile itself"),
        ("VOLUME /data", "the host mounts none"),
        ("USER app", "runs as the user 10001"),
        ("LABEL team=a", "LABEL team=a: the template's contain"),
        ("HEALTHCHECK CMD curl localhost", "the template's one calls the server"),
        ("MAINTAINER Ada", "the author in manifest.json"),
        ("STOPSIGNAL SIGINT", "ends with SIGTERM"),
        ('SHELL ["bash", "-c"]', "nothing in the template's Dockerfile needs it"),
        ("ONBUILD RUN x", "no image is built from"),
        ("CROSS_BUILD x", "it has no place"),
        ("WORKDIR /srv", "WORKDIR /srv: the plugin is in /app"),
        ("ARG LEVEL=3", "its default is used here"),
        ("ARG LEVEL", "it has no default"),
        ("CMD python server.py", "the template's server is started"),
        ('ENTRYPOINT ["tini", "--"]', "the template's server is started"),
        ("RUN useradd app", "runs as the user 10001"),
        ("RUN useradd app && mkdir /data", "can write to /tmp; make folders there"),
        ("RUN mkdir /data && make", "does not run it"),
        ("ADD data.tar.gz /data/", "ADD unpacks an archive"),
        ("ENV A=$UNKNOWN", "A names a variable"),
        ("COPY [1, 2]", "cannot be read"),
    ],
)
def test_what_has_no_place_is_reported_with_its_line(instruction: str, words: str) -> None:
    (found, *more) = read_dockerfile(BASE + instruction + "\n").dropped
    assert found[0] == 3
    assert any(words in text for _, text in [found, *more])


@pytest.mark.parametrize(
    "instruction",
    ["WORKDIR /app", "ARG PLUGIN_ID=x", "ARG PLUGIN_VERSION", "RUN rm -rf /x && echo done"],
)
def test_what_loses_nothing_is_not_told(instruction: str) -> None:
    assert read_dockerfile(BASE + instruction + "\n").dropped == []


def test_no_secret_is_shown() -> None:
    text = "ARG API_TOKEN=abc\nENV DB_PASSWORD='a b' A=$X\nRUN curl https://me:abc@example.com\n"
    shown = str(read_dockerfile(BASE + text).dropped)
    assert "API_TOKEN=..." in shown
    assert "DB_PASSWORD=..." in shown
    assert "https://...@example.com" in shown
    assert "abc" not in shown
    assert "a b" not in shown


def test_an_image_of_alpine(tmp_path: Path) -> None:
    text = "FROM python:3.9-alpine\nRUN apk add --no-cache curl\nCOPY . .\n"
    found = read(tmp_path, Dockerfile=text)
    assert found.answers["python_version"] == "3.11"
    assert has_note(found, "Dockerfile", "changed", "1: FROM python:3.9-alpine")
    assert has_note(found, "Dockerfile", "dropped", "2: apk add")
    assert "system-packages.txt" not in found.files


@pytest.mark.parametrize(
    ("base", "version"),
    [
        ("python:3.12-slim", "3.12"),
        ("docker.io/library/python:3.13.1-slim-bookworm", "3.13"),
        ("python:3.8", "3.11"),
        ("ubuntu:22.04", "3.11"),
    ],
)
def test_the_version_of_python(tmp_path: Path, base: str, version: str) -> None:
    found = read(tmp_path, Dockerfile=f"FROM {base}\n{COPY}")
    assert found.answers["python_version"] == version


def test_variables_go_into_the_manifest(tmp_path: Path) -> None:
    env = 'ENV MODE=fast GREETING="Good day" PATH=/x:$PATH\nENV OLD form of it\nENV API_KEY=abc\n'
    env += "ARG LEVEL=3\nENV DEPTH=${LEVEL} PYTHONUNBUFFERED=1 PORT=5000\n"
    found = read(tmp_path, Dockerfile=BASE + env + COPY)
    assert found.manifest is not None
    assert found.manifest["container"]["environment"] == {
        "MODE": "fast",
        "GREETING": "Good day",
        "OLD": "form of it",
        "DEPTH": "3",
    }
    assert [one["key"] for one in found.manifest["configuration"]] == ["API_KEY"]
    assert not any("abc" in text for text in notes(found))
    assert has_note(found, "Dockerfile", "dropped", "7: ENV PORT")


def test_files_are_where_the_image_had_them(tmp_path: Path) -> None:
    dockerfile = """\
FROM python:3.11-slim
WORKDIR /srv
COPY plugin_logic.py server.py code/
COPY lib code/lib
COPY data/*.csv ./code/tables/
COPY model.bin /opt/models/
COPY one.txt code/two.txt
WORKDIR /srv/code
CMD ["python", "server.py"]
"""
    names = ("lib/a.py", "lib/b/c.json", "data/x.csv", "data/y.txt", "model.bin", "one.txt",
             "not_copied.py", "lib/.env")  # fmt: skip
    found = read(tmp_path, Dockerfile=dockerfile, **dict.fromkeys(names, "text"))
    assert found.files.keys() == {
        *("plugin_logic.py", "lib/a.py", "lib/b/c.json", "tables/x.csv"),
        *("opt/models/model.bin", "two.txt"),
    }
    assert has_note(found, "model.bin", "changed", "/opt/models/model.bin")
    assert has_note(found, "lib/.env", "dropped", "secrets")
    assert has_note(found, "Dockerfile", "dropped", "no COPY puts these into the image: data/y.txt")
    assert has_note(found, "lib/b/c.json", "taken", "")
    assert has_note(found, "data/x.csv", "taken", "byte for byte, as tables/x.csv")


def test_a_copy_of_nothing_is_reported(tmp_path: Path) -> None:
    found = read(tmp_path, Dockerfile=BASE + COPY + "COPY modles/ /app/\nCOPY *.csv ./\n")
    assert has_note(found, "Dockerfile", "dropped", "4: COPY modles/: nothing has that name")
    assert has_note(found, "Dockerfile", "dropped", "5: COPY *.csv: nothing has that name")


def test_what_can_be_executed_still_can(tmp_path: Path) -> None:
    folder = plugin(tmp_path, **{"bin/tool": "#!/bin/sh\n", "bin/data": "x"})
    (folder / "bin" / "tool").chmod(0o755)
    assert container.read(str(folder)).executable == {"bin/tool"}


def test_what_the_template_has_itself_stays_the_templates(tmp_path: Path) -> None:
    names = ("Makefile", "tests/test_x.py", "plugin_runtime/x.py", "docker-compose.yml", "x.pyc",
             "__pycache__/x.py", ".git/config", "ignored.txt", "LICENSE")  # fmt: skip
    files: dict[str, str | bytes | None] = dict.fromkeys(names, "text")
    files[".dockerignore"] = "ignored.txt\nLICENSE\n"
    found = read(tmp_path, **files)
    assert found.files.keys() == {"plugin_logic.py", "LICENSE"}
    for name in ("Makefile", "tests/test_x.py", "plugin_runtime/x.py", "docker-compose.yml",
                 ".dockerignore"):  # fmt: skip
        assert has_note(found, name, "dropped", ""), name


def requirements(found_files: dict[str, bytes]) -> list[str]:
    lines = found_files.get("requirements.in", b"").decode().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_requirements(tmp_path: Path) -> None:
    dockerfile = (
        BASE + "COPY . .\nRUN pip install --no-cache-dir -r requirements.txt 'rich>=13' \\\n"
    )
    dockerfile += "  --extra-index-url https://example.com/simple\n"
    text = """\
# what it needs
-r more/base.txt
--index-url https://user:pass@example.com/simple
requests==2.32.3 \\
    --hash=sha256:abc
Flask==3.0.0
gunicorn
numpy ; python_version > "3.8"  # arrays
git+https://github.com/org/name@main
./wheels/own.whl
--trusted-host example.com
requests==2.32.3
"""
    files = {"requirements.txt": text, "more/base.txt": "-r ../requirements.txt\npyyaml\n"}
    found = read(tmp_path, Dockerfile=dockerfile, **files)
    assert requirements(found.files) == [
        "pyyaml",
        "requests==2.32.3",
        'numpy ; python_version > "3.8"',
        "--extra-index-url https://example.com/simple",
        "rich>=13",
    ]
    for line, words in ((3, "password"), (6, "Flask==3.0.0"), (7, "gunicorn"), (9, "repository")):
        assert has_note(found, "requirements.txt", "dropped", f"{line}: "), words
    assert not any("user:pass" in text for text in notes(found))


def test_a_package_that_the_logic_imports_is_kept(tmp_path: Path) -> None:
    logic = "import jinja2\n\ndef execute_plugin(inputs, context):\n    return {'success': True,"
    logic += " 'outputs': {'result': jinja2.Template(inputs['text']).render()}}\n"
    found = read(tmp_path, **{"plugin_logic.py": logic, "requirements.txt": "flask\nuvicorn\n"})
    assert requirements(found.files) == ["flask"]


def test_a_requirements_file_that_is_missing(tmp_path: Path) -> None:
    refused = refusal(tmp_path, Dockerfile=BASE + "RUN pip install -r deps/prod.txt\n")
    assert (refused.path, refused.line) == ("Dockerfile", 3)
    assert "prod.txt" in refused.found
