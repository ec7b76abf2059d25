"""What the operating system refuses is told in the reader's language, not in the system's English."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conventions.languages import LANGUAGES, Language
from conventions.system import reason
from tests.workspaces import Bureau, a_bureau

COMMON = (
    errno.ENOENT,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOSPC,
    errno.EROFS,
    errno.ENAMETOOLONG,
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("system")) as bureau:
        yield bureau


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "number"),
    [("missing.pdf", errno.ENOENT), ("", errno.EISDIR), (f"{'long' * 99}.pdf", errno.ENAMETOOLONG)],
)
def test_why_a_file_cannot_be_received_is_told_in_the_readers_language(
    office: Bureau, tmp_path: Path, language: str, name: str, number: int
) -> None:
    answer = office.run("receive", tmp_path / name, expect=12, CONVENTIONS_LANG=language)
    assert "DISK-03" in answer.err
    assert Language(language).say(reason(OSError(number, ""))) in answer.err
    assert os.strerror(number) not in answer.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_descriptor_that_is_not_open_is_told_in_the_readers_language(office: Bureau, language: str) -> None:
    answer = office.process("accounts", "add", "kim", "--passphrase-fd", "77", expect=2, CONVENTIONS_LANG=language)
    assert Language(language).say(reason(OSError(errno.EBADF, ""))) in " ".join(answer.err.split())


@pytest.mark.parametrize("number", COMMON, ids=errno.errorcode.get)
def test_the_common_reasons_are_said_in_words_of_our_own(number: int) -> None:
    said = reason(OSError(number, os.strerror(number)))
    assert not said.values
    assert str(said).casefold() != os.strerror(number).casefold()


def test_what_is_less_common_is_said_in_the_systems_words() -> None:
    assert str(reason(OSError(errno.ENOTTY, os.strerror(errno.ENOTTY)))) == os.strerror(errno.ENOTTY)
    assert str(reason(OSError("somebody's own words"))) == "somebody's own words"
