"""Makes the bundled fonts and their width table from the full Open Sans fonts.

Run ``python -m archgraph.render.fonts.subset REGULAR.ttf SEMIBOLD.ttf`` with fontTools installed
after choosing a new release of the font; nothing else needs fontTools.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

FACES = ("regular", "semibold")
KEPT = (
    (0x20, 0x7E),  # Basic Latin
    (0xA0, 0x17F),  # Latin-1 Supplement, Latin Extended-A
    (0x192, 0x192),
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x218, 0x21B),
    (0x2C6, 0x2DD),
    (0x370, 0x3FF),  # Greek
    (0x400, 0x4FF),  # Cyrillic
    (0x2010, 0x2044),  # punctuation: dashes, quotes, dagger, bullet, ellipsis
    (0x2070, 0x209C),
    (0x20A0, 0x20BF),
    (0x2116, 0x2122),
    (0x2190, 0x2193),  # arrows, where the font has them
    (0x2202, 0x2265),
)


def make(regular: Path, semibold: Path, folder: Path) -> None:
    """Write ``open-sans-<face>.ttf`` and ``widths.json`` into ``folder``."""
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    table: dict[str, list[list[int]]] = {}
    for face, source in zip(FACES, (regular, semibold), strict=True):
        font = TTFont(source, recalcTimestamp=False)
        options = Options()
        options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
        options.hinting = False
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[code for first, last in KEPT for code in range(first, last + 1)])
        subsetter.subset(font)
        target = folder / f"open-sans-{face}.ttf"
        font.save(target)
        table[face] = widths(target)
    (folder / "widths.json").write_text(_as_lines(table), encoding="utf-8")


def widths(path: Path) -> list[list[int]]:
    """Advance widths in thousandths of an em, as ``[first code, width, width, ...]`` runs."""
    from fontTools.ttLib import TTFont

    font = TTFont(path)
    units = font["head"].unitsPerEm
    runs: list[list[int]] = []
    following = -1
    for code, glyph in sorted(font.getBestCmap().items()):
        if code != following:
            runs.append([code])
        runs[-1].append(round(font["hmtx"][glyph][0] * 1000 / units))
        following = code + 1
    return runs


def _as_lines(table: dict[str, list[list[int]]]) -> str:
    faces = []
    for face, found in table.items():
        runs = ",\n".join("   " + json.dumps(run, separators=(",", ":")) for run in found)
        faces.append(f'  "{face}": [\n{runs}\n  ]')
    return "{\n" + ",\n".join(faces) + "\n}\n"


def main(arguments: Sequence[str]) -> None:
    """Entry point of the script."""
    regular, semibold = (Path(argument) for argument in arguments)
    make(regular, semibold, Path(__file__).parent)


if __name__ == "__main__":
    main(sys.argv[1:])
