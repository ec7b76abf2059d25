"""What the command line answers: JSON that can be relied on, the reader's language, days, verdicts, completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pikepdf
import pytest

from conventions.circuit import deadlines, working_days
from conventions.cli import main
from conventions.languages import LANGUAGES, Language
from conventions.model.roles import DEFAULT_CIRCUIT
from conventions.rules import RULES
from conventions.rules.rule import COURSE_RULE
from tests.workspaces import Bureau, a_bureau

FINDING: Final = {"code", "severity", "place", "field", "message", "fix", "source"}
OUTCOME: Final = {"number", "ok", "note", "file", "error", "findings"}
ROW: Final = {
    *("number", "student", "host", "start", "state", "waiting_for", "turn", "sign_by", "days_left", "late", "to_do")
}
VERDICT: Final = {"path", "ok", "sealed", "origin", "signatures", "waiting", "findings", "until"}
SIGNATURE: Final = frozenset(
    ["field", "signer", "fingerprint", "at", "is_time_proved", "is_timestamp", "is_sound", "on_behalf", "reason"]
)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The first dossier is archived, the second issued, the third has nothing yet."""
    with a_bureau(tmp_path_factory.mktemp("answers"), "0001", "0002", "0004") as bureau:
        first, second, _ = bureau.numbers
        bureau.run("issue", first, second)
        bureau.sign(first, "student", "company", "coordinator", "dean")
        bureau.run("seal")
        bureau.run("archive")
        yield bureau


def package(bureau: Bureau) -> Path:
    (place,) = (bureau.root / "archive").glob("*/*/convention-v1")
    return place


def wrong(bureau: Bureau) -> tuple[Path, ...]:
    return tuple(sorted((bureau.root / "wrong").glob("*.yaml")))


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_answers_with_what_was_found_and_where(bureau: Bureau) -> None:
    sound = bureau.run("check", "--json").json
    assert [outcome["number"] for outcome in sound] == list(bureau.numbers)
    assert all(set(outcome) == OUTCOME and outcome["ok"] and outcome["error"] is None for outcome in sound)
    told = bureau.run("check", *wrong(bureau), "--json", expect=3).json
    assert [outcome["ok"] for outcome in told] == [False, False, False]
    for outcome, path in zip(told, wrong(bureau), strict=True):
        assert set(outcome) == OUTCOME
        assert set(outcome["error"]) == {"code", "message", "fix"}
        assert all(set(finding) == FINDING for finding in outcome["findings"])
        assert all(re.fullmatch(rf"{re.escape(str(path))}:\d+", finding["place"]) for finding in outcome["findings"])


def test_generate_answers_with_the_file_that_it_wrote(bureau: Bureau) -> None:
    for outcome in bureau.run("generate", bureau.numbers[0], "--json").json:
        assert set(outcome) == OUTCOME
        assert outcome["ok"]
        assert Path(outcome["file"]).read_bytes().startswith(b"%PDF-")


def test_status_answers_with_one_row_per_dossier(bureau: Bureau) -> None:
    rows = bureau.run("status", "--json").json
    assert sorted(row["number"] for row in rows) == list(bureau.numbers)
    assert all(set(row) == ROW for row in rows)
    (waiting,) = (row for row in rows if row["turn"])
    assert waiting["turn"] == ["student"]
    assert waiting["waiting_for"] == [bureau.dossier(waiting["number"]).student.name]
    assert date.fromisoformat(waiting["sign_by"]) < date.fromisoformat(waiting["start"])


def test_verify_answers_with_every_signature(bureau: Bureau) -> None:
    (verdict,) = bureau.run("verify", package(bureau), "--json").json
    assert set(verdict) == VERDICT
    assert all(set(one) == SIGNATURE for one in verdict["signatures"])
    assert (verdict["ok"], verdict["sealed"], verdict["waiting"], verdict["findings"]) == (True, True, [], [])
    assert verdict["origin"]["number"] == bureau.numbers[0]


def commands(bureau: Bureau) -> tuple[tuple[tuple[str | Path, ...], int], ...]:
    """Everything that answers a question, and the exit code that it leaves with."""
    return (
        (("check",), 0),
        (("check", *wrong(bureau)), 3),
        (("generate", *bureau.numbers[:2]), 0),
        (("status",), 0),
        (("calendar",), 0),
        (("verify", package(bureau), bureau.paper(bureau.numbers[1])), 0),
        (("seal",), 0),
        (("archive", bureau.numbers[0]), 0),
    )


