"""``forget``, ``hold``, ``acts``, ``export-subject``: how long people's data are kept, and what was done with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from conventions.cli.desk import now, open_office, tell, to_json, who
from conventions.cli.framework import Words
from conventions.cli.speech import reader, show_findings, translated
from conventions.errors import Disagreement
from conventions.text import Text

if TYPE_CHECKING:
    from conventions.languages import Language
    from conventions.store import Act

__all__ = ["acts", "export_subject", "forget", "hold"]

_JSON = translated("Answer in JSON.")
_KINDS: Final = {
    "saved": Text("saved"),
    "exported": Text("handed over"),
    "held": Text("held"),
    "lifted": Text("hold lifted"),
    "planned": Text("to be destroyed"),
    "destroyed": Text("destroyed"),
}
_MEASURES: Final = {
    "dossiers": Text("dossiers"),
    "country": Text("country"),
    "weeks": Text("weeks"),
    "allowance": Text("allowance"),
}


@click.command(help=translated("Show what has been kept long enough, and why; with --now, destroy it for good."))
@click.argument("dossiers", nargs=-1)
@click.option("--now", "for_good", is_flag=True, help=translated("Destroy what is due. It cannot be undone."))
@click.option("--visa", default="", help=translated("Reference of the archives' agreement; it stands in the proof."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def forget(
    context: click.Context,
    dossiers: tuple[str, ...],
    for_good: bool,  # noqa: FBT001
    visa: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Purge; without a name, everything that is due."""
    from conventions.office import Purge

    with open_office(context) as office:
        outcomes = (
            office.custody.forget(dossiers, Purge(who(), visa), now=now())
            if for_good
            else office.custody.due(dossiers, now=now())
        )
        told = list(outcomes)
        tell(told, 1, "", as_json=as_json, idle=Text("nothing has been kept long enough to go"))
    if told and not as_json and not for_good:
        due = Text("nothing was changed; what is due is destroyed for good by `conventions forget --now`")
        click.echo(reader().say(due), err=True)


@click.command(help=translated("Keep a dossier from being destroyed, for a dispute or an inspection; or lift that."))
@click.argument("dossier")
@click.option("--reason", required=True, type=Words(), help=translated("Why, in a sentence; it is kept in the acts."))
@click.option("--lift", is_flag=True, help=translated("End the hold; that there was one stays in the acts."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def hold(context: click.Context, dossier: str, reason: str, lift: bool, as_json: bool) -> None:  # noqa: FBT001
    """Hold, or lift."""
    with open_office(context) as office:
        act = office.custody.lift if lift else office.custody.hold
        tell([act(dossier, reason=reason, by=who(), now=now())], 1, "", as_json=as_json)


@click.command(
    help=translated("Show holds, exports and purges, and what is still counted; --verify proves that none is missing.")
)
@click.option("--verify", "prove", is_flag=True, help=translated("Check the chain of digests."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def acts(context: click.Context, prove: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show the acts."""
    language = reader()
    with open_office(context) as office:
        done, counts = office.custody.acts.all(), office.custody.acts.statistics()
        findings = office.custody.acts.broken() if prove else ()
    if as_json:
        figures = [{"academic_year": y, "measure": m, "value": v, "count": n} for (y, m, v), n in counts.items()]
        to_json({"acts": [_plain(act) for act in done], "statistics": figures})
    else:
        for act in done:
            _show(act, language)
        for (year, measure, value), count in sorted(counts.items()):
            name = language.say(_MEASURES[measure]) if measure in _MEASURES else measure
            click.echo(f"  {year}  {name} {value}: {count}")
        if not done and not counts:
            click.echo(language.say(Text("nothing was held, handed over or destroyed yet")))
    if prove:
        show_findings(findings, language, err=True)
        if findings:
            sys.exit(Disagreement.exit_code)
        click.echo(language.say(Text("the chain is whole: nothing was changed, removed or put in")), err=True)


@click.command(
    name="export-subject",
    help=translated("Give a person everything that the office has of them: by e-mail address, or by name and --number.")
    + "\n\n"
    + translated("TARGET is a new folder, or a file that ends in .zip."),
)
@click.argument("person")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--number", default="", help=translated("Only this dossier; needed with a name."))
@click.option("--recipient", default="", help=translated("Public key of the person (age1…): encrypt it as .zip.age."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def export_subject(
    context: click.Context,
    person: str,
    target: Path,
    number: str,
    recipient: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Hand a person's data over."""
    from conventions.office import Handover, Wanted

    with open_office(context) as office:
        outcome = office.custody.hand_over(Wanted(person, number), Handover(target, who(), recipient), now=now())
        tell([outcome], 1, "", as_json=as_json)


def _plain(act: Act) -> dict[str, Any]:
    return {
        "kind": act.kind,
        "at": act.at.isoformat(),
        "subject": act.subject,
        "facts": dict(act.facts),
        "personal": dict(act.personal),
        "digest": act.digest,
    }


def _show(act: Act, language: Language) -> None:
    from conventions.office import counts_told

    words = {**act.personal, **{name: act.facts[name] for name in ("rule", "visa") if act.facts.get(name)}}
    what = "  ".join(str(value) for value in words.values() if value)
    counts = language.join(counts_told(act.facts.get("counts", {})), "unit")
    kind = language.say(_KINDS[act.kind]) if act.kind in _KINDS else act.kind
    click.echo(f"{language.instant(act.at)}  {kind:<12} {act.subject[:12]}  {what}  {counts}".rstrip())
