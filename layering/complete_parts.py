"""How the parts go on under what hides them: hair as a mass, necks under chins, whites under irises, the rest by closing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.complete_face import Face
from layering.complete_scene import FEATURES, Scene
from layering.masks import Mask, box_of, closed, distance_to, grown, opened

BRIDGE = {"topwear": 0.3, "bottomwear": 0.3, "legwear": 0.25, "handwear": 0.2, "front hair": 0.3, "back hair": 0.3,
          "eyebrow": 0.16, "eyelash": 0.1, "eyewhite": 0.1, "headwear": 0.2, "neck": 0.2}  # fmt: skip
"""Of the face's width: half of the widest gap that a part is continued across, whatever lies over it."""
UNDER_LOCKS = 0.14
"""The same under front hair: a wider bay beside the neck is the outline of the shoulder."""
REACH = {"topwear": 0.1, "bottomwear": 0.1, "legwear": 0.08, "handwear": 0.08, "footwear": 0.05, "front hair": 0.05,
         "back hair": 0.03, "ears": 0.06, "neck": 0.12, "neckwear": 0.05, "wings": 0.1, "tail": 0.1, "objects": 0.03,
         "headwear": 0.03, "eyewhite": 0.012}  # fmt: skip
"""Of the face's width: how far a part goes on under what hides it in any case."""
LITTLE = 0.02
"""The same under front hair, for what is no hair."""
SHOULDER = 0.1
"""The same for clothes lower than the chin."""
EDGE = 0.08
"""The same: how far it stays from the body's edge there, lest it peeps out behind a shoulder."""
BODY = ("neck", "topwear", "bottomwear", "handwear", "legwear", "neckwear")
WIDE_NECK = 0.55
"""Of the face's width: a neck so wide goes up to the eyes behind the jaw."""
LINED = (*BODY, "back hair", "front hair", "ears", "tail", "wings", "headwear", "footwear")
"""Parts whose own line goes on along their hidden outline."""
DOWN = 0.3
"""Of the face's width: how far back hair goes on down behind the body."""


def whole_form(scene: Scene, number: int, face: Face | None) -> Mask:
    """bool (h, w): the completed form of a slot, what shows of it included; where nothing hides it, it does not count."""
    part = scene.slots[number].part
    own = scene.owner == number
    form = _general(scene, own, part, face)
    if part == "back hair":
        mass = form | back_mass(scene, own, face)
        deep = distance_to(scene.owner < 0) > EDGE * scene.unit
        longer = _downward(mass & ~grown(~mass, 0.04 * scene.unit) | own, DOWN * scene.unit) & scene.of(*BODY) & deep
        return mass | (opened(longer | mass, 0.07 * scene.unit) & longer)
    if part in ("neck", "topwear"):
        return _with_strip(form, under_chin(scene, number, face))
    if part == "eyewhite":
        return form | _eyeball(scene, number, own)
    if part == "eyebrow":
        return form | _brow(own, scene.unit)
    if part == "irides":
        return own | _round(scene, number, own)
    if part == "ears":
        return form | _hull(own) if own.sum() > (0.08 * scene.unit) ** 2 else form
    if part == "face" and face is not None:
        return form | face.core | face.whole
    if part == "front hair" and face is not None:
        return form | _under_hat(scene, own, face)
    return form


def _general(scene: Scene, own: Mask, part: str, face: Face | None) -> Mask:
    """Gaps bridged, and a little more all around: less under hair, nothing under the face, whose chin must not show it."""
    little = 0.4 * float(np.sqrt(own.sum()))               # what hardly shows is hardly continued
    bridge, reach = BRIDGE.get(part, 0.06) * scene.unit, min(REACH.get(part, 0.0) * scene.unit, little)
    box = box_of(own, int(bridge + reach) + 4)
    assert box is not None
    out = np.zeros_like(own)
    view = np.s_[box[1] : box[3], box[0] : box[2]]
    mine, locks = own[view], scene.of("front hair")[view]
    form = closed(mine, bridge)
    form = form | (grown(form, reach) if reach else form)
    if part in BODY:
        near = closed(mine, min(UNDER_LOCKS * scene.unit, bridge))
        low = max(int((face.chin if face else 0) + 0.12 * scene.unit) - box[1], 0)
        near[low:] |= grown(closed(mine[low:], bridge), min(SHOULDER * scene.unit, reach)) & locks[low:]
        form = np.where(locks, grown(near, min(LITTLE * scene.unit, reach)), form) & ~scene.of("face", *FEATURES)[view]
    out[view] = form
    return out | own


