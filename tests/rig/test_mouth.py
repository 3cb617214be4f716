"""The mouth: rest is exact, lips part from the drawn line, drawn mouths close, nothing folds and nothing shows through."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import pytest

from layering.stack import LayerStack, blend_layers, unpremultiply
from rig.puppet import F32, I32
from tests.rig.mouths import (
    DARK,
    LINE,
    MOUTH,
    SIZE,
    SKIN,
    TEETH,
    TONGUE,
    VIEW,
    Model,
    Sheet,
    closed_line,
    grin,
    round_mouth,
    smile,
    stack_of,
    view_of,
)

FORMS, OPENINGS = (-1, -0.6, 0, 0.4, 1), (0, 0.01, 0.04, 0.12, 0.3, 0.6, 1)


def cases() -> dict[str, LayerStack]:
    shade = Sheet().stroke(smile(), 4, LINE).ellipse(MOUTH[0], 224, 9, 2, (240, 200, 185))
    tilted = Sheet().stroke(smile() + np.linspace(-5, 5, 41)[:, None] * (0, 1), 3, LINE)
    cat = np.concatenate([smile(14, 7)[:-1] - np.array([14, 0]), smile(14, 7) + np.array([14, 0])])
    return {
        "line": stack_of(closed_line()),
        "tilted": stack_of(tilted.layer("mouth")),
        "cat": stack_of(Sheet().stroke(cat, 3, LINE).layer("mouth")),
        "dot": stack_of(Sheet().ellipse(*MOUTH, 3.5, 3, LINE).layer("mouth")),
        "tiny open": stack_of(round_mouth(9, 8), closed_line()),
        "wide open": stack_of(grin(shown=False), closed_line()),
        "open only": stack_of(grin("mouth", "")),
        "no outline": stack_of(grin("mouth", "", outline=False)),
        "round": stack_of(round_mouth(18, 14, shown=True)),
        "shade": stack_of(shade.layer("mouth", state="closed")),
    }


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return {name: Model(stack) for name, stack in cases().items()}


CASES = tuple(cases())


def area(vertices: F32, triangles: I32) -> np.ndarray:  # type: ignore[type-arg]
    a, b, c = (vertices[triangles[:, k]].astype(float) for k in range(3))
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


def test_no_mouth_no_parts() -> None:
    rig = Model(stack_of()).rig
    assert not rig.parts
    assert not rig.extra
    assert not rig.defaults


@pytest.mark.parametrize("case", CASES)
def test_rest_is_the_picture(models: dict[str, Model], case: str) -> None:
    model = models[case]
    drawn = model.draw()
    picture = unpremultiply(blend_layers(SIZE, (x for x in model.stack.find("mouth") if x.shown)))
    picture = view_of(picture)
    assert np.abs(drawn[..., 3].astype(int) - picture[..., 3]).max() <= 2
    inside = picture[..., 3] > 250
    assert np.abs(drawn[inside].astype(int) - picture[inside]).max() <= 1


@pytest.mark.parametrize("case", CASES)
def test_nothing_moves_at_the_defaults(models: dict[str, Model], case: str) -> None:
    model = models[case]
    for part in model.parts:
        for keyforms in part.keyforms:
            if keyforms.offsets is not None:
                rest = tuple(k.index(model.rig.defaults[a]) for a, k in zip(keyforms.axes, keyforms.keys, strict=True))
                assert not keyforms.offsets[rest].any()


@pytest.mark.parametrize("case", CASES)
def test_no_triangle_folds(models: dict[str, Model], case: str) -> None:
    model = models[case]
    for part, form, openness in product(model.parts, FORMS, OPENINGS):
        assert area(model.vertices(part, openness, form), part.mesh.triangles).min() > -1, (part.name, form, openness)


@pytest.mark.parametrize("case", CASES)
def test_nothing_shows_through_the_mouth(models: dict[str, Model], case: str) -> None:
    """At every key and between them the open mouth is one piece without a hole or a fringe in it."""
    for form, openness in product(FORMS, (0.04, 0.12, 0.6)):
        alpha = models[case].draw(openness, form, 2)[..., 3]
        found, _ = cv2.findContours((alpha > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        whole = np.zeros_like(alpha)
        cv2.drawContours(whole, [max(found, key=cv2.contourArea)], -1, 1, -1)
        core = cv2.erode(whole, np.ones((5, 5), np.uint8)) > 0
        assert not core.any() or alpha[core].min() > 220, (form, openness)


@pytest.mark.parametrize("case", CASES)
def test_the_mouth_is_small_enough_to_pose(models: dict[str, Model], case: str) -> None:
    assert sum(len(p.mesh.vertices) for p in models[case].parts) <= 420


@pytest.mark.parametrize("case", ["line", "tiny open", "tilted"])
def test_full_opening_has_the_size_that_the_line_asks_for(models: dict[str, Model], case: str) -> None:
    model = models[case]
    width, height = model.size(1)
    closed = model.size(0)[0]
    assert 0.6 <= width / closed <= 0.8
    assert 0.12 <= height / model.anchors.height <= 0.18


def test_form_changes_the_open_mouth(models: dict[str, Model]) -> None:
    pout, plain, laugh = (models["line"].size(1, form)[0] for form in (-1, 0, 1))
    assert pout < 0.9 * plain < 0.75 * laugh


def corner_lift(model: Model, openness: float, form: float) -> float:
    """Px by which the mouth's ends lie above its middle."""
    rows, columns = np.nonzero(model.draw(openness, form)[..., 3] > 127)
    ends = (columns <= columns.min() + 2) | (columns >= columns.max() - 2)
    middle = np.abs(columns - (columns.min() + columns.max()) / 2) < 3
    return float(rows[middle].mean() - rows[ends].mean())


