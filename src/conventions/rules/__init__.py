"""JUDGEMENT: must it be refused? One function per rule, all of them in one visible tuple.

Codes say where a rule comes from: ``LAW-…`` an article, ``COURSE-…`` the department, ``DATA-…`` values that contradict
each other. A code never changes its meaning.

The rules are loaded when one of the names here is first used: whoever verifies a file must not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.rules.judging import ACROSS, RULES, check, compare, every, find, in_order, nearest
    from conventions.rules.rule import Case, Rule

__all__ = ["ACROSS", "RULES", "Case", "Rule", "check", "compare", "every", "find", "in_order", "nearest"]

_HOMES = {
    "judging": ("ACROSS", "RULES", "check", "compare", "every", "find", "in_order", "nearest"),
    "rule": ("Case", "Rule"),
}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
