"""`python -m mt_scanner`."""

import sys

from mt_scanner.cli import main

if __name__ == "__main__":
    sys.exit(main())
