"""The exceptions of the contract suite."""

from __future__ import annotations

from stage7_plugin.errors import Stage7PluginError, UserError


class Broken(Stage7PluginError):
    """The plugin broke the rule: what was sent, what came back, what was wanted instead.

    `todo` is what to do about it, where that is known better than by the rule's own remedy.
    """

    def __init__(self, sent: str, got: str, wanted: str, todo: str = "") -> None:
        super().__init__(f"sent: {sent}; came back: {got}; wanted: {wanted}")
        self.sent, self.got, self.wanted, self.todo = sent, got, wanted, todo
        self.log = ""
        """The last lines of the plugin that broke it, if it was the rule's own plugin."""


class Late(Broken):
    """Right, but too late. A busy machine may be the reason: the rule is checked once more."""


class NotCheckable(Stage7PluginError):
    """The rule cannot be checked here. The message is the reason."""


class DidNotStart(NotCheckable):
    """The plugin did not become healthy. The message is what was seen."""


class Ended(Stage7PluginError):
    """The check was ended while the rule was being checked."""


class TargetUnusable(UserError):
    """What was typed names nothing that can be checked. The message is one sentence."""
