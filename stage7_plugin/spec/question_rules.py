"""The rule of each question in words, and as JSON Schema as far as that can express it."""

from __future__ import annotations

from typing import Any

from stage7_plugin.spec.derived import LONGEST_DESCRIPTION, LONGEST_SLUG
from stage7_plugin.spec.languages import LANGUAGES

_NOTATION = (
    "entries `name:type`, then `?` if optional, `=` and a default, `-` and a description; "
    "`;` between them. At least one; no name twice across inputs and outputs"
)

_LANGUAGES = " or ".join(", ".join(LANGUAGES).rsplit(", ", 1))
RULES = {
    "language": f"{_LANGUAGES}: what the plugin is written in",
    "plugin_name": "1 to 80 characters on one line",
    "plugin_slug": "Folder, image name and `id` of the manifest: words of `a-z0-9` joined by `-`, "
    f"starting with a letter, at most {LONGEST_SLUG} characters; not the name of a Windows device",
    "verb": "`UPPER_SNAKE`, starting with a letter, at most 60 characters; not a verb that the "
    "host handles itself",
    "inputs": f"In the notation of inputs and outputs: {_NOTATION}",
    "outputs": "In the same notation; no output called `error` or `status`",
    "description": f"10 to {LONGEST_DESCRIPTION} characters on one line. The host's planner reads "
    "it up to the first full stop",
    "version": "`MAJOR.MINOR.PATCH`",
    "author": "1 to 100 characters on one line",
    "image_namespace": "The part of the image's name before the slug, with the registry's host if "
    "it has one; at most 200 characters",
    "python_version": "3.11, 3.12, 3.13 or 3.14: the base image; only for `language=python`",
    "permissions": "The host's names, comma-separated; at a terminal also their numbers, which `?` "
    "lists",
    "memory": "A whole number and `k`, `m` or `g`, from 32m to 1024g; from 160m for "
    "`language=typescript`",
    "cpu": "A decimal number from 0.01 to 256",
    "timeout_seconds": "A whole number from 1 to 3600",
    "license": "MIT, Apache-2.0, BSD-3-Clause or Proprietary",
    "ci": "github, gitlab or none",
    "git_init": "yes or no: create a repository with a first commit",
    "build_image": "`no`; `yes`: build and try the image, a failure is a warning; `required`: a "
    "failure fails the generation. Needs Docker and its SDK: `uvx --with docker cookiecutter ...`",
    "kubernetes": "yes or no: add a file that runs the plugin on Kubernetes",
}

_NUMBER = "(0|[1-9][0-9]{0,8})"
SCHEMAS: dict[str, dict[str, Any]] = {
    "plugin_name": {"minLength": 1, "maxLength": 80},
    "plugin_slug": {"pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": LONGEST_SLUG},
    "verb": {"pattern": "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", "maxLength": 60},
    "inputs": {"minLength": 3},
    "outputs": {"minLength": 3},
    "description": {"minLength": 10, "maxLength": LONGEST_DESCRIPTION},
    "version": {"pattern": rf"^{_NUMBER}\.{_NUMBER}\.{_NUMBER}$"},
    "author": {"minLength": 1, "maxLength": 100},
    "image_namespace": {"minLength": 1, "maxLength": 200},
    "permissions": {"pattern": "^[a-z., ]*$"},
    "memory": {"pattern": "^[0-9]{1,12}[kmg]$"},
    "cpu": {"pattern": r"^[0-9]{1,3}(\.[0-9]{1,3})?$"},
    "timeout_seconds": {"pattern": "^[1-9][0-9]{0,3}$"},
}
