"""Eyes: an iris that leaves the white, a shut eye that still shows what lies behind the lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rig.puppet import DrawList
from rig.stage import Mask, Stage

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
        """By eye: what white and iris cover, whether or not a lash or hair hides it."""
        return [self._stage.alpha(posed, only=eye.ball) for eye in self.eyes]

    def stray(self, posed: DrawList, openings: list[Mask]) -> list[Mask]:
        """By eye: where the iris shows outside what white and iris cover with open lids; empty below the threshold."""
        import cv2

        reach = 2 * max(1, round(EDGE * self._stage.unit)) + 1
        near = [cv2.dilate(opening.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0 for opening in openings]
        shown = self._showing(posed, [eye.irides for eye in self.eyes])
        return [_if_enough(s & ~n, STRAY * o.sum()) for s, n, o in zip(shown, near, openings, strict=True)]

    def glimpse(self, posed: DrawList, openings: list[Mask]) -> list[Mask]:
        """By eye: where white or iris show in spite of shut lids; empty below the threshold."""
        shown = self._showing(posed, [eye.ball for eye in self.eyes])
        return [_if_enough(s, GLIMPSE * o.sum()) for s, o in zip(shown, openings, strict=True)]

    def _showing(self, posed: DrawList, groups: list[tuple[int, ...]]) -> list[Mask]:
        """For each group of parts: where the picture changes when all groups are hidden, near the group's own vertices."""
        hidden = self._stage.shows(posed, [i for group in groups for i in group])
        out = []
        for group in groups:
            left, top, right, bottom = self._stage.around(posed, group)
            shows = np.zeros_like(hidden)
            shows[top:bottom, left:right] = hidden[top:bottom, left:right]
            out.append(shows)
        return out


def _if_enough(mask: Mask, least: float) -> Mask:
    return mask if mask.sum() > max(2.0, least) else np.zeros_like(mask)
