"""`kirie fetch` against a server on loopback: what comes is checked, what cannot come says where it lies."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kirie import models
from kirie.models import FACE_LANDMARKER, MODELS, Model, found
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]
CONTENT = bytes(range(256)) * 700
"""More than one chunk."""


class Shelf(BaseHTTPRequestHandler):
    """A server whose paths say how it fails."""

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        body = {"/good": CONTENT, "/changed": CONTENT[:-1] + b"x", "/long": CONTENT * 9}.get(self.path, CONTENT)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/broken-off" else body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def shelf() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Model]:
    """Puts a small file in the real model's place."""

    def put(url: str) -> Model:
        small = replace(FACE_LANDMARKER, url=url, size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())
        monkeypatch.setitem(MODELS, "face-landmarker", small)
        monkeypatch.setattr(models, "FACE_LANDMARKER", small)
        return small

    return put


def test_it_is_fetched_once_and_found_from_then_on(say: Say, shelf: str, model: Callable[[str], Model]) -> None:
    wanted = model(f"{shelf}/good")
    assert found(wanted) is None
    answer = say("fetch", "face-landmarker")
    assert answer.code == 0 and Path(answer.last).read_bytes() == CONTENT and found(wanted) == Path(answer.last)
    assert "Apache" in answer.err
    model("http://127.0.0.1:9/gone")
    again = say("fetch", "face-landmarker")                 # nothing is asked of the network
    assert again.code == 0 and again.out == answer.out


@pytest.mark.parametrize(("path", "said"), [("missing", "404"), ("changed", "checksum"), ("long", "checksum"),
                                            ("broken-off", "")])  # fmt: skip
def test_what_is_wrong_is_refused(path: str, said: str, say: Say, shelf: str, model: Callable[[str], Model]) -> None:
    wanted = model(f"{shelf}/{path}")
    answer = say("fetch", "face-landmarker")
    assert answer.code == 1 and said in answer.err and found(wanted) is None
    assert "--from" in answer.err.splitlines()[-1] and wanted.url in answer.err.splitlines()[-1]


def test_offline_says_where_to_get_it_and_takes_it_in(say: Say, model: Callable[[str], Model], tmp_path: Path) -> None:
    model("http://127.0.0.1:9/nobody-listens")
    answer = say("fetch", "face-landmarker")
    assert answer.code == 1 and "is there internet" in answer.err and "kirie fetch face-landmarker --from" in answer.err
    file = tmp_path / "downloaded.task"
    file.write_bytes(CONTENT[1:])
    assert say("fetch", "face-landmarker", "--from", file).code == 1
    file.write_bytes(CONTENT)
    assert Path(say("fetch", "face-landmarker", "--from", file).last).read_bytes() == CONTENT


def test_the_finder_follows_what_is_there(model: Callable[[str], Model], monkeypatch: pytest.MonkeyPatch) -> None:
    import capture

    wanted = model("http://127.0.0.1:9/")
    assert models.face_finder() is capture.FaceMesh
    path = models.place(wanted)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    made: list[Path] = []
    monkeypatch.setattr(capture, "FaceLandmarker", made.append, raising=False)
    models.face_finder()()
    assert made == [path]


def test_the_pinned_file_is_the_one_that_is_published() -> None:
    assert FACE_LANDMARKER.url.startswith("https://") and FACE_LANDMARKER.url.endswith(f"/float16/1/{FACE_LANDMARKER.file}")
    assert len(FACE_LANDMARKER.sha256) == 64 and FACE_LANDMARKER.size > 3_000_000
