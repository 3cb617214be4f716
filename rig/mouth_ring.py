"""The ring of an open mouth: its art cut along the lips, and where every vertex goes at each openness and form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from layering.stack import RGBA, Layer
from rig.mesh import pad_texture
from rig.mouth_art import paint_stroke
from rig.mouth_line import ClosedLine
from rig.mouth_open import EDGE
from rig.mouth_shape import COLUMNS, F64, Family, Frame, outward, parted, unfolded
from rig.mouth_trace import Colour
from rig.puppet import F32, I32, Keyforms, Mesh, Part

AXES = ("ParamMouthForm", "ParamMouthOpenY")
FORMS = (-1.0, -0.5, 0.0, 1.0)
OPENINGS = (0.0, 0.07, 0.2, 0.5, 0.75, 1.0)
RING_IN, LINE_STAYS, LINE_OUT = 0.02, 0.02, 0.05
"""Openness at which the ring is fully there, and between which the drawn line behind it goes."""
SEAM, SEAM_STAYS, SEAM_OUT = 0.05, 0.05, 0.14
"""Thickness of a closed line that nobody drew, as a share of its length, and the openness between which it goes."""
INSIDE_COLUMNS = 17
"""Columns of the aperture and of the art behind it; every second of the lips'."""


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """An open mouth's art and the family of mouths that it can become.

    halves: (COLUMNS,) px, half the outline's thickness. reach: (2, COLUMNS) px from the centre of the upper and of the lower
    outline out to the art's farthest pixel.
    texture, uv: the art and the way from the mouth's frame to its texture coordinates. full: upper and lower lip of the art, in
    the mouth's frame; art: the (openness, form) that they show. shut: the drawn closed line in that frame, or None.
    openness, form: the parameters' defaults. memo: lips that were asked for, by openness and form.
    """

    frame: Frame
    family: Family
    halves: F64
    reach: F64
    texture: RGBA
    uv: Callable[[F64], F32]
    full: tuple[F64, F64]
    art: tuple[float, float]
    shut: F64 | None = None
    openness: float = 0.0
    form: float = 0.0
    memo: dict[tuple[float, float], tuple[F64, F64]] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Keys of form and openness; the defaults are among them, so that rest is exact."""
        return tuple(sorted({*FORMS, self.form})), tuple(sorted({*OPENINGS, self.openness}))

    def lips(self, openness: float, form: float) -> tuple[F64, F64]:
        """Upper and lower lip of this very mouth: the family's, with what is peculiar to the drawn line and the drawn art."""
        key = (openness, form)
        if key not in self.memo:
            self.memo[key] = self._lips(openness, form)
        return self.memo[key]

    def _lips(self, openness: float, form: float) -> tuple[F64, F64]:
        upper, lower = self.family.lips(openness, form)
        if self.shut is not None:
            own = (self.shut - self.family.lips(0.0, self.form)[0]) * (1 - openness)
            upper, lower = upper + own, lower + own
        share = self._likeness(openness, form)
        plain = self.family.lips(*self.art)
        upper, lower = (lip + share * (art - base) for lip, art, base in zip((upper, lower), self.full, plain, strict=True))
        return parted(upper, np.maximum(lower, upper * (0, 1) + lower * (1, 0)))

    def _likeness(self, openness: float, form: float) -> float:
        """How much of what is peculiar to the drawn art stays at a key: all where it is drawn, less the farther away."""
        drawn_open, drawn_form = self.art
        beyond = (openness - drawn_open) / max(1 - drawn_open, 1e-6) if openness > drawn_open else 0.0
        return min(openness / drawn_open, 1.0) * (1 - 0.7 * beyond) * (1 - 0.6 * min(abs(form - drawn_form), 1.0))

    def bands(self, upper: F64, lower: F64, openness: float) -> F64:
        """Rows of the ring for two lips: (6, COLUMNS, 2): outer edge, centre and inner edge of the upper outline, inner edge,
        centre and outer edge of the lower one."""
        normals = outward(upper, lower)
        gap = np.linalg.norm(lower - upper, axis=1)
        depth = np.minimum(self.halves, 0.3 * gap)
        shut = np.minimum(self.reach, self.halves + EDGE)
        reach = shut + (self.reach - shut) * self._point(upper, lower, openness)
        out, into = (
            [unfolded(lip + r[:, None] * n, lip) for lip, r, n in zip((upper, lower), away, normals, strict=True)]
            for away in (reach, (-depth, -depth)))  # fmt: skip
        return np.stack([out[0], upper, into[0], into[1], lower, out[1]])

    def _point(self, upper: F64, lower: F64, openness: float) -> F64:
        """(COLUMNS,) 0..1: how much of a sharp corner's point stays; it draws in where the corner opens or the mouth shuts."""
        left, right = (_sharpness(upper, lower, end) / max(_sharpness(*self.full, end), 1e-3) for end in (0, -1))
        return np.linspace(min(left, 1.0), min(right, 1.0), len(upper)) * min(openness / self.art[0], 1.0)

    def inside(self, upper: F64, lower: F64, openness: float, form: float) -> F64:
        """Rows (4, INSIDE_COLUMNS, 2) of the art behind the aperture, which keeps more of its height than the opening does."""
        bands = self.bands(upper, lower, openness)[:, ::2]
        top, bottom = bands[2], bands[3]
        drawn = self.full[1][::2, 1] - self.full[0][::2, 1]
        spare = 0.8 * max(1 - openness / self.art[0], 0.0)
        pout = min(2 * max(min(self.art[1], 0.0) - form, 0.0), 1.0)     # a pout shows no teeth and little tongue
        up = np.stack([np.zeros_like(drawn), 0.38 * spare * drawn + 0.36 * pout * drawn.max()], -1)
        down = np.stack([np.zeros_like(drawn), 0.55 * spare * drawn + 0.2 * pout * drawn.max()], -1)
        share = np.array([0, 1 / 3, 2 / 3, 1])[:, None, None]
        rows: F64 = (top - up) * (1 - share) + (bottom + down) * share
        return rows

    def hole(self, upper: F64, lower: F64, openness: float) -> F64:
        """Rows (4, INSIDE_COLUMNS, 2) of the aperture: its edges fade within the inner half of the outline."""
        bands = self.bands(upper, lower, openness)[:, ::2]
        faint = [bands[1] + 0.35 * (bands[2] - bands[1]), bands[4] + 0.35 * (bands[3] - bands[4])]
        full = [bands[1] + 0.85 * (bands[2] - bands[1]), bands[4] + 0.85 * (bands[3] - bands[4])]
        return np.stack([faint[0], full[0], full[1], faint[1]])


