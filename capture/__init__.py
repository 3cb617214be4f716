"""From a camera, a video, pictures or a file to parameters.

`track` follows the face in a clip; `write_take` and `read_take` keep the performance; `Tracker` does the same frame by frame
for a live source; `demo_performance` plays without any.

Live, everything that moves a puppet is a `Source`: a `LiveTracker` on a `Camera` or a `LiveFile`, a `Network` that `listen`
makes, a `Microphone`, a `Playback`; an `Output` passes the frames on to other programs.
Nothing here is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capture.audio import Microphone as Microphone
    from capture.audio import Mixer as Mixer
    from capture.audio import microphones as microphones
    from capture.audio import speak as speak
    from capture.camera import Camera as Camera
    from capture.camera import LiveFile as LiveFile
    from capture.camera import LivePictures as LivePictures
    from capture.demo_take import demo_performance as demo_performance
    from capture.face import FaceLandmarker as FaceLandmarker
    from capture.face import FaceMesh as FaceMesh
    from capture.live import LiveTracker as LiveTracker
    from capture.network import Network as Network
    from capture.network import listen as listen
    from capture.outputs import Output as Output
    from capture.outputs import PhoneOutput as PhoneOutput
    from capture.outputs import PluginOutput as PluginOutput
    from capture.outputs import VmcOutput as VmcOutput
    from capture.source import ImageFolder as ImageFolder
    from capture.source import ImageSource as ImageSource
    from capture.source import VideoFile as VideoFile
    from capture.source import open_source as open_source
    from capture.sources import Playback as Playback
    from capture.sources import Source as Source
    from capture.sources import Stats as Stats
    from capture.take import read_take as read_take
    from capture.take import write_take as write_take
    from capture.tracker import Tracker as Tracker
    from capture.tracker import track as track
    from capture.types import FaceFrame as FaceFrame
    from capture.types import Picture as Picture
    from capture.voices import Mixed as Mixed
    from capture.voices import Spoken as Spoken
    from capture.webcam import CameraInfo as CameraInfo
    from capture.webcam import Choice as Choice
    from capture.webcam import cameras as cameras

_HOME = {
    "demo_performance": "capture.demo_take",
    "FaceLandmarker": "capture.face", "FaceMesh": "capture.face", "ImageFolder": "capture.source",
    "ImageSource": "capture.source", "VideoFile": "capture.source", "open_source": "capture.source",
    "read_take": "capture.take", "write_take": "capture.take", "Tracker": "capture.tracker", "track": "capture.tracker",
    "FaceFrame": "capture.types", "Picture": "capture.types",
    "Microphone": "capture.audio", "Mixer": "capture.audio", "microphones": "capture.audio", "speak": "capture.audio",
    "Camera": "capture.camera", "LiveFile": "capture.camera", "LivePictures": "capture.camera",
    "LiveTracker": "capture.live",
    "Network": "capture.network", "listen": "capture.network",
    "Output": "capture.outputs", "PhoneOutput": "capture.outputs", "PluginOutput": "capture.outputs",
    "VmcOutput": "capture.outputs",
    "Mixed": "capture.voices", "Spoken": "capture.voices",
    "Playback": "capture.sources", "Source": "capture.sources", "Stats": "capture.sources",
    "CameraInfo": "capture.webcam", "Choice": "capture.webcam", "cameras": "capture.webcam",
}  # fmt: skip

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: MediaPipe and OpenCV take a second that `--help` must not pay."""
    if name not in _HOME:
        raise AttributeError(f"module 'capture' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
