"""Randomness: one independent stream for every purpose, so that changing one process leaves the others as they were."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]
Texts = NDArray[np.str_]
Rng = np.random.Generator


def stream(seed: int, *purpose: object) -> Rng:
    """The random stream of one purpose: `stream(7, "spending", 202603)`. Same seed and words, same numbers."""
    words = zlib.crc32("/".join(map(str, purpose)).encode())
    return np.random.Generator(np.random.SFC64([seed, words]))


def pick(rng: Rng, weights: Sequence[float] | Floats, size: int) -> Ints:
    """`size` indices drawn with `weights` (any positive scale), exact to 1/65536."""
    share = np.cumsum(np.asarray(weights, dtype=float))
    table = np.searchsorted(share / share[-1], (np.arange(65536) + 0.5) / 65536)
    return table.astype(np.int64)[rng.integers(0, 65536, size, dtype=np.uint16)]


def happens(rng: Rng, chance: float | Floats, size: int) -> Bools:
    """A coin for each of `size` rows; `chance` 0–1, one for all or one a row."""
    return rng.random(size) < chance


def zipf(count: int, *, shift: float = 3.0) -> Floats:
    """Weights 1/(k+shift) of a ranked list."""
    return np.asarray(1.0 / (np.arange(count) + shift), dtype=float)


def lognormal(rng: Rng, median: float | Floats, sigma: float, size: int) -> Floats:
    """Positive amounts around a median."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(size, dtype=np.float32)), dtype=float)
