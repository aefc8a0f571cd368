"""From launch to keys: what the demo shows agrees with the rules of the services that write it."""

from datetime import datetime, time
from decimal import Decimal

import pytest
from django.db.models import Count, F, Q, Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm_site.demo.service.groups import HARD_COVER, LATE, STACK
from crm_site.documents.selectors import version_in_force
from crm_site.staff.models import User
from customers.changes.sold import coverage_of, unanswered
from customers.handover.papers import ATTACHMENTS
from customers.handover.rates import overall
from customers.handover.releasing import release_blockers
from customers.handover.rules import Station
from customers.journey.file import unconfirmed
from customers.launch.briefing import standings
from customers.models import (
    BehaviourEvent,
    ConstructionNode,
    DefectEvent,
    DeliveryBatch,
    DeliveryNotice,
    DeliverySlot,
    DeliveryVisit,
    HomeChange,
    IndividualChange,
    Instalment,
    Lead,
    Meeting,
    Mortgage,
    MortgageEvent,
    PaymentPlan,
    ProgressNotice,
    Project,
    ProjectLaunch,
    Purchase,
    Receipt,
    Task,
    ToldItem,
    UnitDefect,
    UnitDelivery,
)
from customers.payment.querysets import with_due
from customers.payment.selectors import OWING, arrears_before_keys, balance_of
from customers.property.gates import gate_states
from service.desk.models import DeskCall, DeskMessage, QualitySample
from service.groups.models import CrisisRoom, GroupSuggestion
from service.surveys.models import Survey, SurveyResponse
from service.surveys.pdf import paper_pdf
from service.surveys.report_models import SatisfactionReport
from service.surveys.services.reporting import paper_of
from service.tickets.models import Ticket
from tests.demo.company.planted import planted_groups, suggested_groups
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
FIRST = "yunqili"


def sold(*states):
    rows = Purchase.objects.filter(state__in=states or ("signed", "handed_over"))
    return rows.select_related("unit__building", "project", "customer").order_by("pk")


def test_a_year_of_surveys_was_asked_answered_in_part_and_acted_upon(company, client):
    answered = {}
    for survey in Survey.objects.exclude(state="draft"):
        asked = survey.invitations.count()
        answers = survey.responses.count()
        assert 0 < answers < asked, survey.title
        answered[survey.trigger] = answered.get(survey.trigger, 0) + answers
    assert {"visit", "signing", "handover", "ticket", "audience", "staff"} <= set(answered)
    low = SurveyResponse.objects.of_customers().filter(is_low=True, project__isnull=False)
    assert low.count() >= 3
    assert not low.filter(ticket=None).exists()
    assert low.filter(ticket__state="closed").exists()
    assert not SurveyResponse.objects.filter(at__gt=company).exists()
    made = {one.kind: one for one in SatisfactionReport.objects.all()}
    assert set(made) == {"annual", "mid_year"}
    for one in made.values():
        assert one.data() == paper_pdf(paper_of(one.facts))
    manager = User.objects.get(username="service_manager")
    page = sign_in(client, manager).get("/experience/")
    assert len(page.context["weakest"]) == 3
    assert page.context["missing"] == []
    sources = {one.source for line in page.context["nodes"] for _label, one in line["measures"]}
    assert {"surveys", "recommendation", "tickets"} <= sources


def test_the_hotline_was_called_for_months_and_its_calls_were_scored(company):
    """Answered, missed, left as messages that became tickets; samples with their score sheets."""
    calls = DeskCall.objects.all()
    states = dict(calls.values_list("state").annotate(n=Count("pk")))
    assert states.keys() == {"ended", "missed", "voicemail"}
    assert states["ended"] > 80
    assert states["missed"] > 5
    assert states["voicemail"] == DeskMessage.objects.filter(channel="voice").count() > 8
    assert not calls.filter(began_at__gt=company).exists()
    assert not calls.exclude(state="ended").filter(answered_at__isnull=False).exists()
    assert calls.filter(ticket__channel="phone", customer=F("ticket__customer")).count() > 20
    left = DeskMessage.objects.filter(channel="voice")
    assert not left.exclude(customer=F("ticket__customer")).exists()
    assert left.filter(taken_by=None).exists()
    assert left.filter(ticket__state="closed").exists()
    assert not calls.filter(state="voicemail", mode="staffed").exists()
    samples = QualitySample.objects.all()
    scored = samples.filter(sheet__state="complete", sheet__score__isnull=False)
    assert scored.count() > 10
    assert samples.filter(sheet=None).exists()
    assert scored.values("agent").distinct().count() == 2
    for page in ("desk", "call-list", "desk-queue", "sample-list", "desk-team"):
        who = sign_in(Client(), User.objects.get(username="service_manager"))
        assert who.get(reverse(f"service:{page}")).status_code == 200


