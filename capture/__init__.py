"""From a camera, a video, pictures or a file to parameters.

`track` follows the face in a clip; `write_take` and `read_take` keep the performance; `Tracker` does the same frame by frame
for a live source; `demo_performance` plays without any. Nothing here is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capture.demo_take import demo_performance as demo_performance
    from capture.face import FaceLandmarker as FaceLandmarker
    from capture.face import FaceMesh as FaceMesh
    from capture.source import ImageFolder as ImageFolder
    from capture.source import ImageSource as ImageSource
    from capture.source import VideoFile as VideoFile
    from capture.source import open_source as open_source
    from capture.take import read_take as read_take
    from capture.take import write_take as write_take
    from capture.tracker import Tracker as Tracker
    from capture.tracker import track as track
    from capture.types import FaceFrame as FaceFrame
    from capture.types import Picture as Picture

_HOME = {
    "demo_performance": "capture.demo_take",
    "FaceLandmarker": "capture.face", "FaceMesh": "capture.face", "ImageFolder": "capture.source",
    "ImageSource": "capture.source", "VideoFile": "capture.source", "open_source": "capture.source",
    "read_take": "capture.take", "write_take": "capture.take", "Tracker": "capture.tracker", "track": "capture.tracker",
    "FaceFrame": "capture.types", "Picture": "capture.types",
}  # fmt: skip

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: MediaPipe and OpenCV take a second that `--help` must not pay."""
    if name not in _HOME:
        raise AttributeError(f"module 'capture' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
