"""The Go server keeps the promises for which the Python server has tests: the same ones, run here."""

from __future__ import annotations

from tests.runtime.test_abuse import *  # noqa: F403
from tests.runtime.test_requests import *  # noqa: F403
from tests.runtime.test_connections import *  # noqa: F403
from tests.runtime.test_failures import *  # noqa: F403
from tests.runtime.test_secrets_and_logs import *  # noqa: F403
from tests.runtime.test_settings import *  # noqa: F403
from tests.runtime.test_configuration import *  # noqa: F403
from tests.runtime.test_careless_plugins import *  # noqa: F403
from tests.runtime.test_stopping_and_stuck import *  # noqa: F403
from tests.runtime.test_unread_output import *  # noqa: F403
from tests.runtime.test_executions import *  # noqa: F403
from tests.runtime.test_inputs import *  # noqa: F403
