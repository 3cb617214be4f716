"""How well a folder of face clips is tracked, what capture adds to a frame, and what smoothing costs in time.

    python benchmarks/tracking.py CLIPS_FOLDER SCORER face_landmarker.task [PATTERN] [--poor]

SCORER is a program `SCORER VIDEO TAKE --model TASK` that prints JSON: r by parameter against MediaPipe's FaceLandmarker (None
where it hardly moves), blink events, recall and false ones a minute, jitter, and the share of frames in which a face is seen.
r is averaged over the clips that score it, blinks are pooled. --poor: the clips are first made 256 pixels wide.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2
import numpy as np

from capture import FaceMesh, Tracker, track, write_take
from capture.model import F64
from capture.source import VideoFile
from rig.params import BY_NAME

ANGLES = ("ParamAngleX", "ParamAngleY", "ParamAngleZ")
DELAYED = (
    *ANGLES, "ParamEyeLOpen", "ParamEyeROpen", "ParamMouthOpenY", "ParamMouthForm", "ParamBrowLY", "ParamEyeBallX",
    "ParamEyeBallY",
)  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("clips", type=Path), ask.add_argument("scorer", type=Path), ask.add_argument("model", type=Path)
    ask.add_argument("pattern", nargs="?", default="*.mp4"), ask.add_argument("--poor", action="store_true")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scores = {}
        for clip in sorted(given.clips.glob(given.pattern)):
            seen = poorer(clip, Path(folder)) if given.poor else clip
            scores[clip.stem] = score(seen, given.scorer, given.model, Path(folder))
    print_scores(scores)
    print_costs(sorted(given.clips.glob(given.pattern))[0])


def poorer(clip: Path, folder: Path, width: int = 256) -> Path:
    """The clip at 256 pixels' width."""
    source, out = VideoFile(clip), folder / f"{clip.stem}_{width}.mp4"
    writer = None
    for picture in source:
        height = round(picture.rgb.shape[0] * width / picture.rgb.shape[1] / 2) * 2
        writer = writer or cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"mp4v"), source.fps, (width, height))
        small = cv2.resize(picture.rgb, (width, height), interpolation=cv2.INTER_AREA)
        writer.write(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if writer is not None:
        writer.release()
    return out


def score(clip: Path, scorer: Path, model: Path, folder: Path) -> Any:
    """The scorer's verdict on one clip."""
    take = folder / f"{clip.stem}.take"
    write_take(take, track(clip))
    ran = subprocess.run([sys.executable, scorer, clip, take, "--model", model], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


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
