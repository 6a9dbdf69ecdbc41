"""The figures of a run as JSON: what tables and plots are made of, now or later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from calls import Calls
from measure.expectation import Verdict
from measure.group import Group
from measure.outcome import Outcome
from suite import GROUPS

from report.machine import Facts

VERSION = 1


@dataclass
class Results:
    machine: Facts
    quick: bool
    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    """Group -> row -> outcome."""
    calls: Calls = field(default_factory=dict)

    def groups(self) -> list[tuple[Group, dict[str, Outcome]]]:
        """What was measured, in the order of the suite."""
        return [(group, self.outcomes[group.name]) for group in GROUPS if group.name in self.outcomes]

    def verdicts(self) -> list[tuple[Group, list[Verdict]]]:
        """What became of the expectations."""
        return [(group, verdicts(group, outcomes)) for group, outcomes in self.groups()]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "version": VERSION,
            "quick": self.quick,
            "machine": self.machine,
            "groups": {group.name: written(group, outcomes) for group, outcomes in self.groups()},
            "calls": self.calls,
        }
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Results:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise ValueError(f"{path} is of version {content['version']}, not {VERSION}")
        outcomes = {
            group: {row["name"]: Outcome(**row["outcome"]) for row in of["rows"]}
            for group, of in content["groups"].items()
        }
        return cls(content["machine"], content["quick"], outcomes, content["calls"])


def verdicts(group: Group, outcomes: Mapping[str, Outcome]) -> list[Verdict]:
    return [expectation.verdict(outcomes, group.metrics[0]) for expectation in group.expectations]


def written(group: Group, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """A group with its figures worked out, and the samples that they are of."""
    rows = []
    for row in group.rows:
        if row.name in outcomes:
            outcome = outcomes[row.name]
            figures = {
                metric.value: {"median": metric.median(outcome), "best": metric.best(outcome)}
                for metric in group.metrics
            }
            rows.append({"name": row.name, "kind": row.kind.value, "figures": figures, "outcome": asdict(outcome)})
    expectations = [asdict(verdict) for verdict in verdicts(group, outcomes)]
    return {"title": group.title, "rows": rows, "expectations": expectations}