def holds_its_art(part: Part) -> bool:
    """Whether a part's triangles lie over every pixel of its texture that can be seen; odd shapes may stick out of a ring."""
    import cv2

    height, width = part.texture.shape[:2]
    fine = np.zeros((4 * height, 4 * width), np.uint8)
    corners = np.round((part.mesh.uv * (4 * width, 4 * height) - 0.5) * 16).astype(np.int32)
    for triangle in corners[part.mesh.triangles]:
        cv2.fillConvexPoly(fine, triangle, 1, cv2.LINE_8, 4)
    return not ((part.texture[..., 3] > 1) & (fine[2::4, 2::4] == 0)).any()


def ring_part(ring: Ring, name: str, fades_in: bool = False) -> Part:
    """The ring itself; with `fades_in` it is not there while the mouth is shut."""
    opacity = _opacity((0.0, RING_IN, 1.0), (0.0, 1.0, 1.0)) if fades_in else ()
    uv = ring.uv(ring.bands(*ring.full, ring.art[0]))
    return _rows_part(name, ring, ring.texture, uv, lambda o, f: ring.bands(*ring.lips(o, f), o), opacity)


def inner_part(ring: Ring, name: str, mask: str) -> Part:
    """Teeth, tongue and hollow behind the aperture."""
    share = np.array([0, 1 / 3, 2 / 3, 1])[:, None, None]
    bands = ring.bands(*ring.full, ring.art[0])[:, ::2]
    uv = ring.uv(bands[2] * (1 - share) + bands[3] * share)
    opacity = _opacity((0.0, RING_IN, 1.0), (0.0, 1.0, 1.0))
    part = _rows_part(name, ring, ring.texture, uv, lambda o, f: ring.inside(*ring.lips(o, f), o, f), opacity)
    return replace(part, masks=(mask,))


