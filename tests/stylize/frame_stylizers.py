"""Stylizers of single frames for tests, in a module that processes can import quickly."""

from __future__ import annotations

import os
import time

import numpy as np

from kirie.errors import StylizeError
from stylize.flow import RGB
from stylize.steady_seen import Seen


class Negative:
    """A stylizer that needs a mask."""

    def look(self, rgb: RGB) -> Seen:
        return Seen((), (rgb[..., 0] > 100).astype(np.float32))

    def draw(self, rgb: RGB, seen: Seen) -> RGB:
        assert seen.mask is not None and seen.mask.shape == rgb.shape[:2]
        return np.bitwise_not(rgb)


class Slow(Negative):
    """One that takes its time, as real ones do. Made as those of films are."""

    def __init__(self, _look: object = None) -> None:
        pass

    def draw(self, rgb: RGB, seen: Seen) -> RGB:
        time.sleep(0.1)
        return super().draw(rgb, seen)


class Dying(Negative):
    """One whose process ends."""

    def draw(self, rgb: RGB, seen: Seen) -> RGB:
        os._exit(1)


class Picky:
    """One that cannot be made."""

    def __init__(self) -> None:
        raise StylizeError("there is no such model", "give another")
