"""Reading PSDs: what the artist's program shows, with psd-tools' own compositor as the judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, CompatibilityMode

from kirie.errors import LayeringError
from layering import Blend, read_layers
from layering.flatten import Flattener
from layering.raw import with_alpha
from layering.stack import RGBA, Layer, blend_layers
from layering.tree import Group, Leaf, Mask
from tests.layering.files import SIZE, add, cropped, drawn, ellipses, face_psd, new_psd, saved

RED, GREEN, BLUE, GREY = (200, 40, 30, 255), (30, 180, 60, 255), (40, 60, 210, 255), (150, 140, 160, 255)
A, B, C = ((10, 10, 70, 90),), ((40, 30, 110, 120),), ((20, 60, 90, 150),)


def judged(path: Path) -> RGBA:
    """psd-tools' composite on transparency."""
    psd = PSDImage.open(path)
    psd.compatibility_mode = CompatibilityMode.CLIP_STUDIO_PAINT
    picture = psd.composite(force=True, alpha=0.0)
    assert picture is not None
    return np.asarray(picture.convert("RGBA"))


def hard(picture: RGBA) -> npt.NDArray[np.bool_]:
    """Where a base has no soft edge: there psd-tools lets what is clipped spill over the base's colour."""
    return (picture[..., 3] == 0) | (picture[..., 3] == 255)


def assert_same_look(path: Path, tolerance: float = 2.0, where: npt.NDArray[np.bool_] = np.True_) -> None:  # type: ignore[assignment]
    """Our stack looks as psd-tools' composite, over black and over white; psd-tools cuts to bytes where we round."""
    ours, theirs = read_layers(path).composite().astype(float), judged(path).astype(float)
    for ground in (0, 255):
        seen = [x[..., :3] * x[..., 3:] / 255 + ground * (1 - x[..., 3:] / 255) for x in (ours, theirs)]
        assert (np.abs(seen[0] - seen[1]).max(-1) * where).max() <= tolerance


def test_groups_fall_apart_and_look_the_same(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "back hair", ellipses(A, RED))
    group = psd.create_group(blend_mode=BlendMode.NORMAL)
    group.name = "顔"
    add(group, "輪郭", ellipses(B, GREEN), opacity=180)
    add(group, "鼻", ellipses(C, BLUE))
    path = saved(psd, tmp_path / "x.psd")
    assert [x.part for x in read_layers(path).layers] == ["back hair", "face", "nose"]
    assert_same_look(path)


@pytest.mark.parametrize("mode", [BlendMode.NORMAL, BlendMode.PASS_THROUGH])
def test_a_faded_group_keeps_its_layers_and_its_look(tmp_path: Path, mode: BlendMode) -> None:
    psd = new_psd()
    add(psd, "body", ellipses(A, RED))
    group = psd.create_group(name="hair", blend_mode=mode, opacity=120)
    add(group, "front hair", ellipses(B, GREEN))
    add(group, "side hair", ellipses(C, BLUE), opacity=200)
    path = saved(psd, tmp_path / "x.psd")
    assert len(read_layers(path).layers) == 3
    assert_same_look(path, 2.5)


def test_masks_of_layers_and_groups(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "body", ellipses(A, RED))
    group = psd.create_group(name="hair", blend_mode=BlendMode.NORMAL)
    masked = add(group, "front hair", ellipses(B, GREEN))
    ramp = np.tile(np.linspace(0, 255, SIZE[0]).astype(np.uint8), (SIZE[1], 1))
    masked.create_mask(Image.fromarray(ramp), top=0, left=0)
    add(group, "side hair", ellipses(C, BLUE))
    assert_same_look(saved(psd, tmp_path / "x.psd"))


def test_the_mask_of_a_group_keeps_its_layers_and_its_look() -> None:
    ramp = np.tile(np.linspace(0, 255, SIZE[0]).astype(np.uint8), (SIZE[1], 1))
    red, green, blue = ellipses(A, RED), ellipses(B, GREEN), ellipses(C, BLUE)
    flat = Flattener(SIZE, lambda _: False, lambda _a, _b: False)
    children = (Leaf("one", pixels=lambda: green), Leaf("two", pixels=lambda: blue))
    flat.walk([Leaf("body", pixels=lambda: red), Group("hair", masks=(Mask(ramp, (0, 0)),), children=children)])
    assert len(flat.layers) == 3
    whole = blend_layers(SIZE, (Layer("", "hair", x) for x in (green, blue))) * (ramp[..., None] / np.float32(255))
    wanted = blend_layers(SIZE, [Layer("", "body", red)]) * (1 - whole[..., 3:]) + whole
    ours = blend_layers(SIZE, (Layer("", "hair", x.rgba, x.offset) for x in flat.layers))
    assert np.abs(ours - wanted).max() < 2.5 / 255


