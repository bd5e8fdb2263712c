"""The words of the suite: what a rule needs of a target, and what can come of a rule."""

from __future__ import annotations

from enum import Enum


class Need(Enum):
    """What a target must be able to do for a rule; the value is the reason where it cannot."""

    START = "only an image or a folder can be started, stopped and have its log read; this is a URL"
    CONTAINER = "only a container can be confined; give the image or the folder"
    FOLDER = "only a folder can be built; give the plugin's folder"


class Place(Enum):
    """What a rule may run in parallel with."""

    SHARED = "uses the shared plugin; one such rule at a time"
    OWN = "starts its own plugin; runs in parallel with any rule"
    HEAVY = "keeps the machine busy; runs only in parallel with its kind"
    ALONE = "measures short times; runs alone"


class Status(Enum):
    """What came of a rule. WARNED: broken, and only advice. KNOWN: broken, as the baseline says."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"
    KNOWN = "known"
