"""Eyes redrawn larger: white, iris in the person's own colour, pupil, lights, lash line and the lid's crease; and the brows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stylize.flat.colour import Colour, colour_of, lab_of, mix, to_lab
from stylize.flat.marks import BROW_LOW, BROW_TOP, IRIS, LOWER_LID, OVAL, UPPER_LID, FaceMarks
from stylize.flat.pen import Curve, Sheet, ellipse, even, part, profile, ribbon, smoothed, spline
from stylize.flat.tones import Tones
from stylize.stylizer import Picture

WIDER = 1.24
"""How much wider than in the photo an eye is drawn."""
LEAST, MOST = 0.54, 0.84
"""Height of the drawn opening as a share of its width."""
TALLER = 1.66
"""How much taller than in the photo the opening is drawn, within LEAST and MOST."""
NARROWEST, WIDEST = 0.078, 0.132
"""Half the width of an eye, in face units."""
WHITE: Colour = (250, 247, 244)
LIGHT: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """One eye as it will be drawn. upper, lower: its lids from the outer to the inner corner, px. centre: of the iris; radius,
    tall: half its width and height, px. width, height: of the opening. out, down: unit vectors towards the temple and the chin.
    """

    side: str
    upper: Curve
    lower: Curve
    centre: Curve
    radius: float
    tall: float
    width: float
    height: float
    out: Curve
    down: Curve

    @property
    def opening(self) -> Curve:
        """The outline of what is seen between the lids."""
        return np.vstack([self.upper, self.lower[::-1]])


def plan_eye(face: FaceMarks, side: str, heights: float) -> Eye:
    """Find the lines of an eye; heights: how tall both eyes are in the photo, as a share of their width."""
    upper, lower = face.line(UPPER_LID[side]), face.line(LOWER_LID[side])
    corners = upper[[0, -1]]
    middle = corners.mean(0)
    arm = corners[0] - corners[1]
    out = arm / np.hypot(*arm)
    down = face.down - (face.down @ out) * out
    down /= np.hypot(*down)
    real = float(np.hypot(*arm)) / 2
    half = float(np.clip(real * WIDER, NARROWEST * face.unit, WIDEST * face.unit))
    room = _room(face, middle, out)
    half = float(np.clip(half, NARROWEST * face.unit, max(room, NARROWEST * face.unit)))
    middle = middle - max(half - room, 0.12 * (half - real), 0.0) * out
    height = float(np.clip(heights * TALLER, LEAST, MOST)) * 2 * 0.12 * face.unit
    top = [(-1.0, 0.14), (-0.86, -0.16), (-0.5, -0.50), (0.02, -0.66), (0.5, -0.58), (0.82, -0.30), (1.0, 0.02)]
    low = [(-1.0, 0.14), (-0.78, 0.22), (-0.3, 0.33), (0.2, 0.36), (0.64, 0.27), (0.9, 0.12), (1.0, 0.02)]
    place = lambda rows: middle + np.array([s * half * out + t * height * down for s, t in rows])  # noqa: E731
    slope = _slope(upper, lower, out, down, half)
    top_line, low_line = (spline(place([(s, t + slope * s) for s, t in rows]))[::-1] for rows in (top, low))
    iris = face.line(IRIS[side])
    gaze = (iris[0] - middle) / (np.hypot(*arm) / 2)
    across = float(np.clip(gaze @ out, -0.45, 0.45)) * half * 0.9
    vertical = float(np.clip(gaze @ down, -0.3, 0.3)) * half * 0.5
    tall = 0.53 * height
    radius = min(0.9 * tall, 0.68 * half)
    centre = middle + across * out + (vertical * 0.4 - 0.12 * height) * down
    return Eye(side, top_line, low_line, centre, radius, tall, 2 * half, height, out, down)


def _room(face: FaceMarks, middle: Curve, out: Curve) -> float:
    """Px from an eye's middle outwards to where the face ends, less a margin: the far eye of a turned head has little."""
    arm = even(np.vstack([face.line(OVAL), face.points[OVAL[:1]]])) - middle
    level = np.abs(arm @ np.array([-out[1], out[0]])) < 0.05 * face.unit
    ahead = (arm @ out)[level & (arm @ out > 0)]
    return max(float(ahead.min()) - 0.02 * face.unit, 0.05 * face.unit) if len(ahead) else face.unit


def _slope(upper: Curve, lower: Curve, out: Curve, down: Curve, half: float) -> float:
    """A small lift of the outer corner where the photo's lids have their bulk outwards and up."""
    line = (upper[2:7] + lower[2:7]) / 2
    s, t = (line - line.mean(0)) @ out, (line - line.mean(0)) @ down
    return float(np.clip((s @ t) / max(float(s @ s), 1e-6) * 0.6, -0.08, 0.08))


def openness(face: FaceMarks) -> float:
    """Height of the photo's eyes as a share of their width, both together."""
    shares = []
    for side in ("r", "l"):
        upper, lower = face.line(UPPER_LID[side]), face.line(LOWER_LID[side])
        shares.append(float(np.hypot(*(upper[4] - lower[4])) / max(np.hypot(*(upper[0] - upper[-1])), 1e-6)))
    return float(np.mean(shares))