@pytest.mark.parametrize(("mode", "kept"), [
    (BlendMode.MULTIPLY, Blend.MULTIPLY), (BlendMode.SCREEN, Blend.SCREEN), (BlendMode.LINEAR_DODGE, Blend.ADD)])  # fmt: skip
def test_common_modes_are_kept(tmp_path: Path, mode: BlendMode, kept: Blend) -> None:
    psd = new_psd()
    add(psd, "face", ellipses(A, RED))
    add(psd, "hair", ellipses(B, GREY), blend_mode=mode, opacity=200)
    path = saved(psd, tmp_path / "x.psd")
    assert read_layers(path).layers[1].blend is kept
    assert_same_look(path)


@pytest.mark.parametrize("mode", [
    BlendMode.OVERLAY, BlendMode.SOFT_LIGHT, BlendMode.COLOR_BURN, BlendMode.HUE, BlendMode.DARKEN])  # fmt: skip
def test_rare_modes_are_baked_with_a_warning(tmp_path: Path, mode: BlendMode) -> None:
    psd = new_psd()
    add(psd, "face", ellipses(A, RED))
    add(psd, "hair", ellipses(B, GREY), blend_mode=mode, opacity=200)
    path = saved(psd, tmp_path / "x.psd")
    stack = read_layers(path)
    assert stack.layers[1].blend is Blend.NORMAL
    assert any(n.kind == "warning" and "blend mode" in n.text and n.layer == "hair" for n in stack.notes)
    assert_same_look(path)


@pytest.mark.parametrize("group_mode", [BlendMode.NORMAL, BlendMode.PASS_THROUGH])
def test_a_mode_inside_a_group_sees_what_the_group_lets_it_see(tmp_path: Path, group_mode: BlendMode) -> None:
    psd = new_psd()
    add(psd, "face", ellipses(A, RED))
    group = psd.create_group(name="hair", blend_mode=group_mode)
    add(group, "front hair", ellipses(C, GREEN))
    add(group, "shade", ellipses(B, GREY), blend_mode=BlendMode.MULTIPLY)
    path = saved(psd, tmp_path / "x.psd")
    assert_same_look(path)
    isolated = group_mode is BlendMode.NORMAL
    assert (read_layers(path).layers[2].blend is Blend.NORMAL) == isolated


def test_a_group_with_a_mode_of_its_own_is_merged(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "face", ellipses(A, RED))
    group = psd.create_group(name="hair", blend_mode=BlendMode.MULTIPLY, opacity=200)
    add(group, "one", ellipses(B, GREEN))
    add(group, "two", ellipses(C, GREY))
    path = saved(psd, tmp_path / "x.psd")
    assert [(x.part, x.blend) for x in read_layers(path).layers] == [("face", Blend.NORMAL), ("hair", Blend.MULTIPLY)]
    assert_same_look(path)


@pytest.mark.parametrize("mode", [BlendMode.NORMAL, BlendMode.MULTIPLY])
def test_clipped_layers_are_baked_into_their_base(tmp_path: Path, mode: BlendMode) -> None:
    psd = new_psd()
    add(psd, "back hair", ellipses(C, BLUE))
    base = ellipses(A, RED)
    add(psd, "face", base, opacity=220)
    add(psd, "影", ellipses(B, GREY), clipping=True, blend_mode=mode, opacity=170)
    path = saved(psd, tmp_path / "x.psd")
    assert [x.part for x in read_layers(path).layers] == ["back hair", "face"]
    assert_same_look(path, where=hard(base))


def test_a_layer_clipped_to_a_group_recolours_all_of_it(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "face", ellipses(A, RED))
    group = psd.create_group(name="hair", blend_mode=BlendMode.NORMAL)
    front, side = ellipses(B, GREEN), ellipses(C, BLUE)
    add(group, "front hair", front)
    add(group, "side hair", side)
    add(psd, "shade", ellipses(((30, 30, 80, 130),), GREY), clipping=True, blend_mode=BlendMode.MULTIPLY)
    path = saved(psd, tmp_path / "x.psd")
    assert len(read_layers(path).layers) == 3
    assert_same_look(path, where=hard(front) & hard(side))


