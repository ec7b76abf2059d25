"""Nothing is forgotten: README, codes, translations, personal fields; and nothing lies about that must not."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final
from urllib.parse import urlsplit

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from pip._internal.models.index import PyPI

from conventions import errors
from conventions.cli import main
from conventions.errors import ConventionsError
from conventions.languages import LANGUAGES
from conventions.model.event import EVENTS, Event

ROOT: Final = Path(__file__).parent.parent
SOURCE: Final = ROOT / "src" / "conventions"
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
SITUATIONS: Final[Mapping[str, type[ConventionsError]]] = {
    name: getattr(errors, name) for name in errors.__all__ if name != "ConventionsError"
}

# ── the README ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", main.commands)
def test_the_readme_shows_every_command(name: str) -> None:
    assert re.search(rf"\bconventions {name}\b|`{name}`", README)


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_an_exit_code_of_its_own_and_the_readme_tells_it(name: str) -> None:
    code = SITUATIONS[name].exit_code
    assert re.search(rf"\| *{code} *\|", README)
    assert re.search(rf"{name} +{code}  ", str(errors.__doc__))
    assert [other for other, kind in SITUATIONS.items() if kind.exit_code == code] == [name]


@pytest.mark.parametrize("code", [0, 2, 130])
def test_the_readme_tells_the_exit_codes_that_are_no_errors_of_ours(code: int) -> None:
    assert re.search(rf"\| *{code} *\|", README)


# ── error codes ──────────────────────────────────────────────────────────────────────────────────────────

SHARED: Final = {
    "ARCHIVE-10": "there is no manifest that can be used",
    "CELL-04": "a long number has lost digits, or would",
    "CELL-05": "the spreadsheet made something else of what was typed",
    "CELL-09": "a cell does not hold what its column asks for",
    "DISK-01": "no room left, for a file or for the registry",
    "DISK-03": "a file is not there or cannot be read",
    "EXPORT-02": "the error, and each value that it is about",
    "FILE-03": "the file is not plain text",
    "FILE-05": "the file holds no keys",
    "FILE-06": "the file uses what a dossier does not use",
    "FILE-08": "the kind of file is not known by its name",
    "GATE-SIZE": "larger than any paper, or larger than a signature makes one",
    "LINT-03": "a placeholder or condition is not well formed",
    "LINT-05": "a placeholder asks for something that cannot be printed as it is",
    "MAP-01": "the mapping cannot be read",
    "MAP-02": "the error, and each column that it is about",
    "PIN-01": "the secret of a card or a service is wrong",
    "PIN-02": "the secret of a card or a service is missing",
    "PIN-03": "a card or a credential is locked",
    "PDF-02": "not one of our papers, whoever finds it out",
    "PDF-04": "the fields of the circuit are not there",
    "SETTINGS-02": "the file of settings cannot be read at all",
    "STORE-13": "something that was recorded is gone",
    "TABLE-06": "a sheet is not read",
    "TEMPLATE-03": "the error, and each placeholder that it is about",
    "TEMPLATE-04": "a placeholder or condition is not well formed",
}
"""Codes with more than one wording, and the one thing that each of them means."""


@dataclass(frozen=True)
class Use:
    """One place where a code is given to an error or a finding."""

    code: str
    kind: str
    """What is called: the class of the error, or a helper."""
    sentence: str
    """The first sentence after the code; empty when it stands elsewhere."""
    place: str


@cache
def uses() -> tuple[Use, ...]:
    return tuple(
        Use(argument.value, ast.unparse(call.func), _sentence(call.args[rank + 1 :]), f"{path.name}:{call.lineno}")
        for path in sorted(SOURCE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for rank, argument in enumerate(call.args)
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and re.fullmatch(r"[A-Z]+(-[0-9A-Z]+)+", argument.value)
    )


def _sentence(arguments: list[ast.expr]) -> str:
    """Of a message that is written where the code is: not a fix, which comes after a message named by a variable."""
    for argument in arguments:
        if isinstance(argument, ast.Name):
            return ""
        if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Name) and argument.args:
            first = argument.args[0]
            if argument.func.id in {"Text", "counted"} and isinstance(first, ast.Constant):
                return str(first.value)
    return ""


def test_a_code_always_means_the_same() -> None:
    said: dict[str, set[str]] = {}
    for use in uses():
        if use.sentence:
            said.setdefault(use.code, set()).add(use.sentence)
    several = {code: sentences for code, sentences in said.items() if len(sentences) > 1}
    assert {code: sentences for code, sentences in several.items() if code not in SHARED} == {}
    assert len(uses()) > 150


def test_no_shared_code_is_listed_that_is_not_used() -> None:
    assert set(SHARED) <= {use.code for use in uses()}


def test_a_code_always_leaves_with_the_same_exit_code() -> None:
    kinds: dict[str, set[str]] = {}
    for use in uses():
        if use.kind in SITUATIONS:
            kinds.setdefault(use.code, set()).add(use.kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


# ── translations ─────────────────────────────────────────────────────────────────────────────────────────


@cache
def sentences() -> tuple[tuple[str, ...], ...]:
    """Every sentence of the program as `make messages` finds it: one form, or one for one and one for many."""
    keywords = {"Text": None, "counted": (1, 2), "translated": None}
    found = extract_from_dir(SOURCE, [("**.py", "python")], keywords=keywords)
    return tuple({(words,) if isinstance(words, str) else (*words,): None for _, _, words, _, _ in found if words})


def catalogue(language: str) -> Catalog:
    with (SOURCE / "locale" / language / "LC_MESSAGES" / "conventions.po").open("rb") as stream:
        return read_po(stream, locale=language, domain="conventions", abort_invalid=True)


def places(words: str) -> set[str]:
    """The named places of a sentence: ours in braces, click's also with percent signs."""
    return {name for _, name, _, _ in Formatter().parse(words) if name} | set(re.findall(r"%\((\w+)\)s", words))