def iris_colour(rgb: Picture, face: FaceMarks) -> Colour:
    """The colour of both irises, cleared and strengthened as a drawing has it; rgb in the face's own px."""
    pixels = []
    for side in ("r", "l"):
        ring = face.line(IRIS[side])
        radius = float(np.hypot(*(ring[1:] - ring[0]).T).mean())
        left, top = (max(int(v - radius - 2), 0) for v in ring[0])
        near = rgb[top : int(ring[0, 1] + radius) + 2, left : int(ring[0, 0] + radius) + 2]
        y, x = np.mgrid[: near.shape[0], : near.shape[1]]
        away = np.hypot(x + left + 0.5 - ring[0, 0], y + top + 0.5 - ring[0, 1]) / max(radius, 1.0)
        below = y + top > ring[0, 1] - 0.3 * radius
        found = near[(away > 0.45) & (away < 0.9) & below]
        if len(found):
            pixels.append(to_lab(found[None])[0])
    if sum(map(len, pixels)) < 6:
        return (96, 70, 54)
    lab = np.concatenate(pixels)
    light, a, b = np.median(lab[(lab[:, 0] > np.quantile(lab[:, 0], 0.25)) & (lab[:, 0] < np.quantile(lab[:, 0], 0.85))], 0)
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a))) % 360
    if hue > 265 or hue < 35:                                              # no eye is purple or red: a cast of the light
        hue = 255.0 if 265 < hue < 300 and light > 40 else 55.0
    wanted, angle = float(np.clip(chroma * 1.35 + 4, 10, 42)), np.radians(hue)
    return colour_of((float(np.clip(light * 0.9 + 6, 26, 56)), wanted * np.cos(angle), wanted * np.sin(angle)))


def draw_eye(size: tuple[int, int], eye: Eye, tones: Tones) -> dict[str, Sheet]:
    """The white, the iris and the lash of one eye, each on a sheet of its own."""
    white, iris, lash = Sheet(size), Sheet(size), Sheet(size)
    white.fill(eye.opening, WHITE)
    band = np.vstack([eye.upper, (eye.upper + eye.down * eye.height * 0.17)[::-1]])
    white.fill(band, mix(WHITE, tones.skin_line, 0.24), within=eye.opening)
    _draw_iris(iris, eye, tones.iris)
    _draw_lash(lash, eye, tones)
    return {f"eyewhite-{eye.side}": white, f"irides-{eye.side}": iris, f"eyelash-{eye.side}": lash}


def _draw_iris(sheet: Sheet, eye: Eye, colour: Colour) -> None:
    """Rim, tone, lit crescent, shade under the lid, pupil and two lights, cut by the lids."""
    r, tall = eye.radius, eye.tall
    right = eye.out if eye.side == "l" else -eye.out

    def oval(dx: float, dy: float, rx: float, ry: float) -> Curve:
        return ellipse(eye.centre + dx * r * right + dy * tall * eye.down, rx * r, ry * tall, right)

    light, a, b = lab_of(colour)
    dark = colour_of((light * 0.42, a * 0.7, b * 0.6))
    bright = colour_of((min(light + 17, 78), a * 1.1, b * 1.15))
    whole = oval(0, 0, 1, 1)
    sheet.fill(whole, dark)
    sheet.fill(oval(0, 0.02, 0.86, 0.87), colour, within=whole)
    sheet.fill(oval(0, 0.48, 0.66, 0.42), bright, within=whole)
    sheet.fill(oval(0, -0.86, 1.1, 0.62), mix(colour, dark, 0.75), within=whole)
    sheet.fill(oval(0, 0.0, 0.46, 0.46), colour_of((5, a * 0.1, b * 0.1)), within=whole)
    sheet.fill(oval(-0.34, -0.36, 0.27, 0.25), LIGHT, within=whole)
    sheet.fill(oval(0.36, 0.40, 0.13, 0.12), LIGHT, within=whole)
    sheet.keep(eye.opening)


def _draw_lash(sheet: Sheet, eye: Eye, tones: Tones) -> None:
    """The upper lash line swelling outwards with a small wing, the lower line, and the crease above."""
    thick = 0.115 * eye.height + 0.012 * eye.width
    upper = even(eye.upper)
    tip = upper[0] + eye.out * 0.075 * eye.width - eye.down * 0.05 * eye.height
    line = smoothed(np.vstack([np.linspace(tip, upper[0], 8)[:-1], upper]), thick * 0.8)
    line = line - eye.down * thick * 0.2
    width = profile(line, (0, 0.12), (0.16, 1.1), (0.55, 0.95), (0.9, 0.55), (1, 0.15)) * thick
    sheet.fill(ribbon(line, width), tones.lash)
    low = part(eye.lower, 0.0, 0.66)
    thin = profile(low, (0, 0.62), (0.4, 0.42), (1, 0.08)) * thick * 0.62
    sheet.fill(ribbon(low, thin), mix(tones.lash, tones.skin_line, 0.35))
    crease = part(upper, 0.1, 0.86) - eye.down * (0.2 * eye.height + thick * 0.55)
    crease = crease + eye.out * 0.02 * eye.width
    sheet.fill(ribbon(crease, profile(crease, (0, 0.2), (0.45, 1), (1, 0.15)) * thick * 0.34), tones.skin_line)


def draw_brow(size: tuple[int, int], face: FaceMarks, side: str, eye: Eye, tones: Tones) -> Sheet:
    """A brow along the photo's, lifted clear of the larger eye."""
    top, low = face.line(BROW_TOP[side]), face.line(BROW_LOW[side])
    middle = (top + low) / 2
    roof = float(((eye.upper - eye.centre) @ eye.down).min())
    gap = roof - float(((middle - eye.centre) @ eye.down).max())
    lift = max(0.055 * face.unit - gap, 0.0) * 0.85
    line = even(spline(middle - eye.down * lift))
    strong = float(np.clip((lab_of(tones.skin)[0] - lab_of(tones.brow)[0] - 15) / 45, 0, 1))
    thick = (0.95 + 0.4 * strong) * float(np.median(np.hypot(*(top - low).T)))
    width = profile(line, (0, 0.1), (0.4, 0.72), (0.85, 1.0), (1, 0.72)) * thick
    return Sheet(size).fill(ribbon(line, width), tones.brow)
