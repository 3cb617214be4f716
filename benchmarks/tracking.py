"""How well a folder of face clips is tracked, what capture adds to a frame, and what smoothing costs in time.

    python benchmarks/tracking.py CLIPS_FOLDER SCORER face_landmarker.task [PATTERN] [--copy glasses] [--how file live plain]

SCORER is a program `SCORER VIDEO TAKE --model TASK` that prints JSON: r by parameter against MediaPipe's FaceLandmarker (None
where it hardly moves), blink events, recall and false ones a minute, jitter, and the share of frames in which a face is seen.
r is averaged over the clips that score it, blinks are pooled. --copy: the clips are first spoilt, as by a poor webcam of 256
pixels or a tiny one of 160, in the dark, or with glasses drawn on the face, whose rims are opaque, or that gleam; then they are
scored against the good clips, too, since behind a rim the FaceLandmarker itself misses blinks. --how: as a file, which is
learned as a whole first; live, while the user is being learned; by a plain unsmoothed solver, whose jitter the others' is
compared with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import numpy as np

from capture import FaceFrame, FaceMesh, Tracker, write_take
from capture.eyes import grids
from capture.model import F64
from capture.source import VideoFile
from capture.tracker import perform
from capture.types import RGB
from rig.params import BY_NAME, ParameterFrame

ANGLES = ("ParamAngleX", "ParamAngleY", "ParamAngleZ")
DELAYED = (
    *ANGLES, "ParamEyeLOpen", "ParamEyeROpen", "ParamMouthOpenY", "ParamMouthForm", "ParamBrowLY", "ParamEyeBallX",
    "ParamEyeBallY",
)  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("clips", type=Path), ask.add_argument("scorer", type=Path), ask.add_argument("model", type=Path)
    ask.add_argument("pattern", nargs="?", default="*.mp4"), ask.add_argument("--copy", choices=list(COPIES))
    ask.add_argument("--how", nargs="+", choices=list(HOW), default=["file", "plain"])
    given = ask.parse_args()
    scores: dict[str, dict[str, Any]] = {how: {} for how in given.how}
    truth: dict[str, dict[str, Any]] = {how: {} for how in given.how if given.copy}
    with tempfile.TemporaryDirectory() as folder:
        for clip in sorted(given.clips.glob(given.pattern)):
            seen = spoilt(clip, Path(folder), COPIES[given.copy]) if given.copy else clip
            faces = found(seen)
            for how in given.how:
                frames = list(HOW[how](faces))
                scores[how][clip.stem] = score(seen, frames, given.scorer, given.model, Path(folder))
                if given.copy:
                    truth[how][clip.stem] = score(clip, frames, given.scorer, given.model, Path(folder))
    for how in given.how:
        print(f"--- {how}")
        print_scores(scores[how])
        if given.copy:
            print(f"--- {how}, against the good clips")
            print_scores(truth[how])
    if "plain" in scores:
        print_jitter({how: s for how, s in scores.items() if how != "plain"}, scores["plain"])
    print_costs(sorted(given.clips.glob(given.pattern))[0])


def found(clip: Path) -> list[FaceFrame]:
    """What FaceMesh sees in a clip."""
    mesh = FaceMesh()
    faces = [mesh.find(picture) for picture in VideoFile(clip)]
    mesh.close()
    return faces


def live(faces: list[FaceFrame]) -> Iterator[ParameterFrame]:
    """As a camera's pictures would be tracked, by somebody who is not known yet."""
    tracker = Tracker()
    return (tracker.update(face) for face in faces)


def plain(faces: list[FaceFrame]) -> Iterator[ParameterFrame]:
    """What a solver of ratios between a few points, without calibration and smoothing, says."""
    for face in faces:
        values = {} if face.landmarks is None else ratios(face.landmarks * [face.size[0], face.size[1], face.size[0]])
        yield ParameterFrame(face.time, values, face.face)


