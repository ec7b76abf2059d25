"""``decline``, ``recall``, ``replace``, ``approve``, ``remind``, ``journal``: what happens besides signatures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from conventions.cli.desk import now, open_office, tell, to_json
from conventions.cli.framework import Words
from conventions.cli.speech import reader, show_findings, translated
from conventions.errors import Disagreement
from conventions.text import Text

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.store import PaperRecord

__all__ = ["approve", "decline", "journal", "recall", "remind", "replace"]

_PAPER = translated("PAPER is a dossier's number; with /amendment-1 or another document behind it, that paper.")
_ROLE = translated("Role: student, company, coordinator, dean …")
_REASON = translated("Why, in a sentence; those who have the paper are told.")
_JSON = translated("Answer in JSON.")
_SHORT: Final = 12
"""Digits of a digest that are shown."""
_LEVELS: Final = {
    "simple": Text("simple signature"),
    "advanced": Text("advanced signature"),
    "qualified": Text("qualified signature"),
    "paper": Text("signature on paper"),
}


@click.command(help=translated("Record that a signatory will not sign: the paper becomes void.") + "\n\n" + _PAPER)
@click.argument("paper")
@click.option("--as", "role", required=True, help=_ROLE)
@click.option("--reason", required=True, type=Words(), help=_REASON)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def decline(context: click.Context, paper: str, role: str, reason: str, as_json: bool) -> None:  # noqa: FBT001
    """Record a refusal to sign."""
    with open_office(context) as office:
        tell([office.decline(paper, role=role, reason=reason, now=now())], 1, "", as_json=as_json)


@click.command(
    help=translated("Take back a paper that is not sealed yet, to correct and issue it anew.") + "\n\n" + _PAPER
)
@click.argument("paper")
@click.option("--reason", required=True, type=Words(), help=_REASON)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def recall(context: click.Context, paper: str, reason: str, as_json: bool) -> None:  # noqa: FBT001
    """Take a paper back."""
    with open_office(context) as office:
        tell([office.recall(paper, reason=reason, now=now())], 1, "", as_json=as_json)


@click.command(help=translated("Name another person for a role that has not signed yet.") + "\n\n" + _PAPER)
@click.argument("paper")
@click.option("--as", "role", required=True, help=_ROLE)
@click.option("--name", required=True, type=Words(), help=translated("Name of the other person."))
@click.option("--email", required=True, type=Words(), help=translated("Address of the other person."))
@click.option("--function", default="", help=translated("Function of the other person, if it differs."))
@click.option(
    "--fingerprint", default="", help=translated("SHA-256 of the certificate that must be used, if it is known.")
)
@click.option(
    "--by-delegation", default="", help=translated("On whose behalf and by which act, if it is a delegation.")
)
@click.option(
    "--reason", required=True, type=Words(), help=translated("Why, in a sentence; it is kept in the journal.")
)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def replace(
    context: click.Context,
    paper: str,
    role: str,
    name: str,
    email: str,
    function: str,
    fingerprint: str,
    by_delegation: str,
    reason: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Replace a signatory."""
    from conventions.office import Deputy

    deputy = Deputy(name, email, function, fingerprint.replace(":", "").casefold(), by_delegation)
    with open_office(context) as office:
        outcome = office.replace(paper, role=role, deputy=deputy, reason=reason, now=now())
        tell([outcome], 1, "", as_json=as_json)


@click.command(help=translated("Record that an office which signs nothing has checked a paper.") + "\n\n" + _PAPER)
@click.argument("paper")
@click.option("--as", "role", default="internship_office", show_default=True, help=translated("Which office."))
@click.option("--by", required=True, type=Words(), help=translated("Name of the person who checked it."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def approve(context: click.Context, paper: str, role: str, by: str, as_json: bool) -> None:  # noqa: FBT001
    """Record a check."""
    with open_office(context) as office:
        tell([office.approve(paper, role=role, by=by, now=now())], 1, "", as_json=as_json)


@click.command(help=translated("Remind those whose turn it is, when the settings say that it is time."))
@click.argument("papers", nargs=-1)
@click.option("--force", is_flag=True, help=translated("Even if it is not time yet; never twice on one day."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def remind(context: click.Context, papers: tuple[str, ...], force: bool, as_json: bool) -> None:  # noqa: FBT001
    """Send reminders."""
    with open_office(context) as office:
        waiting = office.waiting(papers)
        outcomes = office.remind(waiting, now=now(), force=force)
        tell(outcomes, len(waiting), translated("reminding"), as_json=as_json, idle=Text("no paper waits for anybody"))


@click.command(
    help=translated("Show what has happened to the papers of a dossier; --verify proves that nothing is missing.")
)
@click.argument("dossier")
@click.option("--verify", "prove", is_flag=True, help=translated("Check the chain of digests."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def journal(context: click.Context, dossier: str, prove: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show the journal."""
    language = reader()
    with open_office(context) as office:
        papers = office.journal(dossier)
        findings = [finding for paper in papers for finding in office.registry.verify_chain(paper)] if prove else []
    if as_json:
        to_json([_plain(paper) for paper in papers])
    else:
        for paper in papers:
            _show(paper, language)
    if prove:
        show_findings(findings, language, err=True)
        if findings:
            sys.exit(Disagreement.exit_code)
        click.echo(language.say(Text("the chain is whole: nothing was changed, removed or put in")), err=True)


def _plain(paper: PaperRecord) -> dict[str, Any]:
    return {
        "number": paper.number,
        "document": paper.document,
        "version": paper.version,
        "state": paper.state.value,
        "head": paper.head,
        "events": [{"kind": event.kind, "at": event.at.isoformat(), **event.facts()} for event in paper.events],
    }


def _show(paper: PaperRecord, language: Language) -> None:
    from conventions.model.life import STATE_LABELS
    from conventions.office import told

    state = language.say(STATE_LABELS[paper.state])
    click.secho(f"{paper.document} {paper.number}, v{paper.version}: {state}", bold=True)
    for event in paper.events:
        facts = event.facts()
        level = f"  [{language.say(_LEVELS[facts['level']])}]" if facts.get("level") in _LEVELS else ""
        digest = str(facts.get("sha256", ""))[:_SHORT]
        click.echo(f"  {language.instant(event.at)}  {language.say(told(event))}{level}  {digest}".rstrip())
    click.echo(f"  {paper.head}")
