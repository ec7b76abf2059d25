"""The wheel: complete without the checkout, and quick to load."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from conventions import __version__
from conventions.languages import LANGUAGES

ROOT: Final = Path(__file__).parent.parent
NEEDED: Final = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "src", "templates", "examples")
"""What a wheel is made of; everything else may be missing."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy through a source distribution, so that neither may lack anything."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        else:
            shutil.copy(ROOT / name, copy / name)
    target = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(copy)]
    subprocess.run(build, check=True, capture_output=True)
    (path,) = target.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the wheel was installed; its dependencies are those that the tests run with."""
    place = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(place)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return place


def python(place: Path, here: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python with the installed wheel before everything else, outside of the checkout."""
    surroundings: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(place), "CONVENTIONS_LANG": "en", **environment}
    return subprocess.run(
        [sys.executable, "-P", *arguments], cwd=here, env=surroundings, capture_output=True, text=True, check=True
    )


def test_templates_examples_catalogues_and_data_are_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        inside = set(package.namelist())
    wanted = {f"conventions/templates/{language}/convention.docx" for language in LANGUAGES}
    wanted |= {f"conventions/locale/{code}/LC_MESSAGES/conventions.mo" for code in LANGUAGES if code != "en"}
    wanted |= {"conventions/examples/conventions.toml", "conventions/py.typed", "conventions/templates/SHA256SUMS"}
    for folder in ("examples/dossiers", "examples/wrong"):
        wanted |= {f"conventions/{folder}/{path.name}" for path in (ROOT / folder).iterdir()}
    source = ROOT / "src" / "conventions"
    wanted |= {
        f"conventions/{path.relative_to(source)}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - inside == set()


def test_nothing_of_the_tests_and_no_key_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        inside = package.namelist()
    assert {name.split("/")[0] for name in inside} == {"conventions", f"conventions-{__version__}.dist-info"}
    assert [name for name in inside if re.search(r"\.(p12|pfx|pem|key|sqlite3|pyc)$", name)] == []


def test_the_installed_program_works_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = python(installed, tmp_path, "-c", "import conventions; print(conventions.__file__)").stdout
    assert Path(where.strip()).is_relative_to(installed)
    program = ("-m", "conventions")
    assert python(installed, tmp_path, *program, "--version").stdout.split()[-1] == __version__
    python(installed, tmp_path, *program, "init", "stages")
    checked = python(installed, tmp_path / "stages", *program, "check")
    assert checked.stdout.count("nothing to correct") == len(list((tmp_path / "stages" / "dossiers").iterdir()))
    (number, *_) = sorted(path.name[:9] for path in (tmp_path / "stages" / "dossiers").iterdir())
    python(installed, tmp_path / "stages", *program, "generate", number)
    assert list((tmp_path / "stages" / "papers" / number).glob("*.pdf"))


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_installed_program_speaks_every_language(installed: Path, tmp_path: Path, code: str) -> None:
    script = "from conventions.languages import Language; from conventions.text import Text\n"
    script += "print(*(Language(code).say(Text('dean')) for code in ('en', '%s')))" % code  # noqa: UP031 - braces
    english, other = python(installed, tmp_path, "-c", script).stdout.split()
    assert english == "dean" != other


HEAVY: Final = {"aiohttp", "cryptography", "docxtpl", "jinja2", "lxml", "pikepdf", "pyhanko", "sqlalchemy"}


def loaded(place: Path, here: Path, *arguments: str) -> set[str]:
    """Every package that a run of Python has loaded, as Python itself tells it."""
    told = python(place, here, "-X", "importtime", *arguments).stderr
    names = re.findall(r"^import time:[ \d|]+ ([\w.]+)$", told, re.MULTILINE)
    assert "conventions" in names
    return {name.split(".")[0] for name in names}


def test_the_package_costs_nothing_until_it_is_used(installed: Path, tmp_path: Path) -> None:
    others = loaded(installed, tmp_path, "-c", "import conventions")
    assert others & (HEAVY | {"babel", "click", "pydantic", "rich", "ruamel"}) == set()


@pytest.mark.parametrize("arguments", [("--help",), ("issue", "--help"), ("--version",)], ids=" ".join)
def test_help_waits_for_nothing(installed: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    others = loaded(installed, tmp_path, "-m", "conventions", *arguments)
    assert others & (HEAVY | {"babel", "pydantic", "rich", "ruamel", "openpyxl"}) == set()


def test_a_check_waits_for_nothing_that_only_others_need(installed: Path, tmp_path: Path) -> None:
    python(installed, tmp_path, "-m", "conventions", "init", "stages")
    others = loaded(installed, tmp_path, "-m", "conventions", "-w", "stages", "check")
    assert others & {"bagit", "docxtpl", "icalendar", "lxml", "matplotlib", "pikepdf", "pyhanko", "ruamel"} == set()
