"""The notification centre in the reader's language, and the message log without people."""

from datetime import timedelta

import pytest
from django.utils import translation

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message, Notification
from crm_site.outbox.services import Outgoing, send_many, unread_count
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
PARAMS = {"customer": "张三", "due": "10:32"}


@pytest.fixture
def told(now):
    def write(user, *, count=1, kind="test.sample", subject=None, at=now):
        start = Message.objects.count()
        send_many(
            [Outgoing(kind, user, f"n{start + n}", PARAMS, subject) for n in range(count)],
            now=at,
        )
        deliver_due(now=at)
        return list(Notification.objects.filter(recipient=user).order_by("pk"))

    return write


def test_an_empty_centre_says_so(consultant, client_for):
    answer = client_for(consultant).get("/notifications/")
    assert answer.status_code == 200
    assert 'class="empty' in answer.content.decode()


def test_ones_own_notifications_by_day_latest_first(
    consultant, consultant_b, client_for, told, now
):
    told(consultant, at=now - timedelta(days=1))
    told(consultant, count=2)
    told(consultant_b)
    answer = client_for(consultant).get("/notifications/")
    days = answer.context["days"]
    assert [len(lines) for _day, lines in days] == [2, 1]
    assert days[0][0] > days[1][0]
    assert answer.content.decode().count("Call 张三") >= 3


def test_the_words_are_made_in_the_language_of_the_reader(consultant, told):
    from crm_site.outbox.selectors import lines, mine

    told(consultant, kind="test.words")
    with translation.override("en"):
        assert lines(mine(consultant), user=consultant)[0].title == "Yes"


def test_a_kind_that_no_longer_exists_still_shows(consultant, client_for, told):
    told(consultant)
    Message.objects.update(kind="gone.kind")
    assert "gone.kind" in client_for(consultant).get("/notifications/").content.decode()


def test_the_link_leads_to_the_subject_only_while_one_may_see_it(
    consultant, consultant_c, client_for, told
):
    own = CustomerFactory(owner=consultant)
    strange = CustomerFactory(owner=consultant_c)
    told(consultant, subject=("customer", own.pk))
    told(consultant, subject=("customer", strange.pk))
    answer = client_for(consultant).get("/notifications/")
    urls = [line.url for _day, lines in answer.context["days"] for line in lines]
    assert urls == ["", f"/customers/{own.pk}/"]


def test_as_many_queries_for_many_notifications(
    consultant, client_for, told, django_assert_max_num_queries
):
    own = CustomerFactory(owner=consultant)
    client = client_for(consultant)
    told(consultant, subject=("customer", own.pk))
    client.get("/notifications/")
    with django_assert_max_num_queries(12):
        few = client.get("/notifications/")
    told(consultant, count=40, subject=("customer", own.pk))
    with django_assert_max_num_queries(12):
        many = client.get("/notifications/")
    assert (few.status_code, many.status_code) == (200, 200)


def test_the_bell_counts_the_unread(consultant, client_for, told):
    client = client_for(consultant)
    assert "bell-n" not in client.get("/notifications/bell/").content.decode()
    told(consultant, count=3)
    assert ">3<" in client.get("/notifications/bell/").content.decode()


def test_reading_one_and_going_where_it_leads(consultant, client_for, told):
    own = CustomerFactory(owner=consultant)
    note = told(consultant, subject=("customer", own.pk))[0]
    answer = client_for(consultant).post(f"/notifications/{note.pk}/read/", {"go": "1"})
    assert (answer.status_code, answer.url) == (302, f"/customers/{own.pk}/")
    assert unread_count(consultant) == 0


def test_marking_as_read_comes_back_and_follows_no_foreign_address(consultant, client_for, told):
    note = told(consultant)[0]
    answer = client_for(consultant).post(
        f"/notifications/{note.pk}/read/", {"next": "https://evil.example/"}
    )
    assert answer.url == "/notifications/"


def test_somebody_elses_notification_is_not_there(consultant, consultant_b, client_for, told):
    note = told(consultant)[0]
    answer = client_for(consultant_b).post(f"/notifications/{note.pk}/read/")
    assert answer.status_code == 404
    assert unread_count(consultant) == 1


def test_marking_all_reaches_only_ones_own(consultant, consultant_b, client_for, told):
    told(consultant, count=3)
    told(consultant_b)
    client_for(consultant).post("/notifications/read/")
    assert (unread_count(consultant), unread_count(consultant_b)) == (0, 1)


def test_reading_changes_nothing_on_get(consultant, client_for, told):
    note = told(consultant)[0]
    assert client_for(consultant).get(f"/notifications/{note.pk}/read/").status_code == 405
    assert unread_count(consultant) == 1


def test_the_log_is_for_operations_and_names_nobody(sysadmin, consultant, client_for, told):
    told(consultant, count=2)
    answer = client_for(sysadmin).get("/notifications/log/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "test.sample" in page
    assert "张三" not in page
    assert "consultant" not in page
    assert client_for(consultant).get("/notifications/log/").status_code == 403
