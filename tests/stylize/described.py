"""Second descriptions of the networks, in plain functions over a dict of named arrays, written from the papers' tables.

They share no code with `stylize`: numpy alone (convolutions by windows of a padded array), slow and short. Names are those of
the published checkpoints. All take and give float64 (C, H, W).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

State = dict[str, np.ndarray]
EPS = 1e-5


def conv(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None, stride: int = 1, groups: int = 1) -> np.ndarray:
    """No padding; w: (out, in / groups, k, k)."""
    k = w.shape[-1]
    inner = np.lib.stride_tricks.sliding_window_view(x, k, axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(inner, k, axis=2)[:, ::stride, ::stride]
    outs = []
    for part, weight in zip(np.split(windows, groups), np.split(w, groups), strict=True):
        outs.append(np.einsum("chwij,ocij->ohw", part, weight, optimize=True))
    out = np.concatenate(outs)
    return out if b is None else out + b[:, None, None]


def mirrored(x: np.ndarray, top: int, bottom: int | None = None) -> np.ndarray:
    bottom = top if bottom is None else bottom
    return np.pad(x, ((0, 0), (top, bottom), (top, bottom)), mode="reflect")


def relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def leaky(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0.2 * x)


def instance_norm(x: np.ndarray) -> np.ndarray:
    """The ordinary one, whose variance is the biased one."""
    return (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var((1, 2), keepdims=True) + EPS)


def mixed_norm(x: np.ndarray, rho: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """AdaLIN and ILN, whose variances are unbiased; rho, gamma, beta: (C,)."""
    by_channel = (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var((1, 2), ddof=1, keepdims=True) + EPS)
    by_layer = (x - x.mean()) / np.sqrt(x.var(ddof=1) + EPS)
    rho = rho.reshape(-1, 1, 1)
    return gamma.reshape(-1, 1, 1) * (rho * by_channel + (1 - rho) * by_layer) + beta.reshape(-1, 1, 1)


def twice(x: np.ndarray) -> np.ndarray:
    return x.repeat(2, 1).repeat(2, 2)


def linear(s: State, name: str, x: np.ndarray) -> np.ndarray:
    return s[f"{name}.weight"] @ x + s.get(f"{name}.bias", 0)


def attended(s: State, x: np.ndarray, activate: Callable[[np.ndarray], np.ndarray] = relu, weight: str = "weight"
             ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Class activation: (map, the two logits' inputs) by weights on channels, whose mean and maximum are judged."""
    gap, gmp = s[f"gap_fc.{weight}"][0], s[f"gmp_fc.{weight}"][0]
    both = np.concatenate([x * gap[:, None, None], x * gmp[:, None, None]])
    return activate(conv(both, s["conv1x1.weight"], s["conv1x1.bias"])), np.stack([x.mean((1, 2)), x.max((1, 2))])


def encoder_block(s: State, name: str, x: np.ndarray) -> np.ndarray:
    inner = relu(instance_norm(conv(mirrored(x, 1), s[f"{name}.conv_block.1.weight"])))
    return x + instance_norm(conv(mirrored(inner, 1), s[f"{name}.conv_block.5.weight"]))


def u_gat_it(s: State, x: np.ndarray, blocks: int, pool: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, ...]:
    """(picture, logits, heat map). pool: the attended map → the vector that the first FC sees."""
    x = relu(instance_norm(conv(mirrored(x, 3), s["DownBlock.1.weight"])))
    for number in (5, 9):
        x = relu(instance_norm(conv(mirrored(x, 1), s[f"DownBlock.{number}.weight"], stride=2)))
    for number in range(blocks):
        x = encoder_block(s, f"DownBlock.{12 + number}", x)
    x, judged = attended(s, x)
    logits = np.array([s["gap_fc.weight"][0] @ judged[0], s["gmp_fc.weight"][0] @ judged[1]])
    heat = x.sum(0, keepdims=True)
    style = relu(linear(s, "FC.2", relu(linear(s, "FC.0", pool(x)))))
    gamma, beta = linear(s, "gamma", style), linear(s, "beta", style)
    for k in range(1, blocks + 1):
        name = f"UpBlock1_{k}"
        inner = relu(mixed_norm(conv(mirrored(x, 1), s[f"{name}.conv1.weight"]), s[f"{name}.norm1.rho"], gamma, beta))
        x = x + mixed_norm(conv(mirrored(inner, 1), s[f"{name}.conv2.weight"]), s[f"{name}.norm2.rho"], gamma, beta)
    for number in (2, 7):
        x = conv(mirrored(twice(x), 1), s[f"UpBlock2.{number}.weight"])
        x = relu(mixed_norm(x, *(s[f"UpBlock2.{number + 1}.{n}"] for n in ("rho", "gamma", "beta"))))
    return np.tanh(conv(mirrored(x, 3), s["UpBlock2.11.weight"])), logits, heat


