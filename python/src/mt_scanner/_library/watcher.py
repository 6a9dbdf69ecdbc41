"""Who watches over an analysis. Imports no analyser: commands say so before there is one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mt_scanner._engine.examination import Found
    from mt_scanner._library.control import Control
    from mt_scanner._types.progress import Progress
    from mt_scanner._types.track import Problem


class Watcher(NamedTuple):
    """Who is told of an analysis, and may end it."""

    on_progress: "Callable[[Progress], object] | None" = None
    on_report: "Callable[[Found], object] | None" = None
    on_problem: "Callable[[Problem], object] | None" = None
    control: "Control | None" = None
