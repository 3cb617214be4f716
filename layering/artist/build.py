"""Proportions: of the head, from chibi to realistic, and of the figure below it. All in head units."""

from __future__ import annotations

from dataclasses import dataclass

from layering.artist.palette import Rng
from layering.artist.shapes import Curve, Point, spline


@dataclass(frozen=True, slots=True)
class Build:
    """chin, top: units below and above the eye line. cheek, jaw, tip: half-widths there as shares of the face's.
    neck: half its width; neck_end: y where it meets the shoulders. shoulder, waist, hip: half-widths; shoulder_y, waist_y,
    hip_y, foot_y: heights. limb: half-width of the upper arm. manly, real: 0..1.
    """

    chin: float
    top: float
    cheek: float
    jaw: float
    tip: float
    neck: float
    neck_end: float
    shoulder: float
    waist: float
    hip: float
    shoulder_y: float
    waist_y: float
    hip_y: float
    foot_y: float
    limb: float
    manly: float
    real: float


def random_build(rng: Rng) -> Build:
    """`real` runs from chibi (0) over anime (0.4) to realistic (1)."""
    real = float(rng.beta(1.3, 1.5))
    manly = float(rng.random() < 0.35) * rng.uniform(0.3, 1)
    chin = 78 + 62 * real + rng.normal(0, 8) + 10 * manly
    top = 128 + 14 * rng.normal(0, 1) + 8 * (1 - real)
    head = chin + top
    heads = max(2.1, 2.3 + 5 * real**1.2 + rng.normal(0, 0.4))
    rest = (heads - 1) * head
    neck = (24 + 26 * real) * (1 + 0.45 * manly) * rng.uniform(0.8, 1.3)
    neck_end = chin + head * (0.05 + 0.1 * real)
    shoulder = (66 + 105 * real) * (1 + 0.35 * manly) * rng.uniform(0.9, 1.12)
    hip = shoulder * rng.uniform(0.68, 0.98) * (1 - 0.15 * manly)
    cheek = rng.uniform(0.82, 0.97)
    return Build(
        chin, top, cheek, cheek * (rng.uniform(0.56, 0.84) + 0.08 * manly),
        rng.uniform(0.08, 0.34) + 0.1 * manly, neck, neck_end,
        shoulder, min(shoulder, hip) * rng.uniform(0.66, 0.96), hip, neck_end + head * 0.08 * rng.uniform(0.6, 1.2),
        chin + rest * 0.3, chin + rest * 0.45, chin + rest, shoulder * rng.uniform(0.17, 0.27), manly, real,
    )  # fmt: skip


def face_half(build: Build) -> list[Point]:
    """The right half of the face's contour from the top of the skull to the chin."""
    c, t = build.chin, build.top * 0.93
    return [(0, -t), (58, -t * 0.92), (94, -t * 0.55), (101, -t * 0.12), (99, c * 0.22), (100 * build.cheek, c * 0.46),
            (100 * build.jaw, c * 0.8), (100 * build.tip, c * 0.975), (0, c)]  # fmt: skip


def face_outline(build: Build) -> Curve:
    """The whole face with the skull under the hair, closed."""
    half = face_half(build)
    return spline([*half, *((-x, y) for x, y in half[-2:0:-1])], closed=True)


def jaw_line(build: Build) -> Curve:
    """The visible contour, temple to temple (picture's right to left)."""
    half = face_half(build)[3:]
    return spline([*half, *((-x, y) for x, y in half[-2::-1])])


def dome(build: Build, thick: float, end: float) -> list[Point]:
    """The head's silhouette with hair, from left to right over the crown, both ends at y = `end`.

    thick: units of hair over the skull.
    """
    t, w = build.top + thick, 100 + thick
    half = [(w * 0.97, end), (w * 1.01, end * 0.4), (w, -t * 0.3), (w * 0.86, -t * 0.66), (w * 0.5, -t * 0.93)]
    return [*((-x, y) for x, y in half), (0, -t), *half[::-1]]
