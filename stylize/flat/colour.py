"""Colours as an artist mixes them: CIE Lab for what is alike, mixtures of Gaussians for what belongs together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
RGB = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
"""sRGB, 0..255."""


def to_lab(rgb: RGB) -> F32:
    """uint8 (H, W, 3) sRGB → float32 CIE Lab: L 0..100, a and b about ±100."""
    import cv2

    lab: F32 = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def from_lab(lab: F32) -> RGB:
    """float32 (H, W, 3) CIE Lab → uint8 sRGB."""
    import cv2

    rgb = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB)
    out: RGB = (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out


def lab_of(colour: Colour) -> F32:
    """float32 (3,) Lab of one colour."""
    lab: F32 = to_lab(np.array(colour, np.uint8).reshape(1, 1, 3))[0, 0]
    return lab


def colour_of(lab: npt.ArrayLike) -> Colour:
    """One Lab colour as sRGB."""
    r, g, b = (int(v) for v in from_lab(np.asarray(lab, np.float32).reshape(1, 1, 3))[0, 0])
    return r, g, b


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour `share` of the way from one to the other, in Lab."""
    return colour_of(lab_of(one) + (lab_of(other) - lab_of(one)) * share)


@dataclass(frozen=True, slots=True, eq=False)
class ColourModel:
    """A mixture of Gaussians in Lab: log weights (K,), means (K, 3), inverse covariances (K, 3, 3), log normalisers (K,)."""

    weight: F32
    mean: F32
    inverse: F32
    normal: F32

    def log_likelihood(self, lab: F32) -> F32:
        """float32 (...,) of Lab colours (..., 3), to within two units of Lab: each colour is looked at once."""
        cells = np.round(lab / 2).astype(np.int32) + 64
        keys = (cells[..., 0] << 16) | (cells[..., 1] << 8) | cells[..., 2]
        found, where = np.unique(keys, return_inverse=True)
        colours = (np.stack([found >> 16, found >> 8 & 255, found & 255], -1) - 64).astype(np.float32) * 2
        best = np.full(len(found), -np.inf, np.float32)
        for weight, mean, inverse, normal in zip(self.weight, self.mean, self.inverse, self.normal, strict=True):
            d = colours - mean
            best = np.logaddexp(best, weight - normal - 0.5 * ((d @ inverse) * d).sum(-1))
        return best[where].reshape(keys.shape).astype(np.float32)


def fit_colours(lab: F32, kinds: int = 4, spread: float = 3.0) -> ColourModel | None:
    """Fit a mixture to Lab colours (N, 3); None where there are too few. spread: least standard deviation."""
    import cv2

    if len(lab) < 12 * kinds:
        return None
    step = max(len(lab) // 4000, 1)
    sample = np.ascontiguousarray(lab[::step].astype(np.float32))
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, labels, means = cv2.kmeans(sample, kinds, None, stop, 2, cv2.KMEANS_PP_CENTERS)
    parts = [sample[labels[:, 0] == k] for k in range(kinds)]
    kept = [(len(p) / len(sample), m, np.cov(p.T) + np.eye(3) * spread**2) for p, m in zip(parts, means, strict=True)
            if len(p) > 6]  # fmt: skip
    weight, mean, cov = (np.array([k[i] for k in kept], np.float32) for i in range(3))
    normal = 0.5 * np.log(np.linalg.det(cov) * (2 * np.pi) ** 3)
    return ColourModel(np.log(weight / weight.sum()), mean, np.linalg.inv(cov).astype(np.float32), normal.astype(np.float32))
