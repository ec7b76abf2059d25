"""What the law adds up over the dossiers of a student forbids a paper, even if nobody asked for a comparison."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conventions import pipeline
from conventions.errors import DossierError
from conventions.model.finding import Severity
from conventions.office import Office, Wish
from conventions.office.beside import Beside
from tests.builders import EXAMPLES

NOW = datetime(2026, 2, 16, 9, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("wrong"))
    return folder


def written(root: Path, name: str, *changes: tuple[str, str]) -> Path:
    """The first example under another name, changed."""
    (example,) = (root / "dossiers").glob("2026-0001-*.yaml")
    text = example.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = root / "dossiers" / name
    path.write_text(text, encoding="utf-8")
    return path


def in_autumn(root: Path, *changes: tuple[str, str]) -> Path:
    """The same student in the same host, from October to January: 560 hours more."""
    dates = (("start: 2026-04-13", "start: 2025-10-06"), ("end: 2026-07-31", "end: 2026-01-30"))
    return written(root, "2025-0900-autumn.yaml", ("number: 2026-0001", "number: 2025-0900"), *dates, *changes)


def refused(root: Path) -> set[str]:
    """For which errors the first example may not become a paper."""
    with Office.open(root) as office:
        (file,) = office.files(("2026-0001",))
        return {finding.code for finding in Beside(office.workspace).errors(pipeline.read(file))}


def test_no_agreement_is_made_beyond_six_months_in_one_host(root: Path) -> None:
    in_autumn(root)
    with Office.open(root) as office:
        (outcome,) = office.generate(office.files(("2026-0001",)), Wish(), now=NOW)
    assert isinstance(outcome.error, DossierError)
    (finding,) = [one for one in outcome.error.findings if one.severity is Severity.ERROR]
    assert finding.code == "LAW-CAMPAIGN-01"
    assert finding.position
    assert finding.position.line == 57


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), {"LAW-CAMPAIGN-01"}),
        ((("student_number: 42100001", 'student_number: "4210-0001"'),), {"LAW-CAMPAIGN-01"}),
        ((("student_number: 42100001", "student_number: 42100002"),), set()),
        ((("academic_year: 2025-2026", "academic_year: 2024-2025"),), set()),
        ((("student:", "student: # student_number: 1\n  "),), {"LAW-CAMPAIGN-01"}),
    ],
    ids=("the same", "typed otherwise", "another student", "another year", "a comment"),
)
def test_the_dossiers_of_one_student_are_found_however_they_are_typed(
    root: Path, changes: tuple[tuple[str, str], ...], expected: set[str]
) -> None:
    in_autumn(root, *changes)
    assert refused(root) == expected


def test_a_dossier_beside_it_that_cannot_be_read_forbids_nothing(root: Path) -> None:
    (root / "dossiers" / "broken.yaml").write_text("student: {student_number: 42100001", encoding="utf-8")
    (root / "dossiers" / "other.yaml").write_bytes(b"\xff\xfe")
    assert refused(root) == set()


def test_json_is_looked_at_too(root: Path) -> None:
    path = in_autumn(root)
    dossier = pipeline.read(path).dossier
    path.with_suffix(".json").write_text(dossier.model_dump_json(exclude_none=True), encoding="utf-8")
    path.unlink()
    assert refused(root) == {"LAW-CAMPAIGN-01"}


def test_an_amendment_is_judged_as_if_it_were_signed(root: Path) -> None:
    """Six weeks in autumn leave room for the fifteen of spring, and not for five weeks more."""
    in_autumn(root, ("end: 2026-01-30", "end: 2025-12-05"))
    assert refused(root) == set()
    (file,) = (root / "dossiers").glob("2026-0001-*.yaml")
    longer = "amendments:\n  - {number: 1, effective: 2026-07-31, reason: more, end: 2026-08-31}\n"
    asked = "  - {kind: extension_request, received_on: 2026-02-03, checked_by: IM, checked_on: 2026-02-03}\n"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("attachments:\n", "attachments:\n" + asked, 1) + longer, encoding="utf-8")
    with Office.open(root) as office:
        (outcome,) = office.generate((file,), Wish("amendment"), now=NOW)
    assert isinstance(outcome.error, DossierError)
    (finding,) = [one for one in outcome.error.findings if one.severity is Severity.ERROR]
    assert (finding.code, finding.field) == ("LAW-CAMPAIGN-01", "amendments.0.end")
