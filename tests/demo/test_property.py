"""The demo company has something to sell: projects, buildings, units, papers."""

import random
from datetime import timedelta

import pytest

from crm_site.demo.company import build_company
from crm_site.demo.property import build_property
from customers.models import AdverseFactor, Certificate, Project, ProjectLaunch, ProjectPhase, Unit
from customers.property.gates import missing_certificates

pytestmark = pytest.mark.django_db


def test_twelve_projects_of_six_thousand_units(now) -> None:
    build_property(build_company(), chance=random.Random(7), now=now)  # noqa: S311 -- demo data
    assert Project.objects.count() == 12
    assert 5900 < Unit.objects.count() < 6300
    assert ProjectPhase.objects.count() == 84
    assert Unit.objects.filter(withheld_at__isnull=False).count() == 98
    assert Unit.objects.filter(measured_area__isnull=False).exists()
    assert AdverseFactor.objects.count() == 24
    launched = ProjectLaunch.objects.values_list("project", flat=True)
    assert len(launched) == 9
    today = (now + timedelta(hours=8)).date()
    for project in Project.objects.filter(pk__in=launched):
        assert Certificate.objects.filter(project=project).count() == 5
        assert missing_certificates(project, today) == []
