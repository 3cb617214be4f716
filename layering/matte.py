"""Borders unmixed: an edge pixel is a mix of two known colours, so its alpha and both clean colours can be told.

Flat shading makes it solvable. Between a part in front with colour F and one behind with colour B, a border pixel is
p = a F + (1 - a) B. F and B are looked up a few px inside either part, a follows, and what rounding and texture leave over goes
into the colour that counts for more, so that the stacked layers give p again to the level. Where no such mix explains the
pixel (a highlight that ends at the border, a line thinner than a pixel) it stays whole with its part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.masks import Mask, box_of, window
from layering.slots import Owner
from layering.stack import RGBA

F32 = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]

DEPTHS = (3.0, 2.0, 1.2)
"""Px inside a part at which its clean colour is sought, the surest first."""
TOLERANCE = 14.0
"""0..255: how far from a mix of the two colours a pixel may lie (length in RGB)."""
APART = 20.0
"""0..255: colours nearer than this (length in RGB) need no unmixing."""
TINT = 24.0
"""0..255: how far the colour behind may be from the clean one."""
CHUNK = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """Mixed pixels, N of them. rows, columns: int64 (N,). front, behind: int16 (N,) slots. alpha: uint8 (N,) of the front one.

    front_colour, behind_colour: uint8 (N, 3), which mixed by alpha give the picture's pixel to the level.
    """

    rows: Index
    columns: Index
    front: npt.NDArray[np.int16]
    behind: npt.NDArray[np.int16]
    alpha: npt.NDArray[np.uint8]
    front_colour: npt.NDArray[np.uint8]
    behind_colour: npt.NDArray[np.uint8]


def unmix(rgba: RGBA, owner: Owner, solid: Mask) -> Matte:
    """Find and solve the mixed pixels.

    rgba: uint8 (H, W, 4), the picture. owner: slots, higher is in front. solid: bool (H, W), where the picture is opaque:
    only there are two parts mixed.
    """
    reach = 2 if max(owner.shape) < 1800 else 3
    box = box_of(owner >= 0)
    if box is None:
        return _joined([])
    rows, columns, other = _band(owner[window(box)], solid[window(box)], reach)
    rows, columns = rows + box[1], columns + box[0]
    scene = _Scene(rgba, owner, reach)
    return _joined([scene.solve(rows[i : i + CHUNK], columns[i : i + CHUNK], other[i : i + CHUNK])
                    for i in range(0, len(rows), CHUNK)])  # fmt: skip


def _band(owner: Owner, solid: Mask, reach: int) -> tuple[Index, Index, npt.NDArray[np.int16]]:
    """Pixels within reach of another part: rows, columns and the nearest other part."""
    import cv2

    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    inside = np.where(owner >= 0, owner, np.int16(32000))
    low, high = cv2.erode(inside, kernel), cv2.dilate(owner, kernel)
    rows, columns = np.nonzero(solid & (owner >= 0) & ((low != owner) | (high != owner)))
    mine = owner[rows, columns]
    other = np.full(len(rows), -1, np.int16)
    padded = np.pad(owner, reach, constant_values=-1)
    for dy, dx in _offsets(reach + 0.5):
        seen = padded[rows + dy + reach, columns + dx + reach]
        new = (other < 0) & (seen >= 0) & (seen != mine)
        other[new] = seen[new]
    found = other >= 0
    return rows[found], columns[found], other[found]


class _Scene:
    """The picture and, of each pixel, how deep it lies in its part."""

    def __init__(self, rgba: RGBA, owner: Owner, reach: int) -> None:
        self._pad = reach + 4
        self._rgb = np.pad(rgba[..., :3], ((self._pad, self._pad), (self._pad, self._pad), (0, 0)))
        self._owner = np.pad(owner, self._pad, constant_values=-1)
        self._depth = _depth(self._owner)
        self._around = _offsets(reach + 3)

    def solve(self, rows: Index, columns: Index, other: npt.NDArray[np.int16]) -> Matte:
        rows, columns = rows + self._pad, columns + self._pad
        mine = self._owner[rows, columns]
        front, behind = np.maximum(mine, other), np.minimum(mine, other)
        pixel = self._rgb[rows, columns].astype(np.float32)
        fs, bs = self._candidates(rows, columns, front), self._candidates(rows, columns, behind)
        fs = [*fs, self._extreme(rows, columns, front, bs[0])]
        bs = _deepest([*bs, self._extreme(rows, columns, behind, fs[0])])
        alpha, f, b, cost = _best(pixel, fs, bs)
        alpha = self._plausible(alpha, rows, columns, mine == front)
        keep = (cost < TOLERANCE) & (np.linalg.norm(f - b, axis=1) > APART)
        level, f8, b8, exact = _exact(pixel, alpha, f, b)
        keep &= exact & (level < 255)
        keep &= ~((level == 0) & (mine == behind))
        alike = ~keep & (np.linalg.norm(pixel - fs[0], axis=1) < APART) & (np.linalg.norm(pixel - bs[0], axis=1) < APART)
        f8[alike] = b8[alike] = pixel[alike].astype(np.uint8)
        level[alike] = self._coverage(rows[alike], columns[alike], front[alike], behind[alike])
        keep |= alike & (level > 0) & (level < 255)
        stray = ~keep & (mine == behind) & (self._depth[rows, columns] < 2.1) & _foreign(pixel, bs[:2])
        level[stray], f8[stray], b8[stray] = _taken_over(pixel[stray], _first(bs)[stray])
        keep |= stray
        return Matte(rows[keep] - self._pad, columns[keep] - self._pad, front[keep], behind[keep], level[keep],
                     f8[keep], b8[keep])  # fmt: skip

    def _candidates(self, rows: Index, columns: Index, part: npt.NDArray[np.int16]) -> list[F32]:
        """Clean colours of a part near pixels, float32 (N, 3) at each of DEPTHS; NaN where there is none so deep."""
        width = self._owner.shape[1]
        owner, deep, rgb = self._owner.ravel(), self._depth.ravel(), self._rgb.reshape(-1, 3)
        out = []
        for depth in DEPTHS:
            colour = np.full((len(rows), 3), np.nan, np.float32)
            todo, at, mine = np.arange(len(rows)), rows * width + columns, part
            for dy, dx in self._around:
                there = at + (dy * width + dx)
                hit = (owner.take(there) == mine) & (deep.take(there) >= depth)
                if hit.any():
                    colour[todo[hit]] = rgb[there[hit]]
                    todo, at, mine = todo[~hit], at[~hit], mine[~hit]
            out.append(colour)
        return out

    def _extreme(self, rows: Index, columns: Index, part: npt.NDArray[np.int16], against: F32) -> F32:
        """For thin parts: the colour of the part near by that is least like the other part's."""
        colour = np.full((len(rows), 3), np.nan, np.float32)
        most = np.zeros(len(rows), np.float32)
        for dy, dx in self._around[:21]:
            y, x = rows + dy, columns + dx
            here = self._rgb[y, x].astype(np.float32)
            far = np.linalg.norm(here - against, axis=1)
            hit = (self._owner[y, x] == part) & (far > most)
            colour[hit], most[hit] = here[hit], far[hit]
        return colour

    def _coverage(self, rows: Index, columns: Index, front: npt.NDArray[np.int16], behind: npt.NDArray[np.int16]
                  ) -> npt.NDArray[np.uint8]:  # fmt: skip
        """uint8 (N,): the front part's share of what shows of both around a pixel: where both have one colour, the edge may be
        soft without the picture telling how."""
        mine, theirs = np.zeros((2, len(rows)), np.float32)
        for dy, dx in self._around[:21]:
            here = self._owner[rows + dy, columns + dx]
            mine += here == front
            theirs += here == behind
        return np.rint(255 * mine / np.maximum(mine + theirs, 1)).astype(np.uint8)

    def _plausible(self, alpha: F32, rows: Index, columns: Index, in_front: Mask) -> F32:
        """Alpha held to what an edge may do: over half where the front part shows, whole two px inside, none two px beyond."""
        inside = np.clip((self._depth[rows, columns] - 1.2) / 1.3, 0.51, 1).astype(np.float32)
        return np.where(in_front, np.maximum(alpha, inside), np.minimum(alpha, 1 - inside)).astype(np.float32)


