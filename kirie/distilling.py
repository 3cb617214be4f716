"""Pairs of photos and drawings by the flat model, for `kirie train stylizer --paired`:

python -m kirie.distilling PHOTOS PAIRS

PAIRS gets two folders, photos and drawings, with the same names; what is there already is kept, so it can be stopped.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import numpy as np

from kirie.commands.common import tell
from kirie.commands.making import write_png
from kirie.errors import KirieError
from kirie.library import PICTURES
from kirie.stylizing import look, on_white, seer


def distil(photos: Path, pairs: Path) -> int:
    """Make pairs of all photos under a folder; how many photos gave any."""
    from layering import read_artwork
    from stylize.train_distil import VIEWS, is_bald, is_grey, pairs_of

    for name in ("photos", "drawings"):
        (pairs / name).mkdir(parents=True, exist_ok=True)
    done = 0
    with seer() as eyes:
        for path in sorted(x for x in photos.rglob("*") if x.suffix.lower() in PICTURES):
            name = f"{path.parent.name}-{path.stem}"
            if (pairs / "drawings" / f"{name}-{len(VIEWS) - 1}.png").exists():
                done += 1
                continue
            try:
                rgb = on_white(read_artwork(path).rgba)
                meshes, mask = look(rgb, eyes)
                rng = np.random.default_rng(zlib.crc32(name.encode()))
                made = list(pairs_of(rgb, meshes[0], mask, rng)) if meshes else []
            except KirieError as error:
                tell(f"{path.name} left out: {error.message}")
                continue
            if made and is_grey(rgb) and is_bald(made[0].drawing):
                tell(f"{path.name} left out: its hair was lost, or is")
                continue
            for k, pair in enumerate(made):
                write_png(pairs / "photos" / f"{name}-{k}.png", pair.photo)
                write_png(pairs / "drawings" / f"{name}-{k}.png", pair.drawing)
            done += bool(made)
    return done


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m kirie.distilling PHOTOS PAIRS")
    tell(f"{distil(Path(sys.argv[1]), Path(sys.argv[2]))} photos drawn")
