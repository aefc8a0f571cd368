"""News reaches those it concerns, and the consultant sees who was not told (CUS-45)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.models import Customer, Interaction, NewsItem, NewsTelling
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.selectors.news import matched, not_told
from customers.services.consents import opt_out, record_consent
from customers.services.news import announce
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
OLD, YOUNG = date(1960, 1, 1), date(2000, 1, 1)


def agree(customer, *, given=True, purpose=Purpose.MARKETING, at=None):
    record_consent(
        customer=customer,
        purpose=purpose,
        is_given=given,
        channel=Channel.PHONE,
        actor=None,
        now=at or timezone.now(),
    )
    return customer


def person(owner, **values):
    return agree(CustomerFactory(**{"owner": owner, "birthday": OLD, **values}))


def write(org, **values):
    return NewsItem.objects.create(
        **{"title": "样板间开放", "body": "本周六十点", "project": org.project_one, **values}
    )


def out(org, now, **values):
    return write(org, published_at=now, **values)


def page(client, news, name="news-not-told"):
    return client.get(reverse(f"customers:{name}", args=[news.pk]), headers=ENGLISH)


@pytest.mark.spec("CUS-45")
def test_new_news_makes_a_list_of_those_not_told_for_each_consultant(
    org, client_for, marketing, consultant, consultant_b, supervisor
):
    mine, second, theirs = person(consultant), person(consultant), person(consultant_b)
    editor = client_for(marketing)
    draft = {"title": "样板间开放", "body": "本周六十点", "project": org.project_one.pk}
    assert editor.post(reverse("customers:news-add"), draft).status_code == 302
    news = NewsItem.objects.get()
    assert page(client_for(consultant), news).status_code == 404
    publish = reverse("customers:news-publish", args=[news.pk])
    assert editor.post(publish).status_code == 302
    assert editor.post(publish).status_code == 409
    client = client_for(consultant)
    text = page(client, news).content.decode()
    assert mine.name in text
    assert second.name in text
    assert theirs.name not in text
    other = page(client_for(consultant_b), news).content.decode()
    assert (theirs.name in other, mine.name in other) == (True, False)
    owners = page(client_for(supervisor), news).context["owners"]
    assert [(row["owner_id"], row["n"]) for row in owners] == [
        (consultant.pk, 2),
        (consultant_b.pk, 1),
    ]
    told = reverse("customers:news-told", args=[news.pk, mine.pk])
    assert client.post(told, {"channel": ""}).status_code == 422
    assert NewsTelling.objects.count() == 0
    assert client.post(told, {"channel": "phone"}).status_code == 302
    assert client.post(told, {"channel": "phone"}).status_code == 409
    telling = NewsTelling.objects.get()
    assert (telling.customer, telling.channel, telling.actor) == (mine, "phone", consultant)
    talk = Interaction.objects.get()
    assert (talk.customer, talk.channel, talk.result) == (mine, "phone", "informed")
    text = page(client, news).content.decode()
    assert (mine.name in text, second.name in text) == (False, True)
    read = reverse("customers:telling-read", args=[telling.pk])
    assert client_for(consultant_b).post(read).status_code == 404
    assert client.post(read).status_code == 302
    telling.refresh_from_db()
    assert telling.read_at is not None
    assert page(client, news, "news-detail").context["read"] == 1


def test_it_concerns_by_project_class_stage_and_layout_who_agreed(org, consultant, now):
    yes = person(
        consultant,
        customer_class="intent",
        buying_stage="deciding",
        layout="三居",
        project_id=org.project_one.pk,
    )
    at = timezone.now()
    news = out(
        org, at, audience={"classes": ["intent"], "stages": ["deciding"], "layouts": ["三居"]}
    )
    for wrong in (
        {"customer_class": "existing"},
        {"buying_stage": "watching"},
        {"layout": "两居"},
        {"project_id": org.project_two.pk},
    ):
        base = {"customer_class": "intent", "buying_stage": "deciding", "layout": "三居"}
        person(consultant, **{**base, **wrong})
    same = {"customer_class": "intent", "buying_stage": "deciding", "layout": "三居"}
    CustomerFactory(owner=consultant, **same)
    agree(person(consultant, **same), given=False)
    agree(person(consultant, **same), given=False, purpose=Purpose.CONTACT)
    merged = person(consultant, **same)
    Customer.objects.filter(pk=merged.pk).update(merged_into=yes)
    by_lead = person(consultant, **same, project_id=org.project_two.pk)
    LeadFactory(customer=by_lead, project=org.project_one)
    assert set(matched(news, now=timezone.now())) == {yes, by_lead}


def test_who_is_reached_by_message_gets_one_and_it_counts_once_delivered(
    org, consultant, now, client_for
):
    young, old = person(consultant, birthday=YOUNG), person(consultant)
    young.contacts.create(kind="wechat", value="wx-1", value_index=b"1")
    news = out(org, now)
    agreed = timezone.now() + timedelta(seconds=1)
    assert (announce(now=now + timedelta(minutes=1)), announce(now=now + timedelta(minutes=2))) == (
        1,
        0,
    )
    message = Message.objects.get()
    assert (message.channel, message.addressee_id) == ("wechat", str(young.pk))
    assert list(not_told(news, now=agreed)) == [old]
    assert deliver_due(now=now + timedelta(minutes=3)).sent == 1
    telling = NewsTelling.objects.get()
    assert (telling.customer, telling.channel, telling.actor) == (young, "wechat", None)
    talk = Interaction.objects.get()
    assert (talk.customer, talk.is_automatic, talk.content) == (young, True, "样板间开放")
    assert list(not_told(news, now=agreed)) == [old]


def test_a_message_held_back_puts_the_customer_on_the_list(org, consultant, now):
    young = person(consultant, birthday=YOUNG, channel_wish="sms")
    news = out(org, now)
    assert announce(now=now) == 1
    assert list(not_told(news, now=now)) == []
    opt_out(customer=young, channel=Channel.SMS, actor=None, now=now)
    assert deliver_due(now=now).suppressed == 1
    assert NewsTelling.objects.count() == 0
    assert list(not_told(news, now=now)) == [young]
    assert announce(now=now) == 0


def test_withdrawn_news_stops_what_waits_and_empties_the_lists(
    org, consultant, client_for, marketing, now
):
    person(consultant, channel_wish="sms")
    person(consultant)
    news = out(org, timezone.now() - timedelta(minutes=1))
    assert announce(now=timezone.now()) == 1
    url = reverse("customers:news-withdraw", args=[news.pk])
    assert client_for(consultant).post(url).status_code == 403
    assert client_for(marketing).post(url).status_code == 302
    assert client_for(marketing).post(url).status_code == 409
    row = Message.objects.get()
    assert (row.state, row.reason) == ("suppressed", "called_off")
    news.refresh_from_db()
    assert list(not_told(news, now=timezone.now())) == []
    assert announce(now=timezone.now()) == 0


def test_nobody_tells_who_did_not_agree_or_refused_the_channel(org, client_for, consultant):
    client = client_for(consultant)
    customer = CustomerFactory(owner=consultant)
    news = out(org, timezone.now())
    url = reverse("customers:news-told", args=[news.pk, customer.pk])
    assert client.post(url, {"channel": "phone"}).status_code == 422
    agree(customer)
    opt_out(customer=customer, channel=Channel.PHONE, actor=consultant, now=timezone.now())
    assert client.post(url, {"channel": "phone"}).status_code == 422
    assert (NewsTelling.objects.count(), Interaction.objects.count()) == (0, 0)
    assert client.post(url, {"channel": "visit"}).status_code == 302


def test_drafts_and_other_projects_are_not_seen_and_writing_needs_the_right(
    org, client_for, consultant, consultant_c, marketing
):
    draft, shown = write(org, title="草稿"), out(org, timezone.now(), title="已发布")
    text = client_for(consultant).get(reverse("customers:news-list")).content.decode()
    assert ("草稿" in text, "已发布" in text) == (False, True)
    assert page(client_for(consultant), draft, "news-detail").status_code == 404
    assert page(client_for(consultant_c), shown, "news-detail").status_code == 404
    assert client_for(consultant).get(reverse("customers:news-add")).status_code == 403
    editor = client_for(marketing)
    url = reverse("customers:news-edit", args=[draft.pk])
    good = {"title": "草稿二", "body": "正文", "project": org.project_one.pk}
    for bad in ({"body": "打13800138000"}, {"body": "绝对升值"}, {"project": org.project_two.pk}):
        assert editor.post(url, {**good, **bad}).status_code == 422
    assert editor.post(url, good).status_code == 302
    assert NewsItem.objects.get(pk=draft.pk).title == "草稿二"
    published = reverse("customers:news-edit", args=[shown.pk])
    assert editor.post(published, good).status_code == 409


def test_the_list_costs_the_same_for_one_customer_and_for_twenty(
    org, client_for, consultant, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    news = out(org, timezone.now())
    person(consultant)
    client = client_for(consultant)
    page(client, news)
    with CaptureQueriesContext(connection) as one:
        page(client, news)
    for _ in range(19):
        person(consultant)
    with django_assert_num_queries(len(one)):
        assert len(page(client, news).context["page"].rows) == 20
