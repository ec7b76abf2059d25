"""The main job on the command line, from an empty folder to a paper verified in the archive, and what disturbs it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest

from conventions.model.event import Refusal, Signed
from conventions.model.roles import DEFAULT_CIRCUIT
from conventions.office import dispatch
from conventions.settings import load
from conventions.store import Registry
from tests.mailboxes import a_mail_server
from tests.workspaces import Bureau, a_bureau

ROLES = DEFAULT_CIRCUIT.roles


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """One dossier in French, one in English; their drafts are written."""
    with a_bureau(tmp_path_factory.mktemp("drafted"), "0001", "0004") as bureau:
        bureau.run("generate", "--all")
        yield bureau


@pytest.fixture(scope="module")
def finished(drafted: Bureau, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """The English dossier went all the way; the company signed elsewhere."""
    bureau = drafted.copy(tmp_path_factory.mktemp("finished") / "bureau")
    number = bureau.numbers[1]
    bureau.run("issue", number)
    bureau.sign(number, "student")
    bureau.run("receive", bureau.signed_elsewhere(number, "company"))
    bureau.sign(number, "coordinator", "dean")
    bureau.run("seal")
    bureau.run("archive")
    return bureau


@pytest.fixture
def bureau(drafted: Bureau, tmp_path: Path) -> Bureau:
    return drafted.copy(tmp_path / "bureau")


def package(bureau: Bureau, number: str) -> Path:
    (place,) = (bureau.root / "archive").glob(f"*/{number}/convention-v1")
    return place


# ── the whole way ────────────────────────────────────────────────────────────────────────────────────────


def test_a_secretary_goes_from_an_empty_folder_to_a_verified_archive(tmp_path: Path) -> None:
    with a_bureau(tmp_path, "0001") as bureau:
        (number,) = bureau.numbers
        assert f"{number}  nothing to correct" in bureau.process("check").out
        assert "agreement written" in bureau.process("generate", "--all").out
        bureau.process("issue", number)
        bureau.sign(number, "student")
        came = bureau.saved(number, "turn-company")
        bureau.process("sign", came, "--as", "company", "--key", bureau.key(number, "company"))
        bureau.process("receive", came.with_name(f"{came.stem}-signed-company.pdf"))
        bureau.sign(number, "coordinator")
        assert bureau.status(number)["turn"] == ["dean"]
        bureau.sign(number, "dean")
        bureau.run("seal")
        bureau.run("archive")
        (verdict,) = json.loads(bureau.process("verify", package(bureau, number), "--json").out)
        assert verdict["ok"]
        assert verdict["sealed"]
        signers = [one for one in verdict["signatures"] if not one["is_timestamp"]]
        assert [one["field"] for one in signers] == ["seal", *ROLES]
        assert [one["signer"] for one in signers[1:]] == [person.name for person in bureau.people(number).values()]
        assert bureau.kinds(number).count("sent") == 8


def test_every_command_run_twice_changes_nothing_the_second_time(bureau: Bureau) -> None:
    number = bureau.numbers[0]

    def twice(*command: str | Path, again: int = 0) -> None:
        bureau.run(*command)
        before = bureau.everything()
        bureau.run(*command, expect=again)
        assert bureau.everything() == before, command

    twice("check")
    twice("generate", "--all")
    twice("issue", number)
    twice("sign", number, "--as", "student", "--key", bureau.key(number, "student"), again=6)
    returned = bureau.signed_elsewhere(number, "company")
    twice("receive", returned)
    twice("sign", number, "--as", "coordinator", "--key", bureau.key(number, "coordinator"), again=6)
    twice("receive", returned)
    twice("sign", number, "--as", "dean", "--key", bureau.key(number, "dean"), again=6)
    twice("status")
    twice("seal")
    twice("seal", number)
    twice("archive")
    twice("archive", number)
    assert "was archived before; nothing changed" in bureau.run("archive", number).out
    twice("issue", number)
    twice("receive", returned)
    assert len(bureau.letters()) == 8


def test_a_file_signed_beside_the_mail_is_never_overwritten(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", number)
    signed = bureau.signed_elsewhere(number, "student")
    before = signed.read_bytes()
    letter = bureau.saved(number, "turn-student")
    key = bureau.key(number, "student")
    assert "STORE-01" in bureau.run("sign", letter, "--as", "student", "--key", key, expect=7).err
    assert signed.read_bytes() == before


def test_two_dossiers_do_not_disturb_each_other(bureau: Bureau) -> None:
    first, second = bureau.numbers
    bureau.run("issue", second)
    bureau.run("issue", first)
    bureau.sign(first, "student")
    bureau.sign(second, "student")
    from_second = bureau.signed_elsewhere(second, "company")
    bureau.sign(first, "company", "coordinator")
    assert (bureau.status(first)["turn"], bureau.status(second)["turn"]) == (["dean"], ["company"])
    bureau.run("receive", from_second)
    bureau.sign(first, "dean")
    assert [row["number"] for row in bureau.run("seal", "--json").json] == [first]
    bureau.sign(second, "coordinator")
    assert [row["number"] for row in bureau.run("archive", "--json").json] == [first]
    assert (bureau.status(first)["state"], bureau.status(second)["turn"]) == ("archived", ["dean"])
    for number in (first, second):
        assert all(signed.file.startswith(f"papers/{number}/") for signed in signatures(bureau, number))
        assert [signed.role for signed in signatures(bureau, number)] == list(ROLES)[: 4 if number == first else 3]


def signatures(bureau: Bureau, number: str) -> list[Signed]:
    return [event for event in bureau.events(number) if isinstance(event, Signed)]


def test_the_archive_is_valid_whoever_signed_where(finished: Bureau) -> None:
    assert finished.run("verify", package(finished, finished.numbers[1]), "--json").json[0]["findings"] == []


# ── the letters ──────────────────────────────────────────────────────────────────────────────────────────


def test_each_letter_goes_to_whose_turn_it_is_in_their_language(finished: Bureau) -> None:
    number = finished.numbers[1]
    people = finished.people(number)
    letters = finished.letters()
    assert sorted(letters) == sorted(f"{number}.{step}-{role}" for step in ("turn", "complete") for role in ROLES)
    for name, letter in letters.items():
        person = people[name.rpartition("-")[2]]
        assert [one.addr_spec for one in letter["To"].addresses] == [person.email]
        assert letter["Content-Language"] == person.language
    assert {person.language for person in people.values()} == {"en", "fr"}


def test_each_letter_carries_exactly_what_the_office_keeps(finished: Bureau) -> None:
    number = finished.numbers[1]

    def kept(pattern: str) -> bytes:
        (path,) = (finished.root / "papers" / number).glob(pattern)
        return path.read_bytes()

    for rank, (role, before) in enumerate(zip(ROLES, ("issued", *ROLES), strict=False)):
        assert finished.attached(number, f"turn-{role}") == kept(f"convention-v1-{rank:02d}-{before}-*.pdf")
        assert finished.attached(number, f"complete-{role}") == kept("*sealed*.pdf")
    assert (package(finished, number) / "convention.pdf").read_bytes() == kept("*sealed*.pdf")


def test_no_subject_names_anybody(finished: Bureau) -> None:
    dossier = finished.dossier(finished.numbers[1])
    people = finished.people(dossier.number).values()
    names = {part for person in people for part in person.name.split()} | {*dossier.host.name.split()}
    for letter in finished.letters().values():
        assert dossier.number in letter["Subject"]
        assert not names & set(re.findall(r"[\w-]+", letter["Subject"]))


def posted_later(bureau: Bureau, number: str, pause: timedelta) -> None:
    """What waits is tried again, once it may be."""
    workspace = load(bureau.root)
    with Registry.open(workspace.registry_url) as registry:
        paper = registry.find(number, "convention")
        assert paper
        dispatch.post_turn(workspace, registry, paper, datetime.now(UTC) + pause)  # noqa: TID251


def test_with_a_mail_server_the_letters_go_there_once_and_none_is_lost_while_it_is_down(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    student, company, *_ = bureau.people(number).values()
    with a_mail_server() as (sink, port):
        table = f'[delivery.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        bureau.set("# [delivery.smtp]\n", table)
        bureau.run("issue", number)
        bureau.run("issue", number)
        assert [letter.rcpt_tos for letter in sink.letters] == [[student.email]]
    assert "is tried again" in bureau.run("sign", number, "--as", "student", "--key", bureau.key(number, "student")).out
    assert bureau.status(number)["turn"] == ["company"]
    with a_mail_server() as (sink, other_port):
        bureau.set(f"port = {port}", f"port = {other_port}")
        posted_later(bureau, number, timedelta(minutes=4))
        assert sink.letters == []
        for _ in range(2):
            posted_later(bureau, number, timedelta(minutes=6))
        assert [letter.rcpt_tos for letter in sink.letters] == [[company.email]]
        content = sink.letters[0].content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        assert next(letter.iter_attachments()).get_content() == bureau.paper(number).read_bytes()
    assert bureau.letters() == {}


# ── what must not go through ─────────────────────────────────────────────────────────────────────────────


def printed(path: Path) -> Path:
    target = path.with_name("printed.pdf")
    subprocess.run(["pdftocairo", "-pdf", path, target], check=True)
    return target


def saved_again(path: Path) -> Path:
    """By a program that writes the whole file anew."""
    target = path.with_name("saved-again.pdf")
    with pikepdf.open(path) as document:
        document.save(target)
    return target


def altered(path: Path) -> Path:
    """One byte inside what was signed."""
    target = path.with_name("altered.pdf")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("spoil", [printed, saved_again, altered])
def test_a_refused_file_is_kept_and_the_honest_one_is_still_accepted(
    bureau: Bureau, spoil: Callable[[Path], Path]
) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", number)
    bureau.sign(number, "student")
    honest = bureau.signed_elsewhere(number, "company")
    spoiled = spoil(honest)
    before = (bureau.status(number), bureau.paper(number).read_bytes())
    code = bureau.run("receive", spoiled, "--json", expect=8).json[0]["error"]["code"]
    assert (bureau.status(number), bureau.paper(number).read_bytes()) == before
    (kept,) = (bureau.root / "refused" / number).iterdir()
    assert kept.read_bytes() == spoiled.read_bytes()
    refusal = bureau.events(number)[-2]
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.sha256) == (code, sha256(spoiled.read_bytes()).hexdigest())
    assert bureau.attached(number, "refused-company-*") == before[1]
    everything = bureau.everything()
    bureau.run("receive", spoiled, expect=8)
    assert bureau.everything() == everything
    bureau.run("receive", honest)
    assert bureau.status(number)["turn"] == ["coordinator"]


def test_a_dossier_changed_after_its_paper_was_issued_is_refused_until_the_change_is_undone(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", number)
    path = bureau.file(number)
    honest = path.read_text(encoding="utf-8")
    end = bureau.dossier(number).schedule.end
    path.write_text(honest.replace(str(end), str(end - timedelta(days=1))), encoding="utf-8")
    before = bureau.everything()
    answer = bureau.run("issue", number, expect=7)
    assert "ISSUE-01" in answer.err
    assert bureau.everything() == before
    path.write_text(honest + "\n# a remark changes nothing that is agreed\n", encoding="utf-8")
    bureau.run("issue", number)
    assert len(bureau.letters()) == 1


# ── interruptions ────────────────────────────────────────────────────────────────────────────────────────


def made(bureau: Bureau) -> tuple[set[str], set[str], dict[str, list[str]]]:
    """The drafts, the letters and the events of a workspace, without what differs from run to run."""
    drafts = {str(path.relative_to(bureau.root)) for path in bureau.root.glob("papers/*/*.draft.pdf")}
    return drafts, set(bureau.letters()), {number: bureau.kinds(number) for number in bureau.numbers}


def kill_when(bureau: Bureau, moment: str, *command: str) -> None:
    """Kill the command at the instant at which enough files of a kind are there."""
    pattern, _, count = moment.partition(" ")
    process = bureau.start(*command)
    deadline = time.monotonic() + 60
    while len(list(bureau.root.glob(pattern))) < int(count or 1) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def assert_whole(bureau: Bureau) -> None:
    """What has a name is there to its last byte."""
    for path in bureau.root.glob("papers/*/[!.]*.pdf"):
        with pikepdf.open(path) as document:
            assert len(document.pages) > 1
    for number in bureau.numbers:
        if bureau.kinds(number):
            bureau.paper(number)
    for name in bureau.letters():
        assert bureau.attached(name[:9], name[10:]).rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("moment", ["registry.sqlite3", "passing/*/profile", "papers/*/*.draft.pdf"])
def test_writing_that_was_killed_is_finished_by_the_same_command(drafted: Bureau, tmp_path: Path, moment: str) -> None:
    bureau = drafted.copy(tmp_path / "bureau")
    shutil.rmtree(bureau.root / "papers")
    kill_when(bureau, moment, "generate", "--all")
    assert_whole(bureau)
    bureau.run("generate", "--all")
    assert_whole(bureau)
    assert made(bureau) == made(drafted)


@pytest.mark.parametrize("moment", ["papers/*/*issued*", "outbox/*.eml", "papers/*/*issued* 2"])
def test_an_issue_that_was_killed_is_finished_by_the_same_command(bureau: Bureau, moment: str) -> None:
    kill_when(bureau, moment, "issue", "--all")
    assert_whole(bureau)
    bureau.run("issue", "--all")
    assert_whole(bureau)
    _, letters, events = made(bureau)
    assert letters == {f"{number}.turn-student" for number in bureau.numbers}
    assert events == {number: ["issued", "sent"] for number in bureau.numbers}
    everything = bureau.everything()
    bureau.run("issue", "--all")
    assert bureau.everything() == everything


def ended(*processes: subprocess.Popen[str]) -> list[tuple[int, str]]:
    """Exit code and complaint of each."""
    return [(process.returncode, err) for process in processes for _, err in [process.communicate(timeout=60)]]


def test_of_two_people_who_sign_at_once_one_signs_and_the_other_is_told(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", number)
    command = ("sign", number, "--as", "student", "--key", str(bureau.key(number, "student")))
    answers = sorted(ended(bureau.start(*command), bureau.start(*command)))
    assert [code for code, _ in answers] in ([0, 6], [0, 7]), answers
    assert re.search(r"TURN-02|STORE-03", answers[1][1])
    assert bureau.kinds(number) == ["issued", "sent", "signed", "sent"]
    (verdict,) = bureau.run("verify", bureau.paper(number), "--json").json
    assert [one["field"] for one in verdict["signatures"]] == ["seal", "student"]
    assert bureau.attached(number, "turn-company") == bureau.paper(number).read_bytes()
    bureau.sign(number, "company")


def test_of_two_who_issue_at_once_one_issues_and_there_is_one_letter(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    answers = sorted(ended(bureau.start("issue", number), bureau.start("issue", number)))
    assert [code for code, _ in answers] in ([0, 0], [0, 7]), answers
    bureau.run("issue", number)
    assert bureau.kinds(number) == ["issued", "sent"]
    assert bureau.attached(number, "turn-student") == bureau.paper(number).read_bytes()
