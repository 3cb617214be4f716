"""Layer names: the table and how names are taken apart."""

from __future__ import annotations

import pytest

from layering.names import read_name
from layering.stack import PARTS, SIDED
from layering.write import psd_names

KNOWN = """
front hair: front hair; hairf; HairFront; hairfront; bangs; hairbang; ahoge; side hair_1; 前髪; 前髪1; FrontHair/A
front hair: 横髪_左; アホ毛; 刘海; 前发
back hair: back hair; hairb; BackHair/C; 後ろ髪; 後髪R; ツインテール; 后发; ponytail
hair: hair; 髪; 头发; 髪/ハイライト; hair/shadow; Hair/Layer 3
face: face; head; Face Base; 顔; 輪郭; 脸; 顔/1
ears: ears-l; LeftEar; 耳; 右耳; 耳朵
nose: nose; 鼻
eyebrow: eyebrow; browl; Eyebrows; 眉毛_R; 眉/L; 右眉
eyewhite: eyewhite-r; eyebg; EyesBase; Eye_L/white; 白目; 右目/白目; 眼白
irides: irides-l; iris; Pupil L; 黒目; 瞳; 目/ハイライト; Eyes/Highlight; 眼珠; 虹膜
eyelash: eyelash; EyesLine; lashes; まつ毛; 左まつげ; 上まぶた; アイライン; 睫毛
eye: eye; eyel; eye_close; eyes open; 目; 目閉じ; 左眼; Left Eye Closed
mouth: mouth; mouth_open; mouth_close; Mouse; Upper_Lip; teeth; 口; 口閉じ; 嘴巴; 口/あ; 舌
facedetail: facedetail; Cheek; blush; 頬; チーク; Eyes/Shadow; 腮红
neck: neck; 首; 脖子
headwear: headwear; hat; Headphones; hair ribbon; 髪飾り; 猫耳右; ケモ耳; 帽子; 发饰
neckwear: Necktie; choker; neckwear; ネクタイ; 围巾
earwear: earring; イヤリング; 耳环
eyewear: glasses; 眼鏡; メガネ
topwear: topwear; Shirts; 服; 体/服; セーラー; 上衣; LeftShoulder
bottomwear: bottomwear; skirt; Hips; スカート; 裙子
handwear: handwear-r; leftarm; RightArm; R_arm; 左手; 腕; 手臂
legwear: legwear; RightLeg; 太もも; 靴下; 大腿
footwear: footwear; shoes; 靴; 鞋子
body: torso; torsoback; body; 体; 胴体; 身体
tail: tail; しっぽ; 尾巴
wings: wings; 翼; 翅膀
background: Background; BG; 背景
objects: objects; sword; 小物
bow: c1_bowA; リボン; 蝴蝶结
: Layer 1; A; レイヤー 12; elephant; グループ 3/A
"""


@pytest.mark.parametrize(("part", "name"), [
    (line.split(":", 1)[0], name.strip())
    for line in KNOWN.strip().splitlines() for name in line.split(":", 1)[1].split(";")])  # fmt: skip
def test_parts(part: str, name: str) -> None:
    assert read_name(name.split("/")).part == part


@pytest.mark.parametrize(("name", "side"), [
    ("eyewhite-l", "l"), ("LeftEar", "l"), ("leftarm", "l"), ("右目/白目", "r"), ("後ろ髪L", "l"), ("browr", "r"),
    ("R_arm", "r"), ("眉/L", "l"), ("目_左", "l"), ("left and right ear", "both"), ("hair", ""), ("collar", ""),
    ("Eye_L/iris", "l")])  # fmt: skip
def test_sides(name: str, side: str) -> None:
    assert read_name(name.split("/")).side == side


@pytest.mark.parametrize(("name", "state"), [
    ("eye_close", "closed"), ("eyes open", "open"), ("mouth_open", "open"), ("口閉じ", "closed"),
    ("目閉じ/まつ毛", "closed"), ("嘴巴张开", "open"), ("口/あ", "open"), ("口/い", "other"), ("口/ん", "closed"),
    ("mouth_a", "open"), ("wink_L eye", "closed"),
    ("hair open", ""), ("開き/鼻", ""), ("mouth", "")])  # fmt: skip
def test_states_count_for_eyes_and_mouth_only(name: str, state: str) -> None:
    assert read_name(name.split("/")).state == state


def test_marks_are_no_part_of_a_name() -> None:
    assert read_name(["*口閉じ"]) == read_name(["口閉じ"])
    assert read_name(["!顔"]).part == "face"
    assert read_name(["前髪:flipx"]).part == "front hair"
    assert read_name(["ＦＲＯＮＴ　ＨＡＩＲ"]).part == "front hair"      # full width


def test_names_of_ours_read_back() -> None:
    from numpy import zeros

    from layering import Layer

    pixels = zeros((1, 1, 4), "uint8")
    layers = [Layer("", p, pixels, side=s) for p in PARTS for s in (("l", "r", "") if p in SIDED else ("",))] * 2
    layers += [Layer("", p, pixels, side=s, state=t) for p, s in (("eye", "l"), ("mouth", "")) for t in ("open", "closed")]
    names = psd_names(layers)
    assert len(set(names)) == len(names)
    for layer, name in zip(layers, names, strict=True):
        meaning = read_name([name])
        assert (meaning.part, meaning.side, meaning.state, meaning.exact) == (layer.part, layer.side, layer.state, True)
