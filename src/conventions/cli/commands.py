"""Every command, in the order of a paper's life."""

from __future__ import annotations

from typing import Final

import click

from conventions.cli.accounts import accounts
from conventions.cli.backing import backup, restore
from conventions.cli.board import status, today
from conventions.cli.calendar import calendar
from conventions.cli.checking import check, init, schema
from conventions.cli.exchange import export, import_
from conventions.cli.explaining import explain
from conventions.cli.grades import grade, grades
from conventions.cli.keeping import archive, audit, renew, seal, verify
from conventions.cli.life import approve, decline, journal, recall, remind, replace
from conventions.cli.links import links
from conventions.cli.packing import export_package, roots
from conventions.cli.papers import generate, issue
from conventions.cli.portal import serve
from conventions.cli.post import collect, post
from conventions.cli.privacy import acts, export_subject, forget, hold
from conventions.cli.proposing import propose
from conventions.cli.signatures import code, consent, receive, scan, sign
from conventions.cli.templates import templates
from conventions.cli.worker import worker

__all__ = ["COMMANDS"]

COMMANDS: Final[tuple[click.Command, ...]] = (
    init,
    schema,
    import_,
    export,
    check,
    explain,
    templates,
    propose,
    generate,
    issue,
    sign,
    receive,
    collect,
    code,
    consent,
    scan,
    approve,
    decline,
    recall,
    replace,
    remind,
    post,
    status,
    today,
    journal,
    calendar,
    grades,
    grade,
    seal,
    archive,
    verify,
    audit,
    forget,
    hold,
    acts,
    export_subject,
    backup,
    restore,
    accounts,
    serve,
    links,
    worker,
    renew,
    export_package,
    roots,
)
