"""Candidates for paired training: drawings of photos by a teacher, several of each, from wherever a teacher can be had.

A teacher is a folder of drawings made before, a command, or an img2img HTTP API of the Stable-Diffusion kind (the one that
AUTOMATIC1111's web UI and its likes offer). What comes out is scored and cleaned in `stylize.train_clean`.
"""

from __future__ import annotations

import base64
import io
import json
import shlex
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from kirie.errors import StylizeError
from kirie.files import atomic
from stylize.train_pictures import SUFFIXES, Picture, pictures_in, read_rgb

Teacher = Callable[[Path, int], Picture | None]
"""(photo, number of the try) → its drawing, uint8 (H, W, 3), or None where there is none."""
PATIENCE = 600
"""Seconds that a teacher may take for a picture."""
LARGEST_ANSWER = 256 << 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """photo, drawing: their files. number: which try it is."""

    photo: Path
    drawing: Path
    number: int


def make_candidates(photos: Path, teacher: Teacher, folder: Path, tries: int, log: Callable[[str], None]) -> list[Candidate]:
    """Ask the teacher `tries` times for each photo; what is in `folder` already is not asked for again.

    Drawings stand in `folder` as NAME.0.png, NAME.1.png ... where the photos folder has NAME.jpg. Raises StylizeError where the
    teacher cannot be asked, or gave nothing at all.
    """
    found, sources = [], pictures_in(photos)
    for done, photo in enumerate(sources, 1):
        name = photo.relative_to(photos)
        for number in range(tries):
            drawing = folder / name.parent / f"{name.stem}.{number}.png"
            if drawing.exists() or _ask(teacher, photo, number, drawing):
                found.append(Candidate(photo, drawing, number))
        if done % 20 == 0 or done == len(sources):
            log(f"drawn {done}/{len(sources)} photos, {len(found)} drawings")
    if not found:
        raise StylizeError("the teacher gave no drawing at all", "look at its output, or at the names of its files")
    return found


def from_folder(drawings: Path, photos: Path) -> Teacher:
    """Drawings made before: NAME.png is try 0 of photo NAME.jpg; NAME.0.png, NAME.1.png or NAME_1.png others."""
    def teacher(photo: Path, number: int) -> Picture | None:
        stem = drawings / photo.relative_to(photos).with_suffix("")
        names = [f"{stem.name}.{number}", f"{stem.name}_{number}", *([stem.name] if number == 0 else [])]
        paths = [stem.with_name(name + suffix) for name in names for suffix in SUFFIXES]
        there = [path for path in paths if path.is_file()]
        return read_rgb(there[0]) if there else None

    return teacher


def from_command(line: str) -> Teacher:
    """A command with {photo}, {drawing} and, if it likes, {seed} in it, which reads one file and writes the other.

    The line is taken apart as a shell does and run without one, so names of files cannot be taken for commands.
    """
    words = shlex.split(line)
    if not any("{photo}" in w for w in words) or not any("{drawing}" in w for w in words):
        raise StylizeError(f"the command '{line}' lacks {{photo}} or {{drawing}}",
                           "for instance: draw {photo} {drawing} --seed {seed}")  # fmt: skip
    if shutil.which(words[0]) is None:
        raise StylizeError(f"there is no command {words[0]}", "give its whole path")

    def teacher(photo: Path, number: int) -> Picture | None:
        with tempfile.TemporaryDirectory() as folder:
            drawing = Path(folder) / "drawing.png"
            values = {"{photo}": str(photo), "{drawing}": str(drawing), "{seed}": str(number)}
            filled = [_filled(word, values) for word in words]
            run = subprocess.run(filled, capture_output=True, text=True, check=False, timeout=PATIENCE)
            if run.returncode:
                last = (run.stderr.strip() or run.stdout.strip() or "no output").splitlines()[-1]
                raise StylizeError(f"the command failed on {photo}: {last[:200]}", "try it by hand on this photo")
            return read_rgb(drawing) if drawing.exists() else None

    return teacher


def from_api(address: str, prompt: str, strength: float, side: int = 512) -> Teacher:
    """An img2img API: `address` is the server's, /sdapi/v1/img2img is added. side: px of the drawing's shorter side.

    Only http and https, and only what the user names: nothing else is ever asked.
    """
    if not address.startswith(("http://", "https://")):
        raise StylizeError(f"{address} is no address of a server", "for instance http://127.0.0.1:7860")

    def teacher(photo: Path, number: int) -> Picture | None:
        rgb = read_rgb(photo)
        scale = side / min(rgb.shape[:2])
        height, width = (max(64, round(n * scale / 8) * 8) for n in rgb.shape[:2])
        answer = _post(f"{address.rstrip('/')}/sdapi/v1/img2img", {
            "init_images": [_encoded(rgb)], "prompt": prompt, "denoising_strength": strength, "seed": number,
            "width": width, "height": height})  # fmt: skip
        images = answer.get("images") if isinstance(answer, dict) else None
        return _decoded(images[0], address) if isinstance(images, list) and images else None

    return teacher


def _ask(teacher: Teacher, photo: Path, number: int, drawing: Path) -> bool:
    """Keep what the teacher draws at the photo's size; whether it drew."""
    picture = teacher(photo, number)
    if picture is None:
        return False
    height, width = read_rgb(photo).shape[:2]
    drawing.parent.mkdir(parents=True, exist_ok=True)
    with atomic(drawing) as beside:
        Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS).save(beside)
    return True


def _filled(word: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word


def _encoded(rgb: Picture) -> str:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _decoded(text: Any, address: str) -> Picture:
    try:
        content = base64.b64decode(str(text).partition(",")[2] or str(text), validate=True)
        with Image.open(io.BytesIO(content)) as opened:
            return np.asarray(opened.convert("RGB"))
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise StylizeError(f"{address} did not answer with a picture",
                           "is it an img2img API of the Stable-Diffusion kind?") from error  # fmt: skip


def _post(address: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return json.loads(response.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        raise StylizeError(f"{address} answered {error.code} {error.reason}", "is its API switched on?") from error
    except (OSError, ValueError) as error:
        raise StylizeError(f"{address} cannot be asked: {error}", "is the server running?") from error
