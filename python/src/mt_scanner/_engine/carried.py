"""The files of the components that the package carries."""

import os

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

COMPONENT = os.path.join(_PACKAGE, "mt_scanner.wasm")
ANALYSER = os.path.join(_PACKAGE, "mt_scanner_analyser.wasm")
