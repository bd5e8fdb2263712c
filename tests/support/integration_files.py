"""The files of `integrations/`, as the tests read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.support.template import TEMPLATE

INTEGRATIONS = TEMPLATE / "integrations"
WORKFLOW = INTEGRATIONS / "github" / "new-plugin.yml"
PIPELINE = INTEGRATIONS / "gitlab" / "new-plugin.gitlab-ci.yml"
BACKSTAGE = INTEGRATIONS / "backstage" / "template.yaml"


def load(path: Path) -> dict[Any, Any]:
    document = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document