def test_every_signed_purchase_has_a_plan_that_adds_up(company):
    assert sold().count() > 80
    assert not sold().filter(payment_plan=None).exists()
    sums = PaymentPlan.objects.annotate(parts=Sum("instalments__amount"))
    assert not sums.exclude(parts=F("total")).exists()
    assert not sums.exclude(purchase__agreed_total=F("total")).exists()
    undated = Instalment.objects.filter(due_on=None)
    assert not undated.filter(plan__purchase__signed_at__isnull=False).exists()
    for line in Instalment.objects.filter(due_on__isnull=False).select_related("plan__purchase"):
        signed_on = timezone.localdate(line.plan.purchase.signed_at)
        assert (line.due_on - signed_on).days == line.days
    methods = set(PaymentPlan.objects.values_list("method", flat=True))
    assert methods == {"full", "instalments", "mortgage", "fund", "combined"}


def test_arrears_equal_the_rows_behind_them_and_nobody_with_keys_owed(company):
    today = timezone.localdate(company)
    rows = with_due(Purchase.objects.filter(state__in=OWING), today=today)
    owing = [row for row in rows if row.arrears > 0]
    assert len(owing) >= 3
    total = Decimal(0)
    for row in owing:
        due = row.payment_plan.instalments.filter(due_on__lt=today)
        late = due.aggregate(sum=Sum("amount"))["sum"]
        paid = row.receipts.aggregate(sum=Sum("amount"))["sum"]
        assert row.arrears == late - paid == balance_of(row, today=today).arrears
        total += row.arrears
    assert total > 0
    assert not any(row.state == "handed_over" for row in owing)
    for purchase in sold("handed_over"):
        at = purchase.handed_over_at
        paid = purchase.receipts.filter(recorded_at__lte=at).aggregate(sum=Sum("amount"))["sum"]
        due = purchase.payment_plan.instalments.filter(due_on__lt=timezone.localdate(at))
        assert paid >= (due.aggregate(sum=Sum("amount"))["sum"] or 0)
        assert arrears_before_keys(purchase, company) == []


def test_receipts_never_exceed_the_price_and_money_of_ended_purchases_goes_back(company):
    assert not Receipt.objects.filter(recorded_at__gt=timezone.now()).exists()
    held = Purchase.objects.annotate(held=Sum("receipts__amount")).exclude(held=None)
    assert not held.filter(held__lt=0).exists()
    assert not held.filter(held__gt=F("agreed_total")).exists()
    assert not Purchase.objects.filter(deposit__gt=0, receipts=None).exists()
    assert held.filter(state="cancelled", held=0).exists()
    payments = Receipt.objects.filter(kind="payment")
    noted = BehaviourEvent.objects.filter(kind="transaction", action="payment")
    assert noted.count() == payments.count()


def test_mortgages_end_where_their_events_do(company):
    states = set(Mortgage.objects.values_list("state", flat=True))
    assert {"released", "approved", "refused"} <= states
    last = MortgageEvent.objects.order_by("mortgage", "-at", "-pk").distinct("mortgage")
    at_end = dict(last.values_list("mortgage", "to_state"))
    assert at_end == dict(Mortgage.objects.values_list("pk", "state"))
    assert (
        not Mortgage.objects.filter(state="released")
        .exclude(receipt__amount=F("amount"), receipt__purchase=F("purchase"))
        .exists()
    )
    assert not MortgageEvent.objects.filter(at__gt=timezone.now()).exists()


def test_whoever_signed_has_confirmed_everything(company):
    for purchase in sold()[:40]:
        assert unconfirmed(purchase, company) == []
    told = ToldItem.objects.filter(confirmed_at__gt=F("purchase__signed_at"))
    assert not told.exists()
    contacts = Task.objects.filter(source="specialist")
    assert contacts.count() == Purchase.objects.filter(subscribed_at__isnull=False).count()
    assert contacts.filter(state="open").exists()
    first = sold().filter(project__code=FIRST)
    assert set(first.values_list("specialist__username", flat=True)) == {"specialist"}


def test_viewings_were_held_missed_and_are_to_come(company):
    viewings = Meeting.objects.filter(kind="viewing")
    states = dict(viewings.values_list("state").annotate(Count("pk")).order_by())
    assert states["held"] > 20
    assert states["missed"] >= 3
    assert states["planned"] >= 8
    assert "cancelled" in states
    assert not viewings.filter(state="planned", starts_at__lt=company).exists()
    assert not viewings.exclude(state="planned").filter(starts_at__gt=company).exists()
    came = viewings.filter(state="held", guests__attended=True)
    assert came.count() == states["held"]
    no_shows = BehaviourEvent.objects.filter(action="no_show")
    assert no_shows.count() == states["missed"]
    for viewing in viewings:
        assert 9 <= timezone.localtime(viewing.starts_at).hour < 18
        assert viewing.seat <= 4