def test_with_json_there_is_nothing_but_json_on_stdout(bureau: Bureau) -> None:
    for command, code in commands(bureau):
        assert isinstance(bureau.run(*command, "--json", expect=code).json, list), command
    first = bureau.numbers[0]
    answer = bureau.run("sign", first, "--as", "dean", "--key", bureau.root / "none.p12", "--json", expect=6)
    assert [outcome["error"]["code"] for outcome in answer.json] == ["TURN-02"]
    assert answer.err == ""


def test_no_colour_and_no_bar_when_piped(bureau: Bureau) -> None:
    for command, code in (*commands(bureau), (("--help",), 0), (("explain", RULES[0].code), 0), (("schema",), 0)):
        answer = bureau.run(*command, expect=code)
        assert "\x1b" not in answer.out + answer.err, command
        assert "\r" not in answer.out + answer.err, command
    assert "\x1b" not in bureau.process("status").out


# ── languages ────────────────────────────────────────────────────────────────────────────────────────────


def test_findings_are_in_the_readers_language(bureau: Bureau) -> None:
    said = {
        code: bureau.run("check", *wrong(bureau)[:2], "--json", expect=3, CONVENTIONS_LANG=code).json
        for code in LANGUAGES
    }
    for outcomes in zip(*said.values(), strict=True):
        for findings in zip(*(outcome["findings"] for outcome in outcomes), strict=True):
            assert len({finding["code"] for finding in findings}) == 1
            assert len({finding["message"] for finding in findings}) == len(LANGUAGES), findings
        assert len({outcome["error"]["fix"] for outcome in outcomes}) == len(LANGUAGES)


def test_the_language_of_the_terminal_counts_unless_another_is_wanted(bureau: Bureau) -> None:
    def state(**environment: str) -> str:
        surroundings: Any = environment
        return str(bureau.run("status", bureau.numbers[2], "--json", **surroundings).json[0]["state"]).split(";")[0]

    french, english = state(CONVENTIONS_LANG="fr"), state(CONVENTIONS_LANG="en")
    assert french != english
    assert state(CONVENTIONS_LANG="", LC_ALL="", LC_MESSAGES="", LANG="fr_FR.UTF-8") == french
    assert state(CONVENTIONS_LANG="en", LANG="fr_FR.UTF-8") == english
    assert state(CONVENTIONS_LANG="it") == english
    assert state(CONVENTIONS_LANG="", LC_ALL="C.UTF-8") == english


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_help_is_in_the_readers_language(bureau: Bureau, code: str) -> None:
    english, other = bureau.process("--help").out, bureau.process("--help", CONVENTIONS_LANG=code).out
    words = {line.split("  ")[-1].strip() for line in english.splitlines() if "  " in line}
    assert len(words) > len(main.commands)
    kept = {line for line in words if line in other}
    assert all(not re.search(r"[a-z]{3,} [a-z]{3,}", line) for line in kept), kept
    assert all(name in other for name in main.commands)


# ── explanations ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_rule_can_be_explained(bureau: Bureau, code: str) -> None:
    language = Language(code)
    for rule in RULES:
        answer = bureau.run("explain", rule.code.lower(), CONVENTIONS_LANG=code).out
        assert answer.startswith(f"{rule.code}  {language.say(rule.title)}")
        assert language.say(rule.explanation) in answer
        texts = [source for source in rule.source.split("; ") if source != COURSE_RULE]  # those have no translation
        assert [source for source in texts if source not in answer] == []


def test_an_unknown_rule_is_a_wrong_command_line(bureau: Bureau) -> None:
    answer = bureau.run("explain", "LAW-NO-99", expect=2)
    assert "LAW-NO-99" in answer.err
    assert "Traceback" not in answer.err


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dossier_that_is_not_issued_counts_down_to_its_last_day_of_issue(bureau: Bureau) -> None:
    number = bureau.numbers[2]
    start = bureau.dossier(number).schedule.start
    last = start - timedelta(days=28)  # abroad
    for day, left, late in (
        (last - timedelta(days=9), 9, False),
        (last, 0, False),
        (last + timedelta(days=1), -1, True),
    ):
        row = bureau.status(number, "--on", str(day))
        assert (row["sign_by"], row["days_left"], row["late"]) == (str(last), left, late)
        assert ("too late" in row["to_do"]) == late


