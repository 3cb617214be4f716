"""The face's whole outline: what shows of it, continued behind the hair as a smooth skull and jaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.complete_scene import FEATURES, Scene
from layering.complete_skull import F64, RAYS, WAYS, Skull, fitted
from layering.masks import Box, Mask, box_of, closed, distance_to, filled, grown, pieces, shrunk
from layering.palette import steepness

TURNED = 0.035
"""Of the span of the eyes: difference between their widths, and of the mouth from their middle, in a head drawn turned."""
BACK = 1.6
"""By how much more than the hair's asymmetry the back of a turned head is farther from the face's middle than the cheek."""
EYES = ("eyewhite", "irides", "eyelash")
SHADED = 0.04
"""Share of the skin along the fringe that must be in shadow for all under the fringe to be."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The line that a part has along its outline. colour: float64 (3,) 0..255. thick: working px."""

    colour: F64
    thick: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """outline: float64 (RAYS, 2) x, y. known: bool (RAYS,), where the picture shows it. core: bool (h, w), the face as it shows
    with its features filled in. whole: bool (h, w), inside the outline. room: float64 (RAYS,), px within which the hidden
    outline may lie. eye_line, chin: y in working px; chin_x: x of the chin. half: half the width.
    rim: the line that it has where hair meets it from below. ahead: whether it is not turned to a side.
    """

    outline: F64
    known: Mask
    core: Mask
    whole: Mask
    room: F64
    eye_line: float
    chin: float
    chin_x: float
    half: float
    rim: Line | None
    ahead: bool


def find_face(scene: Scene) -> Face | None:
    """The face of a scene, None where none shows."""
    number = next(iter(scene.numbers("face")), None)
    if number is None:
        return None
    core = _core(scene, number)
    box = box_of(core)
    if box is None:
        return None
    skull = _skull(scene, box)
    seen, known, most = _rays(scene, number, core, skull)
    below = _from_below(scene, core, skull, seen)
    rim = _rim(scene, core, skull, seen, below)
    seen, known = np.where(below, np.minimum(seen + (rim.thick if rim else 0), most), seen), known | below
    radius = fitted(skull, seen, known, most)
    outline = skull.centre + WAYS * radius[:, None]
    whole = np.zeros(core.shape, np.uint8)
    import cv2

    cv2.fillPoly(whole, [np.rint(outline * 16).astype(np.int32)], 1, shift=4)
    tip = np.flatnonzero(core[max(box[3] - 1 - int(0.04 * skull.right), 0) : box[3], :].any(0))
    return Face(outline, known & ~below, core, whole > 0, most - seen, skull.eye_line, skull.chin, float(tip.mean()),
                (skull.right + skull.left) / 2, rim, not skull.turned)  # fmt: skip


def _skull(scene: Scene, box: Box) -> Skull:
    """Where the head is, from the box of what shows of its face and from its hair."""
    eye_line = float(np.clip(scene.middle.eye_line, box[1] + 0.1 * (box[3] - box[1]), box[3] - 0.25 * (box[3] - box[1])))
    chin = float(box[3])
    axis = float(np.clip(scene.middle.x, *(box[0] + np.array([0.3, 0.7]) * (box[2] - box[0]))))
    centre = np.array([axis, eye_line + 0.2 * (chin - eye_line)])
    half = right = left = max(axis - box[0], box[2] - axis, 0.72 * (chin - eye_line))
    if (more := _turn(scene, eye_line)) is not None:
        far = max(box[2] - axis if more < 0 else axis - box[0], 0.45 * (chin - eye_line))
        near = max(far + BACK * abs(more), axis - box[0] if more < 0 else box[2] - axis)
        right, left = (far, near) if more < 0 else (near, far)
        half = (far + near) / 2
    hair = _hair_top(scene, eye_line, half)
    crown = float(np.clip(eye_line - hair - 0.12 * half, 0.5 * half, 1.4 * half))          # the skull lies under the hair's top
    return Skull(centre, right, left, min(axis - box[0], box[2] - axis), eye_line, chin, crown, hair)


def _turn(scene: Scene, eye_line: float) -> float | None:
    """Px by which the hair reaches farther from the eyes' middle on the picture's right (left: negative) of a turned head;
    None where it is not turned: there the mouth lies towards the narrower eye, and most of the head on the other side.
    """
    right, left = (box_of(scene.where(i for i in scene.numbers(*EYES) if scene.slots[i].side == side)) for side in "lr")
    mouth, band = box_of(scene.of("mouth")), max(1, int(0.02 * scene.unit))
    hair = box_of(scene.of("front hair", "back hair")[int(eye_line) - band : int(eye_line) + band])
    if right is None or left is None or mouth is None or hair is None:
        return None
    span, middle = right[2] - left[0], (right[2] + left[0]) / 2
    wider = ((right[2] - right[0]) - (left[2] - left[0])) / span
    aside = ((mouth[0] + mouth[2]) / 2 - middle) / span
    more = hair[2] + hair[0] - 2 * middle
    if min(abs(wider), abs(aside)) < TURNED or wider * aside > 0 or more * aside > 0 or abs(more) < 0.1 * span:
        return None
    return float(more)


