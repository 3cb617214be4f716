"""Checks: a sound puppet passes, and each planted fault is found, named, placed and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from layering.stack import RGBA
from rig import Finding, check, pose
from rig.checks import KINDS
from rig.measure import craft
from rig.params import BY_NAME, Parameter
from rig.puppet import F32, DrawList, Keyforms, Mesh, Part, Puppet
from rig.surface import skin
from tests.rig.puppets import SURFACE, make_part, patch

SKIN, HAIR, WHITE, IRIS, LASH, CLOTH = ((250, 215, 190, 255), (90, 60, 50, 255), (255, 255, 255, 255), (60, 110, 190, 255),
                                        (30, 20, 30, 255), (60, 70, 120, 255))  # fmt: skip
SIZE = (200, 300)
LIDS = {"l": "ParamEyeLOpen", "r": "ParamEyeROpen"}
NAMES = ("ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamEyeLOpen", "ParamEyeROpen", "ParamEyeBallX", "ParamEyeBallY",
         "ParamMouthOpenY", "ParamBodyAngleX", "ParamBodyAngleZ")  # fmt: skip


def painter(puppet: Puppet, size: tuple[int, int] = SIZE) -> Callable[[DrawList], RGBA]:
    """A plain draw function: flat colours, masks, half size."""
    scale = size[0] / puppet.canvas[0]
    index = {p.name: i for i, p in enumerate(puppet.parts)}
    ends = np.cumsum([0, *(len(p.mesh.vertices) for p in puppet.parts)])

    def cover(draw_list: DrawList, i: int) -> RGBA:
        out = np.zeros(size[::-1], np.uint8)
        if draw_list.opacity[i] > 0.5:
            corners = draw_list.vertices[ends[i] : ends[i + 1]][puppet.parts[i].mesh.triangles] * (16 * scale)
            for triangle in np.round(corners - 8).astype(np.int32):
                cv2.fillConvexPoly(out, triangle, 1, shift=4)
        for mask in puppet.parts[i].masks:
            out &= cover(draw_list, index[mask])
        return out

    def draw(draw_list: DrawList) -> RGBA:
        out = np.zeros((size[1], size[0], 4), np.uint8)
        for i, part in enumerate(puppet.parts):
            if part.drawn and draw_list.opacity[i] > 0.5:
                out[cover(draw_list, i) > 0] = part.texture[0, 0]
        return out

    return draw


def on_skin(mesh: Mesh) -> F32:
    u, v = ((mesh.vertices - SURFACE.centre) / SURFACE.width).T.astype(np.float64)
    return (skin(u, v) * SURFACE.width).astype(np.float32)


def lid_form(mesh: Mesh, side: str, line: float, share: F32 | float = 1.0) -> Keyforms:
    """Keyforms that press vertices towards y = line when the lid shuts."""
    offsets = np.zeros((2, len(mesh.vertices), 2), np.float32)
    offsets[0, :, 1] = (line - mesh.vertices[:, 1]) * share
    return Keyforms((LIDS[side],), ((0.0, 1.0),), offsets)


def eye(side: str, x: float) -> list[Part]:
    """Opening (a mask that shuts), white, iris that looks aside, lash."""
    opening, white = patch(x - 18, 180, 36, 20, 4, 1), patch(x - 20, 178, 40, 24, 4, 2)
    iris, lash = patch(x - 7, 182, 14, 16, 1, 1), patch(x - 19, 174, 38, 7, 4, 1)
    aside = np.array([[[-8, 0]], [[0, 0]], [[8, 0]]], np.float32).repeat(len(iris.vertices), 1)
    gaze = Keyforms(("ParamEyeBallX",), ((-1.0, 0.0, 1.0),), aside)
    down = np.zeros((2, len(lash.vertices), 2), np.float32)
    down[0, :, 1] = 19
    mask = (f"opening-{side}",)
    return [
        make_part(f"opening-{side}", opening, on_skin(opening), part="eyewhite", side=side, drawn=False,
                  keyforms=(lid_form(opening, side, 198.0),)),
        make_part(f"eyewhite-{side}", white, on_skin(white), part="eyewhite", side=side, colour=WHITE, masks=mask),
        make_part(f"irides-{side}", iris, on_skin(iris), part="irides", side=side, colour=IRIS, masks=mask, keyforms=(gaze,)),
        make_part(f"eyelash-{side}", lash, on_skin(lash), part="eyelash", side=side, colour=LASH,
                  keyforms=(Keyforms((LIDS[side],), ((0.0, 1.0),), down),)),
    ]  # fmt: skip


def girl() -> Puppet:
    """Back hair, neck that reaches far up under the face, coat, face, eyes, nose and a fringe that lies well over the face."""
    face, neck = patch(120, 110, 160, 190, 10, 10), patch(165, 240, 70, 150, 2, 8)
    back, fringe = patch(95, 70, 210, 250, 2, 2), patch(110, 75, 180, 75, 8, 4)
    nose, ear = patch(195, 215, 10, 10, 2, 2), patch(276, 190, 20, 34, 2, 2)
    bend = np.clip((390 - neck.vertices[:, 1]) / 110, 0, 1).astype(np.float32)
    parts = (
        make_part("back hair", back, -0.12 * SURFACE.width, colour=HAIR, part="back hair"),
        make_part("neck", neck, 10, bend, colour=(230, 190, 170, 255), part="neck"),
        make_part("coat", patch(90, 350, 220, 250, 2, 4), head=0, body=0.8, colour=CLOTH, part="topwear"),
        make_part("ears-l", ear, 8, part="ears", side="l", colour=SKIN),
        make_part("face", face, on_skin(face), colour=SKIN),
        *eye("r", 165), *eye("l", 235),
        make_part("nose", nose, on_skin(nose) + 14, colour=(220, 170, 150, 255), part="nose"),
        make_part("front hair", fringe, 60, colour=HAIR, part="front hair"),
    )  # fmt: skip
    return Puppet("girl", (400, 600), parts, SURFACE, (), tuple(BY_NAME[n] for n in NAMES))


def with_part(puppet: Puppet, name: str, **fields: object) -> Puppet:
    """The puppet with one part changed."""
    assert any(p.name == name for p in puppet.parts)
    return replace(puppet, parts=tuple(replace(p, **fields) if p.name == name else p for p in puppet.parts))  # type: ignore[arg-type]


def find(puppet: Puppet, *names: str) -> list[Finding]:
    """What is found; names: the parameters to keep, for speed, all by default."""
    if names:
        puppet = replace(puppet, parameters=tuple(p for p in puppet.parameters if p.name in names))
    return check(puppet, painter(puppet))


TURN = ("ParamAngleX", "ParamAngleY", "ParamAngleZ")
EYES = ("ParamEyeLOpen", "ParamEyeROpen", "ParamEyeBallX")


def only(findings: list[Finding], kind: str) -> Finding:
    assert {f.kind for f in findings} == {kind}, [f.message for f in findings]
    return findings[0]


def test_a_sound_puppet_passes_and_progress_runs_to_the_end() -> None:
    shares: list[float] = []
    puppet = girl()
    assert [f.message for f in check(puppet, painter(puppet), shares.append)] == []
    assert shares[-1] == 1 and shares == sorted(shares)


def test_a_hole_between_fringe_and_face() -> None:
    """The face begins just under the fringe, which stands far off: a nod parts them. The bald back shows the background."""
    puppet = girl()
    face = patch(120, 146, 160, 154, 10, 10)
    bald = replace(puppet, parts=tuple(p for p in puppet.parts if p.name != "back hair"))
    low = with_part(bald, "face", mesh=face, depth=np.full(121, 20, np.float32))
    finding = only(find(with_part(low, "front hair", depth=np.full(45, 110, np.float32)), *TURN), "hole")
    assert "front hair" in finding.part and "face" in finding.part
    assert finding.pose["ParamAngleY"] > 0, "the fringe goes up, the face less"
    assert 100 < finding.where[0] < 200 and 100 < finding.where[1] < 160


def test_a_hole_torn_in_one_part() -> None:
    """A keyform tears a window into the face, with nothing behind it."""
    puppet = replace(girl(), parts=tuple(p for p in girl().parts if p.name not in ("back hair", "neck")))
    face = patch(120, 110, 160, 190, 10, 10)
    hole = np.abs(face.vertices - (200, 260)).max(1) < 20
    pieces = face.triangles[~hole[face.triangles].all(1)]
    pane = patch(170, 230, 60, 60, 2, 2)
    fade = Keyforms(("ParamMouthOpenY",), ((0.0, 1.0),), None, np.array([1, 0], np.float32))
    window = make_part("window", pane, on_skin(pane), colour=SKIN, keyforms=(fade,))
    assert len(pieces) < len(face.triangles)
    torn = with_part(puppet, "face", mesh=replace(face, triangles=pieces))
    torn = replace(torn, parts=(*torn.parts[:3], window, *torn.parts[3:]))
    finding = only(find(torn, "ParamMouthOpenY"), "hole")
    assert finding.pose["ParamMouthOpenY"] == 1 and "face" in finding.part


def test_gaps_between_hair_and_shoulder_are_no_holes() -> None:
    """Long locks that swing off the shoulders in a roll show background, and should."""
    lock = patch(100, 150, 30, 230, 2, 12)
    puppet = girl()
    lock_part = make_part("front hair-1", lock, 40, colour=HAIR, part="front hair")
    assert find(replace(puppet, parts=(*puppet.parts, lock_part)), *TURN) == []


def short_necked() -> Puppet:
    """A neck that ends just under the chin."""
    neck = patch(165, 296, 70, 90, 2, 8)
    bend = np.clip((390 - neck.vertices[:, 1]) / 300, 0, 1).astype(np.float32)
    return with_part(girl(), "neck", mesh=neck, head=bend)


def test_a_seam_between_face_and_neck() -> None:
    """A neck that ends under the chin parts from a raised chin; back hair shows, so it is no hole."""
    finding = only(find(short_necked(), *TURN), "seam")
    assert finding.part == "neck, face" and finding.pose["ParamAngleY"] > 0
    assert 150 < finding.where[0] < finding.where[2] < 280 and 250 < finding.where[1] < finding.where[3] < 330


def test_a_seam_behind_something_is_hidden() -> None:
    puppet = short_necked()
    scarf = make_part("scarf", patch(100, 240, 200, 100), head=0.5, colour=CLOTH, part="objects")
    assert find(replace(puppet, parts=(*puppet.parts, scarf)), *TURN) == []


def test_folds() -> None:
    puppet = girl()
    noise = np.random.default_rng(1).integers(0, 255, (8, 8, 4), np.uint8) | np.array([0, 0, 0, 255], np.uint8)
    fringe = next(p for p in puppet.parts if p.name == "front hair")
    offsets = np.zeros((2, 45, 2), np.float32)
    offsets[1, 20:25, 1] = 40                              # the middle row passes the one below
    bad = with_part(puppet, "front hair", keyforms=(Keyforms(("ParamMouthOpenY",), ((0.0, 1.0),), offsets),), texture=noise)
    finding = only(find(bad, "ParamMouthOpenY"), "fold")
    assert finding.part == "front hair" and finding.pose["ParamMouthOpenY"] == 1
    left, top, right, bottom = finding.where
    assert 108 <= left < right <= 292 and 100 <= top < bottom <= 200
    assert find(with_part(bad, "front hair", texture=fringe.texture), "ParamMouthOpenY") == [], "of one colour: not seen"


def test_a_fold_behind_a_mask_is_not_seen() -> None:
    puppet = girl()
    noise = np.random.default_rng(1).integers(0, 255, (8, 8, 4), np.uint8) | np.array([0, 0, 0, 255], np.uint8)
    white = next(p for p in puppet.parts if p.name == "eyewhite-l")
    offsets = np.zeros((2, 15, 2), np.float32)
    offsets[1, :5, 1] = -40
    offsets[1, 10:, 1] = -80                               # turned over, above the opening
    form = Keyforms(("ParamMouthOpenY",), ((0.0, 1.0),), offsets)
    folded = with_part(puppet, "eyewhite-l", keyforms=(form,), texture=noise)
    assert [f for f in find(folded, "ParamMouthOpenY") if f.kind == "fold" and f.where[1] < 178] == []
    assert white.masks == ("opening-l",)


def test_a_stray_iris() -> None:
    puppet = girl()
    iris = next(p for p in puppet.parts if p.name == "irides-l")
    wild = tuple(replace(k, offsets=k.offsets * 2.5) for k in iris.keyforms if k.offsets is not None)
    assert find(with_part(puppet, "irides-l", keyforms=wild), *EYES) == [], "behind its opening it may go where it likes"
    finding = only(find(with_part(puppet, "irides-l", keyforms=wild, masks=()), "ParamEyeBallX"), "iris")
    assert finding.part == "irides-l" and finding.pose["ParamEyeBallX"] in (-1, 1)
    assert 200 < finding.where[0] < finding.where[2] < 270


@pytest.mark.parametrize("side", ["l", "r"])
def test_a_shut_eye_that_still_shows(side: str) -> None:
    """The opening of one eye stops half way: only that eye is told."""
    puppet = girl()
    opening = next(p for p in puppet.parts if p.name == f"opening-{side}")
    half = with_part(puppet, opening.name, keyforms=(lid_form(opening.mesh, side, 198.0, 0.3),))
    finding = only(find(half, *EYES), "lid")
    assert f"eyewhite-{side}" in finding.part and finding.pose[LIDS[side]] == 0
    middle = (finding.where[0] + finding.where[2]) / 2
    assert (middle > 200) == (side == "l")


def test_findings_tell_and_show() -> None:
    puppet = girl()
    opening = next(p for p in puppet.parts if p.name == "opening-l")
    bad = with_part(puppet, "opening-l", keyforms=(lid_form(opening.mesh, "l", 198.0, 0.3),))
    (finding,) = find(bad, *EYES)
    assert "shut eye" in finding.message and "ParamEyeLOpen=0" in finding.message and finding.kind in KINDS
    assert finding.picture.shape == (300, 200, 4) and finding.picture.dtype == np.uint8
    marked = (finding.picture == (255, 0, 160, 255)).all(-1)
    x = np.nonzero(marked)[1]
    assert x.min() <= finding.where[0] / 2 and finding.where[2] / 2 <= x.max() + 1
    plain = painter(bad)(pose(bad, finding.pose))
    assert (finding.picture[~marked] == plain[~marked]).all()
    assert finding.amount > 20


def test_own_ranges_are_respected() -> None:
    """A seam that opens only beyond the puppet's own range is none."""
    puppet = short_necked()
    limits = {"ParamAngleY": Parameter("ParamAngleY", -3, 0, 3), "ParamAngleX": Parameter("ParamAngleX", -3, 0, 3),
              "ParamAngleZ": Parameter("ParamAngleZ", -3, 0, 3), "ParamBodyAngleX": Parameter("ParamBodyAngleX", -1, 0, 1),
              "ParamBodyAngleZ": Parameter("ParamBodyAngleZ", -1, 0, 1)}  # fmt: skip
    small = replace(puppet, parameters=tuple(limits.get(p.name, p) for p in puppet.parameters))
    assert find(small, *TURN) == []
    for finding in find(puppet, *TURN):
        assert all(BY_NAME[n].low <= v <= BY_NAME[n].high for n, v in finding.pose.items())


