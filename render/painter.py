"""Draws a puppet's DrawList on any surface. It knows no window; time and parameters are its caller's.

A frame: masks first, four to a surface; then every part back to front on the canvas, premultiplied, each blend mode by the W3C
formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import moderngl

from layering.stack import Blend
from render.boxes import Box, around, part_boxes
from render.masks import plan_masks
from render.model import ARTWORK_UNIT, Model
from render.programs import Programs, set_uniforms
from render.surfaces import Surface, Surfaces
from render.textures import density_for
from render.view import View
from rig.puppet import DrawList, Puppet

Colour = tuple[float, float, float, float]
"""Red, green, blue, alpha in 0..1, premultiplied."""

CLEAR: Colour = (0.0, 0.0, 0.0, 0.0)
_ONE, _KEEP = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
_SRC1_COLOR, _SRC1_ALPHA = 0x88F9, 0x8589       # dual-source blending; moderngl has no names for them
_BLENDS: dict[Blend, Any] = {
    Blend.NORMAL: (_ONE, _KEEP, _ONE, _KEEP),
    Blend.SCREEN: (moderngl.ONE_MINUS_DST_COLOR, _ONE, _ONE, _KEEP),
    Blend.MULTIPLY: (moderngl.ONE_MINUS_DST_ALPHA, _SRC1_COLOR, _ONE, _SRC1_ALPHA),
    Blend.ADD: (_ONE, moderngl.ZERO, _ONE, moderngl.ZERO),      # its clamp is no blend factor: the shader reads the backdrop
}
_DEFINES = {Blend.NORMAL: (), Blend.SCREEN: (), Blend.MULTIPLY: ("MULTIPLY",), Blend.ADD: ("ADD",)}
_UNION: Any = (_ONE, moderngl.ONE_MINUS_SRC_COLOR, _ONE, _KEEP)
_MASK_UNIT, _BACKDROP_UNIT = 1, 2
_CHANNELS: tuple[Colour, ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame is drawn from: where canvas px go in clip space, for each part its box and opacity, and the surfaces."""

    place: Colour
    boxes: list[Box]
    opacity: list[float]
    surfaces: Surfaces


