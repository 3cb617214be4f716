"""Cutting the figure out: by the picture's own alpha, or by the ground that reaches in from its border.

The ground is a smooth run of colour (flat, or a gradient). It is flooded with a ball instead of single pixels, so that it does
not leak through a gap in the outline into white hair; what only a smaller ball reaches is ground where it stays narrow (between
strands) and figure where it opens wide (hair). Ground enclosed by the figure (between arm and body) looks the same as a white
shirt: it stays in the figure and is left to the classifier (`open_holes`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.palette import Mask, smooth
from layering.stack import RGBA

F32 = npt.NDArray[np.float32]

BALL = 0.008
"""Radius of the flooding ball, of the picture's longer side: gaps in an outline up to twice as wide are closed."""
RIM = 0.012
"""Width of the border that is taken for ground, of the picture's longer side."""
NEAR, FAR = 0.022, 0.07
"""OKLab distances from the ground's colour: always ground under the first, never over the second."""
EDGE = 2
"""Px of soft edge on either side of the silhouette."""
FRAME = 0.004
"""Width of the picture's outermost pixels that do not stop the flood, of its longer side."""
WORK = 1024
"""Longer side of the copy on which the ground is flooded."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """rgba: uint8 (H, W, 4), the figure alone, straight alpha, clear of the ground's colour.

    ground: bool (H, W), what was ground. unsure: bool (H, W), pixels of the ground's colour that the figure encloses.
    kind: "alpha", "plain" (a smooth ground was found) or "busy" (no one colour rules the border).
    tones: float32 (H, W, 3) the ground's colour, 0..255, or None with own alpha.
    """

    rgba: RGBA
    ground: Mask
    unsure: Mask
    kind: str
    tones: F32 | None = None
    notes: tuple[str, ...] = ()

    @property
    def figure(self) -> Mask:
        """bool (H, W): more figure than ground."""
        return self.rgba[..., 3] > 127


def cut_out(rgba: RGBA) -> Cut:
    """The figure without its ground. rgba: uint8 (H, W, 4). A busy ground is kept, with a note."""
    nothing = np.zeros(rgba.shape[:2], bool)
    clear = rgba[..., 3] < 128
    if clear.mean() > 0.003:
        return Cut(rgba, clear, nothing, "alpha")
    calm = smooth(rgba)
    tones = _ground_tones(calm)
    if tones is None:
        note = "the ground has many colours: a transparent one gives cleaner layers"
        return Cut(_opaque(rgba), nothing, nothing, "busy", None, (note,))
    like = _like_ground(calm, tones)
    ground, notes = _settled(_peeled(_flooded(like), calm, tones))
    if ground.mean() > 0.985:
        return Cut(_opaque(rgba), nothing, nothing, "busy", None, ("the figure can hardly be told from its ground",))
    unsure = _large(like & ~ground, 0.00008)
    return Cut(_unmixed(rgba, ground, tones), ground, unsure, "plain", tones, notes)


def open_holes(cut: Cut, rgba: RGBA, holes: Mask) -> Cut:
    """The cut with more ground. holes: bool (H, W), what the classifier takes for ground; only what is unsure opens."""
    more = _large(holes & cut.unsure, 0.00008)
    if cut.tones is None or not more.any():
        return cut
    import cv2

    ground = cut.ground | more
    near = cv2.dilate(more.astype(np.uint8), _disc(EDGE + 1))[..., None] > 0
    opened = np.where(near, _unmixed(rgba, ground, cut.tones), cut.rgba)
    return replace(cut, rgba=opened, ground=ground, unsure=cut.unsure & ~more)


def without(cut: Cut, figure: Mask) -> Cut:
    """The cut with all taken off that is not the figure as the classifier finds it, with a soft edge. figure: bool (H, W)."""
    import cv2

    edge = np.rint(cv2.GaussianBlur(figure.astype(np.float32), (0, 0), 0.8) * 255).astype(np.uint8)
    out = cut.rgba.copy()
    out[..., 3] = np.minimum(edge, out[..., 3])
    out[out[..., 3] == 0] = 0
    return replace(cut, rgba=out, ground=~figure, unsure=cut.unsure & figure)


def _ground_tones(calm: npt.NDArray[np.uint8]) -> F32 | None:
    """float32 (H, W, 3): the ground's colour at each pixel, a quadratic run fitted to the border; None where none rules it.

    The lower border counts only where it agrees: busts and legs are cut there.
    """
    height, width = calm.shape[:2]
    rim = max(2, round(RIM * max(height, width)))
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    on_rim = np.ones((height, width), bool)
    on_rim[rim:-rim, rim:-rim] = False
    lower = on_rim.copy()
    lower[: int(0.75 * height)] = False
    rows, columns = np.nonzero(on_rim)
    step = max(1, len(rows) // 6000)
    rows, columns = rows[::step], columns[::step]
    terms = _terms(x[rows, columns], y[rows, columns])
    colour = calm[rows, columns].astype(np.float64)
    keep = ~lower[rows, columns]
    keep &= np.abs(colour - np.median(colour[keep], 0)).max(1) < 70
    upper = ~lower[rows, columns]
    for limit in (40, 24, 14, 10):
        if keep.sum() < 60:
            return None
        fit, *_ = np.linalg.lstsq(terms[keep], colour[keep], rcond=None)
        keep = np.abs(colour - terms @ fit).max(1) < limit
    if keep[upper].mean() < 0.55:
        return None
    tones = _terms(x.ravel(), y.ravel()) @ fit
    return np.clip(tones, 0, 255).astype(np.float32).reshape(height, width, 3)


def _terms(x: F32, y: F32) -> npt.NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1).astype(np.float64)


def _like_ground(calm: npt.NDArray[np.uint8], tones: F32) -> Mask:
    """bool (H, W): pixels of the ground's colour, within what its own noise at the border asks for."""
    height, width = calm.shape[:2]
    distance = np.linalg.norm(oklab(calm) - oklab(np.rint(tones).astype(np.uint8)), axis=-1)
    rim = max(2, round(RIM * max(height, width)))
    border = np.concatenate([distance[:rim].ravel(), distance[:, :rim].ravel(), distance[:, -rim:].ravel()])
    quiet = border[border < FAR]
    limit = float(np.clip(2.5 * np.quantile(quiet, 0.95), NEAR, FAR)) if len(quiet) else NEAR
    return distance < limit


