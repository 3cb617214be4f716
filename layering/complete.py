"""Hidden pixels: every part is continued under what lies before it, in its own flat colours, so that nothing tears.

The form comes from `complete_face` and `complete_parts`; here it is painted: each hidden pixel takes the nearest flat tone that
the part shows, tones meet without streaks, and the face's line goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from layering.complete_ears import find_ear, little
from layering.complete_face import Face, draw_outline, face_line, find_face, shade_forehead
from layering.complete_parts import LINED, own_line, under_chin, whole_form
from layering.complete_scene import Hidden, Scene
from layering.masks import Box, Mask, box_of, distance_to, nearest, window
from layering.partmap import PartMap
from layering.slots import Owner, Slot
from layering.stack import RGBA

__all__ = ["Hidden", "complete"]

EVEN = 0.08
"""Of the face's width: tones narrower than this do not go on into what is hidden."""


def complete(rgba: RGBA, slots: Sequence[Slot], owner: Owner, parts: PartMap) -> list[Hidden | None]:
    """For each slot, back to front, its completed form; None where nothing hides it.

    Pixels where the slot itself shows, or what lies behind it, are of no meaning in it.
    """
    scene = Scene(rgba, slots, owner, parts)
    face = find_face(scene)
    with ThreadPoolExecutor(2) as both:                      # most of it is OpenCV's and numpy's, which run side by side
        return list(both.map(lambda i: _hidden(scene, i, face), range(len(slots))))


def _hidden(scene: Scene, number: int, face: Face | None) -> Hidden | None:
    part = scene.slots[number].part
    ear = find_ear(scene, number, face) if part == "ears" else None
    if part == "ears" and ear is None:
        return None
    form = whole_form(scene, number, face) if ear is None else ear.mask
    box = box_of(form & scene.over(number), 3)
    if box is None:
        return None
    view = window(box)
    rgb = painted(scene, number, form, box)
    if ear is not None:
        rgb[ear.drawn[view]] = ear.rgb[view][ear.drawn[view]]
    if part == "face" and face is not None:
        rgb = _face_drawn(scene, number, face, rgb, box)
    if part in LINED:
        _draw_line(scene, number, form, box, rgb, face)
    strip = under_chin(scene, number, face) if part in ("neck", "topwear") else None
    if strip is not None:
        mine = strip.mask[view]
        rgb = np.where(mine[..., None], scene.rgb[strip.row, box[0] : box[2]][None], rgb)
    return _enlarged(scene, rgb, form[view], box)


def _face_drawn(scene: Scene, number: int, face: Face, rgb: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """The face's colours in a box with the shadow of the fringe and the line along the outline."""
    seeds = scene.seeds(number)
    canvas = np.zeros_like(scene.rgb)
    canvas[window(box)] = rgb
    shade_forehead(scene, number, face, canvas, seeds)
    draw_outline(scene, face, canvas, np.median(scene.rgb[seeds], 0).astype(np.float64))
    return canvas[window(box)]


def _draw_line(scene: Scene, number: int, form: Mask, box: Box, rgb: npt.NDArray[np.uint8], face: Face | None) -> None:
    """The part's own line along the completed outline, painted into the box's colours; an unseen ear has the face's."""
    line = own_line(scene, number)
    if line is None and face is not None and (scene.owner == number).sum() <= little(scene):
        line = face_line(scene, face, np.median(scene.rgb[scene.seeds(number)], 0).astype(np.float64))
    if line is None:
        return
    depth = distance_to(~form | (scene.owner < 0))[window(box)]
    share = np.clip(line.thick + 0.5 - depth, 0, 1)[..., None]
    rgb[:] = np.rint(rgb * (1 - share) + line.colour * share).astype(np.uint8)


def painted(scene: Scene, number: int, form: Mask, box: Box) -> npt.NDArray[np.uint8]:
    """Colours uint8 (h, w, 3) of a box: the nearest flat tone that the slot shows, evened."""
    import cv2

    seeds = scene.seeds(number)
    around = box_of(seeds)
    assert around is not None
    wide = min(box[0], around[0]), min(box[1], around[1]), max(box[2], around[2]), max(box[3], around[3])
    rows, columns = nearest(seeds[window(wide)])
    rgb = np.ascontiguousarray(scene.rgb[window(wide)][rows, columns])
    size = min(2 * int(EVEN * scene.unit) + 1, 255)
    even = cv2.medianBlur(rgb, size) if size >= 3 else rgb
    return even.copy()[box[1] - wide[1] : box[3] - wide[1], box[0] - wide[0] : box[2] - wide[0]]


def _enlarged(scene: Scene, rgb: npt.NDArray[np.uint8], form: Mask, box: Box) -> Hidden:
    """From working px to picture px, the form's edge softened."""
    import cv2

    k = scene.scale
    alpha = cv2.GaussianBlur(form.astype(np.float32) * 255, (0, 0), 0.6)
    full = (int(np.floor(box[0] / k)), int(np.floor(box[1] / k)),
            min(int(np.ceil(box[2] / k)), scene.full[0]), min(int(np.ceil(box[3] / k)), scene.full[1]))  # fmt: skip
    size = full[2] - full[0], full[3] - full[1]
    if k < 1:
        rgb, alpha = (cv2.resize(x, size, interpolation=cv2.INTER_LINEAR) for x in (rgb, alpha))
    out = np.empty((size[1], size[0], 4), np.uint8)
    out[..., :3], out[..., 3] = rgb, np.rint(alpha)
    return Hidden(full, out)
