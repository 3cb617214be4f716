"""From calibrated signals to Live2D's parameters, with what needs a memory of the last moments: blinks, the gaze, the body."""

from __future__ import annotations

import math

from capture.lids import Lids
from capture.smooth import low_pass_share
from capture.solve import Signals

GAZE_GAIN = (1.5, 3.0)
"""ParamEyeBall for each half eye's width that the iris moves, before it nears its limit."""
GAZE_TRUST = (0.27, 0.48)
"""Between these shares of the wider eye's range the gaze begins to be believed; below it holds still, as behind a blink."""
BLINK_TIME = 0.3
"""s after which lids that stay low are no blink but a look down, and the gaze is believed a little again."""
LITTLE = 0.25
BROW_GAIN = 1.6
TILT_GAIN = 2.5
FORM_GAIN = 1.1
MOUTH_POWER, MOUTH_GAIN = 1.5, 1.3
"""A shout, whose jaw MediaPipe calls 0.75 open, opens the drawn mouth almost fully, talk a third; a shut mouth keeps still."""
MOUTH_EASE = 0.75
"""Openness from which the mouth eases into its limit of 1."""
SQUINT = 0.2
"""cm that the lower lid rises in a full smile."""
BODY_SHARE = 1 / 3
BODY_DELAY = 0.25
"""s by which the body comes after the head."""
LEAN = 0.6
"""Degrees of ParamBodyAngleZ for each cm that the head goes aside."""


class Performance:
    """Signals as `Calibrator.apply` gives them, in time order, to parameter values (not yet smoothed or clamped)."""

    def __init__(self) -> None:
        self._lids = Lids()
        self._gaze = (0.0, 0.0)
        self._low_for = 0.0
        self._body: tuple[float, float, float] | None = None

    def update(self, s: Signals, time: float, dt: float) -> dict[str, float]:
        """The values at `time` s, `dt` s after the last ones."""
        left, right = self._lids.update(s.lid_l, s.lid_r, time, s.turned)
        gaze = self._look(s, dt)
        body = self._follow(s, dt)
        smile = min(max((s.mouth_form - 0.3) / 0.4, 0.0), 1.0)
        return {
            "ParamAngleX": s.yaw, "ParamAngleY": s.pitch, "ParamAngleZ": s.roll,
            "ParamBodyAngleX": body[0], "ParamBodyAngleY": body[1], "ParamBodyAngleZ": body[2],
            "ParamEyeLOpen": left, "ParamEyeROpen": right,
            "ParamEyeLSmile": smile * min(max(s.lower_l / SQUINT, 0.0), 1.0),
            "ParamEyeRSmile": smile * min(max(s.lower_r / SQUINT, 0.0), 1.0),
            "ParamEyeBallX": gaze[0], "ParamEyeBallY": gaze[1],
            "ParamBrowLY": BROW_GAIN * s.brow_l, "ParamBrowRY": BROW_GAIN * s.brow_r,
            "ParamBrowLAngle": TILT_GAIN * s.tilt_l, "ParamBrowRAngle": TILT_GAIN * s.tilt_r,
            "ParamMouthOpenY": _mouth(s.mouth_open),
            "ParamMouthForm": math.tanh(FORM_GAIN * s.mouth_form),
        }  # fmt: skip

    def _look(self, s: Signals, dt: float) -> tuple[float, float]:
        """The gaze holds still behind closing lids, where the iris cannot be seen and a blink would look down."""
        low, high = GAZE_TRUST
        trust = min(max((s.iris - low) / (high - low), 0.0), 1.0)
        self._low_for = self._low_for + dt if trust < 1 else 0.0
        if self._low_for > BLINK_TIME:
            trust = max(trust, LITTLE)
        wanted = (math.tanh(GAZE_GAIN[0] * s.gaze_x), math.tanh(GAZE_GAIN[1] * s.gaze_y))
        x, y = (old + trust * (new - old) for old, new in zip(self._gaze, wanted, strict=True))
        self._gaze = (x, y)
        return x, y

    def _follow(self, s: Signals, dt: float) -> tuple[float, float, float]:
        """The body's angles in degrees come after the head's."""
        wanted = (BODY_SHARE * s.yaw, BODY_SHARE * s.pitch, BODY_SHARE * s.roll + LEAN * s.x)
        if self._body is None:
            self._body = wanted
        share = low_pass_share(1 / (2 * math.pi * BODY_DELAY), dt)
        x, y, z = (old + share * (new - old) for old, new in zip(self._body, wanted, strict=True))
        self._body = (x, y, z)
        return self._body


def _mouth(jaw: float) -> float:
    """ParamMouthOpenY 0..1 of the jaw's openness as ARKit's jawOpen rates it."""
    wide = MOUTH_GAIN * max(jaw, 0.0) ** MOUTH_POWER
    left = 1 - MOUTH_EASE
    return wide if wide < MOUTH_EASE else MOUTH_EASE + left * math.tanh((wide - MOUTH_EASE) / left)
