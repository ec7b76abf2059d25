"""Every document on the command line: written, and those that are signed go round and into the archive."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from conventions import forms
from conventions.documents import DOCUMENTS
from tests.workspaces import Bureau, a_bureau

REALISED = """
realised:
  start: {start}
  end: {end}
  hours: 420
  allowance_paid: 1890.00
  recorded_on: {end}
  recorded_by: Secrétariat
"""
MARKS = """
marks:
  professionalism: 14
  host: 16
  report: 12
  defence: 13
"""
DEFENCE = """
defence: {start: 2027-06-28T10:30, place: M5, panel: [Inès Marchetti, Noor Devos]}
"""


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An agreement that goes with the host's own and has an amendment to be signed; and one that is over."""
    with a_bureau(tmp_path_factory.mktemp("documents"), "0001", "0010") as bureau:
        over = bureau.numbers[0]
        schedule = bureau.dossier(over).schedule
        with bureau.file(over).open("a", encoding="utf-8") as stream:
            stream.write(REALISED.format(start=schedule.start, end=schedule.end) + MARKS + DEFENCE)
        yield bureau


def words(path: Path) -> str:
    shown = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return " ".join(shown.split())


def made(bureau: Bureau, number: str, document: str) -> Path:
    (path,) = (bureau.root / "papers" / number).glob(f"{document}*-v1.*.pdf")
    return path


FOR_WHOM = {
    "convention": 0,
    "amendment": 1,
    "covering_note": 1,
    "attestation": 0,
    "convocation": 0,
    "grading_sheet": 0,
    "evaluation_host": 0,
    "evaluation_referent": 0,
    "evaluation_student": 0,
}


@pytest.mark.parametrize("document", FOR_WHOM)
def test_every_document_about_a_dossier_is_written_once(bureau: Bureau, document: str) -> None:
    number = bureau.numbers[FOR_WHOM[document]]
    assert "written" in bureau.run("generate", "--document", document, number).out
    path = made(bureau, number, document)
    first = path.read_bytes()
    origin = forms.origin(first)
    assert origin is not None
    assert (origin.number, origin.document.partition("-")[0]) == (number, document)
    bureau.run("generate", "--document", document, number)
    assert path.read_bytes() == first
    assert not re.search(r"\{\{|\}\}|\{%|None\b", words(path))


def test_the_campaign_s_record_bears_the_year_of_its_dossiers(bureau: Bureau) -> None:
    bureau.run("generate", "--document", "campaign_record", "--all")
    year = bureau.dossier(bureau.numbers[0]).academic_year
    assert "13,35" in words(made(bureau, year, "campaign_record"))


def test_all_documents_are_covered_here_or_have_no_use_for_these_dossiers(bureau: Bureau) -> None:
    others = {"pre_agreement", "campaign_record", "evaluation_entrepreneurship", "year_overview"}
    assert set(DOCUMENTS) == {*FOR_WHOM, *others}
    answer = bureau.run("generate", "--document", "evaluation_entrepreneurship", "--all")
    assert answer.out.count("SNEE") == 2


def test_a_form_can_be_made_in_another_language(bureau: Bureau) -> None:
    bureau.run("generate", "--document", "pre_agreement", "--language", "de")
    (path,) = (bureau.root / "papers").glob("*/pre_agreement-v1.de.pdf")
    assert "Praktikum" in words(path)


def test_an_unknown_document_is_told_what_there_is(bureau: Bureau) -> None:
    answer = bureau.try_to("generate", "--document", "convenion", "--all")
    assert answer.code == 2
    assert "convention" in answer.err


def test_an_amendment_goes_round_after_the_agreement_and_is_archived_beside_it(bureau: Bureau) -> None:
    number = bureau.numbers[1]
    paper = f"{number}/amendment-1"
    bureau.run("issue", "--document", "amendment", number)
    for role in ("student", "company", "coordinator", "dean"):
        bureau.run("sign", paper, "--as", role, "--key", bureau.key(number, role))
    assert "signed_on" in bureau.run("seal", paper).out
    bureau.run("archive", paper)
    (package,) = (bureau.root / "archive").glob(f"*/{number}/amendment-1-v1")
    assert bureau.run("verify", package).code == 0
    assert "everything agrees" in bureau.run("audit", number).out


def test_the_attestation_is_signed_by_the_host_alone(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    bureau.run("issue", "--document", "attestation", number)
    assert "TURN-01" in bureau.try_to("sign", f"{number}/attestation", "--as", "dean", "--key", "x.p12").err
    bureau.run("sign", f"{number}/attestation", "--as", "company", "--key", bureau.key(number, "company"))
    bureau.run("seal", f"{number}/attestation")
    bureau.run("archive", f"{number}/attestation")
    (package,) = (bureau.root / "archive").glob(f"*/{number}/attestation-v1")
    assert bureau.run("verify", package).code == 0


def test_an_office_checks_an_agreement_that_goes_with_the_host_s_own(bureau: Bureau, tmp_path: Path) -> None:
    own = bureau.copy(tmp_path / "own")
    number = own.numbers[1]
    with (own.root / "conventions.toml").open("a", encoding="utf-8") as stream:
        stream.write(
            '\n[people.internship_office]\nfirst_name = "Lou"\nlast_name = "Marin"\n'
            'email = "baip@univ-exemple.test"\nfunction = "BAIP"\n'
        )
    own.run("issue", number)
    own.sign(number, "student", "company")
    assert own.status(number)["turn"] == ["internship_office"]
    assert "TURN-03" in own.try_to("sign", number, "--as", "coordinator", "--key", own.key(number, "coordinator")).err
    (letter,) = own.letters(f"{number}.turn-internship_office*").values()
    body = letter.get_body(("plain",))
    assert body is not None
    assert "conventions sign" not in body.get_content()
    own.run("approve", number, "--by", "Lou Marin")
    own.sign(number, "coordinator", "dean")
    own.run("seal")
    assert own.run("verify", own.paper(number)).code == 0


def test_a_paper_that_is_not_certified_is_signed_sealed_and_verified_all_the_same(
    bureau: Bureau, tmp_path: Path
) -> None:
    plain = bureau.copy(tmp_path / "plain")
    plain.set("certify = true", "certify = false")
    number = plain.numbers[0]
    plain.run("issue", number)
    plain.sign(number, "student", "company", "coordinator", "dean")
    plain.run("seal", number)
    assert plain.run("verify", plain.paper(number)).code == 0
    with pikepdf.open(plain.paper(number)) as paper:
        assert "/Perms" not in paper.Root


def test_a_pinned_name_keeps_another_holder_of_the_address_out(bureau: Bureau, tmp_path: Path) -> None:
    pinned = bureau.copy(tmp_path / "pinned")
    number = pinned.numbers[0]
    with pinned.file(number).open("a", encoding="utf-8") as stream:
        stream.write("signers:\n  - {role: student, subject: Somebody Else}\n")
    pinned.run("issue", number)
    refused = pinned.try_to("sign", number, "--as", "student", "--key", pinned.key(number, "student"))
    assert "GATE-PERSON" in refused.err
