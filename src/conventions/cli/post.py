"""``post`` and ``collect``: the letters that wait, and what has come in by itself."""

from __future__ import annotations

import click

from conventions.cli.desk import now, open_office, tell
from conventions.cli.speech import translated
from conventions.text import Text

__all__ = ["collect", "post"]

_JSON = translated("Answer in JSON.")


@click.command(
    help=translated(
        "Send the letters that wait because a mail server failed, each when its pause is over. PAPERS are dossiers' "
        "numbers; without one, all."
    )
)
@click.argument("papers", nargs=-1)
@click.option("--force", is_flag=True, help=translated("Do not wait, and try addresses again that were refused."))
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def post(context: click.Context, papers: tuple[str, ...], force: bool, as_json: bool) -> None:  # noqa: FBT001
    """Send what waits."""
    with open_office(context) as office:
        total, outcomes = office.post(papers, now=now(), force=force)
        tell(outcomes, total, translated("posting"), as_json=as_json, idle=Text("no letter waits to be sent"))


@click.command(
    help=translated(
        "Take in what has come back by itself: PDFs and mails in the inbox folder, unread mails of the mailbox. Each "
        "paper goes through the same gate as with `receive`."
    )
)
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.pass_context
def collect(context: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Empty the inbox."""
    with open_office(context) as office:
        tell(office.collect(now=now()), 0, "", as_json=as_json, idle=Text("nothing has come in"))
