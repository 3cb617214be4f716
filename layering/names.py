"""Layer names → part, side and state, by the table in `layering.lexicon`.

A name is taken apart into words: full width to half width, camelCase, underscores, digits; a word that is none ("hairfront",
"leftarm") is cut into words of the table where that works out exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from layering import lexicon
from layering.stack import PARTS
from layering.tree import plain_name

EYE_PARTS = frozenset({"eye", "eyewhite", "irides", "eyelash"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name says. part: one of PARTS, "bow", "background" or "" where it says nothing; side "l", "r", "both" or "".

    state: "open", "closed", "other" (a mouth shape of no use here) or "". meaningless: only fillers, letters and digits.
    source: "name" where the layer's own name says the part, "group" where its group's does, "both" where it takes the two.
    exact: a See-through style name as Kirie writes it, whose side is never doubted. pivot: names a point, not a picture.
    """

    part: str = ""
    side: str = ""
    state: str = ""
    meaningless: bool = False
    source: str = "name"
    exact: bool = False
    pivot: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A name taken apart: lower-case words of Latin letters in order, and the text without them."""

    latin: tuple[str, ...]
    other: str

    def joined(self, outer: Words) -> Words:
        """These words after those of a group."""
        return Words(outer.latin + self.latin, f"{outer.other} {self.other}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of the table: words that must all be there."""

    part: str
    latin: frozenset[str]
    other: tuple[str, ...]
    rank: tuple[int, int] = field(default=(0, 0))

    def position(self, words: Words) -> int | None:
        """Where the last of the entry's words stands, None where one is missing."""
        if not self.latin.issubset(words.latin) or any(t not in words.other for t in self.other):
            return None
        latin = [i for i, w in enumerate(words.latin) if w in self.latin]
        return max(latin, default=0) + max((words.other.rfind(t) for t in self.other), default=0)


def read_name(path: Sequence[str]) -> Meaning:
    """The meaning of a layer with the names of its groups before its own, from outside in."""
    return _read_name(tuple(path))


@lru_cache(maxsize=4096)
def _read_name(path: tuple[str, ...]) -> Meaning:
    own = split_words(path[-1])
    groups = [split_words(name) for name in path[-2::-1]]
    part, source = _part_of(own, groups)
    nearest = next((g for g in groups if _best(g)), None)
    side = _side(own) or next((s for g in groups if (s := _side(g))), "")
    state = _state(own, part) or (_state(nearest, part) if nearest and (part in EYE_PARTS or part == "mouth") else "")
    return Meaning(part, side, state, not _telling(own), source, _is_exact(path[-1]), _is_pivot(own))


def _part_of(own: Words, groups: Sequence[Words]) -> tuple[str, str]:
    """(part, source): by the own name, by the own name within its nearest telling group, or by that group alone."""
    entry = _best(own)
    if entry is not None:
        return entry.part, "name"
    group = next((g for g in groups if _best(g)), None)
    if group is None:
        return "", "name"
    outer = _best(group)
    together = _best(own.joined(group))
    assert outer is not None and together is not None
    if together.rank <= outer.rank or (together.part == "facedetail" and "hair" in outer.part):
        return outer.part, "group"          # a shadow among the hair is painted on the hair
    return together.part, "both"


def split_words(name: str) -> Words:
    """Take a name apart; see the module."""
    text = unicodedata.normalize("NFKC", plain_name(name)).split(":")[0]
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    latin = [w.lower() for w in re.findall(r"[A-Za-z]+", text)]
    other = re.sub(r"[A-Za-z0-9\s_\-.,/()\[\]+&#'\"]+", " ", text).strip()
    return Words(tuple(piece for word in latin for piece in _pieces(word)), other)