def test_an_iris_clipped_to_the_white_stays_a_layer(tmp_path: Path) -> None:
    psd = new_psd()
    face, white = drawn("face"), drawn("eyewhite", (250, 250, 250, 255))
    iris = ellipses(((38, 44, 50, 62), (68, 44, 80, 62)), BLUE)
    add(psd, "face", face)
    add(psd, "白目", white)
    add(psd, "黒目", iris, clipping=True)
    path = saved(psd, tmp_path / "x.psd")
    stack = read_layers(path)
    assert [(x.part, x.side) for x in stack.layers] == [
        ("face", ""), ("eyewhite", "r"), ("eyewhite", "l"), ("irides", "r"), ("irides", "l")]  # fmt: skip
    assert stack.layers[3].bbox[1] >= stack.layers[1].bbox[1]
    assert stack.layers[1].rgba[7, 8, 0] > 240  # nothing of the iris is left behind in the white
    solid = with_alpha(white, np.ones(white.shape[:2], np.float32))
    inside = blend_layers(SIZE, [Layer("", "eye", solid), Layer("", "eye", iris)])
    inside *= white[..., 3:] / np.float32(255)
    wanted = blend_layers(SIZE, [Layer("", "face", face)]) * (1 - inside[..., 3:]) + inside
    opaque = face[..., 3] == 255
    assert np.abs(stack.composite() / 255 - wanted)[opaque].max() <= 1.5 / 255


def test_hidden_layers_are_left_out_but_states_are_kept(tmp_path: Path) -> None:
    path = face_psd(tmp_path / "x.psd", nose=True, mouth_open=True, eye_close=True)
    stack = read_layers(path)
    assert not stack.find("nose")
    assert {x.state: x.shown for x in stack.find("mouth")} == {"closed": True, "open": False}
    assert [x.shown for x in stack.find("eye")] == [False, False]
    assert any(n.layer == "nose" and "hidden" in n.text for n in stack.notes)


def test_psdtool_marks(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "!顔", drawn("face"), visible=False)
    add(psd, "*口閉じ", drawn("mouth_close"))
    add(psd, "*口開き", drawn("mouth_open"))
    add(psd, "髪:flipx", drawn("front hair"))
    stack = read_layers(saved(psd, tmp_path / "x.psd"))
    shown = {(x.part, x.state) for x in stack.layers if x.shown}
    assert shown == {("face", ""), ("mouth", "open")}      # the top-most visible of the radio layers
    assert not stack.find("hair")


@pytest.mark.parametrize(("mode", "depth", "tolerance"), [
    ("RGB", 16, 1.0), ("L", 8, 1.0), ("L", 16, 1.0), ("CMYK", 8, 3.0), ("RGB", 32, 1.5)])  # fmt: skip
def test_colour_modes_and_depths(tmp_path: Path, mode: str, depth: int, tolerance: float) -> None:
    psd = new_psd(mode, (40, 30), depth)
    bands = {"RGB": 3, "L": 1, "CMYK": 4}[mode]
    values = np.zeros((20, 20, bands + 1), np.float32)
    values[..., :bands] = np.linspace(0.2, 0.9, 20)[:, None, None]
    values[..., bands] = 1
    made = psd.create_pixel_layer_from_array(values, "face", 5, 8)
    made.visible = True
    stack = read_layers(saved(psd, tmp_path / "x.psd"))
    (layer,) = stack.layers
    assert layer.offset == (8, 5) and layer.size == (20, 20)
    column = layer.rgba[:, 4].astype(float)
    if mode == "CMYK":                          # stored values are 1 - ink, all four alike
        wanted = 255 * values[:, 4, 0] ** 2
    elif depth == 32:
        wanted = 255 * (1.055 * values[:, 4, 0] ** (1 / 2.4) - 0.055)
    else:
        wanted = 255 * values[:, 4, 0]
    assert np.abs(column[:, 0] - wanted).max() <= tolerance
    assert (column[:, 3] == 255).all()


def test_an_adjustment_recolours_what_lies_below(tmp_path: Path) -> None:
    def leaf(name: str, picture: RGBA) -> Leaf:
        return Leaf(name, pixels=lambda: picture)

    flat = Flattener(SIZE, lambda _: False, lambda _a, _b: False)
    flat.walk([leaf("body", ellipses(A, RED)), Group("hair", children=(
        leaf("front", ellipses(B, GREEN)), Leaf("invert", adjust=lambda c: 1 - c, opacity=0.5)))])  # fmt: skip
    body, hair = flat.layers
    assert tuple(body.rgba[30, 30, :3]) == RED[:3]
    assert np.abs(hair.rgba[40, 40, :3].astype(int) - 127).max() <= 1
    assert any(n.kind == "warning" for n in flat.notes)


