"""SVG text to PNG bytes, with the bundled font and no other."""

from __future__ import annotations

from importlib.resources import as_file, files

_FAMILY = "Open Sans"
_FONTS = ("open-sans-regular.ttf", "open-sans-semibold.ttf")


def to_png(svg: str, scale: float = 1.0) -> bytes:
    """The picture as a PNG, ``scale`` pixels of it to one of the SVG.

    Raises ``ValueError`` if the text is not an SVG that can be drawn, or the scale is not positive.
    """
    if not scale > 0:
        raise ValueError(f"the scale of a picture must be above 0, not {scale}")
    import resvg_py

    with as_file(files("archgraph.render.fonts")) as folder:
        drawn = resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(folder / font) for font in _FONTS],
            font_family=_FAMILY,
            sans_serif_family=_FAMILY,
        )
    return bytes(drawn)
