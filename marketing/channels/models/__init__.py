"""Tables of channels."""

from marketing.channels.models.appraisal import ChannelAppraisal
from marketing.channels.models.channel import Channel
from marketing.channels.models.commission import (
    Commission,
    CommissionAccount,
    CommissionEntry,
)
from marketing.channels.models.intake import LeadCode, LeadIntake
from marketing.channels.models.media import DailyMetric, MediaAccount, MediaPost
from marketing.channels.models.partner import (
    Partner,
    PartnerBreach,
    PartnerCheck,
    PartnerEvent,
    PartnerStaff,
    PartnerUser,
)

__all__ = [
    "Channel",
    "ChannelAppraisal",
    "Commission",
    "CommissionAccount",
    "CommissionEntry",
    "DailyMetric",
    "LeadCode",
    "LeadIntake",
    "MediaAccount",
    "MediaPost",
    "Partner",
    "PartnerBreach",
    "PartnerCheck",
    "PartnerEvent",
    "PartnerStaff",
    "PartnerUser",
]
