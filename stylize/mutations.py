"""What the temporal supervisor takes for a local mutation, half an eye that jumps for one frame; limits of both its halves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from stylize.flow import F32

Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limits:
    """How strong the supervisor is. Colours are 0..1; lengths are px of the flow field, half those of the frame.

    memory: share of the past in a settled pixel. same, other: up to how many times the usual difference from the past a pixel
    is taken for noise, and from which on for a change. least: a difference (0..255) that always counts as noise. quiet: a usual
    difference (0..255) below which there is no grain to speak of. evenness: how different neighbours in one frame may be to be
    averaged where the past is short, as a multiple of the usual difference. slope: range (0..255) of 3x3 px from which on they
    are a contour. jitter: share of the past on contours whatever changes there, since lines tremble. contour: how much less the
    past counts on one that moves. crisp: how much is given back to contours that were averaged. mutation: blurred difference
    from both neighbours that makes a mutation, `edge` that ends it. agreement: how far apart the neighbours may be, as a share
    of that difference. area: px that a mutation has at least. trust: of the flow on both sides. haste: how fast these
    differences grow with the speed, as a share of the shorter side a frame. margin: px added around a mutation. torn: area, as
    a share of the mutation's, in which the neighbours may disagree around it.
    """

    memory: float = 0.94
    same: float = 1.4
    other: float = 2.2
    least: float = 4.0
    quiet: float = 1.0
    slope: float = 12.0
    jitter: float = 0.8
    contour: float = 0.25
    crisp: float = 0.7
    evenness: float = 6.5
    mutation: float = 0.045
    edge: float = 0.02
    agreement: float = 0.6
    area: int = 30
    trust: float = 0.25
    haste: float = 12.0
    margin: int = 4
    torn: float = 0.4


def doubts(to_earlier: F32, to_later: F32, limits: Limits) -> F32:
    """float32 (h, w), 1 or more: by how much larger a difference must be to count, since what moves fast is blurred and warped
    roughly. The flows from a frame to both neighbours, in px.
    """
    speed = np.maximum(cv2.magnitude(*cv2.split(to_earlier)), cv2.magnitude(*cv2.split(to_later)))
    return (1 + limits.haste * cv2.blur(speed, (5, 5)) / min(speed.shape)).astype(np.float32)


def mutations(picture: F32, before: F32, after: F32, followed: Bool, doubt: F32, limits: Limits) -> Bool:
    """bool (h, w): where a frame shows something that neither neighbour shows, though they agree. Includes a margin.

    They must agree around it, too: what is drawn at three places in three frames is moving, and would be wiped out.
    picture, before, after: float32 (h, w, 3), 0..1, the frame and its neighbours warped onto it. followed: bool (h, w), where
    both flows can be trusted. doubt: float32 (h, w), of `doubts`.
    """
    soft, soft_before, soft_after = blurred(picture), blurred(before), blurred(after)
    alone = np.minimum(largest(cv2.absdiff(soft, soft_before)), largest(cv2.absdiff(soft, soft_after)))
    apart = largest(cv2.absdiff(soft_before, soft_after))
    strange = alone / doubt
    suspect = (strange > limits.edge) & (apart < limits.agreement * alone) & followed
    if not (suspect & (strange > limits.mutation)).any():
        return np.zeros_like(followed)
    opened = cv2.morphologyEx(suspect.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(opened)
    strong = np.bincount(labels[strange > limits.mutation], minlength=labels.max() + 1) >= limits.area
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * limits.margin + 1, 2 * limits.margin + 1))
    found = np.zeros_like(followed)
    for label in np.flatnonzero(strong[1:]) + 1:
        place = labels == label
        around = cv2.dilate(place.astype(np.uint8), disc, iterations=2) > 0
        torn = around & followed & (apart > 0.5 * float(alone[place].mean()))
        if torn.sum() <= limits.torn * place.sum():
            found |= place
    if not found.any():
        return found
    beside = cv2.dilate(found.astype(np.uint8), disc, iterations=3) > 0         # a moving contour that cuts it is not followed
    found |= beside & (strange > limits.edge) & (apart < limits.agreement * alone)
    return cv2.dilate(found.astype(np.uint8), disc) > 0


def blurred(picture: F32) -> F32:
    """Smoothed so that grain does not count."""
    return cv2.GaussianBlur(picture, (0, 0), 1.5)


def largest(difference: F32) -> F32:
    """float32 (h, w): the difference of the channel that differs most."""
    red, green, blue = cv2.split(difference)
    return cv2.max(cv2.max(red, green), blue)
