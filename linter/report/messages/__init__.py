"""Texts in the reader's language.

English texts stay where they are used: messages and remedies on the rules, fixed words in the
report. Another language is a catalogue beside this file that maps them; a test holds that each
catalogue has every text with the same fields. Machine formats never come through here.
"""

from __future__ import annotations

from linter.report.messages.language import LANGUAGES, localized, phrase

__all__ = ["LANGUAGES", "localized", "phrase"]
