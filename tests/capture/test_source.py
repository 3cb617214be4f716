"""Pictures in time order from a video or a folder; what is neither is refused; what breaks off is kept and noted."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from capture import ImageFolder, VideoFile, open_source, track
from capture.quiet import missing_library
from kirie.errors import CaptureError


def colour(i: int) -> tuple[int, int, int]:
    """An RGB colour that tells the frame's number."""
    return 200, 20 + 8 * i, 40


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twelve frames of 64x48 at 20 fps, no face in them, in a container that can be cut anywhere."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    for i in range(12):
        writer.write(np.full((48, 64, 3), colour(i)[::-1], np.uint8))
    writer.release()
    return path


def test_video(clip: Path) -> None:
    source = open_source(clip)
    pictures = list(source)
    assert isinstance(source, VideoFile)
    assert source.count == len(pictures) == 12
    assert source.notes == []
    np.testing.assert_allclose([p.time for p in pictures], np.arange(12) / 20, atol=0.002)
    for i, picture in enumerate(pictures):
        assert picture.rgb.shape == (48, 64, 3)
        assert picture.rgb.dtype == np.uint8
        np.testing.assert_allclose(picture.rgb.mean((0, 1)), colour(i), atol=8)
    assert len(list(source)) == 12  # a file can be read again


def test_cut_video_keeps_its_good_frames(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.avi"
    data = clip.read_bytes()
    start = data.index(b"movi")
    cut.write_bytes(data[: start + (len(data) - start) * 6 // 10])
    source = VideoFile(cut)
    good = list(source)
    assert 3 <= len(good) < 12
    assert "breaks off" in source.notes[0]


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 50, bytes(range(256)) * 40])
def test_not_a_video(tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(CaptureError, match="not a video"):
        open_source(path)
    assert capfd.readouterr().err == ""


def test_missing_picture_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no file"):
        open_source(tmp_path / "none.mp4")
    with pytest.raises(CaptureError, match="holds no picture"):
        open_source(tmp_path)
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(CaptureError, match="is a picture"):
        open_source(tmp_path / "a.png")


def test_folder(tmp_path: Path) -> None:
    for i in (2, 0, 1):
        cv2.imwrite(str(tmp_path / f"{i}.png"), np.full((8, 10, 3), colour(i)[::-1], np.uint8))
    (tmp_path / "3.png").write_bytes(b"broken")
    (tmp_path / "notes.txt").write_text("x")
    source = open_source(tmp_path)
    pictures = list(source)
    assert isinstance(source, ImageFolder)
    assert [p.rgb[0, 0].tolist() for p in pictures] == [list(colour(i)) for i in range(3)]
    assert [p.time for p in pictures] == pytest.approx([0, 1 / 30, 2 / 30])
    assert "3.png" in source.notes[0]


def test_a_clip_without_a_face_is_a_take_without_faces(clip: Path, capfd: pytest.CaptureFixture[str]) -> None:
    done: list[tuple[int, int | None]] = []
    frames = list(track(clip, lambda n, total: done.append((n, total))))
    assert [f.face for f in frames] == [False] * 12
    assert all(not f.values for f in frames)
    assert done == [(i + 1, 12) for i in range(12)]
    assert capfd.readouterr().err == ""


def test_a_missing_library_names_the_package() -> None:
    error = missing_library("OpenCV", ImportError("libGL.so.1: cannot open shared object file: No such file or directory"))
    assert "libGL.so.1" in error.message
    assert "apt-get install -y libgl1" in error.hint
    error = missing_library("OpenCV", ImportError("libgthread-2.0.so.0: cannot open shared object file"))
    assert "libglib2.0-0" in error.hint
