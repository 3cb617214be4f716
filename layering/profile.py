"""Colour as files store it → uint8 sRGB: grey, CMYK and Lab, 8, 16 and 32 bit, embedded profiles."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from layering.stack import RGBA
from layering.tree import F32


@dataclass(frozen=True, slots=True)
class Converter:
    """How one file's colours become sRGB. mode: "RGB", "GRAYSCALE", "DUOTONE", "CMYK" or "LAB"; profile: ICC bytes or b""."""

    mode: str
    profile: bytes = b""
    linear: bool = False

    @classmethod
    def of_psd(cls, psd: Any) -> Converter:
        """For an open PSDImage; 32-bit files hold linear light."""
        from psd_tools.constants import Resource

        profile = psd.image_resources.get_data(Resource.ICC_PROFILE) or b""
        return cls(psd.color_mode.name, bytes(profile), psd.depth == 32)

    @property
    def plain(self) -> bool:
        """Whether the stored bytes are the colours: grey or RGB without a profile that says otherwise."""
        return self.mode in ("GRAYSCALE", "DUOTONE") or (self.mode == "RGB" and _is_srgb(self.profile))

    def to_rgba(self, colour: F32, alpha: F32 | None) -> RGBA:
        """colour float32 (h, w, c) in 0..1 as stored, alpha (h, w) in 0..1 or None → uint8 (h, w, 4) sRGB."""
        out = np.empty((*colour.shape[:2], 4), np.uint8)
        out[..., :3] = self._rgb(colour)
        out[..., 3] = 255 if alpha is None else _to_bytes(np.nan_to_num(alpha))
        return out

    def _rgb(self, colour: F32) -> RGBA:
        if self.linear:
            colour = np.nan_to_num(colour)
            colour = np.where(colour <= 0.0031308, colour * 12.92, 1.055 * np.maximum(colour, 0) ** (1 / 2.4) - 0.055)
        stored = _to_bytes(colour)
        if self.mode in ("GRAYSCALE", "DUOTONE"):
            return np.repeat(stored[..., :1], 3, -1)
        if self.mode == "CMYK":
            return self._through_pillow(~stored[..., :4], "CMYK")
        if self.mode == "LAB":
            return self._through_pillow(stored[..., :3], "LAB")
        return stored[..., :3] if _is_srgb(self.profile) else self._through_pillow(stored[..., :3], "RGB")

    def _through_pillow(self, stored: RGBA, mode: str) -> RGBA:
        """uint8 (h, w, c) → uint8 (h, w, 3), by the embedded profile where it fits, else by Pillow's plain formula."""
        from PIL import Image, ImageCms

        bands = [Image.fromarray(np.ascontiguousarray(stored[..., i])) for i in range(stored.shape[-1])]
        if mode == "LAB":                       # PSD offsets a and b by 128, Pillow stores them signed
            bands[1:] = [Image.fromarray(np.asarray(b) ^ 128) for b in bands[1:]]
        picture = Image.merge(mode, bands)
        srgb = ImageCms.createProfile("sRGB")
        try:
            source = ImageCms.createProfile("LAB") if mode == "LAB" else ImageCms.ImageCmsProfile(io.BytesIO(self.profile))
            converted = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = picture.convert("RGB")
        return np.asarray(converted)


def _to_bytes(values: F32) -> RGBA:
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


def _is_srgb(profile: bytes) -> bool:
    """Whether there is no profile, or one that names itself sRGB: then nothing is to convert."""
    return not profile or b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile
