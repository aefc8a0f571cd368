"""The demo company as it stands in the database, beside the truth kept outside (BEY-14)."""

from datetime import timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Min
from django.utils import timezone

from crm_site.demo.stories import Teller
from crm_site.demo.world import REALISTIC, draw
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from customers.models import (
    BehaviourEvent,
    ConsentEvent,
    Customer,
    CustomerShare,
    CustomerStanding,
    CustomerTag,
    DuplicateSuggestion,
    IntentRegistration,
    Interaction,
    Lead,
    LeadClock,
    LeadEvent,
    Meeting,
    NewsItem,
    OwnershipEvent,
    Project,
    StageEvent,
)
from customers.rules.axes import LeadState
from tests.demo.company.conftest import COUNT

pytestmark = pytest.mark.django_db


def test_the_office_has_something_on_every_page(truth):
    consultant = User.objects.get(username="consultant")
    assert Meeting.objects.filter(owner=consultant, kind="meeting").count() == 4
    assert Meeting.objects.filter(kind="upkeep").exists()
    assert RegisterEntry.objects.filter(register="promises", owner=consultant).count() == 3
    assert CustomerTag.objects.filter(by_rule=True).exists()
    assert NewsItem.objects.filter(published_at__isnull=False).count() == 2
    assert CustomerShare.objects.filter(to_project__code="yunqili", state="offered").exists()
    assert DuplicateSuggestion.objects.filter(state="open").exists()
    assert CustomerStanding.objects.count() == COUNT


@pytest.mark.spec("BEY-14")
def test_the_company_carries_the_planted_truth_in_raw_events(truth):
    told = {one["customer"]: one for one in truth["customers"]}
    assert len(told) == Customer.objects.count() == COUNT
    assert len(truth["projects"]) == 12
    assert set(truth["diligence"]) == set(
        User.objects.filter(role="consultant").values_list("username", flat=True)
    )
    leads = {lead.customer.external_id: lead for lead in Lead.objects.select_related("customer")}
    prospects = ("intent", "visited", "subscribed")
    for number, one in told.items():
        lost = bool(one["is_lost"]) and one["facts"]["stage"] in prospects
        assert (leads[number].state == LeadState.LOST.value) == lost
    cited = {number for number, one in told.items() if one.get("reasons") and one["is_lost"]}
    reasons = {leads[number].lost_reason for number in cited if leads[number].lost_reason}
    assert reasons == {"service", "price"}
    reassigned = {
        number
        for number, one in told.items()
        if one["facts"]["was_reassigned"] and leads[number].state not in ("new", "assigned")
    }
    moved = OwnershipEvent.objects.filter(kind="assigned")
    assert set(moved.values_list("customer__external_id", flat=True)) == reassigned
    rivals = IntentRegistration.objects.exclude(competitors="")
    assert set(rivals.values_list("customer__external_id", flat=True)) <= {
        number for number, one in told.items() if one["facts"]["saw_competitor"]
    }
    doubles = {number: one["same_as"] for number, one in told.items() if one["same_as"]}
    assert doubles
    for number, other in doubles.items():
        pair = Customer.objects.filter(external_id__in=(number, other))
        assert len({customer.name for customer in pair}) == 1
        assert len({customer.phone for customer in pair}) == 2


def test_the_first_response_is_the_one_of_the_truth(truth):
    hours = {one["customer"]: one["facts"]["response_hours"] for one in truth["customers"]}
    first = Lead.objects.annotate(first=Min("interactions__at")).exclude(first=None)
    for number, received_at, at in first.values_list(
        "customer__external_id", "received_at", "first"
    ):
        assert at - received_at == pytest.approx(
            timedelta(hours=hours[number]), abs=timedelta(seconds=1)
        )


def test_history_is_whole_and_in_order(truth):
    assert not LeadEvent.objects.filter(at__lt=F("lead__received_at")).exists()
    assert not Interaction.objects.filter(at__lt=F("lead__received_at")).exists()
    latest = StageEvent.objects.order_by("customer", "-at", "-id").distinct("customer")
    at_end = dict(latest.values_list("customer", "to_stage"))
    for customer in Customer.objects.all():
        assert customer.buying_stage == at_end.get(customer.pk, "preparing")
    assert ConsentEvent.objects.filter(purpose="contact").count() > COUNT * 0.9
    assert BehaviourEvent.objects.filter(kind="browsing").exists()
    assert LeadClock.objects.filter(state="running").exists()


def stories_of_50(now):
    """Return 50 stories told at ``now``."""
    drawn = draw(world=REALISTIC, count=50, projects=3, consultants=[0, 1, 2], seed=7)
    sold = User.objects.filter(role="consultant").values("node__parent")
    projects = list(Project.objects.select_related("node").filter(pk__in=sold).order_by("code")[:3])
    staff = [
        User.objects.filter(role="consultant", node__project_id=project.pk).first()
        for project in projects
    ]

    chance = Random(7)  # noqa: S311
    teller = Teller(projects=projects, staff=staff, chance=chance, now=now)
    return [teller.tell(number, *pair) for number, pair in enumerate(drawn.people)]


def test_the_same_seed_tells_the_same_stories(truth, now):
    def tell():
        return [(one.customer.name, one.moves, one.talks) for one in stories_of_50(now)]

    assert tell() == tell()


def test_the_stories_do_not_depend_on_the_hour_of_their_telling(truth, now):
    def tell(hour):
        at = timezone.localtime(now).replace(hour=hour)
        return [
            (one.customer.name, one.state, one.source, one.lost_reason, one.owner, len(one.talks))
            for one in stories_of_50(at)
        ]

    told = tell(3)
    assert len({state for _name, state, *_rest in told}) >= 4
    assert tell(8) == tell(13) == tell(22) == told


def test_a_company_with_people_is_left_alone(truth, tmp_path):
    with pytest.raises(CommandError, match="already holds people"):
        call_command("seed_demo", customers=5, truth=tmp_path / "again.json", verbosity=0)
    assert Customer.objects.count() == COUNT
    assert not (tmp_path / "again.json").exists()
