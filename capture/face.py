"""MediaPipe behind one small face: a picture in, a `FaceFrame` out.

`FaceMesh` comes with the wheel and needs no download. `FaceLandmarker` needs a `face_landmarker.task` and adds blendshapes.
Both follow one face and carry state from picture to picture, so use a fresh one for each clip.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from capture.eyes import cut
from capture.follow import Follow
from capture.quiet import import_mediapipe, quiet
from capture.types import F32, LANDMARKS, FaceFrame, Picture
from kirie.errors import CaptureError

_BLANK = np.zeros((64, 64, 3), np.uint8)
_ROW = np.dtype({"names": ["head", "in x", "x", "in y", "y", "in z", "z"], "offsets": [0, 2, 3, 7, 8, 12, 13], "itemsize": 17,
                 "formats": ["<u2", "u1", "<f4", "u1", "<f4", "u1", "<f4"]})  # fmt: skip
_HEADS = {"head": 0x0F0A, "in x": 0x0D, "in y": 0x15, "in z": 0x1D}
"""A landmark in a protocol buffer that holds x, y, z and nothing else, and what stands before each number then."""


class FaceFinder(Protocol):
    """Finds the face in pictures that come in time order. Close it, or use it in a `with` block."""

    def find(self, picture: Picture) -> FaceFrame: ...

    def close(self) -> None: ...


class FaceMesh:
    """MediaPipe's FaceMesh with irises, from the wheel."""

    def __init__(self, still: bool = False) -> None:
        """still: each picture is of somebody else. Raises CaptureError when the system lacks a library that MediaPipe needs."""
        solutions = import_mediapipe().solutions.face_mesh
        with quiet():  # the graph's threads write their greetings until the first picture is through
            self._mesh = solutions.FaceMesh(static_image_mode=still, max_num_faces=1, refine_landmarks=True)
            self._mesh.process(_BLANK)
        self._follow = None if still else Follow()
        self._met = False

    def find(self, picture: Picture) -> FaceFrame:
        """The face in one picture. FaceMesh gives no score: confidence is 1 with a face and 0 without."""
        with nullcontext() if self._met else quiet():  # the first face brings a last greeting
            shown = self._follow.view(picture.rgb, picture.time) if self._follow else picture.rgb
            found = self._mesh.process(shown).multi_face_landmarks
        self._met = self._met or bool(found)
        face = _followed(_face_frame(picture, _points(found[0]) if found else None), picture, self._follow)
        return face if face.landmarks is None else replace(face, eyes=cut(picture.rgb, face.landmarks))

    def close(self) -> None:
        self._mesh.close()


class FaceLandmarker:
    """MediaPipe's FaceLandmarker, which adds 52 blendshapes, from a `face_landmarker.task` that the user gives."""

    def __init__(self, model: str | Path) -> None:
        """Raises CaptureError when the model cannot be read."""
        if not Path(model).is_file():
            raise CaptureError(f"there is no face model {model}", "leave it out to track with the built-in FaceMesh")
        self._mediapipe = import_mediapipe()
        from mediapipe.tasks import python as tasks
        from mediapipe.tasks.python import vision

        options = vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(model)),
            running_mode=vision.RunningMode.VIDEO,
            output_face_blendshapes=True,
        )
        try:
            with quiet():
                self._task = vision.FaceLandmarker.create_from_options(options)
                self._stamp, self._follow = 0, Follow()
                self.find(Picture(0.0, _BLANK))
        except (RuntimeError, ValueError) as error:
            raise CaptureError(f"{model} is not a face model", "get face_landmarker.task from MediaPipe") from error

    def find(self, picture: Picture) -> FaceFrame:
        """The face in one picture, with blendshapes."""
        shown = self._follow.view(picture.rgb, picture.time)
        image = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=shown)
        self._stamp = max(self._stamp + 1, round(picture.time * 1000))  # ms; the task refuses a time that stands still
        result = self._task.detect_for_video(image, self._stamp)
        if not result.face_landmarks:
            return _face_frame(picture, None)
        shapes = {c.category_name: float(c.score) for c in result.face_blendshapes[0]}
        return _followed(_face_frame(picture, _one_by_one(result.face_landmarks[0]), shapes), picture, self._follow)

    def close(self) -> None:
        self._task.close()


def _followed(face: FaceFrame, picture: Picture, follow: Follow | None) -> FaceFrame:
    """The face, or none where it is not the one that is followed."""
    if face.landmarks is None or follow is None or follow.ours(face.landmarks, picture.rgb, picture.time):
        return face
    return FaceFrame(face.time, face.size)


def _face_frame(picture: Picture, points: F32 | None, shapes: dict[str, float] | None = None) -> FaceFrame:
    """points: float32 (N, 3) of a face, or None."""
    size = (picture.rgb.shape[1], picture.rgb.shape[0])
    if points is None or len(points) < LANDMARKS:
        return FaceFrame(picture.time, size)
    return FaceFrame(picture.time, size, points[:LANDMARKS], 1.0, shapes)


def _points(face: Any) -> F32:
    """float32 (N, 3) of a NormalizedLandmarkList, by its bytes: 478 objects take 15 times as long."""
    data = face.SerializeToString()
    if len(data) == _ROW.itemsize * len(face.landmark):
        rows = np.frombuffer(data, _ROW)
        if all((rows[name] == head).all() for name, head in _HEADS.items()):
            return np.stack([rows["x"], rows["y"], rows["z"]], -1)
    return _one_by_one(face.landmark)


def _one_by_one(points: Any) -> F32:
    return np.array([(p.x, p.y, p.z) for p in points], np.float32)
