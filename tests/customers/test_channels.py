"""Over which channel a customer is spoken to, and in which words (CUS-46, CUS-47)."""

from datetime import date

import pytest
from django.urls import reverse

from customers import choices
from customers.contact_policies import ChannelRules
from customers.models import ChannelOptOut, ContactTemplate, Interaction
from customers.rules.axes import Channel
from customers.rules.channel_choice import Information, Person, Why, age_on, suggest
from customers.rules.texts import fill, forbidden_words, unknown_fields
from customers.selectors.channels import suggested_channel
from customers.services.consents import opt_out
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
TABLE = ChannelRules().table()
CONTACT = [channel for channel in Channel if channel is not Channel.NOTE]
TEXT = {"title": "欢迎", "text": "{name}您好，我是{consultant}。", "is_active": "on"}


def chosen(information=Information.TALK, **known):
    found = suggest(Person(**known), table=TABLE, information=information)
    return (found.channel, found.why) if found else None


@pytest.fixture
def customer(consultant):
    return CustomerFactory(name="王浩然", owner=consultant)


@pytest.mark.parametrize(
    ("known", "channel", "why"),
    [
        ({"age": 27}, Channel.WECHAT, Why.YOUNG),
        ({"age": 62}, Channel.PHONE, Why.OLDER),
        ({"age": 44}, Channel.WECHAT, Why.YOUNG),
        ({"age": 45}, Channel.PHONE, Why.OLDER),
        ({}, Channel.PHONE, Why.AGE_UNKNOWN),
        ({"age": 62, "wish": Channel.EMAIL}, Channel.EMAIL, Why.WISH),
        ({"age": 27, "refused": frozenset({Channel.WECHAT})}, Channel.SOCIAL, Why.YOUNG),
        (
            {"wish": Channel.SMS, "refused": frozenset({Channel.SMS})},
            Channel.PHONE,
            Why.AGE_UNKNOWN,
        ),
        ({"age": 62, "contacts": 4}, Channel.WECHAT, Why.FREQUENT),
        ({"age": 62, "reachable": frozenset({Channel.VISIT})}, Channel.VISIT, Why.OLDER),
    ],
)
def test_wish_then_need_then_age_decide(known, channel, why):
    assert chosen(**known) == (channel, why)


def test_urgent_matters_go_by_phone_whatever_the_age():
    assert chosen(Information.URGENT, age=27) == (Channel.PHONE, Why.URGENT)


def test_a_refused_channel_is_never_offered_and_with_all_refused_none():
    for information in Information:
        for age in (None, 27, 62):
            refused: frozenset[Channel] = frozenset()
            for _ in CONTACT:
                channel, _why = chosen(information, age=age, refused=refused)
                assert channel not in refused
                refused |= {channel}
            assert chosen(information, age=age, refused=refused) is None


def test_age_counts_completed_years():
    assert age_on(date(2026, 5, 19), date(1999, 5, 20)) == 26
    assert age_on(date(2026, 5, 20), date(1999, 5, 20)) == 27
    assert age_on(date(2026, 5, 20), None) is None


@pytest.mark.spec("CUS-47")
def test_the_record_suggests_by_age_and_wish_and_never_a_refused_channel(
    client_for, consultant, customer, now
):
    client = client_for(consultant)
    refusal = reverse("customers:channel-refusal", args=[customer.pk])

    def shown():
        tab = reverse("customers:consents", args=[customer.pk])
        page = client.get(tab, headers=ENGLISH).content.decode()
        record = client.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
        picked = record.split('name="channel"')[1].split(" selected")[0].rsplit('value="', 1)[1]
        return page.split("Suggested: <b>")[1].split("</b>")[0], picked.split('"')[0]

    customer.birthday = date(1999, 1, 1)
    customer.save()
    assert shown() == ("WeChat", "wechat")
    customer.birthday = date(1964, 1, 1)
    customer.save()
    assert shown() == ("Phone call", "phone")
    customer.channel_wish = "email"
    customer.save()
    assert shown() == ("E-mail", "email")
    assert client.post(refusal, {"channel": "fax", "is_refused": "yes"}).status_code == 422
    assert ChannelOptOut.objects.count() == 0
    assert client.post(refusal, {"channel": "email", "is_refused": "yes"}).status_code == 302
    assert shown() == ("Phone call", "phone")
    assert client.post(refusal, {"channel": "phone", "is_refused": "yes"}).status_code == 302
    assert shown() == ("SMS", "sms")
    assert client.post(refusal, {"channel": "email", "is_refused": "no"}).status_code == 302
    assert shown() == ("E-mail", "email")


