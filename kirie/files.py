"""Writing files so that nothing is ever lost or left half written.

`atomic(path)` gives a temporary path beside the target and renames it into place when the block ends well; whatever goes
wrong (a full disk, Ctrl-C, an exception) the target keeps its old content and the temporary file is removed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a path in the same folder, with the same suffix, that replaces `path` when the block succeeds.

    Raises what the block raises; OSError when the folder is missing or cannot be written.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}.", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        umask = os.umask(0)                     # mkstemp makes 0600; the result should be an ordinary file
        os.umask(umask)
        beside.chmod(0o666 & ~umask)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
