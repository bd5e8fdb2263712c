"""Runs a program that it expects to find through PATH."""

import subprocess

from correct.server import Plugin

CAUGHT_BY = "env.foreign-path"


class Broken(Plugin):
    def setup(self) -> None:
        subprocess.run(["true"], check=True)