@pytest.mark.parametrize("openness", [0, 0.2])
def test_form_lifts_and_drops_the_corners(models: dict[str, Model], openness: float) -> None:
    pout, plain, laugh = (corner_lift(models["line"], openness, form) for form in (-1, 0, 1))
    assert pout < -2
    assert pout < plain - 3
    assert laugh > plain + 2


@pytest.mark.parametrize("form", [-1, 1])
def test_a_bent_line_keeps_its_thickness(models: dict[str, Model], form: float) -> None:
    """Ink over length stays: lines turn along the curve and are not stretched across."""
    model = models["line"]

    def thickness(form: float) -> float:
        alpha = model.draw(0, form)[..., 3] / 255
        columns = np.flatnonzero(alpha.max(0) > 0.5)
        y = (alpha * np.arange(len(alpha))[:, None]).sum(0)[columns] / alpha.sum(0)[columns]
        return float(alpha.sum() / np.hypot(np.diff(y), np.diff(columns)).sum())

    assert thickness(form) == pytest.approx(thickness(0), rel=0.12)


def test_opening_grows_steadily(models: dict[str, Model]) -> None:
    for form in (-1, 0, 1):
        heights = [models["line"].size(o, form)[1] for o in (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1)]
        assert (np.diff(heights) > 0).all()


