"""The corpus: every attack that the reception gate answers, with the code it gets, on every kind of paper.

The documentation has the same table. The attacks are made on the spot, from genuine papers that wait for the
coordinator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from conventions import pipeline, signing
from conventions.model.paper import Prepared
from conventions.text import Text
from demo.pki import SEAL_NAME
from tests.forgery import (
    CHANGES,
    GARBAGE,
    Trick,
    a_bomb,
    a_hybrid,
    a_table_bomb,
    altered_text,
    an_annotation,
    an_empty_revision,
    an_object_bomb,
    another_font,
    covered_text,
    described_by,
    emptied,
    hidden,
    in_catalogue,
    moved,
    other_pages,
    patched,
    printed,
    repainted,
    saved_by_pikepdf,
    saved_by_pypdf,
    wrapped,
)
from tests.papers import ROLES, ROOM, Bench, a_signature_field, field, pen, quiet_pen, the_clock, written
from tests.smuggling import a_revision, brought, first_content, in_circles, tables_in_a_row, with_a_file, with_flags

DOCUMENTATION: Final = Path(__file__).parent.parent / "docs" / "reference" / "reception-gate.md"
PEOPLE: Final = ("student", "company")
"""Who has signed, each in one of three ways."""


@dataclass(frozen=True)
class Scene:
    """A paper that waits for the coordinator."""

    bench: Bench
    earlier: bytes
    """As it was before the company had signed."""
    sent: bytes
    signed: bytes
    """As the coordinator would honestly send it back."""

    def by(self, key: signing.Key, role: str = "coordinator") -> bytes:
        return self.bench.signed(self.sent, role, key=key, is_stamped=False)

    def by_variant(self, variant: str) -> bytes:
        return self.by(self.bench.key("coordinator", variant))

    def by_somebody(self, **certificate: Any) -> bytes:
        return self.by(self.bench.made_key(ec.generate_private_key(ec.SECP256R1()), **certificate))

    def together(self, trick: Trick) -> bytes:
        """Changed in the very revision that is signed."""
        writer = quiet_pen(self.sent)
        trick(writer)
        return self.bench.countersigned(writer, "coordinator")

    def stamped(self, trick: Trick) -> bytes:
        """As together, and what the trick puts into the signer's field stays there."""
        writer = quiet_pen(self.sent)
        trick(writer)
        return self.bench.without_locks(writer, "coordinator")

    def afterwards(self, trick: Trick) -> bytes:
        """Changed in a revision of its own, which nobody has signed."""
        writer = quiet_pen(self.signed)
        trick(writer)
        return written(writer)


def plain(bench: Bench, data: bytes, role: str) -> bytes:
    return bench.signed(data, role)


def proved(bench: Bench, data: bytes, role: str) -> bytes:
    """With the validation data that reception adds."""
    signed = bench.signed(data, role)
    with_data, missing = signing.prove(signed, {role}, bench.trust, the_clock())
    assert not missing
    assert len(with_data) > len(signed)
    return with_data


def by_code(bench: Bench, data: bytes, role: str) -> bytes:
    """By the seal, on behalf of somebody who gave a code."""
    sealed = pipeline.sign_for(
        Prepared(bench.origin, data),
        bench.people[role],
        signing.Signer(bench.seal_key, bench.timestamper, the_clock()),
        how=Text("simple electronic signature, recognised by a code sent by mail"),
        evidence="0" * 64,
    )
    return sealed.data


@pytest.fixture(scope="module", params=[plain, proved, by_code], ids=["plain", "with validation data", "by code"])
def scene(request: pytest.FixtureRequest, bench: Bench) -> Scene:
    states = [bench.stages["issued"]]
    for role in PEOPLE:
        states.append(request.param(bench, states[-1], role))
    return Scene(bench, states[1], states[2], bench.signed(states[2], "coordinator"))


def reused(is_copied: bool, name: str = "company") -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        writer = pen(scene.sent)
        made = field(writer, name).raw_get("/V")
        value = writer.add_object(type(made.get_object())(made.get_object())) if is_copied else made
        field(writer, "coordinator")["/V"] = value
        return written(writer)

    return make


