"""The papers that the validators are asked about."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conventions import pipeline
from conventions.documents import DOCUMENTS
from conventions.languages import LANGUAGES
from conventions.model.paper import Pdf
from conventions.pipeline.specimens import SPECIMEN_NOW
from conventions.settings import load
from tests.builders import EXAMPLES
from tests.workspaces import Bureau, a_bureau

__all__ = ["ALTERED", "SEALED", "drafts", "signed"]

SEALED: Final = "sealed"
ALTERED: Final = "altered"
_PRODUCER: Final = b"/Producer ("


def drafts(folder: Path) -> Mapping[str, Path]:
    """Of every document in every language, by what it is."""
    orders = [pipeline.order_for(document, code) for document in DOCUMENTS for code in LANGUAGES]
    found: dict[str, Path] = {}
    for order, paper in pipeline.produce(orders, load(EXAMPLES).settings, own_templates=None, now=SPECIMEN_NOW):
        assert isinstance(paper, Pdf), paper
        name = f"{order.document} {paper.origin.language}"
        found[name] = folder / f"{name}.pdf"
        found[name].write_bytes(paper.data)
    return found


def signed(folder: Path) -> tuple[Path, Mapping[str, Path]]:
    """Agreements on their way and complete, and one complete with a letter changed; and whom to believe."""
    with a_bureau(folder, "0001", "0002") as bureau:
        roots = Path(shutil.copy(bureau.pki.roots, folder / "roots.pem"))
        own, coded = bureau.numbers
        found = {**_stages(bureau, own, folder, "certificates"), **_stages(bureau, coded, folder, "a code by mail")}
    data = bytearray(found[f"certificates, {SEALED}"].read_bytes())
    data[data.index(_PRODUCER) + len(_PRODUCER)] ^= 1
    found[ALTERED] = folder / "altered.pdf"
    found[ALTERED].write_bytes(data)
    return roots, found


def _stages(bureau: Bureau, number: str, folder: Path, how: str) -> Mapping[str, Path]:
    found: dict[str, Path] = {}

    def keep(stage: str) -> None:
        found[f"{how}, {stage}"] = Path(shutil.copy(bureau.paper(number), folder / f"{number} {stage}.pdf"))

    bureau.run("issue", number)
    keep("issued")
    first, *others = bureau.people(number)
    if how == "a code by mail":
        bureau.run("code", number, "--as", first)
        bureau.run("consent", number, "--as", first, CONVENTIONS_CODE=bureau.code_sent(number, first))
    else:
        bureau.sign(number, first)
    bureau.sign(number, *others)
    keep("signed by all")
    bureau.run("seal", number)
    keep(SEALED)
    return found
