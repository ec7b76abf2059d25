"""Many letters at once: looked at side by side, in the order of each paper, and put away only after they are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier

import pytest

from conventions.errors import ServiceError
from conventions.post import ImapMail, InboxFile
from conventions.text import Text
from tests.mailboxes import a_mailbox
from tests.mails import a_mail
from tests.offices import a_short_bureau
from tests.workspaces import Bureau

DONE = ["issued", "sent", "signed", "sent"]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two papers that wait for their students, who sign elsewhere and without a time-stamp."""
    with a_short_bureau(tmp_path_factory.mktemp("issued")) as bureau:
        bureau.run("issue", *bureau.numbers)
        yield bureau


@pytest.fixture
def bureau(issued: Bureau, tmp_path: Path) -> Bureau:
    return issued.copy(tmp_path / "bureau")


def signed(bureau: Bureau) -> list[bytes]:
    return [bureau.signed_elsewhere(number, "student").read_bytes() for number in bureau.numbers]


def into_inbox(bureau: Bureau, *papers: bytes) -> None:
    for rank, data in enumerate(papers):
        path = bureau.root / "inbox" / f"{rank}.pdf"
        path.write_bytes(data)
        os.utime(path, (0, 0))


def lying(bureau: Bureau) -> list[str]:
    return sorted(path.name for path in (bureau.root / "inbox").glob("*.pdf"))


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="as many at a time as there are processors")
def test_letters_about_different_papers_are_looked_at_side_by_side(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    into_inbox(bureau, *signed(bureau))
    meeting, answer = Barrier(2, timeout=60), bureau.pki.answer

    def answered_together(path: str, body: bytes) -> tuple[str, bytes] | None:
        if path == "/tsa":
            meeting.wait()
        return answer(path, body)

    monkeypatch.setattr(bureau.pki, "answer", answered_together)
    told = bureau.run("collect").out.splitlines()
    assert [line[:9] for line in told if "signed by the student" in line] == [*bureau.numbers]


def test_letters_about_one_paper_are_received_one_after_the_other(bureau: Bureau) -> None:
    first, second = signed(bureau)
    into_inbox(bureau, first, first, second, first, second)
    rows = bureau.run("collect", "--json").json
    assert [row["number"] for row in rows] == [bureau.numbers[rank] for rank in (0, 0, 1, 0, 1)]
    assert ["nothing changed" in row["note"] for row in rows] == [False, True, False, True, True]
    assert all(bureau.kinds(number) == DONE for number in bureau.numbers)
    assert lying(bureau) == []


def test_what_was_kept_and_not_put_away_is_known_again(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    into_inbox(bureau, *signed(bureau))

    def interrupted(_file: InboxFile) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(InboxFile, "set_done", interrupted)
        assert bureau.try_to("collect").code == 130
    assert lying(bureau) == ["0.pdf", "1.pdf"]
    bureau.run("collect")
    assert all(bureau.kinds(number) == DONE for number in bureau.numbers)
    assert lying(bureau) == []


def test_nothing_is_put_away_before_it_is_kept(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    into_inbox(bureau, *signed(bureau))
    kept: list[list[str]] = []
    put_away = InboxFile.set_done

    def seen(file: InboxFile) -> None:
        kept.append(bureau.kinds(bureau.numbers[int(file.path.stem)]))
        put_away(file)

    monkeypatch.setattr(InboxFile, "set_done", seen)
    bureau.run("collect")
    assert kept == [DONE, DONE]


def test_a_mailbox_stays_open_until_the_last_letter_is_put_away_and_one_that_fails_loses_none(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ImapMail.read
    with a_mailbox() as box:
        bureau.set("# [delivery.imap]", f"{box.table}#")
        box.put(*(a_mail(paper) for paper in signed(bureau)))

        def failing(mail: ImapMail) -> bytes:
            if mail.uid != b"1":
                raise ServiceError("MAIL-11", Text("silence"), Text("run it again"))
            return read(mail)

        with monkeypatch.context() as patch:
            patch.setattr(ImapMail, "read", failing)
            told = bureau.run("collect", expect=13, CONVENTIONS_IMAP_PASSWORD=box.password)
        assert "signed by the student" in told.out
        assert "silence" in told.err
        assert (box.flags(), len(box.flags("Done"))) == ([set()], 1)
        bureau.run("collect", CONVENTIONS_IMAP_PASSWORD=box.password)
        assert (box.flags(), len(box.flags("Done"))) == ([], 2)
    assert all(bureau.kinds(number) == DONE for number in bureau.numbers)
