"""Which category each field about a customer belongs to: the one register (CUS-02, A-30).

A model of this app is either in ``FIELDS``, with every one of its columns, or in ``NOT_PERSONAL``;
a test reads the models, so that a new column without a category does not pass. Apps above declare
theirs with ``declare_fields``.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.staff.rules.organisation import PhoneAccess
from customers.masking import HIDDEN, private_for
from customers.rules.categories import RULES, CategoryRule, DataCategory

LABELS: Final = {
    DataCategory.BASIC.value: _("Basic information"),
    DataCategory.PURCHASE.value: _("Purchase behaviour"),
    DataCategory.PREFERENCE.value: _("Preferences"),
    DataCategory.HISTORY.value: _("Customer history"),
    DataCategory.CONTACT.value: _("Contact details"),
    DataCategory.PAYMENT.value: _("Payment method"),
    DataCategory.CREDIT.value: _("Credit status"),
}
LAWS: Final = {
    "pipl": _("Personal Information Protection Law, art. 19 and 47"),
    "aml": _("Anti-Money-Laundering Law 2024, art. 34"),
}


def _fields(**by_category: str) -> dict[str, DataCategory]:
    """Return the category of each field; raise where one stands under two."""
    found: dict[str, DataCategory] = {}
    for key, names in by_category.items():
        for name in names.split():
            if name in found:
                raise ValueError(f"{name} has two categories")
            found[name] = DataCategory(key)
    return found


_EVENT = "id customer at actor"
FIELDS: Final[Mapping[str, Mapping[str, DataCategory]]] = {
    "Customer": _fields(
        basic="kind name sort_key tokens gender birthday city district occupation family household"
        " nature managed_estate remark custom",
        contact="phone phone_index phone_tail_index id_number id_number_index address",
        credit="annual_income spending_power credit_status",
        payment="payment_method",
        preference="needs channel_wish budget_min budget_max layout motive",
        purchase="intent project_role contribution customer_class class_is_manual buying_stage"
        " stage_since phase",
        history="source referrer last_contact_at",
        internal="id created_at updated_at external_source external_id is_unreachable completeness"
        " owner backup owned_since protected_until team project region pooled_at pool_reason"
        " hidden_until merged_into version",
    ),
    "CustomerContact": _fields(
        contact="value value_index", basic="label", internal="id customer kind"
    ),
    "Household": _fields(basic="label", internal="id created_at updated_at"),
    "CustomerRelation": _fields(
        basic="other kind note",
        purchase="role",
        internal="id customer created_at updated_at created_by",
    ),
    "Preference": _fields(
        preference="kind value rank", internal="id customer created_at updated_at source actor"
    ),
    "IntentRegistration": _fields(
        preference="project layout area_min area_max price_min price_max",
        purchase="purpose timing deciders competitors obstacle",
        internal=f"{_EVENT} lead version",
    ),
    "BehaviourEvent": _fields(
        purchase="kind action channel facts at", internal="id event_id customer received_at"
    ),
    "FieldEvent": _fields(
        history="field old_value new_value at", internal="id customer source source_id actor"
    ),
    "Interaction": _fields(
        history="channel result content mood intent next_step next_at at",
        internal="id customer lead is_automatic author created_at",
    ),
    "CustomerStanding": _fields(
        purchase="activity last_touch_at willingness loyalty is_high_value",
        credit="power",
        internal="customer policy_version computed_at",
    ),
    "CustomerGrade": _fields(
        purchase="grade score points",
        internal="customer policy_version graded_at locked_until lock_reason",
    ),
    "CustomerTag": _fields(basic="tag", internal="id customer by_rule at actor"),
    "Purchase": _fields(
        purchase="project unit state state_since begun_at expires_at renewals subscribed_at"
        " signed_at handed_over_at ended_at end_reason contract_no moved_from deposit"
        " list_total agreed_total",
        internal="id created_at updated_at customer lead consultant specialist external_source"
        " external_id",
    ),
    "PurchaseParty": _fields(purchase="role", internal="id purchase customer"),
    "PurchaseEvent": _fields(
        purchase="at step from_state to_state reason facts", internal="id purchase actor"
    ),
    "DiscountRequest": _fields(
        purchase="unit price asked_total is_below_floor reason gift state valid_until used_at"
        " purchase",
        internal="id created_at updated_at customer asked_by approval",
    ),
    "PriceLetter": _fields(
        purchase="number project unit total valid_from valid_until remedy state signed_at"
        " countersigned_at document",
        internal="id created_at updated_at customer issued_by countersigned_by digest",
    ),
    "ToldItem": _fields(
        purchase="item factor stated note told_on confirmed_on confirmed_how proof",
        internal="id purchase customer told_by told_at confirmed_at recorded_by is_current",
    ),
    "ClaimCase": _fields(history="project", internal="id customer opened_at"),
    "ClaimEvent": _fields(history="kind party facts", internal="id case customer at actor"),
    "ClaimDecision": _fields(
        history="outcome party fired losing reason appealed",
        internal="id case number versions digest decided_by at",
    ),
    "IndividualChange": _fields(
        purchase="node item wish price state signed_on executed_on checked_on findings",
        internal="id created_at updated_at purchase asked_by approval",
    ),
    "ChangeDrawing": _fields(
        purchase="name content", internal="id change media_type size digest stored_at"
    ),
    "ChangeNotice": _fields(
        purchase="told_at way answer answered_on compensation note",
        internal="id created_at updated_at change purchase",
    ),
    "LetterBreach": _fields(purchase="price_list difference at", internal="id letter task"),
    "Lead": _fields(
        purchase="project state lost_reason",
        history="source campaign capture_point enquiry urgency complexity level received_at stages"
        " solution customer_told_at customer_confirmed_at",
        internal="id customer created_at updated_at owner external_source external_id",
    ),
    "LeadEvent": _fields(history="at kind from_value to_value reason", internal="id lead actor"),
    "SourceEvent": _fields(
        history="at reason capture_point source", internal="id customer actor lead import_job"
    ),
    "OwnershipEvent": _fields(
        history="at reason kind", internal="id customer actor from_owner to_owner is_backup"
    ),
    "ClassEvent": _fields(
        history="at reason from_class to_class", internal="id customer actor is_manual"
    ),
    "StageEvent": _fields(
        history="at reason from_stage to_stage", internal="id customer actor is_manual"
    ),
    "PhaseEvent": _fields(history="at reason from_phase to_phase", internal="id customer actor"),
    "GradeEvent": _fields(
        history="at reason from_grade to_grade score points",
        internal="id customer actor policy_version run",
    ),
    "ConsentEvent": _fields(
        history="purpose is_given channel proof at",
        internal="id customer text_version text_digest actor",
    ),
    "ChannelOptOut": _fields(preference="channel at ended_at", internal="id customer actor"),
    "MeetingGuest": _fields(history="attended", internal="id meeting customer"),
    "Meeting": _fields(
        history="kind title place area starts_at ends_at state minutes_text result confirmed_at",
        internal="id created_at updated_at owner project plan occurrence alerted_at created_by"
        " seat link",
    ),
    "UpkeepPlan": _fields(
        history="title place area every_days time_of_day minutes starts_on ends_on next_on",
        internal="id created_at updated_at customer person is_active",
    ),
    "NewsTelling": _fields(history="channel told_at read_at", internal="id news customer actor"),
    "PlaybookRun": _fields(
        history="started_at ended_at stop_reason",
        internal="id playbook version steps customer lead occurrence next_step_at",
    ),
    "Task": _fields(
        history="kind title due_at state done_at outcome",
        internal="id created_at updated_at customer lead subject_kind subject_id owner source"
        " source_id next_step_at step occurrence created_by",
    ),
    "TaskEvent": _fields(history="at kind note", internal="id task actor"),
    "CustomerShare": _fields(
        history="reason state offered_at decided_at",
        internal="id customer from_project to_project introduced_by accepted_by lead"
        " introducer_share policy_version",
    ),
    "PoolWarning": _fields(history="silent_since", internal="id customer owner falls_at at"),
    "DuplicateSuggestion": _fields(
        history="score reasons state found_at decided_at", internal="id left right decided_by"
    ),
    "Merge": _fields(
        history="journal reason at undone_at", internal="id kept gone actor undone_by"
    ),
    "PaymentPlan": _fields(
        payment="method",
        purchase="total",
        internal="id created_at updated_at purchase version made_by",
    ),
    "Instalment": _fields(purchase="label amount days due_on", internal="id plan position"),
    "Receipt": _fields(
        purchase="kind amount receipt_no received_on way note",
        internal="id purchase reverses recorded_by recorded_at",
    ),
    "Mortgage": _fields(
        purchase="bank kind amount state state_since",
        internal="id created_at updated_at purchase handler receipt",
    ),
    "MortgageEvent": _fields(purchase="at from_state to_state note", internal="id mortgage actor"),
    "PaperFile": _fields(contact="content", internal="id name media_type size digest stored_at"),
    "PurchasePaper": _fields(
        purchase="name received_at withdrawn_at withdrawn_reason",
        internal="id purchase received_by copy withdrawn_by",
    ),
    "FileTransfer": _fields(
        history="side papers missing note sent_at state decided_at decision_note",
        internal="id purchase sender receiver",
    ),
    "SigningRequest": _fields(
        purchase="contract_no state expires_at ended_at problem",
        internal="id created_at updated_at key purchase provider document sent_by external_id"
        " sign_url signed_copy attempts next_try_at last_error",
    ),
    "DeskBooking": _fields(
        history="desk starts_at ends_at cancelled_at", internal="id purchase project booked_by"
    ),
    "SigningTime": _fields(
        purchase="subscribed_at signed_at hours target_hours was_online", internal="id purchase"
    ),
    "UnitDelivery": _fields(
        history="walked_at invited_at due_on slot refused_at refusal refusal_reason taken_at",
        internal="id created_at updated_at batch unit purchase",
    ),
    "DeliveryNotice": _fields(
        history="number planned_on attachments is_late written_at handed_at handed_note",
        internal="id delivery purchase written_by handed_by",
    ),
    "DeliveryVisit": _fields(
        basic="signed_name",
        history="arrived_at escort satisfaction ended_at is_taken",
        internal="id delivery received_by",
    ),
    "DeliveryStop": _fields(
        history="station queued_at called_at done_at note", internal="id visit served_by"
    ),
    "BulkChangeItem": _fields(history="before", internal="id change customer state error"),
}
# Models that say nothing about a single customer: places, words, rules, running of jobs.
NOT_PERSONAL: Final = frozenset(
    {
        *("Project", "RegradeRun", "VocabularyTerm", "CustomField", "Stratum", "Tag", "Playbook"),
        *("ContactTemplate", "NewsItem", "BulkChange", "Handover"),
        *("LeadClock", "LeadClockEffect", "TaskEffect"),
        *("PriceList", "UnitPrice"),
        *("ProjectPhase", "Certificate", "Building", "Layout", "Unit", "UnitEvent"),
        *("AdverseFactor", "ProofPhoto", "Disclosure", "ProjectLaunch"),
        *("PaymentReminder", "MortgageReminder", "SigningCallback"),
        *("TechnicalBriefing", "BriefingAttendance", "LaunchSeller"),
        *("ConstructionNode", "NodeReport", "NodePayment", "ProgressNotice"),
        *("HomeChange", "RepairPolicy", "RepairClaim"),
        *("DeliveryBatch", "DeliveryCheck", "DeliverySlot", "DeliveryRoom", "DeliveryDuty"),
        *("UnitDefect", "DefectEvent", "PropertyTransfer", "TransferItem", "DeliveryRiskGroup"),
    }
)


def by_category(**names: str) -> dict[str, DataCategory]:
    """Return the category of each field named, for the apps above; one stands under one only."""
    return _fields(**names)


_above: dict[tuple[str, str], Mapping[str, DataCategory]] = {}


def declare_fields(app: str, model: str, fields: Mapping[str, DataCategory]) -> None:
    """Add the columns of a model of an app above this one to the register; again replaces them."""
    _above[(app, model)] = fields


def all_fields() -> dict[tuple[str, str], Mapping[str, DataCategory]]:
    """Return the whole register by app and model: the fields here and those declared above."""
    return {("customers", model): fields for model, fields in FIELDS.items()} | _above


def rule_of(model: str, field: str) -> CategoryRule | None:
    """Return what holds for a field; ``None`` for bookkeeping. Raise ``KeyError`` if unknown."""
    return RULES.get(FIELDS[model][field])


def custom_category(field: Any) -> DataCategory:
    """Return the category of a field the company added: the chosen one, else by privacy."""
    if field.category:
        return DataCategory(field.category)
    return DataCategory.CONTACT if field.is_personal else DataCategory.BASIC


def shown_custom(user: Any, customer: Any, category: DataCategory, value: Any) -> Any:
    """Return the value of an added field as ``user`` may see it; ``****`` for a hidden one."""
    if category is DataCategory.CONTACT:
        return private_for(user, customer, value)
    rule = RULES[category]
    if rule.is_sensitive and not may_see_sensitive(user, customer):
        return HIDDEN
    return value


def is_for_everyone(field: Any) -> bool:
    """Return whether an added field is shown to whoever sees the customer."""
    category = custom_category(field)
    return category is not DataCategory.CONTACT and not RULES[category].is_sensitive


def may_see_sensitive(user: Any, customer: Any) -> bool:
    """Return whether ``user`` sees income, payment method and credit status of ``customer``.

    It takes the right; those who only see the phone numbers of their own customers see these of
    their own customers only.
    """
    if not user.is_authenticated or not user.has_perm(RULES[DataCategory.CREDIT].permission):
        return False
    is_own = user.pk in (customer.owner_id, customer.backup_id)
    return is_own or user.role_definition.phone is not PhoneAccess.OWN


def where_sensitive_seen(customers: Any, user: Any) -> Any:
    """Return those of the customers whose sensitive fields ``user`` sees.

    A list narrowed by such a field asks this first, or it would tell the value (A-24).
    """
    if not user.is_authenticated or not user.has_perm(RULES[DataCategory.CREDIT].permission):
        return customers.none()
    is_own = user.role_definition.phone is PhoneAccess.OWN
    return customers.owned_by(user) if is_own else customers


def is_hidden(user: Any, customer: Any, field: str) -> bool:
    """Return whether a field of the customer row is hidden from ``user``; unknown ones are."""
    category = FIELDS["Customer"].get(field)
    if category is None:
        return True
    rule = RULES.get(category)
    return rule is not None and rule.is_sensitive and not may_see_sensitive(user, customer)


SENSITIVE_FIELDS: Final = frozenset(
    name
    for name, category in FIELDS["Customer"].items()
    if category in RULES and RULES[category].is_sensitive
)