def test_launched_projects_had_their_gates_closed(company):
    for launch in ProjectLaunch.objects.select_related("project__node"):
        project = launch.project
        day = timezone.localdate(launch.launched_at)
        people = standings(project, now=launch.launched_at)
        assert people
        assert all(one.has_passed and one.is_assigned and one.has_confirmed for one in people)
        states = {state.gate.key: state.blockers for state in gate_states(project, today=day)}
        for key in ("hall", "manual", "wording", "risk", "comfort", "briefing"):
            assert states[key] == [], (project, key)
        assert set(states) <= set(launch.facts["gates"])
        assert len(launch.facts["disclosures"]) == 6
    waiting = Project.objects.get(code="hupanyuan")
    open_gates = {
        state.gate.key for state in gate_states(waiting, today=company.date()) if state.blockers
    }
    assert {"hall", "manual", "risk", "comfort", "briefing"} <= open_gates
    assert "wording" not in open_gates
    assert Task.objects.filter(source="launch", state="open").exists()


def test_late_projects_have_late_nodes_and_their_buyers_are_told(company):
    today = timezone.localdate(company)
    late = ConstructionNode.objects.filter(reached_on=None, planned_on__lt=today)
    assert late.filter(project__code=FIRST, kind="topping_out").exists()
    assert late.values("project").distinct().count() == 4
    assert late.filter(payments__state="held").exists()
    changes = HomeChange.objects.all()
    assert set(changes.values_list("project", flat=True)) <= set(
        late.values_list("project", flat=True)
    )
    told = [coverage_of(change, now=company) for change in changes]
    assert sum(each.affected for each in told) > 0
    assert 0 < sum(each.told for each in told) <= sum(each.affected for each in told)
    for purchase in sold("handed_over"):
        assert unanswered(purchase, company) == []
    passed = ConstructionNode.objects.filter(is_key=True, result="passed")
    assert passed.exists()
    assert not passed.exclude(reports__has_passed=True).exists()
    sent = ProgressNotice.objects.filter(state="sent")
    assert sent.exists()
    assert not sent.filter(Q(told=0) | Q(approval=None) | Q(photo=None)).exists()


def test_wishes_of_buyers_stand_at_every_step(company):
    states = set(IndividualChange.objects.values_list("state", flat=True))
    assert {"asked", "approved", "signed", "executed", "checked", "refused"} <= states
    assert not IndividualChange.objects.exclude(purchase__project__code=FIRST).exists()


def test_keys_were_given_as_the_stations_say(company):
    handed = sold("handed_over")
    assert handed.exists()
    assert UnitDelivery.objects.filter(taken_at__isnull=False).count() == handed.count()
    for delivery in UnitDelivery.objects.filter(taken_at__isnull=False).select_related(
        "purchase", "batch", "unit__layout", "unit__building", "slot"
    ):
        purchase = delivery.purchase
        assert delivery.taken_at == purchase.handed_over_at
        assert purchase.unit_id == delivery.unit_id
        assert purchase.signed_at < delivery.invited_at < delivery.taken_at
        assert release_blockers(delivery) == []
        majors = delivery.defects.filter(severity="major")
        assert not majors.filter(closed_at__gt=delivery.taken_at).exists()
        visit = delivery.visits.get()
        assert visit.is_taken
        assert visit.signed_name
        stops = {stop.station: stop for stop in visit.stops.all()}
        assert set(stops) == set(Station)
        assert stops["keys"].note
        assert all(stop.queued_at <= stop.called_at <= stop.done_at for stop in stops.values())
        assert delivery.slot.starts_at <= visit.arrived_at
        [notice] = delivery.notices.all()
        assert len(notice.attachments) == len(ATTACHMENTS)
    slots = DeliverySlot.objects.annotate(rows=Count("deliveries"))
    assert not slots.exclude(rows=F("taken")).exists()


