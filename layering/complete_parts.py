"""How the parts go on under what hides them: necks under chins, whites under irises, the rest by closing; hair by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.complete_face import Face, Line
from layering.complete_hair import back_hair, under_hat, whole_brow
from layering.complete_scene import BODY, FEATURES, Scene
from layering.masks import Mask, box_of, closed, distance_to, grown

BRIDGE = {"topwear": 0.3, "bottomwear": 0.3, "legwear": 0.25, "handwear": 0.2, "front hair": 0.3, "back hair": 0.3,
          "eyebrow": 0.16, "eyelash": 0.1, "eyewhite": 0.1, "headwear": 0.2, "neck": 0.2}  # fmt: skip
"""Of the face's width: half of the widest gap that a part is continued across, whatever lies over it."""
UNDER_LOCKS = 0.14
"""The same under front hair: a wider bay beside the neck is the outline of the shoulder."""
REACH = {"topwear": 0.1, "bottomwear": 0.1, "legwear": 0.08, "handwear": 0.08, "footwear": 0.05, "front hair": 0.05,
         "back hair": 0.03, "neck": 0.12, "neckwear": 0.05, "wings": 0.1, "tail": 0.1, "objects": 0.03,
         "headwear": 0.03, "eyewhite": 0.012, "eyelash": 0.015}  # fmt: skip
"""Of the face's width: how far a part goes on under what hides it in any case."""
LITTLE = 0.02
"""The same under front hair, for what is no hair."""
BEHIND = 0.12
"""The same for things behind the head."""
NECK = 0.06
"""The same for a neck."""
COLLAR = 0.1
"""The same: how far clothes may rise under hair above the line from where they show on one side of it to the other."""
SLEEVE, SLOPE = 0.35, 0.12
"""The same for the line of a shoulder under hair, and how much of it must show to tell its slope."""
SHOULDER = 0.1
"""The same for clothes lower than the chin."""
WIDE_NECK = 0.55
"""Of the face's width: a neck so wide goes up to the eyes behind the jaw."""
LINED = (*BODY, "back hair", "front hair", "ears", "tail", "wings", "headwear", "footwear")
"""Parts whose own line goes on along their hidden outline."""


def whole_form(scene: Scene, number: int, face: Face | None) -> Mask:
    """bool (h, w): the completed form of a slot, what shows of it included; where nothing hides it, it does not count."""
    part = scene.slots[number].part
    own = scene.owner == number
    form = _general(scene, number, own, face)
    if part == "back hair":
        return back_hair(scene, number, own, form, face)
    if part == "topwear":
        form = _with_shoulders(scene, number, own, form, face)
    if part in ("neck", "topwear"):
        return _with_strip(form, under_chin(scene, number, face))
    if part == "eyewhite":
        return form | _eyeball(scene, number, own)
    if part == "eyebrow":
        return form | whole_brow(scene, number, own)
    if part == "irides":
        return own | _round(scene, number, own)
    if part == "face" and face is not None:
        return form | face.core | face.whole
    if part == "front hair" and face is not None:
        return form | under_hat(scene, own, face)
    return form


def _general(scene: Scene, number: int, own: Mask, face: Face | None) -> Mask:
    """Gaps bridged, and a little more all around: less under hair, nothing under the face, whose chin must not show it."""
    part, little = scene.slots[number].part, 0.4 * float(np.sqrt(own.sum()))           # what hardly shows is hardly continued
    reach = BEHIND if part == "objects" and number < min(scene.numbers("face"), default=0) else REACH.get(part, 0.0)
    bridge, reach = BRIDGE.get(part, 0.06) * scene.unit, min(reach * scene.unit, little)
    box = box_of(own, int(bridge + reach) + 4)
    out = np.zeros_like(own)
    if box is None:
        return out
    view = np.s_[box[1] : box[3], box[0] : box[2]]
    mine, locks = own[view], scene.of("front hair")[view]
    form = closed(mine, bridge)
    form = form | (grown(form, reach) if reach else form)
    if part in BODY:
        near = closed(mine, min(UNDER_LOCKS * scene.unit, bridge))
        low = max(int((face.chin if face else 0) + 0.12 * scene.unit) - box[1], 0)
        near[low:] |= grown(closed(mine[low:], bridge), min(SHOULDER * scene.unit, reach)) & locks[low:]
        under = grown(near, min((NECK if part == "neck" else LITTLE) * scene.unit, reach))
        form = np.where(locks, under, form) & ~scene.of("face", *FEATURES)[view]
    out[view] = form
    return out | own


