"""Evaluation forms on the command line: sent, filled in with another program, returned, recorded or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pikepdf
import pypdf
import pytest

from conventions.documents import document_type
from conventions.languages import Language
from conventions.model.event import Returned
from conventions.model.form import FieldKind, FormField
from conventions.pipeline import Order, case_of, read
from conventions.settings import load
from conventions.store import Registry
from tests.workspaces import Bureau, a_bureau

WORDS = "Très bien : « ł’œuvre », Nguyễn\nune deuxième ligne"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The host's form was sent."""
    with a_bureau(tmp_path_factory.mktemp("asked"), "0001", "0002") as bureau:
        bureau.run("issue", "--document", "evaluation_host", bureau.numbers[0])
        yield bureau


@pytest.fixture
def bureau(asked: Bureau, tmp_path: Path) -> Bureau:
    return asked.copy(tmp_path / "bureau")


def fields(bureau: Bureau, document: str = "evaluation_host") -> tuple[FormField, ...]:
    settings, source = load(bureau.root).settings, read(bureau.file(bureau.numbers[0]))
    case = case_of(Order(source, document), settings, source.dossier.schedule.start)
    kind = document_type(document)
    assert kind.fields
    return kind.fields(case, Language("fr"))


def good_answers(bureau: Bureau, **own: str) -> dict[str, str]:
    """What a supervisor would answer."""
    given = {
        FieldKind.NUMBER: "16",
        FieldKind.DATE: "30/06/2027",
        FieldKind.LONG_TEXT: WORDS,
        FieldKind.TEXT: "Karim Benali",
    }
    answers = {field.name: field.options[0].value if field.options else given[field.kind] for field in fields(bureau)}
    return answers | own


def sent(bureau: Bureau) -> Path:
    (path,) = (bureau.root / "papers" / bureau.numbers[0]).glob("evaluation_host-v1-00-issued-*.pdf")
    return path


def filled(source: Path, target: Path, answers: Mapping[str, str]) -> Path:
    """As another program fills it in."""
    writer = pypdf.PdfWriter(clone_from=source)
    values = {name: value for name, value in answers.items() if value}
    shown = {name: f"/{value}" if is_button(writer, name) else value for name, value in values.items()}
    for page in writer.pages:
        writer.update_page_form_field_values(page, shown, auto_regenerate=False)
    writer.write(target)
    return target


def is_button(writer: pypdf.PdfWriter, name: str) -> bool:
    return bool((writer.get_fields() or {})[name].get("/FT") == "/Btn")


def the_answers(bureau: Bureau) -> Mapping[str, str]:
    with Registry.open(load(bureau.root).registry_url) as registry:
        paper = registry.find(bureau.numbers[0], "evaluation_host")
    assert paper
    last = paper.last(Returned)
    assert last
    return last.answers


def test_a_form_goes_to_the_supervisor_with_the_day_on_which_it_is_wanted(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    (letter,) = bureau.letters(f"{number}.fill-tutor*").values()
    assert bureau.dossier(number).tutor.email in str(letter["To"])
    (attachment,) = letter.iter_attachments()
    assert attachment.get_content() == sent(bureau).read_bytes()
    row = next(row for row in bureau.run("status", number, "--json").json if "/" in row["number"])
    assert row["number"] == f"{number}/evaluation_host"
    assert row["turn"] == ["tutor"]


def test_the_answers_of_a_form_are_recorded_exactly(bureau: Bureau, tmp_path: Path) -> None:
    answers = good_answers(bureau)
    back = filled(sent(bureau), tmp_path / "back.pdf", answers)
    assert "recorded" in bureau.run("receive", back).out
    assert {name: value for name, value in the_answers(bureau).items() if value} == answers
    assert "nothing changed" in bureau.run("receive", back).out
    assert [row for row in bureau.run("status", "--json").json if "/" in row["number"]] == []
    assert "everything agrees" in bureau.run("audit").out


def test_a_second_return_replaces_the_first_and_leaves_it_as_a_trace(bureau: Bureau, tmp_path: Path) -> None:
    mark = next(field.name for field in fields(bureau) if field.kind is FieldKind.NUMBER)
    for number in ("12", "15,5"):
        back = filled(sent(bureau), tmp_path / f"{number}.pdf", good_answers(bureau, **{mark: number}))
        bureau.run("receive", back)
    assert the_answers(bureau)[mark] == "15,5"
    assert len(list(sent(bureau).parent.glob("*returned-tutor-*.pdf"))) == 2


@pytest.mark.parametrize("wrong", ["21", "-1", "douze", "12,345"])
def test_a_mark_that_cannot_be_is_refused_with_the_question(bureau: Bureau, tmp_path: Path, wrong: str) -> None:
    field = next(field for field in fields(bureau) if field.kind is FieldKind.NUMBER)
    back = filled(sent(bureau), tmp_path / "back.pdf", good_answers(bureau, **{field.name: wrong}))
    answer = bureau.run("receive", back, expect=8)
    assert "FORM-ANSWERS" in answer.err
    assert field.label in answer.err


def test_what_must_be_answered_and_is_not_is_named(bureau: Bureau, tmp_path: Path) -> None:
    required = [field for field in fields(bureau) if field.required]
    assert len(required) > 2
    back = filled(sent(bureau), tmp_path / "back.pdf", {})
    answer = bureau.run("receive", back, expect=8)
    assert "FORM-ANSWERS" in answer.err


def test_a_form_printed_to_a_new_pdf_is_refused_with_what_to_do(bureau: Bureau, tmp_path: Path) -> None:
    flat = tmp_path / "flat.pdf"
    with pikepdf.open(filled(sent(bureau), tmp_path / "back.pdf", good_answers(bureau))) as document:
        document.flatten_annotations()
        document.save(flat)
    assert "FORM-FLAT" in bureau.run("receive", flat, expect=8).err


def test_another_question_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(filled(sent(bureau), tmp_path / "back.pdf", good_answers(bureau))) as document:
        page = document.pages[0]
        page.contents_add(b"BT /F1 10 Tf 100 100 Td (another question) Tj ET")
        document.save(forged)
    assert "FORM-CHANGED" in bureau.run("receive", forged, expect=8).err


def test_a_mark_that_shows_something_else_than_it_says_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    field = next(field for field in fields(bureau) if field.kind is FieldKind.NUMBER)
    forged = tmp_path / "forged.pdf"
    with pikepdf.open(filled(sent(bureau), tmp_path / "back.pdf", good_answers(bureau))) as document:
        for page in document.pages:
            for widget in page.get("/Annots", []):
                parent = widget.get("/Parent")
                name = f"{parent.T}.{widget.T}" if parent is not None and "/T" in widget else ""
                if name == field.name:
                    widget.V = pikepdf.String("19")
        document.save(forged)
    assert "FORM-SHOWN" in bureau.run("receive", forged, expect=8).err


def test_after_the_jury_nothing_is_replaced(bureau: Bureau, tmp_path: Path) -> None:
    bureau.run("receive", filled(sent(bureau), tmp_path / "one.pdf", good_answers(bureau)))
    bureau.set('jury = "07-05"', 'jury = "09-02"')  # a day of this academic year that is over
    mark = next(field.name for field in fields(bureau) if field.kind is FieldKind.NUMBER)
    second = filled(sent(bureau), tmp_path / "two.pdf", good_answers(bureau, **{mark: "20"}))
    assert "FORM-JURY" in bureau.run("receive", second, expect=8).err
    assert the_answers(bureau)[mark] == "16"
