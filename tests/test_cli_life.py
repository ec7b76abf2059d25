"""What happens to a paper besides signatures with a certificate, on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf

from conventions.errors import Disagreement
from conventions.languages import PARIS
from conventions.model.event import Recalled, Signed, Superseded
from conventions.office import Office
from conventions.settings import load
from conventions.store import Registry
from tests.papers import the_clock
from tests.workspaces import PASSPHRASE, Bureau

# ── a person without a certificate ───────────────────────────────────────────────────────────────────────


def test_a_person_with_only_an_address_signs_with_a_code_and_the_paper_says_so(bureau: Bureau, number: str) -> None:
    sent = sha256(bureau.paper(number).read_bytes()).hexdigest()
    answer = bureau.run("code", number, "--as", "student")
    assert "@" in answer.out
    assert bureau.dossier(number).student.email not in answer.out
    code = bureau.code_sent(number, "student")
    bureau.run("consent", number, "--as", "student", CONVENTIONS_CODE=code)
    event = bureau.events(number)[-2]
    assert isinstance(event, Signed)
    assert (event.role, event.level) == ("student", "simple")
    (record,) = (bureau.root / "papers" / number).glob("*.evidence.json")
    assert sha256(record.read_bytes()).hexdigest() == event.evidence
    evidence = json.loads(record.read_text(encoding="utf-8"))
    assert evidence["document_sha256"] == sent
    assert sent in evidence["consent"]
    assert code not in record.read_text(encoding="utf-8")
    assert list(record.parent.glob("*.evidence.p7s"))
    verdict = bureau.run("verify", bureau.paper(number))
    assert "institution's seal" in verdict.out
    assert event.evidence in verdict.out
    bureau.sign(number, "company", "coordinator", "dean")
    bureau.run("seal")
    assert bureau.run("verify", bureau.paper(number)).code == 0


def test_a_code_is_used_once_and_only_for_the_bytes_it_was_sent_for(bureau: Bureau, number: str) -> None:
    bureau.run("code", number, "--as", "student")
    code = bureau.code_sent(number, "student")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert "CONSENT-02" in bureau.try_to("consent", number, "--as", "student", CONVENTIONS_CODE=wrong).err
    bureau.run("consent", number, "--as", "student", CONVENTIONS_CODE=code)
    again = bureau.try_to("consent", number, "--as", "student", CONVENTIONS_CODE=code)
    assert again.code != 0
    assert bureau.kinds(number).count("signed") == 1


def test_five_wrong_codes_use_a_code_up(bureau: Bureau, number: str) -> None:
    bureau.run("code", number, "--as", "student")
    code = bureau.code_sent(number, "student")
    for step in range(1, 6):
        wrong = f"{(int(code) + step) % 10**8:08d}"
        assert "CONSENT-02" in bureau.try_to("consent", number, "--as", "student", CONVENTIONS_CODE=wrong).err
    assert "CONSENT-03" in bureau.try_to("consent", number, "--as", "student", CONVENTIONS_CODE=code).err
    assert "signed" not in bureau.kinds(number)


def test_the_registry_holds_no_code(bureau: Bureau, number: str) -> None:
    bureau.run("code", number, "--as", "student")
    code = bureau.code_sent(number, "student").encode()
    kept = [path for path in bureau.root.rglob("*") if path.is_file() and path.suffix != ".eml"]
    assert [path for path in kept if code in path.read_bytes()] == []


def test_nobody_gets_a_code_out_of_turn(bureau: Bureau, number: str) -> None:
    assert "TURN-03" in bureau.try_to("code", number, "--as", "dean").err


# ── on paper ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signature_on_paper_is_recorded_with_its_scan_and_claims_nothing_more(
    bureau: Bureau, number: str, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(b"\xff\xd8 a picture")
    bureau.run("scan", number, scan, "--as", "student", "--signed-on", "2026-02-01")
    event = bureau.events(number)[-2]
    assert isinstance(event, Signed)
    assert event.level == "paper"
    (kept,) = (bureau.root / "papers" / number).glob("*.scan.jpg")
    assert kept.read_bytes() == scan.read_bytes()
    with pikepdf.open(bureau.paper(number)) as paper:
        signed = {str(field.T) for field in paper.Root.AcroForm.Fields if "/V" in field}
    assert signed == {"seal", "student"}
    assert bureau.status(number)["turn"] == ["company"]


def test_what_was_signed_on_paper_after_midnight_is_of_today(bureau: Bureau, number: str, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4")
    tomorrow = the_clock().astimezone(PARIS).date() + timedelta(days=1)
    now = datetime.combine(tomorrow, time(0, 30), PARIS).astimezone(UTC)
    with Office.open(bureau.root) as office, office.seal_key(lambda *_: PASSPHRASE.encode(), now=now) as seal:
        done = office.on_paper(number, role="student", scan=scan, signed_on=tomorrow, seal=seal, now=now)
        assert done.ok, done.error
        early = office.on_paper(number, role="company", scan=scan, signed_on=tomorrow, seal=seal, now=the_clock())
        assert early.error is not None
        assert early.error.code == "CONSENT-04"


def test_paper_needs_the_department_s_leave(bureau: Bureau, number: str, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4")
    bureau.set("on_paper = true", "on_paper = false")
    refused = bureau.try_to("scan", number, scan, "--as", "student", "--signed-on", "2026-02-01")
    assert "CONSENT-01" in refused.err


# ── declined, recalled, issued again ─────────────────────────────────────────────────────────────────────


def test_a_paper_that_is_declined_is_void_and_the_corrected_one_is_its_next_version(
    bureau: Bureau, number: str
) -> None:
    bureau.sign(number, "student")
    first = bureau.saved(number, "turn-company")
    bureau.run("decline", number, "--as", "company", "--reason", "the dates are wrong")
    letter = bureau.letters(f"{number}.void-*")
    assert len(letter) == 2
    assert "the dates are wrong" in str(next(iter(letter.values())).get_body(("plain",)))
    assert "declined" in bureau.status(number)["state"]
    bureau.run("issue", number)
    with Registry.open(load(bureau.root).registry_url) as registry:
        old, new = registry.papers(number=number, every_version=True)
    assert (old.version, old.state, new.version, new.state) == (1, "superseded", 2, "waiting")
    assert isinstance(old.events[-1], Superseded)
    bureau.run("sign", first, "--as", "company", "--key", bureau.key(number, "company"))
    stale = bureau.try_to("receive", first.with_name(f"{first.stem}-signed-company.pdf"))
    assert "GATE-VERSION" in stale.err
    assert bureau.status(number)["turn"] == ["student"]


def test_a_recalled_paper_is_corrected_and_issued_anew(bureau: Bureau, number: str) -> None:
    file = bureau.file(number)
    file.write_text(file.read_text(encoding="utf-8").replace("weekly_hours: 35", "weekly_hours: 34"), encoding="utf-8")
    assert "ISSUE-01" in bureau.try_to("issue", number).err
    bureau.run("recall", number, "--reason", "thirty-four hours")
    again = bureau.run("recall", number, "--reason", "thirty-four hours")
    assert "nothing changed" in again.out
    assert [event for event in bureau.events(number) if isinstance(event, Recalled)]
    bureau.run("issue", number)
    assert "waiting" in bureau.run("journal", number).out
    assert bureau.status(number)["turn"] == ["student"]


# ── another person ───────────────────────────────────────────────────────────────────────────────────────


def test_a_deputy_signs_in_the_place_of_the_one_who_was_named(bureau: Bureau, number: str) -> None:
    who = ("--name", "Zoé Kim", "--email", "zoe.kim@hote.test", "--by-delegation", "Hélène Vasseur (acte 12)")
    bureau.run("replace", number, "--as", "company", *who, "--reason", "congé")
    assert "nothing changed" in bureau.run("replace", number, "--as", "company", *who, "--reason", "congé").out
    bureau.sign(number, "student")
    (letter,) = bureau.letters(f"{number}.turn-company*").values()
    assert "zoe.kim@hote.test" in str(letter["To"])
    refused = bureau.try_to("sign", number, "--as", "company", "--key", bureau.key(number, "company"))
    assert "GATE-PERSON" in refused.err
    assert "TURN-02" in bureau.try_to("replace", number, "--as", "student", *who, "--reason", "x").err


# ── reminders, today, journal ────────────────────────────────────────────────────────────────────────────


def test_a_reminder_is_sent_when_it_is_time_and_never_twice_a_day(bureau: Bureau, number: str) -> None:
    assert "nobody" in bureau.run("remind").out
    assert "nobody" in bureau.run("remind", "--force").out  # the first letter is of today
    assert "reminded" not in bureau.kinds(number)


def test_today_shows_what_must_be_done_and_nothing_else(bureau: Bureau, number: str) -> None:
    assert "Nothing must be done" in bureau.run("today").out
    start = bureau.dossier(number).schedule.start
    late = bureau.run("today", "--on", start.isoformat()).out
    assert number in late
    (row,) = bureau.run("today", "--on", start.isoformat(), "--json").json
    assert row["late"] is True


def test_the_journal_proves_itself_and_shows_a_change_behind_its_back(bureau: Bureau, number: str) -> None:
    shown = bureau.run("journal", number, "--verify")
    assert "issued" in shown.out
    assert "whole" in shown.err
    path = bureau.root / "registry.sqlite3"
    import sqlite3

    with sqlite3.connect(path) as database:
        database.execute("UPDATE event SET at = replace(at, '20', '19') WHERE position = 0")
    broken = bureau.try_to("journal", number, "--verify")
    assert broken.code == Disagreement.exit_code
    assert "STORE-11" in broken.err


# ── audit ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_revision_is_cut_out_of_a_later_one(bureau: Bureau, number: str) -> None:
    bureau.sign(number, "student", "company")
    assert "everything agrees" in bureau.run("audit").out
    first, second, _ = sorted((bureau.root / "papers" / number).glob("convention-v1-0*.pdf"))
    before = {path: path.read_bytes() for path in (first, second)}
    first.unlink()
    second.write_bytes(before[second] + b"\n")
    told = bureau.run("audit", expect=16)
    assert told.err.count("AUDIT-01") == 2
    mended = bureau.run("audit", "--repair")
    assert "rebuilt" in mended.out
    assert {path: path.read_bytes() for path in before} == before
    assert "everything agrees" in bureau.run("audit").out


def test_what_cannot_be_rebuilt_stays_an_error(bureau: Bureau, number: str) -> None:
    bureau.sign(number, "student")
    bureau.paper(number).unlink()
    assert "AUDIT-01" in bureau.run("audit", "--repair", expect=16).err


def test_a_signature_whose_recording_was_interrupted_is_taken_in(bureau: Bureau, number: str) -> None:
    before = bureau.copy(bureau.root.with_name("before"))
    bureau.sign(number, "student")
    signed = bureau.paper(number)
    (before.root / signed.relative_to(bureau.root)).write_bytes(signed.read_bytes())
    assert "AUDIT-04" in before.run("audit", expect=16).err
    before.run("audit", "--repair")
    assert before.status(number)["turn"] == ["company"]
    assert "everything agrees" in before.run("audit").out
