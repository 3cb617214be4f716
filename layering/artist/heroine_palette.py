"""The heroine's colours and measures: 24 flat tones, light from the upper left."""

from __future__ import annotations

CANVAS = (1024, 1080)
"""The sheet she is drawn on; the picture cuts `LIFT` px off its top and the rest off its bottom."""
PICTURE = (1024, 1024)
LIFT = 30
AXIS = 512.0
"""x of her plane of symmetry."""

INK = "2d2344"
HAIR, HAIR_SHADE, HAIR_DEEP, HAIR_LIGHT = "5565ab", "3d4685", "2e3266", "a3b8ee"
LINING, LINING_SHADE = "f58d80", "d2626f"
SKIN, SKIN_SHADE, SKIN_LINE, BLUSH = "ffe9dc", "f7c3b0", "94474f", "ffc0b2"
WHITE, WHITE_SHADE = "fffaf3", "dcd2e2"
AMBER_DARK, AMBER, AMBER_LIGHT, AMBER_GLOW = "6b2433", "c9622f", "f3a440", "ffe08a"
DRESS, DRESS_SHADE = "3f8f96", "2b6a7c"
RED, RED_SHADE, RED_LIGHT = "e8483f", "b02a43", "ff8163"
GOLD = "f3a440"
