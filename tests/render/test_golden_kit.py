"""The comparison of pictures can fail, and says where to look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import assert_alike, load_picture
from tests.render.scenes import blended_stack


def test_equal_pictures_pass_and_leave_nothing(tmp_path: Path) -> None:
    picture = blended_stack().composite()
    assert_alike("same", picture, picture, tmp_path / "failures")
    assert not (tmp_path / "failures").exists()


def test_a_small_patch_fails_and_leaves_three_pictures(tmp_path: Path) -> None:
    picture = blended_stack().composite()
    spoiled = picture.copy()
    spoiled[50:56, 60:66, :3] ^= 16
    with pytest.raises(AssertionError, match=r"patch: .* of the pixels differ"):
        assert_alike("patch", spoiled, picture, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["patch.came.png", "patch.difference.png", "patch.expected.png"]
    difference = load_picture(tmp_path / "patch.difference.png")[..., :3]
    assert difference[52, 62].max() > 100 and not difference[:40].any()


def test_alpha_counts(tmp_path: Path) -> None:
    picture = blended_stack().composite()
    fainter = picture.copy()
    fainter[..., 3] = np.where(picture[..., 3] > 20, picture[..., 3] - 10, picture[..., 3])
    with pytest.raises(AssertionError):
        assert_alike("alpha", fainter, picture, tmp_path)


def test_missing_golden_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="--store-goldens"):
        load_picture(tmp_path / "none.png")
