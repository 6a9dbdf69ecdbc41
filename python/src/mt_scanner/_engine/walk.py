"""The walk that finds the files of an examination: a scan of its own, which waits while many files
wait to be looked into.
"""

import threading
from typing import TYPE_CHECKING

from mt_scanner._engine.answer import problems_of
from mt_scanner._engine.examination import Examination, File
from mt_scanner._engine.roots import relative_path
from mt_scanner._types.progress import Progress

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool


class Walk:
    """A walk, in a thread of its own."""

    def __init__(self, pool: "Pool") -> None:
        """`pool` is a scan that gives the paths of files."""
        self._pool = pool

    def begin(self, examination: Examination) -> None:
        threading.Thread(target=self._find, args=(examination,), name="mt-scanner walk", daemon=True).start()

    @property
    def progress(self) -> Progress:
        walked = self._pool.progress
        return walked._replace(total_files=walked.files, is_estimated=True)

    def stop(self) -> None:
        self._pool.stop()

    def join(self, seconds: float) -> bool:
        return self._pool.join(seconds)

    def _find(self, examination: Examination) -> None:
        try:
            for answer in self._pool:
                for problem in problems_of(answer):
                    examination.tell(problem)
                for path in answer.paths:
                    examination.add(File(answer.root, relative_path(answer.root, path)))
                if examination.is_stopped:
                    break
        except BaseException as error:
            examination.fail(error)
        examination.end()
