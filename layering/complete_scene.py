"""What completion works on: the picture and its slots at a size that is quick to think in, the face's width as the unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from layering.masks import Box, Mask, box_of, distance_to, nearest
from layering.partmap import PartMap
from layering.slots import Middle, Owner, Slot, find_middle
from layering.stack import RGBA

WORKING = 1280
"""Px of the longer side of the pictures that completion works on; hidden pixels need no more detail."""
FLAT = 12
"""Steepness (see `palette.steepness`) under which a pixel is flat colour, not edge or line."""
THICK = (0.022, 0.01, 0.004, 0.0)
"""Of the face's width: half the thickness that flat colour must have somewhere near, lest lines are continued as areas."""
TONE = 0.004
"""Share of a part that a tone must have to be continued."""
SKIN_TONE = 0.2
"""Share of its largest tone that a face's tone must have to be continued: a blush does not go on under the eyes."""

GLOW = 14
"""0..255: how far from the middle of its tone a pixel of skin may lie to be continued."""

BODY = ("neck", "topwear", "bottomwear", "handwear", "legwear", "neckwear")
SKIN = ("ears", "neck")
FEATURES = ("nose", "mouth", "eyewhite", "irides", "eyelash", "eyebrow", "facedetail", "eyewear")
"""What lies on the face without hiding its outline."""


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """The completed form of a layer, what shows included: box (left, top, right, bottom) picture px, rgba uint8 (h, w, 4)."""

    box: Box
    rgba: RGBA


class Scene:
    """All arrays at working scale. rgb: uint8 (h, w, 3). owner: int16 (h, w), slots back to front, -1 outside."""

    def __init__(self, rgba: RGBA, slots: Sequence[Slot], owner: Owner, parts: PartMap) -> None:
        import cv2

        height, width = owner.shape
        self.full = (width, height)
        self.scale = min(1.0, WORKING / max(width, height))
        size = max(1, round(width * self.scale)), max(1, round(height * self.scale))
        self.slots = slots
        self.owner: Owner = _resized(owner, size)
        self.rgb: npt.NDArray[np.uint8] = np.ascontiguousarray(cv2.resize(rgba[..., :3], size, interpolation=cv2.INTER_AREA))
        self.regions = _resized(parts.regions.labels, size)
        middle = find_middle(parts.labels)
        self.middle = Middle(*(v * self.scale for v in (middle.x, middle.width, middle.body, middle.eye_line)))
        self.unit = max(self.middle.width, 8.0)
        self._seeds: dict[int, Mask] = {}

    def numbers(self, *parts: str) -> list[int]:
        """Slots of some parts."""
        return [i for i, slot in enumerate(self.slots) if slot.part in parts]

    def of(self, *parts: str) -> Mask:
        """Where some parts show."""
        return self.where(self.numbers(*parts))

    def where(self, numbers: Iterable[int]) -> Mask:
        """Where some slots show."""
        import cv2

        table = np.zeros(256, np.uint8)
        table[[number + 1 for number in numbers]] = 1
        return np.asarray(cv2.LUT(self._codes, table).view(bool))

    def over(self, number: int) -> Mask:
        """Where something in front of a slot shows, so that the slot may go on under it."""
        return self.owner > number

    @cached_property
    def light(self) -> npt.NDArray[np.int32]:
        """int32 (h, w): the sum of red, green and blue."""
        return self.rgb[..., 0].astype(np.int32) + self.rgb[..., 1] + self.rgb[..., 2]

    @cached_property
    def _codes(self) -> npt.NDArray[np.uint8]:
        """uint8 (h, w): the owner's slot from 1 on, 0 outside; there are never as many as 255."""
        return (self.owner + 1).astype(np.uint8)

    @cached_property
    def flat(self) -> list[Mask]:
        """Flat colour, away from edges, lines and the borders between parts: strictly first, then thinner and thinner forms."""
        import cv2

        from layering.palette import steepness

        kernel = np.ones((3, 3), np.uint8)
        inner = cv2.erode(self.owner, kernel) == cv2.dilate(self.owner, kernel)
        calm = (steepness(self.rgb) < FLAT) & inner & (self.regions >= 0)
        pictured = self.regions.astype(np.float32)
        same = cv2.erode(pictured, kernel) == cv2.dilate(pictured, kernel)
        depth = cv2.distanceTransform(same.astype(np.uint8), cv2.DIST_L2, 3)
        return [calm & self._opened(depth, share * self.unit) for share in THICK]

    def _opened(self, depth: npt.NDArray[np.float32], radius: float) -> Mask:
        """Pixels of regions within reach of where their region is thicker than twice the radius."""
        core = depth > radius
        if not core.any():
            return core
        rows, columns = nearest(core)
        return (self.regions == self.regions[rows, columns]) & (distance_to(core) <= radius + 1.5)

    def seeds(self, number: int) -> Mask:
        """The pixels of a slot whose colour may be continued: flat, of a tone that is no mere detail; all where none is."""
        if number not in self._seeds:
            self._seeds[number] = self._find_seeds(number)
        return self._seeds[number]

    def _find_seeds(self, number: int) -> Mask:
        own = self.owner == number
        if self.slots[number].part == "ears":
            return self._kin(number, own)
        if not own.any():                                   # hair behind the head of which nothing shows
            return self.seeds(self.numbers("front hair")[0])
        for flat in self.flat:
            mine = own & flat
            if mine.sum() > max(12, 0.1 * own.sum()):
                break
        else:
            return self._kin(number, own)
        tones = np.bincount(self.regions[mine] + 1, minlength=int(self.regions.max()) + 2)
        least = SKIN_TONE * tones.max() if self.slots[number].part == "face" else TONE * mine.sum()
        kept = mine & (tones >= least)[self.regions + 1]
        if self.slots[number].part == "face":
            kept = self._without_glow(kept)
        return self._without_ink(kept if kept.any() else mine, own)

    def _without_glow(self, seeds: Mask) -> Mask:
        """Seeds less those unlike most of their own tone: what shines around an eye does not go on under it."""
        out = seeds.copy()
        for region in np.unique(self.regions[seeds]):
            tone = seeds & (self.regions == region)
            away = np.abs(self.rgb[tone].astype(np.float32) - np.median(self.rgb[tone], 0)).mean(-1)
            out[tone] = away < GLOW
        return out

    def _without_ink(self, seeds: Mask, own: Mask) -> Mask:
        """Seeds less those that are much darker than most of the part: thick line art."""
        bright = seeds & (self.light > 0.5 * np.median(self.light[own]))
        return bright if bright.sum() > 0.25 * seeds.sum() else seeds

    def _kin(self, number: int, own: Mask) -> Mask:
        """The face's skin for an ear or a neck of which hardly more than a line shows, else the slot itself."""
        if self.slots[number].part in SKIN and (faces := self.numbers("face")):
            return self.seeds(faces[0])
        return own

    def line_of(self, colour: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Where the picture is clearly darker than a colour."""
        return self.light < float(colour.sum()) * 0.72 - 20

    def box(self, number: int) -> Box:
        found = box_of(self.owner == number)
        return found if found is not None else (0, 0, 1, 1)


def _resized(labels: npt.NDArray[np.int16] | npt.NDArray[np.int32], size: tuple[int, int]) -> npt.NDArray:  # type: ignore[type-arg]
    """A label map at another size, nearest pixel."""
    height, width = labels.shape
    if (width, height) == size:
        return labels
    rows = ((np.arange(size[1]) + 0.5) * height / size[1]).astype(np.int64)
    columns = ((np.arange(size[0]) + 0.5) * width / size[0]).astype(np.int64)
    return labels[rows][:, columns]