@lru_cache(maxsize=4096)
def _pieces(word: str) -> tuple[str, ...]:
    """A word of the table as it is (without plural s), or cut into words of the table, or as it is."""
    if (known := _singular(word)) is not None:
        return (known,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        for start in range(end):
            piece = _singular(word[start:end]) if end - start >= 3 else None
            if start in best and piece is not None:
                longer = (*best[start], piece)
                if end not in best or len(longer) < len(best[end]):
                    best[end] = longer
    return best.get(len(word), (word,))


def _singular(word: str) -> str | None:
    endings = [word] + [word.removesuffix(e) for e in ("s", "es") if word.endswith(e) and len(word) > 3]
    return next((w for w in endings if w in _vocabulary()), None)


@lru_cache(maxsize=256)
def _listed(names: str) -> list[str]:
    return [n.strip() for n in names.replace("\n", " ").split(",") if n.strip()]


@lru_cache(maxsize=1)
def _entries() -> tuple[Entry, ...]:
    return tuple(_entry(part, name) for part, names in lexicon.PART_NAMES for name in _listed(names))


def _entry(part: str, name: str) -> Entry:
    pieces = name.split()
    latin = frozenset(p for p in pieces if p.isascii())
    other = tuple(p for p in pieces if not p.isascii())
    return Entry(part, latin, other, (len(pieces), sum(map(len, pieces)) if other else 0))


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    names = [n for _, names in lexicon.PART_NAMES for n in _listed(names)]
    words = [*lexicon.SIDE_NAMES.values(), *lexicon.STATE_NAMES.values(), lexicon.FILLER, lexicon.PIVOT_NAMES]
    names += [n for line in words for n in _listed(line)]
    return frozenset(w for n in names for w in n.split() if w.isascii())


@lru_cache(maxsize=4096)
def _best(words: Words) -> Entry | None:
    """The entry with most words, then most letters (Japanese and Chinese), then the one that stands last."""
    found = [(e.rank, at, e) for e in _entries() if (at := e.position(words)) is not None]
    return max(found, key=lambda x: x[:2])[2] if found else None


def _has(words: Words, names: str) -> bool:
    """Whether a name has one of the names of a line of the table."""
    return any(e.position(words) is not None for e in _line(names))


@lru_cache(maxsize=64)
def _line(names: str) -> tuple[Entry, ...]:
    return tuple(_entry("", n) for n in _listed(names))


def _side(words: Words) -> str:
    """ "l", "r", "both" where the name says both, or ""."""
    sides = [s for s, names in lexicon.SIDE_NAMES.items() if _has(words, names)]
    glued = {"browl": "l", "browr": "r", "eyel": "l", "eyer": "r"}
    sides += [glued[w] for w in words.latin if w in glued]
    return "both" if len(sides) == 2 else "".join(sides)


def _state(words: Words, part: str) -> str:
    if part not in EYE_PARTS and part != "mouth":
        return ""
    for state, names in lexicon.STATE_NAMES.items():
        if _has(words, names):
            return state
    if part == "mouth":
        rest = {w for w in words.latin if w != "mouth"} | set(words.other.replace("口", " ").split())
        for state, names in lexicon.VOWELS.items():
            if rest and rest <= set(_listed(names)):
                return state
    return ""


def _telling(words: Words) -> bool:
    """Whether a name has a word beyond fillers, sides and single letters."""
    filler = {w for n in _listed(lexicon.FILLER) for w in n.split()}
    other = words.other
    for name in sorted((f for f in filler if not f.isascii()), key=len, reverse=True):
        other = other.replace(name, "")
    for names in lexicon.SIDE_NAMES.values():
        for name in _listed(names):
            other = other if name.isascii() else other.replace(name, "")
    latin = [w for w in words.latin if len(w) > 1 and w not in filler and w not in ("left", "right")]
    return bool(latin or other.strip())


def _is_exact(name: str) -> bool:
    """A part's own name as See-through and Kirie write it: "eyewhite-l", "front hair-2", "mouth_open"."""
    bare = re.sub(r"[-_]\d+$", "", plain_name(name).lower())
    return re.sub(r"-[lr]$", "", re.sub(r"_(open|close)\d?", "", bare)) in PARTS


def _is_pivot(words: Words) -> bool:
    return _has(words, lexicon.PIVOT_NAMES)