def test_a_puppet_without_a_face_is_checked_too() -> None:
    bare = replace(girl(), parts=girl().parts[:1], parameters=())
    assert find(bare) == []


def test_craft() -> None:
    found = {(c.turn, c.name): c for c in craft(girl())}
    nose, far, near = (found[30.0, name] for name in ("nose moves, % of the face", "far eye's width", "near eye's width"))
    assert 18 <= nose.value <= 24 and nose.good
    assert far.value < 0.95 < near.value
    assert found[-30.0, "far eye's width"].value == pytest.approx(far.value, abs=0.01), "both sides alike"
    goes_back = found[30.0, "back hair goes back, % of the face"].value
    assert goes_back == pytest.approx(100 * 0.12 * np.sin(np.radians(25)), rel=0.1)
    assert found[30.0, "far ear slides in, % of the face"].value > 0
    flat = replace(girl(), surface=replace(SURFACE, curvature=0.3))
    assert not {(c.turn, c.name): c for c in craft(flat)}[30.0, "nose moves, % of the face"].good


def test_craft_needs_the_range() -> None:
    narrow = tuple(replace(p, low=-10.0) if p.name == "ParamAngleX" else p for p in girl().parameters)
    assert {c.turn for c in craft(replace(girl(), parameters=narrow))} == {30.0}
    assert craft(replace(girl(), parameters=())) == []
