"""The command `validate`."""

from argparse import Namespace
from collections import Counter

from mt_scanner._types.contract import (
    VALIDATE_FILE,
    VALIDATE_FINDING,
    VALIDATE_POSITION,
    VALIDATE_SUM,
    VALIDATE_SUM_ONE,
    VALIDATE_TIME,
)
from mt_scanner._types.report import VERDICTS
from mt_scanner.cli._examining import Report, examined, path_of, tell_people
from mt_scanner.cli._options import code
from mt_scanner.cli._output import write
from mt_scanner.cli._screen import shown

BROKEN = VERDICTS[:2]
BAD = VERDICTS[:3]
"""Verdicts that people are told of."""
DAMAGE = 1
"""The exit code where a file is damaged or truncated."""


def validate(options: Namespace) -> int:
    verdicts: Counter[str] = Counter()

    def judged(report: Report) -> str:
        verdicts[report["verdict"]] += 1
        return in_a_line(report)

    scanner = examined(options, judged)
    if not options.json and not options.quiet:
        write(in_sum(verdicts))
    tell_people(options, scanner)
    return verdict_code(options, verdicts, scanner.progress.problems)


def verdict_code(options: Namespace, verdicts: "Counter[str]", problems: int) -> int:
    """The exit code of a command that has come to these verdicts, and met so many problems."""
    return DAMAGE if any(verdicts[verdict] for verdict in BROKEN) else code(options, problems)


def in_a_line(report: Report) -> str:
    """What people are told of a file; nothing of one that is fine."""
    verdict = report["verdict"]
    findings = [finding for finding in report["findings"] if finding["verdict"] is not None]
    if verdict not in BAD and not findings:
        return ""
    said = VALIDATE_FILE.format(path=path_of(report), verdict=verdict)
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
