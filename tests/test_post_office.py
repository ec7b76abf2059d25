"""The post of an office: a mail server that fails loses nothing, and what comes back is taken in by itself."""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from conventions.model.event import Bounced, Event, Sent, Undelivered
from conventions.office import Office, Outcome
from conventions.post import InboxFile
from conventions.store import Registry
from tests.mailboxes import a_mail_server, a_mailbox, free_port
from tests.mails import a_bounce, a_mail, a_note
from tests.workspaces import Bureau


def by_smtp(bureau: Bureau, port: int) -> None:
    bureau.set("# [delivery.smtp]\n", f'[delivery.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')


def post(bureau: Bureau, now: datetime) -> list[Outcome]:
    with Office.open(bureau.root) as office:
        return list(office.post([], now=now)[1])


def lost(bureau: Bureau, number: str) -> list[Undelivered]:
    return [event for event in bureau.events(number) if isinstance(event, Undelivered)]


def sent(bureau: Bureau, number: str) -> list[str]:
    return [event.role for event in bureau.events(number) if isinstance(event, Sent)]


# ── a mail server that fails ─────────────────────────────────────────────────────────────────────────────


def test_a_step_is_done_although_no_mail_server_answers_and_says_that_a_letter_waits(
    bureau: Bureau, number: str
) -> None:
    by_smtp(bureau, free_port())
    answer = bureau.run("sign", number, "--as", "student", "--key", bureau.key(number, "student"))
    company = bureau.people(number)["company"].email
    assert company in answer.out
    assert "waits" in answer.out
    (event,) = lost(bureau, number)
    assert (event.role, event.to, event.code) == ("company", company, "MAIL-02")
    assert (event.step, event.rank) == ("turn-company", 1)
    assert bureau.kinds(number) == ["issued", "sent", "signed", "undelivered"]
    assert company in bureau.run("today").out


def test_a_letter_is_tried_again_later_each_time_and_then_goes_out_once(bureau: Bureau, number: str) -> None:
    port = free_port()
    by_smtp(bureau, port)
    bureau.sign(number, "student")
    for rank, pause in enumerate((timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)), start=1):
        failed_at = lost(bureau, number)[-1].at
        (early,) = post(bureau, failed_at + pause - timedelta(seconds=1))
        assert early.ok
        assert len(lost(bureau, number)) == rank
        (late,) = post(bureau, failed_at + pause)
        assert late.error is not None
        assert late.error.code == "MAIL-02"
        assert lost(bureau, number)[-1].rank == rank + 1
    with a_mail_server(port) as (sink, _):
        failed_at = lost(bureau, number)[-1].at
        post(bureau, failed_at + timedelta(hours=11))
        assert sink.letters == []
        (done,) = post(bureau, failed_at + timedelta(hours=12))
        assert done.ok
        assert post(bureau, failed_at + timedelta(days=30)) == []
        assert [letter.rcpt_tos for letter in sink.letters] == [[bureau.people(number)["company"].email]]
    assert sent(bureau, number) == ["student", "company"]


def test_any_later_command_that_posts_sends_what_waits_when_its_pause_is_over(bureau: Bureau, number: str) -> None:
    returned = bureau.signed_elsewhere(number, "student")
    with a_mail_server() as (sink, port):
        by_smtp(bureau, port)
        sink.answer = "451 try again later"
        bureau.run("receive", returned)
        (event,) = lost(bureau, number)
        assert event.code == "MAIL-09"
        sink.answer = ""
        with Office.open(bureau.root) as office:
            (early,) = office.receive([returned], now=event.at + timedelta(minutes=4))
            assert "waits" in str(early.note)
            assert sink.letters == []
            (late,) = office.receive([returned], now=event.at + timedelta(minutes=5))
            assert "posted" in str(late.note)
        assert len(sink.letters) == 1


def test_an_address_refused_for_good_is_left_in_peace_until_it_is_corrected(bureau: Bureau, number: str) -> None:
    with a_mail_server() as (sink, port):
        by_smtp(bureau, port)
        sink.answer = "550 no such mailbox"
        answer = bureau.run("sign", number, "--as", "student", "--key", bureau.key(number, "student"))
        assert "conventions replace" in answer.out
        (event,) = lost(bureau, number)
        asked, sink.answer = sink.asked, ""
        (outcome,) = post(bureau, event.at + timedelta(days=365))
        assert (outcome.ok, sink.asked) == (True, asked)
        other = ("--name", "Zoé Kim", "--email", "zoe@hote.test", "--reason", "congé")
        bureau.run("replace", number, "--as", "company", *other)
        assert [letter.rcpt_tos for letter in sink.letters] == [["zoe@hote.test"]]
        assert post(bureau, event.at + timedelta(days=365)) == []


