"""What a scan finds. The records are those of the contract; see `contract.py` here, which is
generated.
"""

from mt_scanner._types.contract import Inspection, Problem, Tag, Track

__all__ = ["Inspection", "Problem", "Tag", "Track"]
