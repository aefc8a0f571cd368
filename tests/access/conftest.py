"""One world for the tests of access: a customer of ``consultant`` with everything around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client, override_settings
from django.utils import timezone

from crm_site.common.models import SavedView
from crm_site.documents.models import Document
from crm_site.exchange.models import ExportJob, ImportJob
from crm_site.exchange.services.exports import ask_export
from crm_site.outbox.models import Message, Notification
from crm_site.policies.services import in_force
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from crm_site.questionnaires.services import Written, begin_sheet, create_questionnaire
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.journey.policies import VIEWINGS
from customers.models import (
    AdverseFactor,
    BulkChange,
    ClaimCase,
    Customer,
    CustomerRelation,
    CustomerShare,
    CustomerTag,
    DeliveryBatch,
    DeliveryRiskGroup,
    DeskBooking,
    Disclosure,
    DiscountRequest,
    DuplicateSuggestion,
    FileTransfer,
    Handover,
    IntentRegistration,
    Interaction,
    Lead,
    Meeting,
    Merge,
    Mortgage,
    NewsItem,
    NewsTelling,
    PlaybookRun,
    Preference,
    PriceLetter,
    PriceList,
    Project,
    Purchase,
    PurchasePaper,
    Receipt,
    SigningRequest,
    Stratum,
    Tag,
    Task,
    Unit,
    UnitDefect,
    UnitDelivery,
    UpkeepPlan,
)
from customers.policies import MANDATORY
from customers.services.clocks import start_clocks
from customers.services.merging import merge_customers
from tests.access.world_of_analytics import served_and_measured
from tests.access.world_of_care import cared_for
from tests.access.world_of_handover import handed_over
from tests.access.world_of_units import sold_to
from tests.conftest import HOMES, make_user
from tests.documents.signing import paper_in_force
from tests.factories import (
    CustomerFactory,
    InteractionFactory,
    LeadFactory,
    Organisation,
    TaskFactory,
)
from tests.signing_in import sign_in

NOBODYS = 1_000_000_007  # the id of nothing


@dataclass(slots=True)
class World:
    """The cast, logged in, and one record of each kind that belongs to ``consultant``."""

    org: Organisation
    people: dict[str, User]
    clients: dict[str, Client]
    customer: Customer
    lead: Lead
    interaction: Interaction
    task: Task
    notification: Notification
    project: Project
    job: ImportJob
    promise: RegisterEntry
    export: ExportJob
    stratum: Stratum
    meeting: Meeting
    viewing: Meeting
    plan: UpkeepPlan
    run: PlaybookRun
    tag: Tag
    bulk: BulkChange
    view: SavedView
    suggestion: DuplicateSuggestion
    merge: Merge
    telling: NewsTelling
    relation: CustomerRelation
    share: CustomerShare
    handover: Handover
    unit: Unit
    purchase: Purchase
    document: Document
    sheet: AnswerSheet
    price_list: PriceList
    discount: DiscountRequest
    letter: PriceLetter
    claim_case: ClaimCase
    factor: AdverseFactor
    disclosure: Disclosure
    receipt: Receipt
    mortgage: Mortgage
    paper: PurchasePaper
    transfer: FileTransfer
    contract: SigningRequest
    booking: DeskBooking
    building: dict[str, int]  # the parts of addresses about building, changes and insurance
    service: dict[str, Any]  # those about tickets, calls, surveys, repairs and care
    batch: DeliveryBatch
    delivery: UnitDelivery
    defect: UnitDefect
    group: DeliveryRiskGroup

    def arguments(self, names: set[str], model: str) -> dict[str, Any]:
        """Return a value for each name in an address; ``pk`` counts records of ``model``."""
        values = {
            "customer_id": self.customer.pk,
            "lead_id": self.lead.pk,
            "task_id": self.task.pk,
            "suggestion_id": self.suggestion.pk,
            "merge_id": self.merge.pk,
            "relation_id": self.relation.pk,
            "share_id": NOBODYS,  # those of the world are tried over the API
            "handover_id": NOBODYS,  # those of the world are tried over the API
            "user_id": self.people["consultant_b"].pk,
            "notification_id": self.notification.pk,
            "job_id": self.job.pk,
            "number": 2,  # a row of the file
            "register": "promises",
            "entry_id": self.promise.pk,
            "list_key": "customers",
            "export_id": self.export.pk,
            "approval_id": self.export.approval_id,
            "tag_id": self.tag.pk,
            "change_id": self.bulk.pk,
            "view_id": self.view.pk,
            "stratum_id": self.stratum.pk,
            "meeting_id": self.meeting.pk,
            "viewing_id": self.viewing.pk,
            "plan_id": self.plan.pk,
            "playbook_id": self.run.playbook_id,
            "run_id": self.run.pk,
            "news_id": self.telling.news_id,
            "telling_id": self.telling.pk,
            "list_id": self.price_list.pk,
            "discount_id": self.discount.pk,
            "letter_id": self.letter.pk,
            "case_id": self.claim_case.pk,
            "code": self.project.code,
            "purchase_id": self.purchase.pk,
            "step": "release",
            "receipt_id": self.receipt.pk,
            "mortgage_id": self.mortgage.pk,
            "to": "supplement",
            "paper_id": self.paper.pk,
            "transfer_id": self.transfer.pk,
            "request_id": self.contract.pk,
            "booking_id": self.booking.pk,
            "occasion": "welcome",
            "channel": "sms",
            "kind": "csv",
            "wish": "layout",
            "id": self.project.pk,
            "project_id": self.project.pk,
            "unit_id": self.unit.pk,
            "part": "factors",
            "row_id": self.factor.pk,
            "factor_id": self.factor.pk,
            "disclosure_id": self.disclosure.pk,
            "batch_id": self.batch.pk,
            "delivery_id": self.delivery.pk,
            "defect_id": self.defect.pk,
            "group_id": self.group.pk,
            "duty_id": NOBODYS,
            "check": "filing",
            "room": "entrance",
            "station": "identity",
            "key": MANDATORY,
            "version": 1,
            "document_id": self.document.pk,
            "document_kind": "notice",
            "questionnaire": self.sheet.questionnaire.key,
            "sheet_id": self.sheet.pk,
            "photo_id": NOBODYS,
            "uidb64": "MQ",
            "token": "not-a-token",
        }
        further = self.building | self.service
        values |= further
        if model:
            own = further.get(f"{model}_id")
            values["pk"] = own if own is not None else getattr(self, model).pk
        return {name: values[name] for name in names}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once for a module, inside a transaction that is taken back at its end.

    Sessions live in the database alone, so that what a request does to them is taken back too.
    """
    with (
        override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db"),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield build_world()
        transaction.set_rollback(True)


def tagged(customer: Customer) -> Tag:
    """Return a tag that the customer has."""
    tag = Tag.objects.create(name="学区", group="need", owner=customer.owner)
    CustomerTag.objects.create(customer=customer, tag=tag, at=timezone.now())
    return tag


def wanted(customer: Customer) -> None:
    """Write down what the customer wants: an intent and a preference."""
    IntentRegistration.objects.create(
        customer=customer, version=1, purpose="own_use", at=timezone.now(), actor=customer.owner
    )
    Preference.objects.create(customer=customer, kind="layout", value="3室2厅", rank=1)


def promised(customer: Customer) -> RegisterEntry:
    """Return a try that the customer's consultant wrote down."""
    draft = EntryDraft(
        title="朝南", values={"kind": "try", "promised_by": "周倩"}, subject_id=customer.pk
    )
    actor = customer.owner
    return add_entry(register="promises", draft=draft, actor=actor, now=timezone.now())


def export_of(user: User) -> ExportJob:
    """Return an export that waits for its approval."""
    query = QueryDict("view=all")
    return ask_export(
        kind="customers",
        query=query,
        columns=["name"],
        reason="月度复盘",
        actor=user,
        now=timezone.now(),
    )


def told(customer: Customer) -> NewsTelling:
    """Return that the customer was told of published news."""
    news = NewsItem.objects.create(
        title="开放日", body="周六", project=customer.project, published_at=timezone.now()
    )
    return NewsTelling.objects.create(
        news=news, customer=customer, channel="phone", told_at=timezone.now()
    )


def build_world() -> World:
    """Return a new world."""
    org = Organisation()
    people = {key: make_user(org, key) for key in HOMES}
    owner = people["consultant"]
    customer = CustomerFactory(owner=owner, name="欧阳文静", phone="+8613912345678")
    message = Message.objects.create(
        kind="task.reminder", channel="in_app", recipient=owner, idempotency_key="access"
    )
    for policy in (MANDATORY, VIEWINGS):  # written when first asked for
        in_force(policy, at=timezone.now())
    wanted(customer)
    lead = LeadFactory(customer=customer)
    start_clocks(lead=lead, started_at=timezone.now(), now=timezone.now())
    twin, gone = CustomerFactory.create_batch(2, owner=owner)
    sold = sold_to(customer, people["marketing"])
    return World(
        org=org,
        people=people,
        clients={"anonymous": Client(raise_request_exception=False)}
        | {key: log_in(user) for key, user in people.items()},
        customer=customer,
        lead=lead,
        interaction=InteractionFactory(customer=customer, author=owner),
        **cared_for(customer),
        **sold,
        service=served_and_measured(customer, people, sold),
        **handed_over(sold["unit"], people["specialist"]),
        task=TaskFactory(customer=customer),
        notification=Notification.objects.create(message=message, recipient=owner),
        project=org.project_one,
        promise=promised(customer),
        export=export_of(people["supervisor"]),
        tag=tagged(customer),
        bulk=BulkChange.objects.create(
            action="to_pool", author=owner, created_at=timezone.now(), state="undone"
        ),
        view=SavedView.objects.create(owner=owner, list_key="customers", name="我的"),
        stratum=Stratum.objects.create(name="首套", need="first_home", strategy="社群"),
        telling=told(customer),
        job=ImportJob.objects.create(
            kind="customer", file_name="a.csv", file_digest="0", author=people["supervisor"]
        ),
        suggestion=DuplicateSuggestion.objects.create(
            left=customer, right=twin, score=1, found_at=timezone.now()
        ),
        merge=merge_customers(kept=twin, gone=gone, actor=None, now=timezone.now()),
        relation=CustomerRelation.objects.create(customer=customer, other=twin, kind="friend"),
        share=offered(customer, org.project_two),
        handover=Handover.objects.create(
            leaver=people["consultant_b"],
            reason="离职",
            at=timezone.now(),
            actor=people["supervisor"],
        ),
        document=paper_in_force("sales-manual", org.project_one, timezone.now()),
        sheet=begun(org.project_one, people),
    )


def begun(project: Project, people: dict[str, User]) -> AnswerSheet:
    """Return the draft of a sheet about the project that its consultant began."""
    now = timezone.now()
    question = Question(key="q1", label="印象", scale=Scale.FIVE)
    form = create_questionnaire(
        written=Written(title="踩盘", use="survey", outline=Outline((Section("", (question,)),))),
        subject_kind="project",
        actor=people["marketing"],
        now=now,
    )
    return begin_sheet(
        questionnaire=form, subject_id=project.pk, author=people["consultant"], now=now
    )


def offered(customer: Customer, to: Project) -> CustomerShare:
    """Return that the customer was offered to another project, which has not decided yet."""
    return CustomerShare.objects.create(
        customer=customer,
        from_project=customer.project,
        to_project=to,
        introduced_by=customer.owner,
        introducer_share=30,
        policy_version=1,
        reason="预算不符",
        offered_at=timezone.now(),
    )


def log_in(user: User) -> Client:
    """Return a browser where ``user`` is signed in, second factor included."""
    return sign_in(Client(raise_request_exception=False), user)
