"""How steady a stylized film is, measured along the motion of its input; and whether it was bought with blur.

Films are sequences of uint8 (H, W, 3) frames of one size. Each figure of a stylized film means something only beside the same
figure of its input, of the film before the supervisor, or of a clean one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from stylize.flow import F32, RGB, U8, sampling_map, warped
from stylize.mutations import Bool, Limits, doubts, mutations

Film = Sequence[RGB]
ROUNDING = 4.0
"""Largest Laplacian (of levels 0..255) that rounding five even pixels to whole levels can make."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion between the frames t-1 and t of a film, at full resolution.

    to_earlier: float32 (H, W, 2) px, from t to t-1. to_later: from t-1 to t. seen, seen_later: bool (H, W), where a pixel of t
    is visible in t-1, and one of t-1 in t.
    """

    to_earlier: F32
    to_later: F32
    seen: Bool
    seen_later: Bool


def motions(film: Film) -> list[Motion]:
    """The motion of every pair of neighbours, and what is visible in both, as Lai et al. (ECCV 2018) define it."""
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in film]
    found = []
    for earlier, later in pairwise(greys):
        ahead, back = dis.calc(earlier, later, None), dis.calc(later, earlier, None)
        found.append(Motion(back, ahead, _visible(back, ahead), _visible(ahead, back)))
    return found


def _visible(out: F32, home: F32) -> Bool:
    """bool (H, W): neither hidden nor on a motion boundary."""
    back = warped(home, sampling_map(out))
    length = (out**2).sum(-1)
    hidden = ((out + back) ** 2).sum(-1) > 0.01 * (length + (back**2).sum(-1)) + 0.5
    across, down = np.gradient(out, axis=1), np.gradient(out, axis=0)
    boundary = (across**2).sum(-1) + (down**2).sum(-1) > 0.01 * length + 0.002
    return ~(hidden | boundary)


def warping_error(film: Film, moves: Sequence[Motion]) -> float:
    """E_warp: mean squared difference (colours 0..1) between a frame and the one before warped onto it,
    where both show the same thing.
    """
    errors = []
    for before, frame, move in zip(film, film[1:], moves, strict=False):
        difference = _floats(frame) - warped(_floats(before), sampling_map(move.to_earlier))
        errors.append(float((difference[move.seen] ** 2).mean()) if move.seen.any() else 0.0)
    return float(np.mean(errors))


def motion_error(film: Film, source: Film) -> float:
    """tOF: mean distance, px, between the motion seen in a film and that seen in its input (Chu et al., TecoGAN)."""
    pairs = [np.linalg.norm(_farneback(a, b) - _farneback(c, d), axis=-1).mean()
             for a, b, c, d in zip(film, film[1:], source, source[1:], strict=False)]  # fmt: skip
    return float(np.mean(pairs))


def _farneback(earlier: RGB, later: RGB) -> F32:
    one, two = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (earlier, later))
    return cv2.calcOpticalFlowFarneback(one, two, None, 0.5, 3, 15, 3, 5, 1.2, 0)


def grain(film: Film, source: Film, moves: Sequence[Motion]) -> float:
    """Standard deviation (colours 0..255) of what changes finely from frame to frame where the input neither moves nor has
    edges.
    """
    found = []
    for index, move in enumerate(moves, 1):
        still = ((move.to_earlier**2).sum(-1) < 0.25) & move.seen & _plain(source[index])
        change = film[index].astype(np.float32) - film[index - 1]
        fine = change - cv2.GaussianBlur(change, (0, 0), 3)
        if still.any():
            found.append(float((fine[still] ** 2).mean()))
    return float(np.sqrt(np.mean(found) / 2)) if found else 0.0     # a difference of two frames has the noise of both


def _plain(frame: RGB) -> Bool:
    """bool (H, W): away from edges."""
    grey: U8 = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    soft = cv2.GaussianBlur(grey, (0, 0), 1.5)
    slope = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    return cv2.dilate((slope > 40).astype(np.uint8), np.ones((5, 5), np.uint8)) == 0


def mutation_count(film: Film, moves: Sequence[Motion], limits: Limits | None = None) -> float:
    """Places per 1000 frames that differ from both neighbours though these agree."""
    limits, total = limits or Limits(), 0
    for index in range(1, len(film) - 1):
        size = (film[index].shape[1] // 2, film[index].shape[0] // 2)
        back, ahead = moves[index - 1], moves[index]
        shots = [_floats(film[index]), warped(_floats(film[index - 1]), sampling_map(back.to_earlier)),
                 warped(_floats(film[index + 1]), sampling_map(ahead.to_later))]  # fmt: skip
        followed = cv2.resize((back.seen & ahead.seen_later).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        now, before, after = (cv2.resize(shot, size, interpolation=cv2.INTER_AREA) for shot in shots)
        doubt = cv2.resize(doubts(back.to_earlier, ahead.to_later, limits), size)
        total += cv2.connectedComponents(mutations(now, before, after, followed, doubt, limits).astype(np.uint8))[0] - 1
    return 1000 * total / max(len(film) - 2, 1)


def sharpness(film: Film) -> float:
    """Mean variance of the Laplacian of brightness, 0..255. Grain raises it, so compare with a clean film."""
    return float(np.mean([_laplacian(frame).var() for frame in film]))


def kept_detail(film: Film, clean: Film) -> float:
    """Share of a clean film's fine detail that a film still has: the slope of its Laplacian on the clean one's, where that is
    more than rounding makes. Grain, which has nothing to do with the clean detail, neither raises nor lowers it.
    """
    kept = whole = 0.0
    for frame, wanted in zip(film, clean, strict=True):
        detail = _laplacian(wanted)
        detail[np.abs(detail) <= ROUNDING] = 0
        kept += float((_laplacian(frame) * detail).sum())
        whole += float((detail * detail).sum())
    return kept / whole


def _laplacian(frame: RGB) -> F32:
    return cv2.Laplacian(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.CV_32F)


def _floats(frame: RGB) -> F32:
    return frame.astype(np.float32) / 255