def ratios(p: F64) -> dict[str, float]:
    """The plain solver's values of landmarks (478, 3) in px, y down."""

    def far(a: int, b: int) -> float:
        return float(np.linalg.norm(p[a, :2] - p[b, :2]))

    def eye(outer: int, inner: int, uppers: tuple[int, ...], lowers: tuple[int, ...]) -> float:
        gap = sum(far(u, v) for u, v in zip(uppers, lowers, strict=True)) / 3 / far(outer, inner)
        return float(np.clip((gap - 0.1) / 0.2, 0, 1))

    def gaze(axis: int) -> float:
        pairs = ((473, 263, 362), (468, 33, 133))
        return float(sum((p[iris] - (p[a] + p[b]) / 2)[axis] / far(a, b) for iris, a, b in pairs))

    across, down = p[454] - p[234], p[152] - p[10]
    nose = np.cross(across, down)
    nose /= -np.linalg.norm(nose) * np.sign(nose[2])
    return {
        "ParamAngleX": float(np.degrees(np.arctan2(nose[0], -nose[2]))), "ParamAngleY": float(np.degrees(np.arcsin(-nose[1]))),
        "ParamAngleZ": float(np.degrees(np.arctan2(across[1], across[0]))),
        "ParamEyeLOpen": eye(263, 362, (387, 386, 385), (373, 374, 380)),
        "ParamEyeROpen": eye(33, 133, (160, 159, 158), (144, 145, 153)),
        "ParamMouthOpenY": min(far(13, 14) / far(61, 291), 1.0), "ParamMouthForm": far(61, 291) / far(263, 33) - 0.6,
        "ParamBrowLY": far(282, 386) / far(10, 152), "ParamBrowRY": far(52, 159) / far(10, 152),
        "ParamEyeBallX": gaze(0), "ParamEyeBallY": -gaze(1),
    }  # fmt: skip


HOW: dict[str, Callable[[list[FaceFrame]], Iterable[ParameterFrame]]] = {"file": perform, "live": live, "plain": plain}


Spoil = Callable[[RGB, FaceFrame, int], RGB]
"""A picture, the face in it and its number to what is left of it."""


def spoilt(clip: Path, folder: Path, spoil: Spoil) -> Path:
    """A copy of the clip, each of whose pictures is spoilt."""
    source, out = VideoFile(clip), folder / f"{clip.stem}_spoilt.mp4"
    writer = None
    for number, (picture, face) in enumerate(zip(source, found(clip), strict=True)):
        rgb = spoil(picture.rgb, face, number)
        writer = writer or cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"mp4v"), source.fps, rgb.shape[1::-1])
        writer.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    if writer is not None:
        writer.release()
    return out


