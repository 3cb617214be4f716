"""The heroine, Kirie's own demo character, as layers with every hidden pixel drawn."""

from __future__ import annotations

from dataclasses import replace

from layering.artist import heroine_dress as dress
from layering.artist import heroine_hair as hair
from layering.artist import heroine_head as head
from layering.artist.heroine_palette import LIFT, PICTURE
from layering.stack import LayerStack


def heroine() -> LayerStack:
    """A flat-shaded bust, 1024x1024, frontal, eyes open, mouth closed. No randomness: always the same picture."""
    shadow = [head.brow_shadow(x) for x in hair.fringe()]
    layers = [
        hair.back(), head.ear("r"), head.ear("l"), head.neck(), dress.topwear(), dress.collar(), dress.bow(),
        head.face(shadow), head.blush(), head.nose(),
        head.mouth_shut(), head.mouth_open(),
        *(f(s) for s in "rl" for f in (head.eyewhite, head.irides, head.eyelash, head.eyebrow)),
        hair.strand("front hair-1", hair.SIDE_R, hair.SWEEP[:1]), hair.strand("front hair-2", hair.SIDE_L, hair.TUCK[:1]),
        hair.crown(), hair.strand("front hair-3", hair.SWEEP), hair.strand("front hair-4", hair.TUCK),
        hair.ahoge(), dress.pinwheel(),
    ]  # fmt: skip
    return LayerStack(PICTURE, tuple(replace(x, offset=(x.offset[0], x.offset[1] - LIFT)) for x in layers))
