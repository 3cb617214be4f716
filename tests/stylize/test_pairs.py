"""Pairs to train on: teachers of three kinds, and planted bad pairs found by what the others foretell."""

from __future__ import annotations

import base64
import io
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image, ImageOps

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")

from kirie.errors import StylizeError  # noqa: E402
from stylize.train_clean import (  # noqa: E402
    Cleaning,
    Scored,
    best_of_each,
    clean,
    landmark_shift,
    mask_mismatch,
    student_errors,
    too_far,
    write_report,
)
from stylize.train_pairs import Candidate, from_api, from_command, from_folder, make_candidates  # noqa: E402


def quiet(_line: str) -> None:
    pass


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve shaded balls, each elsewhere; their drawing is the flat disc."""
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(12):
        Image.fromarray(ball(*rng.uniform(14, 26, 2))).save(folder / f"{number:02d}.png")
    return folder


def ball(cx: float, cy: float) -> np.ndarray:
    y, x = np.mgrid[:40, :40]
    inside = (x - cx) ** 2 + (y - cy) ** 2 < 80
    tone = np.clip(190 + 5 * (cx - x), 120, 255)
    return np.repeat(np.where(inside, tone, 40)[..., None], 3, -1).astype(np.uint8)


def middle(rgb: np.ndarray) -> np.ndarray:
    """A "landmark detector": corners of the box of what is bright, (2, 2) in px."""
    rows, columns = np.nonzero(rgb.mean(-1) > 110)
    return np.array([[columns.min(), rows.min()], [columns.max(), rows.max()]], float)


def flat(photo: Path) -> np.ndarray:
    return np.where(np.asarray(Image.open(photo)) > 110, 230, 90).astype(np.uint8)


def drawn(photos: Path, folder: Path, bad: dict[str, np.ndarray]) -> list[Candidate]:
    folder.mkdir(exist_ok=True)
    out = []
    for photo in sorted(photos.iterdir()):
        path = folder / f"{photo.stem}.0.png"
        Image.fromarray(bad.get(photo.stem, flat(photo))).save(path)
        out.append(Candidate(photo, path, 0))
    return out


def test_planted_bad_pairs_are_found_by_the_student_alone(photos: Path, tmp_path: Path) -> None:
    """Three of twelve: another person's drawing, inverted colours, noise. No good one goes with them."""
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    bad = {"02": flat(photos / "07.png")[::-1, ::-1].copy(), "05": 255 - flat(photos / "05.png"), "09": noise}
    pairs = drawn(photos, tmp_path / "drawings", bad)
    cleaning = Cleaning(folds=3, rounds=2, side=40, steps=60, channels=4, beyond=3)
    scored = clean(pairs, cleaning, quiet)
    dropped = {one.candidate.photo.stem: one.dropped for one in scored if one.dropped}
    assert set(dropped) == set(bad)
    assert all(reason == "error" for reason in dropped.values())
    assert [one.candidate.photo for one in best_of_each(scored)] == [p.photo for p in pairs if p.photo.stem not in dropped]


def test_faces_and_people_elsewhere_are_found_without_a_student(photos: Path, tmp_path: Path) -> None:
    moved = {"03": np.roll(flat(photos / "03.png"), 8, 1)}
    pairs = drawn(photos, tmp_path / "drawings", moved)
    lines: list[str] = []

    def nothing(learnt: Sequence[Candidate], judged: Sequence[Candidate]) -> np.ndarray:
        assert all(c.photo.stem != "03" for c in learnt)            # what is known to be bad teaches nobody
        assert not {c.photo for c in learnt} & {c.photo for c in judged}
        return np.ones(len(judged))

    for given, reason in (({"landmarks": middle}, "shift"), ({"person": lambda rgb: rgb.mean(-1) > 110}, "mismatch")):
        scored = clean(pairs, Cleaning(folds=3), lines.append, foretell=nothing, **given)
        assert {one.candidate.photo.stem: one.dropped for one in scored if one.dropped} == {"03": reason}
    assert lines[0] == "1 of 12 drawings have the face or the person elsewhere"


def test_scores() -> None:
    values = np.array([1.0, 1.1, 0.9, 1.05, 0.95, 9.0, np.nan])
    assert too_far(values, 2).tolist() == [False] * 5 + [True, False]
    assert not too_far(np.full(4, np.nan), 2).any()
    assert not too_far(np.full(5, 3.0), 2).any()
    assert not too_far(values, 2, least=10).any()


def test_what_cannot_be_measured_is_not_held_against_a_drawing(photos: Path, tmp_path: Path) -> None:
    pair = drawn(photos, tmp_path / "drawings", {})[0]
    assert np.isnan(landmark_shift(pair, lambda rgb: None))
    assert np.isnan(mask_mismatch(pair, lambda rgb: np.zeros(rgb.shape[:2], np.float32)))
    found = iter([np.zeros((2, 2)), None])
    assert np.isnan(landmark_shift(pair, lambda rgb: next(found)))
    assert landmark_shift(pair, middle) < 0.05


def test_the_student_learns(photos: Path, tmp_path: Path) -> None:
    pairs = drawn(photos, tmp_path / "drawings", {})
    short, long = (student_errors(pairs[:8], pairs[8:], Cleaning(side=40, steps=n, channels=4)) for n in (1, 60))
    assert long.mean() < 0.6 * short.mean()


