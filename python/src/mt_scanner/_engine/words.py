"""Reports in words, which the component finds: so every host says the same."""

import json
from typing import Any

from mt_scanner._engine import backends


def in_words(about: str, **report: Any) -> str:
    """The lines of a report. `about`: `scan`, `index`, `rehearsal`, `batch`, `changes`, `problems`
    or `purge`; the others are its parts (`wit/reports.wit`).
    """
    return backends.get().in_words(json.dumps({about: report}))
