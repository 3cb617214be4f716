"""The poses that a check goes through, all within the puppet's own ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from rig.puppet import Puppet

Pose = dict[str, float]

TURNS: Mapping[str, Sequence[float]] = {"ParamAngleX": (-30, -15, 0, 15, 30), "ParamAngleY": (-20, 0, 20),
                                        "ParamAngleZ": (-20, 0, 20)}  # fmt: skip
FEW_TURNS: Mapping[str, Sequence[float]] = {"ParamAngleX": (-30, 0, 30), "ParamAngleY": (-20, 0, 20)}
LIDS = (0.25, 0.5, 0.75, 1.0)
GAZES = ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1), (-1, 0), (1, 0), (0, -1), (0, 1))
BOTH_LIDS = ("ParamEyeLOpen", "ParamEyeROpen")
BOTH_SMILES = ("ParamEyeLSmile", "ParamEyeRSmile")
MOUTH: Mapping[str, Sequence[float]] = {"ParamMouthForm": (-1, 0, 1), "ParamMouthOpenY": (0, 0.25, 0.5, 0.75, 1)}
BROWS = ("Y", "X", "Angle", "Form")


class Sweep:
    """Poses of one puppet: only parameters that it has, values inside their ranges, no pose twice."""

    def __init__(self, puppet: Puppet) -> None:
        self._parameters = {p.name: p for p in puppet.parameters}

    def inside(self, poses: Iterable[Mapping[str, float]]) -> list[Pose]:
        seen: dict[tuple[tuple[str, float], ...], Pose] = {}
        for pose in poses:
            kept = {n: self._parameters[n].clamp(v) for n, v in pose.items() if n in self._parameters}
            kept = {n: v for n, v in kept.items() if v != self._parameters[n].default}
            seen.setdefault(tuple(sorted(kept.items())), kept)
        return list(seen.values())

    def turns(self) -> list[Pose]:
        """The head in every direction, and against the body."""
        against = [{"ParamAngleX": 30 * x, "ParamBodyAngleX": -10 * x, "ParamAngleZ": 20 * z, "ParamBodyAngleZ": -10 * z,
                    "ParamAngleY": 20 * y, "ParamBodyAngleY": -10 * y, "ParamBreath": 1}
                   for x, y, z in product((-1, 1), repeat=3)]  # fmt: skip
        return self.inside([*grid(TURNS), *against])

    def talking_turns(self) -> list[Pose]:
        """The mouth wide open in the corners of the head's turn."""
        return self.inside(turn | {"ParamMouthOpenY": 1} for turn in grid(FEW_TURNS))

    def few_turns(self) -> list[Pose]:
        return self.inside(grid({"ParamAngleX": (-30, 0, 30)}) + grid({"ParamAngleY": (-20, 20)}))

    def forms(self) -> list[Pose]:
        """Every local form by itself and with the head turned: mouth, lids with smile, gaze, brows."""
        faces = [*grid(MOUTH), *self._lid_forms(), *self._gazes(), *_brows()]
        return self.inside(face | turn for turn in grid({"ParamAngleX": (-30, 0, 30)}) for face in faces)

    def _lid_forms(self) -> list[Pose]:
        return [dict.fromkeys(BOTH_LIDS, lid) | dict.fromkeys(BOTH_SMILES, smile)
                for lid in (0, *LIDS) for smile in (0.0, 0.5, 1.0)]  # fmt: skip

    def _gazes(self) -> list[Pose]:
        return [{"ParamEyeBallX": x, "ParamEyeBallY": y} for x, y in GAZES]

    def gazes(self, turn: Pose) -> list[Pose]:
        """Gaze in all directions through open and half shut lids, and ahead through others, for one turn of the head."""
        around = [dict.fromkeys(BOTH_LIDS, lid) | gaze for lid in (0.5, 1.0) for gaze in self._gazes()]
        return self.inside(turn | pose for pose in (*around, *(dict.fromkeys(BOTH_LIDS, lid) for lid in LIDS)))

    def shut(self, turn: Pose) -> list[Pose]:
        """Eyes shut, plainly and smiling, one by one and together, looking ahead and aside."""
        each = [{lid: 0.0, smile: s} for lid, smile in zip(BOTH_LIDS, BOTH_SMILES, strict=True) for s in (0.0, 1.0)]
        both = [dict.fromkeys(BOTH_LIDS, 0.0) | dict.fromkeys(BOTH_SMILES, s) | gaze for s in (0.0, 1.0)
                for gaze in ({}, {"ParamEyeBallX": 1.0, "ParamEyeBallY": -1.0})]  # fmt: skip
        return self.inside(turn | pose for pose in (*each, *both))


def grid(axes: Mapping[str, Sequence[float]]) -> list[Pose]:
    """Every combination of values."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def _brows() -> list[Pose]:
    return [{f"ParamBrow{side}{kind}": sign for side in "LR"} for kind in BROWS for sign in (-1.0, 1.0)]
