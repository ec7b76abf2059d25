"""``seal``, ``archive``, ``verify``: the end of a paper, and every year after."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conventions.cli.desk import end_of, now, open_office, tell, to_json
from conventions.cli.speech import plain_finding, progress, reader, show_findings, translated
from conventions.text import Text, counted

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.office import Verdict

__all__ = ["archive", "audit", "renew", "seal", "verify"]

_JSON = translated("Answer in JSON.")
_NOT_VALID = 8
_SEALED: Final = Text("no paper waits to be sealed")
_ARCHIVED: Final = Text("no sealed paper waits to be archived")
_AUDITED: Final = Text("there is no paper to audit")
_RENEWED: Final = Text("the archive holds no paper to renew")


@click.command(help=translated("Close complete papers: validation data for every signature and a document timestamp."))
@click.argument("dossiers", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def seal(context: click.Context, dossiers: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """Seal; without a name, every complete paper."""
    with open_office(context) as office:
        papers = office.complete(dossiers)
        tell(office.seal(papers, now=now()), len(papers), translated("sealing"), as_json=as_json, idle=_SEALED)


@click.command(help=translated("Put sealed papers into the archive, by year and number, with a manifest of digests."))
@click.argument("dossiers", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def archive(context: click.Context, dossiers: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """Archive; without a name, every sealed paper."""
    with open_office(context) as office:
        papers = office.sealed(dossiers)
        tell(office.archive(papers, now=now()), len(papers), translated("archiving"), as_json=as_json, idle=_ARCHIVED)


@click.command(help=translated("Compare registry, papers and archive; with --repair, mend what can be rebuilt."))
@click.argument("dossiers", nargs=-1)
@click.option(
    "--repair",
    is_flag=True,
    help=translated("Rebuild lost revisions and papers that only the archive knows; take in interrupted signatures."),
)
@click.option("--quick", is_flag=True, help=translated("Of archived papers compare the bytes alone."))
@click.option("--from", "start", default="", metavar="NUMBER", help=translated("Begin with this dossier."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def audit(
    context: click.Context,
    dossiers: tuple[str, ...],
    repair: bool,  # noqa: FBT001
    quick: bool,  # noqa: FBT001
    start: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Audit the workspace; without a name, all of it."""
    with open_office(context) as office:
        total, outcomes = office.custody.audit(dossiers, repair=repair, now=now(), signatures=not quick, start=start)
        tell(outcomes, total, translated("auditing"), as_json=as_json, idle=_AUDITED)


@click.command(help=translated("Give archived papers another document timestamp before what proves them runs out."))
@click.argument("dossiers", nargs=-1)
@click.option("--preview", is_flag=True, help=translated("Only say what would be done."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def renew(context: click.Context, dossiers: tuple[str, ...], preview: bool, as_json: bool) -> None:  # noqa: FBT001
    """Renew; without a name, every archived paper that is due."""
    with open_office(context) as office:
        total, outcomes = office.custody.renew(dossiers, now=now(), preview=preview)
        tell(outcomes, total, translated("renewing"), as_json=as_json, idle=_RENEWED)


@click.command(help=translated("Say offline who signed, in which role and order, when, and whether anything changed."))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--trust",
    multiple=True,
    type=click.Path(path_type=Path),
    help=translated("PEM file of authorities to believe (default: those of the workspace)."),
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=translated("Judge as of the end of this day, Paris time, instead of now."),
)
@click.option(
    "--report",
    "with_report",
    is_flag=True,
    help=translated("Also write the report as text and as JSON beside each file that is verified."),
)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def verify(
    context: click.Context,
    paths: tuple[Path, ...],
    trust: tuple[Path, ...],
    on: datetime | None,
    with_report: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Verify papers or archive packages; needs no network."""
    from conventions.office import roots_of, verify_paths

    roots = trust or roots_of(Path(context.obj["workspace"]))
    language, told, broken = reader(), [], []
    moment = end_of(on.date()) if on else now()
    total, verdicts = verify_paths(paths, roots, now=moment)
    for verdict in progress(verdicts, total, translated("verifying")):
        if not verdict.ok:
            broken.append(verdict)
        if as_json:
            told.append(_plain(verdict, language))
        else:
            _show(verdict, language)
        if with_report:
            _write_report(verdict, roots, moment, language)
    if as_json:
        to_json(told)
    elif total > 1:
        _sum_up(broken, total, language)
    sys.exit(_NOT_VALID if broken else 0)


def _plain(verdict: Verdict, language: Language) -> dict[str, object]:
    report = verdict.report
    return {
        "path": str(verdict.path),
        "ok": verdict.ok,
        "sealed": report.is_sealed if report else False,
        "until": report.until.isoformat() if report and report.until else None,
        "origin": asdict(verdict.origin) if verdict.origin else None,
        "signatures": [asdict(one) for one in report.seen] if report else [],
        "waiting": report.waiting if report else (),
        "findings": [plain_finding(finding, language) for finding in verdict.findings],
    }


def _write_report(verdict: Verdict, roots: Sequence[Path], moment: datetime, language: Language) -> None:
    """What was found, by which program, under which authorities, and when; a later report replaces an earlier one."""
    from conventions import __version__
    from conventions.office import authorities_in
    from conventions.store import read_file, replace

    data = read_file(verdict.paper) if verdict.paper.is_file() else b""
    facts = {
        "program": f"conventions {__version__}",
        "verified_at": now().isoformat(timespec="seconds"),
        "judged_as_of": moment.isoformat(timespec="seconds"),
        "sha256": sha256(data).hexdigest(),
        "authorities": authorities_in(roots),
        **_plain(verdict, language),
    }
    words = [_heading(verdict), *(f"  {language.say(line)}" for line in verdict.lines)]
    words += [f"  {one.code}  {language.say(one.message)}" for one in verdict.findings]
    words += [f"  SHA-256 {facts['sha256']}", f"  {facts['program']}, {language.instant(moment)}"]
    # Nothing is put into a package of the archive: its report stands beside its folder.
    stem = verdict.path if verdict.path.is_dir() else verdict.path.with_suffix("")
    text = json.dumps(facts, ensure_ascii=False, indent=2, default=str)
    replace(stem.with_name(f"{stem.name}.verified.json"), text.encode())
    replace(stem.with_name(f"{stem.name}.verified.txt"), ("\n".join(words) + "\n").encode())


def _heading(verdict: Verdict) -> str:
    return f"{verdict.paper.name}  {_word(verdict)}"


def _word(verdict: Verdict) -> str:
    return translated("valid") if verdict.ok else translated("NOT VALID")


def _show(verdict: Verdict, language: Language) -> None:
    word = click.style(_word(verdict), fg="green" if verdict.ok else "red")
    click.echo(f"{verdict.path}  {word}")
    for line in verdict.lines:
        click.echo(f"  {language.say(line)}")
    show_findings(verdict.findings, language)


def _sum_up(broken: Sequence[Verdict], total: int, language: Language) -> None:
    """Among hundreds of papers nobody finds again those that were not valid: they are named once more, at the end."""
    words = (
        counted("{failed} of one is NOT VALID:", "{failed} of {n} are NOT VALID:", n=total, failed=len(broken))
        if broken
        else counted("one is valid", "all {n} are valid", n=total)
    )
    click.echo(click.style(language.say(words), fg="red" if broken else None), err=True)
    for verdict in broken:
        click.echo(f"  {verdict.path}", err=True)
