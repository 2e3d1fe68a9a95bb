"""Our own drawings: the corner badges of frames, and what stands for an icon that is not there.

All are paths in a square of 24 by 24, drawn with strokes.
"""

from __future__ import annotations

BADGES: dict[str, str] = {
    "cloud": "M7.2 17.5h9.6a3.6 3.6 0 0 0 .6-7.15 5.6 5.6 0 0 0-10.8-.6A3.9 3.9 0 0 0 7.2 17.5z",
    "organization": "M9.5 4.5h5v4h-5zM4 15.5h5v4H4zM15 15.5h5v4h-5zM12 8.5V12M6.5 15.5V12h11v3.5",
    "unit": "M4 7h5.6l1.8 2.2H20V18H4z",
    "account": "M12 5a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 12 5zM5.5 19c.4-3.6 2.8-5.4 6.5-5.4s6.1 1.8 6.5 5.4z",
    "region": "M7 20V4.5M7 5.2h10.2l-2.6 3.4 2.6 3.4H7",
    "vpc": "M12 4.2l6.8 2.4v5c0 4-2.8 6.7-6.8 8.2-4-1.5-6.8-4.2-6.8-8.2v-5zM8.8 12.4l2.3 2.2 4.2-4.6",
    "lock": "M7 11h10v8H7zM9 11V8.6a3 3 0 0 1 6 0V11M12 14v2.4",
    "open-lock": "M7 11h10v8H7zM9 11V7.4a3 3 0 0 1 5.9-.8M12 14v2.4",
    "building": "M6.5 19.5v-15h7.5v15M14 10h3.8v9.5M4.5 19.5h15M9 8h2.4M9 11.4h2.4M9 14.8h2.4",
}
"""Corner badges by name, white on the frame's colour."""

FIGURES: dict[str, str] = {
    "Actor": "M12 3.6a4.1 4.1 0 1 1 0 8.2 4.1 4.1 0 0 1 0-8.2zM4 21c.3-4.6 3.2-6.9 8-6.9s7.7 2.3 8 6.9z",
    "External": "M6 20.5v-17h8.5v17M14.5 9.5h4v11M3.5 20.5h17M9 7.5h2.5M9 11.2h2.5M9 14.9h2.5",
    "Data": "M6 3h8.5L19 7.5V21H6zM14.5 3v4.5H19M9 12h7M9 15h7M9 18h4.5",
}
"""Figures for categories that have no service icon, in the category's colour."""


def initials(title: str) -> str:
    """Up to three letters that stand for a title: ``orders-queue`` is OQ."""
    words = "".join(character if character.isalnum() else " " for character in title).split()
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else "".join(word[0] for word in words[:3])
    return letters.upper()[:3]
