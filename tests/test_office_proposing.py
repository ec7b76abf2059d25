"""Pre-agreements: sent to a host, typed on a page, confirmed by the student, decided by the coordinator, a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from conventions import forms
from conventions.errors import DossierError, NeverOverwrite, OutOfTurn, Refused
from conventions.languages import Language
from conventions.model.event import Declined, Reminded
from conventions.model.finding import Finding, Severity
from conventions.model.life import State
from conventions.model.outcome import RefusalReason
from conventions.office import Office, deciding, filling, proposal, proposing
from conventions.store import PaperRecord
from tests.papers import the_clock
from tests.proposals import NUMBER, WANTED, the_hosts_words, the_students_words
from tests.workspaces import Bureau, a_bureau

REASONS: Final = (RefusalReason.MISSION_NOT_DETAILED, RefusalReason.FULL_TELEWORK)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A pre-agreement lies with the host."""
    with a_bureau(tmp_path_factory.mktemp("proposed"), "0001") as bureau:
        with Office.open(bureau.root) as office:
            outcome = proposing.propose(office.workspace, office.registry, WANTED, the_clock())
            assert outcome.ok
        yield bureau


@pytest.fixture
def bureau(sent: Bureau, tmp_path: Path) -> Bureau:
    return sent.copy(tmp_path / "bureau")


@pytest.fixture
def office(bureau: Bureau) -> Iterator[Office]:
    with Office.open(bureau.root) as office:
        yield office


def paper_of(office: Office) -> PaperRecord:
    paper = office.registry.find(NUMBER, "pre_agreement")
    assert paper is not None
    return paper


def answered(office: Office, **own: str) -> PaperRecord:
    """The host has answered."""
    words = the_hosts_words(the_clock().date(), **own)
    filling.send(office.workspace, office.registry, office.services(), paper_of(office), words, the_clock())
    return paper_of(office)


def confirmed(office: Office, **own: str) -> PaperRecord:
    """Host and student have answered."""
    deciding.confirm(office.workspace, office.registry, answered(office), the_students_words() | own, the_clock())
    return paper_of(office)


def errors(office: Office, typed: Mapping[str, str]) -> list[Finding]:
    found = proposal.remarks(office.workspace, paper_of(office), typed, the_clock().date())
    return [finding for finding in found if finding.severity is Severity.ERROR]


def letters(office: Office, step: str) -> list[Path]:
    return sorted((office.workspace.root / "outbox").glob(f"{NUMBER}.{step}.*eml"))


def test_the_form_goes_to_the_host_with_what_is_known_filled_in(office: Office) -> None:
    paper = paper_of(office)
    assert len(letters(office, "fill-company")) == 1
    assert paper.state is State.WAITING
    sheet = filling.open_sheet(office.workspace, paper, Language("de"), the_clock())
    assert sheet.values["student.last_name"] == WANTED.last_name
    assert sheet.values["allowance.currency"] == "EUR"
    data = (office.workspace.root / (paper.current.file if paper.current else "")).read_bytes()
    origin = forms.origin(data)
    assert origin is not None
    assert (origin.number, origin.version) == (NUMBER, 1)


def test_asking_twice_sends_one_form(office: Office) -> None:
    outcome = proposing.propose(office.workspace, office.registry, WANTED, the_clock())
    assert "nothing changed" in str(outcome.note)
    assert len(letters(office, "fill-company")) == 1


def test_the_rules_of_a_dossier_speak_of_the_hosts_own_fields(office: Office) -> None:
    good = the_hosts_words(the_clock().date())
    on = the_clock().date()
    assert errors(office, good) == []
    poor = the_hosts_words(on, **{"allowance.amount": "1,50"})
    (low,) = errors(office, poor)
    assert low.field == "allowance.amount"
    mail = the_hosts_words(on, **{"tutor.email": "nobody"})
    (wrong,) = errors(office, mail)
    assert wrong.field == "tutor.email"
    assert "tutor.email" not in str(wrong.message)
    first, last = good["schedule.start"], good["schedule.end"]
    turned = the_hosts_words(on, **{"schedule.start": last, "schedule.end": first})
    assert {one.field for one in errors(office, turned)} == {"schedule.start"}


def test_the_answers_go_to_the_student_and_then_to_the_coordinator(office: Office) -> None:
    paper = answered(office)
    (letter,) = letters(office, "confirm-student")
    assert WANTED.student_email.encode() in letter.read_bytes()
    assert paper.shown is not None
    assert letters(office, "decide-coordinator") == []
    deciding.confirm(office.workspace, office.registry, paper, the_students_words(), the_clock())
    assert len(letters(office, "decide-coordinator")) == 1
    assert "everything agrees" in str(
        [str(one.note) for one in office.custody.audit([], repair=False, now=the_clock())[1]]
    )


def test_who_was_reminded_of_what_the_host_wrote_is_not_reminded_twice_on_one_day(office: Office) -> None:
    answered(office)
    for day in (1, 1, 2):
        list(office.remind([paper_of(office)], now=the_clock() + timedelta(days=day), force=True))
    reminders = [event for event in paper_of(office).events if isinstance(event, Reminded)]
    assert [event.rank for event in reminders] == [1, 2]
    assert len(letters(office, "reminder-1-student")) == len(letters(office, "reminder-2-student")) == 1


