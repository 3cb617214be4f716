"""Which masks a frame needs, and in what order: shared by the painter and the reference.

A mask is a set of part names; a part that carries it shows only where the union of those parts' drawn alpha is. A part in the
set may be masked itself (a highlight in an iris in an eye white), so masks have levels; every level needs only earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from kirie.errors import RenderError
from rig.puppet import Puppet

CHANNELS = 4


@dataclass(frozen=True, slots=True)
class Mask:
    """parts: indices into `Puppet.parts` whose alpha makes the mask. level: 0 where no part of it is masked itself."""

    parts: tuple[int, ...]
    level: int


@dataclass(frozen=True, slots=True)
class MaskPlan:
    """masks: sorted by level. of_part: for each part the index of its mask, or -1. pages: masks grouped by `CHANNELS`,
    one level to a page, so that a page is painted from finished pages only."""

    masks: tuple[Mask, ...]
    of_part: tuple[int, ...]
    pages: tuple[tuple[int, ...], ...]

    def slot(self, mask: int) -> tuple[int, int]:
        """(page, channel) of a mask."""
        page = next(i for i, members in enumerate(self.pages) if mask in members)
        return page, self.pages[page].index(mask)


def plan_masks(puppet: Puppet) -> MaskPlan:
    """Sort the masks of a puppet. Raises RenderError for a mask that names no part or, in the end, itself."""
    index = {part.name: i for i, part in enumerate(puppet.parts)}
    wanted = [_members(part.name, part.masks, index) for part in puppet.parts]
    levels = {members: _level(members, wanted, ()) for members in wanted if members}
    masks = tuple(Mask(members, level) for members, level in sorted(levels.items(), key=lambda item: (item[1], item[0])))
    number = {mask.parts: i for i, mask in enumerate(masks)}
    return MaskPlan(masks, tuple(number.get(members, -1) for members in wanted), _pages(masks))


def _members(name: str, masks: tuple[str, ...], index: dict[str, int]) -> tuple[int, ...]:
    missing = [m for m in masks if m not in index]
    if missing:
        raise RenderError(f"part '{name}' is masked by '{missing[0]}', which the puppet does not have")
    return tuple(sorted({index[m] for m in masks}))


def _level(members: tuple[int, ...], wanted: list[tuple[int, ...]], above: tuple[int, ...]) -> int:
    """How deep the masks of `members` are nested; `above` are the parts that led here."""
    if set(members) & set(above):
        raise RenderError("parts of the puppet mask each other in a circle")
    return max((1 + _level(wanted[m], wanted, (*above, m)) for m in members if wanted[m]), default=0)


def _pages(masks: tuple[Mask, ...]) -> tuple[tuple[int, ...], ...]:
    pages: list[list[int]] = []
    for number, mask in enumerate(masks):
        if not pages or len(pages[-1]) == CHANNELS or masks[pages[-1][0]].level != mask.level:
            pages.append([])
        pages[-1].append(number)
    return tuple(tuple(page) for page in pages)
