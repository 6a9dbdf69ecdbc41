"""Writes what is expected of golden cases from what the component gives now: python tests/bless.py
[CASE...]

Cases are scanned with the wasmtime CLI: the component itself, with no host of this project around
it. Look at the difference before you commit it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from support.doors import DOORS
from support.golden import PLATFORM, Case, cases, settled, written


def bless(case: Case) -> str:
    """Blesses one case and says what became of it."""
    if PLATFORM not in case.platforms:
        return f"left as it was: it cannot be built on {PLATFORM}"
    with tempfile.TemporaryDirectory() as place:
        scan = DOORS[0].scan(case.build(Path(place)), *case.options, rights=case.rights)
        case.reopen(Path(place))
    if scan.code == 0:
        file, text, other = case.expected, written(settled(scan)), case.error
    else:
        file, text, other = case.error, scan.message + "\n", case.expected
    other.unlink(missing_ok=True)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before == text or (file == case.error and before and text.startswith(before.rstrip("\n"))):
        return "as before"
    file.write_text(text, encoding="utf-8", newline="\n")
    return f"written: {file.name}"


def main(names: list[str]) -> int:
    found = {case.folder.name: case for case in cases()}
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"there is no case {', '.join(unknown)}", file=sys.stderr)
        return 2
    for name in names or found:
        print(f"{name}: {bless(found[name])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
