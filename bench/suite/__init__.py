"""Everything that is measured, one file a question."""

from suite.counting import COUNT, LIST
from suite.library import LIBRARY
from suite.size import SIZE
from suite.startup import START
from suite.tags import ADTS, REAL, SMALL

GROUPS = (COUNT, LIST, REAL, SMALL, ADTS, LIBRARY, SIZE, START)
