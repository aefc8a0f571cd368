"""What other parts ask of channels."""

from collections.abc import Iterable

from marketing.attribution.rules.groups import Group
from marketing.channels.models import Channel, Partner
from marketing.channels.rules.kinds import BY_PARTNERS, ChannelType, Subtype, built_in


def channel_of(source_code: str) -> Channel | None:
    """Return the channel of the leads of this source, None where nobody set one up."""
    return Channel.objects.filter(code=source_code).first()


def types_by_code() -> dict[str, str]:
    """Return the type of each channel by its code; one query."""
    return dict(Channel.objects.values_list("code", "type"))


def type_of(source_code: str, known: dict[str, str]) -> str:
    """Return the one type a lead of this source belongs to (MKT-66)."""
    return known.get(source_code) or built_in(source_code)[0].value


def groups_by_code() -> dict[str, Group]:
    """Return what stands behind each channel; those nobody classified are left out; one query."""
    rows = Channel.objects.values_list("code", "type", "subtype", "is_paid")
    found = {code: _group(kind, subtype, is_paid) for code, kind, subtype, is_paid in rows}
    return {code: group for code, group in found.items() if group is not None}


def _group(kind: str, subtype: str, is_paid: bool) -> Group | None:  # noqa: FBT001 -- a column
    """What owners say is word of mouth even where they are rewarded for it (MKT-17)."""
    if kind == ChannelType.REFERRAL.value:
        return Group.WORD_OF_MOUTH
    if is_paid or kind in BY_PARTNERS:
        return Group.PAID
    return None if subtype == Subtype.OTHER.value else Group.OWN


def channels_by_party(parties: Iterable[str]) -> dict[str, str]:
    """Return the channel of each partner among the names customers are claimed under; one query."""
    rows = Partner.objects.filter(name__in=list(parties))
    return dict(rows.values_list("name", "channel__code"))