def test_with_every_channel_refused_nothing_is_suggested(customer, consultant, now):
    for channel in CONTACT:
        opt_out(customer=customer, channel=channel, actor=consultant, now=now)
    assert suggested_channel(customer, now=now) is None


# Texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{name}您好", []),
        ("{price}起，{name}", ["price"]),
        ("{ name }", [" name "]),
        ("{name", ["{"]),
        ("没有括号}", ["}"]),
        ("{}", [""]),
    ],
)
def test_what_is_no_merge_field_is_named(text, unknown):
    assert unknown_fields(text) == unknown


def test_forbidden_words_are_found_in_any_case_and_blank_ones_never():
    assert forbidden_words("The BEST 绝对值得", ["best", "绝对", "", " "]) == ["best", "绝对"]
    assert fill("{name}与{consultant}{other}", {"name": "王"}) == "王与"


@pytest.mark.spec("CUS-46")
def test_each_talk_has_a_channel_of_the_list_and_a_text_exists_for_each(
    client_for, consultant, customer
):
    client = client_for(consultant)
    page = client.get(reverse("customers:text-list"), headers=ENGLISH).content.decode()
    for _value, label in choices.CONTACT_CHANNELS:
        assert page.count(f'<span class="tag">{label}</span>') == 4
    assert len(choices.CONTACT_CHANNELS) == 10
    log = reverse("customers:interaction-add", args=[customer.pk])
    for channel in CONTACT:
        use = reverse("customers:text-use", args=[customer.pk])
        box = client.get(use, {"channel": channel.value, "text": "welcome"})
        assert box.status_code == 200
        assert "王浩然您好" in box.content.decode()
        talk = {"channel": channel.value, "result": "informed", "content": "已介绍项目"}
        assert client.post(log, talk).status_code == 302
        sent = {"customer": customer.pk, **talk}
        answer = client.post("/api/v1/interactions/", sent, content_type="application/json")
        assert answer.status_code == 201, answer.content
    assert client.post(log, {**talk, "channel": "fax"}).status_code == 422
    rows = Interaction.objects.values_list("channel", flat=True)
    assert sorted(rows) == sorted([channel.value for channel in CONTACT] * 2)


def test_a_text_is_edited_previewed_and_used(client_for, marketing, consultant, customer):
    url = reverse("customers:text-edit", args=["welcome", "wechat"])
    editor = client_for(marketing)
    seen = editor.post(url, {**TEXT, "preview": "1"}, headers=ENGLISH)
    assert (seen.status_code, ContactTemplate.objects.count()) == (200, 0)
    assert "王浩然您好，我是李晓。" in seen.content.decode()
    assert editor.post(url, TEXT).status_code == 302
    assert editor.post(url, {**TEXT, "title": "欢迎您"}).status_code == 302
    row = ContactTemplate.objects.get()
    assert (row.key, row.channel, row.title, row.text) == (
        "welcome",
        "wechat",
        "欢迎您",
        TEXT["text"],
    )
    client = client_for(consultant)
    use = reverse("customers:text-use", args=[customer.pk])
    asked = {"channel": "wechat", "text": "welcome"}
    box = client.get(use, asked).content.decode()
    assert "王浩然您好，我是consultant。" in box
    assert 'id="id_content"' in box
    assert client.get(use).status_code == 204
    editor.post(url, {"title": "x", "text": "y"})
    assert client.get(use, asked).status_code == 404


@pytest.mark.parametrize(
    ("text", "named"),
    [("{price}起", "price"), ("绝对升值", "绝对"), ("本项目稳赚", "稳赚"), ("", "required")],
)
def test_a_text_with_an_unknown_field_or_against_the_tone_is_refused_by_name(
    client_for, marketing, text, named
):
    url = reverse("customers:text-edit", args=["welcome", "sms"])
    answer = client_for(marketing).post(url, {**TEXT, "text": text}, headers=ENGLISH)
    assert answer.status_code == 422
    assert named in str(answer.context["form"].errors["text"])
    assert answer.content.decode().count("err-sum") > 0
    assert ContactTemplate.objects.count() == 0


@pytest.mark.parametrize("path", ["nothing/sms", "welcome/note", "welcome/fax"])
def test_texts_that_cannot_exist_are_not_found(client_for, marketing, path):
    assert client_for(marketing).get(f"/templates/{path}/").status_code == 404
