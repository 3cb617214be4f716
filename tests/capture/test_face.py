"""Landmarks by their bytes are those that MediaPipe's objects say, whatever else a landmark holds."""

from __future__ import annotations

import numpy as np
import pytest

from capture.face import _points

landmark_pb2 = pytest.importorskip("mediapipe.framework.formats.landmark_pb2")


def mesh(count: int = 478) -> tuple[object, np.ndarray]:
    """A face whose every number is another, one of them 0."""
    wanted = np.arange(3 * count, dtype=np.float32).reshape(count, 3) / 7 - 30
    wanted[5] = 0
    face = landmark_pb2.NormalizedLandmarkList()
    for x, y, z in wanted.tolist():
        face.landmark.add(x=x, y=y, z=z)
    return face, wanted


def test_landmarks_are_read_by_their_bytes() -> None:
    face, wanted = mesh()
    assert len(face.SerializeToString()) == 17 * 478         # type: ignore[attr-defined]
    points = _points(face)
    assert points.dtype == np.float32 and np.array_equal(points, wanted)


def test_landmarks_that_hold_more_are_read_one_by_one() -> None:
    face, wanted = mesh()
    face.landmark[3].visibility = 0.5                       # type: ignore[attr-defined]
    assert np.array_equal(_points(face), wanted)
    del face.landmark[400:]                                 # type: ignore[attr-defined]
    assert len(_points(face)) == 400
