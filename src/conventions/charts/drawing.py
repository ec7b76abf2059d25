"""Bars on paper: hatched, each with its number; the words stay words, and equal charts have equal bytes."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from conventions.charts.charting import Chart

__all__ = ["drawn"]

_STYLE: Final[Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "hatch.linewidth": 0.6,
    "pdf.fonttype": 42,  # TrueType, embedded: the words can be searched
    "svg.fonttype": "none",  # text, which a screen reader reads and a browser finds
    "svg.hashsalt": "conventions",
    "text.parse_math": False,  # a dollar in the name of a host is no formula
}
_INK: Final = "#1b1f24"
_HATCHED: Final[dict[str, Any]] = {"facecolor": "white", "edgecolor": _INK, "hatch": "////", "linewidth": 0.9}
_WIDTH: Final = 7.5
"""Inches, a page between its margins."""
_LINE: Final = 0.32
"""Inches that a bar takes that lies."""


def drawn(chart: Chart, kind: Literal["svg", "pdf"]) -> bytes:
    """The chart as a file."""
    stream = BytesIO()
    with rc_context(_STYLE):
        figure = _figure(chart)
        if kind == "pdf":
            facts = {"Title": chart.title, "Subject": chart.description, "CreationDate": None}
            figure.savefig(stream, format="pdf", metadata=facts)
            return stream.getvalue()
        figure.savefig(stream, format="svg", metadata={"Title": chart.title, "Date": None})
    return _accessible(stream.getvalue().decode(), chart).encode()


def _figure(chart: Chart) -> Figure:
    height = 1.3 + _LINE * max(len(chart.bars), 1) if chart.lies else 3.6
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    figure.suptitle(chart.title, x=0.01, ha="left", fontsize="medium", fontweight="bold", color=_INK)
    (_lying if chart.lies else _standing)(axes, chart)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
    return figure


def _standing(axes: Axes, chart: Chart) -> None:
    values = [float(bar.value) for bar in chart.bars]
    bars = axes.bar(range(len(values)), values, width=0.86, **_HATCHED)
    axes.bar_label(bars, [bar.label for bar in chart.bars], padding=2)
    axes.set_xticks(range(len(values)), [bar.name for bar in chart.bars], rotation=90)
    axes.set_ylim(0, max([*values, 1.0]) * 1.12)
    axes.set_xlabel(chart.across)
    axes.set_ylabel(chart.along)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _lying(axes: Axes, chart: Chart) -> None:
    values = [float(bar.value) for bar in chart.bars]
    bars = axes.barh(range(len(values)), values, height=0.7, **_HATCHED)
    axes.bar_label(bars, [bar.label for bar in chart.bars], padding=3)
    axes.set_yticks(range(len(values)), [bar.name for bar in chart.bars])
    axes.invert_yaxis()
    axes.set_xlim(0, float(chart.most or max([*values, 1.0])))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(chart.along)


def _accessible(svg: str, chart: Chart) -> str:
    """The picture with its name and its description first, as WAI-ARIA and SVG 2 (5.8) want them."""
    named = re.sub(r"\s*<title>.*?</title>", "", svg, count=1, flags=re.DOTALL)
    head = f'\n <title id="title">{escape(chart.title)}</title>\n <desc id="desc">{escape(chart.description)}</desc>'
    return re.sub(
        r"<svg ([^>]*)>",
        lambda match: f'<svg role="img" aria-labelledby="title desc" {match[1]}>{head}',
        named,
        count=1,
    )