def test_batches_are_graded_signed_and_under_way(company):
    batches = DeliveryBatch.objects.select_related("approval")
    assert set(batches.values_list("grade", flat=True)) == {"low", "medium", "high"}
    for batch in batches:
        assert batch.approved_at == batch.approval.used_at
        assert batch.approval.signatures.count() == len(batch.approval.steps)
        assert batch.approval.content["units"] == batch.deliveries.count()
    now = timezone.now()
    rows = UnitDelivery.objects.with_outcome(now=now)
    outcomes = dict(rows.values_list("outcome").annotate(Count("pk")).order_by())
    assert {"taken", "booked", "refused"} <= set(outcomes)
    line = overall(UnitDelivery.objects.all(), now=now)
    assert line.taken.number == outcomes["taken"]
    assert line.invited.number == UnitDelivery.objects.invited().count()
    refused = rows.filter(outcome="refused").first()
    assert refused.refusal == "quality"
    assert refused.defects.filter(severity="major", state="open", occasion="handover").exists()
    assert refused.purchase.state == "signed"
    assert DeliveryVisit.objects.filter(is_taken=False, delivery=refused).count() == 1
    assert DeliveryNotice.objects.count() == line.invited.number
    states = dict(UnitDefect.objects.values_list("pk", "state"))
    ends = {"found": "open", "repair": "repaired", "accept": "closed", "fail": "open"}
    last = DefectEvent.objects.order_by("defect", "-at", "-pk").distinct("defect")
    assert {key: ends[step] for key, step in last.values_list("defect", "step")} == states
    assert not DefectEvent.objects.filter(at__gt=now).exists()


def test_papers_go_with_the_handovers(company):
    for project in Project.objects.filter(launch__isnull=False):
        for kind in ATTACHMENTS:
            found = version_in_force(kind, "project", project.pk, today=company.date())
            assert found is not None
            assert found.approval.state == "used"


def test_the_pages_of_the_way_are_full(client, company):
    pages = {
        "finance": ["arrears", "mortgage-list"],
        "specialist": ["delivery-list", "delivery-units", "delivery-rate", "first-contacts"],
        "consultant": ["viewing-list", "way-list", "purchase-files"],
    }
    for username, names in pages.items():
        sign_in(client, User.objects.get(username=username))
        for name in names:
            page = client.get(reverse(f"customers:{name}"))
            assert page.status_code == 200, name
    sign_in(client, User.objects.get(username="finance"))
    first = sold("signed").filter(project__code=FIRST).first()
    for name in ("purchase-detail", "purchase-payments", "purchase-mortgages", "purchase-file"):
        assert client.get(reverse(f"customers:{name}", args=[first.pk])).status_code == 200, name
    delivery = UnitDelivery.objects.filter(unit__project__code=FIRST).first()
    sign_in(client, User.objects.get(username="specialist"))
    for name, key in (
        ("delivery-unit", delivery.pk),
        ("delivery-batch", delivery.batch_id),
        ("project-launch", delivery.batch.project_id),
        ("launch-team", delivery.batch.project_id),
    ):
        assert client.get(reverse(f"customers:{name}", args=[key])).status_code == 200, name


def test_steps_lie_in_their_order(company):
    begins = timezone.make_aware(datetime.combine(timezone.localdate(company), time.min))
    assert not UnitDelivery.objects.filter(walked_at__gt=F("invited_at")).exists()
    assert not UnitDelivery.objects.filter(invited_at__gt=company).exists()
    assert not DeliverySlot.objects.filter(starts_at__lt=begins, deliveries=None).exists()
    assert Lead.objects.exists()


def test_planted_group_complaints_are_found_among_all_others(company):
    """Each matter is found as a group with most of it, and no two matters are taken for one."""
    planted, found = planted_groups(), suggested_groups()
    assert planted.keys() == {STACK, LATE, HARD_COVER}
    assert min(map(len, planted.values())) >= 5
    best = {name: max(found, key=lambda k: len(found[k] & all_)) for name, all_ in planted.items()}
    assert len(set(best.values())) == 3
    for name, fact in ((STACK, "stack"), (HARD_COVER, "promise"), (LATE, "building")):
        assert len(found[best[name]] & planted[name]) > len(planted[name]) / 2, name
        assert fact in GroupSuggestion.objects.get(pk=best[name]).facts
    group = Ticket.objects.get(kind="group_complaint")
    late = group.members.filter(pk__in=planted[LATE]).count()
    assert late >= 0.8 * len(planted[LATE])
    assert group.representatives.count() == 2
    assert group.group_steps.filter(done_at=None).count() == 2


def test_crises_of_the_demo_are_alive(company):
    room, drill = CrisisRoom.objects.get(is_drill=False), CrisisRoom.objects.get(is_drill=True)
    assert room.about == Ticket.objects.get(kind="group_complaint")
    assert set(room.statements.values_list("state", flat=True)) == {"out", "asked"}
    assert drill.reviewed_at is not None
    manager = sign_in(Client(), User.objects.get(username="service_manager"))
    for each in (room, drill):
        page = manager.get(f"/tickets/crises/{each.pk}/")
        assert each.ticket.subject in page.content.decode()
    assert manager.get("/tickets/groups/").status_code == 200
