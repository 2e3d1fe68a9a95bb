"""One path between two ends, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from typing import Any

from archgraph.analysis.evidence import Certainty, Hop, Path, PathVerdict
from archgraph.source.messages import printable

SCHEMA_VERSION = "1.0"


def path_text(path: Path, port: str | None) -> str:
    """The verdict, the hops that the connection passes, and what blocks it or is missing."""
    asked = f" on {port}" if port else ""
    lines = [f"{path.source} -> {path.target}{asked}: {_verdict(path, port)}"]
    lines += [f"  {number}. {hop.text}" for number, hop in enumerate(path.hops, 1)]
    if path.blocked_by is not None:
        lines.append(f"  blocked by {path.blocked_by.element}: {path.blocked_by.text}")
    if path.missing:
        word = (
            "the model does not say" if path.verdict is PathVerdict.UNKNOWN else "leans on what the model does not say"
        )
        lines.append(f"  {word}: {', '.join(path.missing)}")
    elif path.verdict is PathVerdict.OPEN and path.certainty is Certainty.POSSIBLE:
        lines.append("  open between some of the places where the two may stand, not between all")
    return "\n".join(printable(line) for line in lines) + "\n"


def path_json(path: Path, port: str | None) -> str:
    """The same as UTF-8 text that ends with a newline."""
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "source": path.source,
        "target": path.target,
        "port": port,
        "verdict": str(path.verdict),
        "certainty": str(path.certainty),
        "ports": list(path.ports),
        "hops": [_hop(hop) for hop in path.hops],
        "blocked_by": _hop(path.blocked_by) if path.blocked_by is not None else None,
        "missing": list(path.missing),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _verdict(path: Path, port: str | None) -> str:
    doubt = " (possible)" if path.certainty is Certainty.POSSIBLE else ""
    if path.verdict is PathVerdict.OPEN:
        return f"open{doubt}" + ("" if port else f", on {', '.join(path.ports)}")
    return "not known" if path.verdict is PathVerdict.UNKNOWN else f"blocked{doubt}"


def _hop(hop: Hop) -> dict[str, str]:
    return {"element": hop.element, "text": hop.text}
