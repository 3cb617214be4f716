"""Eyes of many constructions: dots, discs, drops, almonds, anime eyes in up to six steps, narrow, closed and blank ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from layering.artist.brows import draw_brows
from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import Rng, from_hsv, mix, shaded, to_hsv
from layering.artist.shapes import Curve, Points, ellipse, join, move, ribbon, spline, tapered, turn, widths
from layering.artist.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Eye:
    """One construction, in units from the eye's middle with x outwards.

    w, h: half-sizes; tilt: degrees; openness: 0 shut .. 1; iris, tall: the iris's half-width as a share of w (0 for none), its
    height by its width; lash: thickness; wing: how far the outer corner sweeps, shares of w; low: fullness of the lower lid;
    steps: tones of the iris; rays, rings: drawn on it; pupil: share of the iris; shine: number of lights; gaze: shift of the
    iris in the picture, shares of w and h.
    """

    kind: str
    x: float
    y: float
    w: float
    h: float
    tilt: float
    openness: float
    iris: float
    tall: float
    lash: float
    wing: float
    low: float
    steps: int
    rays: bool
    rings: bool
    pupil: float
    shine: int
    gaze: tuple[float, float]
    crease: bool
    white: str
    ink: str


KINDS = ("anime", "round", "dot", "narrow", "drop", "plain", "almond")


def random_eye(rng: Rng, build: Build, easel: Easel) -> Eye:
    """The construction that both eyes share."""
    kind = str(rng.choice(KINDS, p=(0.39, 0.15, 0.07, 0.12, 0.06, 0.09, 0.12)))
    real = build.real
    w = {"anime": 27 - 5 * real, "round": 27, "dot": 8, "narrow": 23 - 2 * real, "drop": 20, "plain": 24 - 4 * real,
         "almond": 30 - 8 * real}[kind] * rng.uniform(0.75, 1.25)  # fmt: skip
    if kind != "dot" and rng.random() < 0.2:
        w *= rng.uniform(0.65, 1.5)
    w = min(w, 42)
    ratio = {
        "anime": 0.95 - 0.35 * real,
        "round": 1.0,
        "dot": rng.uniform(0.9, 1.9),
        "narrow": 0.42,
        "drop": 1.35,
        "plain": 0.75,
        "almond": rng.uniform(0.4, 0.8),
    }[kind]
    h = w * ratio * rng.uniform(0.85, 1.15)
    x = min(max(rng.normal(48 - 2 * real, 4), w + 8), 94 - w)
    mood = rng.random()
    openness = 0.0 if mood < 0.08 else rng.uniform(0.35, 0.65) if mood < 0.2 else 1.0
    dark = easel.style.ink or shaded(easel.palette.hair, 0.6, 0)
    if to_hsv(dark)[2] > 0.4:
        dark = shaded(dark, 0.6, 0)
    return Eye(
        kind=kind, x=x, y=rng.normal(0, 5), w=w, h=h, tilt=rng.normal(0, 5), openness=openness,
        iris=rng.uniform(0.3, 0.78) if kind == "round" else rng.uniform(0.42, 0.78), tall=rng.uniform(1.0, 1.3),
        lash=max(rng.uniform(2, 7) * (1.1 - 0.5 * build.manly), easel.style.weight * 0.8),
        wing=rng.uniform(0, 0.45) * (1 - build.manly), low=rng.uniform(0.55, 1.0), steps=int(rng.integers(1, 6)),
        rays=bool(rng.random() < 0.2), rings=bool(rng.random() < 0.1), pupil=rng.uniform(0.3, 0.6),
        shine=int(rng.integers(0, 4)),
        gaze=(rng.normal(0, 0.13), rng.normal(0, 0.1)), crease=bool(rng.random() < 0.6), white=easel.palette.white, ink=dark,
    )  # fmt: skip


def lids(eye: Eye) -> tuple[Curve, Curve]:
    """(upper lid from the inner to the outer corner, lower lid back), closed together."""
    w, h, up = eye.w, eye.h, eye.openness
    if eye.kind in ("round", "drop", "dot"):
        top = [
            (-w, 0),
            (-w * 0.8, -h * 0.6 * up),
            (-w * 0.4, -h * 0.92 * up),
            (0, -h * up),
            (w * 0.4, -h * 0.92 * up),
            (w * 0.8, -h * 0.6 * up),
            (w, 0),
        ]
        low = [(w, 0), (w * 0.8, h * 0.6), (w * 0.4, h * 0.92), (0, h), (-w * 0.4, h * 0.92), (-w * 0.8, h * 0.6), (-w, 0)]
    elif eye.kind == "almond":
        top = [(-w, h * 0.1), (-w * 0.55, -h * 0.7 * up), (0, -h * up), (w * 0.55, -h * 0.75 * up), (w, 0)]
        low = [(w, 0), (w * 0.5, h * 0.7 * eye.low), (0, h * eye.low), (-w * 0.5, h * 0.75 * eye.low), (-w, h * 0.1)]
    else:
        inner, outer = 0.28 * h, 0.04 * h
        top = [
            (-w, inner),
            (-w * 0.84, -h * 0.22 * up),
            (-w * 0.5, -h * 0.76 * up),
            (0, -h * up),
            (w * 0.55, -h * 0.86 * up),
            (w * 0.88, -h * 0.4 * up),
            (w, outer),
        ]
        f = eye.low
        low = [
            (w, outer),
            (w * 0.9, h * 0.42 * f),
            (w * 0.6, h * 0.8 * f),
            (0, h * f),
            (-w * 0.45, h * 0.9 * f),
            (-w * 0.8, h * 0.6 * f),
            (-w, inner),
        ]
    return turn(spline(top), -eye.tilt, (0, 0)), turn(spline(low), -eye.tilt, (0, 0))


def draw_eyes(easel: Easel, build: Build) -> None:
    """Both eyes and brows; sometimes one winks, sometimes they are blank and glow."""
    eye = random_eye(easel.rng, build, easel)
    if easel.rng.random() < 0.04:
        eye = replace(eye, white=str(easel.rng.choice([easel.palette.eye, "ffffff", "fff0f0"])), iris=0.0)
    hidden = str(easel.rng.choice(["l", "r"])) if easel.rng.random() < 0.02 else ""
    wink = easel.rng.random() < 0.06
    shut = int(easel.rng.integers(0, 3))
    odd = from_hsv(easel.rng.random(), 0.6, 0.7) if easel.rng.random() < 0.04 else ""
    for side in "rl".replace(hidden, "") if hidden else "rl":
        one = replace(eye, openness=0.0) if wink and side == "l" else eye
        colour = odd if odd and side == "l" else easel.palette.eye
        if one.openness == 0:
            draw_shut(easel, one, side, shut)
        else:
            draw_open(easel, one, side, colour)
    draw_brows(easel, build, (eye.x, eye.y), (eye.w, eye.h), eye.ink)


def placed(eye: Eye, side: str, curve: Points) -> Curve:
    """A curve in the eye's own units (x outwards) in head units."""
    c = np.asarray(curve, np.float64)
    return move(c if side == "l" else c * (-1, 1), eye.x if side == "l" else -eye.x, eye.y)


