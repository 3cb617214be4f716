"""The face's whole outline: what shows of it, continued behind the hair as a smooth skull and jaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.complete_scene import FEATURES, Scene
from layering.masks import Mask, box_of, closed, distance_to, filled, grown, pieces, shrunk
from layering.palette import steepness

F64 = npt.NDArray[np.float64]

RAYS = 720
SKULL: tuple[tuple[float, float], ...] = (
    (0, -1), (0.58, -0.92), (0.94, -0.55), (1.01, -0.12), (0.99, 0.22), (0.93, 0.46), (0.68, 0.8), (0.18, 0.975), (0, 1))
"""Half a head from crown to chin: x in half widths; y over 0 in chin heights, under 0 in crown heights, from the eye line."""
BEND = 14.0
"""Degrees over which the way that the outline was taking is kept."""
TURNED = 0.08
"""Difference between the two sides' radii, as a share, from which a face is drawn turned."""
SHADED = 0.04
"""Share of the skin along the fringe that must be in shadow for all under the fringe to be."""
FADE = 40.0
"""Degrees over which what is known of the outline bears on what is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """outline: float64 (RAYS, 2) x, y. known: bool (RAYS,), where the picture shows it. core: bool (h, w), the face as it shows
    with its features filled in. whole: bool (h, w), inside the outline. room: float64 (RAYS,), px within which the hidden
    outline may lie. eye_line, chin: y in working px; chin_x: x of the chin. half: half the width.
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


def find_face(scene: Scene) -> Face | None:
    """The face of a scene, None where none shows."""
    number = next(iter(scene.numbers("face")), None)
    if number is None:
        return None
    core = _core(scene, number)
    box = box_of(core)
    if box is None:
        return None
    eye_line = float(np.clip(scene.middle.eye_line, box[1] + 0.1 * (box[3] - box[1]), box[3] - 0.25 * (box[3] - box[1])))
    chin = float(box[3])
    axis = float(np.clip(scene.middle.x, *(box[0] + np.array([0.3, 0.7]) * (box[2] - box[0]))))
    half = max(axis - box[0], box[2] - axis, 0.72 * (chin - eye_line))
    centre = np.array([axis, eye_line + 0.2 * (chin - eye_line)])
    seen, known, most = _rays(scene, number, core, centre, 2.2 * max(half, chin - eye_line))
    crown = _crown(scene, eye_line, half)
    drawn, told = _mirrored(seen, known, most)
    shape = _ellipse(centre, drawn, told, half, _hair_top(scene, eye_line, half))
    if shape is None:
        shape = _template(centre, half, chin - eye_line, crown, eye_line)
    radius = _fitted(seen, known, most, shape, drawn, told)
    angles = np.arange(RAYS) * 2 * np.pi / RAYS
    outline = centre + np.stack([np.cos(angles), np.sin(angles)], -1) * radius[:, None]
    whole = np.zeros(core.shape, np.uint8)
    import cv2

    cv2.fillPoly(whole, [np.rint(outline * 16).astype(np.int32)], 1, shift=4)
    tip = np.flatnonzero(core[max(box[3] - 1 - int(0.04 * half), 0) : box[3], :].any(0))
    return Face(outline, known, core, whole > 0, most - seen, eye_line, chin, float(tip.mean()), half)


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


def _crown(scene: Scene, eye_line: float, half: float) -> float:
    """Px from the eye line to the top of the skull, which lies under the hair's."""
    return float(np.clip(eye_line - _hair_top(scene, eye_line, half) - 0.12 * half, 0.5 * half, 1.4 * half))


def _hair_top(scene: Scene, eye_line: float, half: float) -> float:
    """y of the top of what grows or sits on the head; far up where nothing does."""
    box = box_of(scene.of("front hair", "back hair", "headwear"))
    return eye_line - 2 * half if box is None else float(box[1])


def _rays(scene: Scene, number: int, core: Mask, centre: F64, reach: float) -> tuple[F64, Mask, F64]:
    """Along each ray from the centre: px to the last of the face, whether its outline shows, px to what it cannot cover."""
    steps = np.arange(int(reach))
    angles = np.arange(RAYS) * 2 * np.pi / RAYS
    x = np.rint(centre[0] + np.cos(angles)[:, None] * steps).astype(np.int64)
    y = np.rint(centre[1] + np.sin(angles)[:, None] * steps).astype(np.int64)
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


def _ellipse(centre: F64, seen: F64, known: Mask, half: float, top: float) -> F64 | None:
    """Radius along each ray of the upright ellipse through what is known of the outline; None where it is no ellipse."""
    if known.sum() < RAYS / 10:
        return None
    angles = np.arange(RAYS) * 2 * np.pi / RAYS
    x, y = np.cos(angles), np.sin(angles)
    u, v = x[known] * seen[known] / half, y[known] * seen[known] / half
    crown = (top + 0.15 * half - centre[1]) / half
    for weight in (0.0, 0.3):                               # the second time held under the hair
        pull = weight * len(u) ** 0.5
        rows = np.concatenate([np.stack([u * u, v * v, v], -1), [[0.0, pull * crown**2, pull * crown]]])
        (a, b, c), *_ = np.linalg.lstsq(rows, np.append(np.ones(len(u)), pull), rcond=None)
        radius = _radius_of(a, b, c, x, y, seen, known, half, centre[1], top)
        if radius is not None:
            return radius
    return None


