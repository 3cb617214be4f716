"""What stands on the panel: sliders, the input's curves, switches. Drawing a page also says where on it what can be grabbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from render.letters import spelled
from render.panel_atlas import F32, Box
from render.panel_monitor import SECONDS, Monitor
from render.panel_sketch import Colour, Sketch
from rig.params import Parameter

INK: Colour = (0.94, 0.94, 0.96, 1.0)
DIM: Colour = (0.66, 0.68, 0.74, 1.0)
FAINT: Colour = (1.0, 1.0, 1.0, 0.10)
TRACK: Colour = (1.0, 1.0, 1.0, 0.20)
LIVE: Colour = (0.55, 0.80, 1.0, 1.0)
HELD: Colour = (1.0, 0.62, 0.40, 1.0)
RAW: Colour = (0.85, 0.85, 0.88, 0.75)
ON: Colour = (0.24, 0.47, 0.66, 1.0)

ROW, CHART, BUTTON, MARGIN = 24.0, 72.0, 26.0, 12.0
LABEL, NUMBER = 92.0, 48.0
"""Px at scale 1: of a row, a channel with its curves, a switch, the edges; widths of a name and of a number."""
MOST_SENSITIVE = 3.0
SNAP = 0.06                 # of sensitivity 1, which is hard to hit otherwise


@dataclass(frozen=True, slots=True)
class Switch:
    """A button for a command. on: whether what it switches is on; None where it is no state. plain: what it is called where
    no font has the letters of its label."""

    label: str
    command: str
    on: bool | None = None
    plain: str = ""

    @property
    def text(self) -> str:
        """What stands on it."""
        return spelled(self.label, self.plain)


@dataclass(frozen=True, slots=True, eq=False)
class Readout:
    """All that the panel tells at `now` (s).

    lines: figures. warning: what is wrong, or "". values: by parameter, what is shown. held: names. sensitivity: by name, 1
    where missing. switches: by the title of their group.
    """

    now: float
    title: str
    lines: tuple[str, ...]
    warning: str
    parameters: tuple[Parameter, ...]
    values: Mapping[str, float]
    held: frozenset[str]
    sensitivity: Mapping[str, float]
    monitor: Monitor
    switches: Mapping[str, tuple[Switch, ...]]

    def texts(self) -> Iterator[str]:
        """Everything that may be written of it, as it is written."""
        yield from map(spelled, (self.title, self.warning, *self.lines, *(p.name for p in self.parameters), *self.switches))
        yield from (switch.text for group in self.switches.values() for switch in group)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the mouse can do something: box in output px. A click gives `click`, a second one `double`; a drag gives
    `slide` with the number between low and high that lies under it, in a track from left to right."""

    box: Box
    click: str = ""
    double: str = ""
    slide: str = ""
    span: tuple[float, float] = (0.0, 1.0)
    track: tuple[float, float] = (0.0, 1.0)
    snap: float | None = None

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.box[0] <= x < self.box[2] and self.box[1] <= y < self.box[3]

    def slid(self, x: float) -> str:
        """The command for a hand at x."""
        (left, right), (low, high) = self.track, self.span
        value = low + min(max((x - left) / max(right - left, 1e-6), 0.0), 1.0) * (high - low)
        if self.snap is not None and abs(value - self.snap) < SNAP:
            value = self.snap
        return f"{self.slide} {value:.4g}"


@dataclass(slots=True)
class Page:
    """A strip to draw on, from y downwards. view: what of it shows; px = points x scale."""

    sketch: Sketch
    view: Box
    y: float
    scale: float
    spots: list[Spot] = field(default_factory=list)

    @property
    def left(self) -> float:
        return self.view[0] + MARGIN * self.scale

    @property
    def right(self) -> float:
        return self.view[2] - MARGIN * self.scale

    def row(self, height: float) -> Box | None:
        """The next row of so many points; None where it does not show."""
        top, self.y = self.y, self.y + height * self.scale
        return (self.left, top, self.right, self.y) if self.y > self.view[1] and top < self.view[3] else None

    def spot(self, spot: Spot) -> None:
        """Something to grab, as far as it shows."""
        left, top, right, bottom = spot.box
        self.spots.append(Spot((left, max(top, self.view[1]), right, min(bottom, self.view[3])), spot.click, spot.double,
                               spot.slide, spot.span, spot.track, spot.snap))  # fmt: skip

    def words(self, x: float, middle: float, text: str, colour: Colour = INK, align: float = 0.0) -> None:
        """A line of text about a height."""
        self.sketch.text(x, middle - self.sketch.atlas.cell[1] / 2 + 1, spelled(text), colour, align)


def pose_page(page: Page, readout: Readout) -> None:
    """Every parameter as a slider that follows the performance until it is grabbed."""
    for parameter in readout.parameters:
        box = page.row(ROW)
        if box is None:
            continue
        held = parameter.name in readout.held
        value, middle = readout.values.get(parameter.name, parameter.default), (box[1] + box[3]) / 2
        page.words(box[0], middle, short(parameter.name), HELD if held else INK)
        page.words(box[2], middle, _number(value, parameter.high), HELD if held else DIM, 1.0)
        track = _track(page, box)
        _slider(page, track, middle, parameter, value, HELD if held else LIVE)
        page.spot(Spot(box, double=f"release {parameter.name}", slide=f"set {parameter.name}",
                       span=(parameter.low, parameter.high), track=track))  # fmt: skip
    _hint(page, "drag holds, double-click lets go, Backspace lets all go")