def test_a_paper_on_its_way_counts_down_to_the_latest_safe_day_of_its_next_signer(bureau: Bureau) -> None:
    number = bureau.numbers[1]
    start = bureau.dossier(number).schedule.start
    is_open = working_days(bureau.dossier(number).host.address)
    last = deadlines(DEFAULT_CIRCUIT, start, 0, is_open=is_open).sign_by["student"]
    assert last <= start - timedelta(
        days=1 + 3 + 3 + 5
    )  # the eve, then the dean's, the coordinator's, the company's days
    row = bureau.status(number, "--on", str(last))
    assert (row["sign_by"], row["days_left"], row["late"]) == (str(last), 0, False)
    assert "nothing has come back" in row["to_do"]
    row = bureau.status(number, "--on", str(last + timedelta(days=1)))
    assert (row["days_left"], row["late"]) == (-1, True)
    assert "remind" in row["to_do"]
    eve, first = (bureau.status(number, "--on", str(day)) for day in (start - timedelta(days=1), start))
    assert "unsigned" not in eve["to_do"]
    assert "started unsigned" in first["to_do"]


def test_what_presses_most_stands_first(bureau: Bureau) -> None:
    start = bureau.dossier(bureau.numbers[1]).schedule.start
    rows = bureau.run("status", "--json", "--on", str(start)).json
    assert rows[0]["late"]
    assert rows[-1]["number"] == bureau.numbers[0]
    assert rows[-1]["state"] == "archived"
    board = bureau.run("status", "--on", str(start)).out
    assert board.index(rows[0]["number"]) < board.index(bureau.numbers[0])


def test_check_judges_on_the_day_that_is_named(bureau: Bureau) -> None:
    number = bureau.numbers[2]  # what everybody has signed is judged by the law of that day
    start = bureau.dossier(number).schedule.start
    bureau.run("check", number, "--on", str(start - timedelta(days=60)))
    late = bureau.run("check", number, "--on", str(start), "--json", expect=3).json
    assert late[0]["error"]["code"] == "CHECK-01"


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────────────


def flip(path: Path, at: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


TAMPERINGS: Final[Mapping[str, Callable[[Path], object]]] = {
    "ARCHIVE-14": lambda place: flip(place / "convention.pdf", 0.3),
    "ARCHIVE-11": lambda place: flip(place / "manifest.json", 0.5),
    "ARCHIVE-12": lambda place: (place / "journal.json").unlink(),
}


@pytest.mark.parametrize("code", TAMPERINGS)
def test_a_package_that_was_tampered_with_is_not_valid(bureau: Bureau, tmp_path: Path, code: str) -> None:
    other = bureau.copy(tmp_path / "bureau")
    TAMPERINGS[code](package(other))
    answer = other.run("verify", other.root / "archive", expect=8)
    assert "NOT VALID" in answer.out
    assert code in answer.out


def test_a_paper_is_verified_wherever_it_lies_and_without_any_network(bureau: Bureau, tmp_path: Path) -> None:
    paper = tmp_path / "agreement.pdf"
    paper.write_bytes(bureau.paper(bureau.numbers[0]).read_bytes())
    bureau.pki.is_down = True
    asked = len(bureau.pki.asked)
    try:
        answer = bureau.run("-w", tmp_path, "verify", paper, "--trust", bureau.pki.roots)
    finally:
        bureau.pki.is_down = False
    assert len(bureau.pki.asked) == asked
    assert "complete and sealed" in answer.out
    assert "TRUST-03" in bureau.run("-w", tmp_path, "verify", paper, expect=11).err
    flip(paper, 0.3)
    assert bureau.run("verify", paper, "--json", expect=8).json[0]["ok"] is False


def test_a_paper_on_its_way_is_valid_and_says_who_is_missing(bureau: Bureau) -> None:
    answer = bureau.run("verify", bureau.paper(bureau.numbers[1]))
    assert "not signed yet: student, host organisation, internship coordinator and dean" in answer.out


def test_a_foreign_pdf_and_a_draft_are_not_valid(bureau: Bureau, tmp_path: Path) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tmp_path / "foreign.pdf")
    (draft,) = (bureau.root / "papers" / bureau.numbers[0]).glob("*.draft.pdf")
    for path in (tmp_path / "foreign.pdf", draft):
        (verdict,) = bureau.run("verify", path, "--json", expect=8).json
        assert [finding["code"] for finding in verdict["findings"]] == ["PDF-05"]
    good = bureau.paper(bureau.numbers[0])
    assert [one["ok"] for one in bureau.run("verify", good, draft, "--json", expect=8).json] == [True, False]


# ── completion ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands(shell: str) -> None:
    program = Path(sys.executable).with_name("conventions")

    def ask(instruction: str, **environment: str) -> str:
        surroundings = {**os.environ, "_CONVENTIONS_COMPLETE": f"{shell}_{instruction}", **environment}
        return subprocess.run([program], env=surroundings, capture_output=True, text=True, check=True).stdout

    assert "_CONVENTIONS_COMPLETE" in ask("source")
    told = ask("complete", COMP_WORDS="conventions re", COMP_CWORD="re" if shell == "fish" else "1")
    assert "receive" in told
    assert "check" not in told
