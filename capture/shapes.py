"""What a FaceLandmarker's blendshapes know better than geometry, in the units of `Signals`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from capture.solve import Signals

LID_OPEN, LID_TRAVEL = 0.65, 0.95
"""cm: where the lid of an eye that blinks by 0 stands, and how far down 1 is."""
LOOK = 0.7
"""Half eye's widths that the iris moves at a look of 1."""


def with_blendshapes(signals: Signals, shapes: Mapping[str, float]) -> Signals:
    """`signals` with lids, gaze, brows and mouth as the 52 ARKit-named `shapes` (0..1) have them."""
    b = shapes
    smile, frown = ((b[f"mouth{kind}Left"] + b[f"mouth{kind}Right"]) / 2 for kind in ("Smile", "Frown"))
    right = b["eyeLookOutLeft"] + b["eyeLookInRight"] - b["eyeLookInLeft"] - b["eyeLookOutRight"]
    up = b["eyeLookUpLeft"] + b["eyeLookUpRight"] - b["eyeLookDownLeft"] - b["eyeLookDownRight"]
    return replace(
        signals,
        lid_l=LID_OPEN - LID_TRAVEL * b["eyeBlinkLeft"],
        lid_r=LID_OPEN - LID_TRAVEL * b["eyeBlinkRight"],
        gaze_x=LOOK * right / 2,
        gaze_y=LOOK / 2 * up / 2,
        brow_l=(b["browInnerUp"] + b["browOuterUpLeft"]) / 2 - b["browDownLeft"],
        brow_r=(b["browInnerUp"] + b["browOuterUpRight"]) / 2 - b["browDownRight"],
        mouth_open=b["jawOpen"],
        mouth_form=smile - frown - b["mouthPucker"],
    )
