"""Models of others that Kirie uses where they are there: their address, size and checksum are pinned, none is shipped."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from kirie.errors import KirieError
from kirie.files import atomic
from kirie.guard import state_file

if TYPE_CHECKING:
    from capture.face import FaceFinder

CHUNK = 1 << 16
PATIENCE = 30.0
"""s without a byte after which a download is given up."""
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Model:
    """A published file. size: bytes. sha256: hexadecimal. what: for the user."""

    file: str
    url: str
    size: int
    sha256: str
    what: str


FACE_LANDMARKER = Model(
    "face_landmarker.task",
    "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/face_landmarker.task",
    3_758_596,
    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    "MediaPipe's FaceLandmarker with 52 blendshapes (Apache-2.0)",
)
MODELS = {"face-landmarker": FACE_LANDMARKER}
"""By the names that `kirie fetch` knows."""


def place(model: Model) -> Path:
    """Where a model lies once it was fetched."""
    return state_file().parent / "models" / model.file


def found(model: Model) -> Path | None:
    """The fetched model, or None where it is not there."""
    path = place(model)
    return path if path.is_file() and path.stat().st_size == model.size else None


def fetch(model: Model, given: Path | None = None, progress: Progress = lambda done, total: None) -> Path:
    """Download a model, or copy it from a file that was, check it and keep it; where it lies.

    Raises KirieError where it cannot be had, or is not the very file that is pinned.
    """
    chunks = _read(given) if given is not None else _download(model)
    digest, data = hashlib.sha256(), bytearray()
    for chunk in chunks:
        digest.update(chunk)
        data += chunk
        progress(len(data), model.size)
        if len(data) > model.size:
            break
    if digest.hexdigest() != model.sha256:
        where = given or model.url
        raise KirieError(f"{where} is not the {model.file} that Kirie knows: its checksum is another", _by_hand(model))
    path = place(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as beside:
        beside.write_bytes(data)
    return path


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(CHUNK), b"")


def _download(model: Model) -> Iterator[bytes]:
    try:
        with urllib.request.urlopen(model.url, timeout=PATIENCE) as answer:
            yield from iter(lambda: answer.read(CHUNK), b"")
    except urllib.error.HTTPError as error:
        raise KirieError(f"{model.url} answers {error.code} {error.reason}", _by_hand(model)) from error
    except (OSError, HTTPException) as error:               # refused, no such host, no network, a time-out, broken off
        reason = getattr(error, "reason", None) or error
        raise KirieError(f"{model.file} cannot be downloaded, is there internet? {reason!s:.120}", _by_hand(model)) from error


def _by_hand(model: Model) -> str:
    name = next(name for name, each in MODELS.items() if each.file == model.file)
    return f"download {model.url} elsewhere, then: kirie fetch {name} --from {model.file}"


def face_finder() -> Callable[[], FaceFinder]:
    """What makes the finder of faces: with blendshapes where the model was fetched, else the one that comes with MediaPipe."""
    from capture import FaceLandmarker, FaceMesh

    path = found(FACE_LANDMARKER)
    return FaceMesh if path is None else lambda: FaceLandmarker(path)