def draw_open(easel: Easel, eye: Eye, side: str, colour: str) -> None:
    """White, iris and lash of one eye."""
    upper, lower = (placed(eye, side, c) for c in lids(eye))
    opening = join(upper, lower)
    if eye.kind in ("dot", "drop"):
        sheet = easel.head()
        iris_dot(sheet, eye, side, opening, colour if eye.kind == "drop" else eye.ink)
        easel.add(56, sheet, "irides", side)
    else:
        white, iris = easel.head(), easel.head()
        if not eye.iris and easel.rng.random() < 0.6:
            glow(white, opening, easel.palette.eye)
        white.fill(opening, eye.white)
        if easel.style.tones > 1 and eye.kind != "round":
            white.fill(join(upper, move(upper, 0, eye.h * 0.3)[::-1]), mix(eye.white, "8f86a8", 0.3), within=opening)
        easel.add(55, white, "eyewhite", side)
        if eye.iris:
            draw_iris(iris, eye, side, colour, opening)
        easel.add(56, iris, "irides", side)
    lash = easel.head()
    draw_lash(lash, eye, side, upper, lower, easel)
    easel.add(57, lash, "eyelash", side)


def glow(sheet: Sheet, opening: Curve, colour: str) -> None:
    """A halo of light round a blank eye."""
    middle = opening.mean(0)
    for grown, share in ((1.5, 0.55), (1.2, 0.8)):
        sheet.fill(middle + (opening - middle) * grown, mix("ffffff", colour, share), blur=6)