def refused(path: Path) -> LayeringError:
    with pytest.raises(LayeringError) as caught:
        read_layers(path)
    assert "\n" not in str(caught.value)
    return caught.value


def test_one_flat_picture_is_refused_with_advice(tmp_path: Path) -> None:
    flat = PSDImage.frompil(Image.new("RGB", (20, 20)))
    error = refused(saved(flat, tmp_path / "flat.psd"))
    assert "no layers" in error.message and error.hint


def test_an_enormous_canvas_is_refused_before_decoding(tmp_path: Path) -> None:
    psd = bytearray((face_psd(tmp_path / "x.psd")).read_bytes())
    psd[14:22] = (30_000).to_bytes(4, "big") * 2
    (tmp_path / "big.psd").write_bytes(psd)
    error = refused(tmp_path / "big.psd")
    assert "30000 x 30000" in error.message and "limit" in error.message


def test_missing_wrong_and_cut_files(tmp_path: Path) -> None:
    assert "cannot read" in refused(tmp_path / "none.psd").message
    (tmp_path / "x.psd").write_text("hello")
    assert "not a PSD" in refused(tmp_path / "x.psd").message
    whole = face_psd(tmp_path / "y.psd").read_bytes()
    for length in (10, 30, len(whole) // 12, len(whole) // 6):
        (tmp_path / "cut.psd").write_bytes(whole[:length])
        assert any(word in refused(tmp_path / "cut.psd").message for word in ("cut short", "not a PSD"))


def test_nothing_visible_is_refused(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "face", drawn("face"), visible=False)
    assert "no visible pixels" in refused(saved(psd, tmp_path / "x.psd")).message


def test_layers_of_no_size_are_left_out(tmp_path: Path) -> None:
    psd = new_psd()
    add(psd, "face", drawn("face"))
    psd.create_pixel_layer(Image.new("RGBA", (5, 5)), "hair")
    psd.create_group(name="empty")
    stack = read_layers(saved(psd, tmp_path / "x.psd"))
    assert [x.part for x in stack.layers] == ["face"]


def test_add_glow_adds_in_full(tmp_path: Path) -> None:
    """Clip Studio's and SAI's "add (glow)": linear dodge whose transparency does not shape the layer."""
    from psd_tools.constants import Tag

    psd = new_psd()
    face, light = drawn("face", (230, 90, 60, 255)), ellipses(((40, 40, 60, 60),), (255, 255, 255, 128))
    add(psd, "face", face)
    made = add(psd, "瞳", light, blend_mode=BlendMode.LINEAR_DODGE)
    made.tagged_blocks.set_data(Tag.TRANSPARENCY_SHAPES_LAYER, 0)
    stack = read_layers(saved(psd, tmp_path / "x.psd"))
    assert stack.layers[1].blend is Blend.ADD
    wanted = np.minimum(255, face[..., :3] + light[..., :3] / 255.0 * light[..., 3:])
    opaque = face[..., 3] == 255
    assert np.abs(stack.composite()[..., :3] - wanted)[opaque].max() <= 1


def test_psb_is_read_too(tmp_path: Path) -> None:
    psd = new_psd()
    psd._record.header.version = 2
    add(psd, "face", drawn("face"))
    data = saved(psd, tmp_path / "x.psb").read_bytes()
    assert data[4:6] == b"\0\2"
    assert np.array_equal(read_layers(tmp_path / "x.psb").layers[0].rgba, cropped(drawn("face"))[0])


def test_what_psd_tools_must_draw_looks_as_the_stored_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fills, shapes and effects are drawn by psd-tools, opacity and mask included."""
    psd = new_psd()
    add(psd, "face", ellipses(A, RED))
    hair = add(psd, "hair", ellipses(B, GREEN), opacity=150)
    hair.create_mask(Image.fromarray(np.tile(np.linspace(0, 255, SIZE[0]).astype(np.uint8), (SIZE[1], 1))), top=0, left=0)
    path = saved(psd, tmp_path / "x.psd")
    stored = read_layers(path).composite().astype(int)
    monkeypatch.setattr("layering.psd._needs_drawing", lambda layer: layer.name == "hair")
    assert np.abs(read_layers(path).composite() - stored).max() <= 2
