"""The SVG that Graphviz writes made one of ours: it refers to nothing outside, and its ids are the model's."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from struct import unpack

from archgraph.render import text
from archgraph.render.icons import icon_bytes
from archgraph.render.svg import attribute, content, number
from archgraph.views.view import View

Named = Mapping[str, tuple[str, str]]
"""What the names in Graphviz's SVG stand for: an id of the view, and a title."""

_FAMILY = "Open Sans, Helvetica, Arial, sans-serif"
_OPENING = re.compile(r'.*?<svg width="([\d.]+)pt" height="([\d.]+)pt"[^>]*>', re.DOTALL)
_PLACE = re.compile(r'\b([xy])="(-?[\d.]+)"')
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_GROUP = re.compile(r'<g id="(\w+)" class="(\w+)"([^>]*)>(?:\s*<title>[^<]*</title>)?')
_IMAGE = re.compile(
    r'<image xlink:href="([^"]*)\.png" width="([\d.]+)px" height="([\d.]+)px"[^>]*?( x="[^"]*" y="[^"]*")/>'
)
_TEXT = re.compile(
    r'<text (?:xml:space="preserve" )?([^>]*?)font-family="[^"]*" font-size="([\d.]+)"([^>]*)>([^<]*)</text>'
)


def portable(svg: str, view: View, named: Named, icons: Iterable[str]) -> str:
    """The picture with each icon in it once, titles for screen readers, and texts pinned to their measured widths."""
    drawn = _OPENING.match(svg)
    if drawn is None:
        raise ValueError("this is no SVG of Graphviz")
    body = _COMMENT.sub("", svg[drawn.end() :]).replace(' stroke="transparent"', ' stroke="none"')
    body = _GROUP.sub(lambda match: _group(match, named), body)
    body = _IMAGE.sub(_use, body)
    body = _TEXT.sub(_text, body)
    return "\n".join([*_head(view, drawn[1], drawn[2], icons), body.strip()]) + "\n"


def _head(view: View, width: str, height: str, icons: Iterable[str]) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{_FAMILY}" '
        f'data-id="{attribute(view.id)}">'
    )
    yield f"<title>{content(view.title)}</title>"
    yield f"<desc>{content(view.description or view.subtitle)}</desc>"
    yield "<defs>"
    for icon in icons:
        data = icon_bytes(icon)
        if data is not None:
            wide, tall = unpack(">II", data[16:24])
            yield (
                f'<symbol id="{_symbol(icon)}" viewBox="0 0 {wide} {tall}"><image width="{wide}" height="{tall}" '
                f'xlink:href="data:image/png;base64,{b64encode(data).decode()}"/></symbol>'
            )
    yield "</defs>"


def _symbol(icon: str) -> str:
    return "icon-" + icon.replace("/", "-")


def _group(match: re.Match[str], named: Named) -> str:
    if match[1] not in named:
        return f'<g class="{match[2]}"{match[3]}>'
    key, title = named[match[1]]
    return f'<g class="{match[2]}" data-id="{attribute(key)}"{match[3]}><title>{content(title)}</title>'


def _use(match: re.Match[str]) -> str:
    return f'<use xlink:href="#{_symbol(match[1])}" width="{match[2]}" height="{match[3]}"{_rounded(match[4])}/>'


def _text(match: re.Match[str]) -> str:
    words, size = text.clean(unescape(match[4])), float(match[2])
    wide = f' textLength="{number(text.width(words, size))}" lengthAdjust="spacingAndGlyphs"' if words else ""
    return f'<text {_rounded(match[1])}font-size="{number(size)}"{match[3]}{wide}>{content(words)}</text>'


def _rounded(attributes: str) -> str:
    return _PLACE.sub(lambda match: f'{match[1]}="{number(float(match[2]))}"', attributes)