def iris_dot(sheet: Sheet, eye: Eye, side: str, opening: Curve, colour: str) -> None:
    """An eye that is one dark shape with a light or two."""
    sheet.fill(opening, colour)
    middle = opening.mean(0)
    if eye.kind == "drop" and eye.steps > 1:
        sheet.fill(
            ellipse((middle[0], middle[1] + eye.h * 0.4), eye.w * 0.7, eye.h * 0.5), mix(colour, "ffffff", 0.3), within=opening
        )
        sheet.fill(
            ellipse((middle[0], middle[1] - eye.h * 0.1), eye.w * 0.45, eye.h * 0.5), shaded(colour, 0.6, 0), within=opening
        )
    for k in range(min(eye.shine, 2)):
        sheet.fill(
            ellipse(
                (middle[0] - eye.w * (0.3 - 0.6 * k), middle[1] - eye.h * (0.4 - 0.8 * k)),
                eye.w * (0.3 - 0.12 * k),
                eye.h * (0.24 - 0.1 * k),
            ),
            "ffffff",
        )


def draw_iris(sheet: Sheet, eye: Eye, side: str, colour: str, opening: Curve) -> None:
    """The iris in one to six steps, whole under the lids, then cut by the opening."""
    r = eye.iris * eye.w if eye.kind == "round" else min(eye.iris * eye.w, eye.h * 1.15)
    tall = r * (1.0 if eye.kind in ("round", "narrow") else eye.tall)
    cx = (eye.x if side == "l" else -eye.x) + eye.gaze[0] * eye.w
    cy = eye.y + eye.gaze[1] * eye.h

    def oval(dx: float, dy: float, rx: float, ry: float) -> Curve:
        return ellipse((cx + dx * r, cy + dy * tall), rx * r, ry * tall)

    whole = oval(0, 0, 1, 1)
    dark = shaded(colour, 0.55, 0.02)
    sheet.fill(whole, dark if eye.steps > 1 else colour)
    if eye.steps > 1:
        sheet.fill(oval(0, 0.03, 0.86, 0.88), colour, within=whole)
    if eye.steps > 2:
        sheet.fill(oval(0, 0.5, 0.8, 0.6), mix(colour, "fff2c0", 0.4), within=whole)
    if eye.steps > 3:
        sheet.fill(oval(0, 0.75, 0.5, 0.28), mix(colour, "ffffe8", 0.75), within=whole)
    if eye.rings:
        for share in (0.74, 0.5):
            sheet.fill(ribbon(oval(0, 0, share, share), r * 0.09), mix(colour, dark, 0.5), within=whole)
    if eye.rays:
        for a in np.linspace(0.3, np.pi - 0.3, 8):
            spoke = [(cx + q * r * np.cos(a), cy + q * tall * np.sin(a)) for q in (0.5, 0.85)]
            sheet.ink(spline(spoke), dark, 1.2)
    if eye.steps > 1 and eye.kind != "round":
        sheet.fill(oval(0, -0.95, 1.1, 0.7), dark, within=whole)
    sheet.fill(oval(0, 0.02, eye.pupil, eye.pupil), shaded(colour, 0.85, 0) if eye.steps > 1 else "1b1620", within=whole)
    spots = ((-0.36, -0.4, 0.28, 0.28), (0.38, 0.44, 0.15, 0.15), (0.5, -0.2, 0.09, 0.09))
    for dx, dy, rx, ry in spots[: eye.shine]:
        sheet.fill(oval(dx, dy, rx, ry), "ffffff", within=whole)
    sheet.keep(opening)


