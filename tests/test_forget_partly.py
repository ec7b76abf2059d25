"""Not everything is kept equally long: marks, evaluations, dossiers that came to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from conventions.model.event import Issued, Returned
from conventions.office import Office
from conventions.settings import load
from conventions.store import Registry, archive
from tests.purges import LATER, forget, found, names_of
from tests.registries import record
from tests.workspaces import Bureau, a_bureau

YEAR_AFTER = datetime(2028, 10, 1, tzinfo=UTC)
"""More than a year after the end of 2026-2027, and less than five."""


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two dossiers; of the first an agreement, an evaluation and a grading sheet are recorded."""
    with a_bureau(tmp_path_factory.mktemp("founded"), "0001", "0002") as bureau:
        first, _ = bureau.numbers
        for document in ("convention", "evaluation_host", "grading_sheet"):
            recorded(bureau, first, document)
        with bureau.file(first).open("a", encoding="utf-8") as stream:
            stream.write("marks: {host: 17.25, report: 13.75}\n")
        yield bureau


def recorded(bureau: Bureau, number: str, document: str) -> None:
    """A paper, its file, and its package in the archive."""
    data = f"%PDF-1.4 {document}".encode()
    file = f"papers/{number}/{document}-v1-00-issued-{sha256(data).hexdigest()[:12]}.pdf"
    (bureau.root / file).parent.mkdir(exist_ok=True)
    (bureau.root / file).write_bytes(data)
    moment = datetime(2027, 5, 1, tzinfo=UTC)
    events = [Issued(moment, sha256(data).hexdigest(), len(data), file)]
    if document == "evaluation_host":
        answers = {"work.autonomy": "remarkably stubborn"}
        returned = Returned(moment, "tutor", sha256(b"back").hexdigest(), file, answers, "Karim Benali")
        events.append(returned)  # type: ignore[arg-type]
    paper = replace(record(number, document=document), starts_on=bureau.dossier(number).schedule.start)
    with Registry.open(load(bureau.root).registry_url) as registry:
        registry.add_paper(paper, events)
    archive.store(bureau.root / "archive", "2026-2027", number, document, 1, {f"{document}.pdf": data}, {})


@pytest.fixture
def bureau(founded: Bureau, tmp_path: Path) -> Bureau:
    return founded.copy(tmp_path / "bureau")


def documents(bureau: Bureau, number: str) -> set[str]:
    with Registry.open(load(bureau.root).registry_url) as registry:
        return {paper.document for paper in registry.papers(number=number)}


def test_evaluations_go_before_the_agreement_with_their_answers(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    bureau.set("evaluations_years = 5", "evaluations_years = 1")
    assert found(bureau.root, {"stubborn"}) != []
    forget(bureau, first, now=YEAR_AFTER)
    assert documents(bureau, first) == {"convention", "grading_sheet"}
    assert found(bureau.root, {"stubborn", "evaluation_host"}) == []
    assert len([*archive.packages(bureau.root / "archive")]) == 2
    assert bureau.dossier(first).marks
    assert bureau.run("acts", "--json").json["statistics"] == []
    assert "nothing" in str(forget(bureau, first, now=YEAR_AFTER)[0].note)


def test_marks_go_from_the_dossier_with_the_grading_sheet_and_the_rest_of_it_stays(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    before = bureau.dossier(first)
    bureau.set("grades_years = 5", "grades_years = 1")
    forget(bureau, first, now=YEAR_AFTER)
    assert documents(bureau, first) == {"convention", "evaluation_host"}
    assert bureau.dossier(first) == before.model_copy(update={"marks": None})
    assert found(bureau.root, {"17.25", "grading_sheet"}) == ["conventions.toml: grading_sheet"]


def test_the_agreement_may_go_before_the_grades_and_the_dossier_stays_as_long_as_anything_does(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    bureau.set("agreements_years = 5", "agreements_years = 1")
    bureau.set("grades_years = 5", "grades_years = 10")
    names = names_of(bureau, first)
    forget(bureau, first, now=YEAR_AFTER)
    assert documents(bureau, first) == {"evaluation_host", "grading_sheet"}
    assert bureau.file(first).is_file()
    forget(bureau, first)
    assert found(bureau.root, names) == []


def test_a_dossier_that_came_to_nothing_goes_after_a_year_and_needs_no_visa(bureau: Bureau) -> None:
    first, second = bureau.numbers
    names = names_of(bureau, second)
    with Office.open(bureau.root) as office:
        told = {outcome.number: str(outcome.note) for outcome in office.custody.due((), now=YEAR_AFTER)}
    assert set(told) == {second}
    assert "retention.not_issued_years" in told[second]
    forget(bureau, now=YEAR_AFTER)
    assert found(bureau.root, names - {second}) == found(bureau.root / "wrong", names - {second})
    assert bureau.numbers == (first,)


def test_a_dossier_that_cannot_be_read_goes_with_its_papers_or_by_its_age(bureau: Bureau) -> None:
    for number in bureau.numbers:
        bureau.file(number).write_text(f"number: {number}\nstudent: Zoé Unreadable\n", encoding="utf-8")
    first, _ = bureau.numbers
    forget(bureau, now=YEAR_AFTER)
    assert [line.partition(":")[0] for line in found(bureau.root, {"Zoé Unreadable"})] == [bureau.file(first).name]
    forget(bureau)
    assert found(bureau.root, {"Zoé Unreadable"}) == []


def test_what_is_left_in_the_archive_alone_is_due_by_its_year(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    bureau.file(first).unlink()
    (bureau.root / "registry.sqlite3").unlink()
    forget(bureau, now=YEAR_AFTER)
    assert len([*archive.packages(bureau.root / "archive")]) == 3
    forget(bureau, now=LATER)
    assert [*archive.packages(bureau.root / "archive")] == []


def test_a_link_in_a_dossiers_folder_is_removed_and_not_followed(bureau: Bureau, tmp_path: Path) -> None:
    first, _ = bureau.numbers
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(b"not ours")
    (bureau.root / "papers" / first / "convention-v9-link.pdf").symlink_to(outside)
    forget(bureau, first)
    assert outside.read_bytes() == b"not ours"
    assert not (bureau.root / "papers" / first).exists()


def test_an_attachment_that_leads_out_of_the_workspace_is_not_touched(bureau: Bureau, tmp_path: Path) -> None:
    first, _ = bureau.numbers
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"not ours")
    text = bureau.file(first).read_text(encoding="utf-8")
    text = text.replace("{kind: civil_liability, ", f'{{kind: civil_liability, file: "{outside}", ')
    bureau.file(first).write_text(text, encoding="utf-8")
    forget(bureau, first)
    assert outside.read_bytes() == b"not ours"
