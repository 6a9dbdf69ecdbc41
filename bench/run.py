"""Measures mt-scanner beside its peers, all in one run.

    python bench/run.py [--quick] [--only NAME,...] [--data DIR] [--music DIR]

Prints tables and what became of the expectations, writes the figures as JSON and, of a whole run,
the tables and plots of docs/benchmarks.md. An expectation that falls short is said, and is no
failure. See docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import calls
from measure import tools
from measure.data import Trees
from measure.rounds import measured
from report import document, machine, plot, screen
from report.results import Results
from suite import GROUPS

BENCH = Path(__file__).resolve().parent
NAMES = (*(group.name for group in GROUPS), "calls")
DOCUMENT = BENCH.parent / "docs" / "benchmarks.md"
PLOT = BENCH.parent / "docs" / "images" / "benchmarks.svg"


def main() -> None:
    chosen = arguments()
    if chosen.redraw:
        results = Results.load(chosen.output)
    else:
        results = measure(chosen)
        results.save(chosen.output)
    screen.show(results)
    if chosen.plot:
        plot.draw(results, chosen.plot)
    if chosen.document:
        document.write(results, chosen.document)


def measure(chosen: argparse.Namespace) -> Results:
    found = tools.find()
    trees = Trees(chosen.data, chosen.music, chosen.quick)
    results = Results(machine.facts(found), chosen.quick)
    rounds = chosen.rounds or (2 if chosen.quick else None)
    for group in GROUPS:
        if group.name in chosen.only:
            results.outcomes[group.name] = measured(group, trees, found, rounds=rounds, large=chosen.large)
            # Now, so that an interrupted run is not lost.
            results.save(chosen.output)
    if "calls" in chosen.only:
        results.calls = calls.measured(trees, found)
    return results


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small data sets, two rounds: to see that it works")
    parser.add_argument("--large", action="store_true", help="also a million files, a deep and a flat tree")
    parser.add_argument("--only", type=names, metavar="NAME,...", help=f"some of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of every group")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", default=tools.cache() / "data", help="where data sets are kept"
    )
    parser.add_argument("--music", type=Path, metavar="DIR", help="your recordings instead of synthesised ones")
    parser.add_argument("--output", type=Path, metavar="FILE", default=BENCH / "results" / "latest.json")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="two plots: FILE with -light and -dark in its name")
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document whose tables are to be renewed")
    parser.add_argument("--redraw", action="store_true", help="measure nothing, show the figures of --output")
    chosen = parser.parse_args()
    whole = not (chosen.quick or chosen.only or chosen.rounds or chosen.music or chosen.redraw)
    chosen.only = chosen.only or NAMES
    if whole:
        chosen.plot = chosen.plot or PLOT
        chosen.document = chosen.document or DOCUMENT
    return chosen


def names(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    for name in chosen:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(NAMES)}")
    return chosen


if __name__ == "__main__":
    main()
