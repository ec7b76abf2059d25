"""``templates``: what the Word templates hold, what is wrong with them, how they look."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conventions.cli.desk import now, to_json
from conventions.cli.framework import InOrder, LanguageCode, TemplateKey
from conventions.cli.speech import complain, plain_finding, progress, reader, show_findings, translated
from conventions.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conventions.languages import Language
    from conventions.office import Templates, Vetted

__all__ = ["templates"]

_JSON = translated("Answer in JSON.")
_PATH = click.Path(path_type=Path)
_BROKEN = 4
"""Exit code of a template that cannot be used."""
_RESOLUTION = 110
"""Dots per inch of a preview."""
_SHORT = 12
"""Digits of a digest that are shown."""


@click.group(
    cls=InOrder, help=translated("Look over, show and preview the Word templates: the workspace's, else the shipped.")
)
def templates() -> None:
    """Group what is about templates."""


@templates.command("list", help=translated("List the templates: whose they are, and who signs what they make."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """List the templates."""
    language, used = reader(), _open(context)
    every = list(used.every())
    if as_json:
        to_json([_plain(one, used, language) for one in every])
        return
    entries = {entry.key: entry for entry in used.entries}
    told = ""
    for one in every:
        key = one.template.document
        if key != told:
            entry = entries.get(key)
            about = f"  {language.say(entry.title)}, {language.say(entry.signing)}" if entry else ""
            click.echo(f"{click.style(key, bold=True)}{about}")
            told = key
        whose = translated("own") if one.is_own else translated("shipped")
        where = f"  {one.template.path}" if one.is_own else ""
        click.echo(f"  {one.template.language}  {whose}  {one.template.digest[:_SHORT]}{where}")


@templates.command(help=translated("Tell everything that is wrong with templates, and how to mend it."))
@click.argument("keys", nargs=-1, type=TemplateKey())
@click.option("--language", type=LanguageCode(), default=None, help=translated("Only the templates in this language."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def lint(context: click.Context, keys: tuple[str, ...], language: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Look over templates; without a key, all of them."""
    used, tongue = _open(context), reader()
    vetted = []
    for one in used.lint(keys, language or ""):
        vetted.append(one)
        if not as_json:
            show_findings(one.findings, tongue)
    if as_json:
        to_json([_plain(one, used, tongue) | _judged(one, tongue) for one in vetted])
    else:
        _sum_up(vetted, tongue)
    if not all(one.ok for one in vetted):
        sys.exit(_BROKEN)


@templates.command(help=translated("Print a template, or any Word file, as plain text."))
@click.argument("template")
@click.option("--language", type=LanguageCode(), default=None, help=translated("Of a template named by its key."))
@click.pass_context
def show(context: click.Context, template: str, language: str | None) -> None:
    """Show a template."""
    from conventions.press import as_text

    path = Path(template)
    if path.name == template and not path.suffix and not path.is_file():
        used = _open(context)
        path = used.path(template, language or used.workspace.settings.language)
    click.echo(as_text(path, reader()), nl=False)


@templates.command(help=translated("Show what a template makes of a specimen or of a dossier."))
@click.argument("key", type=TemplateKey())
@click.option(
    "--language", type=LanguageCode(), default=None, help=translated("Language of the paper; else the house's.")
)
@click.option("--dossier", type=_PATH, help=translated("Show this dossier instead of the specimen."))
@click.option("--output", type=_PATH, help=translated("Name of the .pdf, or of the .png files, one for each page."))
@click.pass_context
def preview(context: click.Context, key: str, language: str | None, dossier: Path | None, output: Path | None) -> None:
    """Preview a template."""
    used = _open(context)
    code = language or used.workspace.settings.language
    target = output or Path(f"{key}-{code}.pdf")
    if target.suffix.lower() not in {".pdf", ".png"}:
        raise click.UsageError(translated("--output names a .pdf or a .png file"))
    pdf = used.preview(key, code, dossier=dossier, now=now())
    for path in used.write_preview(pdf, target, resolution=_RESOLUTION):
        click.echo(path)


@templates.command(help=translated("Make one picture of all documents in all languages."))
@click.option("--output", type=_PATH, default=Path("templates.png"), help=translated("Name of the PNG file."))
@click.pass_context
def sheet(context: click.Context, output: Path) -> None:
    """Make the contact sheet."""
    used, language = _open(context), reader()
    total = sum(1 for _ in used.every())
    pages = list(progress(used.pages(), total, translated("writing")))
    used.write_sheet(pages, output)
    click.echo(output)
    failed = [page.error for page in pages if page.error]
    for error in failed:
        complain(error, language)
    if failed:
        sys.exit(failed[0].exit_code)


def _open(context: click.Context) -> Templates:
    from conventions.office import Templates

    return Templates.open(Path(context.obj["workspace"]))


def _sum_up(vetted: Sequence[Vetted], language: Language) -> None:
    failed, n = sum(not one.ok for one in vetted), len(vetted)
    if failed:
        words = counted(
            "{failed} of one template to correct", "{failed} of {n} templates to correct", n=n, failed=failed
        )
    else:
        words = counted("one template, nothing to correct", "{n} templates, nothing to correct", n=n)
    click.echo(click.style(language.say(words), fg="red" if failed else None), err=True)


def _plain(one: Vetted, used: Templates, language: Language) -> dict[str, Any]:
    template = one.template
    entry = next((entry for entry in used.entries if entry.key == template.document), None)
    return {
        "document": template.document,
        "language": template.language,
        "title": language.say(entry.title) if entry else None,
        "signing": language.say(entry.signing) if entry else None,
        "is_own": one.is_own,
        "digest": template.digest,
        "file": str(template.path),
    }


def _judged(one: Vetted, language: Language) -> dict[str, Any]:
    return {"ok": one.ok, "findings": [plain_finding(finding, language) for finding in one.findings]}
