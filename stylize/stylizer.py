"""Stylizers in use: a network that turns a picture into a drawing, run by ONNX Runtime, at any size of picture.

What a network expects is told by a `kirie` entry of the ONNX metadata, or by a JSON file beside it (`X.json` beside `X.onnx`,
which wins): `{"name": "anime", "multiple": 4, "range": [-1, 1], "colour": "rgb"}`; all are optional.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kirie.errors import StylizeError

Picture = npt.NDArray[np.uint8]
"""uint8 (H, W, 3), sRGB, y down."""
MODELS = Path(__file__).parent / "models"
SMALLEST = 16
"""Px: sides below it are padded to it, since instance statistics of fewer pixels mean nothing."""


class Stylizer(Protocol):
    """A picture in, the same picture stylized out."""

    @property
    def name(self) -> str:
        """To tell the user which one is at work."""

    @property
    def multiple(self) -> int:
        """Both sides of what is given must be multiples of it; `stylize_any_size` takes care of that."""

    def __call__(self, rgb: Picture) -> Picture:
        """uint8 (H, W, 3) → uint8 (H, W, 3), sRGB."""


def stylize_any_size(stylizer: Stylizer, rgb: Picture) -> Picture:
    """A stylized picture of the same size, uint8 (H, W, 3): padded by reflection to what the stylizer takes, and cropped."""
    height, width = rgb.shape[:2]
    padded = _padded(rgb, _least(height, stylizer.multiple), _least(width, stylizer.multiple))
    out = stylizer(padded)
    top, left = (padded.shape[0] - height) // 2, (padded.shape[1] - width) // 2
    return np.ascontiguousarray(out[top : top + height, left : left + width])


def load_stylizer(path_or_name: str | Path, threads: int = 0) -> Stylizer:
    """A stylizer of an ONNX file, or of the name of one that ships with Kirie.

    threads: of the processor, 0 for all cores. Raises StylizeError where there is no such model or it cannot be run.
    """
    path = _find(path_or_name)
    return _load(path, _expectations(path), threads)


def shipped() -> list[str]:
    """The names of the models that ship with Kirie."""
    return sorted(path.stem for path in MODELS.glob("*.onnx")) if MODELS.is_dir() else []


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a network expects. low, high: what black and white are fed as; its output has the same range. bgr: blue first."""

    name: str
    multiple: int = 4
    low: float = -1.0
    high: float = 1.0
    bgr: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class OnnxStylizer:
    """A network of ONNX Runtime. fixed: (height, width) where the graph takes one size only; other pictures are fitted into it.

    planes_first: whether pictures are (1, 3, H, W) rather than (1, H, W, 3). dtype: of the graph's input.
    """

    expects: Expectations
    session: Any = field(repr=False)
    planes_first: bool = True
    fixed: tuple[int, int] | None = None
    dtype: Any = np.float32

    @property
    def name(self) -> str:
        return self.expects.name

    @property
    def multiple(self) -> int:
        return 1 if self.fixed else self.expects.multiple

    def __call__(self, rgb: Picture) -> Picture:
        if self.fixed is None or rgb.shape[:2] == self.fixed:
            return self._run(rgb)
        return _through(self._run, rgb, self.fixed)

    def _run(self, rgb: Picture) -> Picture:
        e = self.expects
        span, low = np.float32((e.high - e.low) / 255), np.float32(e.low)
        given = (rgb[..., ::-1] if e.bgr else rgb).astype(np.float32) * span + low
        given = (given.transpose(2, 0, 1) if self.planes_first else given)[None]
        try:
            out = self.session.run(self._outputs(), {self.session.get_inputs()[0].name: given.astype(self.dtype)})[0][0]
        except Exception as error:      # ONNX Runtime's errors have no common base
            raise StylizeError(f"{self.name} cannot be run on a picture of {rgb.shape[1]}x{rgb.shape[0]}: {_first_line(error)}",
                               "choose another model, or a smaller picture") from error  # fmt: skip
        out = (out.transpose(1, 2, 0) if self.planes_first else out).astype(np.float32)
        if out.shape != rgb.shape:
            raise StylizeError(f"{self.name} gives {out.shape} for a picture of {rgb.shape}", "choose another model")
        levels = ((out[..., ::-1] if e.bgr else out) - low) / span
        return np.ascontiguousarray(np.clip(np.rint(np.nan_to_num(levels)), 0, 255).astype(np.uint8))

    def _outputs(self) -> list[str]:
        """The first output with four axes: U-GAT-IT gives logits and a heat map besides."""
        return [next(o.name for o in self.session.get_outputs() if len(o.shape) == 4)]