def _core(scene: Scene, number: int) -> Mask:
    """The face with its features, lashes that stick out left off."""
    own = scene.owner == number
    features = scene.of(*FEATURES)
    both = filled(closed(own | (features & grown(own, 0.1 * scene.unit)), 0.02 * scene.unit))
    radius = 0.035 * scene.unit
    labels, stats, _ = pieces(own | (grown(shrunk(np.pad(both, 2), radius), radius)[2:-2, 2:-2] & both))
    large = stats[:, 4] >= 0.004 * stats[1:, 4].max()
    large[0] = False
    return large[labels]


def _hair_top(scene: Scene, eye_line: float, half: float) -> float:
    """y of the top of what grows or sits on the head; far up where nothing does."""
    box = box_of(scene.of("front hair", "back hair", "headwear"))
    return eye_line - 2 * half if box is None else float(box[1])


def _rays(scene: Scene, number: int, core: Mask, skull: Skull) -> tuple[F64, Mask, F64]:
    """Along each ray from the centre: px to the last of the face, whether its outline shows, px to what it cannot cover."""
    steps = np.arange(int(2.2 * max(skull.right, skull.left, skull.chin - skull.eye_line)))
    x, y = np.rint(np.moveaxis(skull.centre + WAYS[:, None] * steps[:, None], -1, 0)).astype(np.int64)
    height, width = core.shape
    off = (x < 0) | (y < 0) | (x >= width) | (y >= height)
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    inside = core[y, x] & ~off
    last = np.where(inside.any(1), len(steps) - 1 - inside[:, ::-1].argmax(1), 0)
    free = (scene.over(number)[y, x] | inside) & ~off
    beyond = steps[None] > last[:, None]
    bare = ~free & beyond
    most = np.where(bare.any(1), bare.argmax(1), len(steps)).astype(np.float64)
    cut = off[np.arange(RAYS), np.minimum(last + 2, len(steps) - 1)]
    known = (most - last <= 3) & (last > 0) & ~cut
    return last + 0.5, known, most - 0.5


