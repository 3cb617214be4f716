"""Hair behind the face: where back hair ends at the cheek, a turned head would open a gap. It is continued under the face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layering.stack import RGBA as Pixels
from layering.stack import Layer, LayerStack, crop_to_canvas
from rig.anchors import Anchors
from rig.headshape import Mask, solid_of
from rig.puppet import Keyforms

BEHIND = "hair behind face"
HAIR = ("back hair", "hair")
REACH = 0.3
"""Of the face's width: how far the hair is continued under the cheek, more than the cheek ever moves."""
LOOK = 0.07
"""Of the face's width: how near to the face's edge hair must end to be continued."""
BRIDGE = 0.4
"""Of the face's width: the longest run of rows without such hair that is bridged."""


def hair_behind_face(stack: LayerStack, anchors: Anchors) -> LayerStack:
    """The stack with one more layer, BEHIND, where hair touches the face's edge and none lies behind it.

    Row by row the hair's own colour next to the cheek is carried on under the face. Nothing is added where the artist has
    painted the hair through. The layer lies behind all hair and shows only while the head is turned (`while_turned`): painted
    faces are seldom wholly opaque, and the rest pose must stay the picture.
    """
    face_at = next((i for i, x in enumerate(stack.layers) if x.part == "face" and x.shown), None)
    if face_at is None:
        return stack
    behind = replace(stack, layers=stack.layers[:face_at])
    hair = [i for i, x in enumerate(behind.layers) if x.part in HAIR and x.shown]
    if not hair:
        return stack
    made = _continued(stack, behind, solid_of(stack, ("face",)), anchors)
    if made is None:
        return stack
    return replace(stack, layers=(*stack.layers[: hair[0]], made, *stack.layers[hair[0] :]))


def while_turned(anchors: Anchors) -> Keyforms:
    """Opacity 0 as the head is drawn and 1 from two degrees of turn on."""
    keys = tuple((at - 2.0, at, at + 2.0) for at in (anchors.yaw, 0.0))
    opacity = np.ones((3, 3), np.float32)
    opacity[1, 1] = 0
    return Keyforms(("ParamAngleX", "ParamAngleY"), keys, None, opacity)


def _continued(whole: LayerStack, behind: LayerStack, cover: Mask, anchors: Anchors) -> Layer | None:
    """The continued hair as a layer, or None when nothing is missing."""
    solid, picture = solid_of(behind, HAIR), _colours(behind)
    shown, seen = solid_of(whole, (*HAIR, "front hair")), _colours(whole)
    canvas = np.zeros((*cover.shape, 4), np.uint8)
    reach, look = int(REACH * anchors.width), max(2, int(LOOK * anchors.width))
    rows = np.flatnonzero(cover.any(1))
    first, last = cover[rows].argmax(1), cover.shape[1] - 1 - cover[rows, ::-1].argmax(1)
    for edges, way in ((first, 1), (last, -1)):
        tones = np.array([_touching(picture[y], solid[y], seen[y], shown[y], edge, way, look)
                          for y, edge in zip(rows, edges, strict=True)])  # fmt: skip
        for y, edge, tone in zip(rows, edges, _evened(tones, int(BRIDGE * anchors.width)), strict=True):
            depth = int(reach * np.clip((anchors.chin[1] - y) / (0.25 * anchors.width) - 0.4, 0, 1))  # the jaw's end is free
            if tone[3] and depth:
                span = np.arange(edge, edge + way * depth, way)
                span = span[(span >= 0) & (span < cover.shape[1])]
                canvas[y, span[cover[y, span]]] = tone
    missing = (canvas[..., 3] > 0) & ~solid
    return _as_layer(canvas, shown, max(1.5, 0.015 * anchors.width)) if missing.sum() > 16 else None


def _touching(row: Pixels, solid: Mask, seen: Pixels, shown: Mask, edge: int, way: int, look: int) -> Pixels:
    """The hair's colour uint8 (4,) in one row around the face's edge: of the back hair, else of hair before the face.

    All 0 where no hair is near.
    """
    near = np.arange(edge - way * look, edge + way * look, way)
    near = near[(near >= 0) & (near < len(solid))]
    for colours, there in ((row, solid), (seen, shown)):
        mine = near[there[near]]
        if len(mine):
            return np.median(colours[mine], axis=0).astype(np.uint8)
    return np.zeros(4, np.uint8)


def _evened(tones: Pixels, bridge: int) -> Pixels:
    """Colours uint8 (rows, 4) without the streaks that outlines and strands make, and short gaps bridged.

    A running median over about a tenth of the rows, its steps smoothed; gaps of up to `bridge` rows take the colour of their
    nearer end.
    """
    import cv2

    known = np.flatnonzero(tones[:, 3])
    if not len(known):
        return tones
    even = np.stack([cv2.medianBlur(np.ascontiguousarray(tones[known, c])[:, None], len(known) // 20 * 2 + 3)[:, 0]
                     for c in range(4)], -1)  # fmt: skip
    even = cv2.blur(even, (1, len(known) // 10 * 2 + 1), borderType=cv2.BORDER_REPLICATE)
    at = np.arange(len(tones))
    after = np.clip(np.searchsorted(known, at), 0, len(known) - 1)
    before = np.clip(after - (known[after] != at), 0, len(known) - 1)
    inside = (known[before] <= at) & (at <= known[after]) & (known[after] - known[before] <= bridge)
    nearer = np.where(at - known[before] < known[after] - at, before, after)
    return np.where(inside[:, None], even[nearer], 0).astype(np.uint8)


def _as_layer(rgba: Pixels, beside: Mask, smooth: float) -> Layer | None:
    """What was made row by row, its outline smoothed over `smooth` px: no steps and no spikes where it ends, but whole where
    it meets the hair `beside` it.
    """
    import cv2

    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    kept = cv2.morphologyEx((rgba[..., 3] > 0).astype(np.uint8), cv2.MORPH_OPEN, round_)
    share = cv2.GaussianBlur(((kept > 0) | beside).astype(np.float32), (0, 0), smooth)
    made = (share > 0.5) & (kept > 0)
    if not made.any():
        return None
    rgba = np.where(made[..., None], rgba, np.uint8(0))
    rgba[..., 3] = np.where(made, np.clip((share - 0.5) * 4 * 255, 0, 255), 0)
    rows, columns = np.flatnonzero(made.any(1)), np.flatnonzero(made.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Layer(BEHIND, "back hair", rgba[box].copy(), (int(columns[0]), int(rows[0])))


def _colours(stack: LayerStack) -> Pixels:
    """uint8 (H, W, 4): the topmost solid hair at each pixel."""
    out = np.zeros((*stack.canvas[::-1], 4), np.uint8)
    for layer in stack.layers:
        cut = crop_to_canvas(layer, stack.canvas) if layer.shown and layer.part in (*HAIR, "front hair") else None
        if cut is not None:
            rows, columns, rgba = cut
            over = rgba[..., 3] > 127
            out[rows, columns][over] = rgba[over]
    out[..., 3] = np.where(out[..., 3] > 0, 255, 0)
    return out