def _free_top(scene: Scene, number: int, own: Mask, face: Face | None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Columns in which the upper edge of clothes shows, from the neck outwards while it makes one line; y of it by column."""
    top = own.argmax(0)
    above = scene.owner[np.maximum(top - 1, 0), np.arange(own.shape[1])]
    free = np.flatnonzero(own.any(0) & (above <= number) & (top > 0))
    middle = face.chin_x if face is not None else scene.middle.x
    kept: list[int] = []
    for side in (free[free < middle][::-1], free[free >= middle]):
        last = None
        for x in side.tolist():
            if last is not None and top[x] - top[last] > 1.2 * abs(x - last) + 0.05 * scene.unit:
                break                                       # a sleeve or a skirt further down
            last = x
            kept.append(x)
    return np.array(sorted(kept), np.int64), top


def _with_shoulders(scene: Scene, number: int, own: Mask, form: Mask, face: Face | None) -> Mask:
    """Under locks clothes go up to the line of the shoulders, which goes on there as it shows beside them, and no higher."""
    locks, height = scene.of("front hair"), own.shape[0]
    free, top = _free_top(scene, number, own, face)
    if len(free) < 8:
        return form
    all_ = np.arange(own.shape[1])
    line = np.interp(all_, free, top[free])
    far = SLEEVE * scene.unit
    out = form.copy()
    rows = np.arange(height)[:, None]
    for end, way in ((free[0], -1), (free[-1], 1)):
        near = free[np.abs(free - end) < SLOPE * scene.unit]
        slope = float(np.clip(np.polyfit((near - end) * way, top[near], 1)[0], 0, 1.5)) if len(near) > 5 else 0.0
        beyond = (all_ - end) * way > 0
        line = np.where(beyond, top[end] + slope * (all_ - end) * way, line)
        out &= ~(locks & beyond & (rows < line - 0.05 * scene.unit))
    out &= ~(locks & (all_ > free[0]) & (all_ < free[-1]) & (rows < line - COLLAR * scene.unit))
    within = (all_ > free[0] - far) & (all_ < free[-1] + far)
    under, body = locks & within & (rows >= line), scene.of(*BODY)
    wide = np.flatnonzero(body[: int(top[free].max() + scene.unit)].any(0))          # as far out as arms show below
    aside = LITTLE * scene.unit
    out &= ~(locks & ((all_ < wide[0] - aside) | (all_ > wide[-1] + aside)))
    lead = np.zeros_like(under)                             # upwards from the body that shows, as far as the lock hides it
    for y in range(height - 2, -1, -1):
        lead[y] = under[y] & (lead[y + 1] | body[y + 1])
    return out | own | lead


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


def own_line(scene: Scene, number: int) -> Line | None:
    """A part's own line, from where its outline shows; None where it has none."""
    own = scene.owner == number
    seeds = scene.seeds(number)
    box = box_of(own, 2)
    if box is None or not (seeds & own).any():
        return None
    view = np.s_[box[1] : box[3], box[0] : box[2]]
    mine, rgb, light = own[view], scene.rgb[view], scene.light[view]
    depth = distance_to(scene.owner[view] < number)
    tone = np.median(light[seeds[view]])
    dark = light < 0.62 * tone - 15
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
