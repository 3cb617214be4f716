"""One kind of error from whatever a broken file makes the parsers raise."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kirie.errors import LayeringError


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Around parsing and decoding only: turn what they raise into one LayeringError, and silence their logging."""
    log = logging.getLogger("psd_tools")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except LayeringError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise LayeringError(f"cannot read {path}: {error.strerror}") from error
        raise LayeringError(f"{path.name} is broken or cut short", "save it again from the drawing program") from error
    except MemoryError as error:
        raise LayeringError(f"{path.name} needs more memory than there is", "scale the drawing down") from error
    except Exception as error:                  # psd-tools raises nearly anything on garbage: struct.error, KeyError ...
        raise LayeringError(f"{path.name} is broken or cut short", "save it again from the drawing program") from error
    finally:
        log.setLevel(level)
