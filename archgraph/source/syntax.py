"""libyaml's complaints about broken syntax, said again for the author of a model."""

from __future__ import annotations

from typing import NamedTuple

import yaml

from archgraph.source.diagnostics import Diagnostics, Location
from archgraph.source.document import Source


class _Complaint(NamedTuple):
    """How libyaml words a problem (its own text, and that of its context), and how archgraph does."""

    problem: str
    context: str
    code: str
    message: str
    hint: str | None = None
    at_context: bool = False
    """True if the mistake is where the construct begins, not where libyaml gave up."""


_COMPLAINTS = (
    _Complaint(
        "mapping values are not allowed",
        "",
        "AG106",
        "a colon stands where no key can be",
        "quote a text that holds ': ', or look for a missing space after the colon of the line above",
    ),
    _Complaint(
        "could not find expected ':'",
        "",
        "AG112",
        "this key is not followed by a colon and a space",
        "a key stands on one line",
        True,
    ),
    _Complaint(
        "did not find expected key",
        "block mapping",
        "AG106",
        "this line does not line up with what stands above it",
        "keys of one map begin in the same column",
    ),
    _Complaint(
        "did not find expected '-' indicator",
        "",
        "AG106",
        "this line does not line up with what stands above it",
        "items of one list begin with '-' in the same column",
    ),
    _Complaint(
        "did not find expected ',' or ']'",
        "",
        "AG106",
        "the list that begins here is not closed, or lacks a comma",
        "close it with ]",
        True,
    ),
    _Complaint(
        "did not find expected ',' or '}'",
        "",
        "AG106",
        "the map that begins here is not closed, or lacks a comma",
        "close it with }",
        True,
    ),
    _Complaint(
        "unexpected end of stream", "quoted scalar", "AG106", "the quote that opens here is never closed", None, True
    ),
    _Complaint(
        "unexpected document indicator",
        "quoted scalar",
        "AG106",
        "the quote that opens here is never closed",
        None,
        True,
    ),
    _Complaint(
        "unknown escape character",
        "",
        "AG106",
        "a backslash begins an escape in a double-quoted text",
        "double it, or use single quotes",
    ),
    _Complaint(
        "hexdecimal number",
        "",
        "AG106",
        "this escape needs hexadecimal digits",
        "double the backslash, or use single quotes",
    ),
    _Complaint(
        "block sequence entries are not allowed",
        "",
        "AG106",
        "a list item cannot begin here",
        "begin each item on a line of its own",
    ),
    _Complaint("tab character", "", "AG105", "a tab stands in the indentation", "indent with spaces"),
    _Complaint("cannot start any token", "", "AG106", "no text can begin with this character", "quote the text"),
    _Complaint(
        "alphabetic or numeric character",
        "alias",
        "AG108",
        "'*' begins a YAML alias",
        "quote a text that begins with '*'",
        True,
    ),
    _Complaint(
        "alphabetic or numeric character",
        "anchor",
        "AG107",
        "'&' begins a YAML anchor",
        "quote a text that begins with '&'",
        True,
    ),
    _Complaint("exceeded maximum nesting", "", "AG115", "more levels of nesting than any model needs"),
    _Complaint("", "scanning a tag", "AG110", "'!' begins a YAML tag", "quote a text that begins with '!'", True),
    _Complaint("undefined tag handle", "", "AG110", "'!' begins a YAML tag", "quote a text that begins with '!'", True),
    _Complaint("", "scanning a directive", "AG121", "directives are not part of the language", "remove the line", True),
    _Complaint("", "scanning a %", "AG121", "directives are not part of the language", "remove the line", True),
    _Complaint("unknown directive name", "", "AG121", "directives are not part of the language", "remove the line"),
    _Complaint("incompatible YAML document", "", "AG121", "directives are not part of the language", "remove the line"),
    _Complaint("duplicate %", "", "AG121", "directives are not part of the language", "remove the line"),
    _Complaint(
        "expected <document start>",
        "",
        "AG106",
        "the model ends above this line, and other text follows",
        "look at the indentation, and for a bracket that was closed too early",
    ),
    _Complaint(
        "did not find expected node content",
        "",
        "AG106",
        "a value is missing here",
        "write it, or remove the comma or colon before it",
    ),
    _Complaint("comment", "", "AG106", "a comment cannot begin here", "put a space before '#'"),
)


def report_syntax(error: yaml.MarkedYAMLError, source: Source, diagnostics: Diagnostics) -> None:
    """Report what libyaml could not read: in the author's terms, at the place of the mistake."""
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    written = source.line(line)
    indentation = written[: len(written) - len(written.lstrip(" \t"))]
    if "\t" in indentation:
        at = Location(source.path, line, indentation.index("\t") + 1)
        diagnostics.add("AG105", "a tab stands in the indentation", at, "indent with spaces")
        return
    if written[column - 2 : column] == "${" or "${" in written[: column + 1][-40:]:
        at = Location(source.path, line, written.rindex("${", 0, column + 1) + 1)
        diagnostics.add("AG117", "placeholders are written $(name)", at, "write $( ) instead of ${ }")
        return
    if "did not find expected key" in problem and written[column - 1 : column] in ("]", "}"):
        diagnostics.add("AG106", "a bracket is closed that was not opened", Location(source.path, line, column))
        return
    for complaint in _COMPLAINTS:
        if complaint.problem in problem and complaint.context in context:
            if complaint.at_context and error.context_mark:
                line, column = error.context_mark.line + 1, error.context_mark.column + 1
            diagnostics.add(complaint.code, complaint.message, Location(source.path, line, column), complaint.hint)
            return
    diagnostics.add("AG106", " ".join(problem.split())[:200] or "this is not YAML", Location(source.path, line, column))
