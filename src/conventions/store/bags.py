"""Bags (BagIt, RFC 8493): what an archive service takes, with a digest of every file."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Final

import bagit

from conventions.errors import NeverOverwrite
from conventions.store.files import disk, sync_folder, write_new
from conventions.text import Text

__all__ = ["make_bag"]

_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_PASSING: Final = ".storing-"


def make_bag(folder: Path, files: Mapping[str, bytes], info: Mapping[str, str]) -> bool:
    """Make a bag that is there whole or not at all; the same files again change nothing.

    Args:
        folder: the bag; it must not exist, unless it is the same bag.
        files: the payload, by path below ``data/``.
        info: metadata, by the names that RFC 8493, 2.2.2 gives.

    Returns:
        Was it made now?

    Raises:
        NeverOverwrite: BAG-01, something else lies there, or a bag that is damaged.
        DiskError: DISK-01, DISK-02.
    """
    with disk(folder):
        if folder.exists():
            _assert_same(folder, files)
            return False
        passing = folder.resolve().parent / f"{_PASSING}{token_hex(8)}"
        try:
            _fill(passing, files, info)
            passing.rename(folder)
        finally:
            shutil.rmtree(passing, ignore_errors=True)
        sync_folder(folder.resolve().parent)
        return True


def _fill(passing: Path, files: Mapping[str, bytes], info: Mapping[str, str]) -> None:
    passing.mkdir(parents=True)
    for name, data in files.items():
        write_new(passing / name, data)
    bagit.make_bag(str(passing), bag_info=dict(info), checksums=["sha256"])
    (passing / "bagit.txt").unlink()
    write_new(passing / "bagit.txt", _DECLARATION)  # the library still declares the draft before the RFC
    bag = bagit.Bag(str(passing))
    bag.save()
    bag.validate()


def _assert_same(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        bag = bagit.Bag(str(folder))
        bag.validate()
    except (bagit.BagError, OSError):
        held = None
    else:
        held = {name: (folder / name).read_bytes() for name in bag.payload_entries()}
    if held != {f"data/{name}": data for name, data in files.items()}:
        raise NeverOverwrite(
            "BAG-01",
            Text("something else lies there already, or a bag that is damaged"),
            Text("name a folder that does not exist"),
            place=str(folder),
        )
