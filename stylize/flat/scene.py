"""All that is known of a picture before a line is drawn: sizes, the face, what belongs to what, and the colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stylize.flat.bits import Bits
from stylize.flat.colour import F32, to_lab
from stylize.flat.eyes import Eye, iris_colour, openness, plan_eye
from stylize.flat.glasses import find_glasses
from stylize.flat.marks import BROW_LOW, BROW_TOP, CHEEK, CHIN, LIP_LOW, LIP_TOP, MOUTH_LOW, MOUTH_TOP, OVAL, FaceMarks
from stylize.flat.pen import Shape, outlines
from stylize.flat.regions import Regions, inside
from stylize.flat.tones import Tones, mix_tones
from stylize.person import Mask
from stylize.stylizer import Picture


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """rgb: uint8 (H, W, 3) the photo at the size that is drawn. face: in its px. small, near: the photo and the face at
    the smaller size (h, w) at which regions are found; the rest up to v has it. hairy: as in Regions. light: 0..100. glasses:
    where dark ones are worn. u, v: float32 face units. eyes: by side. shaded: the side away from the light.
    """

    rgb: Picture
    face: FaceMarks
    small: Picture
    near: FaceMarks
    hair: Bits
    skin: Bits
    cloth: Bits
    hairy: Mask
    light: F32
    glasses: Bits | None
    u: F32
    v: F32
    chin: float
    tones: Tones
    eyes: dict[str, Eye]
    shaded: str

    @property
    def size(self) -> tuple[int, int]:
        """(W, H) px."""
        return self.rgb.shape[1], self.rgb.shape[0]

    @property
    def unit(self) -> float:
        """Px: the width of the face."""
        return self.face.unit

    @property
    def pen(self) -> float:
        """Px: the width of a contour."""
        return max(0.0105 * self.face.unit, 1.4)

    def px(self, share: float) -> int:
        """A length in face units as px of the small bits, at least 1."""
        return max(1, round(share * self.near.unit))

    def shape(self, bits: Bits | Mask, calm: float = 0.014, least: float = 0.003) -> Shape:
        """The smooth outlines of small bits on the canvas. calm: face units that wiggles are smoothed over; least: face units²
        below which a piece is left out.
        """
        import cv2

        soft = cv2.GaussianBlur(bits.astype(np.float32), (0, 0), 0.8)
        large = cv2.resize(soft, self.size, interpolation=cv2.INTER_CUBIC)
        return outlines(large, calm * self.unit, least * self.unit**2)

    def ring(self, points: npt.NDArray[np.float64]) -> Bits:
        """bool (h, w): within a closed line (N, 2) of canvas px."""
        return inside(points * (self.near.unit / self.unit), self.hair.shape)


def set_scene(rgb: Picture, face: FaceMarks, regions: Regions) -> Scene:
    """Gather a scene. rgb: the photo as large as it is drawn; face: in its px."""
    import cv2

    h, w = regions.hair.shape
    near = face.scaled(w / rgb.shape[1])
    small = cv2.resize(rgb, (w, h), interpolation=cv2.INTER_AREA)
    y, x = np.mgrid[:h, :w].astype(np.float64) + 0.5
    at = near.to_face(np.stack([x, y], -1)).astype(np.float32)
    hair, skin, cloth = (m > 0.5 for m in (regions.hair, regions.skin, regions.cloth))
    lab = to_lab(cv2.bilateralFilter(small, 5, 25, 4))
    glasses = find_glasses(lab, near, at)
    if glasses is not None:
        skin, hair, cloth = skin | glasses, hair & ~glasses, cloth & ~glasses
    u, v = at[..., 0], at[..., 1]
    tones = mix_tones(lab, _bare(near, skin, at), skin & (v > 0.1), hair & (v < 0.6), _lips(near, (h, w)), _brows(near, (h, w)),
                      iris_colour(rgb, face))  # fmt: skip
    tall = openness(face)
    eyes = {side: plan_eye(face, side, tall) for side in ("r", "l")}
    chin = float(near.to_face(near.points[CHIN])[1])
    return Scene(rgb, face, small, near, hair, skin, cloth, regions.hairy, lab[..., 0], glasses, u, v, chin, tones, eyes,
                 _shaded_side(lab, near))  # fmt: skip


def _bare(face: FaceMarks, skin: Bits, at: F32) -> Bits:
    """Cheeks, nose and forehead: skin of the face that is no feature and no beard."""
    mine = inside(face.line(OVAL), skin.shape) & skin
    cheeks = mine & (at[..., 1] > 0.1) & (at[..., 1] < 0.42) & (np.abs(at[..., 0]) < 0.34)
    return cheeks if cheeks.sum() > 50 else mine


def _lips(face: FaceMarks, shape: tuple[int, int]) -> Bits:
    gap = inside(np.concatenate([face.line(MOUTH_TOP), face.line(MOUTH_LOW)[::-1]]), shape)
    return inside(np.concatenate([face.line(LIP_TOP), face.line(LIP_LOW)[::-1]]), shape) & ~gap


def _brows(face: FaceMarks, shape: tuple[int, int]) -> Bits:
    rings = (np.concatenate([face.line(BROW_TOP[s]), face.line(BROW_LOW[s])[::-1]]) for s in ("r", "l"))
    out = np.zeros(shape, bool)
    for ring in rings:
        out |= inside(ring, shape)
    return out


def _shaded_side(lab: F32, face: FaceMarks) -> str:
    """The darker cheek's side; where both are alike, the one that is turned away."""
    light = {}
    for side in ("r", "l"):
        x, y = face.points[CHEEK[side]].astype(int)
        r = max(2, int(0.08 * face.unit))
        patch = lab[max(y - r, 0) : y + r, max(x - r, 0) : x + r, 0]
        light[side] = float(np.median(patch)) if patch.size else 0.0
    if abs(light["r"] - light["l"]) < 3:
        return "l" if face.yaw <= 0 else "r"
    return min(light, key=lambda s: light[s])
