"""How a sync is to be done."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from mt_scanner._library.control import Control
from mt_scanner._types.notice import Notice
from mt_scanner._types.progress import Progress

Mode = Literal["full", "quick"]


class Wish(NamedTuple):
    """How a sync is to be done."""

    mode: Mode = "full"
    confirm_empty: bool = False
    """Whether roots may lose every track."""
    folders: Sequence[tuple[str, str]] | None = None
    """Only these folders, given with their root and relative to it, and what is new below them."""
    on_progress: Callable[[Progress], object] | None = None
    """Called ten to twenty times a second, and at the end."""
    on_change: Callable[[str], object] | None = None
    """Called for each track that was changed, in the end, with a line of the statement `changes`.
    """
    on_notice: Callable[[Notice], object] | None = None
    """Told what should be known of the roots, before the sync begins."""
    control: Control | None = None
    """What others may say to the sync while it is under way."""
