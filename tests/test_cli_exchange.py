"""``conventions import`` and ``conventions export`` as a secretary runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sheets import a_row, book, table


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CONVENTIONS_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", "conventions", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("w")
    assert run("init", "w", folder=folder).returncode == 0
    return folder / "w"


def test_a_year_goes_out_and_in_without_a_change(workspace: Path) -> None:
    for name in ("year.yaml", "year.json", "year.csv", "year.xlsx"):
        done = run("export", name, folder=workspace)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert "11 dossiers" in done.stdout
        again = run("import", name, folder=workspace)
        assert again.returncode == 0, again.stderr
        assert again.stdout.count("unchanged") == 11


def test_every_row_is_reported_and_the_exit_code_is_that_of_the_first_error(workspace: Path, tmp_path: Path) -> None:
    rows = table(a_row(number="A1") | {"couleur": "bleu"}, a_row(number="A2", schedule__start="hier"))
    file = book(tmp_path, rows)
    done = run("import", str(file), "--dry-run", folder=workspace)
    assert done.returncode == 3
    assert "A1  would be written" in done.stdout
    assert "TABLE-02  [warning]" in done.stderr
    assert "Stages!" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (workspace / "dossiers" / "A1.yaml").exists()
    told = json.loads(run("import", str(file), "--dry-run", "--json", folder=workspace).stdout)
    assert [one["number"] for one in told] == ["year.xlsx", "A1", "A2"]
    assert [one["ok"] for one in told] == [True, True, False]
    assert told[0]["findings"][0]["place"].endswith(
        "year.xlsx:Stages!" + told[0]["findings"][0]["place"].partition("!")[2]
    )


def test_one_bad_file_does_not_keep_the_others_from_being_read(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"nothing")
    good = book(tmp_path, table(a_row(number="A3")))
    done = run("import", str(tmp_path / "bad.xlsx"), str(good), folder=workspace)
    assert done.returncode == 3
    assert "FILE-10" in done.stderr
    assert (workspace / "dossiers" / "A3.yaml").is_file()
    (workspace / "dossiers" / "A3.yaml").unlink()


def test_a_difference_leaves_with_the_code_of_what_must_be_kept(workspace: Path, tmp_path: Path) -> None:
    assert run("import", str(book(tmp_path, table(a_row(number="A4")))), folder=workspace).returncode == 0
    changed = str(book(tmp_path, table(a_row(number="A4", allowance__amount="6,00"))))
    refused = run("import", changed, folder=workspace)
    assert refused.returncode == 7
    assert "allowance.amount: “4.5” would become “6.00”" in refused.stderr
    assert "updated" in run("import", changed, "--update", folder=workspace).stdout
    assert "amount: 6.00" in (workspace / "dossiers" / "A4.yaml").read_text(encoding="utf-8")
    (workspace / "dossiers" / "A4.yaml").unlink()


def test_export_to_esup_stage_says_what_it_leaves_out(workspace: Path) -> None:
    done = run("export", "esup.csv", "--columns", "esup-stage", folder=workspace)
    assert done.returncode == 0
    assert "EXPORT-03  [warning]" in done.stdout
    assert "numEtudiant" in (workspace / "esup.csv").read_text(encoding="utf-8-sig")
    assert run("export", "esup.json", "--columns", "esup-stage", folder=workspace).returncode == 3


def test_a_table_that_breaks_off_is_not_taken_for_a_whole_one(workspace: Path, tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "whole.csv"), folder=workspace).returncode == 0
    whole = (tmp_path / "whole.csv").read_text(encoding="utf-8-sig")
    for name, rows, at in (("late.csv", 10, whole.index("Loïc")), ("early.csv", 0, whole.index("Camille"))):
        (tmp_path / name).write_text(f'{whole[:at]}"{whole[at:]}', encoding="utf-8")  # a quote that nothing ends
        done = run("import", str(tmp_path / name), "--dry-run", folder=workspace)
        assert done.returncode == 3
        assert done.stdout.count("unchanged") == rows
        assert done.stderr.count("TABLE-11") == 1
        told = json.loads(run("import", str(tmp_path / name), "--dry-run", "--json", folder=workspace).stdout)
        assert [one["number"] for one in told if not one["ok"]] == [name]
