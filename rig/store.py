"""Puppets in files: a `.puppet` is a zip of puppet.json (with a format version), two blocks of numbers and PNG textures.

Nothing in a file is trusted: what it may hold is a closed list of names, sizes are bounded before anything is unpacked, and the
puppet that comes out obeys every rule of `rig.valid`. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

from kirie.errors import RigError
from kirie.files import atomic
from layering.stack import RGBA
from rig.document import check_version, decode, encode, texture_sizes
from rig.fields import Fault, parse
from rig.puppet import Puppet
from rig.valid import MOST_PARTS, validate

DOCUMENT, FLOATS, INTS = "puppet.json", "floats.bin", "integers.bin"
MOST_DOCUMENT, MOST_BLOCK = 32_000_000, 256_000_000
MADE = (1980, 1, 1, 0, 0, 0)
"""Date of all entries, so that the same puppet gives the same file."""
WORKERS = 4
BROKEN = (ValueError, EOFError, OverflowError, RuntimeError, NotImplementedError, struct.error, zlib.error)
"""What zipfile and Pillow raise when they meet nonsense (besides OSError and BadZipFile)."""
AGAIN = "make it anew with `kirie rig`"

Given = TypeVar("Given")
Made = TypeVar("Made")


def save(puppet: Puppet, path: str | Path) -> None:
    """Write a puppet; what `load` gives back has bit-equal arrays and equal textures.

    Raises RigError when the puppet breaks a rule of the format; OSError when the disk is full or the folder is missing.
    """
    try:
        validate(puppet)
    except Fault as fault:
        raise RigError(f"the puppet cannot be saved: {fault}", "this is a fault of the rig, please report it") from fault
    document, floats, ints = encode(puppet)
    pictures = _each(_png, (p.texture for p in puppet.parts))
    with atomic(path) as beside, zipfile.ZipFile(beside, "w") as archive:
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
        _put(archive, DOCUMENT, text.encode("utf-8"), zipfile.ZIP_DEFLATED)
        _put(archive, FLOATS, floats, zipfile.ZIP_DEFLATED)
        _put(archive, INTS, ints, zipfile.ZIP_DEFLATED)
        for i, picture in enumerate(pictures):
            _put(archive, _texture_name(i), picture, zipfile.ZIP_STORED)


def load(path: str | Path) -> Puppet:
    """Read a puppet. Raises RigError that says what is wrong, where, and what to do next."""
    path = Path(path)
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _read(_Archive(archive))
    except Fault as fault:
        newer = "newer Kirie" in str(fault)
        raise RigError(f"{path}: {fault}", "update Kirie" if newer else AGAIN) from fault
    except FileNotFoundError as error:
        raise RigError(f"{path}: there is no such file", "check the path, or make one with `kirie rig`") from error
    except zipfile.BadZipFile as error:
        raise RigError(f"{path}: not a puppet, or a cut one ({error})", AGAIN) from error
    except OSError as error:
        raise RigError(f"{path}: cannot be read: {error.strerror or error}", "check the file and its permissions") from error
    except BROKEN as error:
        raise RigError(f"{path}: damaged ({error})", AGAIN) from error


def _read(archive: _Archive) -> Puppet:
    document = parse(archive.bytes(DOCUMENT, MOST_DOCUMENT))
    check_version(document)
    sizes = texture_sizes(document)
    archive.only({DOCUMENT, FLOATS, INTS, *(_texture_name(i) for i in range(len(sizes)))})
    pictures = [archive.bytes(_texture_name(i), 5 * w * h + 65536) for i, (w, h) in enumerate(sizes)]
    textures = _each(lambda x: _pixels(*x), zip(pictures, sizes, map(_texture_name, range(len(sizes))), strict=True))
    return decode(document, textures, archive.bytes(FLOATS, MOST_BLOCK), archive.bytes(INTS, MOST_BLOCK))


class _Archive:
    """A zip whose entries are unique, plain and of bounded size."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {entry.filename: entry for entry in archive.infolist()}
        if len(archive.infolist()) > MOST_PARTS + 3:
            raise Fault("the zip", "holds too many entries")
        if len(self._entries) != len(archive.infolist()):
            raise Fault("the zip", "holds an entry twice")

    def only(self, names: set[str]) -> None:
        """Raise Fault for an entry that does not belong there: nobody should wonder what else is in a puppet."""
        for name in self._entries.keys() - names:
            raise Fault("the zip", f"holds an entry that does not belong there: {name[:80]!r}")

    def bytes(self, name: str, most: int) -> bytes:
        """An entry's content, at most `most` bytes, whatever its header claims."""
        entry = self._entries.get(name)
        if entry is None:
            raise Fault(name, "is missing")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
            raise Fault(name, "is packed in a way that Kirie does not use")
        if entry.file_size > most:
            raise Fault(name, f"is larger than it can be ({entry.file_size} bytes)")
        with self._archive.open(entry) as stream:
            data = stream.read(most + 1)
        if len(data) != entry.file_size:
            raise Fault(name, "is not as long as the zip says")
        return data


def _put(archive: zipfile.ZipFile, name: str, data: bytes, compression: int) -> None:
    entry = zipfile.ZipInfo(name, MADE)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, compresslevel=1)


def _texture_name(index: int) -> str:
    return f"textures/{index:04}.png"


def _png(rgba: RGBA) -> bytes:
    """PNG of uint8 (h, w, 4); run lengths suit flat colours, and are fast."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgba)).save(out, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return out.getvalue()


def _pixels(data: bytes, size: tuple[int, int], name: str) -> RGBA:
    """uint8 (h, w, 4) of a PNG whose own header agrees with the document before a pixel is unpacked."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if picture.size != size or picture.mode != "RGBA":
                raise Fault(name, f"must be RGBA of {size[0]} x {size[1]} px")
            return np.asarray(picture)
    except (*BROKEN, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Fault(name, f"is not a whole PNG ({str(error)[:80]})") from error


def _each(function: Callable[[Given], Made], items: Iterable[Given]) -> list[Made]:
    """function of each item, in order; PNG coding leaves Python's lock, so threads help."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(function, items))
