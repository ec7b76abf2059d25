"""No command waits for what only others need: which libraries each of them loads, as Python knows when it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from conventions.intake import dossier_schema
from conventions.model.party import Address
from tests.workspaces import PASSPHRASE, Bureau

RULES: Final = {"conventions.rules.judging", "email_validator", "phonenumbers", "stdnum"}
MAKING: Final = {"docxtpl", "jinja2", "pikepdf", "conventions.press.filling"}
SIGNING: Final = {"aiohttp", "pyhanko", "pyhanko_certvalidator"}
REGISTRY: Final = {"alembic", "sqlalchemy"}
NEVER: Final = {"alembic", "fontTools.subset", "holidays", "icalendar", "matplotlib", "numpy", "openpyxl", "ruamel"}
"""What no ordinary step of a French internship needs."""


LOADED: Final = "modules: "
TELLING: Final = f"import atexit, sys; atexit.register(lambda: print({LOADED!r}, *sys.modules, file=sys.stderr)); "


def loaded(program: str, *arguments: str | Path) -> set[str]:
    """Every module that a run of Python has loaded, with the packages it lies in; the run must end well."""
    done = subprocess.run(
        [sys.executable, "-c", TELLING + program, *map(str, arguments)],
        env={**os.environ, "CONVENTIONS_LANG": "en", "CONVENTIONS_SEAL_PASSPHRASE": PASSPHRASE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stderr.rpartition(LOADED)[2].split())


def command(bureau: Bureau, *arguments: str | Path) -> set[str]:
    return loaded("from conventions.cli import run; run()", "-w", bureau.root, *arguments)


def test_a_check_loads_the_rules_and_nothing_that_makes_or_signs_a_paper(issued: Bureau) -> None:
    modules = command(issued, "check")
    assert modules >= RULES
    assert modules & (NEVER | MAKING | SIGNING) == set()


def test_a_paper_that_lies_there_is_told_without_what_makes_or_signs_one(issued: Bureau) -> None:
    number = issued.numbers[0]
    modules = command(issued, "generate", number)
    assert (
        modules & (NEVER | SIGNING | {"docxtpl", "jinja2", "conventions.office.reception", "conventions.post"}) == set()
    )
    assert modules >= RULES


def test_the_board_loads_no_rule_and_opens_no_paper(issued: Bureau) -> None:
    modules = command(issued, "status")
    assert modules & (NEVER | RULES | MAKING | SIGNING | {"conventions.office.reception"}) == set()
    assert "sqlalchemy" in modules


def test_to_issue_a_paper_needs_no_fonts_and_no_calendar_of_other_countries(bureau: Bureau, number: str) -> None:
    bureau.run("recall", number, "--reason", "a slip of the pen")
    modules = command(bureau, "issue", number)
    assert modules & (NEVER | {"fontTools"}) == set()
    assert modules >= SIGNING


def test_a_signature_is_verified_without_registry_rules_or_press(issued: Bureau) -> None:
    modules = command(issued, "verify", issued.paper(issued.numbers[0]))
    assert modules & (NEVER | RULES | REGISTRY | {"docxtpl", "fontTools", "jinja2", "smtplib"}) == set()
    assert modules & {"conventions.documents", "conventions.office.office", "conventions.pipeline.stages"} == set()
    assert modules >= SIGNING


def test_a_signed_file_is_received_without_rules_press_or_fonts(bureau: Bureau, number: str) -> None:
    modules = command(bureau, "receive", bureau.signed_elsewhere(number, "student"))
    assert modules & (NEVER | RULES | {"docxtpl", "fontTools", "jinja2"}) == set()
    assert bureau.kinds(number)[-2:] == ["signed", "sent"]


@pytest.mark.parametrize("module", ["conventions.pipeline.hand", "conventions.pipeline.worker"])
def test_a_process_that_makes_papers_starts_without_rules_registry_and_signing(module: str) -> None:
    modules = loaded(f"import {module}")
    assert modules & (NEVER | RULES | REGISTRY | SIGNING | {"fontTools"}) == set()


def test_what_the_model_says_of_its_fields_is_read_for_the_schema_alone() -> None:
    assert {field.description for field in Address.model_fields.values()} == {None}
    described = dossier_schema()["$defs"]["Address"]["properties"]["region"]["description"]
    assert described.startswith("Subdivision that decides the public holidays")
