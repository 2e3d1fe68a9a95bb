"""Measures pictures as a reader sees them: all views of all models in ``models/``, and generated ones.

``python -m benchmarks.pictures`` prints the figures, ELK's beside them where Node can be had, and exits 1 if a
picture has a fault: an edge through an icon or a title, things that overlap, something outside its frame.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from archgraph.analysis.facts import derive
from archgraph.dsl.load import find_models, load
from archgraph.render.layout import lay_out
from archgraph.render.svg import to_svg
from archgraph.views.pictures import pictures
from archgraph.views.view import View
from benchmarks.drawn import PAGE, Quality, crossings, measure, read
from benchmarks.elk import Laid, by_elk
from benchmarks.generator import generate

MODELS = Path(__file__).parents[1] / "models"
GENERATED = 200


def main() -> int:
    """Draw, measure and print; the exit status is 1 if a picture has a fault."""
    faulty = 0
    with tempfile.TemporaryDirectory() as folder:
        for title, views in (("models", list(_of_models())), ("generated", list(_generated(Path(folder))))):
            found = [measure(read(to_svg(lay_out(view)))) for view in views]
            faulty += _print(title, views, found)
            _print_elk(views, by_elk(views, Path(folder)))
    return 1 if faulty else 0


def _of_models() -> Iterator[View]:
    for path in [*find_models(MODELS), *find_models(MODELS / "examples")]:
        model = load(path).model
        if model is not None:
            yield from pictures(model, derive(model)).values()


def _generated(folder: Path) -> Iterator[View]:
    """Views of generated models of growing size, and views of parts of them, until there are enough."""
    count, elements = 0, 12
    while count < GENERATED:
        path = folder / f"generated-{elements}.yaml"
        path.write_text(generate(elements), encoding="utf-8")
        model = load(path).model
        assert model is not None  # noqa: S101 - the generator makes valid models
        for view in pictures(model, derive(model)).values():
            if view.nodes and count < GENERATED:
                count += 1
                yield view
        elements += 9


def _print(title: str, views: Sequence[View], found: Sequence[Quality]) -> int:
    bad = [(view, one) for view, one in zip(views, found, strict=True) if one.faults]
    edges = max(sum(one.edges for one in found), 1)
    print(f"pictures of {title}: {len(found)}, with {sum(one.edges for one in found)} edges")
    print(f"  edges through icons, labels or titles  {sum(one.through for one in found):6}")
    print(f"  overlapping labels, titles and icons   {sum(one.overlaps for one in found):6}")
    print(f"  things across the border of a frame    {sum(one.outside for one in found):6}")
    print(f"  edges that miss an end                 {sum(one.lost for one in found):6}")
    print(f"  crossings per edge                     {sum(one.crossings for one in found) / edges:6.2f}")
    print(f"  bends per edge                         {sum(one.bends for one in found) / edges:6.2f}")
    shapes = [one.aspect for one in found]
    print(f"  width to height                        {min(shapes):6.2f} to {max(shapes):.2f}")
    texts = sorted(one.smallest for one in found)
    print(f"  smallest text at {PAGE} px               {texts[0]:6.1f}, median {statistics.median(texts):.1f}")
    for view, one in bad[:10]:
        print(f"  FAULTY {view.title}: {one}")
    return len(bad)


def _print_elk(views: Sequence[View], laid: Sequence[Laid] | str) -> None:
    if isinstance(laid, str):
        print(f"  ELK on the same graphs: not measured, {laid}")
        return
    edges = max(sum(len(one.edges) for one in laid), 1)
    crossed = sum(crossings(one.edges) for one in laid) / edges
    bends = sum(max(0, len(points) - 2) for one in laid for points in one.edges) / edges
    shapes = [one.width / max(one.height, 1.0) for one, view in zip(laid, views, strict=True) if view.nodes]
    print(f"  ELK on the same graphs                 crossings {crossed:.2f}, bends {bends:.2f} per edge, "
          f"width to height {min(shapes):.2f} to {max(shapes):.2f}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
