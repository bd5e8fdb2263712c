"""A plugin rendered for given answers, by Cookiecutter, into a folder; nothing else is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from cookiecutter.exceptions import CookiecutterException
from cookiecutter.generate import generate_context, generate_files
from cookiecutter.prompt import prompt_for_config
from jinja2 import TemplateError

from stage7_plugin.errors import UserError
from stage7_plugin.generate.new import as_typed
from stage7_plugin.rendering.given import user_settings, wrong_choices
from stage7_plugin.rendering.template_folder import clean_template
from stage7_plugin.spec.answers import unknown_keys
from stage7_plugin.spec.languages import answered
from stage7_plugin.spec.plugin_spec import PluginSpec
from stage7_plugin.spec.problems import format_problems


def render_plugin(given: Mapping[str, str], folder: Path) -> tuple[Path, PluginSpec]:
    """Render a plugin as `stage7-plugin new --no-input` does, without its hook and its replay file.

    Args:
        given: Answers as they are; the user's settings and the defaults give the others.
        folder: Where the plugin's folder is made.

    Returns:
        The plugin's folder, and what the plugin is.

    Raises:
        UserError: Answers are refused; nothing is left.
    """
    if answered(given) != "python":
        raise UserError(
            f"language={answered(given)}: a plugin around existing code is always in Python; "
            "leave out language"
        )
    given = {**given, "language": "python"}  # whatever the user's settings prefer
    settings = user_settings({})
    with clean_template() as template:
        known = json.loads((template / "cookiecutter.json").read_text("utf-8"))
        problems = unknown_keys(given, known) + wrong_choices({**settings, **given})
        if problems:
            raise UserError(format_problems(problems))
        if str(template) not in sys.path:  # as Cookiecutter does, for the template's extension
            sys.path.append(str(template))
        context = generate_context(
            context_file=str(template / "cookiecutter.json"),
            default_context=settings,
            extra_context={key: as_typed(value) for key, value in given.items()},
        )
        try:
            context["cookiecutter"] = prompt_for_config(context, no_input=True)
            project = generate_files(
                repo_dir=template, context=context, output_dir=folder, accept_hooks=False
            )
        except (CookiecutterException, TemplateError) as error:
            raise UserError(str(error)) from error
    return Path(project), PluginSpec.from_answers(context["cookiecutter"])