def forms(message: Message | None) -> tuple[str, ...]:
    """What a catalogue says, nothing when it is not sure."""
    if message is None or message.fuzzy:
        return ("",)
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def has_the_places(form: str, sentence: tuple[str, ...]) -> bool:
    """Nothing that the sentence does not offer; nothing left out but a number that is written as a word."""
    offered = set().union(*map(places, sentence))
    needed = set.intersection(*map(places, sentence)) - ({"n"} if len(sentence) == 2 else set())
    return needed <= places(form) <= offered


TRANSLATED: Final = [language for language in LANGUAGES if language != "en"]


PASSED_ON: Final = {("complaints.py", "message.msgid"), ("rulebook.py", "lead.msgid"), ("text.py", "msgid")}
"""Sentences that are made of one that stands elsewhere as a literal."""


def test_the_extractor_sees_every_sentence() -> None:
    """It reads literals, and does not look into f-strings."""
    hidden = []
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {id(node) for piece in ast.walk(tree) if isinstance(piece, ast.JoinedStr) for node in ast.walk(piece)}
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args):
                continue
            if call.func.id in {"Text", "counted", "translated"}:
                words = ast.unparse(call.args[0])
                is_literal = isinstance(call.args[0], ast.Constant) and id(call) not in inside
                if not is_literal and (path.name, words) not in PASSED_ON:
                    hidden.append(f"{path.name}:{call.lineno} {words}")
    assert not hidden


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    known = catalogue(language)
    assert len(sentences()) > 500
    missing = [sentence[0] for sentence in sentences() if not all(forms(known.get(sentence[0])))]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_places_as_the_sentence(language: str) -> None:
    known = catalogue(language)
    wrong = [
        (sentence[0], form)
        for sentence in sentences()
        for form in forms(known.get(sentence[0]))
        if form and not has_the_places(form, sentence)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_plural_has_as_many_forms_as_its_language(language: str) -> None:
    known = catalogue(language)
    wrong = [
        sentence[0]
        for sentence in sentences()
        if len(sentence) == 2 and (message := known.get(sentence[0])) and len(forms(message)) != known.num_plurals
    ]
    assert wrong == []


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project that is not to be ignored."""
    ignored = [".git", *(ROOT / ".gitignore").read_text(encoding="utf-8").split()]

    def is_ignored(name: str) -> bool:
        return any(fnmatch(name, pattern.rstrip("/")) for pattern in ignored)

    found: list[Path] = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not is_ignored(name)]
        found += [Path(folder, name) for name in files if not is_ignored(name)]
    return tuple(found)


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        yield path, path.read_bytes().decode("utf-8", errors="replace")


def registry_hosts() -> set[str]:
    """Where this machine gets its packages from, and the public place, whose name pip knows."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    surroundings = "\n".join(value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_")))
    addresses = re.findall(r"https?://[^\s'\"]+", f"{told.stdout}\n{surroundings}")
    configured = {host for address in addresses if (host := urlsplit(address).hostname)}
    return configured | {PyPI.netloc, PyPI.file_storage_domain}


def test_no_file_says_where_packages_come_from() -> None:
    option = r"--((extra.)?index.url|find.links|trusted.host)[ =]\S"
    named = re.compile(rf"(?m)(^|\s)({option}|-i[ =]https?://)|https?://\S*/simple\b")
    hosts = registry_hosts()
    found = [
        (str(path.relative_to(ROOT)), "names a registry")
        for path, text in texts()
        if path != Path(__file__) and (named.search(text) or any(host in text for host in hosts))
    ]
    assert found == []
    assert any(path.name == "requirements.lock" for path in tracked())


def test_no_file_holds_a_private_key() -> None:
    secret = re.compile(r"-----BEGIN ([A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}")
    assert [str(path) for path, text in texts() if secret.search(text)] == []
    kinds = (".p12", ".pfx", ".key", ".pem", ".jks", ".der")
    assert [str(path) for path in tracked() if path.suffix.lower() in kinds] == []


# ── personal data ────────────────────────────────────────────────────────────────────────────────────────

IMPERSONAL: Final = frozenset(
    {
        "at",
        "code",
        "length",
        "level",
        "manifest",
        "pending",
        "place",
        "rank",
        "received",
        "role",
        "sha256",
        "signed_at",
        "step",
    }
    | {"until", "version"}
)
"""Fields of events that say nothing of anybody."""
ABOUT_THE_PAPER: Final = {kind: {"file"} for kind in ("issued", "returned", "signed", "sealed")}
"""Names of files that the program gives: number, document, role and digest."""


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_every_event_names_what_it_must_forget(event: type[Event]) -> None:
    names = {item.name for item in fields(event)}
    assert set(event.personal) <= names
    assert names - set(event.personal) - IMPERSONAL - ABOUT_THE_PAPER.get(event.kind, set()) == set()


def test_every_event_is_known_by_its_own_kind() -> None:
    assert set(EVENTS) == set(Event.__subclasses__())
    assert len({event.kind for event in EVENTS}) == len(EVENTS)