def _find(path_or_name: str | Path) -> Path:
    path = Path(path_or_name)
    named = MODELS / f"{path_or_name}.onnx"
    if path.suffix == "" and path.name == str(path_or_name) and named.is_file():
        return named
    if path.suffix.lower() in (".pt", ".pth", ".ckpt", ".bin", ".safetensors"):
        raise StylizeError(f"{path} is a checkpoint, not ONNX", f"kirie convert {path}")
    if not path.is_file():
        known = ", ".join(shipped()) or "none"
        raise StylizeError(f"there is no stylizer {path_or_name}", f"give an .onnx file, or one of those that ship: {known}")
    return path


def _load(path: Path, expects: Expectations | None, threads: int) -> OnnxStylizer:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
    here = onnxruntime.get_available_providers()
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=[p for p in wanted if p in here])
    except Exception as error:          # ONNX Runtime's errors have no common base
        raise StylizeError(f"{path} cannot be loaded: {_first_line(error)}", "give an .onnx file of a stylizer") from error
    if expects is None:
        expects = _read(session.get_modelmeta().custom_metadata_map.get("kirie", "{}"), path)
    return _described(session, expects, path)


def _described(session: Any, expects: Expectations, path: Path) -> OnnxStylizer:
    """Find layout, size and type of the graph's input, and make sure that a picture comes out."""
    no = StylizeError(f"{path} is no stylizer: it does not turn one picture into another", "give an .onnx file of a stylizer")
    inputs = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or not any(len(o.shape) == 4 for o in session.get_outputs()):
        raise no
    shape = inputs[0].shape
    planes_first = shape[1] == 3 or shape[3] != 3
    sides = shape[2:] if planes_first else shape[1:3]
    fixed = (sides[0], sides[1]) if all(isinstance(s, int) for s in sides) else None
    dtypes = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
    if inputs[0].type not in dtypes or 3 not in (shape[1], shape[3]):
        raise no
    return OnnxStylizer(expects, session, planes_first, fixed, dtypes[inputs[0].type])


def _expectations(path: Path) -> Expectations | None:
    """What the JSON file beside the model says, or None where there is none."""
    sidecar = path.with_suffix(".json")
    try:
        return _read(sidecar.read_text("utf-8"), sidecar, path.stem) if sidecar.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        raise StylizeError(f"{sidecar} cannot be read: {error}", "mend or remove it") from error


def _read(text: str, where: Path, name: str = "") -> Expectations:
    try:
        said = json.loads(text)
        low, high = (float(x) for x in said.get("range", (-1, 1)))
        multiple = int(said.get("multiple", 4))
        colour = str(said.get("colour", "rgb")).lower()
        right = 1 <= multiple <= 1024 and math.isfinite(low) and math.isfinite(high) and low < high and colour in ("rgb", "bgr")
    except (ValueError, TypeError, AttributeError, RecursionError):
        right = False
    if not right:
        raise StylizeError(f"what {where} says of its model cannot be used",
                           'write {"multiple": 4, "range": [-1, 1], "colour": "rgb"}')  # fmt: skip
    return Expectations(str(said.get("name", name or where.stem)), multiple, low, high, colour == "bgr")


def _least(side: int, multiple: int) -> int:
    """The least multiple that is no smaller than the side and SMALLEST."""
    return -(-max(side, SMALLEST) // multiple) * multiple


def _padded(rgb: Picture, height: int, width: int) -> Picture:
    """The picture in the middle of one of the given size, its borders reflected as often as it takes."""
    import cv2

    down, across = height - rgb.shape[0], width - rgb.shape[1]
    if not (down or across):
        return rgb
    top, left = down // 2, across // 2
    out: Picture = cv2.copyMakeBorder(rgb, top, down - top, left, across - left, cv2.BORDER_REFLECT)
    return out


def _through(run: Any, rgb: Picture, fixed: tuple[int, int]) -> Picture:
    """Run a network of one size on a picture of another: fitted into it whole, proportions kept, and scaled back."""
    import cv2

    height, width = rgb.shape[:2]
    scale = min(fixed[0] / height, fixed[1] / width)
    inner = max(1, min(fixed[0], round(height * scale))), max(1, min(fixed[1], round(width * scale)))
    shrinking = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(rgb, inner[::-1], interpolation=shrinking)
    top, left = (fixed[0] - inner[0]) // 2, (fixed[1] - inner[1]) // 2
    out = run(_padded(small, *fixed))[top : top + inner[0], left : left + inner[1]]
    back: Picture = cv2.resize(out, (width, height), interpolation=cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC)
    return back


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
