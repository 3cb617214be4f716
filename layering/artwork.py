"""Loading a picture: whatever it is stored as, it becomes 8-bit sRGB with straight alpha, upright."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kirie.errors import LayeringError
from layering.stack import RGBA

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 16384
MAX_PIXELS = 80_000_000
MIN_SIDE = 48


@dataclass(frozen=True, slots=True, eq=False)
class Artwork:
    """rgba: uint8 (H, W, 4), straight alpha, sRGB, y down. dpi: as the file says, or None. name: of the file, without suffix.

    notes: what was done to it on the way in (turned upright, converted, first frame of an animation).
    """

    rgba: RGBA
    name: str = ""
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def size(self) -> tuple[int, int]:
        """(W, H) in px."""
        return self.rgba.shape[1], self.rgba.shape[0]


def read_artwork(path: str | Path) -> Artwork:
    """Read PNG, JPEG, WebP, BMP, TIFF or GIF.

    Orientation is applied, an embedded profile converted to sRGB, 16 bits brought to 8, palette, grey and CMYK to RGB; of an
    animation the first frame is taken. Raises LayeringError for what is missing, cut off, no picture, too large or too small.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    file = Path(path)
    Image.MAX_IMAGE_PIXELS = None                        # our own limits say more than Pillow's warning
    try:
        with Image.open(file) as image:
            _check_size(file, *image.size)
            notes = ["the first frame of an animation"] if getattr(image, "n_frames", 1) > 1 else []
            dpi = image.info.get("dpi")
            upright = ImageOps.exif_transpose(image)
            if upright.size != image.size or upright.getexif() != image.getexif():
                notes.append("turned upright as its EXIF data says")
            rgba, more = _to_rgba(upright)
    except FileNotFoundError as error:
        raise LayeringError(f"{file} does not exist", "check the path") from error
    except IsADirectoryError as error:
        raise LayeringError(f"{file} is a folder", "give a picture") from error
    except UnidentifiedImageError as error:
        raise LayeringError(f"{file} is not a picture that Kirie knows", "save it as PNG, JPEG or WebP") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise LayeringError(f"{file} is damaged or cut off ({error})", "save it again and try the new file") from error
    return Artwork(rgba, file.stem, _dpi(dpi), tuple(notes + more))


def _check_size(file: Path, width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise LayeringError(f"{file} is {width} x {height} px, over the limit of {MAX_SIDE} px a side and "
                            f"{MAX_PIXELS // 10**6} megapixels", "scale it down first; 2048 px is plenty")  # fmt: skip
    if min(width, height) < MIN_SIDE:
        raise LayeringError(f"{file} is {width} x {height} px, too small to find a face in",
                            f"give a picture of at least {MIN_SIDE} px a side")  # fmt: skip


def _to_rgba(image: Image) -> tuple[RGBA, list[str]]:
    """The picture as 8-bit sRGB, and what was done to it."""
    from PIL import Image as pillow

    notes: list[str] = []
    if image.mode.startswith(("I", "F")):               # 16-bit grey, or numbers
        values = np.asarray(image).astype(np.float64)
        top = 65535.0 if values.max() > 255 else 255.0
        image = pillow.fromarray(np.clip(values / top * 255 + 0.5, 0, 255).astype(np.uint8))
        notes.append("16 bits brought to 8")
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image, said = _managed(image, profile)
        notes += said
    if image.mode not in ("RGB", "RGBA"):
        notes.append(f"converted from {image.mode}")
    return np.array(image.convert("RGBA")), notes


def _managed(image: Image, profile: bytes) -> tuple[Image, list[str]]:
    """The picture brought from its embedded profile to sRGB; as it is, with a note, where the profile is broken."""
    import io

    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        plain = image.convert("RGB") if image.mode == "RGBA" else image
        out = ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image, ["its colour profile is broken and was left out"]
    if out is None:
        return image, []
    if alpha is not None:
        out.putalpha(alpha)
    return out, []


def _dpi(value: object) -> tuple[float, float] | None:
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, (int, float)) and 0 < v < 1e5 for v in value):
        return float(value[0]), float(value[1])
    return None
