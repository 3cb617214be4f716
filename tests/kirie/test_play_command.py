"""The player with a window of paper, recording to the very same frames, and `kirie play` on a display of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from capture import Stats, read_take, write_take
from kirie.cache import cache_folder, rigged
from kirie.commands.play import asked, ground_of
from kirie.errors import CaptureError, KirieError
from kirie.player import CAMERA, Player, Replay, commands
from kirie.recording import Film, Recording, film_of
from kirie.settings import Memory, Settings
from layering.stack import RGBA
from render.expressions import STANDARD
from render.framing import Framing
from render.keys import COMMANDS
from render.panel import Panel
from render.panel_pages import Readout
from render.stage import Stage
from rig import load, pose
from rig.params import ParameterFrame
from rig.puppet import DrawList, Puppet
from tests.kirie.conftest import Answer
from tests.render.display import PATIENCE, Desk, xvfb


class PaperWindow:
    """What the player asks of a window, without one."""

    size, border, hidden, rate, ground, pointer = (64, 80), True, False, 60.0, None, (10.0, 20.0)
    on_top, click_through, helping, ground_number, notes = False, False, False, 0, ("no compositor",)

    def __init__(self, puppet: Puppet) -> None:
        self.panel, self.readouts, self.refusal = Panel(), list[Readout | None](), ""
        self.framing, self.open, self.closed = Framing.of(puppet), True, False
        self.shown: list[DrawList] = []
        self.done: list[str] = []

    def poll(self) -> None: ...

    def show(self, draw_list: DrawList, readout: Readout | None) -> None:
        self.shown.append(draw_list)
        self.readouts.append(readout)

    def keep_on_top(self, on_top: bool) -> str:
        self.on_top = on_top
        return self.refusal

    def let_through(self, through: bool) -> str:
        self.click_through = through and not self.refusal
        return self.refusal

    def screenshot(self) -> RGBA:
        return np.full((8, 6, 4), 200, np.uint8)

    def do(self, command: str) -> bool:
        self.done.append(command)
        return command in ("flip", "close")

    def close(self) -> None:
        self.open, self.closed = False, True


@pytest.fixture
def player(puppet: Path, tmp_path: Path) -> Player:
    girl = load(puppet)
    told: list[str] = []
    window: Any = PaperWindow(girl)
    return Player(girl, puppet, Stage(girl), window, lambda old, border: old, folder=tmp_path, stem="girl", tell=told.append)


def test_the_loop_moves_the_puppet_and_keys_are_done_with_the_next_frame(player: Player) -> None:
    for i in range(10):
        player.frame(i / 60)
    window: Any = player.window
    assert len(window.shown) == 10 and np.abs(window.shown[9].vertices - window.shown[0].vertices).max() > 0.01
    player.want("smile")
    assert player.stage.face.wanted == ""
    player.frame(1.0)
    assert player.stage.face.wanted == "smile" and player.state()["expression"] == "smile"
    player.do("neutral")
    assert player.stage.face.wanted == ""
    player.want("grimace")
    player.frame(1.1)                                       # told, and nothing stops
    assert "no command grimace" in player.tell.__self__[-1]  # type: ignore[attr-defined]


def test_every_command_of_the_keys_is_someone_s(player: Player) -> None:
    window: Any = player.window
    own = {"flip", "ground", "larger", "smaller", "centre", "minimise", "restore", "help", "close", "panel"}
    window.do = own.__contains__
    player.frame(0.0)
    needing = {"set": "set ParamAngleX 3", "sensitivity": "sensitivity ParamAngleX 2", "props": "state"}
    for command in commands():
        if command != "record":
            player.do(needing.get(command, command))
    assert set(COMMANDS) < set(commands()) and {e.name for e in STANDARD} < set(COMMANDS)
    with pytest.raises(KirieError, match="no command dance"):
        player.do("dance")


def test_a_source_is_followed_and_learns_what_neutral_is(player: Player) -> None:
    learned = []

    class Camera:
        def at(self, now: float) -> ParameterFrame | None:
            return ParameterFrame(now, {"ParamAngleX": 12.0}) if now < 1 else None

        problem = ""

        def set_neutral(self) -> None:
            learned.append(True)

    camera = player.source = Camera()
    player.frame(0.5)
    assert player.moment is not None and player.moment.values["ParamAngleX"] == 12.0
    player.do("neutral")
    assert learned
    player.frame(1.5)
    assert not player.moment.face
    camera.problem = "the camera is gone"
    for i in range(3):
        player.frame(2.0 + i)
    camera.problem = ""
    player.frame(6.0)
    told = player.tell.__self__                             # type: ignore[attr-defined]
    assert [line for line in told if "note" in line] == ["note: the camera is gone", "note: the face is followed again"]


def test_the_panel_is_told_everything_while_it_is_shown(player: Player) -> None:
    window: Any = player.window

    class Camera:
        name, problem, stats = "camera 0", "", Stats(fps=30.0, latency=0.030, delay=0.015)
        raw: ClassVar[dict[str, float]] = {"ParamAngleX": 13.0}

        def at(self, now: float) -> ParameterFrame | None:
            return ParameterFrame(now, {"ParamAngleX": 12.0})

    player.source = Camera()
    player.do("sensitivity ParamAngleX 2")
    player.do("set ParamAngleY 5")
    player.frame(0.0)
    assert window.readouts == [None]
    window.panel.show("input")
    player.frame(0.1)
    told: Readout = window.readouts[-1]
    assert told.values["ParamAngleX"] == 24.0 and told.held == {"ParamAngleY"} and told.sensitivity == {"ParamAngleX": 2.0}
    assert "latency 45 ms" in told.lines[1] and "30 fps" in told.lines[1] and "camera 0" in told.lines[1]
    raw, smoothed = told.monitor.curves("ParamAngleX", 0.1)
    assert raw[:, 1].tolist() == [13.0, 13.0] and smoothed[:, 1].tolist() == [12.0, 12.0]
    known = set(commands())
    for group in told.switches.values():
        for switch in group:
            assert switch.command.split()[0] in known, switch
    assert len(told.switches["expressions"]) == len(STANDARD) + 1


def test_what_the_desktop_refuses_is_told(player: Player) -> None:
    window: Any = player.window
    window.refusal = "not here"
    for command in ("top", "click-through"):
        player.want(command)
    player.frame(0.0)
    told = player.tell.__self__                             # type: ignore[attr-defined]
    assert told == ["note: not here"] * 2 and window.on_top and not window.click_through
    assert player.do("top") == {"top": False, "note": "not here"}
    bare: Any = PaperWindow(player.puppet)
    bare.border, bare.notes = False, ("no compositor", "not on top")
    player.reopen = lambda old, border: bare
    assert player.do("border") == {"border": False, "note": "not on top"}    # what was told at the start is known


def test_what_is_set_is_kept_for_the_next_time(player: Player, puppet: Path) -> None:
    player.memory, player.background = Memory(puppet), "park.png"
    window: Any = player.window
    player.frame(0.0)
    player.do("sensitivity ParamAngleX 2")
    player.do("idle")
    window.framing = window.framing.flipped().zoomed(2.0, (0, 0), window.size)
    player.finish()
    kept = Memory(puppet).settings
    assert kept == player.settings() and kept.sensitivity == {"ParamAngleX": 2.0} and kept.idles is False
    assert kept.mirrored == {"other": True} and kept.zoom == 2.0 and kept.background == "park.png"


def test_mirroring_is_remembered_for_the_camera_by_itself(player: Player, puppet: Path) -> None:
    player.memory = Memory(puppet)
    assert player.settings().mirrored == {}
    player.input = CAMERA
    assert player.settings().mirrored == {CAMERA: False}    # a camera's puppet is a mirror unless the user flips it


def test_screenshots_have_names_of_their_own(player: Player) -> None:
    first, second = player.do("screenshot")["picture"], player.do("screenshot")["picture"]
    assert first != second and Path(first).exists() and Path(second).exists()


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[Film]:
    """What would be filmed; nothing is."""
    asked: list[Film] = []

    def start(film: Film) -> _Done:
        asked.append(film)
        return _Done()

    monkeypatch.setattr(Film, "start", start)
    return asked


def test_a_recording_holds_every_frame_that_was_shown(player: Player, films: list[Film]) -> None:
    player.do("record")
    player.stage.hidden = frozenset({"hat"})
    shown = []
    for i in range(200):
        if i == 50:
            player.do("surprised")
        player.frame(10 + i / 60)
        assert player.moment is not None
        shown.append(player.moment.values)
    answer = player.do("record")
    take = read_take(answer["take"])
    assert len(take) == 200 and take[0].time == 0 and answer["film"].endswith(".webm")
    for frame, values in zip(take, shown, strict=True):
        assert frame.face and all(abs(frame.values[name] - value) < 1e-5 for name, value in values.items())
    assert films[0].take == answer["take"] and films[0].hidden == ("hat",) and film_of(json.dumps(asdict(films[0]))) == films[0]


def test_films_are_of_the_kind_that_suits_or_is_asked_for(player: Player, films: list[Film]) -> None:
    window: Any = player.window

    def film(first: str, ground: Any, second: str = "record") -> Film:
        window.ground = ground
        player.do(first)
        player.frame(0.0)
        assert player.do(second)["film"] == films[-1].output
        return films[-1]

    player.background = "park.png"
    assert Path(film("record", None).output).suffix == ".webm"
    gif = film("record gif", None)
    assert (Path(gif.output).suffix, gif.ground, gif.fps) == (".gif", (255, 255, 255), 25.0)
    assert Path(film("record", None).output).suffix == ".webm"           # the kind is for one film
    green = film("record", (0, 255, 0), "record mp4")
    assert (Path(green.output).suffix, green.ground) == (".mp4", (0, 255, 0))
    park = film("record", np.zeros((2, 2, 4), np.uint8))
    assert (Path(park.output).suffix, park.ground, park.picture) == (".mp4", None, "park.png")
    for wrong in ("record avi", "record gif mp4"):
        with pytest.raises(KirieError, match="no film of the kind"):
            player.do(wrong)
    told = player.tell.__self__                             # type: ignore[attr-defined]
    player.frame(1.0)
    assert f"drawn: {gif.output}" in told


def test_a_film_stands_before_the_picture_of_its_ground(puppet: Path, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (9, 7), (10, 200, 30)).save(tmp_path / "park.png")
    write_take(tmp_path / "girl.take", [ParameterFrame(0.0, {})])
    film = Film(str(puppet), str(tmp_path / "girl.take"), str(tmp_path / "film_%02d.png"), (64, 80), 0.25, (0.0, 0.0),
                picture=str(tmp_path / "park.png"))  # fmt: skip
    film.draw()
    (drawn,) = tmp_path.glob("film_*.png")
    picture = np.array(Image.open(drawn).convert("RGBA"))
    assert picture[..., 3].min() == 255 and np.abs(picture[-1, -1, :3].astype(int) - (10, 200, 30)).max() < 3
    assert (np.abs(picture[..., :3].astype(int) - (10, 200, 30)).max(-1) > 40).mean() > 0.05


def test_a_film_that_cannot_be_drawn_is_told_with_the_line_to_type(player: Player, tmp_path: Path) -> None:
    gone = Film(str(tmp_path / "gone.puppet"), "a.take", str(tmp_path / "a.webm"), (64, 80), 1.0, (0.0, 0.0)).start()
    player.films.append((str(tmp_path / "a.webm"), gone))
    gone.wait(60)
    player.frame(0.0)
    told = player.tell.__self__                             # type: ignore[attr-defined]
    assert told == [f"note: the film is not there; again: kirie render {player.puppet_file} --take {tmp_path / 'a.take'}"]


def test_a_minimised_window_rests_unless_someone_follows_it(player: Player) -> None:
    window: Any = player.window
    shown = player._pause()
    window.hidden = True
    assert player._pause() > 2 * shown
    player.outputs = [object()]                             # type: ignore[list-item]
    assert player._pause() == shown


def test_a_take_replays_to_the_very_same_frames_whatever_the_sensitivity(puppet: Path, tmp_path: Path) -> None:
    girl = load(puppet)

    def nod(now: float) -> ParameterFrame:
        return ParameterFrame(now, {"ParamAngleX": 12 * np.sin(3 * now), "ParamMouthOpenY": abs(np.sin(5 * now))})

    live, recording, shown = Stage(girl, {"ParamAngleX": 1.8}), Recording(tmp_path / "girl.take"), []
    times = [5 + i / 47 for i in range(60)]
    for now in times:
        moment = live.advance(now, nod(now))
        recording.add(now, moment.values)
        shown.append(moment.draw_list)
    replay, again = Replay(read_take(recording.stop())), Stage(girl, {"ParamAngleX": 1.8}, recorded=True)
    for now, before in zip(times, shown, strict=True):
        after = again.advance(now, replay.at(now)).draw_list
        assert np.abs(after.vertices - before.vertices).max() < 0.02 and np.allclose(after.opacity, before.opacity, atol=2e-3)


class _Done:
    returncode = 0

    def poll(self) -> int:
        return 0

    def wait(self) -> int:
        return 0


def test_closing_the_window_completes_the_recording(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Film, "start", lambda film: _Done())
    window: Any = player.window

    def close_soon() -> None:
        if len(window.shown) == 3:
            window.open = False

    player.want("record")
    player.run(close_soon)
    assert window.closed and len(read_take(next(player.folder.glob("*.take")))) == 3


def test_a_film_shows_the_very_frames_of_its_take(puppet: Path, tmp_path: Path) -> None:
    from PIL import Image

    from render import View, frames

    girl = load(puppet)
    stage, recording = Stage(girl), Recording(tmp_path / "girl.take")
    for i in range(12):
        recording.add(i / 30, stage.advance(i / 30).values)
    take = recording.stop()
    view = View.fit(girl.canvas, (64, 80))
    film = Film(str(puppet), str(take), str(tmp_path / "film_%02d.png"), view.size, view.scale, view.offset, True, None, 30.0)
    film.draw()
    again = list(frames(girl, read_take(take), (64, 80), 30.0))
    pictures = [np.array(Image.open(p)) for p in sorted(tmp_path.glob("film_*.png"))]
    assert len(pictures) == len(again) == 12
    for picture, rgba in zip(pictures, again, strict=True):
        assert np.array_equal(picture, rgba[:, ::-1])


def test_a_recording_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "missing" / "girl.take")
    recording.add(0.0, {})
    with pytest.raises(CaptureError, match="cannot write the take"):
        recording.stop()


def test_a_take_plays_live_at_its_own_times_and_ends() -> None:
    frames = [ParameterFrame(5.0, {"ParamAngleX": 0.0}), ParameterFrame(5.5, {"ParamAngleX": 10.0}),
              ParameterFrame(6.0, {}, face=False)]  # fmt: skip
    replay = Replay(frames)
    assert replay.at(100.0) == frames[0]
    half = replay.at(100.25)
    assert half is not None and half.values["ParamAngleX"] == pytest.approx(5)
    assert replay.at(100.5) == frames[1]
    lost = replay.at(101.0)
    assert lost is not None and not lost.face and replay.at(101.01) is None


def test_drawings_are_rigged_once(drawing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, file = rigged(drawing)
    second, same = rigged(drawing)
    assert file == same and file.parent == cache_folder() and capsys.readouterr().err.count("rigging") == 1
    assert np.array_equal(pose(first, {"ParamAngleX": 9}).vertices, pose(second, {"ParamAngleX": 9}).vertices)
    drawing.with_name("girl.overrides.toml").write_text("")
    file.write_bytes(b"broken")
    assert rigged(drawing)[0].canvas == first.canvas       # other corrections, or a broken file: made anew


def test_the_command_line_goes_before_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "park.png").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    kept = Settings((40, 50), True, False, True, background="red", ground=2)
    assert asked(kept, {}) == kept
    bare = asked(kept, {"border": False, "size": (60, 70)})
    assert bare.on_top is None and bare.border is False and bare.size == (60, 70) and bare.ground == 2
    assert asked(kept, {"border": True}).on_top is False
    found = asked(kept, {"background": "park.png"})
    assert found.background == str(tmp_path / "park.png") and found.ground == 0     # wherever it is started next time
    assert asked(kept, {"background": "none"}).background == "none"


def test_grounds(tmp_path: Path) -> None:
    from click import BadParameter
    from PIL import Image

    assert ground_of("none") is None and ground_of("#102030") == (16, 32, 48)
    Image.new("RGB", (9, 7), (1, 2, 3)).save(tmp_path / "park.png")
    picture = ground_of(str(tmp_path / "park.png"))
    assert isinstance(picture, np.ndarray) and picture.shape == (7, 9, 4)
    (tmp_path / "broken.png").write_bytes(b"no")
    for text in (str(tmp_path / "broken.png"), "notacolour"):
        with pytest.raises(BadParameter):
            ground_of(text)


def test_a_camera_that_is_not_there_is_named(say: Any, puppet: Path) -> None:
    answer: Answer = say("live", puppet, "--camera", "77")
    assert answer.code == 1 and "error:" in answer.err and "hint:" in answer.err and "77" in answer.err


def test_a_clip_is_followed_as_a_camera_would_be(tmp_path: Path) -> None:
    from PIL import Image

    from kirie.commands.wiring import face_of, opened

    for i in range(3):
        Image.new("RGB", (64, 48), (i, 0, 0)).save(tmp_path / f"{i}.png")
    with opened(face_of(tmp_path, None)) as source:
        assert source is not None and not source.at(time.monotonic()).face         # nobody is in it


def test_send_without_a_window(say: Any) -> None:
    answer: Answer = say("send", "smile")
    assert answer.code == 1 and "no live window is running" in answer.err and "kirie play" in answer.err


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with xvfb() as name:
        yield name


def test_a_puppet_is_played_and_told_what_to_do_from_outside(display: str, puppet: Path, tmp_path: Path, say: Any) -> None:
    take = tmp_path / "nod.take"
    write_take(take, [ParameterFrame(i / 30, {"ParamAngleX": 20.0}) for i in range(600)])
    words = ["-m", "kirie", "live", str(puppet), str(take), "--no-border", "--size", "120x150", "--background", "white",
             "-o", str(tmp_path)]  # fmt: skip
    desk = Desk(display, words)
    try:
        window = desk.window("girl")
        state = _state(say)
        assert state["frames"] > 0 and not state["recording"]
        desk.run("xdotool", "windowfocus", "--sync", window, "key", "2")
        _state(say, expression="laugh")
        assert json.loads(say("send", "record").out)["recording"].endswith(".take")
        assert say("send", "border").code == 0             # the window opens anew, and goes on
        _state(say, frames=_state(say)["frames"] + 5)
        recorded = json.loads(say("send", "record").out)
        picture = json.loads(say("send", "screenshot").out)["picture"]
        assert say("send", "close").code == 0
        assert desk.process.wait(60) == 0
    finally:
        desk.end()
    from PIL import Image

    assert Image.open(picture).size == (120, 150)
    frames = read_take(recorded["take"])
    assert len(frames) >= 5 and frames[-1].values["ParamAngleX"] == 20.0
    assert Path(recorded["film"]).suffix == ".mp4" and Path(recorded["film"]).stat().st_size > 500


def _state(say: Any, **wanted: Any) -> dict[str, Any]:
    """The live window's state, waited for until it is as wanted (numbers: at least)."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = say("send", "state")
        if answer.code == 0:
            state: dict[str, Any] = json.loads(answer.out)
            if all(_as_wanted(state[k], v) for k, v in wanted.items()):
                return state
        time.sleep(0.1)
    raise AssertionError(f"it did not become {wanted}: {answer}")


def _as_wanted(value: Any, wanted: Any) -> bool:
    return bool(value == wanted if isinstance(wanted, bool | str | dict) else value >= wanted)
