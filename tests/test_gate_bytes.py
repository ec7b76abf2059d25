"""What the reception gate refuses because of its bytes: other files, forged signatures, bombs.

The paper waits for the coordinator; student and company have signed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import pikepdf
import pytest

from conventions import signing
from conventions.errors import Refused, ServiceError
from tests.forgery import (
    GARBAGE,
    OPEN_TO_THE_DEAN,
    a_bomb,
    a_hybrid,
    a_table_bomb,
    an_empty_revision,
    an_object_bomb,
    described_by,
    last,
    patched,
    printed,
    saved_by_pikepdf,
    saved_by_pypdf,
    wrapped,
)
from tests.papers import (
    ROOM,
    Bench,
    quiet_pen,
    the_clock,
)

# ── What is not the file that was sent ──────────────────────────────────────────────────────────────────────────────


def test_the_plain_library_that_the_forgers_use_is_accepted_when_it_plays_no_trick(bench: Bench) -> None:
    sent = bench.stages["company"]
    assert bench.refusal(bench.countersigned(sent, "coordinator")) == "accepted for the coordinator"
    assert bench.refusal(bench.countersigned(quiet_pen(sent), "coordinator")) == "accepted for the coordinator"
    assert bench.refusal(bench.locked(sent, "coordinator", OPEN_TO_THE_DEAN)) == "accepted for the coordinator"


def test_the_unchanged_file_is_told_from_a_signed_one(bench: Bench) -> None:
    assert bench.refusal(bench.stages["company"]) == "GATE-UNCHANGED"


@pytest.mark.parametrize("missing", [1, 100, 50_000])
def test_a_file_that_was_cut_off_is_refused(bench: Bench, missing: int) -> None:
    assert bench.refusal(bench.stages["company"][:-missing]) == "GATE-TRUNCATED"


@pytest.mark.parametrize("stage", ["issued", "student"])
def test_an_earlier_state_is_refused_signed_or_not(bench: Bench, stage: str) -> None:
    assert bench.refusal(bench.stages[stage]) == "GATE-TRUNCATED"
    assert bench.refusal(bench.signed(bench.stages[stage], "coordinator")) == "GATE-TRUNCATED"


def test_a_signature_made_anew_by_its_own_signer_is_refused_below_the_next_one(bench: Bench) -> None:
    anew = signing.timestamp(bench.signed(bench.stages["student"], "company"), bench.timestamper)
    assert bench.refusal(bench.signed(anew, "coordinator")) == "GATE-TRUNCATED"


@pytest.mark.parametrize("save", [saved_by_pikepdf, saved_by_pypdf])
@pytest.mark.parametrize("stage", ["company", "coordinator"])
def test_a_file_that_a_program_wrote_anew_is_refused(bench: Bench, save: Callable[[bytes], bytes], stage: str) -> None:
    assert bench.refusal(save(bench.stages[stage])) == "GATE-PREFIX"


def test_a_file_that_was_printed_is_refused(bench: Bench) -> None:
    assert bench.refusal(printed(bench.stages["coordinator"])) == "GATE-PRINTED"


@pytest.mark.parametrize("name", ["corrected", "other"])
def test_another_paper_is_refused_although_the_same_people_signed_it(bench: Bench, name: str) -> None:
    data = bench.issued(name)
    for role in ("student", "company", "coordinator"):
        data = bench.signed(data, role, is_stamped=False)
    assert bench.refusal(data) == "GATE-PREFIX"


def test_the_same_paper_with_a_seal_made_anew_is_refused(bench: Bench) -> None:
    """The frozen paper is the common beginning; that alone makes it no state of the paper that was sent."""
    assert bench.refusal(bench.signed(bench.issued(), "coordinator")) == "GATE-PREFIX"


@pytest.mark.parametrize(
    "data",
    [b"", b"sign here", b"\x89PNG\r\n\x1a\n" + b"\0" * 500, b"PK\x03\x04" + b"\0" * 500, GARBAGE],
    ids=["empty", "words", "picture", "archive", "garbage"],
)
def test_what_is_not_a_pdf_is_refused(bench: Bench, data: bytes) -> None:
    assert bench.refusal(data) == "GATE-PARSE"


@pytest.mark.parametrize("more", [4_000_001, 30_000_001, 200_000_000])
def test_a_file_too_large_for_a_signature_is_refused_unread(bench: Bench, more: int) -> None:
    large = bench.stages["coordinator"] + b" " * more
    assert bench.refusal(large) == "GATE-SIZE"
    assert apart(bench, large, seconds=0) == "GATE-SIZE"


def test_an_encrypted_file_is_refused_as_such(bench: Bench) -> None:
    signed = bench.stages["coordinator"]
    secret = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >>" % (b"o" * 32, b"u" * 32)
    for data in (
        saved_by_pikepdf(signed, encryption=pikepdf.Encryption(owner="o", user="")),
        saved_by_pikepdf(signed, encryption=pikepdf.Encryption(owner="o", user="u", R=4)),
        saved_by_pypdf(signed, "u"),
        an_empty_revision(bench.stages["company"], more=secret),
        an_empty_revision(signed, more=secret),
    ):
        assert bench.refusal(data) == "GATE-ENCRYPTED"


@pytest.mark.parametrize("stage", ["company", "coordinator"])
def test_a_second_table_of_contents_is_refused(bench: Bench, stage: str) -> None:
    """A hybrid file: programs that know cross-reference streams read another document than those that do not."""
    assert bench.refusal(a_hybrid(bench.stages[stage])) == "GATE-HYBRID"


# ── Bytes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (b"/ByteRenge [0 1 2 3]", "GATE-FORGED"),
        (b"/ByteRange null", "GATE-FORGED"),
        (b"/ByteRange (0 1 2 3)", "GATE-FORGED"),
        (b"/ByteRange [/A /B /C /D]", "GATE-FORGED"),
        (b"/ByteRange [0 1 2]", "GATE-FORGED"),
        (b"/ByteRange [0 -1 -2 -3]", "GATE-RANGE"),
        (b"/ByteRange [0 10]", "GATE-FORGED"),
        (b"/ByteRange [0 0 0 0]", "GATE-RANGE"),
        (b"/ByteRange [0 9 9 99999999999999]", "GATE-RANGE"),
    ],
)
def test_a_malformed_byte_range_is_refused(bench: Bench, words: bytes, code: str) -> None:
    forged = patched(bench.stages["coordinator"], rb"/ByteRange \[[^\]]*\]\s*", words)
    assert bench.refusal(forged) == code


@pytest.mark.parametrize(
    ("first", "second"), [(0, 0), (0, -10), (0, 10), (10, 0)], ids=["short", "shorter", "longer", "shifted"]
)
def test_a_byte_range_that_covers_something_else_is_refused(bench: Bench, first: int, second: int) -> None:
    signed = bench.stages["coordinator"]
    pattern = rb"/ByteRange \[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]\s*"
    a, b, c, d = (int(number) for number in last(pattern, signed).groups())
    values = (a + first, b, c, d + second) if (first, second) != (0, 0) else (0, len(bench.stages["company"]), c, d)
    assert bench.refusal(patched(signed, pattern, b"/ByteRange [%d %d %d %d]" % values)) == "GATE-RANGE"


@pytest.mark.parametrize(
    "words",
    [b"/Kontents <00>", b"/Contents null", b"/Contents <>", b"/Contents 5", b"/Contents (abc)", b"/Contents [<00>]"],
)
def test_malformed_contents_are_refused(bench: Bench, words: bytes) -> None:
    assert bench.refusal(patched(bench.stages["coordinator"], ROOM.pattern, words)) == "GATE-FORGED"


@pytest.mark.parametrize("digit", [b"0", b"f", b"3"])
def test_contents_without_a_signature_in_them_are_refused(bench: Bench, digit: bytes) -> None:
    signed = bench.stages["coordinator"]
    room = last(ROOM.pattern, signed)
    filled = b"/Contents <" + digit * len(room[1]) + b">"
    assert bench.refusal(patched(signed, ROOM.pattern, filled)) == "GATE-FORGED"


def test_a_signature_that_is_wrapped_around_another_document_is_refused(bench: Bench) -> None:
    """Every signed byte is there, and the value of the signature fits them."""
    forged = wrapped(bench.stages["coordinator"])
    assert forged.startswith(bench.stages["company"])
    assert bench.refusal(forged) == "GATE-RANGE"


def test_words_hidden_in_the_room_behind_a_signature_are_refused(bench: Bench) -> None:
    """The room is reserved before the size of the signature is known, and no signature covers it."""
    signed = bench.stages["coordinator"]
    room = last(ROOM.pattern, signed)
    hidden_words = b"another document".hex().encode()
    forged = room[0][: -len(hidden_words) - 1] + hidden_words + b">"
    assert bench.refusal(patched(signed, ROOM.pattern, forged)) == "GATE-BYTES"


def test_a_timestamp_that_was_tampered_with_is_refused(bench: Bench) -> None:
    """The signature does not cover its timestamp: this one claims an earlier year."""
    signed = bench.stages["coordinator"]
    room = last(ROOM.pattern, signed)
    token = room[1].lower().index(b"060b2a864886f70d0109100104")  # id-smime-ct-TSTInfo
    made = re.compile(rb"18(?:0f|1[0-9a-f])(?=3230)", re.IGNORECASE).search(room[1], token)
    assert made, "a GeneralizedTime, of 15 to 31 characters, that begins with the century"
    year = room.start(1) + made.end() + 7  # the low half of its fourth digit
    assert bench.refusal(signed[:year] + b"1" + signed[year + 1 :]) == "GATE-INTEGRITY"


@pytest.mark.parametrize("place", [0.02, 0.4, 0.8])
def test_one_altered_byte_in_what_was_appended_is_refused(bench: Bench, place: float) -> None:
    sent, signed = bench.stages["company"], bytearray(bench.stages["coordinator"])
    position = len(sent) + int((len(signed) - len(sent)) * place)
    signed[position] ^= 1
    assert bench.refusal(bytes(signed)).startswith("GATE-")


def test_one_altered_byte_in_what_was_sent_is_refused(bench: Bench) -> None:
    signed = bytearray(bench.stages["coordinator"])
    signed[1_000] ^= 1
    assert bench.refusal(bytes(signed)) == "GATE-PREFIX"


def ended_again(data: bytes, filling: bytes) -> bytes:
    """Bytes that nothing refers to, and a second end of the same file."""
    return data + filling + b"\nstartxref\n" + last(rb"startxref\s+(\d+)", data)[1] + b"\n%%EOF\n"


@pytest.mark.parametrize("filling", [GARBAGE, b"%" + GARBAGE, b" " * 200_000], ids=["garbage", "comment", "space"])
def test_bytes_without_a_purpose_are_refused_before_and_after_the_signature(bench: Bench, filling: bytes) -> None:
    signed = bench.stages["coordinator"]
    assert bench.refusal(signed + filling) == "GATE-BYTES"
    assert bench.refusal(ended_again(signed, filling)) == "GATE-BYTES"
    before = bench.countersigned(ended_again(bench.stages["company"], filling), "coordinator")
    assert bench.refusal(before) == "GATE-BYTES"


def test_a_thousand_empty_revisions_are_refused_before_anybody_reads_them(bench: Bench) -> None:
    data = bench.stages["coordinator"]
    for _ in range(10):
        data = an_empty_revision(data)
    assert bench.refusal(data) == "GATE-BYTES"
    many = bench.stages["coordinator"] + data[-400:] * 1_000
    assert bench.refusal(many) == "GATE-BYTES"


# ── Files that are meant to exhaust the program ─────────────────────────────────────────────────────────────────────


def apart(bench: Bench, returned: bytes, seconds: float = 60, *, trust: signing.Trust | None = None) -> str:
    try:
        return signing.examine_apart(
            returned,
            sent=bench.stages["company"],
            allowed={"coordinator": bench.people["coordinator"]},
            circuit=bench.circuit,
            trust=trust or bench.trust,
            now=the_clock(),
            seconds=seconds,
        ).role
    except Refused as refused:
        return refused.code


def test_a_description_that_unpacks_to_a_gibibyte_is_refused(bench: Bench) -> None:
    writer = quiet_pen(bench.stages["company"])
    described_by(a_bomb(), is_deflated=True)(writer)
    assert apart(bench, bench.countersigned(writer, "coordinator")) == "GATE-LIMIT"


@pytest.mark.parametrize("make", [a_table_bomb, an_object_bomb])
def test_a_table_of_contents_that_unpacks_to_a_gibibyte_is_refused(
    bench: Bench, make: Callable[[bytes], bytes]
) -> None:
    assert apart(bench, make(bench.stages["coordinator"])) == "GATE-LIMIT"


@pytest.mark.parametrize("opening", [b"[", b"<</A"])
def test_a_pile_of_nested_objects_is_refused(bench: Bench, opening: bytes) -> None:
    forged = an_empty_revision(bench.stages["coordinator"], more=b" /X " + opening * 100_000)
    assert apart(bench, forged) == "GATE-LIMIT"


def test_an_entity_that_unfolds_without_end_is_not_unfolded(bench: Bench) -> None:
    writer = quiet_pen(bench.stages["company"])
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    packet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]><x>&j;</x>'.encode()
    described_by(packet)(writer)
    assert apart(bench, bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


def test_a_table_of_contents_that_leads_to_itself_is_refused(bench: Bench) -> None:
    looped = an_empty_revision(bench.stages["coordinator"])
    looped = patched(looped, rb"/Prev \d+", b"/Prev %d" % len(bench.stages["coordinator"]))
    assert apart(bench, looped) == "GATE-PARSE"


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_examined(bench: Bench) -> None:
    assert apart(bench, bench.stages["coordinator"], seconds=0.001) == "GATE-LIMIT"
    assert apart(bench, bench.stages["coordinator"]) == "coordinator"


def test_refusals_and_failures_come_whole_from_the_process_apart(bench: Bench) -> None:
    signed = bench.signed(bench.stages["company"], "coordinator", key=bench.key("dean"))
    with pytest.raises(Refused) as here:
        bench.examined(signed)
    with pytest.raises(Refused) as there:
        signing.examine_apart(
            signed,
            sent=bench.stages["company"],
            allowed={"coordinator": bench.people["coordinator"]},
            circuit=bench.circuit,
            trust=bench.trust,
            now=the_clock(),
        )
    assert (there.value.code, there.value.message, there.value.fix) == (
        here.value.code,
        here.value.message,
        here.value.fix,
    )
    with pytest.raises(ServiceError):
        apart(bench, bench.stages["coordinator"], trust=replace(bench.trust, hosts=frozenset({"nobody.test"})))


NEEDED_FOR_NOTHING: Final = {
    "a file": "open('made.txt', 'w')",
    "a longer file": "import os; os.write(os.memfd_create('room'), b'words')",
    "a folder": "import os; os.mkdir('made')",
    "no file": "import os; os.remove('kept.txt')",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a child": "import os; os.fork()",
    "memory": "bytearray(3 << 30)",
}


@pytest.mark.parametrize("what", NEEDED_FOR_NOTHING)
def test_the_process_apart_has_given_up_what_no_examination_needs(tmp_path: Path, what: str) -> None:
    (tmp_path / "kept.txt").touch()
    lines = (
        "from conventions.apart import confine",
        "from conventions.signing.sight import program",
        "import subprocess",
        "confine()",
        "subprocess.run([program(), '-v'], input=b'', capture_output=True, check=True)",
        "print('ready', flush=True)",
        NEEDED_FOR_NOTHING[what],
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "ready\n", done.stderr
    assert done.stderr.splitlines()[-1].startswith(("PermissionError", "MemoryError", "OSError: [Errno 27]"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
