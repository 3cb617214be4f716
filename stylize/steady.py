"""The temporal supervisor: takes the flicker out of a film that any stylizer made frame by frame. It learns nothing.

Two things go wrong between neighbouring frames, and each has its half. Random noise is averaged away along the motion of the
input, the moving contour set aside, where averaging would smear. Local mutations, half an eye that jumps for one frame, are
found where a frame differs from both neighbours while those agree with each other and the input says that nothing happened;
the place is repaired with the ideal in-between frame, which the neighbours give. That needs the next frame: one frame of delay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from stylize.flow import F32, RGB, U8, Flow, FlowPair, grey_of, resized, sampling_map, warped
from stylize.mutations import Bool, Limits, blurred, doubts, largest, mutations


@dataclass(frozen=True, slots=True)
class Steadied:
    """A frame that left the supervisor. rgb: uint8 (H, W, 3). repaired: bool (h, w) at the size of the flow field, where a
    mutation was repaired.
    """

    rgb: RGB
    repaired: Bool


@dataclass(frozen=True, slots=True)
class Past:
    """All that the supervisor remembers. picture: float32 (H, W, 3), 0..255, the last frame that left. age: float32 (h, w) at
    the size of the flow field, how many frames are averaged in it, 0 for none.
    """

    picture: F32
    age: F32


class Supervisor:
    """Push stylized frames in order; each comes back when the next one is known, the last at `flush`."""

    def __init__(self, limits: Limits | None = None, past: Past | None = None) -> None:
        """past: of another supervisor that was stopped; this one goes on from there."""
        self.limits, self.past = limits or Limits(), past
        self._waiting: tuple[RGB, FlowPair | None] | None = None

    def push(self, styled: RGB, pair: FlowPair | None) -> Steadied | None:
        """styled: uint8 (H, W, 3). pair: how the input moved to this frame from the one before, None for the first of all.

        Returns the frame before, or None for the first.
        """
        done = self._finish(styled, pair)
        self._waiting = (styled, pair)
        return done

    def flush(self) -> Steadied | None:
        """The last frame, once there are no more."""
        done, self._waiting = self._finish(None, None), None
        return done

    def _finish(self, following: RGB | None, ahead: FlowPair | None) -> Steadied | None:
        """The frame that waits, with the next one known or not."""
        if self._waiting is None:
            return None
        styled, pair = self._waiting
        if ahead is None or ahead.cut:
            following = None
        if pair is None or pair.cut or self.past is None:
            return self._start(styled, following, ahead)
        step = _Step(self.limits, self.past, styled, pair)
        if following is not None and ahead is not None:
            step.repair(following, ahead)
        self.past, rgb = step.average()
        return Steadied(rgb, step.repaired)

    def _start(self, styled: RGB, following: RGB | None, ahead: FlowPair | None) -> Steadied:
        """The first frame of a scene, for which the next one stands in for the past."""
        field = grey_of(styled).shape
        self.past, rgb = Past(styled.astype(np.float32), np.ones(field, np.float32)), styled
        if following is not None and ahead is not None:
            size, still = (styled.shape[1], styled.shape[0]), np.zeros_like(ahead.to_later)
            after = warped(following, sampling_map(ahead.to_later, size), cv2.INTER_CUBIC).astype(np.float32)
            pair = FlowPair(still, still, ahead.trust_later, ahead.trust_later, False)
            self.past, rgb = _Step(self.limits, Past(after, self.past.age), styled, pair).average()
        return Steadied(rgb, np.zeros(field, np.bool_))


class _Step:
    """One frame on its way through both halves. What ends in `small` has the size of the flow field and colours 0..1."""

    def __init__(self, limits: Limits, past: Past, styled: RGB, pair: FlowPair) -> None:
        self.limits, self.pair, self.styled = limits, pair, styled
        self.size = (styled.shape[1], styled.shape[0])
        self.field = (pair.trust_earlier.shape[1], pair.trust_earlier.shape[0])
        back = sampling_map(pair.to_earlier, self.size)
        self.before: F32 = warped(past.picture, back, cv2.INTER_CUBIC)
        self.age: F32 = warped(past.age, sampling_map(pair.to_earlier))
        self.small, self.before_small = self._shrunk(styled), self._shrunk(self.before)
        self.repaired: Bool = np.zeros(pair.trust_earlier.shape, np.bool_)

    def repair(self, following: RGB, ahead: FlowPair) -> None:
        """Second half of the mission: put the ideal in-between frame where this frame mutated."""
        after_small = warped(self._shrunk(following), sampling_map(ahead.to_later))
        followed = (self.pair.trust_earlier > self.limits.trust) & (ahead.trust_later > self.limits.trust)
        doubt = doubts(self.pair.to_earlier, ahead.to_later, self.limits)
        self.repaired = mutations(self.small, self.before_small, after_small, followed, doubt, self.limits)
        if not self.repaired.any():
            return
        after = warped(following, sampling_map(ahead.to_later, self.size), cv2.INTER_CUBIC).astype(np.float32)
        ideal = self._between(after, after_small)
        share = cv2.GaussianBlur(self.repaired.astype(np.float32), (0, 0), self.limits.margin / 2)
        large = cv2.resize(share, self.size, interpolation=cv2.INTER_LINEAR)
        self.styled = cv2.convertScaleAbs(cv2.blendLinear(ideal, self.styled.astype(np.float32), large, 1 - large))
        self.small = self._shrunk(self.styled)

    def _between(self, after: F32, after_small: F32) -> F32:
        """float32 (H, W, 3): the ideal frame in between, the mean of both neighbours; where these differ the one before alone,
        since a mean would show everything twice and pale.
        """
        apart = largest(cv2.absdiff(blurred(self.before_small), blurred(after_small)))
        part = cv2.resize(0.5 * np.clip(2 - apart / self.limits.edge, 0, 1), self.size, interpolation=cv2.INTER_LINEAR)
        return cv2.blendLinear(after, self.before, part, 1 - part)

    def average(self) -> tuple[Past, RGB]:
        """First half: average the noise away along the motion, as far as this is the same thing that was there before.

        Returns what to remember and what to show, uint8 (H, W, 3).
        """
        limits = self.limits
        self._clamp()
        change, noise = self._changes()
        same = cv2.LUT(change, _falling(max(limits.same * noise, limits.least), max(limits.other * noise, 2 * limits.least)))
        weight = np.minimum(self.age / (self.age + 1), limits.memory) * self.pair.trust_earlier
        steep = self._contours()
        same = cv2.max(same, cv2.multiply(steep, limits.jitter))
        share = cv2.multiply(cv2.resize(weight, self.size, interpolation=cv2.INTER_LINEAR), same)
        share = cv2.multiply(share, 1 - cv2.multiply(steep, self._moving()))
        picture = cv2.blendLinear(self.before, self._current(share, noise), share, 1 - share)
        past = Past(picture, self._grown(resized(share, self.field)))
        return past, _crisp(cv2.convertScaleAbs(picture), cv2.multiply(steep, share), limits.crisp)

    def _grown(self, share: F32) -> F32:
        """float32 (h, w): of how many frames' worth the noise is averaged, after a step with this share of the past."""
        now = 1 - share
        age: F32 = 1 / (share * share / np.maximum(self.age, 1) + now * now)
        return age

    def _clamp(self) -> None:
        """Bring the past to within what is seen around each pixel now: a contour may tremble, nothing shines through."""
        around = np.ones((3, 3), np.uint8)
        darkest, lightest = cv2.erode(self.styled, around), cv2.dilate(self.styled, around)
        self.before = np.clip(self.before, darkest, lightest)

    def _changes(self) -> tuple[U8, float]:
        """uint8 (H, W), how much each pixel's surroundings changed along the motion (mean of channels and 3x3 px), and how much
        of that is noise: what is typical where the motion is known.
        """
        change = cv2.absdiff(self.styled, cv2.convertScaleAbs(self.before))
        mean = cv2.blur(cv2.transform(change, np.full((1, 3), 1 / 3)), (3, 3))
        some = mean[::4, ::4][resized(self.pair.trust_earlier, ((self.size[0] + 3) // 4, (self.size[1] + 3) // 4)) > 0.5]
        return mean, float(np.median(some)) if some.size else 0.0

    def _contours(self) -> F32:
        """float32 (H, W), 0..1: how much each pixel is on a contour."""
        grey = cv2.transform(cv2.convertScaleAbs(self.before), np.full((1, 3), 1 / 3))
        slope = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        return cv2.LUT(slope, 1 - _falling(self.limits.slope, 2.5 * self.limits.slope))

    def _moving(self) -> F32:
        """float32 (H, W): by how much less the past counts on a contour, since reading it between pixels each time dulls it."""
        speed = cv2.magnitude(*cv2.split(self.pair.to_earlier))
        return cv2.resize(np.minimum(speed * 5, self.limits.contour), self.size, interpolation=cv2.INTER_LINEAR)

    def _current(self, share: F32, noise: float) -> F32:
        """float32 (H, W, 3): this frame, its noise smoothed within even areas as long as the past is short there."""
        if noise < self.limits.quiet:
            return self.styled.astype(np.float32)
        even = cv2.bilateralFilter(self.styled, 5, self.limits.evenness * noise, 1.5)
        part = np.clip((share - 0.5) / (self.limits.memory - 0.5), 0, 1)
        return cv2.blendLinear(self.styled, even, part, 1 - part).astype(np.float32)

    def _shrunk(self, picture: npt.NDArray[Any]) -> F32:
        """float32 (h, w, 3), 0..1, at the size of the flow field."""
        small = resized(picture, self.field)
        return cv2.multiply(small, (1 / 255,) * 4, dtype=cv2.CV_32F)


def steady(frames: Iterable[tuple[RGB, RGB]], limits: Limits | None = None) -> Iterator[Steadied]:
    """Steadied frames of (input, stylized) frames in order, each uint8 (H, W, 3) of one size."""
    flow, supervisor = Flow(), Supervisor(limits)
    earlier: U8 | None = None
    for source, styled in frames:
        grey = grey_of(source)
        done = supervisor.push(styled, None if earlier is None else flow.pair(earlier, grey))
        earlier = grey
        if done is not None:
            yield done
    last = supervisor.flush()
    if last is not None:
        yield last


def _crisp(picture: RGB, where: F32, strength: float) -> RGB:
    """The picture with what averaging took from its contours given back. where: float32 (H, W), 0..1, what was averaged."""
    soft = cv2.GaussianBlur(picture, (3, 3), 0.8)
    sharp = cv2.addWeighted(picture, 1 + strength, soft, -strength, 0)
    return cv2.blendLinear(sharp, picture, where, 1 - where)


def _falling(start: float, end: float) -> F32:
    """float32 (256,): a look-up table that is 1 up to `start` and 0 from `end` on."""
    return np.clip((end - np.arange(256, dtype=np.float32)) / (end - start), 0, 1).astype(np.float32)
