"""Compile the message catalogues, so that a wheel holds the ``.mo`` files that gettext reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(locale: Path) -> None:
    """Write ``conventions.mo`` beside every ``conventions.po`` below ``locale``."""
    for source in sorted(locale.glob("*/LC_MESSAGES/conventions.po")):
        with source.open("rb") as stream:
            language = source.parent.parent.name  # the catalogues have no header: plural forms follow from it
            catalogue = read_po(stream, locale=language, domain="conventions", abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


class CustomBuildHook(BuildHookInterface[Any]):
    """Run before a wheel (also an editable one) is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile in place; the ``.mo`` files are artifacts of the build, not sources."""
        compile_catalogues(Path(self.root) / "src" / "conventions" / "locale")


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent / "src" / "conventions" / "locale")
