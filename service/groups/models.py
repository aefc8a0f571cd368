"""Tables of groups."""

from service.groups.crisis_models import CrisisDuty, CrisisEntry, CrisisRoom, CrisisStatement
from service.groups.group_models import (
    GroupCorpus,
    GroupRepresentative,
    GroupStep,
    GroupSuggestion,
    PairCount,
    TicketText,
)

__all__ = [
    "CrisisDuty",
    "CrisisEntry",
    "CrisisRoom",
    "CrisisStatement",
    "GroupCorpus",
    "GroupRepresentative",
    "GroupStep",
    "GroupSuggestion",
    "PairCount",
    "TicketText",
]