def test_a_form_that_comes_back_by_mail_goes_the_same_way(office: Office, tmp_path: Path) -> None:
    paper = paper_of(office)
    data = (office.workspace.root / (paper.current.file if paper.current else "")).read_bytes()
    back = tmp_path / "back.pdf"
    back.write_bytes(forms.filled(data, the_hosts_words(the_clock().date())))
    (outcome,) = office.receive([back], now=the_clock())
    assert outcome.ok, outcome.error
    assert len(letters(office, "confirm-student")) == 1


def test_an_approved_pre_agreement_is_a_dossier_that_can_be_checked(bureau: Bureau, office: Office) -> None:
    outcome = deciding.approve(office.workspace, office.registry, confirmed(office), "Inès Marchetti", the_clock())
    assert outcome.file == bureau.root / "dossiers" / f"{NUMBER}.yaml"
    assert paper_of(office).state is State.COMPLETE
    assert len(letters(office, "approved-*")) == 2
    told = bureau.try_to("check", NUMBER, "--json").json
    assert [finding["code"] for finding in told[0]["findings"] if finding["code"].startswith("DATA")] == []
    dossier = outcome.file.read_text(encoding="utf-8")
    assert "state: approved" in dossier
    assert "decided_by: Inès Marchetti" in dossier


def test_approving_twice_changes_nothing(office: Office) -> None:
    paper = confirmed(office)
    first = deciding.approve(office.workspace, office.registry, paper, "Inès Marchetti", the_clock())
    assert first.file is not None
    before = first.file.read_bytes()
    later = the_clock() + timedelta(days=3)
    deciding.approve(office.workspace, office.registry, paper_of(office), "Somebody Else", later)
    assert first.file.read_bytes() == before
    assert len(letters(office, "approved-*")) == 2


def test_nothing_is_approved_while_another_dossier_has_its_number(bureau: Bureau, office: Office) -> None:
    paper, place = confirmed(office), bureau.root / "dossiers" / f"{NUMBER}.yaml"
    (other, *_) = sorted(place.parent.glob("*.yaml"))
    first = bureau.dossier(bureau.numbers[0]).number
    place.write_text(other.read_text(encoding="utf-8").replace(first, NUMBER), encoding="utf-8")
    with pytest.raises(NeverOverwrite) as refused:
        deciding.approve(office.workspace, office.registry, paper, "Inès Marchetti", the_clock())
    assert refused.value.code == "IMPORT-03"
    assert paper_of(office).state is State.WAITING
    place.unlink()
    deciding.approve(office.workspace, office.registry, paper_of(office), "Inès Marchetti", the_clock())
    assert paper_of(office).state is State.COMPLETE


def test_a_refusal_names_its_reasons_to_host_and_student(office: Office) -> None:
    paper = confirmed(office)
    deciding.refuse(office.workspace, office.registry, paper, REASONS, "Two lines will do.", the_clock())
    assert paper_of(office).state is State.DECLINED
    last = paper_of(office).last(Declined)
    assert last is not None
    assert last.codes == "mission_not_detailed,full_telework"
    assert len(letters(office, "void-company")) == len(letters(office, "void-student")) == 1
    assert not (office.workspace.root / "dossiers" / f"{NUMBER}.yaml").exists()


def test_a_refusal_without_a_reason_is_none(office: Office) -> None:
    with pytest.raises(DossierError) as refused:
        deciding.refuse(office.workspace, office.registry, confirmed(office), (), "no", the_clock())
    assert refused.value.code == "PROPOSE-03"


def test_after_a_refusal_the_host_finds_its_words_again(office: Office) -> None:
    deciding.refuse(office.workspace, office.registry, confirmed(office), REASONS, "", the_clock())
    proposing.propose(office.workspace, office.registry, WANTED, the_clock())
    paper = paper_of(office)
    assert paper.version == 2
    sheet = filling.open_sheet(office.workspace, paper, Language("en"), the_clock())
    assert sheet.values["host.name"] == "Ateliers du Port"
    assert sheet.values["form.conditions_read"] == ""


def test_nobody_acts_before_the_others(office: Office) -> None:
    with pytest.raises(OutOfTurn):
        deciding.confirm(office.workspace, office.registry, paper_of(office), the_students_words(), the_clock())
    with pytest.raises(OutOfTurn):
        deciding.approve(office.workspace, office.registry, answered(office), "Inès Marchetti", the_clock())


def test_the_host_changes_nothing_after_the_student_has_confirmed(office: Office) -> None:
    confirmed(office)
    with pytest.raises(Refused) as refused:
        answered(office, **{"allowance.amount": "6"})
    assert refused.value.code == "FORM-LATE"


def test_what_the_student_leaves_out_or_mistypes_is_named(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        confirmed(office, **{"student.birth_date": "", "form.confirmed": ""})
    assert {one.field for one in refused.value.findings} == {"student.birth_date", "form.confirmed"}  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refused:
        deciding.confirm(
            office.workspace,
            office.registry,
            paper_of(office),
            the_students_words() | {"student.email": "me"},
            the_clock(),
        )
    assert {one.field for one in refused.value.findings} == {"student.email"}  # type: ignore[attr-defined]


def test_a_number_that_a_dossier_has_is_not_given_again(office: Office) -> None:
    taken = replace(WANTED, number=min(path.name[:9] for path in (office.workspace.root / "dossiers").iterdir()))
    with pytest.raises(NeverOverwrite) as refused:
        proposing.propose(office.workspace, office.registry, taken, the_clock())
    assert refused.value.code == "PROPOSE-01"
