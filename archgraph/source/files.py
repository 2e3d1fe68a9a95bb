"""Files to text: what may be read at all, and in which encoding."""

from __future__ import annotations

from pathlib import Path

from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Mapping
from archgraph.source.reader import read

MAX_BYTES = 64 * 1024 * 1024
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def read_file(path: Path, name: str, diagnostics: Diagnostics) -> Mapping | None:
    """Read one file of a model; ``name`` is its path relative to the model's root.

    Returns ``None`` after reporting why if the file is not a readable YAML map.
    """
    text = read_text(path, name, diagnostics)
    return None if text is None else read(text, name, diagnostics)


def read_text(path: Path, name: str, diagnostics: Diagnostics) -> str | None:
    """The text of a file with LF line ends, or ``None`` after reporting why it cannot be had."""
    start = Location(name, 1, 1)
    try:
        if not path.is_file():
            diagnostics.add("AG101", f"{name} is not a file" if path.exists() else f"{name} does not exist", start)
            return None
        if path.stat().st_size > MAX_BYTES:
            diagnostics.add("AG114", f"{name} is larger than 64 MiB", start)
            return None
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path is not valid"
        diagnostics.add("AG101", f"{name} cannot be read: {reason}", start)
        return None
    if data.startswith(_BOMS):
        diagnostics.add("AG103", f"{name} begins with a byte order mark", start, "save it as UTF-8 without one")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        diagnostics.add("AG102", message, Location(name, line, column), "save the file as UTF-8")
        return None
    if "\r" in text:
        before = text[: text.index("\r")]
        at = Location(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        diagnostics.add("AG104", "lines end in CRLF", at, "save the file with LF line ends")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text
