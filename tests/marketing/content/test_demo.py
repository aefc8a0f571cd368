"""The demo of content: an advert at each step, and running it again adds nothing."""

import pytest

from crm_site.demo.marketing.content import make_content
from marketing.content.models import (
    Advert,
    Community,
    LiveSession,
    OwnerPost,
    PublicFeed,
    PublicStory,
    PublishedClaim,
)
from tests.conftest import make_user
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_the_demo_shows_adverts_stories_groups_and_a_feed(client, org, marketer, moment) -> None:
    for key in ("channel", "engineering", "head_office", "service_manager", "executive"):
        make_user(org, key)
    for _n in range(3):
        CustomerFactory(project=org.project_one, region=org.region_east)
    for _again in range(2):
        make_content([org.project_one], now=moment)
    states = dict(Advert.objects.values_list("state", "passes"))
    assert states == {"published": True, "review": True, "draft": False}
    assert PublishedClaim.objects.get().text == "绿化率35%"
    assert PublicStory.objects.get().state == "published"
    assert sorted(OwnerPost.objects.values_list("state", flat=True)) == [
        "accepted",
        "accepted",
        "waiting",
    ]
    assert sorted(LiveSession.objects.values_list("state", flat=True)) == ["held", "planned"]
    assert Community.objects.get().questions.count() == 2
    assert PublicFeed.objects.get().versions.count() == 1
    for path in (
        *("/adverts/", "/adverts/archive/", "/content/assets/", "/content/messages/"),
        *("/content/stories/", "/content/posts/", "/content/posts/wall/", "/content/sessions/"),
        *("/communities/", "/content/feeds/"),
    ):
        assert client.get(path).status_code == 200, path