def untouched(_: IncrementalPdfFileWriter) -> None:
    pass


def invisible_field(writer: IncrementalPdfFileWriter) -> None:
    a_signature_field(writer, "witness", (0, 0, 0, 0))


def range_of(words: bytes) -> Callable[[Scene], bytes]:
    return lambda scene: patched(scene.signed, rb"/ByteRange \[[^\]]*\]\s*", words)


def contents_of(words: bytes) -> Callable[[Scene], bytes]:
    return lambda scene: patched(scene.signed, ROOM.pattern, words)


def replaced_last_revision(scene: Scene) -> bytes:
    """The company's own signature, made anew, and the coordinator's upon it."""
    return scene.bench.signed(scene.bench.signed(scene.earlier, "company"), "coordinator")


def the_seals_name(scene: Scene) -> bytes:
    return scene.by_somebody(name=SEAL_NAME, emails=["seal@univ-exemple.test"])


def changed(scene: Scene) -> bytes:
    writer = pen(scene.sent)
    altered_text(writer)
    return written(writer)


def covered_up(scene: Scene) -> bytes:
    """Another description is signed, and the right one put over it."""
    packet = quiet_pen(scene.sent).root["/Metadata"].data
    signed = scene.together(described_by(packet.replace(b"2026-0001", b"2026-0002")))
    writer = quiet_pen(signed)
    described_by(packet)(writer)
    return written(writer)


def half_a_number(scene: Scene) -> bytes:
    packet = quiet_pen(scene.sent).root["/Metadata"].data
    return scene.together(described_by(packet.replace(b"<origin:number>2026-00", b"<origin:number>2026-<!-- -->00")))


def set_free(scene: Scene) -> bytes:
    return a_revision(scene.signed, rows=b"%d 1\n0000000000 00001 f \n" % first_content(scene.sent))


def of_a_later_generation(scene: Scene) -> bytes:
    words = b"<</Length 4>>\nstream\nq Q \nendstream"
    return a_revision(scene.signed, [(first_content(scene.sent), 1, words)])


def two_signatures(scene: Scene) -> bytes:
    return scene.bench.signed(scene.signed, "dean")


