"""Promotions that hold stand in the public feed of their project, and go with their time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from marketing.content.services.feeds import refresh_all, set_feed
from marketing.promotions.offering import public_offers

pytestmark = pytest.mark.django_db


@pytest.mark.spec("MKT-40")
def test_the_public_feed_shows_the_offers_that_hold(
    make, approved, priced, project, marketer, building, now
) -> None:
    make("draft-only")
    approved("later", starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=3))
    row = approved("spring", buildings=[building], stock=2)
    set_feed(project=project, is_open=True, steps="看房\n认购", actor=marketer, now=now)
    reader = Client()
    found = reader.get(f"/feed/{project.code}/feed.json").json()
    assert [one["code"] for one in found["offers"]] == ["spring"]
    offer = found["offers"][0]
    assert offer["name"] == row.name
    assert "10000" in offer["terms"]
    assert "每户一次" in offer["terms"]
    assert str(building) in offer["terms"]
    over = row.ends_at
    assert refresh_all(now=over) == 1
    found = reader.get(f"/feed/{project.code}/feed.json").json()
    assert found["offers"] == []


def test_the_offers_read_the_same_for_everybody(approved, project, now) -> None:
    approved("spring")
    kept = public_offers(project, now)
    with translation.override("en"):
        assert public_offers(project, now) == kept


def test_an_offer_that_is_used_up_or_stopped_is_not_public(approved, project, now) -> None:
    used, stopped = approved("used", stock=1), approved("stopped")
    type(used).objects.filter(pk=used.pk).update(taken=1)
    type(stopped).objects.filter(pk=stopped.pk).update(state="stopped")
    assert public_offers(project, now) == []
