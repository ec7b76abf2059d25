"""Which states of a dossier the rules judge: the one in force, and what each proposed amendment would make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from conventions.in_force import amended, before, in_force, proposed, signed, written_at
from conventions.model.amendment import Amendment
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding
from conventions.rules.rule import Case, Rule
from conventions.text import Text

__all__ = ["judged"]

_BEFORE_THE_START: Final = frozenset({"LAW-TIME-02", "COURSE-TIME-05", "COURSE-TIME-06", "COURSE-TIME-08"})
"""They ask whether the agreement can still be signed in time: not when it is, and whoever amends it has signed it."""
_LONG_ENOUGH: Final = frozenset({"COURSE-TIME-01"})
"""What was broken off (art. L124-15) cannot be made longer."""


def judged(case: Case, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Every finding of these rules on the dossier in force, then what each proposal would add.

    A finding points to where the value was typed: to a field of an amendment, if that is where it comes from.
    """
    if not case.dossier.amendments:
        for rule in rules:
            if case.signed_on is None or rule.code not in _BEFORE_THE_START:
                yield from rule.check(case)
        return
    known: set[tuple[str, str]] = set()
    taken_in = signed(case.dossier)
    for finding in _of_state(case, rules, in_force(case.dossier), taken_in):
        known.add((finding.code, finding.field))
        yield _amendable(finding)
    for amendment in proposed(case.dossier):
        earlier = tuple(one for one in taken_in if one.number < amendment.number)
        state = amended(before(case.dossier, amendment), amendment)
        if state.schedule.end < state.schedule.start:
            continue  # said once, by the rule on the period: nothing else can be judged by such days
        for finding in _of_state(case, rules, state, (*earlier, amendment)):
            if (finding.code, finding.field) not in known:
                known.add((finding.code, finding.field))
                yield _foreseen(finding, amendment)


def _of_state(case: Case, rules: Sequence[Rule], state: Dossier, taken_in: tuple[Amendment, ...]) -> Iterator[Finding]:
    left_out = _BEFORE_THE_START | (_LONG_ENOUGH if any(one.termination for one in taken_in) else frozenset())
    there = replace(case, dossier=state)
    for rule in rules:
        if rule.code not in left_out:
            for finding in rule.check(there):
                yield replace(finding, field=written_at(case.dossier, finding.field, taken_in))


def _amendable(finding: Finding) -> Finding:
    """What is signed is not corrected in the file."""
    if not finding.field.startswith("amendments."):
        return finding
    return replace(finding, fix=Text("make a further amendment: {fix}", fix=finding.fix))


def _foreseen(finding: Finding, amendment: Amendment) -> Finding:
    """What would come of a proposal is corrected in the proposal."""
    message = Text("with amendment {number}: {problem}", number=amendment.number, problem=finding.message)
    if not finding.field.startswith("amendments."):
        return replace(finding, message=message)
    return replace(finding, message=message, fix=Text("in {field}: {fix}", field=finding.field, fix=finding.fix))
