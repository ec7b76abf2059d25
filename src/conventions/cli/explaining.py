"""``explain``: every rule, or one of them with its reason, its source and an example of either side."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import click

from conventions.cli.desk import to_json
from conventions.cli.speech import reader, translated
from conventions.text import Text

if TYPE_CHECKING:
    from conventions.cli.rulebook import Card, Side
    from conventions.languages import Language
    from conventions.rules import Rule

__all__ = ["explain"]


@click.command(help=translated("List the rules, or explain one: what it asks, why, by which text, with examples."))
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help=translated("Explain every rule."))
@click.option("--markdown", is_flag=True, help=translated("With --all: write the page of rules in Markdown."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def explain(context: click.Context, code: str | None, every: bool, markdown: bool, as_json: bool) -> None:  # noqa: FBT001
    """Explain rules."""
    from conventions import rules
    from conventions.cli import rulebook

    language = reader()
    if code and every:
        raise click.UsageError(translated("name one rule, or say --all"))
    if markdown:
        if not every or as_json:
            raise click.UsageError(translated("--markdown writes the page of all rules: add --all, and no --json"))
        click.echo(rulebook.page(language), nl=False)
        return
    chosen = rules.every() if every else (_named(code),) if code else ()
    if as_json:
        to_json([_plain(rule, language) for rule in chosen or rules.every()])
    elif chosen:
        for rule in chosen:
            _tell(rulebook.card(rule, language), _here(rule, context, language), language)
    else:
        _list(rules.every(), language)


def _named(code: str) -> Rule:
    from conventions import rules

    known = rules.find(code.upper())
    if known is None:
        nearest = ", ".join(rules.nearest(code))
        raise click.BadParameter(
            translated("there is no rule {code}; the nearest are {codes}").format(code=code, codes=nearest)
            if nearest
            else translated("there is no rule {code}; `conventions explain` lists all").format(code=code)
        )
    return known


def _list(known: Iterable[Rule], language: Language) -> None:
    from conventions.cli.rulebook import severity_name

    rows = [(rule.code, severity_name(rule.severity.value, language), language.say(rule.title)) for rule in known]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for code, severity, title in rows:
        click.echo(f"{click.style(code.ljust(widths[0]), bold=True)}  {severity.ljust(widths[1])}  {title}")


def _tell(shown: Card, here: str, language: Language) -> None:
    click.echo(f"{click.style(shown.code, bold=True)}  {shown.title}  [{shown.severity}]{here}")
    click.echo(shown.explanation)
    click.echo(translated("Source: {source}").format(source=shown.source))
    for note in (shown.settings, shown.weight):
        if note:
            click.echo(note)
    for side in (shown.passes, shown.fails):
        if side is not None:
            _tell_side(side, language)
    click.echo()


def _tell_side(side: Side, language: Language) -> None:
    from conventions.cli.rulebook import BESIDE, IN_SETTINGS

    click.echo(f"\n{side.lead}")
    if side.dossier:
        click.echo(indent(side.dossier, "    "))
    if side.settings:
        click.echo(language.say(IN_SETTINGS))
        click.echo(indent(side.settings, "    "))
    for other in side.beside:
        click.echo(language.say(BESIDE))
        click.echo(indent(other, "    "))
    for message, fix in side.findings:
        click.echo(f"  {message}\n  → {fix}")


def _here(rule: Rule, context: click.Context, language: Language) -> str:
    """How grave the workspace takes the rule, where it is another severity than the shipped one."""
    from conventions.cli.rulebook import severity_name
    from conventions.errors import SettingsError
    from conventions.settings import load

    try:
        severities = load(Path(context.obj["workspace"])).settings.rules.severities
    except SettingsError:
        return ""  # explaining needs no workspace, and no sound one
    weighed = rule.weighed(severities.get(rule.code))
    if weighed is rule.severity:
        return ""
    shown = severity_name(weighed.value if weighed else "off", language)
    words = Text("({severity} in this workspace)", severity=shown)
    return f" {language.say(words)}"


def _plain(rule: Rule, language: Language) -> dict[str, object]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "title": language.say(rule.title),
        "explanation": language.say(rule.explanation),
        "source": rule.source,
        "settings": list(rule.settings),
        "is_firm": rule.is_firm,
    }
