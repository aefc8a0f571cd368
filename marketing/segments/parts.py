"""Long lists in parts."""

from collections.abc import Iterable, Iterator
from itertools import islice


def in_parts(keys: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    """Return the keys in tuples of ``size``, the last one shorter."""
    left = iter(keys)
    while part := tuple(islice(left, size)):
        yield part
