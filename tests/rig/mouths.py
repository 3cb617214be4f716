"""Faces with a mouth alone, drawn for the mouth's tests, and the mouth's parts drawn by the numpy reference."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Layer, LayerStack
from render.reference import draw_reference
from render.view import View
from rig.anchors import Anchors, find_anchors
from rig.mouth import MouthRig, mouth_rig
from rig.params import STANDARD
from rig.poser import pose
from rig.puppet import F32, Part, Puppet, Surface

Colour = tuple[int, int, int]
SIZE = (260, 320)
MOUTH = (130, 205)
SKIN, LINE, DARK, TONGUE, TEETH = (250, 224, 208), (70, 40, 44), (120, 40, 50), (220, 110, 110), (252, 250, 246)
FINE = 4
VIEW = (70, 150, 190, 280)
"""The box around the mouth that is looked at."""


class Sheet:
    """A canvas to draw one layer on, in px of the whole picture, smooth at its edges."""

    def __init__(self) -> None:
        self.fine = np.zeros((SIZE[1] * FINE, SIZE[0] * FINE, 4), np.float32)

    def polygon(self, points: npt.ArrayLike, colour: Colour, within: npt.ArrayLike | None = None) -> Sheet:
        cover = self._cover(points)
        if within is not None:
            cover &= self._cover(within)
        self.fine[cover > 0] = (*colour, 255)
        return self

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, within: npt.ArrayLike | None = None) -> Sheet:
        turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        return self.polygon(np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], -1), colour, within)

    def stroke(self, points: npt.ArrayLike, thickness: float, colour: Colour, closed: bool = False) -> Sheet:
        cover = np.zeros(self.fine.shape[:2], np.uint8)
        cv2.polylines(cover, [fixed(points)], closed, 1, max(1, round(thickness * FINE)), cv2.LINE_8, 4)
        self.fine[cover > 0] = (*colour, 255)
        return self

    def layer(self, name: str, part: str = "mouth", state: str = "", shown: bool = True) -> Layer:
        premultiplied = self.fine.copy()
        premultiplied[..., :3] *= premultiplied[..., 3:] / 255
        small = cv2.resize(premultiplied, SIZE, interpolation=cv2.INTER_AREA)
        alpha = small[..., 3:] / 255
        small[..., :3] = np.divide(small[..., :3], alpha, out=np.zeros_like(small[..., :3]), where=alpha > 0)
        rgba = (small + 0.5).astype(np.uint8)
        rows, columns = np.flatnonzero(rgba[..., 3].any(1)), np.flatnonzero(rgba[..., 3].any(0))
        crop = rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return Layer(name, part, np.ascontiguousarray(crop), (int(columns[0]), int(rows[0])), state=state, shown=shown)

    def _cover(self, points: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        cover = np.zeros(self.fine.shape[:2], np.uint8)
        cv2.fillPoly(cover, [fixed(points)], 1, cv2.LINE_8, 4)
        return cover


def fixed(points: npt.ArrayLike) -> npt.NDArray[np.int32]:
    return np.round((np.asarray(points, float) * FINE - 0.5) * 16).astype(np.int32)


def smile(half: float = 30, sag: float = 8, y: float = MOUTH[1]) -> npt.NDArray[np.float64]:
    """A parabola from corner to corner whose middle lies `sag` px below."""
    t = np.linspace(-1, 1, 41)
    return np.stack([MOUTH[0] + half * t, y + sag * (1 - t**2)], -1)


def closed_line(shown: bool = True) -> Layer:
    return Sheet().stroke(smile(), 4, LINE).layer("mouth_close", state="closed", shown=shown)


def grin_points(half: float = 28, top: float = 3, bottom: float = 30, y: float = 200) -> npt.NDArray[np.float64]:
    lower = smile(half, bottom, y)[::-1]
    return np.concatenate([smile(half, top, y), lower[1:-1]])


def grin(name: str = "mouth_open", state: str = "open", shown: bool = True, outline: bool = True) -> Layer:
    """A D with teeth and tongue."""
    d = grin_points()
    sheet = Sheet().polygon(d, DARK).ellipse(MOUTH[0], 230, 15, 12, TONGUE, d)
    sheet.polygon(np.concatenate([smile(40, 9, 200), [[200, 150], [60, 150]]]), TEETH, d)
    if outline:
        sheet.stroke(d, 4, LINE, closed=True)
    return sheet.layer(name, state=state, shown=shown)


def round_mouth(rx: float, ry: float, shown: bool = False, state: str = "open", y: float = 210) -> Layer:
    sheet = Sheet().ellipse(MOUTH[0], y, rx, ry, LINE)
    return sheet.ellipse(MOUTH[0], y, rx - 3, ry - 3, DARK).layer("mouth_open", state=state, shown=shown)


def stack_of(*mouths: Layer) -> LayerStack:
    """A face of skin 240 px high with these mouth layers."""
    face = Sheet().ellipse(130, 140, 100, 120, SKIN).layer("face", "face")
    eyes = [replace(Sheet().ellipse(x, 130, 20, 12, (255, 255, 255)).layer(f"eyewhite-{side}", "eyewhite"), side=side)
            for side, x in (("r", 90), ("l", 170))]  # fmt: skip
    return LayerStack(SIZE, (face, *eyes, *mouths))


def view_of(picture: RGBA) -> RGBA:
    """The part of a picture of SIZE that lies in VIEW."""
    left, top, right, bottom = VIEW
    return picture[top:bottom, left:right]


class Model:
    """The mouth's parts of a stack as a puppet of their own."""

    def __init__(self, stack: LayerStack) -> None:
        self.stack = stack
        self.anchors: Anchors = find_anchors(stack)
        self.rig: MouthRig = mouth_rig(stack, self.anchors)
        self.parts: list[Part] = []
        for layer in stack.layers:
            beside = {where: [p for p, place, of in self.rig.extra if of == layer.name and place == where]
                      for where in ("before", "after")}  # fmt: skip
            own = [self.rig.parts[layer.name]] if layer.name in self.rig.parts else []
            self.parts += [*beside["before"], *own, *beside["after"]]
        parameters = tuple(replace(p, default=self.rig.defaults.get(p.name, p.default)) for p in STANDARD)
        surface = Surface((130, 140), (130, 300), (130, 320), self.anchors.width)
        self.puppet = Puppet("", SIZE, tuple(self.parts), surface, (), parameters)

    def draw(self, openness: float | None = None, form: float | None = None, scale: float = 1) -> RGBA:
        """The mouth alone in VIEW; the defaults where nothing is given."""
        given = {"ParamMouthOpenY": openness, "ParamMouthForm": form}
        drawn = pose(self.puppet, {name: value for name, value in given.items() if value is not None})
        left, top, right, bottom = VIEW
        view = View((round((right - left) * scale), round((bottom - top) * scale)), scale, (-left * scale, -top * scale))
        return draw_reference(self.puppet, drawn, view=view)

    def vertices(self, part: Part, openness: float, form: float) -> F32:
        alone = replace(self.puppet, parts=(part,))
        return pose(alone, {"ParamMouthOpenY": openness, "ParamMouthForm": form}).vertices

    def size(self, openness: float, form: float = 0.0) -> tuple[float, float]:
        """(w, h) px of what the mouth covers."""
        rows, columns = np.nonzero(self.draw(openness, form, 2)[..., 3] > 127)
        return float(np.ptp(columns) + 1) / 2, float(np.ptp(rows) + 1) / 2
