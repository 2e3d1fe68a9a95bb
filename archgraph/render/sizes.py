"""The measures of a picture, in pixels: one place to change how dense pictures are."""

from __future__ import annotations

ICON = 48.0
GATEWAY_ICON = 40.0
LABEL_WIDTH = 108.0
"""Width at which a node's title wraps."""
GATEWAY_LABEL_WIDTH = 84.0
STRIP_LABEL_WIDTH = 150.0
TITLE_SIZE = 12.0
TITLE_LINE = 15.0
SUBTITLE_SIZE = 10.5
SUBTITLE_LINE = 13.0
LABEL_GAP = 3.0
"""Between an icon and its label."""

HEADER = 28.0
"""Height of a frame's header and side of its corner badge."""
FRAME_TITLE_SIZE = 12.5
FRAME_SUBTITLE_SIZE = 10.5
FRAME_TITLE_WIDTH = 260.0
SUBNET_TITLE_WIDTH = 130.0
PAD = 20.0
"""Between a frame and what is inside."""

EDGE_SIZE = 11.0
EDGE_LINE = 13.0
EDGE_LABEL_WIDTH = 96.0
STEP = 17.0
"""Side of a step's badge."""

CLEARANCE = 8.0
"""Between a line and the things it goes around."""
LANE = 10.0
"""Between parallel lines."""
ROW_GAP = 22.0
"""Between icons above each other."""
GROUP_GAP = 26.0
"""Between frames beside each other."""
MARGIN = 24.0
"""Around the page."""