def draw_lash(sheet: Sheet, eye: Eye, side: str, upper: Curve, lower: Curve, easel: Easel) -> None:
    """The line round the eye: even for cartoon eyes, swelling outwards with a wing and lashes for others."""
    t = easel.style.weight
    if eye.kind == "dot" or (eye.kind in ("round", "plain", "almond") and eye.wing < 0.25 and eye.lash < 5):
        if eye.kind == "almond" or (t and eye.kind != "dot"):
            line = join(upper, lower)
            sheet.fill(ribbon(line, max(t, 1.5)), eye.ink)
        elif eye.kind == "plain":
            sheet.ink(upper, eye.ink, max(eye.lash * 0.7, 2), (0.2, 0.1))
        return
    sheet.fill(
        ribbon(upper, widths(upper, ((0, 1), (0.3, eye.lash * 0.7), (0.8, eye.lash * 1.15), (1, eye.lash * 0.9)))), eye.ink
    )
    corner, out = upper[-1], 1 if side == "l" else -1
    if eye.wing > 0.08:
        tip = corner + np.array([out * eye.w * eye.wing, -eye.h * (0.1 + 0.3 * eye.wing)])
        sheet.fill(tapered(spline([upper[-len(upper) // 6], corner, tip]), eye.lash * 1.2, (0.1, 0.8), 0), eye.ink)
    if eye.wing > 0.25:
        for share in (0.75, 0.9):
            root = upper[int(len(upper) * share)]
            tip = root + np.array([out * eye.w * 0.22, -eye.h * 0.22 - 2])
            sheet.fill(tapered(spline([root, (root + tip) / 2 + (0, 1.5), tip]), eye.lash * 0.8, (0, 1), 0), eye.ink)
    if eye.low < 0.9 or t > 2:
        count = len(lower)
        sheet.ink(lower[: int(count * 0.7)], eye.ink, max(t * 0.8, eye.lash * 0.35), (0.05, 0.7))
    if eye.crease:
        sheet.ink(
            move(upper[len(upper) // 8 : -len(upper) // 8], 0, -eye.lash - 3),
            mix(easel.palette.skin, eye.ink, 0.6),
            max(t * 0.6, 1.2),
            (0.4, 0.4),
        )


def draw_shut(easel: Easel, eye: Eye, side: str, kind: int) -> None:
    """A closed eye: smiling upwards, resting downwards, or a plain line; on the lash layer."""
    w, h = max(eye.w, 16), max(eye.h * 0.5, 7)
    sign = (1.0, -1.0, 0.15)[kind]
    line = placed(
        eye,
        side,
        spline([(-w, sign * h * 0.4), (-w * 0.4, -sign * h * 0.35), (w * 0.35, -sign * h * 0.35), (w, sign * h * 0.4)]),
    )
    weight = max(eye.lash, easel.style.weight, 2.5) * (1.0 if eye.steps < 4 else 1.7)
    sheet = easel.head()
    sheet.ink(line, eye.ink, weight, (0.25, 0.15), 0.3)
    if eye.wing > 0.15:
        for share in (0.8, 0.95):
            root = line[int(len(line) * share)]
            tip = root + np.array([(1 if side == "l" else -1) * 7, sign * 3 + 3])
            sheet.fill(tapered(spline([root, tip]), weight * 0.8, (0, 1), 0), eye.ink)
    easel.add(57, sheet, "eyelash", side)
