"""A sequence as a Mermaid sequence diagram."""

from __future__ import annotations

from collections.abc import Iterator

from archgraph.render import text
from archgraph.render.mermaid import escaped, labelled, names, spoken
from archgraph.views.sequence import Message, Participant, Sequence

_ARROWS: dict[tuple[bool, bool], str] = {
    (True, False): "->>",
    (True, True): "-->>",
    (False, False): "-)",
    (False, True): "--)",
}
"""By whether the sender waits, and whether the message is a reply; an open head is asynchronous."""


def to_sequence(sequence: Sequence) -> str:
    """The sequence as Mermaid text, without a fence. Names of the model stay text in it."""
    return "\n".join(_document(sequence)) + "\n"


def _document(sequence: Sequence) -> Iterator[str]:
    known = names((participant.id for participant in sequence.participants), "p_")
    yield "sequenceDiagram"
    yield from spoken("accTitle", sequence.title)
    for participant in sequence.participants:
        yield f"  {_participant(participant, known[participant.id])}"
    for messages in sequence.rounds:
        if len(messages) == 1:
            yield from _message(messages[0], known, "  ")
            continue
        for index, message in enumerate(messages):
            yield "  and" if index else "  par in parallel"
            yield from _message(message, known, "    ")
        yield "  end"


def _participant(participant: Participant, name: str) -> str:
    if participant.person:  # drawn above the lifeline, with room for one line
        return f"actor {name} as {escaped(participant.title)}"
    return f"participant {name} as {labelled(participant.title, participant.subtitle)}"


def _message(message: Message, known: dict[str, str], indent: str) -> Iterator[str]:
    source, target = known[message.source], known[message.target]
    words = escaped(f"({message.badge}) {message.text}")
    yield f"{indent}{source}{_ARROWS[message.waits, message.reply]}{target}: {words}"
    if text.clean(message.note):
        over = source if source == target else f"{source},{target}"
        yield f"{indent}Note over {over}: {escaped(message.note)}"
