"""Where pictures come from: one protocol, whatever is behind it.

`ImageSource` is for what has to be looked at by a face tracker (a video file, a folder of pictures, a webcam). What already
carries parameters (a take, the network) enters one step later, as an iterable of `ParameterFrame`, which is also what
`capture.track` makes of an `ImageSource`. Both are plain iterables in time order, so that whoever consumes them need not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from capture.quiet import import_cv2, quiet
from capture.types import Picture
from kirie.errors import CaptureError

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})


class ImageSource(Protocol):
    """Pictures in time order. Iterating again starts again where that is possible (a file), or goes on (a camera).

    count: about how many pictures there will be, or None. notes: what went wrong without ending the source, for the user.
    """

    count: int | None
    notes: list[str]

    def __iter__(self) -> Iterator[Picture]: ...


def open_source(path: str | Path) -> ImageSource:
    """The source behind a path: a folder of pictures or a video file. Raises CaptureError for anything else."""
    where = Path(path)
    if where.is_dir():
        return ImageFolder(where)
    if not where.exists():
        raise CaptureError(f"there is no file {where}", "check the path")
    if where.suffix.lower() in PICTURES:
        raise CaptureError(f"{where} is a picture, not a video", "put pictures in a folder and give the folder")
    return VideoFile(where)


class VideoFile:
    """A video file, decoded by OpenCV's FFmpeg. A file that ends in mid-frame gives its good frames and a note."""

    def __init__(self, path: str | Path) -> None:
        """Raises CaptureError when the file is no video or holds no picture."""
        self.path = Path(path)
        self.notes: list[str] = []
        capture = self._open()
        ok, _ = capture.read()
        self.fps = _frame_rate(capture)
        self.count: int | None = max(int(capture.get(import_cv2().CAP_PROP_FRAME_COUNT)), 0) or None
        capture.release()
        if not ok:
            raise CaptureError(f"{self.path} holds no picture that can be read", "convert it to MP4 first")

    def __iter__(self) -> Iterator[Picture]:
        cv2, capture = import_cv2(), self._open()
        self.notes.clear()
        time, seen = -1.0, 0
        try:
            while True:
                ok, bgr = capture.read()
                if not ok:
                    break
                stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                time = max(stamp, 0.0) if stamp > time else time + 1 / self.fps  # some files stamp badly or not at all
                seen += 1
                yield Picture(time, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
        finally:
            capture.release()
        if self.count is not None and seen < self.count - 1:  # containers often count one too many
            self.notes.append(f"{self.path.name} breaks off: {seen} of {self.count} frames could be read")

    def _open(self) -> Any:
        cv2 = import_cv2()
        with quiet():
            capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            raise CaptureError(f"{self.path} is not a video, or its end is missing", "give an MP4, MOV, MKV, WebM or AVI file")
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)           # phones film lying on their side, and say so
        return capture


def _frame_rate(capture: Any) -> float:
    fps = float(capture.get(import_cv2().CAP_PROP_FPS))
    return fps if 1.0 <= fps <= 1000.0 else 30.0


class ImageFolder:
    """The pictures of a folder in the order of their names, `fps` a second. What is not a picture is skipped with a note."""

    def __init__(self, path: str | Path, fps: float = 30.0) -> None:
        """Raises CaptureError when the folder holds no picture."""
        self.path, self.fps = Path(path), fps
        self.notes: list[str] = []
        self.files = sorted(p for p in self.path.iterdir() if p.suffix.lower() in PICTURES and p.is_file())
        self.count: int | None = len(self.files)
        if not self.files:
            raise CaptureError(f"the folder {self.path} holds no picture", "give a folder of PNG or JPG files, or a video")

    def __iter__(self) -> Iterator[Picture]:
        cv2 = import_cv2()
        self.notes.clear()
        for index, file in enumerate(self.files):
            bgr = cv2.imread(str(file), cv2.IMREAD_COLOR)
            if bgr is None:
                self.notes.append(f"{file.name} is not a picture and was skipped")
            else:
                yield Picture(index / self.fps, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
