"""Eyes: an iris that leaves the white, a shut eye that still shows what lies behind the lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.puppet import DrawList
from rig.stage import Mask, Stage

SHOWS = 24
"""Of 255: a pixel that changes by more when a part is hidden shows that part."""
STRAY = 0.025
"""Of the eye's open area: less of the iris outside it is the smoothing of its edge."""
EDGE = 0.012
"""Of the face's width: how far the iris may show beyond it, through the soft edge of a lash."""
GLIMPSE = 0.004
"""Of the eye's open area: less of the white or iris in a shut eye is nothing."""


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye: its side ("l", "r", or "" where both are one), the numbers of its irides, and of all that lids should hide."""

    side: str
    irides: tuple[int, ...]
    ball: tuple[int, ...]


def find_eyes(stage: Stage) -> list[Eye]:
    """The eyes that have a white or an iris to look at. A shut eye that is drawn apart is not seen at rest, and is none."""
    out = []
    for side in ("l", "r", ""):
        shown = [i for i in stage.numbers("eyewhite", "irides", "eye", side=side) if stage.rest.opacity[i] > 0]
        irides = tuple(i for i in shown if stage.puppet.parts[i].part == "irides")
        ball = tuple(i for i in shown if stage.puppet.parts[i].part != "eye" or stage.puppet.parts[i].masks)
        if ball:
            out.append(Eye(side, irides, ball))
    return out


class Sight:
    """Looks at all eyes of a puppet at once."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self.eyes = stage, find_eyes(stage)

    def openings(self, posed: DrawList) -> list[Mask]:
        """By eye: where white and iris show."""
        return self._showing(posed, [eye.ball for eye in self.eyes])

    def stray(self, posed: DrawList, openings: list[Mask]) -> list[Mask]:
        """By eye: where the iris shows outside what shows with open lids; empty below the threshold."""
        import cv2

        reach = 2 * max(1, round(EDGE * self._stage.unit)) + 1
        near = [cv2.dilate(opening.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0 for opening in openings]
        shown = self._showing(posed, [eye.irides for eye in self.eyes])
        return [_if_enough(s & ~n, STRAY * o.sum()) for s, n, o in zip(shown, near, openings, strict=True)]

    def glimpse(self, posed: DrawList, openings: list[Mask]) -> list[Mask]:
        """By eye: where white or iris show in spite of shut lids; empty below the threshold."""
        return [_if_enough(s, GLIMPSE * o.sum()) for s, o in zip(self.openings(posed), openings, strict=True)]

    def _showing(self, posed: DrawList, groups: list[tuple[int, ...]]) -> list[Mask]:
        """For each group of parts: where the picture changes when all groups are hidden, near the group's own vertices."""
        whole, without = self._stage.shot(posed), self._stage.shot(posed, without=[i for group in groups for i in group])
        out = []
        for group in groups:
            left, top, right, bottom = self._stage.around(posed, group)
            shows = np.zeros(self._stage.size[::-1], bool)
            if left < right and top < bottom:
                box = np.s_[top:bottom, left:right]
                shows[box] = (np.abs(_flat(whole[box]) - _flat(without[box])) > SHOWS).any(-1)
            out.append(shows)
        return out


def _if_enough(mask: Mask, least: float) -> Mask:
    return mask if mask.sum() > max(2.0, least) else np.zeros_like(mask)


def _flat(rgba: RGBA) -> npt.NDArray[np.int16]:
    """Premultiplied int16 (h, w, 4), so that colours under clear pixels do not count."""
    alpha = rgba[..., 3:].astype(np.int32)
    return np.concatenate([rgba[..., :3] * alpha // 255, alpha], -1).astype(np.int16)
