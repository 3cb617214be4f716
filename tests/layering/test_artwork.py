"""Pictures as people have them: every kind of file comes in as 8-bit sRGB, upright, or with one clear line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kirie.errors import LayeringError
from layering.artwork import MAX_SIDE, read_artwork
from tests.layering.pictures import SKIN, bust, ground


@pytest.fixture
def picture() -> Image.Image:
    return Image.fromarray(bust(ground(120))[0])


def test_png_with_alpha_and_resolution(picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "girl.png", dpi=(300, 300))
    art = read_artwork(tmp_path / "girl.png")
    assert art.size == (120, 120) and art.name == "girl" and art.notes == ()
    assert (art.rgba == np.array(picture)).all()
    assert art.dpi == pytest.approx((300, 300), rel=0.01)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "LA", "1", "CMYK", "I;16"])
def test_other_modes(mode: str, picture: Image.Image, tmp_path: Path) -> None:
    file = tmp_path / ("x.tif" if mode == "CMYK" else "x.png")
    if mode == "I;16":
        Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257).save(file)
    else:
        picture.convert("RGB").convert(mode).save(file)
    art = read_artwork(file)
    assert art.rgba.shape == (120, 120, 4) and art.rgba.dtype == np.uint8
    assert art.rgba[..., 3].min() == 255
    grey = np.abs(art.rgba[55, 60, :3].astype(int) - np.asarray(picture.convert("L"))[55, 60])
    colour = np.abs(art.rgba[55, 60, :3].astype(int) - SKIN)
    assert (colour if mode in ("RGB", "P", "CMYK") else grey).max() < (60 if mode in ("P", "CMYK", "1") else 3)
    assert bool(art.notes) == (mode != "RGB")


def test_jpeg_is_turned_upright(picture: Image.Image, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.convert("RGB").rotate(90, expand=True).crop((0, 0, 120, 100)).save(tmp_path / "x.jpg", exif=exif)
    art = read_artwork(tmp_path / "x.jpg")
    assert art.size == (100, 120)
    assert any("upright" in note for note in art.notes)


def test_a_palette_with_a_transparent_entry_stays_transparent(picture: Image.Image, tmp_path: Path) -> None:
    paletted = picture.convert("RGB").quantize(8)
    table = paletted.getpalette() or []
    white = max(range(8), key=lambda i: sum(table[3 * i : 3 * i + 3]))
    paletted.save(tmp_path / "x.png", transparency=white)
    assert (read_artwork(tmp_path / "x.png").rgba[:3, :3, 3] == 0).all()


def test_the_first_frame_of_an_animation(picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "x.gif", save_all=True, append_images=[picture.rotate(20)])
    art = read_artwork(tmp_path / "x.gif")
    assert any("animation" in note for note in art.notes)


def test_an_embedded_profile_is_converted(picture: Image.Image, tmp_path: Path) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(tmp_path / "x.png", icc_profile=profile)
    assert np.abs(read_artwork(tmp_path / "x.png").rgba.astype(int) - np.array(picture)).max() <= 1
    picture.save(tmp_path / "broken.png", icc_profile=b"no profile at all")
    assert any("profile" in note for note in read_artwork(tmp_path / "broken.png").notes)


def test_truncated_missing_and_foreign_files(picture: Image.Image, tmp_path: Path) -> None:
    for suffix in (".png", ".jpg", ".webp", ".gif"):
        whole = tmp_path / f"whole{suffix}"
        picture.convert("RGB").save(whole)
        cut = tmp_path / f"cut{suffix}"
        cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
        with pytest.raises(LayeringError, match=r"damaged|not a picture"):
            read_artwork(cut)
    (tmp_path / "x.png").write_text("hello")
    with pytest.raises(LayeringError, match="not a picture"):
        read_artwork(tmp_path / "x.png")
    with pytest.raises(LayeringError, match="does not exist"):
        read_artwork(tmp_path / "none.png")
    with pytest.raises(LayeringError, match="folder"):
        read_artwork(tmp_path)


def test_too_large_and_too_small(tmp_path: Path) -> None:
    Image.new("L", (MAX_SIDE + 1, 60)).save(tmp_path / "wide.png")
    with pytest.raises(LayeringError, match="over the limit"):
        read_artwork(tmp_path / "wide.png")
    Image.new("RGB", (20, 200)).save(tmp_path / "small.png")
    with pytest.raises(LayeringError, match="too small"):
        read_artwork(tmp_path / "small.png")
