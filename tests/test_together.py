"""Many papers in one command: several are worked on at a time, and it comes to the same as one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.offices import a_short_bureau
from tests.workspaces import Bureau

REST = ("company", "coordinator", "dean")


@dataclass(frozen=True)
class Returned:
    """A bureau, and what two students have sent back."""

    bureau: Bureau
    first: Path
    second: Path


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Returned]:
    with a_short_bureau(tmp_path_factory.mktemp("together")) as bureau:
        numbers = bureau.numbers
        bureau.run("issue", *numbers)
        yield Returned(bureau, *(bureau.signed_elsewhere(number, "student") for number in numbers))


@pytest.fixture
def papers(returned: Returned, tmp_path: Path) -> Returned:
    return replace(returned, bureau=returned.bureau.copy(tmp_path / "bureau"))


def test_files_of_one_paper_are_taken_in_after_each_other_and_what_is_no_paper_comes_last(papers: Returned) -> None:
    bureau, (first, second) = papers.bureau, papers.bureau.numbers
    junk, copy = bureau.root / "junk.pdf", bureau.root / "copy.pdf"
    junk.write_bytes(b"%PDF-1.7 no more")
    copy.write_bytes(papers.first.read_bytes())
    answer = bureau.run("receive", junk, papers.first, papers.second, copy, "--json", expect=15)
    assert [(one["number"], one["note"] or one["error"]["code"]) for one in answer.json] == [
        (first, f"signed by the student: {bureau.people(first)['student'].name}"),
        (first, "was received before; nothing changed"),
        (second, f"signed by the student: {bureau.people(second)['student'].name}"),
        ("junk.pdf", "PDF-01"),
    ]
    assert [bureau.kinds(number).count("signed") for number in (first, second)] == [1, 1]


def test_papers_are_sealed_archived_audited_and_verified_together_and_one_that_fails_stops_only_itself(
    papers: Returned,
) -> None:
    bureau, (first, second) = papers.bureau, papers.bureau.numbers
    bureau.run("receive", papers.first, papers.second)
    bureau.sign(first, *REST)
    answer = bureau.run("seal", first, second, expect=6)
    assert "must still sign" in answer.err
    assert "sealed and sent to everybody" in answer.out
    bureau.sign(second, *REST)
    notes = [one["note"] for one in bureau.run("seal", first, second, "--json").json]
    assert notes == ["was sealed before; nothing changed", "sealed and sent to everybody"]
    assert [one["note"] for one in bureau.run("archive", "--json").json] == ["archived", "archived"]
    assert [one["note"] for one in bureau.run("audit", "--json").json] == ["everything agrees", "everything agrees"]
    verdicts = bureau.run("verify", bureau.root / "archive", bureau.paper(first), "--json").json
    assert [(one["origin"]["number"], one["ok"], one["sealed"]) for one in verdicts] == [
        (first, True, True),
        (second, True, True),
        (first, True, True),
    ]


def test_what_cannot_be_verified_among_many_is_told_in_its_place(papers: Returned) -> None:
    bureau = papers.bureau
    junk, missing = bureau.root / "junk.pdf", bureau.root / "missing.pdf"
    junk.write_bytes(b"words")
    answer = bureau.run("verify", papers.first, junk, missing, papers.second, "--json", expect=8)
    told = [(one["ok"], [finding["code"] for finding in one["findings"]]) for one in answer.json]
    assert told == [(True, []), (False, ["PDF-01"]), (False, ["DISK-03"]), (True, [])]
