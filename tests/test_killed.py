"""Commands that are killed between any two writes, and commands that are given twice at once.

``CONVENTIONS_EVERY_WRITE=1`` kills each command before each of its writes; otherwise those around a commit are tried.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from conventions.model.life import State
from conventions.settings import load
from conventions.store import Registry, office_secret
from tests.offices import (
    a_short_bureau,
    age,
    at_once,
    cut_off,
    one_letter_each,
    papers_of,
    passing_files,
    standing,
)
from tests.workspaces import Answer, Bureau

Command = tuple[str | Path, ...]


@dataclass(frozen=True)
class Scene:
    """A command and the office in which it is given."""

    bureau: Bureau
    command: Command
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, bureau: Bureau) -> Answer:
        return bureau.try_to(*self.command, **self.environment)


class Stages:
    """One paper at every stage of its life, each stage in a workspace of its own."""

    def __init__(self, drafted: Bureau, folder: Path) -> None:
        self.folder = folder
        self.drafted = drafted
        self.number = drafted.numbers[0]
        self.keys = {role: drafted.key(self.number, role) for role in drafted.people(self.number)}
        self.issued = self.after(drafted, ("issue", self.number))
        self.signed = self.after(self.issued, self.sign("student"))
        self.returned = self.signed.signed_elsewhere(self.number, "company")
        self.half = self.after(self.signed, ("receive", self.returned))
        self.complete = self.after(self.half, self.sign("coordinator"), self.sign("dean"))
        self.sealed = self.after(self.complete, ("seal",))
        self.recalled = self.after(self.signed, ("recall", self.number, "--reason", "the dates are wrong"))
        self.invited = self.after(self.issued, ("code", self.number, "--as", "student"))
        self.code = self.invited.code_sent(self.number, "student")
        self.scan = self.file("scan.pdf", b"%PDF-1.4 a scan")
        self.spoiled = self.file("spoiled.pdf", self.returned.read_bytes() + b"\n% a remark\n" * 50)

    def after(self, base: Bureau, *commands: Command) -> Bureau:
        bureau = self.copy(base)
        for command in commands:
            bureau.run(*command)
        return bureau

    def copy(self, base: Bureau) -> Bureau:
        rank = sum(1 for _ in self.folder.iterdir()) if self.folder.exists() else 0
        return base.copy(self.folder / f"{rank:03d}" / "bureau")

    def sign(self, role: str) -> Command:
        return ("sign", self.number, "--as", role, "--key", self.keys[role])

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder.with_name(name)
        path.write_bytes(data)
        return path

    def scene(self, name: str) -> Scene:
        """A command that has not been given yet, in the office that waits for it."""
        number, student, why = self.number, ("--as", "student"), ("--reason", "the dates are wrong")
        deputy = ("--name", "Zoé Kim", "--email", "zoe.kim@hote.test", "--reason", "congé")
        scenes: dict[str, tuple[Bureau, Command]] = {
            "issue": (self.drafted, ("issue", number)),
            "issue again": (self.recalled, ("issue", number)),
            "sign": (self.issued, self.sign("student")),
            "receive": (self.signed, ("receive", self.returned)),
            "refuse": (self.signed, ("receive", self.spoiled)),
            "code": (self.issued, ("code", number, *student)),
            "consent": (self.invited, ("consent", number, *student)),
            "scan": (self.issued, ("scan", number, self.scan, *student, "--signed-on", "2026-02-01")),
            "decline": (self.signed, ("decline", number, "--as", "company", *why)),
            "recall": (self.signed, ("recall", number, *why)),
            "replace": (self.signed, ("replace", number, "--as", "company", *deputy)),
            "seal": (self.complete, ("seal", number)),
            "archive": (self.sealed, ("archive", number)),
        }
        return Scene(*scenes[name], {"CONVENTIONS_CODE": self.code} if name == "consent" else {})


SCENES: Final = (
    "issue",
    "issue again",
    "sign",
    "receive",
    "refuse",
    "code",
    "consent",
    "scan",
    "decline",
    "recall",
    "replace",
    "seal",
    "archive",
)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    with a_short_bureau(tmp_path_factory.mktemp("drafted")) as drafted:
        yield Stages(drafted, tmp_path_factory.mktemp("stages") / "offices")


# ── killed ───────────────────────────────────────────────────────────────────────────────────────────────


def moments(writes: tuple[str, ...]) -> list[int]:
    """Before which writes a command is killed: around its first commits, or everywhere."""
    if os.environ.get("CONVENTIONS_EVERY_WRITE"):
        return list(range(1, len(writes) + 1))
    commits = [rank for rank, what in enumerate(writes, start=1) if what == "commit"][:2]
    return sorted({rank for commit in commits for rank in (commit, commit + 1) if rank <= len(writes)})


def committing(stages: Stages, scene: Scene) -> int:
    """The rank of the write by which a command is recorded: everything before it lies on the disk already."""
    whole = cut_off(stages.copy(scene.bureau), 0, *scene.command, **scene.environment)
    return whole.writes.index("commit") + 1


def asked_anew(bureau: Bureau, scene: Scene, number: str) -> None:
    """A code counts once: who was interrupted after it was given asks for another."""
    if scene.command[0] == "consent" and "signed" not in bureau.kinds(number):
        bureau.run("code", number, "--as", "student")
        bureau.run(*scene.command, CONVENTIONS_CODE=bureau.code_sent(number, "student"))


@pytest.mark.parametrize("name", SCENES)
def test_a_command_killed_between_any_two_writes_is_finished_by_itself_and_the_audit(stages: Stages, name: str) -> None:
    scene = stages.scene(name)
    whole = stages.copy(scene.bureau)
    ending = cut_off(whole, 0, *scene.command, **scene.environment)
    wanted = standing(whole)
    assert wanted != standing(scene.bureau) or name == "code"
    for rank in moments(ending.writes):
        killed = stages.copy(scene.bureau)
        assert cut_off(killed, rank, *scene.command, **scene.environment).was_killed
        mended = stages.copy(killed)
        scene.run(killed)  # the same command, then what it could not mend
        killed.run("audit", "--repair")
        mended.run("audit", "--repair")  # and the other way round
        scene.run(mended)
        for bureau in (killed, mended):
            asked_anew(bureau, scene, stages.number)
            assert standing(bureau) == wanted, (rank, ending.writes)
            assert one_letter_each(papers_of(bureau))
            age(bureau)
            bureau.run("audit", "--repair")
            assert passing_files(bureau) == []
            told = bureau.everything()
            assert "everything agrees" in bureau.run("audit", stages.number).out or name == "issue again"
            assert bureau.everything() == told


def test_a_letter_that_was_never_sent_is_told_by_the_audit_and_sent(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    scene = stages.scene("sign")
    assert cut_off(bureau, committing(stages, scene) + 1, *scene.command).was_killed
    assert "AUDIT-06" in bureau.run("audit", expect=16).err
    assert not bureau.letters(f"{stages.number}.turn-company*")
    assert "posted" in bureau.run("audit", "--repair").out
    assert bureau.attached(stages.number, "turn-company") == bureau.paper(stages.number).read_bytes()


def test_an_interrupted_seal_leaves_nothing_to_mend(stages: Stages) -> None:
    bureau = stages.copy(stages.complete)
    scene = stages.scene("seal")
    assert cut_off(bureau, committing(stages, scene), *scene.command).was_killed
    assert "interrupted" in bureau.run("audit").out
    bureau.run("seal")
    assert bureau.kinds(stages.number).count("sealed") == 1
    assert "refused" not in bureau.kinds(stages.number)


def test_a_signature_is_not_put_aside_because_a_service_is_silent(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    scene = stages.scene("sign")
    assert cut_off(bureau, committing(stages, scene), *scene.command).was_killed
    bureau.pki.is_down = True
    try:
        bureau.run("audit", "--repair", expect=16)
    finally:
        bureau.pki.is_down = False
    assert not list(bureau.root.rglob("*.abandoned"))
    bureau.run("audit", "--repair")
    assert bureau.status(stages.number)["turn"] == ["company"]


def test_a_revision_put_aside_while_it_was_recorded_is_put_back(stages: Stages) -> None:
    bureau = stages.copy(stages.signed)
    present = bureau.paper(stages.number)
    data = present.read_bytes()
    present.rename(present.with_name(f"{present.name}.abandoned"))
    assert "AUDIT-01" in bureau.run("audit", expect=16).err
    bureau.run("audit", "--repair")
    assert present.read_bytes() == data


def test_what_a_running_command_is_writing_is_left_alone(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    passing = bureau.root / "papers" / ".writing-1"
    passing.write_bytes(b"half a pap")
    bureau.run("audit", "--repair")
    assert passing.exists()
    age(bureau)
    bureau.run("audit", "--repair")
    assert not passing.exists()


def test_a_package_whose_receipt_was_not_recorded_is_found_again_after_more_has_happened(stages: Stages) -> None:
    bureau = stages.copy(stages.sealed)
    scene = stages.scene("archive")
    assert cut_off(bureau, committing(stages, scene), *scene.command).was_killed
    late = stages.file("late.pdf", stages.returned.read_bytes() + b"\n% late\n")
    bureau.run("receive", late, expect=8)
    bureau.run("archive")
    (paper,) = papers_of(bureau)
    assert paper.state is State.ARCHIVED
    assert "everything agrees" in bureau.run("audit").out


# ── said again after something else ──────────────────────────────────────────────────────────────────────


def test_who_was_replaced_can_come_again(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)

    def name(person: str) -> str:
        who = ("--name", person, "--email", f"{person.lower()}@hote.test", "--reason", "congé")
        bureau.run("replace", stages.number, "--as", "company", *who)
        (paper,) = papers_of(bureau)
        return paper.signatory("company").name

    assert [name(person) for person in ("Zoe", "Ali", "Zoe")] == ["Zoe", "Ali", "Zoe"]


def test_a_code_is_of_no_use_to_whoever_takes_the_role_over(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    bureau.run("code", stages.number, "--as", "student")
    code = bureau.code_sent(stages.number, "student")
    who = ("--name", "Zoé Kim", "--email", "zoe.kim@hote.test", "--reason", "erreur de nom")
    bureau.run("replace", stages.number, "--as", "student", *who)
    answer = bureau.try_to("consent", stages.number, "--as", "student", CONVENTIONS_CODE=code)
    assert "CONSENT-02" in answer.err
    assert "signed" not in bureau.kinds(stages.number)


def test_every_code_that_is_asked_for_arrives(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    for _ in range(2):
        bureau.run("code", stages.number, "--as", "student")
    assert len(list((bureau.root / "outbox").glob("*.code-student*"))) == 2
    newest = bureau.code_sent(stages.number, "student")
    bureau.run("consent", stages.number, "--as", "student", CONVENTIONS_CODE=newest)


def test_a_better_scan_takes_the_place_of_one_that_was_not_recorded(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    scene = stages.scene("scan")
    assert cut_off(bureau, committing(stages, scene), *scene.command).was_killed
    better = stages.file("better.pdf", b"%PDF-1.4 a sharper scan")
    command = [better if isinstance(one, Path) else one for one in scene.command]
    bureau.run(*command)
    assert bureau.kinds(stages.number).count("signed") == 1


def test_a_void_paper_is_not_sent_to_be_signed_again(stages: Stages) -> None:
    bureau = stages.copy(stages.signed)
    bureau.run("decline", stages.number, "--as", "company", "--reason", "the dates are wrong")
    assert "GATE-VERSION" in bureau.run("receive", stages.returned, expect=8).err
    assert not bureau.letters(f"{stages.number}.refused*")


def test_of_two_commands_that_need_the_secret_first_one_makes_it_for_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office_secret(tmp_path)
    assert (tmp_path / ".office-secret").stat().st_mode & 0o077 == 0
    is_file, asked = Path.is_file, iter([False])
    monkeypatch.setattr(Path, "is_file", lambda path: next(asked, None) is not False and is_file(path))
    assert office_secret(tmp_path) == first  # the slower one saw no file, and finds one when it writes


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["issue", "sign", "receive", "seal"])
def test_of_two_secretaries_at_once_one_advances_the_paper_and_the_other_is_told(stages: Stages, name: str) -> None:
    scene = stages.scene(name)
    alone = stages.copy(scene.bureau)
    scene.run(alone)
    bureau = stages.copy(scene.bureau)
    first, second = sorted(at_once(bureau, scene.command, scene.command), key=lambda answer: answer.code)
    assert (first.code, second.code) == (0, 7), (first, second)
    assert "STORE-03" in second.err
    bureau.run("audit", "--repair")
    assert standing(bureau) == standing(alone)
    assert one_letter_each(papers_of(bureau))


def test_two_who_archive_at_once_keep_one_package(stages: Stages) -> None:
    bureau = stages.copy(stages.sealed)
    answers = at_once(bureau, ("archive",), ("archive",))
    assert [answer.code for answer in answers] == [0, 0], answers
    assert bureau.kinds(stages.number).count("archived") == 1
    assert "everything agrees" in bureau.run("audit").out


def test_a_paper_that_is_recalled_while_it_is_signed_is_void_or_the_signature_is_in_it(stages: Stages) -> None:
    bureau = stages.copy(stages.issued)
    answers = at_once(bureau, stages.sign("student"), ("recall", stages.number, "--reason", "the dates are wrong"))
    assert sorted(answer.code for answer in answers) == [0, 7], answers
    bureau.run("audit", "--repair")
    (paper,) = papers_of(bureau)
    assert (paper.state, paper.signed_roles) in [(State.RECALLED, ()), (State.WAITING, ("student",))]


def test_two_at_once_are_told_apart_by_postgresql_as_well(stages: Stages, request: pytest.FixtureRequest) -> None:
    server: str = request.getfixturevalue("postgresql")
    bureau = stages.copy(stages.drafted)
    bureau.set("sqlite:///registry.sqlite3", f"{server}/postgres")
    with Registry.open(load(bureau.root).registry_url) as registry:
        assert next(registry.papers(), None) is None
    bureau.run("issue", stages.number)
    answers = at_once(bureau, stages.sign("student"), stages.sign("student"))
    assert sorted(answer.code for answer in answers) == [0, 7], answers
    (paper,) = papers_of(bureau)
    assert paper.signed_roles == ("student",)
    assert "everything agrees" in bureau.run("audit", "--repair").out
