"""Where every pixel of one video frame lies in the next: dense optical flow of the input, at half resolution, both ways.

Whatever smooths a stylized film over time needs to know how the scene moved, and the input tells it better than the stylized
frames, which flicker. A pair of frames is computed once and serves all: the mask, the noise filter and the repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

RGB = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]
Pixels = npt.NDArray[Any]
"""Any picture or field: (h, w) or (h, w, channels)."""

SMALLEST = 64
"""Pixels that the shorter side of a flow field has at least: below, the flow finds nothing to hold on to."""
CUT = 0.12
"""Mean change of grey (0..1) from one frame to the next above which the scene was cut."""
LOST = 0.3
"""Share of pixels that must be followed at all; with fewer, the scene was cut between two dark pictures."""
RESIDUAL = 200.0
"""How fast trust falls with the squared change of grey (0..1) along the flow, beyond TREMBLE: to a third at 0.09."""
TREMBLE = 0.015
"""A change of grey (0..1) that a camera makes where nothing happens."""
_CONTOUR = 3                    # px of the field by which a moving contour is set aside to either side

_AROUND, _EVEN = 7, 16          # px of the field, and the range of grey (0..255) in them that is still even


@dataclass(frozen=True, slots=True)
class FlowPair:
    """How the scene moved between two neighbouring frames.

    to_earlier: float32 (h, w, 2), for each pixel (x, y) of the later frame how far away, in px of the field, it was in the
    earlier one. to_later: the same from the earlier to the later.
    trust_earlier, trust_later: float32 (h, w), 0..1, how sure each is: 0 where a pixel is hidden in the other frame or lies on
    a moving contour, less where it changed its brightness on the way.
    cut: the two frames have nothing to do with each other.
    """

    to_earlier: F32
    to_later: F32
    trust_earlier: F32
    trust_later: F32
    cut: bool


def field_size(size: tuple[int, int]) -> tuple[int, int]:
    """(w, h) of the flow field of frames of `size` (w, h): half, unless that were too small."""
    width, height = size
    if min(width, height) >= 2 * SMALLEST:
        return (width + 1) // 2, (height + 1) // 2
    scale = max(SMALLEST / min(width, height), 0.5)
    return round(width * scale), round(height * scale)


def grey_of(rgb: RGB) -> U8:
    """uint8 (h, w): brightness of an sRGB frame at the size of its flow field."""
    size = field_size((rgb.shape[1], rgb.shape[0]))
    return cv2.cvtColor(resized(rgb, size), cv2.COLOR_RGB2GRAY)


def resized(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture at `size` (w, h), averaged when it gets smaller."""
    smaller = size[0] < picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


class Flow:
    """Computes pairs. Holds OpenCV's DIS, which is not for several threads at a time."""

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def pair(self, earlier: U8, later: U8) -> FlowPair:
        """The motion between two frames' `grey_of`, uint8 (h, w) of one size."""
        to_later = self._dis.calc(earlier, later, None)
        to_earlier = self._dis.calc(later, earlier, None)
        there, back = sampling_map(to_later), sampling_map(to_earlier)
        trust_later = _trust(earlier, later, to_later, to_earlier, there)
        trust_earlier = _trust(later, earlier, to_earlier, to_later, back)
        change = float(cv2.absdiff(earlier, later).mean()) / 255
        lost = float((trust_earlier > 0.1).mean()) < LOST
        return FlowPair(to_earlier, to_later, trust_earlier, trust_later, change > CUT or lost)


def sampling_map(flow: F32, size: tuple[int, int] | None = None) -> F32:
    """float32 (h, w, 2): the positions (x, y) in px that `cv2.remap` shall read to warp a picture along `flow`.

    size: (w, h) of the picture to warp, if it is not that of the field.
    """
    height, width = flow.shape[:2]
    if size is not None and size != (width, height):
        flow = cv2.resize(flow, size, interpolation=cv2.INTER_LINEAR)
        flow = cv2.multiply(flow, (size[0] / width, size[1] / height, 0, 0))
        width, height = size
    return cv2.add(flow, _grid(width, height))


def warped(picture: Pixels, positions: F32, how: int = cv2.INTER_LINEAR) -> Pixels:
    """The picture read at `positions`, its edge repeated beyond it. how: OpenCV's interpolation."""
    return cv2.remap(picture, positions, None, how, borderMode=cv2.BORDER_REPLICATE)


_grids: dict[tuple[int, int], F32] = {}


def _grid(width: int, height: int) -> F32:
    """float32 (h, w, 2): each pixel's own position. Remembered for the few sizes of a film."""
    if (width, height) not in _grids:
        if len(_grids) > 8:
            _grids.clear()
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        _grids[width, height] = np.ascontiguousarray(np.dstack([x, y]))
    return _grids[width, height]


def _trust(here: U8, other: U8, out: F32, home: F32, there: F32) -> F32:
    """float32 (h, w), 0..1: how far the flow `out` of the frame `here` can be believed.

    The test of going there and back is that of Sundaram et al. (2010), with its constants brought to half resolution.
    """
    back = warped(home, there)
    length = _squared(out)
    hidden = _squared(out + back) > 0.01 * (length + _squared(back)) + 0.125
    contour = _gradient(out) > 0.04 * length + 0.01
    apart = cv2.dilate(((hidden | contour) & _busy(here)).astype(np.uint8), np.ones((_CONTOUR, _CONTOUR), np.uint8))
    inside = ((there >= -1) & (there <= (out.shape[1], out.shape[0]))).all(-1)       # a border that trembles is still there
    change = cv2.GaussianBlur(cv2.subtract(here, warped(other, there), dtype=cv2.CV_32F), (0, 0), 0.8) / 255
    change = np.maximum(np.abs(change) - TREMBLE, 0)
    trust: F32 = np.exp(-RESIDUAL * change * change)
    trust[(apart > 0) | ~inside] = 0
    return trust


def _busy(grey: U8) -> npt.NDArray[np.bool_]:
    """bool (h, w): not even all around. In even places flows disagree, and nobody sees it."""
    return cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((_AROUND, _AROUND), np.uint8)) > _EVEN


def _squared(flow: F32) -> F32:
    """float32 (h, w): squared length."""
    out: F32 = np.einsum("yxc,yxc->yx", flow, flow)
    return out


def _gradient(flow: F32) -> F32:
    """float32 (h, w): squared length of the gradients of both components, px per px."""
    right, down = np.zeros_like(flow), np.zeros_like(flow)
    np.subtract(flow[:, 1:], flow[:, :-1], out=right[:, :-1])
    np.subtract(flow[1:], flow[:-1], out=down[:-1])
    return _squared(right) + _squared(down)
