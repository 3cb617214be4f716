"""The page for OBS over real sockets: what it sends, whom it refuses, and a browser that sees both sides restart."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
import pytest

from kirie.control import HOST
from kirie.errors import KirieError
from kirie.serving import MOST_PAGES, Service, token
from kirie.settings import Settings
from render.webpage import packed
from render.webpage import page as page_of
from rig import build
from rig.puppet import Puppet
from tests.kirie.conftest import Answer, start
from tests.render.browser import chromium
from tests.rig.conftest import little_girl

Say = Callable[..., Answer]
FRINGE = "front hair"
client = pytest.importorskip("websockets.sync.client")
from websockets.exceptions import InvalidStatus  # noqa: E402


@pytest.fixture(scope="module")
def girl() -> Puppet:
    return build(little_girl(), "girl")


@pytest.fixture
def service(girl: Puppet) -> Iterator[Service]:
    made = Service(girl, 0)
    yield made
    made.close()


def get(service: Service, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, service.port, timeout=10)
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    return reply.status, reply.read()


def socket_of(service: Service, query: str = "", **options: Any) -> AbstractContextManager[Any]:
    """A page's WebSocket."""
    address = f"ws://{HOST}:{service.port}/values?{query or urlsplit(service.address).query}"
    connected: AbstractContextManager[Any] = client.connect(address, **options)
    return connected


def test_a_character_without_a_window_is_told_what_to_do(girl: Puppet) -> None:
    from kirie.commands.serve import Session
    from render.stage import Stage

    session = Session(Stage(girl, idles=False), None, ())
    assert session.do("set ParamAngleX 12") == {"held": {"ParamAngleX": 12.0}}
    assert session.stage.advance(0.0).values["ParamAngleX"] == 12.0
    assert session.do("release") == {"held": {}} and session.do("smile") == {"expression": "smile"}
    with pytest.raises(KirieError, match="needs a window"):
        session.do("flip")


def glasses(girl: Puppet) -> Puppet:
    """She wears her fringe as glasses."""
    parts = tuple(replace(part, part="eyewear") if part.name == FRINGE else part for part in girl.parts)
    return replace(girl, parts=parts)


def test_props_and_sensitivity_are_as_in_the_window_and_kept(girl: Puppet, puppet: Path) -> None:
    from kirie.commands.serve import LOOK, Session
    from kirie.settings import Memory
    from render.stage import Stage

    window, memory = Memory(puppet), Memory(puppet)
    session = Session(Stage(glasses(girl)), None, (), memory)
    session.control = session._announcer = _Nothing()       # type: ignore[assignment]
    assert session.advance(0.0)[1] == frozenset() and not memory.file.exists()      # nothing was set, nothing is kept
    assert session.do(f"props {FRINGE}") == {"props": {FRINGE: False}}
    assert session.advance(LOOK)[1] == {FRINGE}
    assert Memory(puppet).settings.hidden == (FRINGE,)
    window.keep(replace(Settings(), sensitivity={"ParamAngleX": 2.0}, zoom=3.0), 0.0)
    session.advance(2 * LOOK)
    assert session.stage.hidden == frozenset() and session.stage.sensitivity == {"ParamAngleX": 2.0}
    session.do("idle")
    session.advance(3 * LOOK)
    kept = Memory(puppet).settings
    assert kept.idles is False and kept.zoom == 3.0          # what is the window's stays


class _Nothing:
    """A control that nobody uses, and an announcer that says nothing."""

    def serve(self, do: object) -> None: ...

    def look(self, stream: object, well: str) -> None: ...


def test_parts_that_are_off_are_off_in_the_page_and_come_back(service: Service, girl: Puppet, tmp_path: Path) -> None:
    from render import Offscreen
    from rig import pose
    from rig.props import without
    from tests.conftest import premultiply

    values = {"ParamAngleX": 10.0, "ParamBreath": 0.0}
    with Offscreen(girl) as offscreen:
        posed = pose(girl, values)
        on, off = (premultiply(offscreen.draw(without(posed, girl, names))).copy() for names in ((), (FRINGE,)))
    assert (np.abs(on - off).max(-1) > 12).mean() > 1e-2
    service.show(values, {FRINGE})
    with chromium(tmp_path) as browser:
        browser.open(service.address, girl.canvas)

        def away(wanted: np.ndarray) -> float:
            return float((np.abs(premultiply(browser.picture()) - wanted).max(-1) > 12).mean())

        _wait(lambda: away(off) < 3e-3)
        service.show(values)
        _wait(lambda: away(on) < 3e-3)
        (tmp_path / "girl.html").write_text(page_of(girl, {FRINGE}), "utf-8")
        browser.open((tmp_path / "girl.html").as_uri() + "#pose=" + quote(json.dumps(values)), girl.canvas)
        assert away(off) < 3e-3


