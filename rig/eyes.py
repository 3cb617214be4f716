"""The rig of one eye: lids that shut each by themselves, an iris that looks about, white and iris masked and never squashed.

The opening between the lids is a mask that follows them; the lash rides on the upper lid. Everything that the shut eye needs is
the character's own: its lash line, its drawn closed eye where there is one, its skin.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Blend, Layer, LayerStack
from rig.anchors import Anchors
from rig.eyeart import SOLID, EyeArt, Mask, overlays, study
from rig.gaze import gaze_forms, is_shade
from rig.lash import (
    CREASE,
    LOWER,
    MAIN,
    SHADE,
    LashInk,
    lash_mover,
    shade_mesh,
    shade_mover,
    sort_ink,
    split_lash,
)
from rig.lidline import DrawnShut, LidLine, make_lid_line, read_drawn_shut
from rig.lidmove import Mover, Riders, rim_mover
from rig.lids import Lids, find_lids, find_spans
from rig.mesh import MARGIN, cut_mesh, layer_mesh, pad_texture
from rig.opening import (
    Strip,
    behind_lash,
    clear_white,
    cut_strip,
    opening_texture,
    seen_region,
    shutter_mesh,
    shutter_mover,
    soft_edge,
    strip_mover,
)
from rig.puppet import F32, Keyforms, Mesh, Part
from rig.skin import skin_patch

SHUT = 0.1
"""Openness at which the eye is shut: trackers seldom reach 0."""
SWAP = 0.001
"""Openness within which a drawn closed eye takes the lash's place."""
KEYS = (SHUT, 0.15, 0.3, 0.55, 0.8, 0.96, 1.0)
FINENESS = {MAIN: 0.55, CREASE: 0.9, LOWER: 0.9}
SUFFIX = {SHADE: "shade", MAIN: "line", CREASE: "crease", LOWER: "lower"}
GROWN = 0.5
"""Closure at which a made line that was drawn nowhere has its full thickness."""


@dataclass(frozen=True, slots=True, eq=False)
class EyeRig:
    """parts: by layer name, what takes the layer's place. extra: (part, "before" or "after", layer name).

    defaults: values of parameters at which the eye is as drawn.
    """

    parts: dict[str, Part] = field(default_factory=dict)
    extra: list[tuple[Part, str, str]] = field(default_factory=list)
    defaults: dict[str, float] = field(default_factory=dict)


def eye_rig(stack: LayerStack, side: str, anchors: Anchors) -> EyeRig:
    """Rig the eye of a side ("l" or "r"); empty where the stack holds no open eye of it."""
    eyes = [art for x in ("l", "r") if (art := study(stack, x, anchors)) is not None]
    own = next((art for art in eyes if art.side == side), None)
    if own is None:
        return EyeRig()
    rig = _Builder(stack, own).build()
    if own is eyes[0]:
        for layer in overlays(stack, eyes):
            rig.parts[layer.name] = _overlay(layer, eyes)
    return rig


def _overlay(layer: Layer, eyes: list[EyeArt]) -> Part:
    """What is painted onto both eyes: seen through their openings."""
    texture, mesh = layer_mesh(layer, max(4.0, (eyes[0].window[2] - eyes[0].window[0]) / 8))
    zero, one = np.zeros(len(mesh.vertices), np.float32), np.ones(len(mesh.vertices), np.float32)
    return Part(name=layer.name, part="eyewhite", texture=texture, mesh=mesh, depth=zero, head=one, body=one, blend=layer.blend,
                masks=tuple(f"eye opening-{eye.side}" for eye in eyes))  # fmt: skip


def closure_at(openness: float) -> float:
    """How far the lids have shut, 0..1, at a value of ParamEyeOpen."""
    return float(np.clip((1 - openness) / (1 - SHUT), 0, 1))


