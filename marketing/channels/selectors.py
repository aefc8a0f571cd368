"""What other parts ask of channels."""

from marketing.channels.models import Channel
from marketing.channels.rules.kinds import built_in


def channel_of(source_code: str) -> Channel | None:
    """Return the channel of the leads of this source, None where nobody set one up."""
    return Channel.objects.filter(code=source_code).first()


def types_by_code() -> dict[str, str]:
    """Return the type of each channel by its code; one query."""
    return dict(Channel.objects.values_list("code", "type"))


def type_of(source_code: str, known: dict[str, str]) -> str:
    """Return the one type a lead of this source belongs to (MKT-66)."""
    return known.get(source_code) or built_in(source_code)[0].value
