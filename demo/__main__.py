"""``make demo``: the main job on the examples, through the same commands a secretary types.

Everything happens in ``demo-workspace/``. The authority (certificates, revocation, time-stamps) is a test authority on
loopback; its keys exist for this run only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from conventions.intake import read
from conventions.model.roles import Signatory
from conventions.settings import load
from conventions.signers import circuit_of, signatories
from demo.pki import TestPki

WORKSPACE: Final = Path("demo-workspace")
PASSPHRASE: Final = "demo only"  # noqa: S105 - opens keys that are made for this run
CONSOLE: Final = Console()


def say(*words: str) -> None:
    """Announce a step."""
    CONSOLE.print(f"\n[bold]{' '.join(words)}[/bold]", highlight=False)


def run(*arguments: str, expect: int = 0, quiet: bool = False) -> str:
    """Run one command in the workspace and show it; stop the demo when it ends otherwise than expected."""
    CONSOLE.print(f"[dim]$ conventions {' '.join(arguments)}[/dim]", highlight=False)
    done = subprocess.run(
        [sys.executable, "-m", "conventions", *arguments], cwd=WORKSPACE, capture_output=True, text=True, check=False
    )
    if done.returncode != expect:
        sys.stderr.write(done.stdout + done.stderr)
        sys.exit(f"the demo stopped: exit code {done.returncode} instead of {expect}")
    if not quiet:
        sys.stdout.write(done.stdout)
        if expect:
            sys.stdout.write(f"{done.stderr}(refused, exit code {done.returncode}, as it should be)\n")
    return done.stdout


def main() -> None:
    """Run the campaign and print what was made."""
    begun = time.monotonic()
    shutil.rmtree(WORKSPACE, ignore_errors=True)
    os.environ.update(CONVENTIONS_PASSPHRASE=PASSPHRASE, CONVENTIONS_SEAL_PASSPHRASE=PASSPHRASE)
    say("1 · A workspace, with example dossiers of the coming season")
    found = subprocess.run(
        [sys.executable, "-m", "conventions", "init", str(WORKSPACE)], capture_output=True, text=True, check=False
    )
    if found.returncode:
        sys.exit(found.stderr)
    sys.stdout.write(found.stdout)
    with TestPki(WORKSPACE.resolve() / "keys", now=datetime.now(tz=UTC)) as pki:
        numbers = campaign(pki)
    report(numbers, time.monotonic() - begun)


def campaign(pki: TestPki) -> list[str]:
    """Check, generate, issue, sign, receive, seal, archive, verify."""
    believe(pki)
    say("2 · What is wrong in two dossiers that are wrong on purpose")
    for path in sorted((WORKSPACE / "wrong").glob("*.yaml")):
        run("check", str(path.relative_to(WORKSPACE)), expect=3)
    say("3 · Every dossier of the campaign is checked, written and issued")
    run("check", quiet=True)
    run("generate", "--all")
    run("issue", "--all", quiet=True)
    numbers = sorted(row["number"] for row in board())
    first, second, third = numbers[:3]
    say("4 · The first paper goes all the way")
    run("sign", first, "--as", "dean", "--key", key(pki, first, "dean"), expect=6)
    for role in ("student", "company", "coordinator", "dean"):
        run("sign", first, "--as", role, "--key", key(pki, first, role))
    say("5 · The second is signed elsewhere by the company and comes back as a file")
    run("sign", second, "--as", "student", "--key", key(pki, second, "student"))
    run("receive", str(signed_elsewhere(pki, second).relative_to(WORKSPACE)))
    say("6 · A copy that was printed to a new PDF is refused, and kept as evidence")
    run("sign", third, "--as", "student", "--key", key(pki, third, "student"))
    run("receive", str(printed_again(third).relative_to(WORKSPACE)), expect=8)
    say("7 · The company has no certificate: it signs with a code sent by mail, and the paper says so")
    run("code", third, "--as", "company")
    os.environ["CONVENTIONS_CODE"] = code_for(third, "company")
    run("consent", third, "--as", "company")
    say("8 · Sealed, archived, verified offline")
    run("seal")
    run("archive")
    run("verify", "archive")
    say("9 · The other documents: an amendment, the forms of hosts and tutors, the form of the pre-agreement")
    run("generate", "--document", "amendment", numbers[9])
    run("generate", "--document", "evaluation_host", "--all", quiet=True)
    run("generate", "--document", "pre_agreement")
    say("10 · The board, what must be done today, and what has happened to a paper")
    run("status")
    run("today")
    run("journal", third, "--verify")
    return numbers


def code_for(number: str, role: str) -> str:
    """The code that the person finds in the letter."""
    (letter,) = (WORKSPACE / "outbox").glob(f"{number}.code-{role}-*.eml")
    body = message_from_bytes(letter.read_bytes(), policy=policy.default).get_body(("plain",))
    found = re.search(r"\b\d{8}\b", body.get_content() if body else "")
    if found is None:
        sys.exit("the demo stopped: the letter holds no code")
    return found[0]


def board() -> list[dict[str, Any]]:
    """The rows of ``status``."""
    rows: list[dict[str, Any]] = json.loads(run("status", "--json", quiet=True))
    return rows


def believe(pki: TestPki) -> None:
    """Put the test authority, its services and the seal into the settings."""
    path = WORKSPACE / "conventions.toml"
    text = path.read_text(encoding="utf-8")
    seal = pki.seal(PASSPHRASE).relative_to(WORKSPACE.resolve())
    roots = pki.roots.relative_to(WORKSPACE.resolve())
    for before, after in (
        ("roots = []", f'roots = ["{roots}"]'),
        ('seal = ""', f'seal = "{seal}"'),
        ("timestamps = []", f'timestamps = ["{pki.tsa_url}"]'),
        ("revocation_hosts = []", f'revocation_hosts = ["{pki.host}"]'),
    ):
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def signatory(number: str, role: str) -> Signatory:
    """Who is expected in a role of a dossier."""
    (path,) = (WORKSPACE / "dossiers").glob(f"{number}-*.yaml")
    dossier, settings = read(path).dossier, load(WORKSPACE).settings
    people = signatories(dossier, circuit_of(dossier, settings.circuit.circuit), settings.people.by_role)
    return next(one for one in people if one.role == role)


def key(pki: TestPki, number: str, role: str) -> str:
    """A key file for whoever is expected in a role, as the workspace names it."""
    return str(pki.key(signatory(number, role), PASSPHRASE).relative_to(WORKSPACE.resolve()))


def received_by(number: str, role: str) -> Path:
    """The PDF attached to the letter that asked a role to sign, saved as its reader would."""
    (letter,) = (WORKSPACE / "outbox").glob(f"{number}.turn-{role}.*.eml")
    email = message_from_bytes(letter.read_bytes(), policy=policy.default)
    (attachment,) = email.iter_attachments()
    path = WORKSPACE / "returned" / f"{number}-to-{role}.pdf"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(attachment.get_content())
    return path


def signed_elsewhere(pki: TestPki, number: str) -> Path:
    """The company saves the PDF from its mail and signs it with another program, pyHanko's own command line."""
    source = received_by(number, "company")
    target = source.with_name(f"{number}-from-company.pdf")
    secret = WORKSPACE / "keys" / "passphrase.txt"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    program = [
        sys.executable,
        "-m",
        "pyhanko",
        "sign",
        "addsig",
        "--field",
        "company",
        "--existing-only",
        "--use-pades",
    ]
    files = ["--passfile", str(secret), str(source), str(target), str(WORKSPACE / key(pki, number, "company"))]
    subprocess.run([*program, "pkcs12", *files], check=True, capture_output=True)
    secret.unlink()
    CONSOLE.print("[dim]$ pyhanko sign addsig --field company --existing-only --use-pades pkcs12 …[/dim]")
    return target


