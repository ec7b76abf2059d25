"""Names that are imported when somebody first asks for them (PEP 562).

A secretary who asks for help must not wait for a PDF library. Type checkers see the same names through an ordinary
import under ``TYPE_CHECKING``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["on_first_use"]


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