def aperture_part(ring: Ring, name: str) -> Part:
    """The opening between the lips, which is not drawn but masks what lies behind it."""
    alpha = np.full((16, 4), 255, np.uint8)
    alpha[[0, 15]], alpha[[1, 14]] = 0, 128
    texture = np.dstack([np.zeros((16, 4, 3), np.uint8), alpha])
    v = np.array([0.5, 2.5, 13.5, 15.5]) / 16
    uv = np.stack(np.broadcast_arrays(np.full((4, INSIDE_COLUMNS), 0.5), v[:, None]), -1).astype(np.float32)
    return replace(_rows_part(name, ring, texture, uv, lambda o, f: ring.hole(*ring.lips(o, f), o), ()), drawn=False)


def line_part(layer: Layer, line: ClosedLine, ring: Ring) -> Part:
    """The drawn closed line: it bends with the upper lip, each piece turned and never stretched across, and goes when the ring
    has come."""
    opacity = _opacity((0.0, LINE_STAYS, LINE_OUT, 1.0), (1.0, 1.0, 0.0, 0.0))
    return _strip(layer, layer.name, line, ring, opacity)


def seam_part(ring: Ring, name: str, colour: Colour) -> Part:
    """The closed line of a mouth that is drawn open without an outline: it covers the seam as the lips meet."""
    thick = SEAM * ring.family.width * np.sin(np.linspace(0, np.pi, COLUMNS)) ** 0.5

    def middle(openness: float, form: float) -> F64:
        upper, lower = ring.lips(openness, form)
        return (upper + lower) / 2

    painting = paint_stroke(middle(0.0, 0.0), thick / 2, colour)

    def at(openness: float, form: float) -> F64:
        curve = middle(openness, form)
        along = np.gradient(curve, axis=0)
        across = np.stack([-along[:, 1], along[:, 0]], -1) / np.linalg.norm(along, axis=1, keepdims=True)
        edge = (thick / 2 + EDGE)[:, None] * across
        return np.stack([curve - edge, curve + edge])

    opacity = _opacity((0.0, SEAM_STAYS, SEAM_OUT, 1.0), (1.0, 1.0, 0.0, 0.0))
    return _rows_part(name, ring, painting.rgba, painting.uv(at(0.0, 0.0)), at, opacity)


def shade_part(layer: Layer, line: ClosedLine, ring: Ring) -> Part:
    """What is drawn below the closed line (the lower lip's shade): it rides on the middle of the lower lip."""
    texture, offset = pad_texture(layer.rgba, layer.offset)
    height, width = texture.shape[:2]
    uv = np.array([[[0, 0], [1, 0]], [[0, 1], [1, 1]]], np.float32)
    rest = line.frame.local(uv * (width, height) + offset)
    middle = len(line.curve) // 2
    part = _rows_part(f"{layer.name} shade", ring, texture, uv,
                      lambda o, f: rest + ring.lips(o, f)[1][middle] - line.curve[middle], (), rest)  # fmt: skip
    return replace(part, blend=layer.blend)


def _strip(layer: Layer, name: str, line: ClosedLine, ring: Ring, opacity: tuple[Keyforms, ...]) -> Part:
    """A layer on a strip of columns that bends with the upper lip."""
    texture, offset = pad_texture(layer.rgba, layer.offset)
    size = np.array([texture.shape[1], texture.shape[0]])
    pixels = line.frame.local(np.argwhere(layer.rgba[..., 3] > 0)[:, ::-1] + 0.5 + layer.offset)
    left, right = pixels[:, 0].min() - 2, pixels[:, 0].max() + 2
    x = np.concatenate([[left], line.curve[(line.curve[:, 0] > left) & (line.curve[:, 0] < right), 0], [right]])
    rest = np.repeat(np.stack([x, np.interp(x, line.curve[:, 0], line.curve[:, 1])], -1)[None], 2, 0)
    away = pixels[:, 1] - np.interp(pixels[:, 0], line.curve[:, 0], line.curve[:, 1])
    rest[..., 1] += np.array([[away.min() - 2], [away.max() + 2]])
    near = min(max(4 * float(line.half.max()), 6.0), 0.35 * ring.family.width)      # a dot does not bend

    def at(openness: float, form: float) -> F64:
        return _bent(rest, line.curve, ring.lips(min(openness, OPENINGS[2]), form)[0], near)     # beyond it is gone

    uv = ((line.frame.canvas(rest) - offset) / size).astype(np.float32)
    return replace(_rows_part(name, ring, texture, uv, at, opacity, rest), blend=layer.blend)


