"""The panel over the live window: figures on top, then one of three pages. It says what the mouse wants as commands, the same
words that keys and `kirie send` use, so nothing can be done here that cannot be done from outside.

    panel.toggle()
    batches = panel.draw(readout, size, scale)          # every frame; also learns where everything is
    for command in panel.press((x, y), now): ...
"""

from __future__ import annotations

from kirie.errors import RenderError
from render.letters import LATIN, spelled
from render.panel_atlas import Atlas, Box, atlas_of
from render.panel_pages import BUTTON, DIM, HELD, INK, PAGES, TRACK, Page, Readout, Spot, Switch, button, fitted
from render.panel_sketch import Batch, Colour, Sketch

GROUND: Colour = (0.075, 0.08, 0.105, 0.90)
WIDTH, LINE = 320.0, 19.0
"""Points: of the panel, in a smaller window all of it; of a line of its head."""
TWICE = 0.5
"""Seconds between the clicks of a double-click, at most."""
WHEEL = 48.0                # points a step
MOST_FURTHER = 512          # letters beyond Latin

Point = tuple[float, float]
Size = tuple[int, int]


class Panel:
    """Shown or hidden, on one of its pages, scrolled. All points are output px, y down."""

    def __init__(self, page: str = "") -> None:
        """page: the one it shows at once; "" is hidden."""
        self.shown = page in PAGES
        self.page = page if self.shown else next(iter(PAGES))
        self._scrolled = dict.fromkeys(PAGES, 0.0)
        self._spots: list[Spot] = []
        self._box: Box = (0.0, 0.0, 0.0, 0.0)
        self._most = 0.0                        # px that can be scrolled
        self._grabbed: Spot | None = None
        self._hand: Point | None = None
        self._clicked: tuple[str, float] = ("", -TWICE)
        self._scale = 1.0
        self._further = ""

    @property
    def state(self) -> str:
        """The page that is shown, or ""."""
        return self.page if self.shown else ""

    @property
    def atlas(self) -> Atlas:
        """What it is drawn with."""
        return atlas_of(self._scale, self._further)

    def show(self, page: str = "") -> None:
        """Show a page; without one show what was shown last, or hide it. Raises RenderError for one there is not."""
        if page not in ("", *PAGES):
            raise RenderError(f"the panel has no page {page}", f"choose one of {', '.join(PAGES)}")
        self.shown = not self.shown if not page else True
        self.page = page or self.page
        self._grabbed, self._hand, self._spots = None, None, []

    @property
    def grabbed(self) -> bool:
        """Whether the pressed mouse holds something of it, wherever it is by now."""
        return self._hand is not None

    def covers(self, point: Point) -> bool:
        """Whether the mouse is the panel's there."""
        left, top, right, bottom = self._box
        return self.shown and (self.grabbed or (left <= point[0] < right and top <= point[1] < bottom))

    def press(self, point: Point, now: float) -> list[str]:
        """The mouse was pressed at `now` (s)."""
        found = next((spot for spot in reversed(self._spots) if spot.holds(*point)), None)
        self._grabbed, self._hand = found, point
        if found is None:
            return []
        (last, when), self._clicked = self._clicked, (found.double, now)
        if found.double and last == found.double and now - when < TWICE:
            self._clicked, self._grabbed = ("", now), None
            return [found.double]
        return [found.slid(point[0])] if found.slide else [found.click]

    def drag(self, point: Point) -> list[str]:
        """The pressed mouse moved: a slider follows; where there is none, the page does."""
        before, self._hand = self._hand, point
        if self._grabbed is None and before is not None:
            self._scroll(before[1] - point[1])
        return [self._grabbed.slid(point[0])] if self._grabbed is not None and self._grabbed.slide else []

    def lift(self) -> None:
        """The mouse was let go."""
        self._grabbed, self._hand = None, None

    def wheel(self, steps: float) -> None:
        """The wheel was turned, up above 0."""
        self._scroll(-steps * WHEEL * self._scale)

    def draw(self, readout: Readout, size: Size, scale: float) -> list[Batch]:
        """The panel for an output of `size` (w, h) px with `scale` px to a point."""
        self._scale = scale
        self._learn(readout)
        self._box = (0.0, 0.0, min(WIDTH * scale, float(size[0])), float(size[1]))
        sketch = Sketch(self.atlas)
        sketch.rect(self._box, GROUND)
        head = Page(sketch, self._box, 0.0, scale)
        _head(head, readout, self.page)
        view = (0.0, min(head.y, self._box[3]), self._box[2], self._box[3])
        sketch.clip(view)
        body = Page(sketch, view, head.y + 6 * scale - self._scrolled[self.page], scale)
        PAGES[self.page](body, readout)
        self._most = max(body.y + self._scrolled[self.page] - self._box[3], 0.0)
        self._scroll(0.0)
        self._bar(sketch, view)
        self._spots = head.spots + body.spots
        return sketch.batches()

    def _learn(self, readout: Readout) -> None:
        """Have every letter in the atlas that is going to be written."""
        new = {letter for text in readout.texts() for letter in text}.difference(LATIN, self._further)
        if new:
            self._further = "".join(sorted({*self._further, *new})[:MOST_FURTHER])

    def _bar(self, sketch: Sketch, view: Box) -> None:
        """Where in the page one is."""
        height = view[3] - view[1]
        if self._most <= 0 or height <= 0:
            return
        share, top = height / (height + self._most), view[1] + self._scrolled[self.page] / (height + self._most) * height
        width = 4 * self._scale
        sketch.round((view[2] - width - 1, top, view[2] - 1, top + share * height), width / 2, TRACK)

    def _scroll(self, px: float) -> None:
        self._scrolled[self.page] = min(max(self._scrolled[self.page] + px, 0.0), self._most)


def _head(page: Page, readout: Readout, shown: str) -> None:
    """Title, figures, what is wrong, tabs."""
    lines = [(spelled(readout.title, "Kirie"), INK), *((line, DIM) for line in readout.lines)]
    lines += [(readout.warning, HELD)] if readout.warning else []
    page.row(6)
    for text, colour in lines:
        if (box := page.row(LINE)) is not None:
            page.words(box[0], (box[1] + box[3]) / 2, fitted(page.sketch, text, box[2] - box[0]), colour)
    page.row(4)
    if (box := page.row(BUTTON)) is None:
        return
    width = (box[2] - box[0]) / len(PAGES)
    for number, name in enumerate(PAGES):
        left = box[0] + number * width
        button(page, (left, box[1], left + width - 4 * page.scale, box[3]), Switch(name, f"panel {name}", name == shown))
