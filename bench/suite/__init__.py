"""Everything that is measured, one file a question."""

from suite.analysis import ANALYSIS
from suite.archives import ARCHIVES
from suite.counting import COUNT, COUNT_41K, LIST
from suite.library import LIBRARY
from suite.size import SIZE
from suite.slow import SLOW
from suite.startup import START
from suite.sync import SYNC, SYNC_SIZE
from suite.tags import ADTS, MIXED, PATHOLOGICAL, REAL, SMALL
from suite.watch import WATCH

WARM = (COUNT, COUNT_41K, LIST, REAL, MIXED, SMALL, ADTS, PATHOLOGICAL, LIBRARY, SYNC, WATCH, SIZE, SYNC_SIZE, START)
GROUPS = (*WARM, *ARCHIVES, *ANALYSIS, *SLOW)