def input_page(page: Page, readout: Readout) -> None:
    """Every channel's curves, raw and smoothed, and how strongly it counts."""
    for parameter in readout.parameters:
        box = page.row(CHART)
        if box is None:
            continue
        name, strength = parameter.name, readout.sensitivity.get(parameter.name, 1.0)
        middle = box[1] + 0.5 * ROW * page.scale
        page.words(box[0], middle, short(name))
        page.words(box[2], middle, f"{strength:.2f}x", DIM if strength == 1 else HELD, 1.0)
        track = _track(page, box)
        line = Parameter(name, 0.0, 1.0, MOST_SENSITIVE)
        _slider(page, track, middle, line, strength, LIVE if strength == 1 else HELD)
        page.spot(Spot((box[0], box[1], box[2], box[1] + ROW * page.scale), double=f"sensitivity {name} 1",
                       slide=f"sensitivity {name}", span=(0.0, MOST_SENSITIVE), track=track, snap=1.0))  # fmt: skip
        chart = (box[0], box[1] + ROW * page.scale, box[2], box[3] - 4 * page.scale)
        _chart(page, chart, parameter, readout)
    _hint(page, f"last {SECONDS:.0f} s: grey as seen, blue as played; slider: sensitivity")


def more_page(page: Page, readout: Readout) -> None:
    """Switches, group by group, in two columns."""
    for title, switches in readout.switches.items():
        heading = page.row(ROW)
        if heading is not None:
            page.words(heading[0], (heading[1] + heading[3]) / 2, title, DIM)
        for pair in zip(switches[::2], (*switches[1::2], None), strict=False):
            box = page.row(BUTTON + 4)
            if box is None:
                continue
            half = (box[2] - box[0] - 6 * page.scale) / 2
            for column, switch in enumerate(pair):
                if switch is not None:
                    left = box[0] + column * (half + 6 * page.scale)
                    button(page, (left, box[1], left + half, box[1] + BUTTON * page.scale), switch)


PAGES: dict[str, Callable[[Page, Readout], None]] = {"pose": pose_page, "input": input_page, "more": more_page}
"""The panel's tabs."""


def button(page: Page, box: Box, switch: Switch) -> None:
    """A switch; lit where it is on."""
    page.sketch.round(box, 5 * page.scale, ON if switch.on else FAINT)
    label = fitted(page.sketch, switch.text, box[2] - box[0] - 8 * page.scale)
    page.words((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, label, INK, 0.5)
    page.spot(Spot(box, click=switch.command))


def fitted(sketch: Sketch, text: str, room: float) -> str:
    """A text, or as much of it as there is room for (px), and dots."""
    text = spelled(text)
    if sketch.width(text) <= room:
        return text
    while text and sketch.width(text + "..") > room:
        text = text[:-1]
    return text + ".."


def short(name: str) -> str:
    """A parameter's name as there is room for it."""
    return name.removeprefix("Param")


def _track(page: Page, box: Box) -> tuple[float, float]:
    """From where to where a slider goes in a row."""
    left = box[0] + LABEL * page.scale
    return left, max(box[2] - NUMBER * page.scale, left + 12 * page.scale)


def _slider(page: Page, track: tuple[float, float], middle: float, parameter: Parameter, value: float, colour: Colour) -> None:
    """A line, filled from rest to the value, and a knob."""
    span = max(parameter.high - parameter.low, 1e-6)
    rest, at = (track[0] + (parameter.clamp(v) - parameter.low) / span * (track[1] - track[0])
                for v in (parameter.default, value))  # fmt: skip
    half = 1.5 * page.scale
    page.sketch.rect((track[0], middle - half, track[1], middle + half), TRACK)
    page.sketch.rect((min(rest, at), middle - half, max(rest, at), middle + half), colour)
    page.sketch.disc((at, middle), 6 * page.scale, colour)


def _chart(page: Page, box: Box, parameter: Parameter, readout: Readout) -> None:
    """The last seconds; a line where the parameter rests."""
    left, top, right, bottom = box
    page.sketch.rect(box, FAINT)
    inset = 3 * page.scale
    span = max(parameter.high - parameter.low, 1e-6)

    def placed(curve: F32) -> F32:
        x = right + curve[:, 0] / SECONDS * (right - left)
        share = np.clip((curve[:, 1] - parameter.low) / span, 0, 1)
        return np.stack([x, bottom - inset - share * (bottom - top - 2 * inset)], -1).astype(np.float32)

    rest = float(placed(np.array([[0, parameter.default]], np.float32))[0, 1])
    page.sketch.rect((left, rest, right, rest + 1), TRACK)
    raw, smoothed = readout.monitor.curves(parameter.name, readout.now)
    page.sketch.curve(placed(raw), 1.0 * page.scale, RAW)
    page.sketch.curve(placed(smoothed), 1.6 * page.scale, LIVE)


def _hint(page: Page, text: str) -> None:
    box = page.row(ROW)
    if box is not None:
        page.words(box[0], (box[1] + box[3]) / 2, fitted(page.sketch, text, box[2] - box[0]), DIM)


def _number(value: float, high: float) -> str:
    digits = 1 if high >= 10 else 2
    value = round(value, digits) + 0.0                      # never -0.0
    return f"{value:+.1f}" if high >= 10 else f"{value:.2f}"
