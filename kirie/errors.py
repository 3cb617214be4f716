"""The one error family of Kirie, and the only module (with `kirie.files`) that every room may import.

    KirieError                 something the user can mend; the message says what, where and what to do next
    ├── LayeringError          a picture, PSD or layer cannot be used
    ├── RigError               a stack cannot be rigged, or a puppet file is broken
    ├── RenderError            no GL, a film cannot be written
    ├── CaptureError           a video, camera or take cannot be read
    └── StylizeError           a photo or a checkpoint cannot be used

The command line prints `message` and `hint` as one line each and exits with code 1; a traceback shows with `--debug` only.
"""

from __future__ import annotations


class KirieError(Exception):
    """Base of all errors that Kirie raises on purpose.

    `hint` is what to do next, in a few words, or "".
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class LayeringError(KirieError):
    """A picture, layered file or layer cannot be used."""


class RigError(KirieError):
    """A stack cannot be rigged, or a puppet file is broken."""


class RenderError(KirieError):
    """There is no GL context, or a film or picture cannot be written."""


class CaptureError(KirieError):
    """A video, camera or take cannot be read."""


class StylizeError(KirieError):
    """A photo or a checkpoint cannot be used."""