def test_everybody_gets_the_original_in_the_end_and_nobody_twice(bureau: Bureau, number: str) -> None:
    bureau.sign(number, "student", "company", "coordinator", "dean")
    with a_mail_server() as (sink, port):
        by_smtp(bureau, port)
        first = bureau.people(number)["student"].email
        sink.only = (first,)
        assert "waits" in bureau.run("seal", number).out
        assert [letter.rcpt_tos for letter in sink.letters] == [[first]]
        bureau.run("archive", number)
        sink.only = ()
        bureau.run("post", "--force")
        told = sorted(address for letter in sink.letters for address in letter.rcpt_tos)
        assert told == sorted(person.email for person in bureau.people(number).values())


def test_whoever_has_a_void_paper_is_told_when_the_server_is_back(bureau: Bureau, number: str) -> None:
    port = free_port()
    by_smtp(bureau, port)
    bureau.run("decline", number, "--as", "student", "--reason", "dates fausses")
    with a_mail_server(port) as (sink, _):
        for _ in range(2):
            bureau.run("post", "--force")
        assert [letter.rcpt_tos for letter in sink.letters] == [[bureau.people(number)["student"].email]]


def test_whoever_sent_a_file_that_was_refused_is_told_when_the_server_is_back(
    bureau: Bureau, number: str, tmp_path: Path
) -> None:
    port = free_port()
    by_smtp(bureau, port)
    unsigned = shutil.copy(bureau.paper(number), tmp_path / "unsigned.pdf")
    bureau.run("receive", unsigned, expect=8)
    assert [event.step.partition("-")[0] for event in lost(bureau, number)] == ["refused"]
    with a_mail_server(port) as (sink, _):
        for _ in range(2):
            bureau.run("post", number, "--force")
        assert [letter.rcpt_tos for letter in sink.letters] == [[bureau.people(number)["student"].email]]


def test_a_file_that_is_refused_again_is_answered_once(bureau: Bureau, number: str, tmp_path: Path) -> None:
    unsigned = shutil.copy(bureau.paper(number), tmp_path / "unsigned.pdf")
    returned = bureau.signed_elsewhere(number, "student")
    people = bureau.people(number)
    with a_mail_server() as (sink, port):
        by_smtp(bureau, port)
        for _ in range(2):
            bureau.run("receive", unsigned, expect=8)
        assert len(sink.letters) == 1
        bureau.run("receive", returned)
        bureau.run("receive", unsigned, expect=8)
        told = [letter.rcpt_tos for letter in sink.letters]
    assert told == [[people["student"].email], [people["company"].email]]


def test_the_answer_about_one_file_is_not_lost_when_another_needs_none(
    bureau: Bureau, number: str, tmp_path: Path
) -> None:
    by_another = bureau.saved(number, "turn-student")
    bureau.run("sign", by_another, "--as", "student", "--key", bureau.key(number, "company"))
    port = free_port()
    by_smtp(bureau, port)
    unsigned = shutil.copy(bureau.paper(number), tmp_path / "unsigned.pdf")
    bureau.run("receive", by_another.with_name(f"{by_another.stem}-signed-student.pdf"), expect=8)
    bureau.run("receive", unsigned, expect=8)
    assert bureau.kinds(number) == ["issued", "sent", "refused", "refused", "undelivered"]
    with a_mail_server(port) as (sink, _):
        bureau.run("post", "--force")
        assert len(sink.letters) == 1


def test_a_reminder_that_fails_stays_due(bureau: Bureau, number: str) -> None:
    port = free_port()
    by_smtp(bureau, port)
    later = bureau.events(number)[-1].at + timedelta(days=1)
    with Office.open(bureau.root) as office:
        (outcome,) = office.remind(office.waiting([]), now=later, force=True)
        assert outcome.error is not None
        with a_mail_server(port) as (sink, _):
            (outcome,) = office.remind(office.waiting([]), now=later, force=True)
            assert outcome.ok
            assert len(sink.letters) == 1
    assert bureau.kinds(number) == ["issued", "sent", "undelivered", "reminded"]


