"""The keys of the live window and what they do: one table for the window, its help, and `kirie send`.

A command is a word. The window knows those that are about itself; the others are its owner's.
"""

from __future__ import annotations

from dataclasses import dataclass

from render.expressions import STANDARD


@dataclass(frozen=True, slots=True)
class Key:
    """key: pyglet's name of it. label: as help shows it. command: the word. text: what it does."""

    key: str
    label: str
    command: str
    text: str


KEYS: tuple[Key, ...] = (
    Key("N", "N", "neutral", "no expression; with a camera: this is my resting face"),
    *(Key(f"_{i}", f"{i}", each.name, each.name) for i, each in enumerate(STANDARD, 1)),
    Key("R", "R", "record", "start or stop recording: a take and a film"),
    Key("S", "S", "screenshot", "a picture of what is shown"),
    Key("TAB", "Tab", "panel", "sliders, curves of the input, switches"),
    Key("BACKSPACE", "Bksp", "release", "let go what sliders hold"),
    Key("P", "P", "props", "glasses, hat and other props off or on"),
    Key("I", "I", "idle", "move by itself without a face, or stand still"),
    Key("F", "F", "flip", "mirror left and right"),
    Key("B", "B", "border", "with or without border; without it stays on top"),
    Key("T", "T", "top", "above other windows, or no longer"),
    Key("C", "C", "click-through", "the mouse goes through the window (kirie send click-through: back)"),
    Key("G", "G", "ground", "next ground: clear, a colour to key out, your own"),
    Key("PLUS", "+", "larger", "larger (wheel)"),
    Key("EQUAL", "=", "larger", ""),
    Key("NUM_ADD", "+", "larger", ""),
    Key("MINUS", "-", "smaller", "smaller (wheel)"),
    Key("NUM_SUBTRACT", "-", "smaller", ""),
    Key("_0", "0", "centre", "as it opened"),
    Key("M", "M", "minimise", "minimise (kirie send restore: back)"),
    Key("RETURN", "Enter", "restore", "back from minimised, in front of other windows"),
    Key("H", "H", "help", "these lines"),
    Key("F1", "F1", "help", ""),
    Key("ESCAPE", "Esc", "close", "close"),
)
COMMANDS: tuple[str, ...] = tuple(dict.fromkeys(key.command for key in KEYS))
"""Every command once, in the order of the help."""


def help_lines(title: str, notes: tuple[str, ...] = ()) -> list[str]:
    """What the help shows: a line a command, then what the system refused."""
    lines = [title, ""]
    lines += [f"{key.label}\t{key.text}" for key in KEYS if key.text]
    lines += ["", "drag\tmove", "right drag\tshift within the window", ""]
    return lines + list(notes)
