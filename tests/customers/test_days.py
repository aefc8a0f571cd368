"""Days are days: birthdays of summers with daylight saving, leap days, edges at midnight (A-59)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from crm_site.calendars.rules.working_time import SHANGHAI
from crm_site.exchange.registry import Reading
from crm_site.exchange.rules.dates import DateOrder
from customers.importers import parsers
from customers.models import Customer, Interaction, Task
from customers.rules.axes import Channel, Result
from customers.selectors.today import today
from customers.services.interactions import InteractionEntry, log_interaction
from tests.factories import CustomerFactory, TaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-59")]
# Summer time in Shanghai: 1940 to 1949 and 1986 to 1991; midnight of 1941-03-15 does not exist.
BIRTHDAYS = ("1988-07-01", "1941-03-15", "1986-05-04", "1991-09-15", "1940-06-01", "2000-02-29")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock of the product."""

    def set_to(moment: datetime) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return set_to


@pytest.mark.parametrize("born", BIRTHDAYS)
def test_a_birthday_is_the_same_day_everywhere(client_for: Any, consultant: Any, born: str) -> None:
    customer = CustomerFactory(owner=consultant)
    client, url = client_for(consultant), f"/api/v1/customers/{customer.pk}/"
    body = {"version": customer.version, "changes": {"birthday": born}}
    assert client.patch(url, body, "application/json").status_code == 200

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT birthday::text, pg_typeof(birthday)::text FROM customers_customer WHERE id=%s",
            [customer.pk],
        )
        assert cursor.fetchone() == (born, "date")
    assert client.get(url).json()["birthday"] == born
    assert born in client.get(f"/customers/{customer.pk}/").content.decode()
    edit = client.get(f"/customers/{customer.pk}/edit/")
    assert edit.context["form"]["birthday"].value() == date.fromisoformat(born)
    assert f'value="{born}"' in edit.content.decode()
    for text in (born, born.replace("-", "/"), f"{born[:4]}年{born[5:7]}月{born[8:]}日"):
        reading = Reading(DateOrder.YEAR_FIRST, SHANGHAI, date(2026, 5, 20))
        assert parsers.birthday(text, reading) == date.fromisoformat(born)


@pytest.mark.parametrize("born", BIRTHDAYS)
def test_the_session_of_the_database_does_not_move_a_birthday(consultant: Any, born: str) -> None:
    """A timestamp at midnight, the negative control, is another day at fixed +08:00."""
    customer = CustomerFactory(owner=consultant, birthday=date.fromisoformat(born))
    moment = datetime.fromisoformat(f"{born}T00:00").replace(tzinfo=SHANGHAI)
    fixed = timezone.get_fixed_timezone(8 * 60)
    moved = moment.astimezone(fixed).date().isoformat() != born
    assert moved == (born in ("1988-07-01", "1991-09-15"))
    with connection.cursor() as cursor:
        for zone in ("UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"):
            cursor.execute("SELECT set_config('timezone', %s, true)", [zone])
            assert Customer.objects.get(pk=customer.pk).birthday == date.fromisoformat(born)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2027, 2, 20, 15, 59, 59, tzinfo=UTC), False),  # 23:59:59 on the 20th
        (datetime(2027, 2, 20, 16, 0, tzinfo=UTC), True),  # midnight of the 21st
        (datetime(2027, 2, 28, 15, 59, 59, tzinfo=UTC), True),  # the last second of the 28th
        (datetime(2027, 2, 28, 16, 0, tzinfo=UTC), False),
        (datetime(2028, 2, 29, 4, 0, tzinfo=UTC), True),  # the day itself
        (datetime(2028, 2, 29, 16, 0, tzinfo=UTC), False),
    ],
)
def test_a_leap_day_is_kept_on_the_last_of_february(
    client_for: Any, consultant: Any, at: Any, moment: datetime, shown: bool
) -> None:
    CustomerFactory(owner=consultant, name="闰日生", birthday=date(2000, 2, 29))
    client = client_for(consultant)
    at(moment)
    client.force_login(consultant, backend="crm_site.staff.backends.RoleBackend")
    page = client.get("/")
    assert page.status_code == 200
    assert ("闰日生" in page.content.decode()) == shown


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_the_day_begins_and_ends_at_midnight_in_shanghai(consultant: Any, hour: int) -> None:
    """Three hours of 20 May, one list: what is due between its midnights."""
    owner = {"owner": consultant}
    dues = {
        "前一天": datetime(2026, 5, 19, 15, 59, 59, tzinfo=UTC),
        "零点": datetime(2026, 5, 19, 16, 0, tzinfo=UTC),
        "末秒": datetime(2026, 5, 20, 15, 59, 59, tzinfo=UTC),
        "后一天": datetime(2026, 5, 20, 16, 0, tzinfo=UTC),
    }
    for name, due_at in dues.items():
        TaskFactory(customer=CustomerFactory(name=name, **owner), due_at=due_at)
    now = datetime(2026, 5, 20, hour, 0, tzinfo=SHANGHAI)
    day = today(user=consultant, now=now)
    assert day.date == date(2026, 5, 20)
    rows = {section.key: {row.customer_name for row in section.rows} for section in day.sections}
    named = set().union(*rows.values())
    assert named == {"前一天", "零点", "末秒"}
    assert rows["overdue"] == {"前一天"} | ({"零点"} if hour else set())


def test_days_of_the_audit_trail_begin_at_midnight_in_shanghai(
    client_for: Any, org: Any, at: Any
) -> None:
    from crm_site.audit.models import AuditEvent
    from crm_site.audit.services import record
    from tests.conftest import make_user

    auditor = make_user(org, "auditor")
    before = datetime(2026, 5, 19, 15, 59, 59, tzinfo=UTC)
    first = before + timedelta(seconds=1)
    last = datetime(2026, 5, 20, 15, 59, 59, tzinfo=UTC)
    after = last + timedelta(seconds=1)
    for moment in (before, first, last, after):
        record(kind="login.failed", actor=None, facts={}, now=moment)
    assert AuditEvent.objects.count() == 4
    client = client_for(auditor)
    page = client.get("/audit/?since=2026-05-20&until=2026-05-20")
    failed = [row.at for row in page.context["page"].rows if row.kind == "login.failed"]
    assert sorted(failed) == [first, last]


@pytest.mark.parametrize(("minutes", "is_taken"), [(-10, True), (10, True), (11, False)])
def test_a_device_may_run_ten_minutes_fast(
    consultant: Any, now: datetime, minutes: int, is_taken: bool
) -> None:
    """The talk counts at the time its device says; beyond ten minutes it is refused."""
    customer, at = CustomerFactory(owner=consultant), now + timedelta(minutes=minutes)
    entry = InteractionEntry(channel=Channel.PHONE, result=Result.REACHED, content="问学区", at=at)
    if is_taken:
        talk = log_interaction(customer=customer, entry=entry, actor=consultant, now=now)
        assert talk.at == at
        return
    with pytest.raises(ValidationError):
        log_interaction(customer=customer, entry=entry, actor=consultant, now=now)
    assert not Interaction.objects.filter(customer=customer).exists()


def test_a_moment_typed_on_a_page_is_one_of_shanghai(client_for: Any, consultant: Any) -> None:
    task = TaskFactory(customer=CustomerFactory(owner=consultant), owner=consultant)
    day = timezone.localdate() + timedelta(days=3)
    sent = {"due_at": f"{day}T00:00"}
    assert client_for(consultant).post(f"/tasks/{task.pk}/postpone/", sent).status_code == 302
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=SHANGHAI)
    assert Task.objects.get(pk=task.pk).due_at == midnight
