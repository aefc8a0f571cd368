"""Random samples that can be drawn again from their seed. Pure."""

import random
from collections.abc import Iterable


def draw(keys: Iterable[int], *, size: int | None, seed: int) -> list[int]:
    """Return ``size`` of the keys at random, in order; all of them without a size.

    The same keys, size and seed give the same sample.
    """
    found = sorted(set(keys))
    if size is None or size >= len(found):
        return found
    return sorted(random.Random(seed).sample(found, size))  # noqa: S311 -- no secret
