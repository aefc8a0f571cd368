"""A project that waits for its launch, and the people who prepare it."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import Project, ProjectLaunch
from customers.property.launching import tick_disclosure
from customers.property.rules import DisclosureKind
from tests.property.conftest import papers, phases, png, today
from tests.purchase.conftest import building, buyer, colleague, make_units, project, seller, unit

__all__ = [
    "building",
    "buyer",
    "colleague",
    "make_units",
    "papers",
    "phases",
    "png",
    "project",
    "seller",
    "today",
    "unit",
]


@pytest.fixture
def pages(client_for):
    """Give a browser to each person."""
    known = {}

    def of(user):
        if user.pk not in known:
            known[user.pk] = client_for(user)
        return known[user.pk]

    return of


@pytest.fixture
def waiting(project, unit, phases, papers, today, marketing, executive) -> Project:
    """The project before its launch: day, phase, hall and certificates are in order."""
    ProjectLaunch.objects.filter(project=project).delete()
    Project.objects.filter(pk=project.pk).update(launch_on=today + timedelta(days=20))
    for kind in DisclosureKind:
        tick_disclosure(
            project=project,
            kind=kind.value,
            photo=png(),
            note="",
            actor=marketing,
            now=timezone.now(),
        )
    return Project.objects.select_related("node").get(pk=project.pk)


def gate(html: str, key: str) -> str:
    """Return what the launch page says of one gate."""
    found = re.search(rf'<li id="gate-{key}">(.*?)</li>', html, re.DOTALL)
    assert found is not None, key
    return found.group(1)


def upload(name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(), "image/png")
