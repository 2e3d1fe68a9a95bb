"""SVG text to PNG bytes, with the bundled font and no other."""

from __future__ import annotations

from importlib.resources import as_file, files

from archgraph.render.fonts.subset import FACES

FAMILY = "Open Sans"


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
            font_files=[str(folder / f"open-sans-{face}.ttf") for face in FACES],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    return bytes(drawn)