def _bent(points: F64, before: F64, after: F64, near: float) -> F64:
    """Points (R, C, 2) around the curve `before` carried to the curve `after`: each turns with the tangent at its place, those
    farther than `near` px from the curve the less."""
    x = np.clip(points[..., 0], before[0, 0], before[-1, 0])
    place = np.interp(x, before[:, 0], np.arange(len(before)))
    start, end = (np.stack([np.interp(place, np.arange(len(c)), c[:, k]) for k in (0, 1)], -1) for c in (before, after))
    angle = np.interp(place, np.arange(len(before)), _slopes(after) - _slopes(before))
    arm = points - start
    angle = angle * np.minimum(1, near / np.maximum(np.linalg.norm(arm, axis=-1), 1e-6))
    c, s = np.cos(angle), np.sin(angle)
    turned: F64 = end + np.stack([c * arm[..., 0] - s * arm[..., 1], s * arm[..., 0] + c * arm[..., 1]], -1)
    return turned


def _sharpness(upper: F64, lower: F64, end: int) -> float:
    """How far the point of a pen stroke around a corner stands out, in half strokes: 0 where the corner is round."""
    step = 2 if end == 0 else -3
    a, b = upper[step] - upper[end], lower[step] - lower[end]
    between = np.arccos(np.clip(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9), -1, 1))
    return float(1 / max(np.sin(between / 2), 0.2) - 1)


def _slopes(curve: F64) -> F64:
    """The angle of a curve at each of its points, from the points two before and two behind."""
    along = curve[np.minimum(np.arange(len(curve)) + 2, len(curve) - 1)] - curve[np.maximum(np.arange(len(curve)) - 2, 0)]
    angles: F64 = np.arctan2(along[:, 1], along[:, 0])
    return angles


def _rows_part(name: str, ring: Ring, texture: RGBA, uv: F32, at: Callable[[float, float], F64], opacity: tuple[Keyforms, ...],
               rest: F64 | None = None) -> Part:  # fmt: skip
    """A part of rows and columns; `at` gives its (R, C, 2) places in the mouth's frame by openness and form."""
    forms, openings = ring.keys
    rows, columns = uv.shape[:2]
    home = ring.frame.canvas(at(ring.openness, ring.form) if rest is None else rest).reshape(-1, 2)
    grid = np.stack([[ring.frame.canvas(at(o, f)).reshape(-1, 2) for o in openings] for f in forms])
    offsets = (grid - home).astype(np.float32)
    offsets[forms.index(ring.form), openings.index(ring.openness)] = 0
    mesh = Mesh(home.astype(np.float32), uv.reshape(-1, 2), strips(rows, columns))
    count = rows * columns
    one = np.ones(count, np.float32)
    return Part(name=name, part="mouth", texture=texture, mesh=mesh, depth=np.zeros(count, np.float32), head=one, body=one,
                keyforms=(Keyforms(AXES, (forms, openings), offsets), *opacity))  # fmt: skip


def strips(rows: int, columns: int) -> I32:
    """Triangles of a grid of rows x columns vertices.

    The diagonals of each quarter run so that no triangle lies flat where the outline turns around a corner of the shut mouth.
    """
    out = []
    for r in range(rows - 1):
        for c in range(columns - 1):
            a, b = r * columns + c, r * columns + c + 1
            d, e = a + columns, b + columns
            out += [(a, b, d), (b, e, d)] if (c < columns // 2) == (r < rows // 2) else [(a, b, e), (a, e, d)]
    return np.array(out, np.int32)


def _opacity(keys: tuple[float, ...], values: tuple[float, ...]) -> tuple[Keyforms, ...]:
    return (Keyforms(("ParamMouthOpenY",), (keys,), None, np.array(values, np.float32)),)

