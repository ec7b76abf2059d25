"""How a process starts without delay: names that are imported when somebody first asks for them (PEP 562).

A secretary who asks for help must not wait for a PDF library. Type checkers see the same names through an ordinary
import under ``TYPE_CHECKING``.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

__all__ = ["collect_rarely", "on_first_use"]

_NEW_OBJECTS: Final = 50_000
"""Before the collector looks at them; Python's own 700 are for programs that load little."""


def collect_rarely() -> None:
    """Let the collector of garbage rest while a process loads what it needs, of which nothing is garbage.

    It would look at the same few hundred thousand objects again and again, a tenth of the time of a short command.
    """
    gc.set_threshold(_NEW_OBJECTS)


def on_first_use(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package whose names live in other modules.

    Args:
        package: ``__name__`` of the package.
        homes: module of each name.
    """

    def __getattr__(name: str) -> object:  # noqa: N807 - the hook that Python looks for
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return __getattr__
