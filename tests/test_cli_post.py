"""What comes back by itself, and what waits to go out."""

from __future__ import annotations

import os
import shutil
import time
from email.message import EmailMessage
from pathlib import Path

from conventions.model.event import Bounced, Sent, Undelivered
from tests.workspaces import Bureau


def put(bureau: Bureau, name: str, data: bytes) -> Path:
    """A file that has lain in the inbox for a minute."""
    path = bureau.root / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def test_a_signed_pdf_in_the_inbox_is_received_once_and_moved_on(bureau: Bureau, number: str) -> None:
    signed = bureau.signed_elsewhere(number, "student")
    path = put(bureau, "back.pdf", signed.read_bytes())
    bureau.run("collect")
    assert bureau.status(number)["turn"] == ["company"]
    assert not path.exists()
    assert len(list(path.parent.glob("done/back-*.pdf"))) == 1
    put(bureau, "back.pdf", signed.read_bytes())
    bureau.run("collect")
    assert bureau.kinds(number).count("signed") == 1


def test_a_mail_with_the_signed_pdf_is_received(bureau: Bureau, number: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "camille@etu.test", "stages@univ-exemple.test", "signed"
    mail.set_content("Here it is.")
    signed = bureau.signed_elsewhere(number, "student").read_bytes()
    mail.add_attachment(signed, maintype="application", subtype="octet-stream", filename="paper.bin")
    put(bureau, "mail.eml", bytes(mail))
    bureau.run("collect")
    assert bureau.status(number)["turn"] == ["company"]


def test_a_file_that_does_not_prove_itself_is_put_aside_and_told(bureau: Bureau, number: str) -> None:
    sent = bureau.attached(number, "turn-student")
    put(bureau, "altered.pdf", sent + b"\n% a remark\n")
    answer = bureau.try_to("collect")
    assert answer.code == 8
    assert "GATE-" in answer.err
    assert len(list((bureau.root / "inbox" / "refused").iterdir())) == 1
    assert bureau.status(number)["turn"] == ["student"]


def test_what_is_still_being_written_and_links_are_left_alone(bureau: Bureau, number: str, tmp_path: Path) -> None:
    signed = bureau.signed_elsewhere(number, "student")
    inbox = bureau.root / "inbox"
    inbox.mkdir(exist_ok=True)
    shutil.copy(signed, inbox / "fresh.pdf")
    (inbox / "link.pdf").symlink_to(signed)
    put(bureau, "half.pdf.part", signed.read_bytes())
    bureau.run("collect")
    assert bureau.status(number)["turn"] == ["student"]
    assert {path.name for path in inbox.iterdir() if path.is_file()} >= {"fresh.pdf", "link.pdf", "half.pdf.part"}


def test_a_letter_that_bounces_is_shown_on_the_board(bureau: Bureau, number: str) -> None:
    sent = next(event for event in bureau.events(number) if isinstance(event, Sent))
    report = (
        "From: mailer-daemon@univ-exemple.test\r\nTo: stages@univ-exemple.test\r\nSubject: failure\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        f"Final-Recipient: rfc822; {sent.to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {sent.message_id}\r\n\r\n--b--\r\n"
    )
    put(bureau, "bounce.eml", report.encode())
    bureau.run("collect")
    bounced = bureau.events(number)[-1]
    assert isinstance(bounced, Bounced)
    assert bounced.role == "student"
    assert "did not arrive" in bureau.status(number)["to_do"]


def test_a_letter_that_could_not_go_out_goes_out_when_it_is_asked_for(bureau: Bureau, number: str) -> None:
    settings = (bureau.root / "conventions.toml").read_text(encoding="utf-8")
    bureau.set("# [delivery.smtp]\n", '[delivery.smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n')
    bureau.sign(number, "student")
    assert isinstance(bureau.events(number)[-1], Undelivered)
    assert bureau.status(number)["turn"] == ["company"]
    (bureau.root / "conventions.toml").write_text(settings, encoding="utf-8")
    bureau.run("post")
    assert bureau.letters(f"{number}.turn-company*") == {}  # its pause is not over
    bureau.run("post", "--force")
    assert len(bureau.letters(f"{number}.turn-company*")) == 1
    bureau.run("post", "--force")
    assert len(bureau.letters(f"{number}.turn-company*")) == 1
