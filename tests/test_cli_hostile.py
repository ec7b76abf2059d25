"""Files that were made to harm whoever opens them: ``receive`` and ``collect`` refuse them, and do not suffer."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator

import pytest

from tests.forgery import a_table_bomb, an_object_bomb
from tests.offices import a_short_bureau
from tests.web import Guest, a_client, an_app
from tests.workspaces import Bureau

ENOUGH = 300_000
"""KiB that the program itself may take more than before; each bomb unfolds to a million."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_short_bureau(tmp_path_factory.mktemp("hostile")) as bureau:
        bureau.run("issue", bureau.numbers[0])
        yield bureau


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("make", [a_table_bomb, an_object_bomb])
def test_a_bomb_is_refused_before_it_is_even_recognised(office: Bureau, make: Callable[[bytes], bytes]) -> None:
    bomb = office.root / f"{make.__name__}.pdf"
    bomb.write_bytes(make(office.paper(office.numbers[0]).read_bytes()))
    before = peak()
    assert "PDF-01" in office.run("receive", bomb, expect=15).err
    assert peak() - before < ENOUGH


def test_the_honest_file_beside_a_bomb_in_the_inbox_is_received(office: Bureau) -> None:
    number = office.numbers[0]
    inbox = office.root / "inbox"
    signed = office.signed_elsewhere(number, "student").read_bytes()
    for name, data in {"a.pdf": an_object_bomb(office.paper(number).read_bytes()), "b.pdf": signed}.items():
        (inbox / name).write_bytes(data)
        os.utime(inbox / name, (0, 0))
    before = peak()
    assert "PDF-01" in office.run("collect", expect=15).err
    assert peak() - before < ENOUGH
    assert "signed" in office.kinds(number)
    assert not list(inbox.glob("*.pdf"))


def test_a_stranger_cannot_have_the_office_write_to_a_signer_by_the_hundred(office: Bureau) -> None:
    """Whoever has seen one paper can make files that say they are any other."""
    number, inbox = office.numbers[0], office.root / "inbox"
    paper, letters = office.paper(number).read_bytes(), len(office.letters("*refused*"))
    for rank in range(12):
        (inbox / f"{rank}.pdf").write_bytes(paper + b"%%%d\n" % rank)
        os.utime(inbox / f"{rank}.pdf", (0, 0))
    told = office.run("collect", expect=8).err
    assert told.count("send it back unchanged") == 12
    assert told.count(f"refused/{number}/") == office.kinds(number).count("refused") == 10
    assert len(office.letters("*refused*")) - letters == 10


def test_a_bomb_that_a_guest_hands_in_is_refused_without_harm_to_the_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with a_short_bureau(tmp_path_factory.mktemp("guest")) as bureau:
        bureau.set('address = ""', 'address = "http://stages.univ-exemple.test"')
        bureau.run("issue", bureau.numbers[0])
        with an_app(bureau) as app, a_client(app) as client:
            student = Guest.comes(bureau, client, bureau.numbers[0], "student").enters()
            before = peak()
            answer = student.post("file", file=an_object_bomb(bureau.paper(bureau.numbers[0]).read_bytes()))
            assert answer.status_code == 422
            assert peak() - before < ENOUGH
        assert "signed" not in bureau.kinds(bureau.numbers[0])
