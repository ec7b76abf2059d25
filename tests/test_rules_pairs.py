"""Each rule carries a dossier that it lets pass, and one that trips it and no other rule."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from itertools import chain
from typing import Any, Final

import pytest

from conventions import rules
from conventions.intake import read
from conventions.languages import Language
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.rules.example import EXAMPLE_DAY, FRANCE, IRELAND, Sample, applied, in_france, in_ireland
from conventions.settings import Settings
from tests.builders import EXAMPLES, a_dossier, a_profile, a_programme, an_institution

BASES: Final = {name: read(EXAMPLES / "dossiers" / name).dossier.model_dump() for name in (FRANCE, IRELAND)}
SHIPPED: Final = tomllib.loads((EXAMPLES / "conventions.toml").read_text(encoding="utf-8"))
WITH_EXAMPLE: Final = {rule.code: rule.example for rule in rules.every() if rule.example}
ENGLISH: Final = Language("en")
REMARKS: Final = {rule.code for rule in rules.every() if rule.severity in {Severity.INFORMATION, Severity.TO_DO}}
"""They come and go with dates, amounts and hours, beside what an example is about."""


def dossier_of(sample: Sample) -> Dossier:
    return Dossier.model_validate(applied(BASES[sample.base], sample.changes, str))


def judged(sample: Sample) -> tuple[Finding, ...]:
    settings = Settings.model_validate(applied(SHIPPED, sample.settings, str))
    dossiers = [dossier_of(sample), *(dossier_of(replace(sample, changes=other)) for other in sample.beside)]
    alone = rules.check(
        dossiers[0],
        institution=settings.institution,
        programme=settings.programme,
        profile=settings.rules,
        on=sample.on,
        circuit=settings.circuit.circuit,
        officials=settings.people.by_role,
    )
    files = [dossier.number for dossier in dossiers]
    together = rules.compare(dossiers, files=files, profile=settings.rules, coordinator=settings.people.coordinator)
    return (*alone, *chain.from_iterable(together))


def codes(sample: Sample) -> set[str]:
    return {finding.code for finding in judged(sample)}


def test_every_rule_carries_its_example() -> None:
    assert [rule.code for rule in rules.every() if rule.example is None] == []


def test_no_two_rules_share_a_code_and_every_code_names_its_family() -> None:
    assert len(rules.every()) == len(rules.RULES) + len(rules.ACROSS)
    assert {rule.code.split("-")[0] for rule in rules.every()} == {"LAW", "COURSE", "DATA"}


@pytest.mark.parametrize("code", sorted(WITH_EXAMPLE))
def test_a_rule_is_tripped_by_its_dossier_and_by_nothing_else_in_it(code: str) -> None:
    example = WITH_EXAMPLE[code]
    good, bad = codes(example.passes), codes(example.fails)
    assert code not in good
    assert code in bad
    assert bad - good - REMARKS == {code} - REMARKS


@pytest.mark.parametrize("code", sorted(WITH_EXAMPLE))
def test_the_dossier_that_passes_has_no_error_of_its_own(code: str) -> None:
    sample = WITH_EXAMPLE[code].passes
    under_way = {"LAW-TIME-02"} if sample.on >= dossier_of(sample).schedule.start else set()
    found = [one for one in judged(sample) if one.severity is Severity.ERROR and one.code not in under_way]
    assert [(one.code, str(one.message)) for one in found] == []


@pytest.mark.parametrize("code", sorted(WITH_EXAMPLE))
def test_a_finding_says_what_it_saw_what_to_change_and_by_which_text(code: str) -> None:
    rule = rules.find(code)
    assert rule is not None
    for finding in (one for one in judged(WITH_EXAMPLE[code].fails) if one.code == code):
        assert finding.severity is rule.severity
        assert finding.source == rule.source != ""
        assert "{" not in ENGLISH.say(finding.message) + ENGLISH.say(finding.fix)
        if finding.severity is not Severity.INFORMATION:
            assert finding.field or "conventions.toml" in str(finding.fix)


@pytest.mark.parametrize("code", sorted(WITH_EXAMPLE))
def test_the_field_of_a_finding_exists_in_the_dossier(code: str) -> None:
    sample = WITH_EXAMPLE[code].fails
    dossier = dossier_of(sample)
    for finding in judged(sample):
        value: Any = dossier
        for part in filter(None, finding.field.split(".")):
            if value is None:
                break
            value = value[int(part)] if part.isdigit() else getattr(value, part)


@pytest.mark.parametrize("rule", rules.every(), ids=lambda rule: rule.code)
def test_the_settings_that_a_rule_names_exist(rule: rules.Rule) -> None:
    settings: Any = Settings.model_validate(SHIPPED)
    for name in rule.settings:
        value = settings
        for part in name.split("."):
            assert hasattr(value, part), name
            value = getattr(value, part)


def test_findings_come_errors_first_then_by_code() -> None:
    dossier = a_dossier(language="en", allowance={"amount": "4.00"}, host={"siret": "", "it_professionals": None})
    found = rules.check(
        dossier, institution=an_institution(), programme=a_programme(), profile=a_profile(), on=EXAMPLE_DAY
    )
    order = [(list(Severity).index(finding.severity), finding.code) for finding in found]
    assert order == sorted(order)
    assert [severity for severity, _ in order].count(0) >= 3


def test_a_rule_is_found_by_its_code_only() -> None:
    assert all(rules.find(rule.code) is rule for rule in rules.RULES)
    assert rules.find("LAW-NOTHING-99") is None


def test_a_sound_dossier_has_no_error() -> None:
    for sample in (in_france(), in_ireland()):
        assert [str(one.message) for one in judged(sample) if one.severity is not Severity.INFORMATION] == []
