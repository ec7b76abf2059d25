"""What has been kept long enough goes for good, and only that; a proof stays that says nothing of anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conventions.errors import OutOfTurn
from conventions.office import Office, Purge
from tests.offices import a_short_bureau, cut_off, papers_of
from tests.purges import LATER, OURS, forget, found, live, names_of
from tests.workspaces import Bureau

SOON = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """An office with one archived agreement and one that waits."""
    with a_short_bureau(tmp_path_factory.mktemp("lived")) as bureau:
        live(bureau)
        for path in (bureau.root / "wrong").iterdir():
            path.unlink()
        yield bureau


@pytest.fixture
def bureau(lived: Bureau, tmp_path: Path) -> Bureau:
    return lived.copy(tmp_path / "bureau")


def test_after_a_purge_no_search_finds_anything_of_the_person(bureau: Bureau) -> None:
    first, second = bureau.numbers
    names = names_of(bureau, first)
    assert {"Camille Lefèvre-Nguyễn", "camille.lefevre@etu.univ-exemple.test", "42100001", first} <= names
    before = {line.partition(":")[0] for line in found(bureau.root, names)}
    assert {"registry.sqlite3", "manifest.json", "journal.json", bureau.file(first).name} <= before
    bureau.run("hold", second, "--reason", "a dispute")
    outcomes = forget(bureau)
    assert [outcome.ok for outcome in outcomes] == [True] * len(outcomes)
    assert found(bureau.root, names) == []
    assert [paper.number for paper in papers_of(bureau)] == [second]
    bureau.run("audit")
    told = bureau.run("acts", "--verify", CONVENTIONS_LANG="fr").out
    assert "le dossier" in told  # what went is told in the reader's language
    assert "dossier 1" not in told
    assert "was destroyed before" in bureau.run("forget", first).out
    saved = bureau.root.with_name("backup.tar")
    bureau.run("backup", saved)
    assert found(saved, names) == []
    assert found(saved, names_of(bureau, second)) != []


def test_what_is_not_due_stays_as_it_is(bureau: Bureau) -> None:
    before, papers = bureau.everything(".keeping.lock", "registry.sqlite3"), papers_of(bureau)
    assert bureau.run("forget", "--json").json == []
    (row,) = bureau.run("forget", "--now", bureau.numbers[0], "--json").json
    assert row["note"] == "nothing of it is due yet"
    assert "kept long enough" in bureau.run("forget", "--now").out
    assert "kept long enough" in bureau.run("forget").out
    assert bureau.everything(".keeping.lock", "registry.sqlite3") == before
    assert papers_of(bureau) == papers
    assert bureau.run("acts", "--json").json["acts"] == []


def test_a_preview_says_what_would_go_and_changes_nothing(bureau: Bureau) -> None:
    first, second = bureau.numbers
    before = bureau.everything()
    with Office.open(bureau.root) as office:
        notes = {outcome.number: str(outcome.note) for outcome in office.custody.due((), now=LATER)}
    assert set(notes) == {first, second, "inbox"}
    assert "retention.agreements_years" in notes[first]
    assert "package" in notes[first]
    assert bureau.everything() == before


def test_a_health_certificate_goes_as_soon_as_it_is_checked_and_that_it_was_seen_stays(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    digest = bureau.dossier(first).model_copy(update={"attachments": ()})
    forget(bureau, first, now=SOON)
    assert [path.name for path in (bureau.root / "attachments").iterdir()] == ["civil_liability.txt"]
    after = bureau.dossier(first)
    seen = {one.kind.value: one for one in after.attachments}
    assert seen["health_entitlement"].file == ""
    assert seen["health_entitlement"].checked_on
    assert seen["civil_liability"].file
    assert after.model_copy(update={"attachments": ()}) == digest


def test_letters_and_refused_files_go_before_the_agreement(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    forget(bureau, now=datetime(2029, 1, 2, tzinfo=UTC), purge=Purge("secretary"))
    assert bureau.letters() == {}
    assert not (bureau.root / "refused" / first).exists()
    assert [path.name for path in (bureau.root / "inbox").rglob("*") if path.is_file()] == []
    bureau.run("verify", bureau.root / "archive")
    bureau.run("audit", first)


def test_archives_are_destroyed_only_with_the_visa_that_the_proof_names(bureau: Bureau) -> None:
    with pytest.raises(OutOfTurn) as caught:
        forget(bureau, purge=Purge("secretary"))
    assert caught.value.code == "FORGET-01"
    assert len(papers_of(bureau)) == 2
    forget(bureau)
    told = bureau.run("acts", "--json").json
    proofs = [act for act in told["acts"] if act["kind"] == "destroyed"]
    assert {act["facts"]["visa"] for act in proofs} == {OURS.visa}


def test_the_proof_says_what_went_and_the_statistics_count_it_and_neither_names_anybody(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    names, head = names_of(bureau, first), papers_of(bureau)[0].head
    forget(bureau, first)
    told = bureau.run("acts", "--json").json
    (proof,) = [act for act in told["acts"] if act["kind"] == "destroyed"]
    assert proof["facts"]["counts"]["packages"] >= 1
    assert proof["facts"]["heads"] == [head]
    assert proof["facts"]["rule"] == "agreements_years"
    counted = {(one["measure"], one["value"]): one["count"] for one in told["statistics"]}
    assert counted == {("dossiers", "all"): 1, ("country", "FR"): 1, ("weeks", "12-15"): 1, ("allowance", "4-5 EUR"): 1}
    assert not [name for name in names if name in json.dumps(told, ensure_ascii=False)]
    with Office.open(bureau.root) as office:
        assert office.custody.acts.subject(first) == proof["subject"]


def test_what_is_held_is_kept_until_the_hold_is_lifted_and_both_are_told(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    bureau.run("hold", first, "--reason", "a dispute")
    (kept,) = forget(bureau, first)
    assert "a dispute" in str(kept.note)
    assert bureau.file(first).is_file()
    forget(
        bureau, now=SOON, purge=Purge("secretary")
    )  # neither its certificate nor the mail that brought one of its papers
    assert len([*(bureau.root / "attachments").iterdir()]) == 2
    assert [path.name for path in (bureau.root / "inbox" / "done").iterdir()] == ["returned.pdf"]
    bureau.run("hold", first, "--lift", "--reason", "settled")
    kinds = [act["kind"] for act in bureau.run("acts", "--json").json["acts"]]
    assert [kind for kind in kinds if kind in {"held", "lifted"}] == ["held", "lifted"]
    bureau.run("hold", first, "--lift", "--reason", "settled", expect=6)
    bureau.run("hold", "2099-9999", "--reason", "a dispute", expect=3)
    forget(bureau, first)
    assert found(bureau.root, {first}) == []
    assert [*(bureau.root / "inbox" / "done").iterdir()] == []


def test_a_purge_that_dies_before_any_write_is_ended_by_the_next_one(
    lived: Bureau, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = lived.copy(tmp_path_factory.mktemp("old") / "bureau")
    first, _ = base.numbers
    old = base.file(first).read_text(encoding="utf-8").replace("academic_year: 2026-2027", "academic_year: 2010-2011")
    base.file(first).write_text(old, encoding="utf-8")
    names, command = names_of(base, first), ("forget", "--now", "--visa", "AD59 2045-7")
    whole = base.copy(tmp_path_factory.mktemp("whole") / "bureau")
    writes = cut_off(whole, 0, *command).writes
    assert found(whole.root, names) == []
    assert len(writes) > 20
    wanted = whole.run("acts", "--json").json["statistics"]
    # The last writes are those between the dossier and its rows; of the many before, some.
    for write in sorted({*range(1, len(writes) + 1, 6), *range(len(writes) - 7, len(writes) + 1)}):
        bureau = base.copy(tmp_path_factory.mktemp("cut") / "bureau")
        cut_off(bureau, write, *command)
        bureau.run(*command)
        assert found(bureau.root, names) == [], writes[write - 1]
        bureau.run("acts", "--verify")
        assert bureau.run("acts", "--json").json["statistics"] == wanted, writes[write - 1]


def test_a_file_that_the_program_did_not_make_is_told_and_not_deleted(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    mine = bureau.root / "promotion.xlsx"
    bureau.run("export", mine)
    outcomes = forget(bureau, first)
    places = [str(finding.position) for outcome in outcomes for finding in outcome.findings]
    assert places == [str(mine)]
    assert mine.is_file()


def test_acts_are_told_in_the_readers_language(bureau: Bureau) -> None:
    first, _ = bureau.numbers
    bureau.run("hold", first, "--reason", "a dispute")
    bureau.run("hold", first, "--lift", "--reason", "settled")
    bureau.run("backup", bureau.root.with_name("backup.tar"))
    forget(bureau)
    told = bureau.run("acts", expect=0, CONVENTIONS_LANG="de").out
    for kind in ("gesperrt", "Sperre aufgehoben", "gesichert", "zu löschen", "gelöscht"):
        assert kind in told
    assert not {act["kind"] for act in bureau.run("acts", "--json").json["acts"]} & set(told.split())


def test_a_change_of_the_acts_is_found(bureau: Bureau) -> None:
    import sqlite3

    first, _ = bureau.numbers
    bureau.run("hold", first, "--reason", "a dispute")
    bureau.run("hold", first, "--lift", "--reason", "settled")
    with sqlite3.connect(bureau.root / "registry.sqlite3") as connection:
        connection.execute("UPDATE act SET kind = 'held' WHERE position = 1")
    assert "ACT-01" in bureau.run("acts", "--verify", expect=16).err
    with sqlite3.connect(bureau.root / "registry.sqlite3") as connection:
        connection.execute("DELETE FROM act WHERE position = 0")
    assert "ACT-02" in bureau.run("acts", "--verify", expect=16).err