ATTACKS: Final[dict[str, tuple[str, Callable[[Scene], bytes]]]] = {
    "200 MB of garbage": ("GATE-SIZE", lambda scene: scene.signed + bytes(200_000_000)),
    "garbage instead of a PDF": ("GATE-PARSE", lambda _: GARBAGE),
    "the unchanged file": ("GATE-UNCHANGED", lambda scene: scene.sent),
    "truncation": ("GATE-TRUNCATED", lambda scene: scene.sent[:-1_000]),
    "rollback to an earlier state": ("GATE-TRUNCATED", lambda scene: scene.bench.signed(scene.earlier, "coordinator")),
    "replaced last revision": ("GATE-TRUNCATED", replaced_last_revision),
    "rewritten by qpdf (pikepdf)": ("GATE-PREFIX", lambda scene: saved_by_pikepdf(scene.signed)),
    "rewritten by pypdf": ("GATE-PREFIX", lambda scene: saved_by_pypdf(scene.signed)),
    "another dossier's paper": ("GATE-PREFIX", lambda scene: scene.bench.issued("other")),
    "another version of the paper": ("GATE-PREFIX", lambda scene: scene.bench.issued("corrected")),
    "printed to PDF": ("GATE-PRINTED", lambda scene: printed(scene.signed)),
    "encrypted": (
        "GATE-ENCRYPTED",
        lambda scene: saved_by_pikepdf(scene.signed, encryption=pikepdf.Encryption(owner="o", user="")),
    ),
    "hybrid cross-reference table": ("GATE-HYBRID", lambda scene: a_hybrid(scene.signed)),
    "bomb in the description": (
        "GATE-LIMIT",
        lambda scene: scene.together(described_by(a_bomb(), is_deflated=True)),
    ),
    "bomb in the cross-reference table": ("GATE-LIMIT", lambda scene: a_table_bomb(scene.signed)),
    "bomb in an object stream": ("GATE-LIMIT", lambda scene: an_object_bomb(scene.signed)),
    "an object of a later generation": ("GATE-PARSE", of_a_later_generation),
    "two catalogues in one trailer": ("GATE-PARSE", lambda scene: a_revision(scene.signed, more=b" /Root 1 0 R")),
    "nested without end": ("GATE-LIMIT", lambda scene: an_empty_revision(scene.signed, more=b" /X " + b"[" * 100_000)),
    "bytes without a purpose": ("GATE-BYTES", lambda scene: scene.signed + GARBAGE),
    "words in the room behind the signature": (
        "GATE-BYTES",
        lambda scene: patched(scene.signed, rb"0{32}>", b"616e6f7468657220646f63756d656e74>"),
    ),
    "tables that lead to each other by the thousand": (
        "GATE-BYTES",
        lambda scene: tables_in_a_row(scene.signed, 10_000),
    ),
    "a thousand revisions": ("GATE-BYTES", lambda scene: scene.signed + scene.signed[-300:] * 1_000),
    "universal forgery: no byte range": ("GATE-FORGED", range_of(b"/ByteRenge [0 1 2 3]")),
    "universal forgery: empty byte range": ("GATE-FORGED", range_of(b"/ByteRange null")),
    "universal forgery: no contents": ("GATE-FORGED", contents_of(b"/Kontents <00>")),
    "universal forgery: empty contents": ("GATE-FORGED", contents_of(b"/Contents <>")),
    "universal forgery: contents of zeros": ("GATE-FORGED", contents_of(b"/Contents <0000>")),
    "universal forgery: byte range of nothing": ("GATE-RANGE", range_of(b"/ByteRange [0 0 0 0]")),
    "signature wrapping": ("GATE-RANGE", lambda scene: wrapped(scene.signed)),
    "re-used signature object": ("GATE-REUSED", reused(is_copied=False)),
    "copied signature object": ("GATE-REUSED", reused(is_copied=True)),
    "the seal's signature in a person's field": ("GATE-REUSED", reused(is_copied=True, name="seal")),
    "altered byte under the signature": (
        "GATE-INTEGRITY",
        lambda scene: patched(scene.signed, rb"/Lille\)|Lille", b"Lilla"),
    ),
    "extra signature field": ("GATE-FIELD", lambda scene: scene.together(invisible_field)),
    "extra invisible signature": (
        "GATE-FIELD",
        lambda scene: scene.bench.countersigned(
            scene.signed, "witness", key=scene.bench.key("coordinator"), is_new_field=True
        ),
    ),
    "an earlier signature taken out": ("GATE-COUNT", lambda scene: scene.afterwards(emptied("student"))),
    "two signatures at once": ("GATE-COUNT", two_signatures),
    "changed without a signature": ("GATE-COUNT", changed),
    "altered text, then signed": ("GATE-CHANGE", lambda scene: scene.together(altered_text)),
    "altered text after the signature": ("GATE-CHANGE", lambda scene: scene.afterwards(altered_text)),
    "extra annotation": ("GATE-CHANGE", lambda scene: scene.together(an_annotation)),
    "hidden field": ("GATE-CHANGE", lambda scene: scene.together(hidden("student"))),
    "re-drawn field": ("GATE-CHANGE", lambda scene: scene.together(repainted("dean"))),
    "field changed after its lock": ("GATE-CHANGE", lambda scene: scene.afterwards(repainted("student"))),
    "signature field enlarged": ("GATE-CHANGE", lambda scene: scene.together(moved("coordinator"))),
    "shadow attack: hide": ("GATE-CHANGE", lambda scene: scene.together(covered_text)),
    "shadow attack: replace": ("GATE-CHANGE", lambda scene: scene.together(another_font)),
    "shadow attack: hide and replace": ("GATE-CHANGE", lambda scene: scene.together(other_pages)),
    "an unused object for later": ("GATE-CHANGE", lambda scene: scene.together(CHANGES["an unused object"])),
    "contents set free": ("GATE-CHANGE", set_free),
    "words in a trailer": ("GATE-CHANGE", lambda scene: a_revision(scene.signed, more=b" /Hidden (words)")),
    "another description, covered up": ("GATE-CHANGE", covered_up),
    "half a number in the description": ("GATE-CHANGE", half_a_number),
    "the paper said to be untagged": (
        "GATE-CHANGE",
        lambda scene: scene.together(in_catalogue("/MarkInfo", generic.DictionaryObject)),
    ),
    "a file in the stamp": ("GATE-STAMP", lambda scene: scene.stamped(with_a_file)),
    "a stamp that nobody sees": ("GATE-STAMP", lambda scene: scene.stamped(with_flags(2))),
    "validation data that are none": ("GATE-PROOF", lambda scene: scene.together(brought(Certs=[b"words"]))),
    "authorities that lead in circles": ("GATE-PROOF", lambda scene: scene.by(in_circles(4))),
    "another origin in the description": ("GATE-CHANGE", lambda scene: scene.together(described_by(b"<x/>"))),
    "out of order": ("GATE-TURN", lambda scene: scene.bench.signed(scene.sent, "dean")),
    "locks out those who follow": ("GATE-LOCK", lambda scene: scene.bench.locked(scene.sent, "coordinator")),
    "weak algorithm": (
        "GATE-ALGORITHM",
        lambda scene: scene.bench.countersigned(scene.sent, "coordinator", md_algorithm="sha1"),
    ),
    "missing key usage": ("GATE-USAGE", lambda scene: scene.by_somebody(uses=["key_encipherment"])),
    "the certificate of a machine": (
        "GATE-USAGE",
        lambda scene: scene.by_somebody(purposes=[ExtendedKeyUsageOID.SERVER_AUTH]),
    ),
    "unknown issuer": ("GATE-TRUST", lambda scene: scene.by_variant("stranger")),
    "expired certificate": ("GATE-EXPIRED", lambda scene: scene.by_variant("expired")),
    "revoked certificate": ("GATE-REVOKED", lambda scene: scene.by_variant("revoked")),
    "another valid person": ("GATE-PERSON", lambda scene: scene.by(scene.bench.key("dean"))),
    "the seal in a person's field": ("GATE-PERSON", lambda scene: scene.by(scene.bench.seal_key)),
    "a person by the name of the seal": ("GATE-PERSON", the_seals_name),
    "signed before the paper was issued": (
        "GATE-TIME",
        lambda scene: scene.bench.signed(
            scene.sent, "coordinator", is_stamped=False, now=the_clock().replace(year=the_clock().year - 1)
        ),
    ),
}
"""What is done to the paper: the code, and how it is done."""


