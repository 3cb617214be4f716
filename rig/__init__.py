"""From layers to a puppet, and from parameters to moved vertices.

`build` makes a `Puppet` of a `LayerStack`; `pose` moves it; `step` swings its springs; `save` and `load` keep it in a file;
`check` looks for what goes wrong in its whole range. Nothing here knows OpenGL.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rig.auto import build as build
    from rig.checks import Finding as Finding
    from rig.checks import check as check
    from rig.measure import Craft as Craft
    from rig.measure import craft as craft
    from rig.overrides import Overrides as Overrides
    from rig.overrides import read_overrides as read_overrides
    from rig.overrides import write_overrides as write_overrides
    from rig.params import Parameter as Parameter
    from rig.params import ParameterFrame as ParameterFrame
    from rig.poser import pose as pose
    from rig.puppet import DrawList as DrawList
    from rig.puppet import Puppet as Puppet
    from rig.springs import SpringState as SpringState
    from rig.springs import rest_state as rest_state
    from rig.springs import step as step
    from rig.store import load as load
    from rig.store import save as save

_HOME = {
    "build": "rig.auto", "Finding": "rig.checks", "check": "rig.checks", "Craft": "rig.measure",
    "craft": "rig.measure", "Overrides": "rig.overrides", "read_overrides": "rig.overrides",
    "write_overrides": "rig.overrides", "Parameter": "rig.params",
    "ParameterFrame": "rig.params", "pose": "rig.poser", "DrawList": "rig.puppet", "Puppet": "rig.puppet",
    "SpringState": "rig.springs", "rest_state": "rig.springs", "step": "rig.springs", "load": "rig.store", "save": "rig.store",
}  # fmt: skip

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: numpy-only callers never pay for OpenCV or SciPy.

    No module may be called as a public name is (hence poser.py, checks.py): importing it would hide the function.
    """
    if name not in _HOME:
        raise AttributeError(f"module 'rig' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