def _from_below(scene: Scene, core: Mask, skull: Skull, seen: F64) -> Mask:
    """Rays on which hair meets the face from below: hair hangs, so it lies behind there, and what shows is the outline."""
    import cv2
    soft = cv2.GaussianBlur(core.astype(np.float32), (0, 0), max(1.0, 0.02 * scene.unit))
    slope = np.stack([cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)], -1)
    x, y = _at(skull.centre + WAYS * seen[:, None], core.shape)
    inward = slope[y, x]
    steep = -inward[:, 1] > 0.6 * np.maximum(np.linalg.norm(inward, axis=1), 1e-6)
    low = y > skull.eye_line + 0.4 * (skull.chin - skull.eye_line)
    beyond = _at(skull.centre + WAYS * (seen + 2.5)[:, None], core.shape)
    met = steep & low & scene.of("front hair")[beyond[1], beyond[0]]
    return _long_runs(met, RAYS // 60, RAYS // 120)                             # beside a lock the smoothed edge bends


def _rim(scene: Scene, core: Mask, skull: Skull, seen: F64, below: Mask) -> Line | None:
    """The dark line between the face and the hair below it, which is the face's; None where there is none."""
    if not below.any():
        return None
    deep = np.arange(int(max(6, 0.05 * scene.unit))) + 0.5
    x, y = _at(skull.centre + WAYS[below, None] * (seen[below, None] + deep)[..., None], core.shape)
    dark = scene.line_of(np.median(scene.rgb[core], 0)) & ~core
    run = dark[y, x].cumprod(1).sum(1)                        # from the face outwards, a pixel between them left out
    run = np.maximum(run, dark[y, x][:, 1:].cumprod(1).sum(1))
    has = (run >= 2) & (run < len(deep) - 1)
    if has.mean() < 0.6:
        return None
    thick = float(np.median(run[has]))
    middle = int(thick / 2)
    return Line(np.median(scene.rgb[y[has, middle], x[has, middle]].astype(np.float64), 0), thick + 1)


def _long_runs(mask: Mask, least: int, shorter: int = 0) -> Mask:
    """The runs of true values in a mask (N,) that are at least so long, made shorter at both ends."""
    edges = np.flatnonzero(np.diff(np.pad(mask, 1).astype(np.int8)))
    out = np.zeros(len(mask), bool)
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first >= least:
            out[first + shorter : end - shorter] = True
    return out


def _at(points: F64, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Columns and rows of the pixels at points (..., 2), held inside the picture."""
    x, y = np.floor(np.moveaxis(points, -1, 0)).astype(np.int64)
    return np.clip(x, 0, shape[1] - 1), np.clip(y, 0, shape[0] - 1)


def shade_forehead(scene: Scene, number: int, face: Face, rgb: npt.NDArray[np.uint8], seeds: Mask) -> None:
    """Where a shadow of the fringe peeps out beneath it, all the skin under the fringe lies in it."""
    lab = oklab(scene.rgb)
    base = np.median(lab[seeds], 0)
    fringe = scene.of("front hair")
    away = distance_to(fringe)
    high = np.arange(fringe.shape[0])[:, None] < face.eye_line + 0.1 * face.half
    near = (scene.owner == number) & high & (away > 2) & (away < 0.06 * scene.unit)
    darker = base[0] - lab[..., 0]
    shade = near & (darker > 0.04) & (darker < 0.3) & (steepness(scene.rgb) < 24)
    if shade.sum() < SHADED * near.sum() or shade.sum() < 12:
        return
    under = (fringe | scene.of("headwear")) & high
    rows = np.nonzero(under)[0]
    share = np.clip((face.eye_line + 0.1 * face.half - rows) / (0.3 * face.half), 0, 1)[:, None]      # fades by the cheeks
    rgb[under] = np.rint(rgb[under] * (1 - share) + np.median(scene.rgb[shade], 0) * share)


def draw_outline(scene: Scene, face: Face, rgb: npt.NDArray[np.uint8], skin: F64) -> None:
    """Continue the line of the jaw along the hidden outline, up to the temples, with its own colour and thickness."""
    import cv2

    line = face_line(scene, face, skin)
    if line is None:
        return
    colour, thick = line.colour, line.thick
    centre = face.outline.mean(0)
    inward = (centre - face.outline) / np.linalg.norm(centre - face.outline, axis=1)[:, None]
    points = face.outline + inward * thick / 2
    height = (face.outline[:, 1] - face.eye_line) / face.half
    swell = np.clip((height + 0.8) / 0.4, 0, 1)             # the line ends under the hair
    hidden = _long_runs(~face.known & (swell > 0.15) & (face.room > 3 * thick), RAYS // 40)
    ink = np.zeros(rgb.shape[:2], np.uint8)
    for i in np.flatnonzero(hidden | np.roll(hidden, 1)):
        ends = np.rint(np.stack([points[i - 1], points[i]]) * 16).astype(np.int32)
        cv2.polylines(ink, [ends], False, 255, max(1, round(thick * swell[i])), cv2.LINE_AA, shift=4)
    share = (ink / 255.0)[..., None]
    rgb[:] = np.rint(rgb * (1 - share) + colour * share).astype(np.uint8)


def face_line(scene: Scene, face: Face, skin: F64) -> Line | None:
    """The line that the face has along its outline, None where it has none."""
    return _own_line(scene, face, skin) or face.rim


def _own_line(scene: Scene, face: Face, skin: F64) -> Line | None:
    """The line on the face's own pixels."""
    dark = scene.line_of(skin) & face.core
    centre = face.outline.mean(0)
    rays = face.outline[face.known & (face.outline[:, 1] > face.eye_line)]
    if len(rays) < 20:
        return None
    deep = np.arange(int(max(4, 0.06 * scene.unit)))
    way = (centre - rays) / np.linalg.norm(centre - rays, axis=1)[:, None]
    at = np.rint(rays[:, None] + way[:, None] * deep[None, :, None]).astype(np.int64)
    x, y = np.clip(at[..., 0], 0, dark.shape[1] - 1), np.clip(at[..., 1], 0, dark.shape[0] - 1)
    hits = dark[y, x]
    has = hits[:, :4].any(1) & ~hits[:, -1]
    if has.mean() < 0.4:
        return None
    thick = float(np.median(hits[has].sum(1)))
    colours = scene.rgb[y, x][has][hits[has]].astype(np.float64)
    if not len(colours):
        return None
    darkest = colours[colours.sum(1) <= np.quantile(colours.sum(1), 0.5)]
    return Line(np.median(darkest, 0), max(thick - 0.5, 1.0))