def compact(s: State, x: np.ndarray, blocks: int) -> np.ndarray:
    channels, height, width = x.shape
    folded = x.reshape(channels, height // 2, 2, width // 2, 2).transpose(0, 2, 4, 1, 3).reshape(-1, height // 2, width // 2)
    half = relu(conv(mirrored(folded, 1), s["to_half.2.weight"], s["to_half.2.bias"]))
    quarter = relu(conv(mirrored(half, 1), s["to_quarter.1.weight"], s["to_quarter.1.bias"], stride=2))
    x = relu(conv(mirrored(quarter, 1), s["to_eighth.1.weight"], s["to_eighth.1.bias"], stride=2))
    for number in range(blocks):
        x = encoder_block(s, f"to_eighth.{3 + number}", x)
    x, _ = attended(s, x)
    style = relu(linear(s, "FC.2", relu(linear(s, "FC.0", x.mean((1, 2))))))
    gamma, beta = linear(s, "gamma", style), linear(s, "beta", style)
    for k in range(1, blocks + 1):
        name = f"UpBlock1_{k}"
        inner = relu(mixed_norm(conv(mirrored(x, 1), s[f"{name}.conv1.weight"]), s[f"{name}.norm1.rho"], gamma, beta))
        x = x + mixed_norm(conv(mirrored(inner, 1), s[f"{name}.conv2.weight"]), s[f"{name}.norm2.rho"], gamma, beta)
    for name, skip in (("up_quarter", quarter), ("up_half", half)):
        x = conv(mirrored(twice(x), 1), s[f"{name}.2.weight"])
        x = relu(mixed_norm(x, *(s[f"{name}.3.{n}"] for n in ("rho", "gamma", "beta")))) + skip
    x = conv(mirrored(np.concatenate([x, folded]), 1), s["out.1.weight"], s["out.1.bias"])
    unfolded = x.reshape(3, 2, 2, height // 2, width // 2).transpose(0, 3, 1, 4, 2).reshape(3, height, width)
    return np.tanh(unfolded)


def discriminator(s: State, x: np.ndarray, layers: int) -> tuple[np.ndarray, np.ndarray]:
    """(patch logits, CAM logits), with spectral norms by the singular vectors that the state holds."""
    def normed(name: str) -> np.ndarray:
        w = s[f"{name}.weight_orig"]
        return w / (s[f"{name}.weight_u"] @ w.reshape(len(w), -1) @ s[f"{name}.weight_v"])

    for k in range(layers - 1):
        name = f"model.{1 + 3 * k}"
        x = leaky(conv(mirrored(x, 1), normed(name), s[f"{name}.bias"], stride=1 if k == layers - 2 else 2))
    x, judged = attended(s, x, leaky, "weight_orig")
    logits = np.array([normed("gap_fc")[0] @ judged[0], normed("gmp_fc")[0] @ judged[1]])
    return conv(mirrored(x, 1), normed("conv")), logits


def photo2cartoon(s: State, x: np.ndarray) -> np.ndarray:
    x = relu(instance_norm(conv(mirrored(x, 3), s["ConvBlock1.1.weight"])))
    for number in (1, 2):
        x = hourglass(s, f"HourGlass{number}", x)
    for number in (1, 2):
        x = relu(instance_norm(conv(mirrored(x, 1), s[f"DownBlock{number}.1.weight"], stride=2)))
    contents = {}
    for k in range(1, 5):
        x = encoder_block(s, f"EncodeBlock{k}", x)
        contents[5 - k] = x.mean((1, 2))
    x, _ = attended(s, x)
    style = relu(linear(s, "FC.2", relu(linear(s, "FC.0", x.mean((1, 2))))))
    for k in range(1, 5):
        name = f"DecodeBlock{k}"
        inner = relu(soft(s, f"{name}.norm1", conv(mirrored(x, 1), s[f"{name}.conv1.weight"]), contents[k], style))
        x = x + soft(s, f"{name}.norm2", conv(mirrored(inner, 1), s[f"{name}.conv2.weight"]), contents[k], style)
    for number in (1, 2):
        x = conv(mirrored(twice(x), 1), s[f"UpBlock{number}.2.weight"])
        x = relu(mixed_norm(x, *(s[f"UpBlock{number}.3.{n}"] for n in ("rho", "gamma", "beta"))))
    x = hourglass(s, "HourGlass4", hourglass(s, "HourGlass3", x))
    return np.tanh(conv(mirrored(x, 3), s["ConvBlock2.1.weight"]))


def soft(s: State, name: str, x: np.ndarray, content: np.ndarray, style: np.ndarray) -> np.ndarray:
    mixed = []
    for kind in ("gamma", "beta"):
        w = s[f"{name}.w_{kind}"][0]
        from_content = linear(s, f"{name}.c_{kind}.2", relu(linear(s, f"{name}.c_{kind}.0", content)))
        mixed.append((1 - w) * linear(s, f"{name}.s_{kind}", style) + w * from_content)
    return mixed_norm(x, s[f"{name}.norm.rho"], *mixed)


def hourglass(s: State, name: str, x: np.ndarray) -> np.ndarray:
    seen = three_beside(s, f"{name}.HG.1", levels(s, f"{name}.HG.0", x, 1))
    seen = relu(instance_norm(conv(seen, s[f"{name}.HG.2.weight"])))
    picture = conv(seen, s[f"{name}.Conv1.weight"], s[f"{name}.Conv1.bias"])
    if f"{name}.Conv2.weight" not in s:
        return picture
    back = conv(picture, s[f"{name}.Conv3.weight"], s[f"{name}.Conv3.bias"])
    return x + conv(seen, s[f"{name}.Conv2.weight"], s[f"{name}.Conv2.bias"]) + back


def levels(s: State, name: str, x: np.ndarray, level: int) -> np.ndarray:
    """One level of the hourglass and those under it."""
    skip = three_beside(s, f"{name}.ConvBlock{level}_1", x)
    pooled = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2).mean((2, 4))
    under = three_beside(s, f"{name}.ConvBlock{level}_2", pooled)
    under = three_beside(s, f"{name}.ConvBlock5", under) if level == 4 else levels(s, name, under, level + 1)
    return skip + twice(three_beside(s, f"{name}.ConvBlock{10 - level}", under))


def three_beside(s: State, name: str, x: np.ndarray) -> np.ndarray:
    made = [x]
    for k in (1, 2, 3):
        made.append(conv(mirrored(relu(instance_norm(made[-1])), 1), s[f"{name}.ConvBlock{k}.3.weight"]))
    return x + np.concatenate(made[1:])


def animegan(s: State, x: np.ndarray) -> np.ndarray:
    def norm(x: np.ndarray, name: str) -> np.ndarray:
        over_all = (x - x.mean()) / np.sqrt(x.var() + EPS)
        return over_all * s[f"{name}.weight"][:, None, None] + s[f"{name}.bias"][:, None, None]

    def layer(x: np.ndarray, name: str, halves: bool = False, groups: int = 1) -> np.ndarray:
        w = s[f"{name}.1.weight"]
        padded = mirrored(x, 0, 1) if halves else mirrored(x, w.shape[-1] // 2)
        out = conv(padded, w, s.get(f"{name}.1.bias"), 2 if halves else 1, groups)
        return leaky(norm(out, f"{name}.2"))

    def inverted(x: np.ndarray, name: str) -> np.ndarray:
        wide = layer(x, f"{name}.layers.0")
        out = conv(layer(wide, f"{name}.layers.1", groups=len(wide)), s[f"{name}.layers.2.weight"])
        out = norm(out, f"{name}.layers.3")
        return x + out if len(x) == len(out) else out

    half = layer(layer(layer(x, "block_a.0"), "block_a.1", halves=True), "block_a.2")
    out = layer(layer(half, "block_b.0", halves=True), "block_b.1")
    out = layer(out, "block_c.0")
    for k in range(1, 5):
        out = inverted(out, f"block_c.{k}")
    out = layer(out, "block_c.5")
    out = layer(layer(stretched(out, half.shape[1:]), "block_d.0"), "block_d.1")
    out = layer(layer(layer(stretched(out, x.shape[1:]), "block_e.0"), "block_e.1"), "block_e.2")
    return np.tanh(conv(out, s["out_layer.0.weight"]))


def stretched(x: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Bilinear, corners on corners."""
    for axis, after in ((1, size[0]), (2, size[1])):
        at = np.linspace(0, x.shape[axis] - 1, after)
        low = np.minimum(at.astype(int), x.shape[axis] - 2)
        share = (at - low).reshape([-1 if a == axis else 1 for a in range(3)])
        x = np.take(x, low, axis) * (1 - share) + np.take(x, low + 1, axis) * share
    return x
