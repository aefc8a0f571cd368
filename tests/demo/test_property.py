"""The demo company has something to sell: projects, buildings, units, papers."""

import random
from datetime import timedelta

import pytest

from crm_site.demo.company import build_company
from crm_site.demo.property import LATER, build_property
from customers.models import AdverseFactor, Certificate, Project, ProjectLaunch, ProjectPhase, Unit
from customers.property.gates import missing_certificates

pytestmark = pytest.mark.django_db


def test_twelve_projects_of_six_thousand_units(now) -> None:
    chance = random.Random(7)  # noqa: S311 -- demo data
    sites = build_property(build_company(), chance=chance, now=now, customers=2000)
    assert [site.released for site in sites[:5]] == [2, 2, 2, 0, 2]
    assert Project.objects.count() == 12
    assert 5900 < Unit.objects.count() < 6300
    assert ProjectPhase.objects.count() == 84
    later = Unit.objects.filter(withheld_reason=LATER)
    assert later.filter(building__sort_key=2, project__code="yunqili").count() == 108
    assert not later.filter(building__sort_key__lt=2).exists()
    assert Unit.objects.exclude(withheld_at=None).exclude(withheld_reason=LATER).count() == 60
    assert Unit.objects.filter(measured_area__isnull=False).exists()
    assert AdverseFactor.objects.count() == 24
    launched = ProjectLaunch.objects.values_list("project", flat=True)
    assert len(launched) == 9
    today = (now + timedelta(hours=8)).date()
    for project in Project.objects.filter(pk__in=launched):
        assert Certificate.objects.filter(project=project).count() == 5
        assert missing_certificates(project, today) == []


def test_more_customers_find_more_buildings(now) -> None:
    chance = random.Random(7)  # noqa: S311 -- demo data
    sites = build_property(build_company(), chance=chance, now=now, customers=20_000)
    assert sites[0].released == 15
    on_sale = Unit.objects.filter(project=sites[0].project, kind="flat", withheld_at=None).count()
    assert on_sale > 1.5 * 20_000 * 8 / 36 * 0.22
    names = [building.name for building in sites[0].project.buildings.all()]
    assert names[:6] == ["1栋", "2栋", "3栋", "5栋", "6栋", "7栋"]
    assert "14栋" not in names
