"""Runs in the rendered plugin; the work is in stage7_plugin.generate.post_generation."""

import sys

# Cookiecutter runs a rendered copy of this file from a temporary folder: what lies there must not
# be imported, and the package of this template must be.
sys.path[0] = {{template_folder | python_literal}}  # noqa: F821

from stage7_plugin.generate.post_generation import main  # noqa: E402

if __name__ == "__main__":
    answers = {{plugin.hook_answers | python_literal}}  # noqa: F821
    linked = {{"_commit" in cookiecutter}}  # noqa: F821
    sys.exit(main(**answers, linked=linked))
