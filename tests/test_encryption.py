"""A backup that is encrypted opens for its recipients alone, and shows nothing to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from tests.workspaces import Bureau, a_bureau


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office that encrypts for two people; no test changes it."""
    with a_bureau(tmp_path_factory.mktemp("encrypted"), "0001") as bureau:
        yield bureau


@pytest.fixture(scope="module")
def identities(bureau: Bureau) -> list[str]:
    made = [pyrage.x25519.Identity.generate() for _ in range(2)]
    names = ", ".join(f'"{one.to_public()}"' for one in made)
    bureau.set("recipients = []", f"recipients = [{names}]")
    return [str(one) for one in made]


@pytest.fixture
def saved(bureau: Bureau, identities: list[str], tmp_path: Path) -> Path:
    path = tmp_path / "one.tar.age"
    assert "encrypted" in bureau.run("backup", path).out
    return path


def test_nothing_of_it_can_be_read_and_no_copy_in_clear_lies_about(bureau: Bureau, saved: Path) -> None:
    data = saved.read_bytes()
    assert data.startswith(b"age-encryption.org/v1")
    student = bureau.dossier(bureau.numbers[0]).student
    for word in (student.last_name, student.email, "registry.sqlite3", "BACKUP.json"):
        assert word.encode() not in data
    assert [path.name for path in saved.parent.iterdir()] == ["one.tar.age"]


@pytest.mark.parametrize("rank", [0, 1])
def test_each_recipient_restores_it(bureau: Bureau, saved: Path, identities: list[str], rank: int) -> None:
    file = saved.with_name("identity.txt")
    file.write_text(f"# created: 2026-11-27\n{identities[rank]}\n", encoding="utf-8")
    bureau.run("restore", saved, saved.with_name("by-file"), "--identity", file)
    bureau.run("restore", saved, saved.with_name("by-name"), CONVENTIONS_AGE_IDENTITY=identities[rank])
    but = ("registry.sqlite3", ".keeping.lock")
    wanted = bureau.everything(*but)
    assert Bureau(saved.with_name("by-file"), bureau.pki).everything(*but) == wanted
    assert Bureau(saved.with_name("by-name"), bureau.pki).everything(*but) == wanted


def test_without_the_right_identity_nothing_is_restored(bureau: Bureau, saved: Path) -> None:
    stranger, folder = str(pyrage.x25519.Identity.generate()), saved.with_name("again")
    assert "AGE-03" in bureau.run("restore", saved, folder, CONVENTIONS_AGE_IDENTITY=stranger, expect=10).err
    assert "AGE-02" in bureau.run("restore", saved, folder, CONVENTIONS_AGE_IDENTITY="nonsense", expect=9).err
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


@pytest.mark.parametrize("where", [300, -1])
def test_one_altered_byte_is_found(bureau: Bureau, saved: Path, identities: list[str], where: int) -> None:
    data = bytearray(saved.read_bytes())
    data[where] ^= 1
    saved.write_bytes(data)
    bureau.run("restore", saved, saved.with_name("again"), CONVENTIONS_AGE_IDENTITY=identities[0], expect=10)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_recipient_that_is_no_key_is_said_before_anything_is_written(bureau: Bureau, tmp_path: Path) -> None:
    other = bureau.copy(tmp_path / "bureau")
    settings = other.root / "conventions.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    broken = ['recipients = ["age1qqqqqqqqqqqqqqqq"]' if line.startswith("recipients =") else line for line in lines]
    settings.write_text("\n".join(broken), encoding="utf-8")
    assert "AGE-01" in other.run("backup", tmp_path / "one.tar.age", expect=9).err
    assert [path.name for path in tmp_path.iterdir()] == ["bureau"]
