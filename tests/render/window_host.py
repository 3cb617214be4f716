"""A live window in a process of its own, for test_window: prints one JSON line whenever something about it changes.

A window's context and the tests' own contexts do not share one process: drivers differ in how they take that.
"""

from __future__ import annotations

import json
import signal
import sys
import time

import numpy as np

from render.stage import Stage
from render.window import Window
from tests.render.scenes import masked_face

PATIENCE = 180.0


def main(options: list[str]) -> None:
    puppet, told = masked_face(), list[str]()
    grounds = (None, (0, 200, 0), np.full((40, 60, 4), (200, 0, 0, 255), np.uint8))

    def tell(command: str) -> None:
        told.append(command)
        if command == "click-through":
            window.let_through(not window.click_through)
        elif command == "top":
            window.keep_on_top(not window.on_top)

    with Window(puppet, (320, 240), border="border" in options, grounds=grounds, on_command=tell) as window:
        signal.signal(signal.SIGUSR1, lambda *_: told.append("restore" if window.do("restore") else "?"))
        stage, last, end, shown = Stage(puppet, idles=False), "", time.monotonic() + PATIENCE, 0
        while window.open and time.monotonic() < end:
            window.poll()
            window.show(stage.advance(time.monotonic(), pointer=window.pointer).draw_list)
            shown += not window.hidden
            line = json.dumps({
                "told": told, "size": window.size, "mirrored": window.framing.mirrored, "shift": window.framing.shift,
                "zoom": round(window.framing.zoom, 3), "hidden": window.hidden, "helping": window.helping,
                "through": window.click_through, "transparent": window.transparent, "notes": window.notes,
                "ground": window.ground_number, "panel": window.panel.state, "top": window.on_top,
                "pointer": window.pointer, "place": window.place,
                "seen": int((window.screenshot()[..., 3] > 0).sum()) if shown else 0})  # fmt: skip
            if line != last:
                print(line, flush=True)
                last = line
            time.sleep(0.01)
    print(json.dumps({"closed": True}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
