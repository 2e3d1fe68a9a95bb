"""How things look in draw.io: mxGraph's styles, ``key=value;`` after ``key=value;``."""

from __future__ import annotations

from collections.abc import Sequence

from archgraph.render.palette import FRAMES, INK, LINES, PAPER, category_colour
from archgraph.render.scene import Box, Frame, Strip, Text
from archgraph.render.stencils import Stencil, corners
from archgraph.render.svg import number
from archgraph.views.view import EdgeStyle, GroupKind

WORDS = "text;html=1;align=left;verticalAlign=middle;spacing=0;"
PART = "part=1;connectable=0;pointerEvents=0;"
"""For a shape that is selected and moved with the one that it stands in."""
BADGE = f"rounded=1;arcSize=50;html=1;spacing=0;fillColor={INK};strokeColor=none;"
GROUND = f"ellipse;html=1;fillColor={PAPER};strokeColor=none;labelBackgroundColor={PAPER};"
"""Under an icon on a border, which must not show through."""
_CONTAINER = "html=1;container=1;collapsible=0;recursiveResize=0;pointerEvents=0;"


def frame_style(frame: Frame) -> str:
    """A frame, with AWS's sign for its kind in the corner; the title stands where the scene has it."""
    look, corner = FRAMES[frame.kind], corners().get(frame.kind)
    shape = f"shape=mxgraph.aws4.group;grIcon=mxgraph.aws4.{corner};grStroke=1;" if corner else ""
    return (
        f"{shape}{_CONTAINER}verticalAlign=top;align=left;spacingLeft={30 if corner else 6};"
        f"spacingTop={-5 if len(frame.lines) > 1 else 1};{font(frame.lines)}"
        f"strokeColor={look.colour};strokeWidth=1.25;fillColor={look.fill or 'none'};{_dash(look.dash)}"
    )


def frame_sample(kind: GroupKind) -> str:
    """A kind of frame in the legend."""
    look = FRAMES[kind]
    dash = "4 2.5" if look.dash else None
    return f"html=1;strokeColor={look.colour};strokeWidth=1.25;fillColor={look.fill or 'none'};{_dash(dash)}"


def strip_style(strip: Strip) -> str:
    """The frame around what serves several subnets."""
    look = FRAMES[strip.kind] if strip.kind else None
    colour = look.colour if look else category_colour(strip.category)
    return (
        f"{_CONTAINER}rounded=1;absoluteArcSize=1;arcSize=16;fillColor={PAPER};strokeColor={colour};"
        f"strokeWidth={1.5 if look else 1};{_dash(look.dash if look else None)}"
    )


def stencil_style(drawing: Stencil) -> str:
    """A service's or a resource's icon."""
    shape = f"shape=mxgraph.aws4.{drawing.name};strokeColor=none;"
    if drawing.service:
        shape = f"shape=mxgraph.aws4.resourceIcon;resIcon=mxgraph.aws4.{drawing.name};strokeColor={PAPER};"
    return f"{shape}fillColor={drawing.colour};gradientColor=none;html=1;outlineConnect=0;aspect=fixed;"


def box_style(category: str) -> str:
    """What stands for a type that draw.io has no icon for."""
    return f"rounded=1;absoluteArcSize=1;arcSize=8;html=1;fillColor={category_colour(category)};strokeColor=none;"


def label_style(icon: Box, lines: Sequence[Text]) -> str:
    """On which side of an icon its label stands, and how its first line looks."""
    if lines and lines[0].x >= icon.right:
        side = "labelPosition=right;verticalLabelPosition=middle;align=left;verticalAlign=middle;spacingLeft=4;"
    else:
        side = "labelPosition=center;verticalLabelPosition=bottom;align=center;verticalAlign=top;spacingTop=-2;"
    return side + font(lines)


def line_style(style: EdgeStyle) -> str:
    """A line that bends where the file says, and goes on in right angles when its ends are moved."""
    look = LINES[style]
    return (
        f"edgeStyle=orthogonalEdgeStyle;html=1;rounded=1;arcSize=12;endArrow=block;endFill=1;"
        f"endSize={2 if look.double else 5};strokeColor={look.colour};strokeWidth={number(look.width)};"
        f"{_dash(look.dash)}labelBackgroundColor={PAPER};"
    )


def font(lines: Sequence[Text]) -> str:
    """How the first line of a label looks."""
    return f"fontSize={number(lines[0].size)};fontColor={lines[0].colour};" if lines else ""


def _dash(pattern: str | None) -> str:
    return f"dashed=1;fixDash=1;dashPattern={pattern};" if pattern else "dashed=0;"
