"""Write every template anew: ``make templates``."""

from __future__ import annotations

from pathlib import Path

from typesetting.build import SOURCES, build

TEMPLATES = Path(__file__).parent.parent / "templates"

if __name__ == "__main__":
    for source in SOURCES:
        document, language, _ = source.name.split(".")
        target = TEMPLATES / language / f"{document}.docx"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(build(source.read_text(encoding="utf-8")))
        print(f"{target.relative_to(TEMPLATES.parent)}  {target.stat().st_size:,} bytes")
