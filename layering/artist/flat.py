"""A drawn character becomes a picture as people post it: one flat image on some ground, rescaled, compressed, a little worn."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from layering.artist.palette import Rng, any_colour
from layering.stack import PARTS, RGBA, LayerStack, crop_to_canvas

LABELS: tuple[str, ...] = ("", *PARTS)
"""What a label map's numbers mean; 0 is outside the figure."""

Labels = npt.NDArray[np.uint8]
Picture = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FlatPicture:
    """rgba: uint8 (H, W, 4), straight alpha. labels: uint8 (H, W), index into LABELS of the topmost part at each pixel."""

    rgba: RGBA
    labels: Labels


def label_map(stack: LayerStack) -> Labels:
    """uint8 (H, W): index into LABELS of the topmost shown layer whose alpha is over half, 0 outside."""
    out = np.zeros(stack.canvas[::-1], np.uint8)
    for layer in stack.layers:
        cut = crop_to_canvas(layer, stack.canvas) if layer.shown else None
        if cut is not None:
            rows, columns, rgba = cut
            out[rows, columns][rgba[..., 3] > 127] = LABELS.index(layer.part)
    return out


def flatten(stack: LayerStack, rng: Rng) -> FlatPicture:
    """The stack as a flat picture, damaged by chance, with its labels; most are cut out, the rest stand on a ground."""
    rgba, labels = stack.composite(), label_map(stack)
    if rng.random() < 0.5:
        rgba, labels = rescaled(rgba, labels, rng)
    if rng.random() < 0.06:
        rgba = sticker(rgba, rng)
    rgba = toned(rgba, rng)
    if rng.random() < 0.36:
        rgba = grounded(rgba, rng)
    return FlatPicture(worn(rgba, rng), labels)


def rescaled(rgba: RGBA, labels: Labels, rng: Rng) -> tuple[RGBA, Labels]:
    """Made smaller, and sometimes larger again, as pictures on the way through the web are."""
    h, w = labels.shape
    share = rng.uniform(0.45, 1.0)
    small = int(w * share), int(h * share)
    soft = cv2.resize(premultiplied(rgba), small, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.4:
        back = cv2.resize(soft, (w, h), interpolation=cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC)
        return straightened(back), labels
    return straightened(soft), cv2.resize(labels, small, interpolation=cv2.INTER_NEAREST)


def premultiplied(rgba: RGBA) -> Picture:
    """float32 (H, W, 4), 0..255, colour times alpha."""
    out = rgba.astype(np.float32)
    out[..., :3] *= out[..., 3:] / 255
    return out


def straightened(soft: Picture) -> RGBA:
    """Premultiplied float 0..255 → uint8 straight alpha."""
    alpha = np.clip(soft[..., 3:], 0, 255)
    colour = np.divide(soft[..., :3] * 255, alpha, out=np.zeros_like(soft[..., :3]), where=alpha > 0.5)
    return np.rint(np.clip(np.concatenate([colour, alpha], -1), 0, 255)).astype(np.uint8)


def sticker(rgba: RGBA, rng: Rng) -> RGBA:
    """A white border round the figure; it belongs to no part."""
    size = int(rng.integers(3, 12))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1))
    wide = cv2.dilate(rgba[..., 3], disc)
    return over(rgba, np.dstack([np.full((*wide.shape, 3), 255, np.uint8), wide]))


def over(rgba: RGBA, ground: RGBA) -> RGBA:
    """`rgba` laid over `ground`, both straight uint8."""
    a, b = premultiplied(rgba), premultiplied(ground)
    return straightened(a + b * (1 - a[..., 3:] / 255))


def toned(rgba: RGBA, rng: Rng) -> RGBA:
    """A wash of light over the whole figure, grain of paper, a shift of contrast."""
    out = rgba[..., :3].astype(np.float32)
    h, w = out.shape[:2]
    if rng.random() < 0.15:
        out *= glow(h, w, rng)
    if rng.random() < 0.15:
        ramp = np.linspace(rng.uniform(0.75, 1.1), rng.uniform(0.75, 1.1), h, dtype=np.float32)[:, None, None]
        out *= ramp
    if rng.random() < 0.12:
        grain = cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), rng.uniform(0.6, 2.5))
        out += (grain / max(float(grain.std()), 1e-6))[..., None] * rng.uniform(1, 6)
    if rng.random() < 0.25:
        out = (out - 128) * rng.uniform(0.75, 1.15) + 128 + rng.uniform(-14, 14)
    return np.dstack([np.rint(np.clip(out, 0, 255)).astype(np.uint8), rgba[..., 3]])


def glow(h: int, w: int, rng: Rng) -> Picture:
    """float32 (h, w, 3): coloured light that falls from one side and goes over into coloured shade."""
    a = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j].astype(np.float32)
    share = np.clip(0.5 + (x * np.cos(a) + y * np.sin(a)) * rng.uniform(0.4, 1.5), 0, 1)[..., None]
    ends = rng.uniform(0.6, 1.05, (2, 3)).astype(np.float32)
    return np.asarray(ends[0] + (ends[1] - ends[0]) * share, np.float32)


def rgb(colour: str) -> tuple[int, int, int]:
    """(r, g, b), 0..255."""
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def grounded(rgba: RGBA, rng: Rng) -> RGBA:
    """The figure on white, a colour, a run of colours, stripes, discs, or a blurred place."""
    h, w = rgba.shape[:2]
    ground = np.empty((h, w, 3), np.float32)
    ground[:] = 255 if rng.random() < 0.4 else rgb(any_colour(rng))
    kind = rng.random()
    second = np.array(rgb(any_colour(rng)), np.float32)
    if 0.5 < kind < 0.65:
        ground += (second - ground) * np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    elif 0.65 < kind < 0.75:
        y, x = np.mgrid[:h, :w]
        a = rng.uniform(0, np.pi)
        ground[((x * np.cos(a) + y * np.sin(a)) // rng.uniform(10, 60)) % 2 > 0] = second
    elif kind >= 0.75:
        ground = busy(ground, rng)
    return over(rgba, np.dstack([np.rint(np.clip(ground, 0, 255)).astype(np.uint8), np.full((h, w), 255, np.uint8)]))


def busy(ground: Picture, rng: Rng) -> Picture:
    """Discs and boxes of many colours, sharp or out of focus."""
    h, w = ground.shape[:2]
    out = np.ascontiguousarray(ground)
    for _ in range(int(rng.integers(4, 40))):
        x, y, r = int(rng.integers(0, w)), int(rng.integers(0, h)), int(rng.uniform(0.02, 0.25) * w)
        tone = tuple(float(v) for v in rgb(any_colour(rng)))
        if rng.random() < 0.5:
            cv2.circle(out, (x, y), r, tone, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(out, (x, y), (x + r, y + int(r * rng.uniform(0.3, 3))), tone, -1)
    return cv2.GaussianBlur(out, (0, 0), rng.uniform(2, 25)) if rng.random() < 0.6 else out


def worn(rgba: RGBA, rng: Rng) -> RGBA:
    """Blur, sharpening, JPEG. Colour under full transparency stays as it is."""
    out = np.ascontiguousarray(rgba[..., :3])
    if (rgba[..., 3] == 255).all() and rng.random() < 0.6:
        _, code = cv2.imencode(".jpg", out[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 97))])
        out = cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1]
    if rng.random() < 0.12:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.1))
    elif rng.random() < 0.1:
        soft = cv2.GaussianBlur(out, (0, 0), 1.2)
        out = cv2.addWeighted(out, 1.6, soft, -0.6, 0)
    return np.dstack([out, rgba[..., 3]])
