"""Pictures for training a stylizer: two folders of them, or a folder of pairs, cropped and varied by chance.

Sample i is the same in every run, whoever asks for it and when: a training that goes on after a stop sees what it
would have seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import Dataset

from kirie.errors import StylizeError

Picture = npt.NDArray[np.uint8]
T = TypeVar("T")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
MARGIN = 1.117
"""How much larger than the crop a picture's short side is made, as in the paper: 286 px for 256."""


def pictures_in(folder: Path) -> list[Path]:
    """All pictures of a folder and the folders in it, sorted. Raises StylizeError where there is none."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not found:
        raise StylizeError(f"there is no picture in {folder}", f"give a folder with {', '.join(SUFFIXES)} files")
    return found


def read_rgb(path: Path) -> Picture:
    """uint8 (H, W, 3), turned upright, transparency on white. Raises StylizeError where it is no picture."""
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise StylizeError(f"{path} cannot be read as a picture: {error}", "remove it from the folder") from error
    return np.asarray(Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB"))


class Unpaired(Dataset[tuple[Tensor, Tensor]]):
    """(photo, drawing), each (3, size, size) in -1..1, that have nothing to do with one another. Without end."""

    def __init__(self, photos: Path, drawings: Path, size: int, seed: int) -> None:
        self.photos, self.drawings, self.size, self.seed = pictures_in(photos), pictures_in(drawings), size, seed

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        photo = _turn(self.photos, index, self.seed)
        drawing = _turn(self.drawings, index, self.seed + 1)
        return (to_tensor(varied([read_rgb(photo)], self.size, np.random.default_rng((self.seed, index, 0)))[0]),
                to_tensor(varied([read_rgb(drawing)], self.size, np.random.default_rng((self.seed, index, 1)))[0]))  # fmt: skip


class Paired(Dataset[tuple[Tensor, Tensor]]):
    """(photo, drawing of it), both (3, size, size) in -1..1, cropped and lit alike. Without end."""

    def __init__(self, pairs: list[tuple[Path, Path]], size: int, seed: int) -> None:
        self.pairs, self.size, self.seed = pairs, size, seed

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng((self.seed, index))
        photo_at, drawing_at = _turn(self.pairs, index, self.seed)
        photo, drawing = read_rgb(photo_at), read_rgb(drawing_at)
        if photo.shape != drawing.shape:
            drawing = _resized(drawing, photo.shape[1], photo.shape[0])
        photo, drawing = varied([photo, drawing], self.size, rng)
        photo, drawing = relit([photo, drawing], rng)
        return to_tensor(photo), to_tensor(drawing)


def pairs_in(photos: Path, drawings: Path) -> list[tuple[Path, Path]]:
    """Photos and drawings of the same name (whatever the suffix), as pairs. Raises StylizeError where none match."""
    by_name = {p.relative_to(drawings).with_suffix(""): p for p in pictures_in(drawings)}
    named = [(p, by_name.get(p.relative_to(photos).with_suffix(""))) for p in pictures_in(photos)]
    pairs = [(photo, drawing) for photo, drawing in named if drawing is not None]
    if not pairs:
        raise StylizeError(f"no picture in {drawings} has the name of one in {photos}",
                           "a drawing must have its photo's name, for instance 7.png for 7.jpg")  # fmt: skip
    return pairs


def varied(pictures: list[Picture], size: int, rng: np.random.Generator) -> list[Picture]:
    """The same random crop of `size` px, mirrored by chance, of pictures of one shape."""
    height, width = pictures[0].shape[:2]
    scale = size * rng.uniform(1.0, 2 * MARGIN - 1) / min(height, width)
    wide, high = max(size, round(width * scale)), max(size, round(height * scale))
    left, top = int(rng.integers(wide - size + 1)), int(rng.integers(high - size + 1))
    mirrored = rng.random() < 0.5
    out = [_resized(p, wide, high)[top : top + size, left : left + size] for p in pictures]
    return [p[:, ::-1] if mirrored else p for p in out]


def relit(pictures: list[Picture], rng: np.random.Generator) -> list[Picture]:
    """Another brightness, contrast, gamma and tint, the same for all; sometimes gray, as old photos are.

    The drawing of a darker photo is darker: were it not, a network would have to guess the light, and learn little else.
    """
    gamma, contrast, light = rng.uniform(0.75, 1.35), rng.uniform(0.8, 1.15), rng.uniform(-0.06, 0.06)
    tint, gray = rng.uniform(0.93, 1.07, 3), rng.random() < 0.1
    out: list[Picture] = []
    for picture in pictures:
        lit = (((picture.astype(np.float32) / 255) ** gamma - 0.5) * contrast + 0.5 + light) * tint
        lit = np.repeat(lit.mean(-1, keepdims=True), 3, -1) if gray else lit
        out.append(np.clip(np.rint(lit * 255), 0, 255).astype(np.uint8))
    return out


def centred(path: Path, size: int) -> Tensor:
    """The middle square of a picture at `size` px, (3, size, size) in -1..1: for progress pictures and for judging."""
    picture = read_rgb(path)
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return to_tensor(_resized(picture[top : top + side, left : left + side], size, size))


def to_tensor(rgb: Picture) -> Tensor:
    """uint8 (H, W, 3) → float32 (3, H, W) in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1))).float() / 127.5 - 1


def to_picture(x: Tensor) -> Picture:
    """(3, H, W) in -1..1 → uint8 (H, W, 3)."""
    levels: Picture = ((x.detach().float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()
    return levels


def _turn(items: list[T], index: int, seed: int) -> T:
    """Item number `index` of an endless series that shows all of them once, in a new order, before any again."""
    epoch, place = divmod(index, len(items))
    return items[int(np.random.default_rng((seed, epoch)).permutation(len(items))[place])]


def _resized(rgb: Picture, width: int, height: int) -> Picture:
    smaller = width * height < rgb.shape[0] * rgb.shape[1]
    out: Picture = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    return out
