"""Folded triangles: where a mesh turns its back to the viewer, the picture is torn or doubled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.puppet import DrawList, Part
from rig.stage import Mask, Stage, signed_areas

SLIVER = 0.02
"""Of a triangle's area at rest: what is turned over by less is a sliver that no one sees."""
LEAST = 0.002
"""Of a part's area: what is turned over altogether must be more to count."""
LEAST_FACE = 1e-4
"""Of the face's width squared, likewise."""
ALIKE = 24
"""Of 255: colours that differ by no more cannot be told to be folded."""
SEEN = 48
"""Alpha from which a texel of a triangle can be seen."""

_PROBES = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float64)
_PROBES /= _PROBES.sum(1, keepdims=True)


class Folds:
    """Finds the triangles of a puppet that are turned over in a pose and can be seen."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._parts = [i for i, p in enumerate(stage.puppet.parts) if p.drawn and len(p.mesh.triangles)]
        self._areas = {i: signed_areas(stage.triangles(stage.rest.vertices, i)) for i in self._parts}
        self.least = LEAST_FACE * stage.puppet.surface.width**2
        self._seen, self._colours = {}, {}
        for i in self._parts:
            self._seen[i], self._colours[i] = _probed(stage.puppet.parts[i])

    def folded(self, posed: DrawList) -> dict[int, tuple[float, Mask]]:
        """By part: the folded area that can be seen in canvas px², and which triangles bool (T,) they are."""
        found = {}
        for i in self._parts:
            if posed.opacity[i] <= 0:
                continue
            now, rest = signed_areas(self._stage.triangles(posed.vertices, i)), self._areas[i]
            turned = (self._seen[i] > 0) & (now * np.sign(rest) < -SLIVER * np.abs(rest)) & (np.abs(rest) > 1e-6)
            area = float((np.abs(now) * self._seen[i])[turned].sum())
            if self._flat(i, turned):
                continue
            if area > max(self.least, LEAST * float(np.abs(rest).sum())):
                found[i] = area, turned
        return found


    def _flat(self, part: int, turned: Mask) -> bool:
        """Whether turned triangles are of one colour, so that nobody can see that they are."""
        colours = self._colours[part][turned].reshape(-1, 4)
        colours = colours[colours[:, 3] >= SEEN]
        return not len(colours) or int(np.ptp(colours.astype(np.int16), axis=0).max()) <= ALIKE


def _probed(part: Part) -> tuple[npt.NDArray[np.float64], RGBA]:
    """Of each triangle, by seven probes: float64 (T,) 0..1 how much of it can be seen, and the colours uint8 (T, 7, 4)."""
    height, width = part.texture.shape[:2]
    uv = np.einsum("pk,tkc->tpc", _PROBES, part.mesh.uv.astype(np.float64)[part.mesh.triangles])
    x = np.clip((uv[..., 0] * width).astype(int), 0, width - 1)
    y = np.clip((uv[..., 1] * height).astype(int), 0, height - 1)
    colours = part.texture[y, x]
    return np.asarray((colours[..., 3] >= SEEN).mean(1)), colours
