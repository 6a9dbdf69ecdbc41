"""The file of the component that the package carries."""

import os

COMPONENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mt_scanner.wasm")
