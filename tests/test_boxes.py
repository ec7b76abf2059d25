"""Whoever makes a paper hands its signature boxes over with it: nobody opens the file again to look for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
import pytest

from conventions import forms, pipeline
from conventions.documents import DOCUMENTS
from conventions.errors import ConventionsError
from conventions.model.paper import Box, Pdf
from conventions.model.roles import Circuit
from conventions.pipeline import Order
from conventions.settings import load
from tests.papers import Bench, the_clock

SETTINGS: Final = load(Path(__file__).parent.parent / "examples").settings
SIGNED: Final = [key for key, kind in DOCUMENTS.items() if kind.signers != () and not kind.is_form]


def circuit_of(order: object) -> Circuit:
    assert isinstance(order, Order | pipeline.CampaignOrder)
    dossier = order.source.dossier if isinstance(order, Order) else None
    return pipeline.circuit_for(order.document, dossier, SETTINGS)


@pytest.fixture(scope="module")
def made() -> Mapping[str, tuple[Circuit, Pdf]]:
    """One of each type that is signed, and a form."""
    orders = [pipeline.order_for(key, SETTINGS.language) for key in (*SIGNED, "evaluation_student")]
    produced = pipeline.produce(orders, SETTINGS, own_templates=None, now=pipeline.SPECIMEN_NOW)
    found: dict[str, tuple[Circuit, Pdf]] = {}
    for order, paper in produced:
        assert not isinstance(paper, ConventionsError), paper
        found[order.document.partition("-")[0]] = circuit_of(order), paper
    return found


@pytest.mark.parametrize("key", SIGNED)
def test_the_boxes_are_those_that_are_found_in_the_file(made: Mapping[str, tuple[Circuit, Pdf]], key: str) -> None:
    circuit, paper = made[key]
    assert paper.boxes.keys() >= set(circuit.roles) != set()
    assert paper.boxes == forms.anchors(paper.data, paper.boxes)


def test_a_form_has_none(made: Mapping[str, tuple[Circuit, Pdf]]) -> None:
    assert made["evaluation_student"][1].boxes == {}


def test_a_paper_is_prepared_alike_without_them(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Pdf(bench.origin, bench.papers["first"])
    boxes = forms.anchors(paper.data, bench.circuit.roles)

    def placed(known: Mapping[str, Box]) -> Mapping[str, Box]:
        prepared = pipeline.prepare(
            replace(paper, boxes=known),
            bench.circuit,
            seal=bench.seal_key,
            services=bench.services,
            institution="Université d'Exemple-Nord",
            now=the_clock(),
        )
        with pikepdf.open(BytesIO(prepared.data)) as document:
            pages: dict[object, int] = {page.objgen: rank for rank, page in enumerate(document.pages)}
            fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
            return {role: Box(pages[fields[role].P.objgen], *map(float, fields[role].Rect)) for role in boxes}

    assert placed({}) == placed({"student": boxes["student"]})
    monkeypatch.setattr(forms, "anchors", None)
    assert placed(boxes) == {role: _rounded(box) for role, box in boxes.items()}


def _rounded(box: Box) -> Box:
    return Box(box.page, *(round(edge, 2) for edge in (box.left, box.bottom, box.right, box.top)))