def _radius_of(a: float, b: float, c: float, x: F64, y: F64, seen: F64, known: Mask, half: float, centre: float, top: float
               ) -> F64 | None:  # fmt: skip
    """Radius along rays (x, y) of a (rx)² + b (ry)² + c ry = 1 in half widths; None where no head has that form."""
    if min(a, b) <= 0:
        return None
    two, one = 2 * (a * x * x + b * y * y), c * y           # a (rx)² + b (ry)² + c ry = 1, solved for r
    radius = (-one + np.sqrt(one * one + 2 * two)) / two * half
    wide, middle = half * np.sqrt((1 + c * c / (4 * b)) / a), -c / (2 * b) * half
    tall = wide * np.sqrt(a / b)
    if not (0.95 * half < wide < 1.6 * half and 0.6 < tall / wide < 1.7 and centre + middle - tall > top - 0.05 * half):
        return None
    near = float(np.sqrt(np.mean((radius - seen)[known] ** 2))) < 0.02 * half
    return radius if near else None


def _template(centre: F64, half: float, chin: float, crown: float, eye_line: float) -> F64:
    """Radius of a usual head along each ray."""
    from scipy.interpolate import CubicSpline

    right = np.array([(x * half, y * (chin if y > 0 else crown)) for x, y in SKULL])
    points = np.concatenate([right, right[-2::-1] * (-1, 1)])
    t = np.linspace(0, 1, len(points))
    dense = CubicSpline(t, points, bc_type="periodic")(np.linspace(0, 1, 4 * RAYS, endpoint=False))
    way = dense + np.array([centre[0], eye_line]) - centre
    angle = np.arctan2(way[:, 1], way[:, 0]) % (2 * np.pi)
    order = np.argsort(angle)
    return np.interp(np.arange(RAYS) * 2 * np.pi / RAYS, angle[order], np.hypot(*way.T)[order], period=2 * np.pi)


def _mirrored(seen: F64, known: Mask, most: F64) -> tuple[F64, Mask]:
    """What is known of the outline with what the other side tells of it, unless the face is drawn turned: radius, known."""
    other = (RAYS // 2 - np.arange(RAYS)) % RAYS
    both = known & known[other]
    if both.sum() > 20 and np.median(np.abs(seen - seen[other])[both] / seen[both]) > TURNED:
        return seen, known
    told = known[other] & ~known & (seen[other] >= seen - 2)
    return np.where(told, np.clip(seen[other], seen, most), seen), known | told


def _fitted(seen: F64, known: Mask, most: F64, shape: F64, drawn: F64, told: Mask) -> F64:
    """The template drawn to what is known or told by the other side, and smooth between."""
    from scipy.ndimage import gaussian_filter1d

    if not known.any():
        return np.minimum(np.maximum(shape, seen), most)
    at, share = np.flatnonzero(told), (drawn / shape)[told]
    all_ = np.arange(RAYS)
    near = np.interp(all_, at, share, period=RAYS)
    gap = (all_[:, None] - at[None] + RAYS // 2) % RAYS - RAYS // 2
    which = np.abs(gap).argmin(1)
    signed = gap[all_, which] * 360 / RAYS
    trust = np.exp(-np.abs(signed) / FADE)
    on = np.clip(_slopes(at, share)[which] * signed, -0.12, 0.12) * np.exp(-np.abs(signed) / BEND)
    ratio = trust * near + (1 - trust) * np.clip(np.median(share), 0.9, 1.15) + on
    radius = np.clip(ratio * shape, np.where(known, 0, seen), most)
    smooth = gaussian_filter1d(radius, RAYS / 60, mode="wrap")
    mixed = np.where(known, seen, np.clip(smooth, seen, most))
    return np.where(known, mixed, gaussian_filter1d(mixed, RAYS / 120, mode="wrap"))


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


def _slopes(at: npt.NDArray[np.int64], share: F64) -> F64:
    """By how much the ratio changes per degree at each known ray, from the known rays within ten degrees of it."""
    out = np.zeros(len(at))
    reach = 10 * RAYS / 360
    for i in np.flatnonzero((np.diff(at, prepend=at[-1] - RAYS) > 1) | (np.diff(at, append=at[0] + RAYS) > 1)):
        away = (at - at[i] + RAYS // 2) % RAYS - RAYS // 2
        mine = np.abs(away) <= reach
        if mine.sum() >= 6 and np.ptp(away[mine]) >= reach / 2:
            out[i] = np.polyfit(away[mine] * 360 / RAYS, share[mine], 1)[0]
    return out


def draw_outline(scene: Scene, face: Face, rgb: npt.NDArray[np.uint8], skin: F64) -> None:
    """Continue the line of the jaw along the hidden outline, up to the temples, with its own colour and thickness."""
    import cv2

    line = _line(scene, face, skin)
    if line is None:
        return
    colour, thick = line
    from scipy.ndimage import binary_opening

    centre = face.outline.mean(0)
    inward = (centre - face.outline) / np.linalg.norm(centre - face.outline, axis=1)[:, None]
    points = face.outline + inward * thick / 2
    height = (face.outline[:, 1] - face.eye_line) / face.half
    swell = np.clip((height + 0.25) / 0.3, 0, 1)            # the line ends at the temple
    hidden = binary_opening(~face.known & (swell > 0.15) & (face.room > 3 * thick), np.ones(RAYS // 40))
    ink = np.zeros(rgb.shape[:2], np.uint8)
    for i in np.flatnonzero(hidden | np.roll(hidden, 1)):
        ends = np.rint(np.stack([points[i - 1], points[i]]) * 16).astype(np.int32)
        cv2.polylines(ink, [ends], False, 255, max(1, round(thick * swell[i])), cv2.LINE_AA, shift=4)
    share = (ink / 255.0)[..., None]
    rgb[:] = np.rint(rgb * (1 - share) + colour * share).astype(np.uint8)


def _line(scene: Scene, face: Face, skin: F64) -> tuple[F64, float] | None:
    """(colour, thickness in px) of the line that the face itself has along its outline, None where it has none."""
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
    return np.median(darkest, 0), max(thick - 0.5, 1.0)
