"""Letters for what is written over a character: Pillow's own font for Latin, the system's fonts for all others.

Layers, puppets and cameras may have names in any script. A letter that no font here has is spelled by its sound where that is
simple (kana), and is a question mark otherwise.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

LATIN = "".join(chr(c) for c in (*range(32, 127), *range(160, 256)))
"""What Pillow's own font has."""
UNKNOWN = "?"
NAMES = ("YuGothM.ttc", "meiryo.ttc", "msgothic.ttc", "msyh.ttc", "malgun.ttf", "segoeui.ttf", "seguisym.ttf",
         "ヒラギノ角ゴシック W3.ttc", "Hiragino Sans GB.ttc", "PingFang.ttc", "AppleSDGothicNeo.ttc", "Arial Unicode.ttf",
         "NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "DroidSansFallbackFull.ttf", "VL-Gothic-Regular.ttf",
         "ipag.ttf", "wqy-zenhei.ttc", "DejaVuSans.ttf")  # fmt: skip
"""Files that Windows, macOS and Linux systems without fontconfig have for other scripts; Pillow knows their folders."""
MOST_FONTS = 8
"""Fonts that fontconfig is asked for, each for the first letter that none had so far."""
MISSING = "\U0010fffe"      # no font has it
PROBE = 24                  # px at which it is looked whether a font has a letter

Font = tuple[str, int]
"""A font's file, and its number in a collection."""


@lru_cache(maxsize=16)
def own(height: int) -> FreeTypeFont:
    """Pillow's own font, so many px high."""
    font = ImageFont.load_default(height)
    assert isinstance(font, FreeTypeFont)                   # every wheel of Pillow has FreeType
    return font


def font_of(letter: str, height: int) -> FreeTypeFont | None:
    """What writes a letter, so many px high; None where no font here has it."""
    if letter in LATIN:
        return own(height)
    found = _found(letter)
    return None if found is None else _opened(found, height)


def readable(text: str) -> bool:
    """Whether every letter of a text can be written here."""
    return all(letter in LATIN or _found(letter) is not None for letter in text)


@lru_cache(maxsize=1024)
def spelled(text: str, other: str = "") -> str:
    """A text as it can be written here: itself, or with kana by their sounds, or `other`, or with question marks."""
    text = "".join(letter for letter in unicodedata.normalize("NFC", text) if letter.isprintable())
    if readable(text):
        return text
    sounds = "".join(letter if readable(letter) else _sound(letter) for letter in text)
    return sounds if UNKNOWN not in sounds or not other else other


def runs(text: str, height: int) -> Iterator[tuple[FreeTypeFont, str]]:
    """The pieces of a line, each with the font that writes it."""
    for font, letters in groupby(spelled(text), lambda letter: font_of(letter, height)):
        yield font or own(height), "".join(letters)


def _sound(letter: str) -> str:
    """KATAKANA LETTER SMALL YU → yu; a question mark for what is no kana."""
    script, _, name = unicodedata.name(letter, "").partition(" LETTER ")
    if script in ("KATAKANA", "HIRAGANA"):
        return name.split()[-1].lower()
    return "-" if letter == "ー" else UNKNOWN


@lru_cache(maxsize=4096)
def _found(letter: str) -> Font | None:
    """The first font that has a letter."""
    return next((font for font in (*_asked, *_named()) if _has(font, letter)), None) or _ask(letter)


_asked: list[Font] = []


def _ask(letter: str) -> Font | None:
    """What fontconfig has for a letter."""
    program = shutil.which("fc-match")
    if program is None or len(_asked) >= MOST_FONTS or not letter.isprintable():
        return None
    try:
        words = [program, "--format=%{file}\t%{index}", f":charset={ord(letter):x}"]
        answer = subprocess.run(words, capture_output=True, text=True, timeout=5, check=True).stdout
        file, _, number = answer.partition("\t")
        font = (file, int(number or 0) & 0xFFFF)            # the upper half numbers a variable font's instances
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if not _has(font, letter):
        return None
    _asked.append(font)
    return font


@lru_cache(maxsize=1)
def _named() -> tuple[Font, ...]:
    return tuple((name, 0) for name in NAMES if _opened((name, 0), PROBE) is not None)


@lru_cache(maxsize=64)
def _opened(font: Font, height: int) -> FreeTypeFont | None:
    try:
        return ImageFont.truetype(font[0], height, font[1])
    except (OSError, ValueError):
        return None


def _has(font: Font, letter: str) -> bool:
    """Whether a font draws a letter otherwise than what it lacks."""
    opened = _opened(font, PROBE)
    if opened is None:
        return False
    there, lacking = opened.getmask(letter), opened.getmask(MISSING)
    return there.size != lacking.size or bytes(there) != bytes(lacking)
