"""A founded workspace for tests: the test authority is believed, signatories have keys, commands can be run."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

from conventions.cli import run as run_command_line
from conventions.intake import read
from conventions.model.dossier import Dossier
from conventions.model.event import Event
from conventions.model.roles import Signatory
from conventions.settings import load
from conventions.signers import circuit_of, signatories
from conventions.store import Registry
from demo.pki import TestPki

__all__ = ["PASSPHRASE", "WEB", "Answer", "Bureau", "a_bureau"]

PASSPHRASE: Final = "correct horse"
WEB: Final = "http://stages.univ-exemple.test"
"""Where its pages are found, once it is open to the web."""
_ENVIRONMENT: Final = {
    "CONVENTIONS_LANG": "en",
    "CONVENTIONS_PASSPHRASE": PASSPHRASE,
    "CONVENTIONS_SEAL_PASSPHRASE": PASSPHRASE,
    "COLUMNS": "120",
}


@dataclass(frozen=True)
class Answer:
    """What a command left behind it."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Bureau:
    """A workspace and the authority that its papers are signed under."""

    root: Path
    pki: TestPki

    def run(self, *arguments: str | Path, expect: int = 0, **environment: str) -> Answer:
        """One command in this process; the test fails when it ends otherwise than expected."""
        answer = self.try_to(*arguments, **environment)
        assert answer.code == expect, f"{arguments} left with {answer.code}\n{answer.out}{answer.err}"
        return answer

    def try_to(self, *arguments: str | Path, **environment: str) -> Answer:
        """One command in this process, through the program's own entry, however it ends."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**_ENVIRONMENT, **environment}.items():
                patch.setenv(name, value)
            patch.setenv("LANGUAGE", os.environ.get("LANGUAGE", ""))  # the program sets it
            patch.setattr(sys, "argv", ["conventions", "-w", str(self.root), *map(str, arguments)])
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
                run_command_line()
            logging.disable(logging.NOTSET)
        return Answer(int(end.value.code or 0), out.getvalue(), err.getvalue())

    def process(self, *arguments: str | Path, expect: int = 0, **environment: str) -> Answer:
        """One command in a process of its own, as a secretary types it inside the workspace."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**os.environ, **_ENVIRONMENT, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == expect, f"{arguments} left with {done.returncode}\n{done.stdout}{done.stderr}"
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """The same, and the test goes on at once; LibreOffice's passing files stay inside the workspace."""
        passing = self.root / "passing"
        passing.mkdir(exist_ok=True)
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env={**os.environ, **_ENVIRONMENT, "TMPDIR": str(passing), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "conventions", *map(str, arguments)]

    # ── the dossiers ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(sorted(path.name[:9] for path in (self.root / "dossiers").iterdir()))

    def file(self, number: str) -> Path:
        (path,) = (self.root / "dossiers").glob(f"{number}-*.yaml")
        return path

    def dossier(self, number: str) -> Dossier:
        return read(self.file(number)).dossier

    def people(self, number: str) -> dict[str, Signatory]:
        """Who is expected to sign, by role, in order."""
        dossier, settings = self.dossier(number), load(self.root).settings
        expected = signatories(dossier, circuit_of(dossier, settings.circuit.circuit), settings.people.by_role)
        return {person.role: person for person in expected}

    def key(self, number: str, role: str, variant: str = "good") -> Path:
        """A key file of whoever is expected in a role."""
        return self.pki.key(self.people(number)[role], PASSPHRASE, variant=variant)

    def sign(self, number: str, *roles: str) -> None:
        """Each role signs at the office's own desk."""
        for role in roles:
            self.run("sign", number, "--as", role, "--key", self.key(number, role))

    # ── the post ─────────────────────────────────────────────────────────────────────────────────────────────

    def letters(self, pattern: str = "*") -> dict[str, EmailMessage]:
        """Every letter in the outbox, by what it is for, such as ``2027-0001.turn-student``."""
        found: dict[str, EmailMessage] = {}
        for path in sorted((self.root / "outbox").glob(f"{pattern}.eml")):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            name = path.name.rsplit(".", 2)[0]
            assert name not in found, f"two letters for {name}"
            found[name] = letter
        return found

    def attached(self, number: str, step: str) -> bytes:
        """The PDF of one letter."""
        (letter,) = self.letters(f"{number}.{step}.*").values()
        (attachment,) = letter.iter_attachments()
        data = attachment.get_content()
        assert isinstance(data, bytes)
        return data

    def newest(self, number: str, step: str) -> Path:
        """The letter for a step that was written last."""
        return max((self.root / "outbox").glob(f"{number}.{step}*.eml"), key=lambda path: path.stat().st_mtime_ns)

    def link_sent(self, number: str, step: str) -> str:
        """The path of the link that it holds."""
        return self._found(number, step, r"https?://[^/\s]+(/l/[\w-]+)")

    def code_sent(self, number: str, role: str) -> str:
        """The digits of the newest code."""
        return self._found(number, f"code-{role}", r"\b(\d{8})\b")

    def _found(self, number: str, step: str, pattern: str) -> str:
        letter = message_from_bytes(self.newest(number, step).read_bytes(), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        body = letter.get_body(("plain",))
        assert body is not None
        found = re.search(pattern, body.get_content())
        assert found, body.get_content()
        return found[1]

    def saved(self, number: str, step: str) -> Path:
        """The same, saved outside the workspace as its reader would."""
        path = self.root.with_name(f"{self.root.name}-desktop") / f"convention-{number}.pdf"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(self.attached(number, step))
        return path

    def signed_elsewhere(self, number: str, role: str) -> Path:
        """The reader saves the PDF, signs it without any workspace, and has a file to send back."""
        path = self.saved(number, f"turn-{role}")
        self.run("sign", path, "--as", role, "--key", self.key(number, role))
        return path.with_name(f"{path.stem}-signed-{role}.pdf")

    # ── the memory ───────────────────────────────────────────────────────────────────────────────────────────

    def events(self, number: str) -> tuple[Event, ...]:
        """What the registry holds of a paper; nothing when it was not issued."""
        with Registry.open(load(self.root).registry_url) as registry:
            paper = registry.find(number, "convention")
            return paper.events if paper else ()

    def kinds(self, number: str) -> list[str]:
        return [event.kind for event in self.events(number)]

    def paper(self, number: str) -> Path:
        """Where the paper's present bytes lie."""
        with Registry.open(load(self.root).registry_url) as registry:
            paper = registry.find(number, "convention")
        assert paper is not None
        assert paper.current is not None
        path = self.root / paper.current.file
        assert sha256(path.read_bytes()).hexdigest() == paper.current.sha256
        return path

    def status(self, number: str, *arguments: str) -> dict[str, Any]:
        (row,) = self.run("status", number, "--json", *arguments).json
        assert isinstance(row, dict)
        return row

    def everything(self, *but: str) -> dict[str, str]:
        """Digest of every file of the workspace, without those that a pattern names."""
        return {
            str(path.relative_to(self.root)): sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not any(path.match(pattern) for pattern in (*but, "keys/*.p12"))
        }

    # ── the surroundings ─────────────────────────────────────────────────────────────────────────────────────

    def copy(self, root: Path) -> Bureau:
        shutil.copytree(self.root, root)
        return replace(self, root=root)

    def open_to_the_web(self) -> None:
        """From now on its letters hold links."""
        self.set('address = ""  ', f'address = "{WEB}"  ')

    def set(self, before: str, after: str) -> None:
        """Change one place in the settings."""
        path = self.root / "conventions.toml"
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in the settings"
        path.write_text(text.replace(before, after), encoding="utf-8")


@contextmanager
def a_bureau(folder: Path, *examples: str) -> Iterator[Bureau]:
    """A workspace with these example dossiers, such as ``0001``; the services answer until the end of the ``with``."""
    root = folder / "bureau"
    with TestPki(root / "keys", now=datetime.now(UTC)) as pki:  # noqa: TID251
        bureau = Bureau(root, pki)
        bureau.run("init", root)
        seal = pki.seal(PASSPHRASE).rename(root / "keys" / "seal.pfx")
        for before, after in (
            ("roots = []", f'roots = ["{pki.roots.relative_to(root)}"]'),
            ('seal = ""', f'seal = "{seal.relative_to(root)}"'),
            ("timestamps = []", f'timestamps = ["{pki.tsa_url}"]'),
            ("revocation_hosts = []", f'revocation_hosts = ["{pki.host}"]'),
        ):
            bureau.set(before, after)
        for path in (root / "dossiers").iterdir():
            if path.name[5:9] not in examples:
                path.unlink()
        yield bureau


@contextmanager
def started_with(which: signal.Signals, what: signal.Handlers) -> Iterator[None]:
    """What becomes of a signal in processes that are started here; the tests themselves may run where it is ignored."""
    before = signal.signal(which, what)
    try:
        yield
    finally:
        signal.signal(which, before)