def _flooded(like: Mask) -> Mask:
    """bool (H, W): ground reached from the border. Worked out on a copy of WORK px, whose edge is refined at full size."""
    import cv2

    height, width = like.shape
    scale = min(1.0, WORK / max(height, width))
    if scale == 1:
        return _by_balls(like)
    shrunk = cv2.resize(like.astype(np.float32), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = _by_balls(shrunk > 0.6)
    wide = cv2.resize(ground.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return like & (cv2.dilate(wide, _disc(round(2 / scale))) > 0)


def _by_balls(like: Mask) -> Mask:
    """Ground by a large ball; then what thinner ones reach from there, as long as it stays narrow."""
    import cv2

    large = max(2, round(BALL * max(like.shape)))
    ground = _roll(like, large, None)
    rest = (_roll(like, 0, ground) & ~ground).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=4)
    depth = cv2.distanceTransform(rest, cv2.DIST_L2, 3)
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    narrow = deepest <= large + 1
    narrow |= _mouths(labels, ground, count) > 0.12 * np.sqrt(stats[:, cv2.CC_STAT_AREA]) * 4    # wide open towards the ground
    narrow[0] = False
    return ground | narrow[labels]


def _mouths(labels: npt.NDArray[np.int32], ground: Mask, count: int) -> npt.NDArray[np.int64]:
    """int64 (count,): how many pixels of each piece touch the ground."""
    import cv2

    touching = cv2.dilate(ground.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.bincount(labels[touching], minlength=count)


def _roll(like: Mask, radius: int, start: Mask | None) -> Mask:
    """What a ball of `radius` px covers that rolls in from top and sides (or from `start`) over pixels like the ground.

    The picture's outermost pixels do not stop the ball: many pictures carry a line there. The lower border is no way in:
    legs and shoulders are cut there.
    """
    import cv2

    edge, skin = radius + 1, max(1, round(FRAME * max(like.shape)))
    room = np.pad(like, edge, constant_values=True)
    room[: edge + skin], room[:-edge, : edge + skin], room[:-edge, -edge - skin :] = True, True, True
    room[-edge:] = False
    disc = _disc(radius)
    free = cv2.erode(room.astype(np.uint8), disc, borderValue=1) if radius else room.astype(np.uint8)
    _, labels = cv2.connectedComponents(free, connectivity=4)
    first = labels[0, edge] if start is None else labels[np.pad(start, edge) & (free > 0)]
    reached = np.zeros(int(labels.max()) + 1, bool)
    reached[first] = True
    reached[0] = False
    centres = reached[labels].astype(np.uint8)
    covered = cv2.dilate(centres, disc) if radius else centres
    return (covered[edge:-edge, edge:-edge] > 0) & like


def _peeled(ground: Mask, calm: npt.NDArray[np.uint8], tones: F32) -> Mask:
    """Ground with the halo that sharpening leaves round the figure, at most three pixels of it."""
    import cv2

    halo, out = _halo(ground, calm, tones), ground
    for _ in range(3):
        out = out | (halo & (cv2.dilate(out.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0))
    return out


def _halo(ground: Mask, rgb: npt.NDArray[np.uint8], tones: F32) -> Mask:
    """bool (H, W): pixels that differ from the ground in lightness the other way than the figure near them does.

    A rim of the figure's own that is wide, a drawn border, counts as the figure and is none.
    """
    import cv2

    off = oklab(rgb)[..., 0] - oklab(np.rint(tones).astype(np.uint8))[..., 0]
    inside = (~ground).astype(np.float32)
    deep = cv2.GaussianBlur(off * inside, (0, 0), 5) / np.maximum(cv2.GaussianBlur(inside, (0, 0), 5), 1e-3)
    return (off * deep < 0) & (np.abs(off) < 0.5 * np.abs(deep)) & (np.abs(deep) > 0.1)


def _settled(ground: Mask) -> tuple[Mask, tuple[str, ...]]:
    """Ground with what stands apart from the figure: slivers along the border, specks, far small things (a signature)."""
    import cv2

    _, labels, stats, centres = cv2.connectedComponentsWithStats((~ground).astype(np.uint8), connectivity=8)
    stats[0, cv2.CC_STAT_AREA] = 0
    main = int(stats[:, cv2.CC_STAT_AREA].argmax())
    away = cv2.distanceTransform((labels != main).astype(np.uint8), cv2.DIST_L2, 3)
    drop = np.zeros(len(stats), bool)
    notes = []
    long_side = max(ground.shape)
    for i in range(1, len(stats)):
        x, y, w, h, area = (int(v) for v in stats[i])
        if i == main or area > 0.05 * stats[main, cv2.CC_STAT_AREA]:
            continue
        off = float(away[y : y + h, x : x + w][labels[y : y + h, x : x + w] == i].min())
        far = off > 0.06 * long_side
        if far and area > 30:
            notes.append(f"left out with the ground: a piece of {w} x {h} px at {round(centres[i][0])}, {round(centres[i][1])}")
        drop[i] = far or min(w, h) <= 2 + FRAME * long_side or area < 4e-6 * ground.size
    return ground | drop[labels], tuple(notes[:4])


def _unmixed(rgba: RGBA, ground: Mask, tones: F32) -> RGBA:
    """The figure with a soft alpha at its edge and the ground's colour taken out of it.

    A pixel at the edge is C = a F + (1 - a) B: B is the ground's colour, F the neighbour that stands out most from B in
    C's direction.
    """
    import cv2

    core = ground.astype(np.uint8)
    disc = _disc(EDGE)
    band = (cv2.dilate(core, disc) > 0) & (cv2.dilate(1 - core, disc) > 0)
    out = _opaque(rgba)
    out[ground & ~band] = 0
    rows, columns = np.nonzero(band)
    if not len(rows):
        return out
    colour, back = rgba[rows, columns, :3].astype(np.float32), tones[rows, columns]
    front = _front(rgba, rows, columns, back, colour)
    span = front - back
    length = np.maximum((span**2).sum(-1), 1e-6)
    alpha = np.clip(((colour - back) * span).sum(-1) / length, 0, 1)
    alpha[ground[rows, columns] & _halo(ground, rgba[..., :3], tones)[rows, columns]] = 0
    faint = length < 18**2                                  # white on white: nothing tells them apart but the flood
    alpha = np.where(faint, ~ground[rows, columns], alpha)
    alpha = np.where(alpha < 0.04, 0, np.where(alpha > 0.97, 1, alpha))
    clean = back + (colour - back) / np.maximum(alpha, 0.3)[:, None]
    clean = np.where((alpha > 0.3)[:, None], clean, front)
    out[rows, columns, :3] = np.clip(np.rint(clean), 0, 255).astype(np.uint8)
    out[rows, columns, 3] = np.rint(alpha * 255).astype(np.uint8)
    out[~_large(out[..., 3] > 0, 0) & ground] = 0           # single pixels of noise
    return out


def _front(rgba: RGBA, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], back: F32, colour: F32) -> F32:
    """float32 (N, 3): for each edge pixel the colour within EDGE px that lies farthest from the ground in its direction."""
    height, width = rgba.shape[:2]
    best = colour.copy()
    most = ((colour - back) ** 2).sum(-1)
    along = colour - back
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-3)
    for dy in range(-EDGE, EDGE + 1):
        for dx in range(-EDGE, EDGE + 1):
            near = rgba[np.clip(rows + dy, 0, height - 1), np.clip(columns + dx, 0, width - 1), :3].astype(np.float32)
            span = near - back
            length = (span**2).sum(-1)
            same = (span * along).sum(-1) > 0.93 * np.sqrt(length)
            better = same & (length > most)
            best[better], most[better] = near[better], length[better]
    return best


def _opaque(rgba: RGBA) -> RGBA:
    out = rgba.copy()
    out[..., 3] = 255
    return out


def _large(mask: Mask, share: float) -> Mask:
    """The mask without pieces smaller than a share of the picture."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    keep = stats[:, cv2.CC_STAT_AREA] >= max(6, share * mask.size)
    keep[0] = False
    return keep[labels]


def _disc(radius: int) -> npt.NDArray[np.uint8]:
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
