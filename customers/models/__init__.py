"""The tables of people, leads, interactions, tasks and all that belongs to them."""

from customers.arbitration.models import ClaimCase, ClaimDecision, ClaimEvent
from customers.changes.models import (
    ChangeDrawing,
    ChangeNotice,
    HomeChange,
    IndividualChange,
)
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
from customers.insurance.models import RepairClaim, RepairPolicy
from customers.journey.models import ToldItem
from customers.launch.models import BriefingAttendance, LaunchSeller, TechnicalBriefing
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
from customers.paperwork.models import FileTransfer, PaperFile, PurchasePaper
from customers.payment.models import (
    Instalment,
    Mortgage,
    MortgageEvent,
    MortgageReminder,
    PaymentPlan,
    PaymentReminder,
    Receipt,
)
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
from customers.signing.models import (
    DeskBooking,
    SigningCallback,
    SigningRequest,
    SigningTime,
)
from customers.works.models import ConstructionNode, NodePayment, NodeReport, ProgressNotice

__all__ = [
    "AdverseFactor",
    "BehaviourEvent",
    "BriefingAttendance",
    "Building",
    "BulkChange",
    "BulkChangeItem",
    "Certificate",
    "ChangeDrawing",
    "ChangeNotice",
    "ChannelOptOut",
    "ClaimCase",
    "ClaimDecision",
    "ClaimEvent",
    "ClassEvent",
    "ConsentEvent",
    "ConstructionNode",
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
    "DeskBooking",
    "Disclosure",
    "DiscountRequest",
    "DuplicateSuggestion",
    "FieldEvent",
    "FileTransfer",
    "GradeEvent",
    "Handover",
    "HomeChange",
    "Household",
    "IndividualChange",
    "Instalment",
    "IntentRegistration",
    "Interaction",
    "LaunchSeller",
    "Layout",
    "Lead",
    "LeadClock",
    "LeadClockEffect",
    "LeadEvent",
    "LetterBreach",
    "Meeting",
    "MeetingGuest",
    "Merge",
    "Mortgage",
    "MortgageEvent",
    "MortgageReminder",
    "NewsItem",
    "NewsTelling",
    "NodePayment",
    "NodeReport",
    "OwnershipEvent",
    "PaperFile",
    "PaymentPlan",
    "PaymentReminder",
    "PhaseEvent",
    "Playbook",
    "PlaybookRun",
    "PoolWarning",
    "Preference",
    "PriceLetter",
    "PriceList",
    "ProgressNotice",
    "Project",
    "ProjectLaunch",
    "ProjectPhase",
    "ProofPhoto",
    "PropertyTransfer",
    "Purchase",
    "PurchaseEvent",
    "PurchasePaper",
    "PurchaseParty",
    "Receipt",
    "RegradeRun",
    "RepairClaim",
    "RepairPolicy",
    "SigningCallback",
    "SigningRequest",
    "SigningTime",
    "SourceEvent",
    "StageEvent",
    "Stratum",
    "Tag",
    "Task",
    "TaskEffect",
    "TaskEvent",
    "TechnicalBriefing",
    "ToldItem",
    "TransferItem",
    "Unit",
    "UnitDefect",
    "UnitDelivery",
    "UnitEvent",
    "UnitPrice",
    "UpkeepPlan",
    "VocabularyTerm",
]
