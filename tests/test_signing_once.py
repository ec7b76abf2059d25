"""What is found out about a file is found out once, is the same as ever, and goes with the file."""

from __future__ import annotations

import gc
import weakref
from unittest.mock import patch

import pytest
from pyhanko.sign.diff_analysis import StandardDiffPolicy

from conventions import signing
from conventions.signing import policy, verification, writing
from conventions.signing.writing import OpenPaper
from tests.papers import Bench, the_clock


def test_a_sealed_paper_is_compared_once_for_each_signature(bench: Bench) -> None:
    asked = []
    compare = StandardDiffPolicy.review_file

    def told(self: StandardDiffPolicy, reader: OpenPaper, base_revision: int, *settings: object) -> object:
        asked.append((id(reader), base_revision))
        return compare(self, reader, base_revision, *settings)  # type: ignore[arg-type]

    with patch.object(StandardDiffPolicy, "review_file", told):
        assert signing.verify(bench.sealed, bench.offline, the_clock()).ok
    assert len(asked) == len(set(asked)) >= len(bench.people) + 1


def test_the_verdict_is_the_same_as_when_nothing_is_kept(bench: Bench) -> None:
    now = the_clock()
    spoilt = bench.sealed.replace(b"/Location (Lille)", b"/Location (Lilas)", 1)
    assert spoilt != bench.sealed
    kept = [signing.verify(paper, bench.offline, now) for paper in (bench.sealed, spoilt, bench.sealed)]
    with patch.object(policy._OncePerFile, "review_file", StandardDiffPolicy.review_file):
        anew = [signing.verify(paper, bench.offline, now) for paper in (bench.sealed, spoilt, bench.sealed)]
    assert kept == anew


def test_a_file_is_forgotten_when_it_was_verified(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Watched(OpenPaper):
        def __init__(self, pdf: bytes) -> None:
            super().__init__(pdf)
            seen.append(weakref.ref(self))

    monkeypatch.setattr(writing, "OpenPaper", Watched)
    assert verification.verify(bench.sealed, bench.offline, the_clock()).ok
    gc.collect()
    assert seen
    assert not any(one() for one in seen)