def test_the_honest_way_is_open_on_every_kind_of_paper(scene: Scene) -> None:
    assert scene.bench.refusal(scene.signed, sent=scene.sent) == "accepted for the coordinator"
    assert scene.bench.refusal(scene.together(untouched), sent=scene.sent) == "accepted for the coordinator"


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_refused_with_its_code(scene: Scene, attack: str) -> None:
    code, make = ATTACKS[attack]
    assert scene.bench.refusal(make(scene), sent=scene.sent) == code


@pytest.mark.parametrize(("before", "role"), [*zip(("issued", *ROLES[:-1]), ROLES, strict=True)])
def test_altered_text_is_refused_after_each_of_the_four_signatures(bench: Bench, before: str, role: str) -> None:
    sent = bench.stages[before]
    writer = pen(bench.stages[role])
    altered_text(writer)
    assert bench.refusal(written(writer), role, sent=sent) == "GATE-CHANGE"
    writer = pen(sent)
    altered_text(writer)
    assert bench.refusal(bench.countersigned(writer, role), role, sent=sent) == "GATE-CHANGE"


def test_the_documentation_tells_every_attack_and_its_code() -> None:
    told = dict(re.findall(r"(?m)^\| ([^|`]+) \| `(GATE-[A-Z]+)` \|$", DOCUMENTATION.read_text(encoding="utf-8")))
    assert told == {attack: code for attack, (code, _) in ATTACKS.items()}