class _Builder:
    """What the parts of one eye share: its art, its lids, the opening between them."""

    def __init__(self, stack: LayerStack, art: EyeArt) -> None:
        self.stack, self.art = stack, art
        self.open_name, self.smile_name = (f"ParamEye{art.side.upper()}{x}" for x in ("Open", "Smile"))
        self.winks = any(x.shown for x in art.closed) and not any(x.shown for x in (*art.ball, *art.lashes))
        spans = find_spans(art.alpha(x for x in art.ball if not is_shade(x, art)) > SOLID)
        self.made: LidLine | None = None if art.lashes else make_lid_line(art, spans, stack)
        lash = art.blended(art.lashes) if self.made is None else self.made.premultiplied()
        self.ink: LashInk = sort_ink(lash, spans)
        self.drawn: DrawnShut | None = read_drawn_shut(art, spans)
        meet = 0.9 if art.whole else 0.8
        self.lids: Lids = find_lids(art, spans, self.ink.kinds == 1, self.drawn.line if self.drawn else None, meet)
        self.seen: Mask = seen_region(art, self.lids, lash[..., 3] > 0.5)
        self.strip: Strip = cut_strip(self.lids, self.seen, self.seen, art.window, self._cover(art.whites or art.whole))
        self.spacing = max(4.0, self.lids.width / 6)

    def build(self) -> EyeRig:
        art = self.art
        rig = EyeRig()
        gaze = gaze_forms(art, self.lids, self.ink.kinds == 1)
        for layer in art.ball:
            rig.parts[layer.name] = self._ball_part(layer, gaze.get(layer.name, ()))
        for layer in art.lashes:
            *under, rig.parts[layer.name] = self._lash_parts(layer.name, layer.rgba, layer.offset, layer.blend)
            rig.extra.extend((self._rested(part), "before", layer.name) for part in under)
        for layer in art.closed:
            rig.parts[layer.name] = self._closed_part(layer)
        for name, layer in art.glows.items():
            rig.extra.append((self._rested(self._glow(layer)), "before", name))
        first, last = art.ball[0].name, art.ball[-1].name
        for part in (self._skin(), *self._openings(() if art.whites else gaze.get(last, ())), self._shutter()):
            if part is not None:
                rig.extra.append((self._rested(part), "before", first))
        if self.made is not None:
            rig.extra.append((self._rested(self._lid_line(self.made)), "after", last))
        for name, part in rig.parts.items():
            rig.parts[name] = self._rested(part)
        if self.winks:
            rig.defaults[self.open_name] = 0.0
        return rig

    def _cover(self, layers: tuple[Layer, ...]) -> float:
        """Px above the lid line at which layers are cut: inside the lash, unless they are drawn over it."""
        order = {layer.name: i for i, layer in enumerate(self.stack.layers)}
        lash = min((order[x.name] for x in self.art.lashes), default=len(order))
        over = any(order[x.name] > lash for x in layers)
        return 0.5 if over else float(np.clip(0.5 * self.lids.thickness, 0.5, 0.15 * self.lids.height + 0.5))

    def _ball_part(self, layer: Layer, gaze: tuple[Keyforms, ...]) -> Part:
        """White, iris or whole eye: behind the opening; the rim of the white rides on the lower lid."""
        texture, mesh = self._cut(layer.rgba, layer.offset, 1.0 if layer.part == "irides" else 0.75)
        forms = [_regrown(form, len(mesh.vertices)) for form in gaze]
        if layer.part != "irides":
            forms.append(self._grid(rim_mover(self.lids, mesh.vertices)))
        forms.append(self._fade((KEYS[1], KEYS[1] + 0.02), (0, 1)))
        mask = f"iris opening-{self.art.side}" if layer.part == "irides" and self.art.whites else f"eye opening-{self.art.side}"
        return self._part(layer.name, layer.part, texture, mesh, forms, blend=layer.blend, masks=(mask,))

    def _lash_parts(self, name: str, rgba: RGBA, offset: tuple[int, int], blend: Blend) -> list[Part]:
        """A lash layer on the lids, back to front: shade, crease, lower marks, and last, under the layer's own name, the lash.

        A drawn closed eye takes its place when it has come down.
        """
        pieces = split_lash(self.ink, self.art, self.lids, rgba, offset)
        follow = self._crease_follow()
        parts = []
        for kind, pixels in pieces.items():
            if kind == SHADE:
                texture, at = pad_texture(pixels, offset)
                mesh = shade_mesh(self.ink, self.art, self.lids, (texture.shape[1], texture.shape[0]), at)
                move = shade_mover(self.lids, follow, mesh.vertices)
            else:
                texture, mesh = self._cut(pixels, offset, FINENESS[kind])
                move = lash_mover(self.lids, self.ink, kind, follow, mesh.vertices)
            forms = [self._grid(move), *self._swapped()]
            parts.append(self._part(f"{name} {SUFFIX[kind]}", "eyelash", texture, mesh, forms, blend=blend))
        return [*parts[:-1], replace(parts[-1], name=name)]

    def _lid_line(self, line: LidLine) -> Part:
        """A made upper lid line, out of sight while the eye is as open as drawn."""
        texture, mesh = self._cut(line.rgba, self.art.window[:2], FINENESS[MAIN])
        ride = self._growing(mesh.vertices) if line.grows else lash_mover(self.lids, self.ink, MAIN, 0.0, mesh.vertices)
        forms = [self._grid(ride), *self._swapped(), self._fade((KEYS[-2], KEYS[-1]), (1, 0))]
        return self._part(f"lid line-{self.art.side}", "eyelash", texture, mesh, forms)

    def _swapped(self) -> list[Keyforms]:
        """The lash gives way to a drawn closed eye."""
        return [self._fade((SHUT, SHUT + SWAP), (0, 1))] if self.drawn else []

    def _growing(self, vertices: F32) -> Mover:
        """A made line swells from nothing as the lid comes down."""
        riders = Riders(self.lids, vertices)
        return lambda c, s: (riders.moved(c, s, min(1.0, c / GROWN)) - riders.points).astype(np.float32)

    def _crease_follow(self) -> float:
        """The crease's share of the lid's way: to the drawn closed eye's own crease where it has one."""
        if not self.drawn or self.drawn.crease is None or not (self.ink.kinds == CREASE).any():
            return self.ink.follow
        rest = float(np.nonzero(self.ink.kinds == CREASE)[0].mean()) + self.art.window[1]
        way = float((self.lids.shut[0] - self.lids.upper)[:, 1].mean())
        return float(np.clip((self.drawn.crease - rest) / way, 0, 0.9)) if way > 1 else self.ink.follow

    def _closed_part(self, layer: Layer) -> Part:
        """The drawn closed eye, swapped in when the lids have met; one that fills the eye shows wherever a lid is."""
        texture, mesh = self._cut(layer.rgba, layer.offset)
        if self.drawn is None or self.drawn.line is None:
            forms = [self._fade((0.98, 1.0), (1, 0))]
            return self._part(layer.name, layer.part, texture, mesh, forms, blend=layer.blend, masks=(f"lids-{self.art.side}",))
        arched = Riders(self.lids, mesh.vertices, self.lids.shut[0]).onto(self.lids.shut[1]) - mesh.vertices
        smile = Keyforms((self.smile_name,), ((0.0, 1.0),), np.stack([np.zeros_like(arched), arched]).astype(np.float32))
        forms = [smile, self._fade((SHUT, SHUT + SWAP), (1, 0))]
        return self._part(layer.name, layer.part, texture, mesh, forms, blend=layer.blend)

    def _openings(self, gaze: tuple[Keyforms, ...]) -> tuple[Part, ...]:
        """The masks: for the white, and for the iris, which must not leave the white but may rest beyond its edge."""
        art = self.art
        out = [self._opening("eye opening", self.strip, self.seen, soft_edge(self.seen), gaze)]
        if art.whites and art.irides:
            inner = (clear_white(art) > SOLID) | (art.alpha(art.irides) > 0)
            strip = cut_strip(self.lids, self.seen, inner, art.window, self._cover(art.irides))
            hidden = self.seen & ~(art.alpha(art.ball) > 0)
            full = (art.alpha(art.irides) > 0) | hidden | behind_lash(self.lids, self.seen, art.window)
            out.append(self._opening("iris opening", strip, full, np.maximum(clear_white(art), soft_edge(full)), gaze))
        return tuple(out)

    def _opening(self, name: str, strip: Strip, full: Mask, part: npt.NDArray[np.uint8], gaze: tuple[Keyforms, ...]) -> Part:
        texture, mesh = opening_texture(strip, self.art.window, full, part), strip.mesh()
        forms = [*(_regrown(g, len(mesh.vertices)) for g in gaze), self._grid(strip_mover(strip, self.lids))]
        return self._part(f"{name}-{self.art.side}", "eyewhite", texture, mesh, forms, drawn=False)

    def _shutter(self) -> Part | None:
        """The mask of what the lids cover, for a drawn closed eye that fills the eye."""
        if not self.art.closed or self.drawn is None or self.drawn.line is not None:
            return None
        mesh = shutter_mesh(self.strip)
        form = self._grid(shutter_mover(self.strip, self.lids))
        return self._part(f"lids-{self.art.side}", "eyewhite", np.full((4, 4, 4), 255, np.uint8), mesh, [form], drawn=False)

    def _glow(self, layer: Layer) -> Part:
        """Light around the eye, which goes out as the lids come."""
        texture, mesh = self._cut(layer.rgba, layer.offset)
        return self._part(layer.name, "eyewhite", texture, mesh, [self._fade((0.4, 1.0), (0, 1))], blend=layer.blend)

    def _skin(self) -> Part | None:
        """Skin behind the eye where the face has none; out of sight while the eye is as open as drawn."""
        patch = skin_patch(self.stack, self.art, self.seen)
        if patch is None:
            return None
        texture, mesh = self._cut(patch, self.art.window[:2])
        return self._part(f"lid skin-{self.art.side}", "face", texture, mesh, [self._fade((0.98, 1.0), (1, 0))])

    def _cut(self, rgba: RGBA, offset: tuple[int, int], fineness: float = 1.0) -> tuple[RGBA, Mesh]:
        texture, at = pad_texture(rgba, offset)
        spacing = self.spacing * fineness
        return texture, cut_mesh(texture, at, spacing, _guards(texture, at, spacing))

    def _grid(self, move: Mover) -> Keyforms:
        """Offsets (V, 2) of a closure and a smile as keyforms on the grid of openness and smile; exactly 0 as drawn."""
        table = np.array([[move(closure_at(key), smile) for smile in (0.0, 1.0)] for key in KEYS], np.float32)
        table[-1, 0] = 0
        return Keyforms((self.open_name, self.smile_name), (KEYS, (0.0, 1.0)), table)

    def _fade(self, keys: tuple[float, ...], opacity: tuple[float, ...]) -> Keyforms:
        return Keyforms((self.open_name,), (keys,), None, np.array(opacity, np.float32))

    def _part(self, name: str, part: str, texture: RGBA, mesh: Mesh, forms: list[Keyforms], blend: Blend = Blend.NORMAL,
              masks: tuple[str, ...] = (), drawn: bool = True) -> Part:  # fmt: skip
        zero, one = np.zeros(len(mesh.vertices), np.float32), np.ones(len(mesh.vertices), np.float32)
        return Part(name=name, part=part, side=self.art.side, texture=texture, mesh=mesh, depth=zero, head=one, body=one,
                    blend=blend, masks=masks, drawn=drawn, keyforms=tuple(forms))  # fmt: skip

    def _rested(self, part: Part) -> Part:
        """The part with its rest where the parameters' defaults put it: for a drawn wink, shut."""
        return _rebased(part, self.open_name) if self.winks else part


