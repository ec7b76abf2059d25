"""Write every template anew: ``make templates``."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from conventions.press import DIGESTS
from typesetting.build import SOURCES, build

TEMPLATES = Path(__file__).parent.parent / "templates"

if __name__ == "__main__":
    for source in SOURCES:
        document, language, _ = source.name.split(".")
        target = TEMPLATES / language / f"{document}.docx"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(build(source.read_text(encoding="utf-8")))
        print(f"{target.relative_to(TEMPLATES.parent)}  {target.stat().st_size:,} bytes")
    files = sorted(TEMPLATES.glob("*/*.docx"))
    lines = (f"{sha256(file.read_bytes()).hexdigest()}  {file.relative_to(TEMPLATES)}\n" for file in files)
    (TEMPLATES / DIGESTS).write_text("".join(lines), encoding="ascii")
