"""What is seen in the frames of a film, the person's mask and the faces' meshes, made steady along the motion of the input.

Each frame is looked at by itself, so that edges and landmarks tremble by a pixel; drawn lines would tremble with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from stylize.faces import Mesh
from stylize.flow import F32, FlowPair, sampling_map, warped
from stylize.person import Mask

MEMORY = 0.75
"""Share of the past in a settled mask or mesh."""
APART = 0.35
"""Mean difference of a mask around a pixel from which on it is a change, not a tremble."""
TREMBLE, OWN_TREMBLE = 0.025, 0.012
"""Distance as a share of the face's width up to which a face as a whole, and a landmark by itself, only trembles; at twice
that it moves. The lids of a slow blink fall by more from frame to frame than they tremble.
"""
HELD, FOLLOWED = 8, 0.5
"""Frames for which a face that is found no more stays where the motion takes it, and how far that must be trusted: some frames
are missed, and a film would flash.
"""
SAME_FACE = 0.5
"""Two meshes nearer than this share of their width are one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Who is in a frame. meshes: of all faces, in shares of (W, H, W). mask: float32 (H, W), 0 ground .. 1 person, or None.
    held: for how many frames the meshes were not found but carried on.
    """

    meshes: tuple[Mesh, ...] = ()
    mask: Mask | None = None
    held: int = 0


def steadied(seen: Seen, past: Seen | None, pair: FlowPair | None) -> Seen:
    """What is seen in a frame, steadied by what was shown in the one before. pair: the motion between them.

    The result is the past of the next frame. A cut forgets it.
    """
    if past is None or pair is None or pair.cut:
        return seen
    mask = seen.mask
    if mask is not None and past.mask is not None and past.mask.shape == mask.shape:
        mask = steady_mask(mask, past.mask, pair)
    if not seen.meshes and past.held < HELD:
        carried = tuple(_moved(mesh, pair) for mesh in past.meshes if _followed(mesh, pair))
        return Seen(carried, mask, past.held + 1 if carried else 0)
    return Seen(tuple(_steady_mesh(mesh, past.meshes, pair) for mesh in seen.meshes), mask)


def steady_mask(mask: Mask, past: Mask, pair: FlowPair) -> Mask:
    """float32 (H, W): the mask, drawn towards the past one along the flow, but where that is unknown or the mask jumps."""
    size = (mask.shape[1], mask.shape[0])
    before: F32 = warped(past, sampling_map(pair.to_earlier, size))
    change = cv2.GaussianBlur(cv2.absdiff(mask, before), (0, 0), 2)
    share = MEMORY * cv2.resize(pair.trust_earlier, size) * np.clip(2 - change / (APART / 2), 0, 1)
    return (before * share + mask * (1 - share)).astype(np.float32)


def _steady_mesh(mesh: Mesh, earlier: Sequence[Mesh], pair: FlowPair) -> Mesh:
    """The mesh, drawn towards that of the same face before as far as it only trembled. A landmark by itself: a blink stays."""
    width = float(np.ptp(mesh[:, 0]))
    near = [other for other in earlier if np.hypot(*(mesh[:, :2].mean(0) - other[:, :2].mean(0))) < SAME_FACE * width]
    if not near or width <= 0:
        return mesh
    change = mesh - _moved(near[0], pair)
    whole = change.mean(0)
    own = change - whole
    out: Mesh = (mesh - _tremble(whole[None], TREMBLE * width) - _tremble(own, OWN_TREMBLE * width)).astype(np.float32)
    return out


def _tremble(change: F32, usual: float) -> F32:
    """float32 (n, 3): how much of the changes (n, 3) is to be taken back. usual: length up to which they are but tremble."""
    length = np.hypot(change[:, 0], change[:, 1])
    share: F32 = MEMORY * np.clip(2 - length / usual, 0, 1)[:, None]
    return change * share


def _moved(mesh: Mesh, pair: FlowPair) -> Mesh:
    """A mesh of the earlier frame carried to the later one."""
    height, width = pair.to_later.shape[:2]
    out = mesh.copy()
    out[:, :2] += _at(pair.to_later, mesh) / (width, height)
    return out


def _followed(mesh: Mesh, pair: FlowPair) -> bool:
    """Whether the motion of a face of the earlier frame can be believed."""
    return float(_at(pair.trust_later, mesh).mean()) > FOLLOWED


def _at(field: F32, mesh: Mesh) -> F32:
    """float32 (478, ...): a field of the motion at a mesh's landmarks."""
    height, width = field.shape[:2]
    at = (mesh[:, :2] * (width, height) - 0.5).astype(np.float32)
    read: F32 = cv2.remap(field, at[:, None], None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
    return read
