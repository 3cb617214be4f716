"""Writing PSDs, and reading them back."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from psd_tools import PSDImage

from kirie.errors import LayeringError
from layering import Blend, Layer, LayerStack, read_layers, write_psd
from layering.stack import PARTS, SIDED
from tests.layering.files import SHAPES, SIZE, drawn, face_psd, layer


def key(stack: LayerStack) -> list[tuple[object, ...]]:
    return [(x.part, x.side, x.state, x.shown, x.offset, x.blend, x.rgba.shape, x.rgba.tobytes()) for x in stack.layers]


def test_round_trip_of_a_read_file(tmp_path: Path) -> None:
    stack = read_layers(face_psd(tmp_path / "in.psd"))
    write_psd(stack, tmp_path / "out.psd")
    assert key(read_layers(tmp_path / "out.psd")) == key(stack)


def test_others_see_the_rest_pose_as_the_preview(tmp_path: Path) -> None:
    stack = LayerStack(SIZE, (layer("f", "face", drawn("face")), layer("h", "hair", drawn("front hair"), blend=Blend.MULTIPLY),
                              layer("m", "mouth", drawn("mouth_open"), state="open", shown=False)))  # fmt: skip
    write_psd(stack, tmp_path / "x.psd")
    psd = PSDImage.open(tmp_path / "x.psd")
    assert psd.size == SIZE and psd.depth == 8
    preview = psd.topil()
    assert preview is not None
    ours = Image.fromarray(stack.composite())
    white = Image.new("RGBA", SIZE, "white")
    seen = [np.asarray(Image.alpha_composite(white, x.convert("RGBA"))).astype(int) for x in (preview, ours)]
    assert np.abs(seen[0] - seen[1]).max() <= 2
    assert [(x.name, x.visible, x.blend_mode.name) for x in psd] == [
        ("face", True, "NORMAL"), ("hair", True, "MULTIPLY"), ("mouth_open", False, "NORMAL")]  # fmt: skip


PLAIN = [p for p in PARTS if p not in SIDED and p != "mouth"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(PLAIN), st.integers(-5, 30), st.integers(-5, 30), st.sampled_from(Blend),
                          st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=6))  # fmt: skip
def test_round_trip_of_any_stack(tmp_path: Path, made: list[tuple[str, int, int, Blend, int, int]]) -> None:
    pixels = np.random.default_rng(3).integers(1, 255, (9, 9, 4), np.uint8)
    layers = tuple(Layer("", part, pixels[:h, :w].copy(), (x, y), blend=blend) for part, x, y, blend, w, h in made)
    on_canvas = tuple(x for x in layers if x.bbox[2] > 0 and x.bbox[3] > 0)
    if not on_canvas:
        return
    stack = LayerStack((40, 40), on_canvas)
    write_psd(stack, tmp_path / "x.psd")
    assert key(read_layers(tmp_path / "x.psd")) == key(stack)


def test_an_empty_stack_and_a_full_disk_leave_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "x.psd"
    target.write_bytes(b"old")
    with pytest.raises(LayeringError, match="no layers"):
        write_psd(LayerStack(SIZE, ()), target)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("psd_tools.psd.PSD.write", full)
    with pytest.raises(LayeringError, match="No space left"):
        write_psd(LayerStack(SIZE, (layer("f", "face", drawn("face")),)), target)
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]


def test_there_are_enough_shapes_for_these_tests() -> None:
    assert set(PARTS) > {n for n in SHAPES if "_" not in n}


def test_groups_keep_order_names_and_picture(tmp_path: Path) -> None:
    stack = read_layers(face_psd(tmp_path / "in.psd"))
    write_psd(stack, tmp_path / "x.psd", groups=True)
    groups = [x.name for x in PSDImage.open(tmp_path / "x.psd") if x.is_group()]
    assert groups and set(groups) <= {"eyes", "hair", "head", "body", "things"}
    assert key(read_layers(tmp_path / "x.psd")) == key(stack)


def test_resolution_is_kept(tmp_path: Path) -> None:
    from psd_tools.constants import Resource

    write_psd(LayerStack(SIZE, (layer("face", "face", drawn("face")),)), tmp_path / "x.psd", dpi=(300, 150))
    info = PSDImage.open(tmp_path / "x.psd").image_resources.get_data(Resource.RESOLUTION_INFO)
    assert (info.horizontal >> 16, info.vertical >> 16) == (300, 150)