def test_the_best_try_is_taken(tmp_path: Path) -> None:
    def one(photo: str, number: int, error: float, dropped: str = "") -> Scored:
        return Scored(Candidate(Path(photo), Path(f"{photo}{number}"), number), error, float("nan"), 0.1, dropped)

    scored = [one("a", 0, 0.3), one("a", 1, 0.1), one("a", 2, 0.0, "shift"), one("b", 0, 0.5, "error")]
    assert [x.candidate.drawing for x in best_of_each(scored)] == [Path("a1")]
    write_report(scored, tmp_path / "pairs.json")
    rows = json.loads((tmp_path / "pairs.json").read_text("utf-8"))
    assert rows[0]["candidate"]["photo"] == "b" and rows[0]["shift"] is None and rows[0]["dropped"] == "error"


def test_too_few_to_judge(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(StylizeError, match="too few"):
        clean(drawn(photos, tmp_path / "drawings", {})[:4], Cleaning(), quiet)


def test_a_folder_of_drawings(photos: Path, tmp_path: Path) -> None:
    drawings = tmp_path / "theirs"
    drawings.mkdir()
    for name in ("00.png", "01.0.png", "01_1.jpg"):
        Image.new("RGB", (20, 20), "red").save(drawings / name)
    made = make_candidates(photos, from_folder(drawings, photos), tmp_path / "candidates", 2, quiet)
    assert [(c.photo.stem, c.number) for c in made] == [("00", 0), ("01", 0), ("01", 1)]
    with Image.open(made[0].drawing) as picture:
        assert picture.size == (40, 40)         # the photo's
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(StylizeError, match="no drawing at all"):
        make_candidates(photos, from_folder(empty, photos), tmp_path / "none", 1, quiet)


def test_a_command(photos: Path, tmp_path: Path) -> None:
    script = tmp_path / "draw it.py"
    script.write_text("import sys\nfrom PIL import Image, ImageOps\n_, photo, drawing, seed = sys.argv\n"
                      "ImageOps.invert(Image.open(photo)).save(drawing)\nassert seed == '--seed=1'", "utf-8")  # fmt: skip
    teacher = from_command(f"'{sys.executable}' '{script}' {{photo}} {{drawing}} --seed={{seed}}")
    photo = photos / "00.png"
    made, wanted = teacher(photo, 1), np.asarray(ImageOps.invert(Image.open(photo)))
    assert made is not None and np.array_equal(made, wanted)
    with pytest.raises(StylizeError, match="AssertionError"):
        teacher(photo, 2)
    with pytest.raises(StylizeError, match="lacks"):
        from_command("draw {photo}")
    with pytest.raises(StylizeError, match="no command"):
        from_command("no-such-command {photo} {drawing}")


class Api(BaseHTTPRequestHandler):
    """As AUTOMATIC1111's web UI answers: the picture inverted."""

    asked: ClassVar[list[dict]] = []
    answer: ClassVar[bytes | None] = None

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Api.asked.append(asked | {"path": self.path})
        given = Image.open(io.BytesIO(base64.b64decode(asked["init_images"][0])))
        buffer = io.BytesIO()
        ImageOps.invert(given).resize((asked["width"], asked["height"])).save(buffer, "PNG")
        answer = Api.answer or json.dumps({"images": [base64.b64encode(buffer.getvalue()).decode()]}).encode()
        self.send_response(200 if answer != b"no" else 500)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    Api.asked, Api.answer = [], None
    server = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_an_img2img_api(photos: Path, tmp_path: Path) -> None:
    with served() as address:
        teacher = from_api(address + "/", "flat portrait", 0.4, side=64)
        made = make_candidates(photos, teacher, tmp_path / "candidates", 2, quiet)
        assert len(made) == 24 and len(Api.asked) == 24
        first = Api.asked[0]
        assert (first["path"], first["prompt"], first["denoising_strength"]) == ("/sdapi/v1/img2img", "flat portrait", 0.4)
        assert (first["width"], first["height"]) == (64, 64) and [a["seed"] for a in Api.asked[:2]] == [0, 1]
        drawn_, wanted = Image.open(made[0].drawing), ImageOps.invert(Image.open(made[0].photo))
        assert drawn_.size == wanted.size and np.abs(np.asarray(drawn_, int) - np.asarray(wanted, int)).mean() < 8
        make_candidates(photos, teacher, tmp_path / "candidates", 2, quiet)
        assert len(Api.asked) == 24             # what is there is not asked for again
        wrong = ((b"no", "answered 500"), (b"no json", "cannot be asked"), (b'{"images": ["?"]}', "with a picture"))
        for answer, told in wrong:
            Api.answer = answer
            with pytest.raises(StylizeError, match=told):
                teacher(photos / "00.png", 0)
    with pytest.raises(StylizeError, match="cannot be asked"):
        teacher(photos / "00.png", 0)
    with pytest.raises(StylizeError, match="no address"):
        from_api("ftp://example.invalid/img2img", "", 0.5)


def test_cleaning_is_the_same_every_time(photos: Path, tmp_path: Path) -> None:
    pairs = drawn(photos, tmp_path / "drawings", {})
    cleaning = replace(Cleaning(), folds=2, rounds=1, side=32, steps=3, channels=4)
    first, second = ([one.error for one in clean(pairs, cleaning, quiet)] for _ in range(2))
    assert first == second
