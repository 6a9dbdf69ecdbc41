"""`python -m mt_scanner`."""

import sys

if __name__ == "__main__":
    try:
        from mt_scanner.cli import main

        code = main()
    except KeyboardInterrupt:
        # While the command line itself was imported.
        code = 130
    sys.exit(code)