def webcam(rgb: RGB, number: int, width: int, noise: float, quality: int) -> RGB:
    """What a webcam of `width` px makes of a picture: noise of so many grey levels, and JPEG."""
    height = round(rgb.shape[0] * width / rgb.shape[1] / 2) * 2
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    noisy = np.clip(small + np.random.default_rng(number).normal(0, noise, small.shape), 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def darkened(rgb: RGB, number: int) -> RGB:
    """A dark room: less light and contrast, and noise."""
    dark = (rgb / 255) ** 1.6 * 0.45
    return webcam(np.asarray(255 * (dark.mean() + 0.75 * (dark - dark.mean())), np.uint8), number, rgb.shape[1], 4, 50)


def glasses(rgb: RGB, face: FaceFrame, number: int, thick: float, gleam: float) -> RGB:
    """The face behind glasses with rims `thick` cm, and a window that gleams in them as they move."""
    if face.landmarks is None:
        return rgb
    out, inner = rgb.copy(), []
    at = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rim = np.sign([np.cos(at), np.sin(at)]).T * np.abs([np.cos(at), np.sin(at)]).T ** (2 / 3) * [2.35, 1.75] + [0.1, 0.25]
    bar = np.add([[-1.5, -1.2], [-0.9, -1.2], [0.5, 1.5], [-0.1, 1.5]], [0.35 * np.sin(number / 17), 0])
    for grid in grids(face.landmarks[:, :2] * np.array(face.size, np.float64), (1, 1), 1.0):
        pane, light = (np.rint((shape @ grid[:, :2].T + grid[:, 2]) * 8).astype(np.int32) for shape in (rim, bar))
        inside = cv2.fillPoly(np.zeros(rgb.shape[:2]), [pane], 1.0, cv2.LINE_AA, 3)
        lit = inside * cv2.fillPoly(np.zeros(rgb.shape[:2]), [light], gleam, cv2.LINE_AA, 3)
        for share, colour in ((0.15 * inside, (150, 165, 190)), (lit, (245, 245, 245))):
            out = np.asarray(out + share[..., None] * (np.array(colour) - out), np.uint8)
        width = max(1, round(thick * float(np.linalg.norm(grid[:, 0]))))
        cv2.polylines(out, [pane], True, RIM, width, cv2.LINE_AA, 3)
        inner.append((pane[24] / 8).astype(int).tolist())
    return np.asarray(cv2.line(out, inner[0], inner[1], RIM, width, cv2.LINE_AA), np.uint8)


RIM = (22, 18, 18)
COPIES: dict[str, Spoil] = {
    "poor": lambda rgb, face, number: webcam(rgb, number, 256, 3, 30),
    "tiny": lambda rgb, face, number: webcam(rgb, number, 160, 3, 40),
    "dark": lambda rgb, face, number: darkened(rgb, number),
    "glasses": lambda rgb, face, number: glasses(rgb, face, number, 0.28, 0.0),
    "gleam": lambda rgb, face, number: glasses(rgb, face, number, 0.15, 0.6),
}


def score(clip: Path, frames: Iterable[ParameterFrame], scorer: Path, model: Path, folder: Path) -> Any:
    """The scorer's verdict on what was read from one clip."""
    take = folder / f"{clip.stem}.take"
    write_take(take, frames)
    ran = subprocess.run([sys.executable, scorer, clip, take, "--model", model], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def print_jitter(scores: dict[str, dict[str, Any]], plain_scores: dict[str, Any]) -> None:
    """Jitter as a share of the plain solver's."""
    for how, clips in scores.items():
        for name in (*ANGLES, "ParamMouthOpenY"):
            shares = [clips[clip]["jitter"][name] / plain_scores[clip]["jitter"][name] for clip in clips]
            print(f"jitter {how:<5}{name:<18}" + "".join(f"{share:>14.2f}" for share in shares) + "  of the plain solver's")


def print_scores(scores: dict[str, Any]) -> None:
    """One line a parameter, then blinks, jitter and what was seen."""
    print(f"{'r':<18}{'mean':>8}" + "".join(f"{name[-12:]:>14}" for name in scores))
    for name in next(iter(scores.values()))["r"]:
        row = [s["r"][name] for s in scores.values()]
        known = [r for r in row if r is not None]
        cells = "".join(f"{'-' if r is None else f'{r:.3f}':>14}" for r in row)
        print(f"{name:<18}{np.mean(known) if known else float('nan'):>8.3f}{cells}")
    blinks, frames = [s["blink"] for s in scores.values()], [s["frames"][0] for s in scores.values()]
    total = sum(b["events"] for b in blinks)
    recall = sum(b["events"] * (b["recall"] or 0) for b in blinks) / max(total, 1)
    false = np.average([b["false_per_minute"] for b in blinks], weights=frames)
    print(f"blinks {total}, recall {recall:.2f}, false a minute {false:.2f}")
    for name in (*ANGLES, "ParamMouthOpenY"):
        print(f"jitter {name:<18}" + "".join(f"{s['jitter'][name]:>14.4f}" for s in scores.values()))
    print(f"{'seen less by':<26}" + "".join(f"{s['seen'][1] - s['seen'][0]:>14.3f}" for s in scores.values()))


def print_costs(clip: Path) -> None:
    """Time per frame, the smoother's delay, and how much jitter it leaves."""
    mesh, tracker = FaceMesh(), Tracker()
    times, smooth, raw = [], [], []
    for picture in VideoFile(clip):
        start = perf_counter()
        face = mesh.find(picture)
        middle = perf_counter()
        frame = tracker.update(face)
        if frame.face:
            times.append((middle - start, perf_counter() - middle))
            smooth.append([frame.values[name] for name in DELAYED])
            raw.append([BY_NAME[name].clamp(tracker.raw[name]) for name in DELAYED])
    mesh.close()
    for name, spent in zip(("FaceMesh", "capture adds"), np.array(times).T * 1000, strict=True):
        print(f"{name:<14} best {spent.min():.2f} ms, median {np.median(spent):.2f} ms a frame")
    fps = VideoFile(clip).fps
    for name, before, after in zip(DELAYED, np.array(raw).T, np.array(smooth).T, strict=True):
        left = np.abs(np.diff(after, 2)).mean() / max(np.abs(np.diff(before, 2)).mean(), 1e-9)
        late = delay(before, after) / fps * 1000
        print(f"{name:<18} smoothing delays {late:>4.0f} ms and leaves {left:.0%} of the second difference")


def delay(raw: F64, smooth: F64) -> float:
    """The shift of `raw`, in frames, that comes closest to `smooth`."""
    at, shifts = np.arange(len(raw)), np.arange(0, 6, 0.05)
    return float(shifts[np.argmin([((np.interp(at - s, at, raw) - smooth) ** 2).mean() for s in shifts])])


if __name__ == "__main__":
    main()
