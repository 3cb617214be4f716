"""A character by chance, whole: every part drawn complete under what covers it."""

from __future__ import annotations

import numpy as np

from layering.artist.accessories import draw_earwear, draw_eyewear
from layering.artist.bend import random_bend
from layering.artist.body import draw_arms, draw_neck, draw_trunk
from layering.artist.build import Build, random_build
from layering.artist.clothes import draw_clothes
from layering.artist.easel import Easel, Stance
from layering.artist.eyes import draw_eyes
from layering.artist.face import draw_ears, draw_face, draw_marks, draw_nose
from layering.artist.hair_back import draw_back, random_hair
from layering.artist.hair_front import draw_front
from layering.artist.hats import draw_headwear
from layering.artist.lower import draw_legs
from layering.artist.mouths import draw_mouth
from layering.artist.neckwear import draw_neckwear
from layering.artist.palette import Rng, random_palette
from layering.artist.props import draw_carried, draw_held, draw_tail, draw_wings
from layering.artist.style import random_style
from layering.stack import LayerStack


def random_stance(rng: Rng, build: Build, size: int) -> Stance:
    """How the figure fills a square canvas: head, bust, cowboy shot or whole; turned and tilted a little, by chance."""
    crop = float(rng.choice([0.25, 0.6, 1.0], p=(0.4, 0.3, 0.3)))
    foot = build.foot_y + 16
    if crop == 0.25:
        foot = build.shoulder_y + rng.uniform(30, 150)
    elif crop == 0.6:
        foot = build.waist_y + (build.foot_y - build.waist_y) * rng.uniform(0.0, 0.65)
    head = build.top + 50
    tall = foot + head
    scale = size * rng.uniform(0.8, 0.98) / max(tall, 330, build.shoulder * 2.4 if rng.random() < 0.5 else 0)
    bottom = size if crop < 1 else size * 0.98
    turned = rng.random() < 0.45
    yaw = float(np.clip(rng.normal(0, 14), -24, 24)) if turned else 0.0
    return Stance(
        scale=scale, origin=(size / 2 + rng.normal(0, 0.02) * size, bottom - foot * scale),
        yaw=yaw, pitch=rng.normal(0, 6) if turned else 0.0,
        roll=rng.normal(0, 6) if rng.random() < 0.4 else 0.0, pivot=(0.0, build.neck_end),
        lean=rng.normal(0, 4) if rng.random() < 0.2 else 0.0, bend=random_bend(rng),
        twist=yaw * rng.uniform(0, 1.3) + (rng.normal(0, 10) if rng.random() < 0.2 else 0.0), girth=build.shoulder,
    )  # fmt: skip


def random_character(rng: Rng, size: int = 768) -> LayerStack:
    """A character of any kind on a transparent canvas of size x size px, layers named by part."""
    build = random_build(rng)
    easel = Easel((size, size), random_stance(rng, build, size), random_style(rng), random_palette(rng), rng)
    hair = random_hair(rng, build)
    if rng.random() > 0.07:  # sometimes a head alone
        draw_figure(easel, build, (size - easel.stance.origin[1]) / easel.stance.scale)
    draw_back(easel, build, hair)
    shadows = draw_front(easel, build, hair)
    draw_ears(easel, build)
    draw_face(easel, build, shadows)
    draw_marks(easel, build)
    draw_nose(easel, build)
    draw_mouth(easel, build)
    draw_eyes(easel, build)
    if rng.random() < 0.36:
        draw_headwear(easel, build, hair)
    if rng.random() < 0.2:
        draw_eyewear(easel, build)
    if rng.random() < 0.12:
        draw_earwear(easel, build)
    return easel.stack()


def draw_figure(easel: Easel, build: Build, floor: float) -> None:
    """Everything below the head. floor: y of the canvas's bottom, in units."""
    rng = easel.rng
    armless = rng.random() < (0.2 if floor < build.waist_y else 0.03)
    draw_neck(easel, build)
    draw_trunk(easel, build)
    sleeve, trim = draw_clothes(easel, build, floor, armless)
    hands = [] if armless else draw_arms(easel, build, sleeve, trim)
    if floor > build.hip_y:
        draw_legs(easel, build, trim, sleeve)
    if rng.random() < 0.24:
        draw_neckwear(easel, build)
    if rng.random() < 0.1:
        draw_tail(easel, build)
    if rng.random() < 0.06:
        draw_wings(easel, build)
    if hands and rng.random() < 0.18:
        draw_held(easel, build, hands[int(rng.integers(0, 2))])
    if rng.random() < 0.08:
        draw_carried(easel, build)
