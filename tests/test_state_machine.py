"""Any interleaving of commands, interruptions and repairs: registry, papers and archive agree after each of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pikepdf
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from conventions.circuit import open_roles
from conventions.model.event import Issued, Reminded, Sealing, Sent, Signed
from conventions.model.life import State
from conventions.model.roles import Signatory
from conventions.office import Office
from conventions.settings import load
from conventions.store import PaperRecord, Registry
from conventions.store import archive as shelf
from tests.offices import a_short_bureau, cut_off, one_letter_each, papers_of
from tests.papers import the_clock
from tests.workspaces import PASSPHRASE, Answer, Bureau

ROLES: Final = ("student", "company", "coordinator", "dean")
Command = tuple[str | Path, ...]
Key = tuple[str, str, int]
MOST_VERSIONS: Final = 3
"""As many as were drafted beforehand."""


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Bureau]]:
    """The first paper drafted, issued, half signed and complete; the second one drafted."""
    folder = tmp_path_factory.mktemp("stages")
    with a_short_bureau(folder / "drafted") as drafted:
        number = drafted.numbers[0]
        issued = drafted.copy(folder / "issued")
        issued.run("issue", number)
        half = issued.copy(folder / "half")
        half.sign(number, "student", "company")
        complete = half.copy(folder / "complete")
        complete.sign(number, "coordinator", "dean")
        yield [drafted, issued, half, complete]


class Circuits(RuleBasedStateMachine):
    """Two papers, everybody's keys, and a secretary who does anything in any order."""

    stages: list[Bureau]
    folder: Path
    rank = itertools.count()

    @initialize(stage=st.integers(0, 3))
    def found(self, stage: int) -> None:
        self.bureau = self.stages[stage].copy(self.folder / f"{next(self.rank):03d}" / "bureau")
        self.keys: dict[tuple[str, str], Path] = {}
        self.files: list[Path] = []
        """What somebody has signed elsewhere."""
        self.days = 0
        self.signed = {paper.key: paper.signed_roles for paper in papers_of(self.bureau)}
        """What was accepted, by paper: nobody's signature may go, come twice, or come by itself."""
        self.look()

    # ── what is known ────────────────────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """What the registry says now."""
        self.papers = papers_of(self.bureau)
        self.latest = {paper.number: paper for paper in self.papers}
        self.waiting = [paper for paper in self.latest.values() if paper.state is State.WAITING]

    def turn(self, paper: PaperRecord) -> str:
        """The role whose turn it is."""
        return open_roles(paper.circuit, paper.done)[0]

    def key(self, person: Signatory) -> Path:
        who = (person.name, person.email)
        if who not in self.keys:
            self.keys[who] = self.bureau.pki.key(person, PASSPHRASE)
        return self.keys[who]

    def signing(self, paper: PaperRecord, role: str, signer: str = "") -> Command:
        return ("sign", paper.number, "--as", role, "--key", self.key(paper.signatory(signer or role)))

    def accepted(self, paper: PaperRecord, role: str, answer: Answer) -> None:
        """The command must have succeeded, and added one signature."""
        assert answer.code == 0, answer
        self.signed[paper.key] = (*self.signed[paper.key], role)

    def can_be_issued(self, number: str) -> bool:
        paper = self.latest.get(number)
        return paper is None or not paper.has_ended or paper.version < MOST_VERSIONS

    # ── rules: signatures ────────────────────────────────────────────────────────────────────────────────────

    @rule(rank=st.integers(0, 1))
    def issue(self, rank: int) -> None:
        number = self.bureau.numbers[rank]
        if self.can_be_issued(number):
            before = self.latest.get(number)
            self.bureau.run("issue", number)
            self.look()
            version = before.version if before else 0
            is_new = before is None or before.has_ended
            assert self.latest[number].version == version + is_new
            self.signed.setdefault(self.latest[number].key, ())

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def sign(self, data: st.DataObject) -> None:
        paper = data.draw(st.sampled_from(self.waiting), label="paper")
        role = self.turn(paper)
        self.accepted(paper, role, self.bureau.try_to(*self.signing(paper, role)))

    @precondition(lambda self: self.latest)
    @rule(data=st.data(), role=st.sampled_from(ROLES), signer=st.sampled_from(ROLES))
    def sign_in_the_wrong_place(self, data: st.DataObject, role: str, signer: str) -> None:
        """Out of turn, twice, on a void paper, or with somebody else's key."""
        paper = data.draw(st.sampled_from([*self.latest.values()]), label="paper")
        is_right = paper in self.waiting and role == self.turn(paper) and role == signer
        if not is_right:
            answer = self.bureau.try_to(*self.signing(paper, role, signer))
            assert answer.code in {6, 8}, answer

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def sign_elsewhere(self, data: st.DataObject) -> None:
        """A file that is sent back at once, later, twice, or never."""
        paper = data.draw(st.sampled_from(self.waiting), label="paper")
        role = self.turn(paper)
        desk = self.bureau.root.with_name(f"desk-{len(self.files)}")
        desk.mkdir()
        came = desk / "convention.pdf"
        came.write_bytes(self.bureau.paper(paper.number).read_bytes())
        self.bureau.run("sign", came, *self.signing(paper, role)[2:])
        self.files.append(desk / f"convention-signed-{role}.pdf")

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        file = data.draw(st.sampled_from(self.files), label="file")
        before = {paper.key: paper for paper in self.papers}
        answer = self.bureau.try_to("receive", file)
        assert answer.code in {0, 8}, answer
        self.look()
        grown = [paper.key for paper in self.papers if paper.signed_roles != before[paper.key].signed_roles]
        for key in grown:
            self.accepted(before[key], file.stem.rpartition("-")[2], answer)
        assert len(grown) <= 1

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def consent(self, data: st.DataObject) -> None:
        paper = data.draw(st.sampled_from(self.waiting), label="paper")
        number, role = paper.number, self.turn(paper)
        self.bureau.run("code", number, "--as", role)
        code = self.bureau.code_sent(number, role)
        wrong = f"{(int(code) + 1) % 10**8:08d}"
        assert self.bureau.try_to("consent", number, "--as", role, CONVENTIONS_CODE=wrong).code == 10
        self.accepted(paper, role, self.bureau.try_to("consent", number, "--as", role, CONVENTIONS_CODE=code))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def scan(self, data: st.DataObject) -> None:
        paper = data.draw(st.sampled_from(self.waiting), label="paper")
        file = self.bureau.root.with_name("scan.pdf")
        file.write_bytes(b"%PDF-1.4 a scan")
        role = self.turn(paper)
        answer = self.bureau.try_to("scan", paper.number, file, "--as", role, "--signed-on", "2026-02-01")
        self.accepted(paper, role, answer)

    # ── rules: the life of a paper ───────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), times=st.integers(1, 2))
    def decline(self, data: st.DataObject, times: int) -> None:
        paper = data.draw(st.sampled_from(self.waiting), label="paper")
        for _ in range(times):
            self.bureau.run("decline", paper.number, "--as", self.turn(paper), "--reason", "the dates are wrong")

    @precondition(lambda self: self.latest)
    @rule(data=st.data())
    def recall(self, data: st.DataObject) -> None:
        paper = data.draw(st.sampled_from([*self.latest.values()]), label="paper")
        answer = self.bureau.try_to("recall", paper.number, "--reason", "thirty-four hours")
        is_open = paper.state in {State.WAITING, State.COMPLETE, State.RECALLED}
        assert answer.code == (0 if is_open else 7), answer

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), names=st.lists(st.sampled_from(["Zoé Kim", "Ali Roy"]), min_size=1, max_size=3))
    def replace(self, data: st.DataObject, names: list[str]) -> None:
        paper = data.draw(st.sampled_from(self.waiting), label="paper")
        role = self.turn(paper)
        for name in names:
            who = ("--name", name, "--email", f"{name.split()[1].lower()}@hote.test", "--reason", "congé")
            self.bureau.run("replace", paper.number, "--as", role, *who)
        self.look()
        assert self.latest[paper.number].signatory(role).name == names[-1]

    @precondition(lambda self: self.waiting)
    @rule()
    def remind(self) -> None:
        """Some days later."""
        self.days += 2
        with Office.open(self.bureau.root) as office:
            now = the_clock() + timedelta(days=self.days)
            assert all(outcome.ok for outcome in office.remind(office.waiting(()), now=now, force=True))

    @precondition(lambda self: State.COMPLETE in {paper.state for paper in self.papers})
    @rule()
    def seal(self) -> None:
        self.bureau.run("seal")

    @precondition(lambda self: State.SEALED in {paper.state for paper in self.papers})
    @rule()
    def archive(self) -> None:
        self.bureau.run("archive")

    # ── rules: interruptions ─────────────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), share=st.integers(0, 99), is_repaired_first=st.booleans())
    def is_killed(self, data: st.DataObject, share: int, is_repaired_first: bool) -> None:
        """Whatever can be done now, killed at any of its writes, given again and audited: the signature is in once."""
        command, key, role = data.draw(st.sampled_from(self.possible()), label="command")
        whole = self.bureau.copy(self.folder / f"{next(self.rank):03d}" / "bureau")
        writes = cut_off(whole, 0, *command).writes
        if writes:
            assert cut_off(self.bureau, 1 + share * len(writes) // 100, *command).was_killed
        if is_repaired_first:
            self.bureau.run("audit", "--repair")
        self.bureau.try_to(*command)
        self.bureau.run("audit", "--repair")
        self.look()
        for paper in self.papers:
            self.signed.setdefault(paper.key, ())
        if role:
            self.signed[key] = (*self.signed[key], role)

    def possible(self) -> list[tuple[Command, Key, str]]:
        """What may be given now: a command, and the paper and the role that it signs."""
        found: list[tuple[Command, Key, str]] = []
        nothing = ("", "", 0)
        for paper in self.waiting:
            found.append((self.signing(paper, self.turn(paper)), paper.key, self.turn(paper)))
            found.append((("recall", paper.number, "--reason", "thirty-four hours"), nothing, ""))
        found += [(("issue", number), nothing, "") for number in self.bureau.numbers if self.can_be_issued(number)]
        found += [(("seal", one.number), nothing, "") for one in self.papers if one.state is State.COMPLETE]
        found += [(("archive", one.number), nothing, "") for one in self.papers if one.state is State.SEALED]
        return found or [(("audit",), nothing, "")]

    @rule(is_repair=st.booleans())
    def audit(self, is_repair: bool) -> None:
        before = self.bureau.everything(".writing-*")
        self.bureau.run("audit", *(["--repair"] if is_repair else []))
        assert self.bureau.everything(".writing-*") == before

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def all_agree(self) -> None:
        self.look()
        self.assert_papers_are_what_was_accepted()
        self.assert_nobody_is_skipped()
        self.assert_every_letter_is_sent_once()
        self.assert_only_the_last_version_is_alive()
        self.assert_chain_and_archive_hold()

    def assert_papers_are_what_was_accepted(self) -> None:
        for paper in self.papers:
            assert paper.signed_roles == self.signed[paper.key]
            revisions = [event for event in paper.events if isinstance(event, (Issued, Signed, Sealing))]
            files = [(self.bureau.root / event.file).read_bytes() for event in revisions]
            for event, data in zip(revisions, files, strict=True):
                assert len(data) == event.length
                assert files[-1].startswith(data)
            assert signatures_in(self.bureau.root / revisions[-1].file) == set(paper.signed_roles)

    def assert_nobody_is_skipped(self) -> None:
        for paper in self.papers:
            for rank, role in enumerate(paper.done):
                assert role in open_roles(paper.circuit, paper.done[:rank])

    def assert_every_letter_is_sent_once(self) -> None:
        assert one_letter_each(self.papers)
        letters = [path.name for path in (self.bureau.root / "outbox").glob("*.eml") if ".code-" not in path.name]
        sent = [event for paper in self.papers for event in paper.events if isinstance(event, (Sent, Reminded))]
        assert len(letters) == len(sent)
        for paper in self.waiting:
            told = {(event.role, event.to, event.sha256) for event in paper.events if isinstance(event, Sent)}
            person = paper.signatory(self.turn(paper))
            assert (person.role, person.email, paper.current and paper.current.sha256) in told

    def assert_only_the_last_version_is_alive(self) -> None:
        for paper in self.papers:
            if paper.number in self.latest and paper.version != self.latest[paper.number].version:
                assert paper.state is State.SUPERSEDED
            if paper.has_ended:
                asked = {event.to for event in paper.events if isinstance(event, Sent) and ".turn-" in event.message_id}
                told = {event.to for event in paper.events if isinstance(event, Sent) and ".void-" in event.message_id}
                assert told == asked & {person.email for person in paper.expected}

    def assert_chain_and_archive_hold(self) -> None:
        with Registry.open(load(self.bureau.root).registry_url) as registry:
            assert not [finding for paper in self.papers for finding in registry.verify_chain(paper)]
        packages = [*shelf.packages(self.bureau.root / "archive")]
        assert not [finding for place in packages for finding in shelf.check(place)]
        assert len(packages) == sum(paper.state is State.ARCHIVED for paper in self.papers)


def signatures_in(path: Path) -> set[str]:
    """The roles whose fields hold a signature, read by another library."""
    with pikepdf.open(path) as document:
        signed = [field for field in document.Root.AcroForm.Fields if "/V" in field]
        names = [str(field.T) for field in signed if field.V.get("/Type") != "/DocTimeStamp"]
    assert len(names) == len(set(names))
    return set(names) - {"seal"}


def test_whatever_is_done_in_whatever_order_papers_registry_and_archive_agree(
    stages: list[Bureau], tmp_path_factory: pytest.TempPathFactory
) -> None:
    class Here(Circuits):
        pass

    Here.stages, Here.folder = stages, tmp_path_factory.mktemp("circuits")
    few = settings(
        max_examples=8,
        stateful_step_count=10,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failure smaller would take many minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(Here, settings=few)