def test_the_page_and_the_puppet_are_there_for_who_has_the_token(service: Service, girl: Puppet) -> None:
    query = urlsplit(service.address).query
    status, text = get(service, f"/?{query}")
    assert status == 200 and b"<canvas>" in text and b'data-source="socket"' in text
    assert get(service, f"/puppet?{query}") == (200, packed(girl))
    assert get(service, f"/other?{query}")[0] == 404 and get(service, f"/values?{query}")[0] == 404
    assert service.address.startswith("http://127.0.0.1:")


def test_strangers_and_other_pages_are_refused(service: Service) -> None:
    query = urlsplit(service.address).query
    assert get(service, "/")[0] == get(service, "/puppet?token=wrong")[0] == 403
    assert get(service, f"/?{query}", Origin="https://example.com")[0] == 403
    assert get(service, f"/?{query}", Host="evil.example")[0] == 403
    for options in ({"query": "token=no"}, {"origin": "https://example.com"}):
        with pytest.raises(InvalidStatus), socket_of(service, **options):
            pass


def test_every_page_hears_the_newest_values(service: Service) -> None:
    with socket_of(service) as one, socket_of(service) as two:
        hello = json.loads(one.recv(5))
        assert set(hello) == {"puppet"} and json.loads(two.recv(5)) == hello
        for angle in range(50):
            service.show({"ParamAngleX": angle + 0.123456})
        for page in (one, two):
            last = dict[str, Any]()
            while last.get("values") != {"ParamAngleX": 49.1235}:
                last = json.loads(page.recv(5))
        assert service.pages == 2
    _wait(lambda: service.pages == 0)


def test_pages_are_bounded_and_garbage_ends_only_its_own(service: Service) -> None:
    with ExitStack() as stack:
        many = [stack.enter_context(socket_of(service)) for _ in range(MOST_PAGES)]
        _wait(lambda: service.pages == MOST_PAGES)
        with pytest.raises(InvalidStatus), socket_of(service):
            pass
        many[0].send("x" * 5000)                            # more than it may
        service.show({"ParamAngleX": 1.0})
        assert many[1].recv(5)
    _wait(lambda: service.pages == 0)


def test_a_taken_port_is_named_and_the_token_stays(service: Service, girl: Puppet) -> None:
    with pytest.raises(KirieError, match="cannot be used"):
        Service(girl, service.port)
    assert token() == token() and len(token()) >= 16


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def served(puppet: Path, take: Path, port: int) -> tuple[subprocess.Popen[bytes], str]:
    process = start("serve", puppet, take, "--port", str(port))
    assert process.stdout is not None
    return process, process.stdout.readline().decode().strip()


def test_a_browser_shows_what_is_served_and_finds_a_restarted_server(puppet: Path, tmp_path: Path, say: Say) -> None:
    from capture import write_take
    from render import Offscreen
    from rig import load, pose
    from rig.params import ParameterFrame
    from tests.conftest import premultiply

    girl = load(puppet)
    values = {"ParamAngleX": 20.0, "ParamMouthOpenY": 0.8, "ParamBreath": 0.0}
    take = tmp_path / "held.take"
    write_take(take, [ParameterFrame(i, values) for i in range(0, 1000, 100)])
    with Offscreen(girl) as offscreen:
        expected = premultiply(offscreen.draw(pose(girl, values)))

    def away() -> float:
        return float((np.abs(premultiply(page.picture()) - expected).max(-1) > 12).mean())

    process, address = served(puppet, take, 0)
    port = urlsplit(address).port or 0
    try:
        with chromium(tmp_path / "browser") as page:
            page.open(address, girl.canvas)
            _wait(lambda: away() < 3e-3)
            assert json.loads(say("send", "state").out)["pages"] == 1
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            _wait(lambda: away() > 2e-2)                    # without a server she lives by herself
            process, again = served(puppet, take, port)
            assert again == address
            _wait(lambda: away() < 3e-3)
            page.open(address, girl.canvas)                 # and the page itself restarts
            _wait(lambda: away() < 3e-3)
    finally:
        process.kill()
        process.wait(20)
