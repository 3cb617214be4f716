"""A built-in performance, so that a puppet can be seen alive without a camera: it looks about, blinks, talks and smiles.

Key values by parameter, joined by minimum-jerk curves: the way heads really start and stop. Eyes lead the head by a tenth of
a second and the body follows a little later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rig.params import BY_NAME, ParameterFrame

Key = tuple[float, float]
SECONDS = 9.0

HEAD: dict[str, Sequence[Key]] = {
    "ParamAngleX": ((0.3, 0), (1.1, 24), (1.8, 25), (2.7, -25), (3.4, -23), (4.1, 0), (4.6, 6), (6.2, -6), (7.0, -10),
                    (8.6, 0)),
    "ParamAngleY": ((0.3, 0), (1.1, 4), (1.8, 3), (2.25, -7), (2.7, 3), (3.4, 9), (4.1, -2), (4.6, 3), (5.0, -3), (5.5, 4),
                    (6.2, 0), (7.0, 8), (8.6, 0)),
    "ParamAngleZ": ((0.3, 0), (1.1, -4), (1.8, -5), (2.7, 6), (3.4, 5), (4.4, 0), (6.2, 4), (7.0, 14), (7.8, 13), (8.6, 0)),
}  # fmt: skip
FACE: dict[str, Sequence[Key]] = {
    "ParamMouthOpenY": ((4.2, 0), (4.33, 0.75), (4.5, 0.2), (4.66, 0.9), (4.85, 0.1), (5.05, 0.6), (5.2, 0.15), (5.38, 1),
                        (5.6, 0.3), (5.75, 0.7), (6.0, 0), (6.6, 0), (7.1, 0.55), (7.7, 0.5), (8.3, 0)),
    "ParamMouthForm": ((4.1, 0), (4.5, 0.4), (4.8, -0.6), (5.1, 0.5), (5.5, -0.3), (6.1, 0.3), (7.0, 1), (7.9, 0.9), (8.6, 0)),
    "ParamBrowLY": ((1.9, 0), (3.0, 0), (3.4, 0.5), (4.0, 0.1), (4.7, 0.45), (5.4, 0), (6.7, 0), (7.1, 0.5), (8.4, 0)),
    "ParamEyeSmile": ((6.6, 0), (7.1, 0.8), (7.8, 0.8), (8.4, 0)),
    "ParamCheek": ((6.6, 0), (7.2, 1), (7.8, 1), (8.6, 0)),
}  # fmt: skip
BLINKS = (0.55, 2.2, 4.0, 4.35, 6.35, 8.35)
BLINK_KEYS: Sequence[Key] = ((-0.09, 1), (0, 0), (0.03, 0), (0.2, 1))


def performance(rate: float = 60.0) -> Iterator[ParameterFrame]:
    """SECONDS of frames, `rate` a second, which begin and end at rest and so can be looped."""
    for index in range(round(SECONDS * rate) + 1):
        yield ParameterFrame(index / rate, moment(index / rate))


def moment(time: float) -> dict[str, float]:
    """Values by parameter at a time in seconds."""
    values = {name: curve(keys, time) for name, keys in {**HEAD, **FACE}.items()}
    smile = values.pop("ParamEyeSmile")
    ahead = {name: curve(keys, time + 0.1) for name, keys in HEAD.items()}
    behind = {name: curve(keys, time - 0.15) for name, keys in HEAD.items()}
    lids = min(curve(BLINK_KEYS, time - at) for at in BLINKS)
    values |= {"ParamBrowRY": values["ParamBrowLY"], "ParamEyeLSmile": smile, "ParamEyeRSmile": smile}
    values |= {"ParamEyeLOpen": lids, "ParamEyeROpen": lids}
    values |= {"ParamEyeBallX": ahead["ParamAngleX"] / 40, "ParamEyeBallY": ahead["ParamAngleY"] / 30}
    values |= {f"ParamBodyAngle{axis}": behind[f"ParamAngle{axis}"] * 0.25 for axis in "XYZ"}
    values["ParamBreath"] = 0.5 - 0.5 * math.cos(2 * math.pi * time / 3.0)
    return {name: BY_NAME[name].clamp(value) for name, value in values.items()}


def curve(keys: Sequence[Key], time: float) -> float:
    """The value at a time between (time, value) keys, by minimum-jerk curves; the end values hold outside."""
    if time <= keys[0][0]:
        return keys[0][1]
    for (start, low), (end, high) in pairwise(keys):
        if time < end:
            t = (time - start) / (end - start)
            return low + (high - low) * t * t * t * (10 + t * (6 * t - 15))
    return keys[-1][1]
