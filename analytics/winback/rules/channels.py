"""Over which channel the next callback is tried (CUS-102). Pure."""

from collections.abc import Collection, Sequence

from analytics.winback.rules.words import CALL_CHANNELS


def failures_on(channel: str, tries: Sequence[tuple[str, bool]]) -> int:
    """Return how often ``channel`` failed since somebody was last reached.

    ``tries`` are pairs of channel and whether the customer was reached, oldest first.
    """
    count = 0
    for tried, reached in reversed(tries):
        if reached:
            break
        count += tried == channel
    return count


def next_channel(
    *,
    tries: Sequence[tuple[str, bool]],
    suggested: str,
    closed: Collection[str],
    limit: int,
) -> str:
    """Return the channel to propose, "" where every one is refused or worn out.

    The suggested one comes first while it failed less than ``limit`` times running, then the
    others in the order phone, WeChat, home visit. ``closed`` are refused or have no address.
    """
    order = [suggested, *(one for one in CALL_CHANNELS if one != suggested)]
    for channel in order:
        if channel not in CALL_CHANNELS or channel in closed:
            continue
        if failures_on(channel, tries) < limit:
            return channel
    return ""