def _downward(own: Mask, length: float) -> Mask:
    """Everything at most `length` straight below the mask."""
    import cv2

    tall = max(1, int(length))
    return np.asarray(cv2.dilate(own.astype(np.uint8), np.ones((tall, 1), np.uint8), anchor=(0, tall - 1)) > 0)


def back_mass(scene: Scene, own: Mask, face: Face | None) -> Mask:
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
    inset = 0.06 * scene.unit
    first, last = hair.argmax(1), hair.shape[1] - 1 - hair[:, ::-1].argmax(1)
    both_sides = hair.any(1) & (first < axis - 0.15 * scene.unit) & (last > axis + 0.15 * scene.unit)
    rows = np.flatnonzero(both_sides[: bottom + 1])
    if not len(rows):
        return out
    top, first, last = int(rows[0]), first[rows], last[rows]
    all_ = np.arange(bottom + 1)                            # not to the very edge of hair that is in front
    beginning = np.interp(all_, rows, first + inset * front[rows, first])
    ending = np.interp(all_, rows, last - inset * front[rows, last])
    span = np.arange(own.shape[1])
    for y in range(top, bottom + 1):
        out[y] = (span >= beginning[y]) & (span <= ending[y])
    reach = 0.45 * scene.unit
    end = np.interp(span, (axis - reach, axis + reach), ends)      # from the end on one side to the end on the other
    out &= np.arange(own.shape[0])[:, None] <= end[None]
    return opened(out, 0.06 * scene.unit)


