"""A rule as a reader wants it: what it asks, why, an example of either side, what the check says to the wrong one.

The terminal and the page of rules print the same value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from conventions import rules
from conventions.cli.snippets import toml_snippet, yaml_snippet
from conventions.intake import read
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.rules.example import Sample, applied
from conventions.rules.rule import COURSE_RULE
from conventions.settings import FILE_NAME, Settings
from conventions.shipped import shipped
from conventions.text import Text

__all__ = ["Card", "card", "page", "severity_name"]

_SEVERITIES: Final = {
    "error": Text("error"),
    "warning": Text("warning"),
    "information": Text("information"),
    "to do": Text("to do"),
    "off": Text("off"),
}
_FAMILIES: Final = {
    "LAW": Text("Rules of law"),
    "COURSE": Text("Rules of the department"),
    "DATA": Text("Values that contradict each other"),
}


@dataclass(frozen=True)
class Side:
    """One of the two examples: a sentence that names the dossier, then what to type."""

    lead: str
    dossier: str
    """YAML; empty when the dossier is as it is shipped."""
    settings: str
    """TOML; empty when the settings are."""
    beside: tuple[str, ...]
    """YAML of each other dossier of the campaign, for rules that compare."""
    findings: tuple[tuple[str, str], ...]
    """Message and remedy of each finding of this rule."""


@dataclass(frozen=True)
class Card:
    """One rule in the words of one language."""

    code: str
    severity: str
    title: str
    explanation: str
    source: str
    settings: str
    """Which keys of conventions.toml change what it asks, in a sentence; empty when none does."""
    weight: str
    """What a department can make of its severity."""
    passes: Side | None
    fails: Side | None


def severity_name(severity: str, language: Language) -> str:
    """A severity, or ``off``, in a language."""
    return language.say(_SEVERITIES[severity])


def card(rule: rules.Rule, language: Language) -> Card:
    """Everything there is to say of a rule."""
    example = rule.example
    return Card(
        code=rule.code,
        severity=severity_name(rule.severity.value, language),
        title=language.say(rule.title),
        explanation=language.say(rule.explanation),
        source=_source(rule, language),
        settings=_settings(rule, language),
        weight=language.say(_weight(rule)),
        passes=_side(rule, example.passes, _PASSES, language) if example else None,
        fails=_side(rule, example.fails, _FAILS, language) if example else None,
    )


def _source(rule: rules.Rule, language: Language) -> str:
    return rule.source.replace(COURSE_RULE, language.say(Text("course rule")))


def _settings(rule: rules.Rule, language: Language) -> str:
    if not rule.settings:
        return ""
    return language.say(Text("Settings that change what it asks: {keys}", keys=", ".join(rule.settings)))


def _weight(rule: rules.Rule) -> Text:
    if rule.is_firm and rule.severity is Severity.ERROR:
        return Text("No setting loosens it or switches it off")
    if rule.is_firm:
        return Text("Under [rules.severities] it can be made stricter, but neither loosened nor switched off")
    return Text("Under [rules.severities] it can weigh more or less, or be switched off")


_PASSES: Final = (
    Text("It lets pass {file} as it is shipped, judged on {day}"),
    Text("It lets pass {file}, judged on {day}, with"),
)
_FAILS: Final = (
    Text("It objects to {file} as it is shipped, judged on {day}"),
    Text("It objects to {file}, judged on {day}, with"),
)


def _side(rule: rules.Rule, sample: Sample, leads: tuple[Text, Text], language: Language) -> Side:
    lead = leads[bool(sample.changes)]
    found = (finding for finding in _judged(sample, language) if finding.code == rule.code)
    return Side(
        lead=language.say(Text(lead.msgid, file=sample.base, day=sample.on)),
        dossier=yaml_snippet(applied({}, sample.changes, language.say)),
        settings=toml_snippet(applied({}, sample.settings, language.say)),
        beside=tuple(yaml_snippet(applied({}, other, language.say)) for other in sample.beside),
        findings=tuple((language.say(finding.message), language.say(finding.fix)) for finding in found),
    )


def _judged(sample: Sample, language: Language) -> tuple[Finding, ...]:
    settings = Settings.model_validate(applied(_shipped_settings(), sample.settings, language.say))
    dossiers = [
        Dossier.model_validate(applied(_shipped_dossier(sample.base), changes, language.say))
        for changes in (sample.changes, *sample.beside)
    ]
    officials = settings.people.by_role
    alone = rules.check(
        dossiers[0],
        institution=settings.institution,
        programme=settings.programme,
        profile=settings.rules,
        on=sample.on,
        circuit=settings.circuit.circuit,
        officials=officials,
    )
    files = [dossier.number for dossier in dossiers]
    together = rules.compare(dossiers, files=files, profile=settings.rules, coordinator=officials["coordinator"])
    return (*alone, *chain.from_iterable(together))


@lru_cache(maxsize=1)
def _shipped_settings() -> Mapping[str, Any]:
    return tomllib.loads((shipped("examples") / FILE_NAME).read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _shipped_dossier(name: str) -> Mapping[str, Any]:
    return read(shipped("examples") / "dossiers" / name).dossier.model_dump()


def page(language: Language) -> str:
    """The page of all rules, in Markdown."""
    return "\n".join(_page(language)) + "\n"


def _page(language: Language) -> Iterator[str]:
    say = language.say
    title = Text("Rules")
    yield f"# {say(title)}"
    yield ""
    yield say(
        Text(
            "This page is written by `conventions explain --all --markdown` (`make docs`) from the rules themselves; "
            "each example is a test. An error keeps a paper from being produced; a warning is for a person to judge; "
            "what is to do names who must bring what, by when; information needs no answer."
        )
    )
    yield ""
    for family, heading in _FAMILIES.items():
        members = sorted(
            (rule for rule in rules.every() if rule.code.startswith(f"{family}-")), key=lambda rule: rule.code
        )
        yield from (f"## {say(heading)}", "")
        yield from _index(members, language)
        yield ""
        for rule in members:
            yield from _entry(card(rule, language), language)


def _index(members: Iterable[rules.Rule], language: Language) -> Iterator[str]:
    heads = (Text("code"), Text("severity"), Text("what it asks"))
    yield "| " + " | ".join(language.say(head) for head in heads) + " |"
    yield "|--|--|--|"
    for rule in members:
        severity = severity_name(rule.severity.value, language)
        yield f"| [{rule.code}](#{rule.code.lower()}) | {severity} | {language.say(rule.title)} |"


def _entry(shown: Card, language: Language) -> Iterator[str]:
    yield from (f"### {shown.code}", "", f"**{shown.title}** · {shown.severity} · {shown.source}", "")
    yield from (shown.explanation, "")
    notes = (f"{note}." for note in (shown.settings, shown.weight) if note)
    yield from (" ".join(notes), "")
    for side in (shown.passes, shown.fails):
        if side is not None:
            yield from _example(side, language)


def _example(side: Side, language: Language) -> Iterator[str]:
    yield f"{side.lead}:" if side.dossier or side.settings else f"{side.lead}."
    yield ""
    if side.dossier:
        yield from ("```yaml", side.dossier, "```", "")
    if side.settings:
        yield from (language.say(IN_SETTINGS), "", "```toml", side.settings, "```", "")
    for other in side.beside:
        yield from (language.say(BESIDE), "", "```yaml", other, "```", "")
    for message, fix in side.findings:
        yield from (f"> {message}", f"> → {fix}", "")


IN_SETTINGS: Final = Text("and in conventions.toml:")
"""Stands before the settings of an example."""
BESIDE: Final = Text("and beside it the same with:")
"""Stands before another dossier of the campaign."""