class Painter:
    """Keeps a puppet's textures and meshes on the GPU and draws it. Use it in the context that made it, then `release`."""

    def __init__(self, context: moderngl.Context, puppet: Puppet) -> None:
        """Raises RenderError for masks that cannot be."""
        self._context = context
        self._parts = puppet.parts
        self._plan = plan_masks(puppet)
        self._slots = [self._plan.slot(number) for number in range(len(self._plan.masks))]
        self._model = Model(context, puppet)
        self._programs = Programs(context)
        self._surfaces: Surfaces | None = None
        self._copy = context.vertex_array(self._programs.get("fill", "copy"), [])

    def draw(self, draw_list: DrawList, view: View, canvas: Surface, background: Colour = CLEAR) -> Box:
        """Draw one frame over all of `canvas`, which has the view's size; it gets premultiplied colour, row 0 at the top.

        background: premultiplied. Returns the box outside which there is nothing but background.
        """
        frame = self.prepare(draw_list, view)
        self.draw_masks(frame)
        canvas.target.use()
        canvas.target.clear(*background)
        return self.draw_parts(frame, canvas)

    def prepare(self, draw_list: DrawList, view: View) -> Frame:
        """The first step of `draw`: everything is where it is drawn from."""
        surfaces = self._sized(view.size)
        self._model.use_density(density_for(view.scale))
        self._model.move(draw_list.vertices)
        boxes = part_boxes(draw_list.vertices, self._model.counts, view)
        return Frame(_clip_place(view), boxes, draw_list.opacity.tolist(), surfaces)

    def draw_masks(self, frame: Frame) -> None:
        """The second step: every mask into its channel, the union of its parts' alpha."""
        for page, members in zip(frame.surfaces.pages, self._plan.pages, strict=True):
            page.target.use()
            page.target.clear(viewport=around(self._mask_box(number, frame) for number in members).scissor)
            self._context.enable_only(moderngl.BLEND)
            self._context.blend_func = _UNION
            for number, channel in zip(members, _CHANNELS, strict=False):
                for part in self._plan.masks[number].parts:
                    self._draw_part(part, frame, page, "COVERAGE", written=channel)

    def draw_parts(self, frame: Frame, canvas: Surface, only: int | None = None) -> Box:
        """The last step: all parts, or one, back to front on the canvas in use; the box that they touched."""
        self._context.enable_only(moderngl.BLEND)
        touched = []
        for number, part in enumerate(self._parts):
            box = self._visible(number, frame)
            if part.drawn and not box.empty and only in (None, number):
                extra = self._keep_backdrop(frame.surfaces.backdrop, canvas, box) if part.blend is Blend.ADD else {}
                self._context.blend_func = _BLENDS[part.blend]
                self._draw_part(number, frame, canvas, *_DEFINES[part.blend], **extra)
                touched.append(box)
        return around(touched)

    def release(self) -> None:
        """Free everything on the GPU."""
        for owned in (self._model, self._copy, self._programs, self._surfaces):
            if owned is not None:
                owned.release()

    def _sized(self, size: tuple[int, int]) -> Surfaces:
        if self._surfaces is None or self._surfaces.size != size:
            if self._surfaces is not None:
                self._surfaces.release()
            self._surfaces = Surfaces(self._context, size, len(self._plan.pages))
        return self._surfaces

    def _draw_part(self, number: int, frame: Frame, surface: Surface, *defines: str, **extra: object) -> None:
        """Draw one part on `surface`, through its mask if it has one, touching no pixel outside its box."""
        box, mask = self._visible(number, frame), self._plan.of_part[number]
        if box.empty:
            return
        program = self._programs.get("part", "part", *defines, *(("MASKED",) if mask >= 0 else ()))
        set_uniforms(program, place=frame.place, opacity=frame.opacity[number], **extra)
        if mask >= 0:
            page, channel = self._slots[mask]
            frame.surfaces.pages[page].texture.use(_MASK_UNIT)
            set_uniforms(program, mask=_MASK_UNIT, channel=_CHANNELS[channel])
            surface.target.scissor = box.scissor
        self._model.draw(number, program)
        surface.target.scissor = surface.target.viewport

    def _keep_backdrop(self, backdrop: Surface, canvas: Surface, box: Box) -> dict[str, object]:
        """Copy the canvas within `box`, for a part whose shader reads what lies behind it."""
        self._context.disable(moderngl.BLEND)
        backdrop.target.use()
        backdrop.target.scissor = box.scissor
        canvas.texture.use(ARTWORK_UNIT)
        self._copy.render(moderngl.TRIANGLES, 3)
        backdrop.texture.use(_BACKDROP_UNIT)
        canvas.target.use()
        self._context.enable(moderngl.BLEND)
        return {"backdrop": _BACKDROP_UNIT}

    def _visible(self, number: int, frame: Frame) -> Box:
        """Where a part can show: its own box, cut to its mask's; empty where it is transparent or has no triangles."""
        if frame.opacity[number] <= 0 or not self._model.triangles[number]:
            return Box(0, 0, 0, 0)
        mask = self._plan.of_part[number]
        return frame.boxes[number] & self._mask_box(mask, frame) if mask >= 0 else frame.boxes[number]

    def _mask_box(self, mask: int, frame: Frame) -> Box:
        return around(self._visible(part, frame) for part in self._plan.masks[mask].parts)


def _clip_place(view: View) -> Colour:
    """Scale x, y and offset x, y from canvas px to clip space; row 0 is the picture's top."""
    width, height = view.size
    return (2 * view.scale / width, 2 * view.scale / height, 2 * view.offset[0] / width - 1, 2 * view.offset[1] / height - 1)

