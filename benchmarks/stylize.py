"""Stylizers: how fast they run, and what the temporal supervisor takes out of a film, leaves in it, and costs.

    python benchmarks/stylize.py [CLIP ...] [--frames 60] [--start 0] [--look FOLDER] [--threads 2] [--rounds 8] [--side 256]

Speed: U-GAT-IT's light generator eagerly in PyTorch, and ours by ONNX Runtime, in one run and in turn; needs kirie[train].
Steadiness: with clips of faces, each is stylized cleanly, damaged with grain and mutations, and made steady again.
With --only one of both is measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])      # else this file would be taken for the package of its name


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("clips", nargs="*", type=Path)
    ask.add_argument("--only", choices=("speed", "steady"))
    ask.add_argument("--frames", type=int, default=60), ask.add_argument("--start", type=int, default=0)
    ask.add_argument("--look", type=Path, help="a folder for pictures of every planted mutation")
    ask.add_argument("--threads", type=int, default=2), ask.add_argument("--rounds", type=int, default=8)
    ask.add_argument("--side", type=int, default=256)
    given = ask.parse_args()
    if given.only != "steady":
        from benchmarks.stylize_speed import compare_speed

        compare_speed(given.threads, given.rounds, given.side)
    if given.clips and given.only != "speed":
        from benchmarks.stylize_steady import compare_steadiness

        compare_steadiness(given.clips, given.start, given.frames, given.look, given.threads)


if __name__ == "__main__":
    main()
