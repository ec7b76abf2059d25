"""What else may not be changed together with a signature: content, fields, locks.

The paper waits for the coordinator; student and company have signed.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

from tests.forgery import CHANGES, OPEN_TO_THE_DEAN, Trick, described_by, dictionary, emptied, hidden, moved, repainted
from tests.papers import ROLES, Bench, a_signature_field, field, pen, quiet_pen, written

# ── What else was changed ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trick", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_together_with_the_signature_is_refused(bench: Bench, trick: Trick) -> None:
    writer = pen(bench.stages["company"])
    trick(writer)
    assert bench.refusal(bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


@pytest.mark.parametrize("name", ["altered text", "an annotation", "next field painted", "another title"])
def test_what_was_changed_before_the_signature_is_refused(bench: Bench, name: str) -> None:
    writer = pen(bench.stages["company"])
    CHANGES[name](writer)
    assert bench.refusal(bench.countersigned(written(writer), "coordinator")) == "GATE-CHANGE"


@pytest.mark.parametrize(
    "trick",
    [CHANGES["altered text"], CHANGES["an annotation"], moved("coordinator"), repainted("coordinator")],
    ids=["altered text", "an annotation", "own field moved", "own stamp repainted"],
)
def test_what_was_changed_after_the_signature_is_refused(bench: Bench, trick: Trick) -> None:
    writer = pen(bench.stages["coordinator"])
    trick(writer)
    assert bench.refusal(written(writer)) == "GATE-CHANGE"


@pytest.mark.parametrize("name", ["altered text", "an annotation", "next field painted"])
def test_a_changed_file_without_a_signature_is_refused(bench: Bench, name: str) -> None:
    writer = pen(bench.stages["company"])
    CHANGES[name](writer)
    assert bench.refusal(written(writer)) == "GATE-COUNT"


@pytest.mark.parametrize(
    "words", [b"<origin:number>2026-0001", b"<origin:version>1", b"<pdfaid:part>2", b"2026-0001</rdf:li>"]
)
def test_a_description_that_says_something_else_is_refused(bench: Bench, words: bytes) -> None:
    writer = quiet_pen(bench.stages["company"])
    packet = quiet_pen(bench.stages["company"]).root["/Metadata"].data
    assert words in packet
    described_by(packet.replace(words, words.translate(ROTATED)))(writer)
    assert bench.refusal(bench.countersigned(writer, "coordinator")) == "GATE-CHANGE"


ROTATED: Final = bytes.maketrans(b"12", b"34")


# ── Fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────


INVISIBLE: Final = (0, 0, 0, 0)
VISIBLE: Final = (40, 40, 560, 800)


@pytest.mark.parametrize("rectangle", [INVISIBLE, VISIBLE], ids=["invisible", "visible"])
@pytest.mark.parametrize("name", ["witness", "coordinator", ""], ids=["new", "doubled", "nameless"])
def test_a_field_of_ones_own_is_refused(bench: Bench, rectangle: tuple[int, ...], name: str) -> None:
    before = pen(bench.stages["company"])
    a_signature_field(before, name, rectangle)
    assert bench.refusal(bench.countersigned(before, "coordinator")) == "GATE-FIELD"
    after = pen(bench.stages["coordinator"])
    a_signature_field(after, name, rectangle)
    assert bench.refusal(written(after)) == "GATE-FIELD"


def test_a_signature_in_a_field_of_ones_own_is_refused(bench: Bench) -> None:
    key = bench.key("coordinator")
    alone = bench.countersigned(bench.stages["company"], "witness", key=key, is_new_field=True)
    assert bench.refusal(alone) == "GATE-FIELD"
    beside = bench.countersigned(bench.stages["coordinator"], "witness", key=key, is_new_field=True)
    assert bench.refusal(beside) == "GATE-FIELD"


@pytest.mark.parametrize("index", [0, 1, 2, 3, 4])
def test_a_field_that_was_removed_is_missed(bench: Bench, index: int) -> None:
    writer = pen(bench.stages["company"])
    fields = writer.root["/AcroForm"]["/Fields"]
    del fields[index]
    writer.update_container(fields)
    assert bench.refusal(written(writer)) == "GATE-FIELD"


def test_a_field_that_was_renamed_is_missed(bench: Bench) -> None:
    writer = pen(bench.stages["coordinator"])
    field(writer, "coordinator")[pdf_name("/T")] = generic.pdf_string("dean (2)")
    assert bench.refusal(written(writer)) == "GATE-FIELD"


def test_an_earlier_signature_that_was_taken_out_is_missed(bench: Bench) -> None:
    writer = pen(bench.stages["coordinator"])
    emptied("student")(writer)
    assert bench.refusal(written(writer)) == "GATE-COUNT"


@pytest.mark.parametrize("is_copied", [False, True], ids=["same object", "copied object"])
def test_a_signature_that_is_used_a_second_time_is_refused(bench: Bench, is_copied: bool) -> None:
    writer = pen(bench.stages["company"])
    made = field(writer, "company").raw_get("/V")
    value = writer.add_object(generic.DictionaryObject(made.get_object())) if is_copied else made
    field(writer, "coordinator")[pdf_name("/V")] = value
    assert bench.refusal(written(writer)) == "GATE-REUSED"


def test_a_timestamp_in_somebodys_field_is_refused(bench: Bench) -> None:
    """Else that person could not sign any more."""
    output = BytesIO()
    stamper = PdfTimeStamper(bench.timestamper, field_name="dean")
    stamper.timestamp_pdf(pen(bench.stages["company"]), "sha256", output=output)
    assert bench.refusal(bench.countersigned(output.getvalue(), "coordinator")) == "GATE-FIELD"


@pytest.mark.parametrize(
    ("lock", "permission"),
    [
        (FieldMDPSpec(FieldMDPAction.ALL), None),
        (FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["dean"]), None),
        (FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=["student"]), None),
        (OPEN_TO_THE_DEAN, MDPPerm.NO_CHANGES),
    ],
    ids=["all", "the dean", "all but the student", "the document"],
)
def test_a_signature_that_locks_out_those_who_have_yet_to_sign_is_refused(
    bench: Bench, lock: FieldMDPSpec, permission: MDPPerm | None
) -> None:
    assert bench.refusal(bench.locked(bench.stages["company"], "coordinator", lock, permission)) == "GATE-LOCK"


def test_a_second_certification_is_refused(bench: Bench) -> None:
    certified = bench.locked(bench.stages["company"], "coordinator", OPEN_TO_THE_DEAN, MDPPerm.FILL_FORMS)
    assert bench.refusal(certified) == "GATE-CHANGE"


# ── A paper with a text field ───────────────────────────────────────────────────────────────────────────────────────


LATER: Final = {"student": ROLES[1:], "company": ROLES[2:], "coordinator": ROLES[3:], "dean": ()}


def with_a_remark(bench: Bench, *, locked_from: str) -> bytes:
    """A certified paper with a text field, signed by student and company; the lock of one role closes the field."""
    writer = pen(bench.papers["first"])
    form = {"/Fields": generic.ArrayObject(), "/SigFlags": generic.NumberObject(3)}
    writer.root[pdf_name("/AcroForm")] = writer.add_object(dictionary(form))
    writer.update_root()
    closed = ROLES.index(locked_from)
    for number, name in enumerate((*ROLES, "seal", "remark")):
        a_signature_field(writer, name, (50, 50 + 60 * number, 250, 100 + 60 * number))
        made = field(writer, name)
        if name in LATER:
            names = [*LATER[name], *(["remark"] if number < closed else [])]
            made[pdf_name("/Lock")] = FieldMDPSpec(FieldMDPAction.EXCLUDE, fields=names).as_sig_field_lock()
    words = field(writer, "remark")
    words[pdf_name("/FT")] = pdf_name("/Tx")
    words[pdf_name("/V")] = generic.pdf_string("35 hours")
    repainted("remark")(writer)
    data = bench.countersigned(writer, "seal", key=bench.seal_key, certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    for role in ("student", "company"):
        data = bench.countersigned(data, role)
    return data


def refilled(writer: IncrementalPdfFileWriter) -> None:
    field(writer, "remark")[pdf_name("/V")] = generic.pdf_string("40 hours")


@pytest.mark.parametrize("locked_from", ["student", "dean"], ids=["locked", "not locked yet"])
def test_a_text_field_stays_as_it_was_whether_a_lock_closes_it_or_not(bench: Bench, locked_from: str) -> None:
    sent = with_a_remark(bench, locked_from=locked_from)
    honest = bench.countersigned(sent, "coordinator")
    assert bench.refusal(honest, sent=sent) == "accepted for the coordinator"
    for trick in (refilled, hidden("remark"), repainted("remark"), moved("remark")):
        before, after = pen(sent), pen(honest)
        trick(before)
        assert bench.refusal(bench.countersigned(before, "coordinator"), sent=sent) == "GATE-CHANGE"
        trick(after)
        assert bench.refusal(written(after), sent=sent) == "GATE-CHANGE"


# ── A program that knows no locks ───────────────────────────────────────────────────────────────────────────────────


def test_a_signature_that_ignores_the_lock_of_its_field_is_accepted_and_leaves_nothing_open(bench: Bench) -> None:
    """What the lock would forbid to those who follow, the gate and the certification forbid in any case."""
    sent = bench.stages["company"]
    returned = bench.without_locks(sent, "coordinator")
    assert b"/FieldMDP" not in returned[len(sent) :]
    assert b"/FieldMDP" in bench.stages["coordinator"][len(sent) :]
    assert bench.refusal(returned) == "accepted for the coordinator"
    assert bench.refusal(bench.signed(returned, "dean"), "dean", sent=returned) == "accepted for the dean"
    for name in ("coordinator", "student"):
        writer = pen(returned)
        repainted(name)(writer)
        assert bench.refusal(bench.countersigned(writer, "dean"), "dean", sent=returned) == "GATE-CHANGE"