def test_a_crash_between_delivery_and_record_sends_at_most_the_same_letter_again(
    bureau: Bureau, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Registry.append

    def interrupted(self: Registry, paper_id: int, events: tuple[Event, ...], *, expected_head: str) -> object:
        if isinstance(events[0], Sent):
            raise KeyboardInterrupt
        return append(self, paper_id, events, expected_head=expected_head)

    with a_mail_server() as (sink, port):
        by_smtp(bureau, port)
        with monkeypatch.context() as patch:
            patch.setattr(Registry, "append", interrupted)
            bureau.try_to("sign", number, "--as", "student", "--key", bureau.key(number, "student"))
        assert bureau.kinds(number) == ["issued", "sent", "signed"]
        for _ in range(2):
            bureau.run("post")
        contents = [letter.content for letter in sink.letters]
        identities = [message_from_bytes(one)["Message-ID"] for one in contents if isinstance(one, bytes)]
        assert len(identities) == 2
        assert len(set(identities)) == 1


def test_post_answers_in_json_and_leaves_as_an_outside_service_that_fails(bureau: Bureau, number: str) -> None:
    assert bureau.run("post", "--json").json == []
    by_smtp(bureau, free_port())
    bureau.sign(number, "student")
    (waiting,) = bureau.run("post", "--json").json
    assert waiting["ok"]
    (failed,) = bureau.run("post", "--force", "--json", expect=13).json
    assert (failed["number"], failed["error"]["code"]) == (number, "MAIL-02")


# ── what comes back by itself: the folder ────────────────────────────────────────────────────────────────


def into_inbox(bureau: Bureau, name: str, data: bytes) -> None:
    path = bureau.root / "inbox" / name
    path.write_bytes(data)
    os.utime(path, (0, 0))


def inside(bureau: Bureau, folder: str = "") -> list[str]:
    """Names of what lies there, without the digests that were added to them."""
    place = bureau.root / "inbox" / folder
    return sorted(re.sub(r"-[0-9a-f]{12}\.", ".", path.name) for path in place.glob("*") if path.is_file())


def test_a_paper_in_the_inbox_advances_the_circuit_once(bureau: Bureau, number: str) -> None:
    signed = bureau.signed_elsewhere(number, "student").read_bytes()
    for said in ("signed by the student", "nothing changed"):
        into_inbox(bureau, "retour.pdf", signed)
        assert said in bureau.run("collect").out
        assert (inside(bureau), inside(bureau, "done")) == ([], ["retour.pdf"])
    assert bureau.kinds(number) == ["issued", "sent", "signed", "sent"]


def test_a_saved_mail_in_the_inbox_is_taken_in(bureau: Bureau, number: str) -> None:
    signed = bureau.signed_elsewhere(number, "student").read_bytes()
    into_inbox(bureau, "retour.eml", a_mail(signed, subtype="octet-stream"))
    (row,) = bureau.run("collect", "--json").json
    assert (row["number"], row["ok"]) == (number, True)
    assert inside(bureau, "done") == ["retour.eml"]


def test_a_paper_that_proves_nothing_is_put_aside_and_kept_as_evidence(bureau: Bureau, number: str) -> None:
    into_inbox(bureau, "retour.pdf", bureau.paper(number).read_bytes())
    into_inbox(bureau, "autre.pdf", b"%PDF-1.7 not ours")
    bureau.run("collect", expect=15)
    assert (inside(bureau), inside(bureau, "refused")) == ([], ["autre.pdf", "retour.pdf"])
    assert len(list((bureau.root / "refused" / number).iterdir())) == 1
    assert bureau.kinds(number) == ["issued", "sent", "refused", "sent"]


def test_a_mail_with_a_good_paper_and_a_refused_one_is_looked_at_by_somebody(bureau: Bureau, number: str) -> None:
    unsigned, signed = bureau.paper(number).read_bytes(), bureau.signed_elsewhere(number, "student").read_bytes()
    into_inbox(bureau, "deux.eml", a_mail(unsigned, forwarded=a_mail(signed)))
    bureau.run("collect", expect=8)
    assert inside(bureau, "refused") == ["deux.eml"]
    assert bureau.status(number)["turn"] == ["company"]


def test_another_pdf_beside_a_good_paper_does_no_harm(bureau: Bureau, number: str) -> None:
    signed = bureau.signed_elsewhere(number, "student").read_bytes()
    into_inbox(bureau, "deux.eml", a_mail(signed, forwarded=a_mail(b"%PDF-1.7 a curriculum vitae")))
    bureau.run("collect", expect=15)
    assert inside(bureau, "done") == ["deux.eml"]
    assert bureau.status(number)["turn"] == ["company"]


def test_a_letter_for_people_stays_and_an_automatic_answer_goes(bureau: Bureau) -> None:
    into_inbox(bureau, "question.eml", a_note("Quand dois-je signer ?"))
    into_inbox(bureau, "absence.eml", a_mail(b"%PDF-1.7", headers={"Auto-Submitted": "auto-replied"}))
    assert "question.eml" in bureau.run("collect").out
    assert (inside(bureau), inside(bureau, "done")) == (["question.eml"], ["absence.eml"])


def test_a_letter_that_came_back_is_recorded_once_and_shown(bureau: Bureau, number: str) -> None:
    letter = next(event for event in bureau.events(number) if isinstance(event, Sent))
    bounce = a_bounce(letter.message_id, pdf=bureau.paper(number).read_bytes())
    for _ in range(2):
        into_inbox(bureau, "bounce.eml", bounce)
        assert "5.1.1" in bureau.run("collect").out
    (event,) = (event for event in bureau.events(number) if isinstance(event, Bounced))
    assert (event.role, event.to, event.message_id) == (letter.role, letter.to, letter.message_id)
    assert letter.to in bureau.run("today").out
    assert inside(bureau, "done") == ["bounce.eml"]


def test_news_of_a_letter_that_nobody_sent_stays(bureau: Bureau, number: str) -> None:
    into_inbox(bureau, "bounce.eml", a_bounce("<2026-0001.turn-student.0@univ-exemple.test>"))
    bureau.run("collect")
    assert inside(bureau) == ["bounce.eml"]
    assert bureau.kinds(number) == ["issued", "sent"]


def test_what_was_interrupted_before_the_file_was_put_away_is_finished(
    bureau: Bureau, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    into_inbox(bureau, "retour.pdf", bureau.signed_elsewhere(number, "student").read_bytes())

    def interrupted(self: InboxFile) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(InboxFile, "set_done", interrupted)
        bureau.try_to("collect")
    kinds = ["issued", "sent", "signed", "sent"]
    assert (bureau.kinds(number), inside(bureau)) == (kinds, ["retour.pdf"])
    bureau.run("collect")
    assert (bureau.kinds(number), inside(bureau), inside(bureau, "done")) == (kinds, [], ["retour.pdf"])


# ── what comes back by itself: the mailbox ───────────────────────────────────────────────────────────────


def test_the_mailbox_is_emptied_as_the_folder_is(bureau: Bureau, number: str) -> None:
    letter = next(event for event in bureau.events(number) if isinstance(event, Sent))
    unsigned, signed = bureau.paper(number).read_bytes(), bureau.signed_elsewhere(number, "student").read_bytes()
    with a_mailbox() as box:
        bureau.set("# [delivery.imap]", f"{box.table}#")
        box.put(a_note("Bonjour"), a_mail(unsigned), a_bounce(letter.message_id), a_mail(signed))
        bureau.run("collect", expect=8, CONVENTIONS_IMAP_PASSWORD=box.password)
        assert box.flags() == [set(), {r"\Seen", r"\Flagged"}]
        assert len(box.flags("Done")) == 2
        kinds = bureau.kinds(number)
        assert kinds == ["issued", "sent", "refused", "sent", "bounced", "signed", "sent"]
        answer = bureau.run("collect", CONVENTIONS_IMAP_PASSWORD=box.password)
        assert "left for you to read" in answer.out
        assert bureau.kinds(number) == kinds


def test_a_mailbox_that_does_not_answer_does_not_stop_the_folder(bureau: Bureau, number: str) -> None:
    table = f'[delivery.imap]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\nuser = "stages"\n#'
    bureau.set("# [delivery.imap]", table)
    into_inbox(bureau, "retour.pdf", bureau.signed_elsewhere(number, "student").read_bytes())
    assert "MAIL-11" in bureau.run("collect", expect=13).err
    assert bureau.status(number)["turn"] == ["company"]
