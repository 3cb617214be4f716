"""What the panel tells of a running puppet: curves of its input, figures, switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from render.pace import Pace
    from render.panel_pages import Readout, Switch
    from render.stage import Moment, Stage
    from render.window import Window
    from rig.params import ParameterFrame
    from rig.puppet import Puppet


class Watch:
    """Follows the input of one puppet."""

    def __init__(self, puppet: Puppet) -> None:
        from render.panel_monitor import Monitor

        self._puppet = puppet
        self.monitor = Monitor([p.name for p in puppet.parameters])

    def add(self, moment: Moment, source: Any, played: ParameterFrame | None) -> None:
        """A moment is shown. source: as in `kirie.player`; played: what it said. Without input the curves show idling."""
        if played is None:
            self.monitor.add(moment.time, {}, moment.values)
        elif played.face:
            self.monitor.add(moment.time, raw_of(source, played, moment.time), played.values)
        else:
            self.monitor.add(moment.time, {}, {})

    def readout(self, moment: Moment, stage: Stage, source: Any, pace: Pace, switches: Mapping[str, tuple[Switch, ...]]
                ) -> Readout:  # fmt: skip
        """All that the panel tells now."""
        from render.panel_pages import Readout

        figures = pace.figures()
        lines = (f"{figures.fps:.1f} fps   99% within {figures.p99:.1f} ms   work {figures.work:.1f} ms",
                 input_line(source, moment.face, figures.work))  # fmt: skip
        return Readout(moment.time, self._puppet.name, lines, str(getattr(source, "problem", "")), self._puppet.parameters,
                       moment.values, stage.held.names, stage.sensitivity, self.monitor, switches)  # fmt: skip


def raw_of(source: Any, played: ParameterFrame, now: float) -> Mapping[str, float]:
    """What a source saw before it was smoothed or played out, as far as it tells."""
    raw = getattr(source, "raw", None)
    if raw is None and hasattr(source, "latest"):
        raw = source.latest(now).values
    return raw if raw is not None else played.values


def input_line(source: Any, face: bool, work: float) -> str:
    """Where the performance comes from, and how old it is when it shows; work: ms of a frame."""
    if source is None:
        return "no input: idling, looking at the mouse"
    stats = getattr(source, "stats", None)
    seen = "" if face else "   no face"
    if stats is None:
        return f"a recording{seen}"
    late = 1000 * (stats.latency + stats.delay) + work
    return f"latency {late:.0f} ms   {stats.fps:.0f} fps{seen}   {source.name}"


def switches(stage: Stage, window: Window, recording: bool) -> dict[str, tuple[Switch, ...]]:
    """Everything that can be switched, by group."""
    from render.panel_pages import Switch
    from rig.props import props

    named = zip(props(stage.puppet).items(), kinds(stage.puppet), strict=True)
    groups = {
        "view": (Switch("mirror", "flip", window.framing.mirrored), Switch("idle", "idle", stage.idles),
                 Switch("on top", "top", window.on_top), Switch("border", "border", window.border),
                 Switch("click-through", "click-through", window.click_through), Switch("next ground", "ground"),
                 Switch("larger", "larger"), Switch("smaller", "smaller"), Switch("centre", "centre"),
                 Switch("minimise", "minimise"), Switch("keys", "help", window.helping)),
        "expressions": (*(Switch(name, name, name == stage.face.wanted) for name in stage.face.expressions),
                        Switch("neutral", "neutral")),
        "record": (Switch("take and film", "record", recording), Switch("screenshot", "screenshot"),
                   Switch("film as MP4", "record mp4"), Switch("film as GIF", "record gif")),
        "props": tuple(Switch(name, f"props {name}", not stage.hidden & set(parts), plain)
                       for (name, parts), plain in named)}  # fmt: skip
    return {title: group for title, group in groups.items() if group}


def kinds(puppet: Puppet) -> list[str]:
    """What each prop is, for where the letters of its own name lack: "headwear", "headwear 2"."""
    from rig.props import props

    part_of = {part.name: part.part for part in puppet.parts}
    found: list[str] = []
    for parts in props(puppet).values():
        kind = part_of[parts[0]]
        number = 1 + sum(name.split()[0] == kind for name in found)
        found.append(kind if number == 1 else f"{kind} {number}")
    return found
