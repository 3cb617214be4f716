"""Reading OpenRaster files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from kirie.errors import LayeringError
from layering import Blend, read_layers
from tests.layering.files import cropped, drawn, ora_layer, png, write_ora


def test_layers_groups_and_modes(tmp_path: Path) -> None:
    hair, (x, y) = cropped(drawn("front hair"))
    path = write_ora(tmp_path / "x.ora", '<stack name="頭" opacity="1">'
                     + ora_layer("hairfront", "h.png", x, y, 'composite-op="svg:multiply" opacity="0.5"')
                     + ora_layer("head", "f.png") + "</stack>" + ora_layer("torso", "t.png"),
                     {"h.png": hair, "f.png": drawn("face"), "t.png": drawn("topwear")})  # fmt: skip
    stack = read_layers(path)
    assert stack.canvas == (120, 160)
    assert [(layer.name, layer.part, layer.blend) for layer in stack.layers] == [
        ("torso", "body", Blend.NORMAL), ("head", "face", Blend.NORMAL),
        ("hairfront", "front hair", Blend.MULTIPLY)]  # fmt: skip
    assert stack.layers[2].offset == (x, y)
    assert abs(int(stack.layers[2].rgba[..., 3].max()) - 128) <= 1


def test_pivot_layers_become_anchors_and_are_not_drawn(tmp_path: Path) -> None:
    dot = np.full((2, 2, 4), 255, np.uint8)
    path = write_ora(tmp_path / "x.ora", ora_layer("pivot_hair", "p.png", 40, 30) + ora_layer("pivot_arm", "e.png")
                     + ora_layer("hair", "h.png") + ora_layer("head", "f.png"),
                     {"p.png": dot, "e.png": np.zeros((1, 1, 4), np.uint8), "h.png": drawn("front hair"),
                      "f.png": drawn("face")})  # fmt: skip
    stack = read_layers(path)
    assert [layer.name for layer in stack.layers] == ["head", "hair"]
    assert stack.anchors == {"hair": (41.0, 31.0)}


def test_states_take_turns(tmp_path: Path) -> None:
    names = {"mouth closed": "mouth_close", "mouth open": "mouth_open", "eyes open": "eyewhite", "eyes closed": "eye_close",
             "head": "face"}  # fmt: skip
    path = write_ora(tmp_path / "x.ora", "".join(ora_layer(n, f"{s}.png") for n, s in names.items()),
                     {f"{s}.png": drawn(s) for s in names.values()})  # fmt: skip
    shown = {layer.name for layer in read_layers(path).layers if layer.shown}
    assert shown == {"head", "eyes open-r", "eyes open-l", "mouth closed"}


def damaged(path: Path, stack_xml: str, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stack.xml", stack_xml)
        for name, data in members.items():
            archive.writestr(name, data)
    return path


LAYER = '<stack><layer name="face" src="a"/></stack></image>'


@pytest.mark.parametrize(("xml", "said"), [
    ('<image w="40" h="30">', "broken"),
    ('<image w="40" h="30"></image>', "no layers"),
    ('<image w="40" h="30">' + LAYER.replace('"a"', '"../../a"'), "lacks ../../a"),
    ('<image w="30000" h="30000">' + LAYER, "limit"),
    ('<image w="0" h="30">' + LAYER, "empty"),
    ('<image w="wide" h="30">' + LAYER, "broken"),
    ('<image w="nan" h="30">' + LAYER, "broken"),
    ('<!DOCTYPE x [<!ENTITY a "b">]><image w="40" h="30">' + LAYER, "entities"),
    ('<image w="40" h="30">' + "<stack>" * 200 + "</stack>" * 200 + "</image>", "nested"),
])  # fmt: skip
def test_forged_files_are_refused_in_one_line(tmp_path: Path, xml: str, said: str) -> None:
    with pytest.raises(LayeringError, match=said) as caught:
        read_layers(damaged(tmp_path / "x.ora", xml, a=b"no picture"))
    assert "\n" not in str(caught.value)


def test_a_cut_file_and_a_cut_layer(tmp_path: Path) -> None:
    path = write_ora(tmp_path / "x.ora", ora_layer("face", "f.png"), {"f.png": drawn("face")})
    (tmp_path / "cut.ora").write_bytes(path.read_bytes()[:300])
    with pytest.raises(LayeringError, match="cut short"):
        read_layers(tmp_path / "cut.ora")
    xml = '<image w="120" h="160">' + LAYER
    with pytest.raises(LayeringError, match="broken or cut short"):
        read_layers(damaged(tmp_path / "y.ora", xml, a=png(drawn("face"))[:200]))
