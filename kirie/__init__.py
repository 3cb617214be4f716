"""Kirie: a drawing, flat or layered, becomes a puppet that moves with your face.

    import kirie

    puppet = kirie.rig(kirie.load("girl.psd"))              # or kirie.rig(kirie.split(kirie.load("girl.png")))
    frames = [kirie.ParameterFrame(t / 30, {"ParamAngleX": t - 15}) for t in range(30)]
    for rgba in kirie.render(puppet, frames, size=(512, 512), fps=30):
        ...                                                 # numpy, uint8 (512, 512, 4), straight alpha

Nothing prints and nothing exits: what a user can mend is raised as a KirieError. Importing is cheap; what a function needs
(OpenCV, SciPy, OpenGL) is imported when it is first called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kirie.errors import CaptureError, KirieError, LayeringError, RenderError, RigError, StylizeError

if TYPE_CHECKING:
    from kirie.library import load, render, rig, split
    from rig.params import ParameterFrame

__version__ = "0.1.0"
__all__ = ["CaptureError", "KirieError", "LayeringError", "ParameterFrame", "RenderError", "RigError", "StylizeError",
           "__version__", "load", "render", "rig", "split"]  # fmt: skip

_HOME = {"load": "kirie.library", "render": "kirie.library", "rig": "kirie.library", "split": "kirie.library",
         "ParameterFrame": "rig.params"}


def __getattr__(name: str) -> Any:
    """Import a public function when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'kirie' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
