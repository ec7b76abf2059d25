"""Evaluations typed on a page: the same rules, the same PDF and the same registry as for a file that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from conventions import forms
from conventions.errors import Refused
from conventions.languages import LANGUAGES, Language
from conventions.model.event import Returned
from conventions.model.form import FieldKind, FormField
from conventions.office import Office
from conventions.office import filling as typed
from conventions.store import PaperRecord
from tests.papers import the_clock
from tests.workspaces import Bureau, a_bureau

WORDS = "Très bien : « ł’œuvre », Nguyễn\nune deuxième ligne"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The host's form was sent."""
    with a_bureau(tmp_path_factory.mktemp("typed"), "0001") as bureau:
        bureau.run("issue", "--document", "evaluation_host", bureau.numbers[0])
        yield bureau


@pytest.fixture
def office(asked: Bureau, tmp_path: Path) -> Iterator[Office]:
    with Office.open(asked.copy(tmp_path / "bureau").root) as office:
        yield office


def paper_of(office: Office, document: str = "evaluation_host") -> PaperRecord:
    (paper,) = office.registry.papers(document=document)
    return paper


def fields(office: Office) -> tuple[FormField, ...]:
    return typed.open_sheet(office.workspace, paper_of(office), Language("fr"), the_clock()).fields


def good_answers(office: Office, **own: str) -> dict[str, str]:
    given = {
        FieldKind.NUMBER: "16",
        FieldKind.DATE: "2027-06-30",
        FieldKind.LONG_TEXT: WORDS,
        FieldKind.TEXT: "Karim Benali",
    }
    answers = {field.name: field.options[0].value if field.options else given[field.kind] for field in fields(office)}
    return answers | own


def send(office: Office, answers: dict[str, str]) -> str:
    paper = paper_of(office)
    moment = the_clock()
    outcome = typed.send(office.workspace, office.registry, office.services(), paper, answers, moment)
    return str(outcome.note)


def test_what_was_typed_is_recorded_as_if_the_file_had_come_back(office: Office) -> None:
    answers = good_answers(office)
    assert "recorded" in send(office, answers)
    paper = paper_of(office)
    last = paper.last(Returned)
    assert last is not None
    day = next(field.name for field in fields(office) if field.kind is FieldKind.DATE)
    assert {name: value for name, value in last.answers.items() if value} == answers | {day: "30/06/2027"}
    copy = (office.workspace.root / last.file).read_bytes()
    read = forms.answers(copy)
    assert read.disagreements == read.unreadable == ()
    assert typed.copy_of(office.workspace, paper, "tutor") == copy


def test_the_copy_goes_by_mail_to_whoever_typed(office: Office) -> None:
    send(office, good_answers(office))
    (letter,) = (office.workspace.root / "outbox").glob("*copy-tutor*.eml")
    assert b"evaluation_host" in letter.read_bytes()


def test_sending_twice_is_one_return(office: Office) -> None:
    answers = good_answers(office)
    send(office, answers)
    assert "nothing changed" in send(office, answers)
    assert [event.kind for event in paper_of(office).events].count("returned") == 1


def test_other_answers_replace_the_first(office: Office) -> None:
    mark = next(field.name for field in fields(office) if field.kind is FieldKind.NUMBER)
    send(office, good_answers(office))
    assert "replaces" in send(office, good_answers(office, **{mark: "15,5"}))
    sheet = typed.open_sheet(office.workspace, paper_of(office), Language("de"), the_clock())
    assert sheet.was_sent
    assert sheet.values[mark] == "15,5"


def test_every_finding_names_its_question_in_the_readers_language(office: Office) -> None:
    paper = paper_of(office)
    mark = next(field.name for field in fields(office) if field.kind is FieldKind.NUMBER)
    said = set()
    for code in LANGUAGES:
        sheet = typed.open_sheet(office.workspace, paper, Language(code), the_clock())
        (finding,) = typed.findings(sheet, good_answers(office, **{mark: "21"}))
        assert finding.field == mark
        said.add(str(finding.message))
    assert len(said) == len(LANGUAGES)


def test_an_incomplete_form_is_not_sent_and_what_was_typed_stays(office: Office) -> None:
    mark = next(field.name for field in fields(office) if field.kind is FieldKind.NUMBER)
    with pytest.raises(Refused) as refused:
        send(office, good_answers(office, **{mark: "douze"}))
    assert refused.value.code == "FORM-ANSWERS"
    paper = paper_of(office)
    assert paper.last(Returned) is None
    assert "refused" not in [event.kind for event in paper.events]
    sheet = typed.open_sheet(office.workspace, paper, Language("fr"), the_clock() + timedelta(days=9))
    assert sheet.values[mark] == "douze"


def test_what_is_typed_is_kept_until_it_is_sent(office: Office) -> None:
    paper, answers = paper_of(office), good_answers(office)
    comment = next(field.name for field in fields(office) if field.kind is FieldKind.LONG_TEXT)
    kept = typed.keep(office.workspace, paper, "tutor", {comment: "  half a\r\nthought\x00 "})
    assert kept == {comment: "half a\nthought"}
    assert typed.typed_values(office.workspace, paper, "tutor") == kept
    send(office, answers)
    assert typed.typed_values(office.workspace, paper, "tutor") == {}
    assert not list(office.workspace.root.rglob("*.typed.json"))


def test_every_question_stands_under_a_heading_of_its_questionnaire(office: Office) -> None:
    sheet = typed.open_sheet(office.workspace, paper_of(office), Language("es"), the_clock())
    assert len(sheet.groups) > 3
    assert all(group.title and group.questions for group in sheet.groups)
    names = [field.name for field in sheet.fields]
    assert sorted(names) == sorted(field.name for field in fields(office))


def test_a_recalled_form_cannot_be_typed_any_more(office: Office) -> None:
    number = paper_of(office).number
    outcome = office.recall(f"{number}/evaluation_host", reason="wrong supervisor", now=the_clock())
    assert outcome.ok
    with pytest.raises(Refused) as refused:
        typed.open_sheet(office.workspace, paper_of(office), Language("fr"), the_clock())
    assert refused.value.code == "GATE-VERSION"
