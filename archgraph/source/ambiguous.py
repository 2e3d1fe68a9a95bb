"""Plain texts that readers of YAML 1.1 and of YAML 1.2 take for different things.

https://yaml.org/type/ (1.1) and https://yaml.org/spec/1.2.2/#103-core-schema are the references.
"""

from __future__ import annotations

import re

_WORDS = frozenset(
    {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
     "True", "TRUE", "False", "FALSE", "~", "null", "Null", "NULL"}
)  # fmt: skip
"""Booleans of YAML 1.1 (no reader takes y and n), booleans that the language does not take, and null."""
_NUMBER = re.compile(
    r"""[-+]?0[0-9][0-9_]*|0o[0-7]+|0x[0-9A-Fa-f_]+|0b[01_]+   # octal, hexadecimal, binary
      |[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?               # digit separators
      |[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?      # sexagesimal
      |[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+      # exponents
      |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)""",
    re.VERBOSE,
)
_NUMBER_STARTS = frozenset("+-.0123456789")
SUSPECT_STARTS = _NUMBER_STARTS | {word[0] for word in _WORDS}
"""What an ambiguous text begins with, so that most texts need not be looked at."""


def is_ambiguous(text: str) -> bool:
    """Whether readers of YAML 1.1 and 1.2 take a plain text for different things."""
    if text in _WORDS:
        return True
    return text[:1] in _NUMBER_STARTS and _NUMBER.fullmatch(text) is not None
