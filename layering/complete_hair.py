"""How hair goes on under what hides it: behind the head as one mass, under hats as a dome, brows along their own bend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.complete_face import Face
from layering.complete_scene import BODY, FEATURES, Scene
from layering.masks import Mask, distance_to, grown, opened

DOWN = 0.3
"""Of the face's width: how far back hair goes on down behind clothes and arms."""
EDGE = 0.08
"""The same: how far it stays from the body's edge there, lest it peeps out behind a shoulder."""
BESIDE = 0.12
"""The same: how far it may lie there from hair that shows."""
NAPE = 0.14
"""The same: how much lower it ends behind the face than where it is last seen beside it; behind the neck half as much."""
INSET = 0.06
"""The same: how far it stays from the edge of hair in front."""
BROW = 0.16
"""The same: how far a brow goes on under the fringe."""
THICK = 0.06
"""The same: how thick a brow goes on at most."""


def back_hair(scene: Scene, number: int, own: Mask, form: Mask, face: Face | None) -> Mask:
    """bool (h, w): the hair behind the head. own: what shows of it, if anything does. form: that with its gaps bridged."""
    seen = own if own.any() else scene.of("front hair")
    mass = form | _mass(scene, number, seen, face)
    core = mass & ~grown(~mass, 0.04 * scene.unit) | own
    deep = (distance_to(scene.owner < 0) > EDGE * scene.unit) | grown(own, BESIDE * scene.unit)
    longer = _downward(core, DOWN * scene.unit) & scene.of(*(x for x in BODY if x != "neck")) & deep
    longer |= _downward(core, NAPE * scene.unit) & scene.of("face", *FEATURES)
    longer |= _downward(core, 0.5 * NAPE * scene.unit) & scene.of("neck")              # where it would peep out beside it
    return mass | (opened(longer | mass, 0.07 * scene.unit) & longer)


def _downward(own: Mask, length: float) -> Mask:
    """Everything at most `length` straight below the mask."""
    import cv2

    tall = max(1, int(length))
    return np.asarray(cv2.dilate(own.astype(np.uint8), np.ones((tall, 1), np.uint8), anchor=(0, tall - 1)) > 0)


def _mass(scene: Scene, number: int, own: Mask, face: Face | None) -> Mask:
    """Row by row everything between the left and the right of the hair, from the crown to where it last shows on both sides."""
    out = np.zeros_like(own)
    if face is None:
        return out
    axis = int(np.clip(face.outline[:, 0].mean(), 1, own.shape[1] - 2))
    front = scene.of("front hair")
    lows = [np.flatnonzero(half.any(1)) for half in (own[:, :axis], own[:, axis:])]
    ends = [float(low[-1]) if len(low) else face.eye_line for low in lows] if all(map(len, lows)) else [face.eye_line] * 2
    hair = own | front
    bottom = int(max(ends))
    first, last = hair.argmax(1), hair.shape[1] - 1 - hair[:, ::-1].argmax(1)
    both_sides = hair.any(1) & (first < axis - 0.15 * scene.unit) & (last > axis + 0.15 * scene.unit)
    rows = np.flatnonzero(both_sides[: bottom + 1])
    if not len(rows):
        return out
    beginning = _edge(scene, number, rows, first[rows], -1, bottom)
    ending = _edge(scene, number, rows, last[rows], 1, bottom)
    span = np.arange(own.shape[1])
    for y in range(int(rows[0]), bottom + 1):
        out[y] = (span >= beginning[y]) & (span <= ending[y])
    reach = 0.45 * scene.unit
    end = np.interp(span, (axis - reach, axis + reach), ends)      # from the end on one side to the end on the other
    out &= np.arange(own.shape[0])[:, None] <= end[None]
    return opened(out, 0.06 * scene.unit)


def _edge(scene: Scene, number: int, rows: npt.NDArray[np.int64], x: npt.NDArray[np.int64], way: int, bottom: int
          ) -> npt.NDArray[np.float64]:  # fmt: skip
    """x of the hair's edge on one side at each row down to the bottom, from where some rows show it: not to the very edge of
    hair that is in front; what an ear or a hand hides lies between the rows above and below it.
    """
    all_, ahead = np.arange(bottom + 1), scene.of("front hair")[rows, x]
    edge = x - way * np.where(ahead, INSET * scene.unit, 0.0)
    seen = np.interp(all_, rows, edge)
    free = scene.owner[rows, np.clip(x + way, 0, scene.owner.shape[1] - 1)] <= number
    if free.sum() < 2:
        return seen
    between = np.interp(all_, rows[free], x[free])
    hidden = (all_ >= rows[free][0]) & (all_ <= rows[free][-1]) & ~np.isin(all_, rows[free])
    return np.where(hidden, np.maximum(between * way, seen * way) * way, seen)


def under_hat(scene: Scene, own: Mask, face: Face) -> Mask:
    """Hair on the skull under a hat, a clip or flowers: the head's dome, a little more than the skull."""
    import cv2

    hat = scene.of("headwear", "earwear", "objects", "eyewear")
    centre = np.array([face.outline[:, 0].mean(), face.eye_line])
    dome = centre + (face.outline - centre) * 1.1
    mask = np.zeros(own.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(dome).astype(np.int32)], 1)
    mask[int(face.eye_line - 0.35 * face.half) :] = 0
    return (mask > 0) & hat & grown(own, 0.8 * scene.unit)


def whole_brow(scene: Scene, number: int, own: Mask) -> Mask:
    """The brow drawn on under the fringe along its own bend, growing thin at last."""
    import cv2

    out = np.zeros(own.shape, np.uint8)
    y, x = np.nonzero(own)
    if np.ptp(x) < 0.05 * scene.unit:
        return out > 0
    columns, count = np.unique(x, return_counts=True)
    middle = np.bincount(x, y)[columns] / count
    hidden = grown(scene.over(number), 1.5)
    free = ~np.isin(columns, np.unique(x[hidden[y, x]]))
    free = free if free.sum() > max(4, 0.25 * len(columns)) else np.ones(len(columns), bool)
    thick = min(float(np.median(count[free])), THICK * scene.unit)
    for tip, end, way in ((columns[0], columns[free][0], -1), (columns[-1], columns[free][-1], 1)):
        if not hidden[y, x][np.abs(x - tip) <= 2].any():
            continue                                        # the brow ends where it shows that it does
        near = free & (np.abs(columns - end) < 0.5 * np.ptp(columns) + 4)
        slope, height = np.polyfit(columns[near] - end, middle[near], 1) if near.sum() > 3 else (0.0, middle[near].mean())
        far = min(BROW * scene.unit, float(np.ptp(columns))) + (end - columns[0] if way < 0 else columns[-1] - end)
        for step in np.arange(0, far):
            share = min(1.0, 2.5 * (1 - step / far))
            at = round(end + way * step), round(height + slope * way * step)
            cv2.circle(out, at, max(1, round(thick / 2 * share)), 1, -1)
    return out > 0