def _rebased(part: Part, axis: str) -> Part:
    """The part with the form at the first key of `axis` as its rest."""
    mesh, forms = part.mesh, []
    for form in part.keyforms:
        if form.offsets is not None and form.axes[0] == axis:
            rest = form.offsets[0, 0]
            mesh = replace(mesh, vertices=mesh.vertices + rest)
            form = replace(form, offsets=form.offsets - rest)
        forms.append(form)
    return replace(part, mesh=mesh, keyforms=tuple(forms))


def _guards(texture: RGBA, at: tuple[int, int], spacing: float) -> F32:
    """Points in the clear of a texture: they keep triangles from reaching across the bay below an arched lash."""
    import cv2

    clear = cv2.distanceTransform((texture[..., 3] == 0).astype(np.uint8), cv2.DIST_L2, 3)
    y, x = np.meshgrid(*(np.arange(spacing / 2, side, spacing) for side in clear.shape), indexing="ij")
    free = clear[y.astype(int), x.astype(int)] > 0.6 * spacing + MARGIN
    return (np.stack([x[free], y[free]], -1) + at).astype(np.float32)


def _regrown(form: Keyforms, count: int) -> Keyforms:
    """A form that shifts all vertices alike, for a mesh of another count."""
    assert form.offsets is not None
    return replace(form, offsets=np.repeat(form.offsets[:, :1], count, 1))
