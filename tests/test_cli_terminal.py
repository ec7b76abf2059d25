"""What a person sees: no word is lost on a narrow terminal, in a small alphabet, or to a name that looks like code."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from conventions import errors
from tests.workspaces import Bureau


def test_names_stand_in_the_tables_as_they_are_written(bureau: Bureau, number: str) -> None:
    path = bureau.file(number)
    text = path.read_text(encoding="utf-8")
    host, student = bureau.dossier(number).host.name, bureau.dossier(number).student.last_name
    text = text.replace(f"name: {host}", 'name: "[red]Nord[/] :star: [IRIS]"').replace(student, '"[/b] :key:"')
    path.write_text(text, encoding="utf-8")
    assert "[red]Nord[/] :star: [IRIS]" in bureau.run("status").out
    for command in ("status", "grades"):
        assert "[/b] :key:" in " ".join(bureau.run(command).out.split())


@pytest.mark.parametrize("language", ["fr", "en", "es", "de"])
def test_no_word_of_what_must_be_done_is_lost_on_a_narrow_terminal(bureau: Bureau, number: str, language: str) -> None:
    bureau.file(number).with_name(f"2027-0999-{'long-' * 9}.yaml").write_text("a: [", encoding="utf-8")
    day = str(bureau.dossier(number).schedule.start)
    told = bureau.run("status", "--on", day, "--json", CONVENTIONS_LANG=language).json[0]
    wide = "".join(f"{told['state']}→{told['to_do']}".split())
    narrow = bureau.run("status", "--on", day, COLUMNS="60", CONVENTIONS_LANG=language).out
    left = narrow.splitlines()[0].index(narrow.splitlines()[0].split()[-1])
    assert wide in "".join("".join(line[left:] for line in narrow.splitlines()).split())


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_a_terminal_that_lacks_letters_is_answered_all_the_same(bureau: Bureau, number: str, encoding: str) -> None:
    for command in (("status",), ("check", number), ("check", "--help"), ("grades",)):
        done = subprocess.run(
            bureau.command(*command),
            cwd=bureau.root,
            env={**os.environ, "CONVENTIONS_LANG": "fr", "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        )
        assert done.stdout.decode(encoding)
    told = bureau.process("status", "--json", PYTHONIOENCODING=encoding).out
    assert json.loads(told)[0]["student"] == bureau.dossier(number).student.name


def test_a_full_disk_behind_the_answer_is_said(bureau: Bureau) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(bureau.command("status"), cwd=bureau.root, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == errors.DiskError.exit_code
    assert "DISK-01" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("surroundings", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_whoever_wants_no_colour_is_given_none(bureau: Bureau, number: str, surroundings: dict[str, str]) -> None:
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    for command in (("check", "nobody"), ("status",), ("journal", number), ("explain", "LAW-PAY-01")):
        assert not coloured.search(on_a_terminal(bureau, *command, **surroundings)), command
    assert coloured.search(on_a_terminal(bureau, "check", "nobody", TERM="xterm"))


def on_a_terminal(bureau: Bureau, *command: str, **surroundings: str) -> str:
    """All that a terminal is shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        bureau.command(*command),
        cwd=bureau.root,
        env={**os.environ, "CONVENTIONS_LANG": "en", **surroundings},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the terminal's end is an error on Linux
            while part := os.read(ours, 65536):
                shown += part
    os.close(ours)
    return shown.decode()


def test_a_dossier_is_one_however_many_of_its_papers_are_on_their_way(bureau: Bureau, number: str) -> None:
    bureau.run("issue", "--document", "evaluation_host", number)
    for columns in ("60", "80", "120"):
        board = bureau.run("status", COLUMNS=columns).out
        assert board.count(number) == 2
        assert "evaluation" in board
        assert "one dossier, 0 late" in " ".join(board.split())


@pytest.mark.parametrize("language", ["fr", "en", "es", "de"])
def test_the_list_of_commands_cuts_no_sentence(bureau: Bureau, language: str) -> None:
    for group in ("", "templates", "accounts", "links"):
        told = bureau.process(*group.split(), "--help", CONVENTIONS_LANG=language).out
        assert "..." not in told.partition("[ARGS]...")[2]
