"""Every command, the sub-commands too: one answer, one JSON document, no traceback, whatever it is given.

A command that is added must be given a line in ``SAID``: the first test asks for it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from conventions import errors
from conventions.cli import main
from tests.workspaces import Answer, Bureau

Name = tuple[str, ...]

SAID: Final[dict[str, str]] = {
    "init": "PLACE",
    "schema": "",
    "import": "DOSSIER",
    "export": "PLACE.xlsx",
    "check": "",
    "explain": "LAW-PAY-01",
    "templates list": "",
    "templates lint": "convocation --language fr",
    "templates show": "convocation",
    "templates preview": "nonsense",
    "templates sheet": "--output PLACE/sheet.txt/sheet.png --nonsense",
    "propose": "NUMBER",
    "generate": "NUMBER",
    "issue": "NUMBER",
    "sign": "NUMBER --as student --key missing.p12",
    "receive": "PAPER",
    "collect": "",
    "code": "NUMBER --as company",
    "consent": "NUMBER --as company",
    "scan": "NUMBER PAPER --as dean --signed-on 2027-02-01",
    "approve": "NUMBER --by Lou",
    "decline": "NUMBER --as king --reason wrong",
    "recall": "NUMBER/amendment-1 --reason wrong",
    "replace": "NUMBER --as king --name Zoé --email zoe@univ-exemple.test --reason leave",
    "remind": "",
    "post": "",
    "status": "",
    "today": "",
    "journal": "NUMBER",
    "calendar": "",
    "grades": "NUMBER",
    "grade": "EMPTY",
    "seal": "NUMBER",
    "archive": "NUMBER",
    "verify": "PAPER",
    "audit": "",
    "forget": "",
    "hold": "NUMBER --reason dispute",
    "acts": "",
    "export-subject": "nobody@univ-exemple.test PLACE",
    "backup": "PLACE.tar",
    "restore": "PAPER PLACE",
    "accounts add": "lou",
    "accounts passphrase": "lou",
    "accounts close": "lou",
    "accounts list": "",
    "serve": "--host 999.999.999.999",
    "links list": "",
    "links end": "--all",
    "worker": "--idle 0",
    "renew": "",
    "export-package": "NUMBER PLACE",
    "roots": "PLACE",
}
"""What each command is given, of which it may make something or nothing."""
DOCUMENTED: Final = {0, 2, *(getattr(errors, name).exit_code for name in errors.__all__)} - {1}
STRANGE: Final = ("*", "-", "2027", "[bold]", "Été 2027", "x" * 300, "/", "PLACE/under/it.yaml", "EMPTY", "DOSSIER/x")
"""Names that somebody types by mistake, or that a shell has not unfolded."""


def leaves(group: click.Group = main, before: Name = ()) -> Iterator[tuple[Name, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*before, name))
        else:
            yield (*before, name), command


COMMANDS: Final = {" ".join(name): command for name, command in leaves()}
IN_JSON: Final = [name for name, one in COMMANDS.items() if any("--json" in part.opts for part in one.params)]
NAMING: Final = [name for name in COMMANDS if any(isinstance(part, click.Argument) for part in COMMANDS[name].params)]


@pytest.fixture
def office(bureau: Bureau, number: str, tmp_path: Path) -> dict[str, str]:
    """What the words of ``SAID`` stand for."""
    empty = tmp_path / "empty"
    empty.mkdir()
    return {
        "NUMBER": number,
        "DOSSIER": str(bureau.file(number)),
        "PAPER": str(bureau.paper(number)),
        "PLACE": str(tmp_path / "a place"),
        "EMPTY": str(empty),
    }


def words(said: str, office: dict[str, str]) -> list[str]:
    return [re.sub("|".join(office), lambda found: office[found[0]], word) for word in said.split()]


def judge(answer: Answer, *, as_json: bool) -> None:
    """An answer, or a complaint: by a documented exit code, each said once, and for programs one document."""
    both = answer.out + answer.err
    assert "Traceback" not in both
    assert answer.code in DOCUMENTED, both
    assert answer.code == 0 or both.strip()
    if as_json and (answer.out or answer.code == 0):
        json.loads(answer.out)
    elif not as_json:
        complaints = [line for line in both.splitlines() if re.search(r"(^|  )[A-Z]+(-[A-Z0-9]+)+  ", line)]
        assert [line for line, times in Counter(complaints).items() if times > 1] == []


def test_every_command_is_tried() -> None:
    assert set(SAID) == set(COMMANDS)


@pytest.mark.parametrize("name", SAID)
def test_a_command_answers_or_says_what_is_wrong(bureau: Bureau, office: dict[str, str], name: str) -> None:
    judge(bureau.try_to(*name.split(), *words(SAID[name], office)), as_json=False)


@pytest.mark.parametrize("name", IN_JSON)
def test_a_program_is_given_one_document_and_no_word_beside_it(
    bureau: Bureau, office: dict[str, str], name: str
) -> None:
    judge(bureau.try_to(*name.split(), *words(SAID[name], office), "--json"), as_json=True)


@pytest.mark.parametrize("name", sorted({*NAMING} - {"serve", "worker", "init", "backup", "grade", "roots"}))
def test_a_name_that_is_none_is_refused_in_words(bureau: Bureau, office: dict[str, str], name: str) -> None:
    """It stands in the place of the first argument. Where a new place is named, most names are good ones."""
    rest = words(SAID[name], office)
    for strange in STRANGE:
        if "PLACE" in SAID[name].split()[:1] or (strange == "/" and name in {"verify", "export"}):
            continue
        (first,) = words(strange, office) if " " not in strange else (strange,)
        after = rest[1:] if rest and not rest[0].startswith("--") else rest
        judge(bureau.try_to(*name.split(), first, *after), as_json=False)


@pytest.mark.parametrize("name", [name for name, one in COMMANDS.items() if any("--all" in p.opts for p in one.params)])
def test_all_of_them_and_one_by_name_is_a_contradiction(bureau: Bureau, number: str, name: str) -> None:
    assert (
        "say --all" in bureau.run(*name.split(), "LAW-PAY-01" if name == "explain" else number, "--all", expect=2).err
    )


@pytest.mark.parametrize("name", ["decline", "recall", "replace", "hold", "approve"])
def test_a_reason_must_be_given_in_words(bureau: Bureau, office: dict[str, str], name: str) -> None:
    said = words(SAID[name], office)
    for blank in ("", "  "):
        assert "it cannot be empty" in bureau.run(name, *said[:-1], blank, expect=2).err


def test_whoever_names_a_dossier_twice_means_it_once(bureau: Bureau, number: str, tmp_path: Path) -> None:
    path = str(bureau.file(number))
    for command in ("check", "status", "generate", "remind", "seal", "audit", "links end", "forget"):
        told = bureau.try_to(*command.split(), number, path, "--json").json
        assert len(told) == 1, command
    bureau.run("export", tmp_path / "year.yaml", number, path)
    assert len(bureau.run("import", tmp_path / "year.yaml", "--dry-run", "--json").json) == 2  # the file, and it


def test_a_number_that_several_dossiers_begin_with_is_none_of_them(bureau: Bureau, number: str) -> None:
    first = bureau.file(number)
    second = first.with_name("2027-0099-other.yaml")
    second.write_text(first.read_text(encoding="utf-8").replace(number, "2027-0099"), encoding="utf-8")
    answer = bureau.run("issue", number[:4], expect=3)
    assert "FILE-11 2 files begin with 2027, such as" in " ".join(answer.err.split())
    assert bureau.run("check", number, "--json").json[0]["number"] == number
    # A number may go on where another one ends: the very number is meant.
    longer = first.with_name(f"{number}-2-other.yaml")
    longer.write_text(first.read_text(encoding="utf-8").replace(number, f"{number}-2"), encoding="utf-8")
    assert bureau.run("check", number, "--json").json[0]["file"] == str(first)


def test_the_copy_that_an_editor_leaves_beside_a_dossier_is_no_dossier(bureau: Bureau, number: str) -> None:
    path = bureau.file(number)
    path.with_name(f"{path.name}~").write_text("half of it", encoding="utf-8")
    path.with_name(f"{number}-notes.txt").write_text("call them back", encoding="utf-8")
    (told,) = bureau.run("check", number, "--json").json
    assert told["file"] == str(path)


def test_a_dossier_that_nobody_knows_is_not_taken_for_one_with_nothing_to_do(bureau: Bureau, number: str) -> None:
    for command, code in (("audit", "PAPER-01"), ("forget", "HOLD-01"), ("forget --now", "HOLD-01")):
        assert f"{code}  " in bureau.run(*command.split(), "2027-9999", expect=3).err
    assert "nothing of it is due yet" in bureau.run("forget", number).out
    assert bureau.run("audit", f"{number}/convention").out.startswith(number)


def test_a_failing_dossier_keeps_its_number(bureau: Bureau, number: str) -> None:
    start = bureau.dossier(number).schedule.start
    (told,) = bureau.run("check", number, "--on", str(start), "--json", expect=3).json
    assert told["number"] == number


def test_what_a_paper_lacks_is_said_once(bureau: Bureau, number: str) -> None:
    for more in ((), ("--all",)):
        answer = bureau.run("generate", "--document", "attestation", *more or (number,), expect=3)
        assert answer.err.count("ATTEST-01") == 1
        assert answer.err.count("nobody has recorded what was really done") == 1


def test_a_calendar_that_is_written_is_told_to_programs_as_well(bureau: Bureau, tmp_path: Path) -> None:
    answer = bureau.run("calendar", "--ics", tmp_path / "dates", "--json")
    assert answer.json == bureau.run("calendar", "--json").json
    assert list((tmp_path / "dates").iterdir())
    assert bureau.run("calendar", "--person", "nobody at all").out == "there is no date to show\n"


def test_the_portal_says_that_it_listens_only_when_it_does(bureau: Bureau) -> None:
    answer = bureau.run("serve", "--host", "999.999.999.999", expect=2)
    assert "listens on" not in answer.err
    assert "there is no machine of that name" in answer.err


def test_a_descriptor_that_cannot_be_is_a_wrong_command_line(bureau: Bureau, number: str) -> None:
    for descriptor in ("-1", "99"):
        answer = bureau.run("issue", number, "--passphrase-fd", descriptor, expect=2)
        assert f"file descriptor {descriptor} cannot be read: it is not open" in answer.err


def test_a_file_that_is_mistyped_is_missing_and_not_unissued(bureau: Bureau) -> None:
    assert "DISK-03" in bureau.run("journal", "dossiers/mistyped.yaml", expect=12).err
    assert "DISK-02" in bureau.run("status", "x" * 300, expect=12).err
    assert "DISK-02" in bureau.run("calendar", "--ics", bureau.root / "conventions.toml" / "dates", expect=12).err


def test_the_journal_is_told_in_the_readers_language(bureau: Bureau, number: str) -> None:
    told = {code: bureau.run("journal", number, CONVENTIONS_LANG=code).out for code in ("fr", "en", "es", "de")}
    events = {code: [re.sub(r"\s+\S+$", "", line) for line in out.splitlines()[1:-1]] for code, out in told.items()}
    for sentences in zip(*events.values(), strict=True):
        assert len(set(sentences)) == len(events), sentences
    assert "issued, with the university's seal" in told["en"]


def test_a_paper_of_the_year_is_not_made_of_no_dossier(bureau: Bureau) -> None:
    for document in ("campaign_record", "year_overview"):
        assert "say --all" in bureau.run("generate", "--document", document, expect=2).err


ROOT: Final = Path(__file__).parent.parent
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


def shown(page: Path) -> Iterator[list[str]]:
    """The command lines of a page's examples, without what stands behind them."""
    for block in re.findall(r"^```\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if found := re.match(r"(?:\$ )?conventions (\S.*)", line):
                yield shlex.split(found[1], comments=True)


@pytest.mark.parametrize("page", [page for page in PAGES if any(shown(page))], ids=lambda page: page.stem)
def test_a_command_line_that_the_documents_show_is_one(page: Path) -> None:
    for line in shown(page):
        command, rest = COMMANDS.get(" ".join(line[:2])), line[2:]
        if command is None:
            command, rest = COMMANDS[line[0]], line[1:]
        given, left, _ = command.make_parser(click.Context(command)).parse_args(rest)
        asked = {part.name for part in command.params if isinstance(part, click.Option) and part.required}
        assert asked <= set(given), line
        assert left == [], line


def test_those_that_failed_are_counted_among_all(bureau: Bureau, number: str, tmp_path: Path) -> None:
    for rank in ("8", "9"):
        bureau.file(number).with_name(f"2027-000{rank}-broken.yaml").write_text("a: [", encoding="utf-8")
    for command in (("grades",), ("export", str(tmp_path / "year.xlsx")), ("check",)):
        assert "2 of 3" in bureau.run(*command, expect=3).err


def test_a_day_is_typed_as_everywhere_else(bureau: Bureau, number: str) -> None:
    start = bureau.dossier(number).schedule.start
    as_we_say, as_they_say = (bureau.run("today", "--on", f"{start:{form}}").out for form in ("%Y-%m-%d", "%d/%m/%Y"))
    assert as_we_say == as_they_say != bureau.run("today").out
    for wrong in ("", "2027-02-30", "02/30/2027", "tomorrow"):
        answer = bureau.run("status", "--on", wrong, expect=2)
        assert f"“{wrong}” is no day: write it as 2027-02-01" in answer.err
    assert "%Y" not in bureau.run("check", "--help").out


def test_a_paper_that_is_left_as_it_is_was_not_written(bureau: Bureau, number: str) -> None:
    bureau.file(number).write_text(
        bureau.file(number).read_text(encoding="utf-8").replace("weekly_hours: 35", "weekly_hours: 34"),
        encoding="utf-8",
    )
    assert "written" in bureau.run("generate", number).out
    (told,) = bureau.run("generate", number, "--json").json
    assert told["note"] == "up to date"