def _under_hat(scene: Scene, own: Mask, face: Face) -> Mask:
    """Hair on the skull under a hat, a clip or flowers: the head's dome, a little more than the skull."""
    import cv2

    hat = scene.of("headwear", "earwear", "objects", "eyewear")
    centre = np.array([face.outline[:, 0].mean(), face.eye_line])
    dome = centre + (face.outline - centre) * 1.1
    mask = np.zeros(own.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(dome).astype(np.int32)], 1)
    mask[int(face.eye_line - 0.35 * face.half) :] = 0
    return (mask > 0) & hat & grown(own, 0.8 * scene.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """How the neck goes on under the chin. mask: bool (h, w). row: y of the neck's own row that is drawn out upwards."""

    mask: Mask
    row: int


def under_chin(scene: Scene, number: int, face: Face | None) -> Strip | None:
    """The neck's sides continued straight up to the height of the mouth; of clothes too, where they reach the chin."""
    if face is None or (scene.slots[number].part != "neck" and scene.numbers("neck")):
        return None
    own = scene.owner == number
    head = face.whole | face.core
    middle = int(np.clip(face.chin_x, 0, own.shape[1] - 1))
    first, last = int(face.chin + 1), int(face.chin + 0.35 * scene.unit)
    runs = {y: run for y in range(first, min(last, own.shape[0])) if (run := _run(own[y], middle)) is not None}
    if not runs or min(runs) > face.chin + 0.1 * scene.unit:
        return None
    past = min(min(runs) + max(2, round(0.04 * scene.unit)), max(runs))         # past the chin's line
    row = min(y for y in runs if y >= past)
    left, right = runs[row]
    if right - left > 0.9 * scene.unit:                                         # shoulders, no neck
        return None
    mouth = box_of(scene.of("mouth"))
    top = int(mouth[1] if mouth is not None else face.chin - 0.35 * (face.chin - face.eye_line))
    if right - left > WIDE_NECK * scene.unit:               # its top would show beside a turned jaw
        top = int(face.eye_line)
    out = np.zeros_like(own)
    out[min(top, row) : row + 1, left:right] = True
    return Strip(out & (head | own), row)


def _run(row: Mask, middle: int) -> tuple[int, int] | None:
    """(first, end) of the run of true pixels around a column, None where that is not true."""
    if not row[middle]:
        return None
    gaps = np.flatnonzero(~row)
    return int(gaps[gaps < middle].max(initial=-1)) + 1, int(gaps[gaps > middle].min(initial=len(row)))


def _with_strip(form: Mask, strip: Strip | None) -> Mask:
    return form if strip is None else form | strip.mask


def _eyeball(scene: Scene, number: int, own: Mask) -> Mask:
    """The white goes on under its iris, and a little under the lashes."""
    side = scene.slots[number].side
    irides = scene.where(i for i in scene.numbers("irides") if scene.slots[i].side == side)
    both = closed(own | irides, 0.08 * scene.unit)
    return grown(both, 0.012 * scene.unit)


def _round(scene: Scene, number: int, own: Mask) -> Mask:
    """The iris's full ellipse, from the part of its outline that lies on the white."""
    import cv2

    side = scene.slots[number].side
    white = scene.where(i for i in scene.numbers("eyewhite") if scene.slots[i].side == side)
    rim = own & (distance_to(white) < 1.6)
    y, x = np.nonzero(rim)
    box = box_of(own)
    assert box is not None
    out = np.zeros(own.shape, np.uint8)
    width, height = box[2] - box[0], box[3] - box[1]
    if len(x) >= 12 and np.ptp(y) > 0.35 * height:
        centre, size, angle = cv2.fitEllipseDirect(np.stack([x, y], -1).astype(np.float32))
        inside = box[0] < centre[0] < box[2] and box[1] - 0.3 * height < centre[1] < box[3]
        if inside and 0.7 * width < min(size) and max(size) < 1.7 * max(width, height):
            cv2.ellipse(out, (centre, (size[0] + 1, size[1] + 1), angle), 1, -1)
            return out > 0
    tall = max(height, width)
    cv2.ellipse(out, ((box[0] + width / 2, box[3] - tall / 2), (width, tall), 0.0), 1, -1)
    return out > 0


def _brow(own: Mask, unit: float) -> Mask:
    """The brow drawn on at both ends along its own bend, growing thin."""
    import cv2

    y, x = np.nonzero(own)
    out = np.zeros(own.shape, np.uint8)
    if np.ptp(x) < 0.05 * unit:
        return out > 0
    columns = np.unique(x)
    count = np.bincount(x)[columns]
    middle = np.bincount(x, y)[columns] / count
    for end, way in ((columns[0], -1), (columns[-1], 1)):
        near = np.abs(columns - end) < 0.5 * np.ptp(columns) + 4
        slope, _ = np.polyfit(columns[near], middle[near], 1)
        thick = float(np.median(count[near]))
        start = middle[near][np.abs(columns[near] - end).argmin()]
        steps = np.arange(0, 0.14 * unit)
        for step in steps:
            at = round(end + way * step), round(start + slope * way * step)
            cv2.circle(out, at, max(1, round(thick / 2 * (1 - step / (0.17 * unit)))), 1, -1)
    return out > 0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The line that a part has along its outline. colour: float64 (3,) 0..255. thick: working px."""

    colour: npt.NDArray[np.float64]
    thick: float


def own_line(scene: Scene, number: int) -> Line | None:
    """A part's own line, from where its outline shows; None where it has none."""
    own = scene.owner == number
    seeds = scene.seeds(number)
    box = box_of(own, 2)
    if box is None or not (seeds & own).any():
        return None
    view = np.s_[box[1] : box[3], box[0] : box[2]]
    mine, rgb = own[view], scene.rgb[view]
    depth = distance_to(scene.owner[view] < number)
    tone = np.median(rgb[seeds[view]].sum(-1))
    dark = rgb.sum(-1) < 0.62 * tone - 15
    reach = max(4, int(0.06 * scene.unit))
    rings = [mine & (depth > d) & (depth <= d + 1) for d in range(reach)]
    strong = np.array([ring.sum() > 20 and dark[ring].mean() > 0.45 for ring in rings])
    if not strong[:3].any():
        return None
    first = int(strong.argmax())
    thick = first + int(np.append(strong[first:], False).argmin())
    inside = mine & dark & (depth > 1) & (depth <= max(thick, 2))
    if thick >= reach - 1 or not inside.any():
        return None
    return Line(np.median(rgb[inside].astype(np.float64), 0), float(thick))


def _hull(own: Mask) -> Mask:
    import cv2

    y, x = np.nonzero(own)
    out = np.zeros(own.shape, np.uint8)
    cv2.fillConvexPoly(out, cv2.convexHull(np.stack([x, y], -1).astype(np.int32)), 1)
    return out > 0