def _best(pixel: F32, fs: list[F32], bs: list[F32]) -> tuple[F32, F32, F32, F32]:
    """Of all pairs of clean colours the one whose mix comes nearest: alpha (N,), colours (N, 3) and what is left over (N,)."""
    cost = np.full(len(pixel), np.inf, np.float32)
    alpha = np.zeros(len(pixel), np.float32)
    front, behind = np.zeros_like(pixel), np.zeros_like(pixel)
    for i, f in enumerate(fs):
        for j, b in enumerate(bs):
            way = f - b
            length = np.maximum((way * way).sum(1), 1e-3)
            a = np.clip(((pixel - b) * way).sum(1) / length, 0, 1)
            rest = np.linalg.norm(pixel - b - a[:, None] * way, axis=1) + 1.0 * (i + j)
            better = rest < cost                                 # False where a colour is missing (NaN)
            cost[better], alpha[better], front[better], behind[better] = rest[better], a[better], f[better], b[better]
    return alpha, front, behind, cost


def _deepest(colours: list[F32]) -> list[F32]:
    """Shallow colours struck out where there are deep ones: near its edge a part behind shows what stands before it."""
    deep = ~np.isnan(colours[0][:, 0]) | ~np.isnan(colours[1][:, 0])
    out = colours[:2]
    for shallow in colours[2:]:
        out.append(np.where(deep[:, None], np.float32(np.nan), shallow))
        deep = deep | ~np.isnan(shallow[:, 0])
    return out


