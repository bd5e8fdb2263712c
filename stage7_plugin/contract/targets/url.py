"""A plugin that is already running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from stage7_plugin.contract.errors import NotCheckable
from stage7_plugin.contract.targets.base import Running, StartOptions, Target
from stage7_plugin.host.http_client import Address
from stage7_plugin.host.view import HostView


class UrlTarget(Target):
    """Can be talked to and nothing else."""

    kind = "url"
    abilities = frozenset()

    def __init__(self, url: str, manifest: Mapping[str, Any]) -> None:
        self.name = url
        self.manifest = manifest
        self.view = HostView.from_manifest(manifest)
        self._address = Address.from_url(url)

    @property
    def url(self) -> str:
        return str(self._address)

    @contextmanager
    def start(self, options: StartOptions) -> Iterator[Running]:
        yield _Remote(self.view, self._address)


class _Remote(Running):
    def __init__(self, view: HostView, address: Address) -> None:
        self.view, self.address = view, address

    def ended(self) -> None:
        return None

    def exit_code(self) -> None:
        return None

    def send_sigterm(self) -> NoReturn:
        raise NotCheckable("a URL cannot be stopped")

    def log(self) -> NoReturn:
        raise NotCheckable("the log of a URL cannot be read")
