"""The plot: a panel a question, a bar a row, the quickest first. Once for light pages and once for
dark ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from measure.group import Group, Kind, Row
from measure.metric import Metric, three_digits
from measure.outcome import Outcome

from report.results import Results
from report.svg import Drawing

WIDTH, EDGE = 880.0, 24.0
NAMES, VALUES = 250.0, 92.0
"""Room for the names beside the bars, and for the figures after the longest."""
STEP, BAR = 25.0, 15.0
TITLE = "mt-scanner and its peers; shorter is better"


@dataclass(frozen=True)
class Theme:
    name: str
    background: str
    ink: str
    faint: str
    grid: str
    bars: dict[Kind, str]


THEMES = (
    Theme(
        "light",
        background="#ffffff",
        ink="#1f2328",
        faint="#59636e",
        grid="#e6eaef",
        bars={Kind.OURS: "#0d7d74", Kind.NATIVE: "#a9b8c9", Kind.PYTHON: "#e0b565"},
    ),
    Theme(
        "dark",
        background="#0d1117",
        ink="#f0f6fc",
        faint="#9198a1",
        grid="#242b35",
        bars={Kind.OURS: "#2fb8a6", Kind.NATIVE: "#55657a", Kind.PYTHON: "#a8803a"},
    ),
)
LEGEND = {
    Kind.OURS: "mt-scanner, in its sandbox",
    Kind.NATIVE: "native code without a sandbox",
    Kind.PYTHON: "Python packages",
}


@dataclass(frozen=True)
class Scale:
    """From figures to lengths, in parts of the panel's width."""

    ticks: list[float]
    start: float
    end: float
    logarithmic: bool

    def __call__(self, figure: float) -> float:
        if self.logarithmic:
            return math.log(figure / self.start) / math.log(self.end / self.start)
        return figure / self.end


def draw(results: Results, path: Path) -> list[Path]:
    """Writes the plot twice, `-light` and `-dark` before the ending of `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for theme in THEMES:
        target = path.with_name(f"{path.stem}-{theme.name}{path.suffix}")
        target.write_text(plot(results, theme), encoding="utf-8")
        written.append(target)
    return written


def plot(results: Results, theme: Theme) -> str:
    drawing = Drawing(WIDTH, theme.background)
    y = legend(drawing, theme, "small data sets: a trial" if results.quick else "shorter is better")
    for group, outcomes in results.groups():
        rows = plotted(group, outcomes)
        if group.plotted and len(rows) > 1:
            y = panel(drawing, theme, group, rows, y)
    drawing.height = y + EDGE / 2
    return drawing.written(TITLE)


def plotted(group: Group, outcomes: dict[str, Outcome]) -> list[tuple[Row, float]]:
    """The rows that the plot shows, the quickest first."""
    medians = [(row, group.metrics[0].median(outcomes[row.name])) for row in group.rows if row.name in outcomes]
    rows = [(row, median) for row, median in medians if row.plotted and median]
    return sorted(rows, key=lambda pair: pair[1])


def legend(drawing: Drawing, theme: Theme, remark: str) -> float:
    x, y = EDGE, EDGE + 12
    for kind, words in LEGEND.items():
        drawing.bar(x, y - 10, 12, 12, theme.bars[kind])
        drawing.text(x + 18, y, words, theme.ink)
        x += 18 + 7.2 * len(words) + 24
    drawing.text(WIDTH - EDGE, y, remark, theme.faint, anchor="end")
    return y + 14


def panel(drawing: Drawing, theme: Theme, group: Group, rows: list[tuple[Row, float]], y: float) -> float:
    """Draws a panel from `y` on, and gives where it ends."""
    metric = group.metrics[0]
    left, right = EDGE + NAMES, WIDTH - EDGE - VALUES
    top = y + 44
    bottom = top + STEP * len(rows)
    scale = scaled([figure for _, figure in rows], logarithmic=group.logarithmic)
    drawing.text(EDGE, y + 28, group.title, theme.ink, 15, bold=True)
    for tick in scale.ticks:
        x = left + scale(tick) * (right - left)
        drawing.line(x, top, x, bottom, theme.grid)
        drawing.text(x, bottom + 16, f"{tick:,g}", theme.faint, 11, anchor="middle")
    unit = metric.value + (", logarithmic" if group.logarithmic else "")
    drawing.text(EDGE, bottom + 16, unit, theme.faint, 11)
    for number, (row, figure) in enumerate(rows):
        middle = top + STEP * (number + 0.5)
        ours = row.kind is Kind.OURS
        length = max(scale(figure) * (right - left), 2)
        drawing.text(left - 10, middle + 4.5, row.name, theme.ink, bold=ours, anchor="end")
        drawing.bar(left, middle - BAR / 2, length, BAR, theme.bars[row.kind])
        drawing.text(left + length + 7, middle + 4.5, shown(metric, figure), theme.ink, bold=ours)
    return bottom + 34


def shown(metric: Metric, figure: float) -> str:
    return f"{three_digits(figure)} {metric.value.split()[0]}"


def scaled(figures: list[float], *, logarithmic: bool) -> Scale:
    most, least = max(figures), min(figures)
    if logarithmic:
        start, end = least / 2, most
        decades = range(math.ceil(math.log10(start)), math.floor(math.log10(end)) + 1)
        return Scale([10.0**decade for decade in decades], start, end, True)
    step = nice(most / 4)
    return Scale([step * number for number in range(int(most / step) + 1)], 0, most, False)


def nice(about: float) -> float:
    """A round number near `about`."""
    decade = 10.0 ** math.floor(math.log10(about))
    return decade * min((1, 2, 2.5, 5, 10), key=lambda part: abs(math.log(part * decade / about)))
