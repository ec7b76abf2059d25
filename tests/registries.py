"""Papers and events for registries, and where PostgreSQL's programs lie."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from conventions.model.event import (
    Issued,
    Sent,
    Signed,
)
from conventions.model.roles import DEFAULT_CIRCUIT, Signatory
from conventions.store import PaperRecord

CHEAP, DEAR = 2**10, 2**17
"""What a pass-phrase costs in the tests, and in life (scrypt's N)."""
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PEOPLE = (
    Signatory("student", "Camille Lefèvre-Nguyễn", "", "camille@etu.univ-exemple.test", "fr"),
    Signatory("company", "Hélène Vasseur", "Directrice", "helene@atelier-nord.test", "fr", "ab" * 32),
)


def digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()


def record(number: str = "2026-0001", version: int = 1, document: str = "convention") -> PaperRecord:
    return PaperRecord(
        number=number,
        document=document,
        version=version,
        language="fr",
        dossier_digest=digest("dossier"),
        template_digest=digest("template"),
        starts_on=date(2026, 4, 13),
        abroad=False,
        circuit=DEFAULT_CIRCUIT,
        signatories=PEOPLE,
    )


def issued(word: str = "issued") -> Issued:
    return Issued(NOW, digest(word), 1000, f"papers/{word}.pdf")


def sent(role: str = "student", to: str = "camille@etu.univ-exemple.test", word: str = "issued") -> Sent:
    return Sent(NOW, role, to, f"<{role}@univ-exemple.test>", digest(word))


def signed(role: str, word: str) -> Signed:
    at = NOW + timedelta(days=1)
    return Signed(at, role, "Camille", "cd" * 32, at.isoformat(), digest(word), 2000, f"papers/{word}.pdf")


def server_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else (Path(on_path).parent if on_path else None)


def only(rows: Iterator[PaperRecord]) -> PaperRecord:
    (paper,) = rows
    return paper
