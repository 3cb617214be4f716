"""The golden kit and the session's OpenGL context.

A golden picture proves that nothing changed; that it was right in the first place is what the numpy reference beside it proves.
`pytest --store-goldens` writes the pictures anew; look at them before committing. A picture that differs leaves what came, what
was expected and the magnified difference in the folder `out/golden-failures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from layering.stack import RGBA

if TYPE_CHECKING:
    import moderngl

GOLDEN = Path(__file__).parent / "golden"
FAILURES = Path(__file__).parent.parent / "out" / "golden-failures"
TOLERANCE = 3               # of 255: every layer is rounded to 8 bits, and another processor may round otherwise
STRAYS = 1e-3               # share of pixels that may differ more: edges that fall between pixel centres

CompareGolden = Callable[[str, RGBA], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--store-goldens`."""
    parser.addoption("--store-goldens", action="store_true", help="write the golden pictures instead of comparing with them")


@pytest.fixture(scope="session")
def gl() -> Iterator[moderngl.Context]:
    """The one OpenGL context of the tests; without OpenGL they are skipped, saying so."""
    from kirie.errors import RenderError
    from render.context import standalone

    try:
        with standalone() as context:
            yield context
    except RenderError as error:
        pytest.skip(str(error))


@pytest.fixture
def context(gl: moderngl.Context) -> Iterator[moderngl.Context]:
    """The session's context, current, without an error before and after the test."""
    with gl:
        assert gl.error == "GL_NO_ERROR"
        yield gl
    with gl:                        # again: what the test made may have become current
        assert gl.error == "GL_NO_ERROR"


@pytest.fixture
def compare_golden(request: pytest.FixtureRequest, gl: moderngl.Context) -> CompareGolden:
    """Compare a picture with tests/golden/NAME.png: strictly where Mesa's software rasteriser draws, else size only."""
    from render.context import is_software

    store, strict = bool(request.config.getoption("--store-goldens")), is_software(gl)

    def compare(name: str, picture: RGBA) -> None:
        if store:
            save_picture(GOLDEN / f"{name}.png", picture)
        expected = load_picture(GOLDEN / f"{name}.png")
        assert picture.shape == expected.shape
        if strict:
            assert_alike(name, picture, expected)

    return compare


def assert_alike(name: str, picture: RGBA, expected: RGBA, failures: Path = FAILURES) -> None:
    """Fail where more than `STRAYS` of the pixels differ by more than `TOLERANCE`, and leave three pictures to look at."""
    difference = np.abs(premultiply(picture) - premultiply(expected))
    strays = float((difference.max(-1) > TOLERANCE).mean())
    if strays <= STRAYS:
        return
    failures.mkdir(parents=True, exist_ok=True)
    magnified = ((difference / 255) ** 0.25 * 255).astype(np.uint8)
    save_picture(failures / f"{name}.came.png", picture)
    save_picture(failures / f"{name}.expected.png", expected)
    magnified[..., 3] = 255
    save_picture(failures / f"{name}.difference.png", magnified)
    raise AssertionError(f"{name}: {strays:.2%} of the pixels differ, by up to {difference.max():.0f} of 255; see {failures}")


def premultiply(rgba: RGBA) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """float64 (h, w, 4) 0..255: what a picture adds to what lies behind it."""
    out = rgba.astype(np.float64)
    out[..., :3] *= out[..., 3:] / 255
    return out


def save_picture(path: Path, rgba: RGBA) -> None:
    """Write a PNG."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rgba).save(path, optimize=True)


def load_picture(path: Path) -> RGBA:
    """Read a PNG as uint8 (h, w, 4)."""
    from PIL import Image

    if not path.exists():
        raise AssertionError(f"there is no golden picture {path.name}: run pytest --store-goldens and look at it")
    return np.array(Image.open(path).convert("RGBA"))
