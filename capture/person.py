"""Who is in a picture: a rough mask of the people, and the mesh of every face, small ones too.

Both come with MediaPipe's wheel. The detector finds faces, each is enlarged and meshed by itself: FaceMesh alone misses what is
small or far away.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capture.quiet import import_cv2, import_mediapipe, quiet
from capture.types import F32, LANDMARKS, RGB

MOST = 8
"""Faces that are looked for."""
ROOM = 0.6
"""How much of its size is added to a detected face's box on each side before it is meshed."""
MESHED = 512
"""Px: the side of the enlarged face."""
LONGEST = 1280
"""Px: larger pictures are looked at smaller than they are."""
SAME = 0.4
"""Two faces nearer than this share of their width are one."""


class PersonSeer:
    """MediaPipe's selfie segmentation, face detector and face mesh for single pictures. Close it, or use it in a `with`."""

    def __init__(self) -> None:
        """Raises CaptureError when the system lacks a library that MediaPipe needs."""
        solutions = import_mediapipe().solutions
        self._cv2 = import_cv2()
        with quiet():
            self._selfie = solutions.selfie_segmentation.SelfieSegmentation(model_selection=0)
            self._detector = solutions.face_detection.FaceDetection(model_selection=1, min_detection_confidence=0.4)
            self._mesh = solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1, refine_landmarks=True,
                                                      min_detection_confidence=0.3)  # fmt: skip
            for each in (self._selfie, self._detector, self._mesh):
                each.process(np.zeros((64, 64, 3), np.uint8))

    def __enter__(self) -> PersonSeer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the models."""
        for each in (self._selfie, self._detector, self._mesh):
            each.close()

    def mask(self, rgb: RGB) -> F32:
        """How surely each pixel of a picture uint8 (H, W, 3) is a person: float32 (H, W), 0..1."""
        found = self._run(self._selfie, self._smaller(rgb)).segmentation_mask
        if found is None:
            return np.zeros(rgb.shape[:2], np.float32)
        mask = self._cv2.resize(found.astype(np.float32), rgb.shape[1::-1], interpolation=self._cv2.INTER_LINEAR)
        return np.clip(mask, 0, 1).astype(np.float32)

    def faces(self, rgb: RGB) -> list[F32]:
        """The meshes of all faces, largest first: each float32 (478, 3) in shares of (W, H, W), as in `FaceFrame`."""
        small = self._smaller(rgb)
        boxes = [(0.0, 0.0, 1.0, 1.0), *self._boxes(small)]
        found: list[F32] = []
        for box in boxes:
            mesh = self._meshed(small, box)
            if mesh is not None and all(_apart(mesh, other) for other in found):
                found.append(mesh)
        return sorted(found, key=lambda m: -float(np.ptp(m[:, 0])))[:MOST]

    def _boxes(self, rgb: RGB) -> list[tuple[float, float, float, float]]:
        """(left, top, right, bottom) of detected faces with room around, in shares of the picture; surest first."""
        out = []
        for each in sorted(self._run(self._detector, rgb).detections or (), key=lambda d: -d.score[0])[: 2 * MOST]:
            b = each.location_data.relative_bounding_box
            side = max(b.width * rgb.shape[1], b.height * rgb.shape[0]) * (0.5 + ROOM)
            w, h = side / rgb.shape[1], side / rgb.shape[0]
            x, y = b.xmin + b.width / 2, b.ymin + b.height / 2
            out.append((max(x - w, 0.0), max(y - h, 0.0), min(x + w, 1.0), min(y + h, 1.0)))
        return out

    def _meshed(self, rgb: RGB, box: tuple[float, float, float, float]) -> F32 | None:
        """The mesh of the face in a box, in shares of the whole picture."""
        height, width = rgb.shape[:2]
        left, top, right, bottom = (round(v * s) for v, s in zip(box, (width, height, width, height), strict=True))
        crop = rgb[top:bottom, left:right]
        if min(crop.shape[:2]) < 16:
            return None
        scale = MESHED / max(crop.shape[:2])
        if scale > 1:
            crop = self._cv2.resize(crop, None, fx=scale, fy=scale, interpolation=self._cv2.INTER_CUBIC)
        faces = self._run(self._mesh, np.ascontiguousarray(crop)).multi_face_landmarks
        if not faces or len(faces[0].landmark) < LANDMARKS:
            return None
        points = np.array([(p.x, p.y, p.z) for p in faces[0].landmark[:LANDMARKS]], np.float64)
        span = np.array([right - left, bottom - top, right - left]) / (width, height, width)
        return (points * span + (left / width, top / height, 0)).astype(np.float32)

    def _smaller(self, rgb: RGB) -> RGB:
        scale = LONGEST / max(rgb.shape[:2])
        if scale >= 1:
            return np.ascontiguousarray(rgb)
        small: RGB = self._cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=self._cv2.INTER_AREA)
        return small

    @staticmethod
    def _run(model: Any, rgb: RGB) -> Any:
        with quiet():                                           # the first face brings a last greeting
            return model.process(rgb)


def _apart(one: F32, other: F32) -> bool:
    """Whether two meshes are two faces."""
    width = max(float(np.ptp(one[:, 0])), float(np.ptp(other[:, 0])))
    away = one[:, :2].mean(0) - other[:, :2].mean(0)
    return bool(np.hypot(*away) > SAME * width)
