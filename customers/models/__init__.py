"""The tables of people, leads, interactions, tasks and all that belongs to them."""

from customers.handover.day_models import (
    DeliveryDuty,
    DeliveryNotice,
    DeliveryRiskGroup,
    DeliveryStop,
    DeliveryVisit,
    PropertyTransfer,
    TransferItem,
)
from customers.handover.models import (
    DefectEvent,
    DeliveryBatch,
    DeliveryCheck,
    DeliveryRoom,
    DeliverySlot,
    UnitDefect,
    UnitDelivery,
)
from customers.models.bulk import BulkChange, BulkChangeItem
from customers.models.consent import ChannelOptOut, ConsentEvent
from customers.models.customer import Customer, CustomerContact, CustomerGrade, Household
from customers.models.duplicate import DuplicateSuggestion, Merge
from customers.models.history import (
    ClassEvent,
    GradeEvent,
    OwnershipEvent,
    PhaseEvent,
    RegradeRun,
    SourceEvent,
    StageEvent,
)
from customers.models.household import CustomerRelation
from customers.models.interaction import Interaction
from customers.models.lead import Lead, LeadClock, LeadClockEffect, LeadEvent
from customers.models.meeting import Meeting, MeetingGuest, UpkeepPlan
from customers.models.outreach import ContactTemplate, NewsItem, NewsTelling
from customers.models.playbook import Playbook, PlaybookRun
from customers.models.portrait import BehaviourEvent, FieldEvent, IntentRegistration, Preference
from customers.models.project import Project
from customers.models.sharing import CustomerShare, Handover, PoolWarning
from customers.models.standing import CustomerStanding, Stratum
from customers.models.tag import CustomerTag, Tag
from customers.models.task import Task, TaskEffect, TaskEvent
from customers.models.vocabulary import CustomField, VocabularyTerm
from customers.pricing.models import (
    DiscountRequest,
    LetterBreach,
    PriceLetter,
    PriceList,
    UnitPrice,
)
from customers.property.models import (
    AdverseFactor,
    Building,
    Certificate,
    Disclosure,
    Layout,
    ProjectLaunch,
    ProjectPhase,
    ProofPhoto,
    Unit,
    UnitEvent,
)
from customers.purchase.models import Purchase, PurchaseEvent, PurchaseParty

__all__ = [
    "AdverseFactor",
    "BehaviourEvent",
    "Building",
    "BulkChange",
    "BulkChangeItem",
    "Certificate",
    "ChannelOptOut",
    "ClassEvent",
    "ConsentEvent",
    "ContactTemplate",
    "CustomField",
    "Customer",
    "CustomerContact",
    "CustomerGrade",
    "CustomerRelation",
    "CustomerShare",
    "CustomerStanding",
    "CustomerTag",
    "DefectEvent",
    "DeliveryBatch",
    "DeliveryCheck",
    "DeliveryDuty",
    "DeliveryNotice",
    "DeliveryRiskGroup",
    "DeliveryRoom",
    "DeliverySlot",
    "DeliveryStop",
    "DeliveryVisit",
    "Disclosure",
    "DiscountRequest",
    "DuplicateSuggestion",
    "FieldEvent",
    "GradeEvent",
    "Handover",
    "Household",
    "IntentRegistration",
    "Interaction",
    "Layout",
    "Lead",
    "LeadClock",
    "LeadClockEffect",
    "LeadEvent",
    "LetterBreach",
    "Meeting",
    "MeetingGuest",
    "Merge",
    "NewsItem",
    "NewsTelling",
    "OwnershipEvent",
    "PhaseEvent",
    "Playbook",
    "PlaybookRun",
    "PoolWarning",
    "Preference",
    "PriceLetter",
    "PriceList",
    "Project",
    "ProjectLaunch",
    "ProjectPhase",
    "ProofPhoto",
    "PropertyTransfer",
    "Purchase",
    "PurchaseEvent",
    "PurchaseParty",
    "RegradeRun",
    "SourceEvent",
    "StageEvent",
    "Stratum",
    "Tag",
    "Task",
    "TaskEffect",
    "TaskEvent",
    "TransferItem",
    "Unit",
    "UnitDefect",
    "UnitDelivery",
    "UnitEvent",
    "UnitPrice",
    "UpkeepPlan",
    "VocabularyTerm",
]
