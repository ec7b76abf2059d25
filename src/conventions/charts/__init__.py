"""HAND on matplotlib: what the grades of a year look like, as SVG and PDF, readable in black and white.

matplotlib is loaded when a chart is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.charts.charting import Chart, grades_chart, hosts_chart
    from conventions.charts.drawing import drawn

__all__ = ["Chart", "drawn", "grades_chart", "hosts_chart"]

_HOMES = {"charting": ("Chart", "grades_chart", "hosts_chart"), "drawing": ("drawn",)}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
