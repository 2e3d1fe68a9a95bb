"""Finds the Jinja2 templates of generated pages: those that ship with archgraph, and a user's own before them.

In a checkout they stand in ``templates/`` at the top of the repository; a wheel holds them as
``archgraph/templates``. An editable install runs the checkout's package, so it reads the checkout's.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from archgraph.markdown import code, escaped

_PACKAGE = Path(__file__).resolve().parents[1]


def page_environment() -> Environment:
    """Where the templates of Markdown pages are rendered; texts of a model pass ``md`` or ``code`` there."""
    environment = Environment(
        loader=template_loader(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  Markdown has its own escapes: every text passes a filter below
    )
    environment.filters.update(md=escaped, code=code)
    return environment


def template_loader(own: Path | None = None) -> ChoiceLoader:
    """A loader that looks into the folder ``own`` first, if one is given, then into the built-in templates.

    Raises :class:`FileNotFoundError` if ``own`` is not a folder, or if the installation is broken.
    """
    if own is not None and not own.is_dir():
        raise FileNotFoundError(f"template folder {own} does not exist")
    folders = [template_folder()] if own is None else [own, template_folder()]
    return ChoiceLoader([FileSystemLoader(folder, encoding="utf-8") for folder in folders])


def template_folder() -> Path:
    """The folder of the built-in templates. Raises :class:`FileNotFoundError` if there is none."""
    for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("archgraph was installed without its templates; install it again")
