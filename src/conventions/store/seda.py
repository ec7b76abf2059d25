"""Transfers to a public archive service: SEDA 2.1 (NF Z44-022), a ZIP with a manifest and the files that it describes.

::

    manifest.xml              ArchiveTransfer: what each file is, its digest, who hands it over, under which rules
    content/object-0001.pdf   the files, flat, under names that say nothing of anybody

Every file is an archive unit of its own; Vitam gives each its group of objects.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256, sha512
from io import BytesIO
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Final, Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conventions.store.files import disk, write_new

__all__ = ["Rule", "Transfer", "Unit", "make_transfer"]

_NAMESPACE: Final = "fr:gouv:culture:archivesdefrance:seda:v2.1"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Equal files give equal ZIPs."""
_MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".p7s": "application/pkcs7-signature",
    ".pdf": "application/pdf",
    ".pem": "application/pem-certificate-chain",
    ".png": "image/png",
    ".sha256": "text/plain",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,8}")
_DATE: Final = re.compile(rb"<Date>([^<]{10,40})</Date>")


@dataclass(frozen=True)
class Unit:
    """What is described: a dossier, one of its papers, a file."""

    level: Literal["RecordGrp", "File", "Item"]
    title: str
    identifier: str = ""
    """The sender's own."""
    start: date | None = None
    end: date | None = None
    file: str = ""
    """Its name among the files of the transfer."""
    parts: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A management rule of the archive service, which knows how long it lasts."""

    name: str
    start: date
    """The day from which it counts."""
    final_action: str = ""
    """``Keep`` or ``Destroy``, of an appraisal rule."""


@dataclass(frozen=True)
class Transfer:
    """Who hands over what to whom."""

    comment: str
    agreement: str
    archive: str
    sender: str
    originator: str
    """Identifiers: of what was agreed, the archive service, who sends, and who made the papers."""
    whole: Unit
    appraisal: Rule | None = None
    access: Rule | None = None


def make_transfer(path: Path, transfer: Transfer, files: Mapping[str, bytes], now: datetime) -> None:
    """Write a transfer; the same again changes nothing, whatever the hour.

    Args:
        path: the ZIP.
        transfer: what it says.
        files: every file, by the name that the units give it; each belongs to one unit.
        now: the instant that a new one is dated.

    Raises:
        NeverOverwrite: STORE-01, another transfer lies there, or something else.
        DiskError: DISK-01, DISK-02.
    """
    with disk(path):
        before = path.read_bytes() if path.is_file() else b""
    dated = _DATE.search(before)  # the ZIP is not compressed
    data = _packed(transfer, files, dated[1].decode() if dated else now.isoformat(timespec="seconds"))
    write_new(path, data)


def _packed(transfer: Transfer, files: Mapping[str, bytes], dated: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("manifest.xml", _EPOCH), _manifest(transfer, files, dated))
        for name, identifier in _identifiers(files).items():
            archive.writestr(zipfile.ZipInfo(_place(name, identifier), _EPOCH), files[name])
    return target.getvalue()


def _identifiers(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: f"object-{rank:04d}" for rank, name in enumerate(sorted(files), start=1)}


def _place(name: str, identifier: str) -> str:
    """Vitam refuses a ZIP with more than one folder."""
    suffix = PurePosixPath(name).suffix.lower()
    return f"content/{identifier}{suffix if _SUFFIX.fullmatch(suffix) else ''}"


def _manifest(transfer: Transfer, files: Mapping[str, bytes], dated: str) -> bytes:
    """The order of the elements is the schema's."""
    root = Element("ArchiveTransfer", xmlns=_NAMESPACE)
    _add(root, "Comment", transfer.comment)
    _add(root, "Date", dated)
    _add(root, "MessageIdentifier", f"{transfer.whole.identifier}-{_digest(files)}")
    _add(root, "ArchivalAgreement", transfer.agreement)
    lists = _add(root, "CodeListVersions")
    _add(lists, "MessageDigestAlgorithmCodeListVersion", "FIPS 180-4")
    _add(lists, "MimeTypeCodeListVersion", "IANA")
    _describe(_add(root, "DataObjectPackage"), transfer, files)
    for role, identifier in (("ArchivalAgency", transfer.archive), ("TransferringAgency", transfer.sender)):
        _add(_add(root, role), "Identifier", identifier)
    indent(root)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _digest(files: Mapping[str, bytes]) -> str:
    """Other contents are another message."""
    lines = [f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return sha256("".join(lines).encode()).hexdigest()[:12]


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    element = SubElement(parent, name, attributes)
    element.text = text or None
    return element


def _describe(package: Element, transfer: Transfer, files: Mapping[str, bytes]) -> None:
    identifiers = _identifiers(files)
    for name, identifier in identifiers.items():
        _object(package, name, identifier, files[name])
    _unit(_add(package, "DescriptiveMetadata"), transfer.whole, identifiers, count(1))
    management = _add(package, "ManagementMetadata")
    _add(management, "LegalStatus", "Public Archive")
    _add(management, "OriginatingAgencyIdentifier", transfer.originator)
    _add(management, "SubmissionAgencyIdentifier", transfer.sender)
    _rule(management, "AppraisalRule", transfer.appraisal)
    _rule(management, "AccessRule", transfer.access)


def _object(package: Element, name: str, identifier: str, data: bytes) -> None:
    element = _add(package, "BinaryDataObject", id=identifier)
    _add(element, "DataObjectVersion", "BinaryMaster_1")
    _add(element, "Uri", _place(name, identifier))
    _add(element, "MessageDigest", sha512(data).hexdigest(), algorithm="SHA-512")
    _add(element, "Size", str(len(data)))
    media_type = _MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
    _add(_add(element, "FormatIdentification"), "MimeType", media_type)
    _add(_add(element, "FileInfo"), "Filename", PurePosixPath(name).name)


def _unit(parent: Element, unit: Unit, objects: Mapping[str, str], ranks: Iterator[int]) -> None:
    element = _add(parent, "ArchiveUnit", id=f"unit-{next(ranks):04d}")
    content = _add(element, "Content")
    _add(content, "DescriptionLevel", unit.level)
    _add(content, "Title", unit.title)
    if unit.identifier:
        _add(content, "TransferringAgencyArchiveUnitIdentifier", unit.identifier)
    for name, day in (("StartDate", unit.start), ("EndDate", unit.end)):
        if day:
            _add(content, name, day.isoformat())
    for part in unit.parts:
        _unit(element, part, objects, ranks)
    if unit.file:
        _add(_add(element, "DataObjectReference"), "DataObjectReferenceId", objects[unit.file])


def _rule(management: Element, kind: str, rule: Rule | None) -> None:
    if rule is None:
        return
    element = _add(management, kind)
    _add(element, "Rule", rule.name)
    _add(element, "StartDate", rule.start.isoformat())
    if rule.final_action:
        _add(element, "FinalAction", rule.final_action)