def colours_of(model: Model, openness: float, form: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    drawn = model.draw(openness, form)
    return drawn[drawn[..., 3] > 250][:, :3].astype(int)


def has(colours: np.ndarray, wanted: tuple[int, int, int], within: int = 24) -> int:  # type: ignore[type-arg]
    """How many pixels are of a colour."""
    return int((np.abs(colours - wanted).max(1) <= within).sum())


def test_a_made_mouth_is_dark_and_warm_with_tongue_and_teeth(models: dict[str, Model]) -> None:
    colours = colours_of(models["line"], 1)
    dark = np.median(colours[colours.sum(1) < 0.7 * sum(SKIN)], axis=0)
    assert dark[0] > 1.3 * dark[1]                          # a warm red-brown
    assert sum(dark) < 0.6 * sum(SKIN)
    assert (colours.min(1) > 220).sum() > 20                # teeth
    redder = (colours[:, 0] > 180) & (colours[:, 1] < 170)
    assert redder.sum() > 20                                # tongue
    assert has(colours, LINE) > 100                         # an outline of the lips' own line


def test_teeth_and_tongue_hide_as_the_mouth_shuts(models: dict[str, Model]) -> None:
    colours = colours_of(models["line"], 0.1)
    assert not (colours.min(1) > 200).any()
    assert not (models["line"].draw(1, -1)[..., :3].min(-1) > 200).any()            # nor does a pout show teeth


def test_a_tiny_open_mouth_gives_its_colours_only(models: dict[str, Model]) -> None:
    model = models["tiny open"]
    assert "mouth_open" not in model.rig.parts
    assert has(colours_of(model, 1), DARK) > 200
    assert model.size(1)[0] > 2 * 18                        # not the drawn 18 px


def test_a_wide_open_mouth_opens_to_the_drawing(models: dict[str, Model]) -> None:
    model = models["wide open"]
    layer = model.stack.find("mouth", state="open")[0]
    picture = view_of(unpremultiply(blend_layers(SIZE, [layer])))
    drawn = model.draw(1)
    assert np.abs(drawn[..., 3].astype(int) - picture[..., 3]).mean() < 0.5
    inside = cv2.erode((picture[..., 3] > 250).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert np.abs(drawn[inside].astype(int) - picture[inside]).mean() < 6


def test_an_open_mouth_closes_in_a_line_of_its_own(models: dict[str, Model]) -> None:
    model = models["open only"]
    assert model.rig.defaults["ParamMouthOpenY"] > 0.5
    assert model.rig.defaults["ParamMouthForm"] > 0.5
    colours = colours_of(model, 0)
    assert has(colours, LINE, 40) > 0.95 * len(colours)
    assert not has(colours, TEETH)
    assert not has(colours, TONGUE)
    assert 2.5 <= model.draw(0, 0)[..., 3].max(1).astype(bool).sum() <= 16          # a line, not a bar


def test_a_mouth_without_an_outline_closes_in_a_line_too(models: dict[str, Model]) -> None:
    colours = colours_of(models["no outline"], 0)
    assert has(colours, DARK) > 0.9 * len(colours)


def test_a_round_mouth_has_no_form(models: dict[str, Model]) -> None:
    assert models["round"].rig.defaults["ParamMouthForm"] == 0


def test_the_lower_lips_shade_falls_with_the_lip(models: dict[str, Model]) -> None:
    model = models["shade"]
    shade = next(p for p in model.parts if p.name == "mouth shade")
    fallen = (model.vertices(shade, 1, 0) - shade.mesh.vertices)[:, 1]
    assert fallen.min() > 10
    assert np.ptp(fallen) < 0.01


def test_a_lip_never_reaches_the_chin(models: dict[str, Model]) -> None:
    low = stack_of(Sheet().stroke(smile(y=232), 4, LINE).layer("mouth"))
    rows = np.flatnonzero((Model(low).draw(1)[..., 3] > 127).any(1))
    assert rows[-1] + VIEW[1] < 260 + 0.025 * 240 - 2               # the chin falls, too


def test_a_mouth_of_several_layers_is_one() -> None:
    lips, teeth = grin("mouth", ""), Sheet().polygon([[115, 206], [145, 206], [145, 211], [115, 211]], TEETH).layer("teeth")
    model = Model(stack_of(lips, teeth))
    assert not model.rig.parts["mouth"].drawn
    assert model.rig.parts["teeth"].drawn


def test_pieces_stretch_towards_their_open_state() -> None:
    def seams(height: float, **more: object) -> object:
        sheet = Sheet()
        for x in (-25, 0, 25):
            sheet.ellipse(MOUTH[0] + x, MOUTH[1], 7, height, TEETH)
        return sheet.layer(f"mouth {height}", **more)  # type: ignore[arg-type]

    model = Model(stack_of(seams(10, state="closed"), seams(25, state="open", shown=False)))    # type: ignore[arg-type]
    assert model.size(0)[1] == pytest.approx(20, abs=1.5)
    assert model.size(1)[1] == pytest.approx(50, abs=2)
    assert model.size(1)[0] == pytest.approx(model.size(0)[0], abs=2)


def test_a_shape_that_no_ring_holds_still_rests_and_shuts() -> None:
    turn, radius = np.linspace(0, 2 * np.pi, 11)[:-1], np.array([24, 5] * 5)
    star = np.array([MOUTH]) + np.stack([radius * np.cos(turn), radius * np.sin(turn)], -1)
    model = Model(stack_of(Sheet().polygon(star, DARK).layer("mouth", state="open")))
    picture = view_of(model.stack.composite())
    drawn = model.draw()
    assert np.abs(drawn[drawn[..., 3] > 250].astype(int) - picture[drawn[..., 3] > 250]).max() <= 1
    assert model.size(0)[1] < 0.4 * model.size(model.rig.defaults["ParamMouthOpenY"])[1]


def test_jaw_falls_with_the_chin_and_nothing_else(models: dict[str, Model]) -> None:
    model = models["line"]
    points = np.array([[130, 260], [130, 150], [30, 140], [231, 140], [130, 235]], np.float32)
    keyforms = model.rig.jaw(points)
    assert keyforms.axes == ("ParamMouthOpenY",)
    assert keyforms.offsets is not None
    shut, full = keyforms.offsets[0], keyforms.offsets[-1]
    assert not shut.any()
    assert full[0, 1] == pytest.approx(0.025 * model.anchors.height, rel=0.05)
    assert not full[1:4].any()
    assert 0 < full[4, 1] < full[0, 1]


def test_jaw_rests_where_the_mouth_is_drawn_open(models: dict[str, Model]) -> None:
    keyforms = models["open only"].rig.jaw(np.array([[130, 260]], np.float32))
    default = models["open only"].rig.defaults["ParamMouthOpenY"]
    assert keyforms.offsets is not None
    assert keyforms.offsets[keyforms.keys[0].index(default), 0, 1] == 0
    assert keyforms.offsets[0, 0, 1] < 0
