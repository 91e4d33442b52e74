"""Kana as Latin letters, for searching only: what people type for a name in whatever romanisation they learnt.

Both sides of a comparison are folded: Hepburn, Kunrei and typing forms of a syllable give the same letters, and long
vowels and doubled consonants do not count. Kanji have no reading that could be computed: a name in kanji is found by
kana and Latin letters only as its mark's Latin name gives them.
"""

from __future__ import annotations

import re
import unicodedata

_ROWS = {
    "アイウエオ": ("a", "i", "u", "e", "o"),
    "カキクケコ": ("ka", "ki", "ku", "ke", "ko"),
    "ガギグゲゴ": ("ga", "gi", "gu", "ge", "go"),
    "サシスセソ": ("sa", "si", "su", "se", "so"),
    "ザジズゼゾ": ("za", "zi", "zu", "ze", "zo"),
    "タチツテト": ("ta", "ti", "tu", "te", "to"),
    "ダヂヅデド": ("da", "zi", "zu", "de", "do"),
    "ナニヌネノ": ("na", "ni", "nu", "ne", "no"),
    "ハヒフヘホ": ("ha", "hi", "hu", "he", "ho"),
    "バビブベボ": ("ba", "bi", "bu", "be", "bo"),
    "パピプペポ": ("pa", "pi", "pu", "pe", "po"),
    "マミムメモ": ("ma", "mi", "mu", "me", "mo"),
    "ラリルレロ": ("ra", "ri", "ru", "re", "ro"),
    "ヤユヨ": ("ya", "yu", "yo"),
    "ワヰヱヲ": ("wa", "i", "e", "o"),
    "ンヴヵヶ": ("n", "bu", "ka", "ke"),
    "ァィゥェォ": ("a", "i", "u", "e", "o"),
    "ャュョヮ": ("ya", "yu", "yo", "wa"),
}
_SYLLABLES = {kana: latin for row, letters in _ROWS.items() for kana, latin in zip(row, letters, strict=True)}
_SMALL_Y = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_SMALL_VOWEL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_SAME = (
    ("sch", "sy"), ("sh", "sy"), ("tch", "ty"), ("ch", "ty"), ("ts", "t"), ("dj", "zy"), ("j", "zy"), ("f", "h"),
    ("l", "r"), ("v", "b"), ("nb", "mb"), ("np", "mp"), ("nm", "mm"), ("dz", "z"), ("du", "zu"), ("di", "zi"),
    ("yi", "i"), ("ye", "e"), ("wo", "o"), ("mb", "nb"), ("mp", "np"), ("mm", "nm"),
)  # fmt: skip
_LONG = re.compile(r"(?<=[aiueo])[hr](?![aiueoy])")
"""What a long vowel is written by: oh in Ohsaka, ar in the loan words that kana write with a bar."""
_DOUBLE = re.compile(r"([a-z])\1+")


def letters_of(folded: str) -> str:
    """Return the letters that a folded name in katakana or Latin letters is compared by, without macrons and doublings.

    Empty where it holds a character that has no reading.
    """
    found: list[str] = []
    for sign in folded:
        if sign in _SMALL_Y and found and found[-1][-1:] == "i":
            found[-1] = found[-1][:-1] + _SMALL_Y[sign]
        elif sign in _SMALL_VOWEL and found and len(found[-1]) > 1:
            found[-1] = found[-1][:-1] + _SMALL_VOWEL[sign]
        elif sign in _SYLLABLES:
            found.append(_SYLLABLES[sign])
        elif sign in "ーッ・":
            continue
        elif (plain := unicodedata.normalize("NFKD", sign)[0]).isascii():
            found.append(plain)
        else:
            return ""
    letters = "".join(found)
    for written, meant in _SAME:
        letters = letters.replace(written, meant)
    letters = _LONG.sub("", letters).replace("ou", "o")
    return _DOUBLE.sub(r"\1", letters)
