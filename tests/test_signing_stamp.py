"""The stamp of a signature: what is seen, and that nothing but what is seen changes in its field."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from tests.papers import ROLES, Bench


def frames(data: bytes) -> dict[str, list[float]]:
    """By the name of the field, the frame of its appearance (BBox), of those that have one."""
    with pikepdf.open(BytesIO(data)) as paper:
        fields = [field for field in paper.Root.AcroForm.Fields if "/AP" in field]
        return {str(field.T): [float(edge) for edge in field.AP.N.BBox] for field in fields}


def reframed(data: bytes, *frame: float) -> bytes:
    """A paper without signatures, whose fields have an appearance of another size."""
    with pikepdf.open(BytesIO(data)) as paper:
        for field in paper.Root.AcroForm.Fields:
            field.AP.N.BBox = pikepdf.Array(frame)
        del paper.Root.AcroForm.Fields[-1].V  # the seal's: its bytes are others now
        target = BytesIO()
        paper.save(target)
    return target.getvalue()


def picture(data: bytes, folder: Path) -> bytes:
    """The last page, which has the fields, as it is seen."""
    file = folder / "paper.pdf"
    file.write_bytes(data)
    with pikepdf.open(file) as paper:
        last = str(len(paper.pages))
    command = ["pdftoppm", "-r", "72", "-gray", "-f", last, "-l", last, str(file)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_signature_keeps_the_frame_that_its_empty_field_has(bench: Bench) -> None:
    """The EU's validator takes any other for a change that nobody permitted."""
    before = frames(bench.issued())
    assert before.keys() == {*ROLES, "seal"}
    for stage in bench.stages.values():
        assert frames(stage) == before


def test_an_empty_field_has_a_frame_as_large_as_itself(bench: Bench) -> None:
    with pikepdf.open(BytesIO(bench.issued())) as paper:
        for field in paper.Root.AcroForm.Fields:
            left, bottom, right, top = (float(edge) for edge in field.Rect)
            if field.T != "seal":
                assert [float(edge) for edge in field.AP.N.BBox] == pytest.approx([0, 0, right - left, top - bottom])


@pytest.mark.parametrize("frame", [(0, 0, 1, 1), (0, 0, 400, 50), (-20, 30, 80, 530)])
def test_a_stamp_is_seen_in_the_same_place_whatever_frame_its_field_has(
    bench: Bench, tmp_path: Path, frame: tuple[float, ...]
) -> None:
    issued = bench.issued()
    left, bottom, right, top = frames(issued)["student"]
    seen = [
        picture(bench.signed(reframed(issued, *edges), "student"), tmp_path)
        for edges in ((left, bottom, right, top), frame)
    ]
    empty = picture(reframed(issued, *frame), tmp_path)
    assert 500 < different(seen[0], empty) > 10 * different(*seen)


def different(one: bytes, other: bytes) -> int:
    """Pixels that are clearly not alike; the edges of letters may be a shade lighter or darker."""
    return sum(abs(this - that) > 96 for this, that in zip(one, other, strict=True))
