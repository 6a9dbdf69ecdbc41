"""The command `validate`."""

import os
import sys
from argparse import Namespace
from collections import Counter
from functools import partial
from typing import Any

from mt_scanner import Scanner
from mt_scanner._engine.roots import native_path
from mt_scanner._engine.words import in_words
from mt_scanner._types.contract import (
    VALIDATE_FILE,
    VALIDATE_FINDING,
    VALIDATE_POSITION,
    VALIDATE_SUM,
    VALIDATE_SUM_ONE,
    VALIDATE_TIME,
)
from mt_scanner.cli._options import code, going, limits
from mt_scanner.cli._output import dump, line, notify, tell_passed_over, wanted, write
from mt_scanner.cli._screen import bar, shown
from mt_scanner.cli._summary import added_up

VERDICTS = ("damaged", "truncated", "suspicious", "unchecked", "intact")
"""From the worst to the best."""
BROKEN = VERDICTS[:2]
BAD = VERDICTS[:3]
"""Verdicts that people are told of."""
DAMAGE = 1
"""The exit code where a file is damaged or truncated."""


def validate(options: Namespace) -> int:
    verdicts: Counter[str] = Counter()
    tell = partial(line, sys.stderr) if options.json else None
    with (
        Scanner(options.folders, workers=options.workers, **going(options), **limits(options)) as scanner,
        bar(wanted(options)) as show,
    ):
        for notice in scanner.notices:
            notify(options, notice)
        move = None if show is None else lambda: show(scanner.progress)
        for report in scanner._validate(options.depth, tell, options.component, move):
            verdicts[report["verdict"]] += 1
            if options.json:
                dump(sys.stdout, report)
            elif said := in_a_line(report):
                print(said)
    progress = scanner.progress
    if options.json:
        tell_passed_over(progress)
    elif not options.quiet:
        write(in_sum(verdicts))
        over = {"passed_over": progress.passed_over, "playlists": progress.playlists}
        write(in_words("problems", problems=added_up(scanner.problems), **over))
    return DAMAGE if any(verdicts[verdict] for verdict in BROKEN) else code(options, progress.problems)


def in_a_line(report: dict[str, Any]) -> str:
    """What people are told of a file; nothing of one that is fine."""
    verdict = report["verdict"]
    findings = [finding for finding in report["findings"] if finding["verdict"] is not None]
    if verdict not in BAD and not findings:
        return ""
    file = os.path.join(report["root"], native_path("", report["path"]))
    said = VALIDATE_FILE.format(path=shown(file), verdict=verdict)
    # What the verdict comes from.
    finding = next((one for one in findings if one["verdict"] == verdict), next(iter(findings), None))
    if finding is None:
        return said
    said += VALIDATE_FINDING.format(kind=finding["kind"], detail=shown(finding["detail"]))
    if finding["position"] is not None:
        said += VALIDATE_POSITION.format(position=finding["position"])
    if finding["position_ms"] is not None:
        said += VALIDATE_TIME.format(seconds=f"{finding['position_ms'] / 1000:.1f}")
    return said


def in_sum(verdicts: "Counter[str]") -> str:
    """How many files there are of each verdict."""
    files = sum(verdicts.values())
    counts = [f"{verdicts[verdict]:,} {verdict}" for verdict in VERDICTS if verdicts[verdict]]
    text = VALIDATE_SUM_ONE if files == 1 else VALIDATE_SUM
    return text.format(files=f"{files:,}", verdicts=", ".join(counts) or f"0 {VERDICTS[-1]}") + "\n"
