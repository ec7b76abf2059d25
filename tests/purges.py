"""An office in which one dossier has left traces everywhere, and a search that misses none of them."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Final

from conventions.model.privacy import identifying
from conventions.office import Office, Outcome, Purge
from tests.workspaces import Bureau

__all__ = ["LATER", "OURS", "forget", "found", "live", "names_of"]

LATER: Final = datetime(2045, 1, 2, 9, tzinfo=UTC)
"""When nothing need be kept any more."""
OURS: Final = Purge("secretary", "AD59 2045-7")


def live(bureau: Bureau) -> tuple[str, str]:
    """The first agreement has a code, a scan, a refusal and a mail, and is archived; the second only waits."""
    first, second = bureau.numbers
    (bureau.root / "attachments").mkdir()
    text = bureau.file(first).read_text(encoding="utf-8")
    bureau.run("issue", "--all")
    for kind in ("health_entitlement", "civil_liability"):
        (bureau.root / "attachments" / f"{kind}.txt").write_text("Camille Lefèvre-Nguyễn, 1 05 04 59 350 001 23")
        text = text.replace(f"{{kind: {kind}, ", f"{{kind: {kind}, file: attachments/{kind}.txt, ")
    bureau.run("code", first, "--as", "student")
    bureau.run("consent", first, "--as", "student", CONVENTIONS_CODE=bureau.code_sent(first, "student"))
    returned = bureau.signed_elsewhere(first, "company")
    spoiled = returned.with_name("spoiled.pdf")
    spoiled.write_bytes(returned.read_bytes() + b"\n% a remark\n" * 50)
    bureau.try_to("receive", spoiled)
    (bureau.root / "inbox" / "done").mkdir()
    (bureau.root / "inbox" / "done" / "returned.pdf").write_bytes(returned.read_bytes())
    (bureau.root / "inbox" / "done" / "question.eml").write_bytes(b"Subject: when?\n\nWhen?\n")
    bureau.run("receive", returned)
    bureau.run("scan", first, spoiled, "--as", "coordinator", "--signed-on", "2026-02-01")
    bureau.sign(first, "dean")
    for command in (("seal",), ("archive",), ("verify", "--report", bureau.root / "archive")):
        bureau.run(*command)
    bureau.file(first).write_text(text, encoding="utf-8")
    return first, second


def forget(bureau: Bureau, *numbers: str, now: datetime = LATER, purge: Purge = OURS) -> list[Outcome]:
    """What is due on a day to come."""
    with Office.open(bureau.root) as office:
        return list(office.custody.forget(numbers, purge, now=now))


def names_of(bureau: Bureau, number: str) -> set[str]:
    """By which the people of one dossier alone can be found, its number among them."""
    others = {words for other in bureau.numbers if other != number for words in identifying(bureau.dossier(other))}
    return set(identifying(bureau.dossier(number))) - others


def found(root: Path, names: set[str]) -> list[str]:
    """Every file below a folder, or the file itself, in whose name or contents a name stands, however it is packed."""
    files = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else [root]
    return [
        f"{path.name}: {name}"
        for path in files
        for name in sorted(names)
        if name in str(path.relative_to(root))
        or any(name.encode() in piece for piece in _pieces(path.name, path.read_bytes()))
    ]


def _pieces(name: str, data: bytes) -> Iterator[bytes]:
    yield data
    if name.endswith(".eml"):
        for part in message_from_bytes(data, policy=policy.default).walk():
            yield str(part.items()).encode()
            yield part.get_payload(decode=True) or b""  # type: ignore[misc]
    if name.endswith(".tar"):
        with tarfile.open(fileobj=BytesIO(data)) as packed:
            for member in packed:
                yield member.name.encode()
                if stream := packed.extractfile(member):
                    yield from _pieces(member.name, stream.read())