def printed_again(number: str) -> Path:
    """The company prints the PDF to a new one, which looks the same."""
    source = received_by(number, "company")
    target = source.with_name(f"{number}-printed.pdf")
    subprocess.run(["pdftocairo", "-pdf", str(source), str(target)], check=True, capture_output=True)
    return target


def report(numbers: list[str], seconds: float) -> None:
    """What was made, where it lies, what to try next."""
    papers, letters = WORKSPACE / "papers", list((WORKSPACE / "outbox").glob("*.eml"))
    packages = sorted((WORKSPACE / "archive").glob("*/*/convention-v*"))
    made = (
        (f"{len(numbers)} agreements in four languages, certified by the seal", papers),
        ("an amendment, old and new side by side", next(papers.glob("*/amendment-*.pdf"))),
        (f"{len(list(papers.glob('*/evaluation_host-*.pdf')))} fillable evaluation forms", papers),
        (f"{len(letters)} letters to signers, in their language", WORKSPACE / "outbox"),
        ("the sealed agreement, with its manifest", packages[0]),
        ("the printed copy that was refused, as evidence", WORKSPACE / "refused"),
        ("the registry and the settings", WORKSPACE / "conventions.toml"),
    )
    table = Table(title=f"What was made, in {seconds:.0f} s", title_justify="left", box=None, pad_edge=False)
    table.add_column("what", overflow="fold")
    table.add_column("where", overflow="fold", style="bold")
    for what, where in made:
        table.add_row(what, str(where))
    CONSOLE.print()
    CONSOLE.print(table)
    CONSOLE.print("\n[bold]Three commands to try next[/bold]")
    paper = next(papers.glob(f"{numbers[0]}/*sealed*.pdf"))
    program = Path(sys.executable).parent / "conventions"
    for command in (
        f"{os.path.relpath(program)} -w {WORKSPACE} status",
        f"{os.path.relpath(program)} -w {WORKSPACE} verify {paper}",
        f"CONVENTIONS_LANG=fr {os.path.relpath(program)} -w {WORKSPACE} check {WORKSPACE}/wrong/*.yaml",
    ):
        CONSOLE.print(f"  {command}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
