"""``propose``: a host is asked for a pre-agreement."""

from __future__ import annotations

import click

from conventions.cli.desk import now, open_office, tell
from conventions.cli.framework import LanguageCode
from conventions.cli.speech import translated

__all__ = ["propose"]


@click.command(
    help=translated(
        "Ask a host for the pre-agreement of a student: by mail, and on a page when the office has one. Confirmed by "
        "the student and approved by the coordinator, it becomes the dossier NUMBER. After a refusal the same command "
        "asks again; nothing but the number must be said then."
    )
)
@click.argument("number")
@click.option("--first-name", default="", help=translated("First name of the student."))
@click.option("--last-name", default="", help=translated("Last name of the student."))
@click.option("--student-email", default="", help=translated("Address of the student."))
@click.option("--contact", default="", help=translated("Name of whoever fills it in for the host."))
@click.option("--contact-email", default="", help=translated("Address of that person."))
@click.option("--language", type=LanguageCode(), default=None, help=translated("Language of the form and its letters."))
@click.option("--json", "as_json", is_flag=True, help=translated("Answer in JSON."))
@click.pass_context
def propose(
    context: click.Context,
    number: str,
    first_name: str,
    last_name: str,
    student_email: str,
    contact: str,
    contact_email: str,
    language: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Ask for a pre-agreement."""
    from conventions.office import Proposal

    wanted = Proposal(number, first_name, last_name, student_email, contact, contact_email, language or "")
    with open_office(context) as office:
        tell([office.propose(wanted, now=now())], 1, "", as_json=as_json)
