"""Two saved measurements: what has become worse is told, whatever the machine was doing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench import compare


def saved(path: Path, *, ours: float, others: float, memory: float) -> Path:
    result: dict[str, Any] = {
        "converting": {"one soffice process per document": others, "conventions ×1": ours},
        "campaign": {"500": {"papers a second": 1.0, "MB, together": memory}},
    }
    path.write_text(json.dumps(result), encoding="utf-8")
    return path


def test_a_busier_machine_is_no_change_for_the_worse(tmp_path: Path) -> None:
    then = saved(tmp_path / "then.json", ours=100, others=1000, memory=500)
    now = saved(tmp_path / "now.json", ours=300, others=3000, memory=500)
    assert compare.main(then, now) == 0


def test_what_has_become_slower_against_the_others_is_told(tmp_path: Path) -> None:
    then = saved(tmp_path / "then.json", ours=100, others=1000, memory=500)
    now = saved(tmp_path / "now.json", ours=120, others=1000, memory=500)
    assert compare.main(then, now) == 1
    assert (
        dict(compare.changes(json.loads(then.read_text()), json.loads(now.read_text())))["converting: conventions ×1"]
        == 1.2
    )


def test_a_whole_command_that_leaves_libreoffice_waiting_longer_is_told(tmp_path: Path) -> None:
    then, now = tmp_path / "then.json", tmp_path / "now.json"
    then.write_text(json.dumps({"issue": {"500": {"× LibreOffice alone": 1.2}}}))
    now.write_text(json.dumps({"issue": {"500": {"× LibreOffice alone": 1.5}}}))
    assert compare.main(then, now) == 1
    assert compare.main(now, then) == 0


def test_a_single_paper_that_is_waited_for_longer_is_told(tmp_path: Path) -> None:
    then, now = tmp_path / "then.json", tmp_path / "now.json"
    then.write_text(json.dumps({"single": {"conventions, by the worker": {"ms": 900, "× LibreOffice alone": 1.5}}}))
    now.write_text(json.dumps({"single": {"conventions, by the worker": {"ms": 600, "× LibreOffice alone": 1.8}}}))
    assert compare.main(then, now) == 1
    assert compare.main(now, then) == 0


def test_what_holds_more_memory_is_told(tmp_path: Path) -> None:
    then = saved(tmp_path / "then.json", ours=100, others=1000, memory=500)
    now = saved(tmp_path / "now.json", ours=100, others=1000, memory=600)
    assert compare.main(then, now) == 1