def _first(colours: list[F32]) -> F32:
    """The surest colour of each pixel that there is (N, 3)."""
    out = colours[0].copy()
    for more in colours[1:]:
        missing = np.isnan(out[:, 0])
        out[missing] = more[missing]
    return out


def _foreign(pixel: F32, own: list[F32]) -> Mask:
    """Pixels unlike every clean colour of their part near by: the edge of a line in front, which must not stay behind."""
    away = np.stack([np.linalg.norm(pixel - c, axis=1) for c in own])
    known = ~np.isnan(away)
    return known.any(0) & (np.where(known, away, np.inf).min(0) > 0.8 * APART)


def _taken_over(pixel: F32, b: F32) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The pixel on the front part, as clear as it can be over the clean colour behind: alpha, front and behind colour."""
    b8 = np.rint(b)
    need = np.where(pixel > b8, (pixel - b8) / np.maximum(255 - b8, 1), (b8 - pixel) / np.maximum(b8, 1)).max(1)
    level = np.ceil(np.clip(np.maximum(1.15 * need, 0.4), 0, 1) * 255)
    a = (level / 255)[:, None]
    f8 = np.clip(np.rint((pixel - (1 - a) * b8) / a), 0, 255)
    return level.astype(np.uint8), f8.astype(np.uint8), b8.astype(np.uint8)


def _exact(pixel: F32, alpha: F32, f: F32, b: F32
           ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8], Mask]:  # fmt: skip
    """8-bit alpha and colours that give the pixel: the front colour takes up the rest, or the one behind."""
    level = np.rint(alpha * 255)
    a = (level / 255)[:, None]
    f8, b8 = np.clip(np.rint(f), 0, 255), np.clip(np.rint(b), 0, 255)
    share = np.maximum(a, 0.2)
    asked = np.rint((pixel - (1 - a) * b8) / share)
    onto_front = (a >= 0.5) | ((a >= 0.2) & ((asked >= 0) & (asked <= 255)).all(1)[:, None])   # what lies behind stays clean
    f8 = np.where(onto_front, np.clip(asked, 0, 255), f8)
    b8 = np.where(onto_front, b8, np.clip(np.rint((pixel - a * f8) / np.maximum(1 - a, 0.5)), 0, 255))
    exact = (np.abs(a * f8 + (1 - a) * b8 - pixel).max(1) <= 0.75) & (np.abs(b8 - b).max(1) <= TINT)
    return level.astype(np.uint8), f8.astype(np.uint8), b8.astype(np.uint8), exact


def _depth(owner: Owner) -> F32:
    """float32 (H, W): px from each pixel's centre to the border of its part, 0.5 next to it."""
    import cv2

    inner = np.ones(owner.shape, np.uint8)
    across, down = owner[:, 1:] != owner[:, :-1], owner[1:] != owner[:-1]
    inner[:, 1:][across] = 0
    inner[:, :-1][across] = 0
    inner[1:][down] = 0
    inner[:-1][down] = 0
    return np.asarray(cv2.distanceTransform(inner, cv2.DIST_L2, 3), np.float32) + np.float32(0.5)


def _offsets(radius: float) -> list[tuple[int, int]]:
    """(dy, dx) within a radius, nearest first."""
    r = int(radius)
    all_ = [(y, x) for y in range(-r, r + 1) for x in range(-r, r + 1) if 0 <= y * y + x * x <= radius * radius]
    return sorted(all_, key=lambda o: o[0] ** 2 + o[1] ** 2)


def _joined(parts: list[Matte]) -> Matte:
    if not parts:
        none = np.zeros(0, np.int64)
        return Matte(none, none, none.astype(np.int16), none.astype(np.int16), none.astype(np.uint8),
                     np.zeros((0, 3), np.uint8), np.zeros((0, 3), np.uint8))  # fmt: skip
    names = ("rows", "columns", "front", "behind", "alpha", "front_colour", "behind_colour")
    return Matte(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
