"""Events: places, check-in, questions, points; groups; what closing needs."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.outbox.models import Message
from service.care.errors import CareError
from service.care.models import CareEvent, CareIssue, CommunityGroup, EventSignUp
from service.care.services.events import sign_up
from tests.factories import CustomerFactory
from tests.service.care.conftest import agreed, owned
from tests.tools import ENGLISH, text_of


def local(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def planned(project, **more) -> dict:
    now = timezone.now()
    return {
        "project": project.pk,
        "kind": "open_day",
        "title": "工地开放日",
        "place": "三期工地",
        "starts_at": local(now + timedelta(days=3)),
        "ends_at": local(now + timedelta(days=3, hours=3)),
        "capacity": "3",
        "budget": "5000",
        **more,
    }


def begun(event: CareEvent) -> None:
    now = timezone.now()
    rows = CareEvent.objects.filter(pk=event.pk)
    rows.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))


@pytest.mark.django_db
@pytest.mark.spec("SVC-76")
def test_an_open_day_from_the_invitation_to_the_answered_questions(
    make_units, project, seller, specialist, pages
) -> None:
    people = [agreed(CustomerFactory(owner=seller, name=f"业主{n}")) for n in range(3)]
    for home, person in zip(make_units(3), people, strict=True):
        owned(home, person, seller, signed=timezone.now())
    page = pages(specialist)
    assert page.post("/care/events/add/", planned(project)).status_code == 302
    event = CareEvent.objects.get()
    url = f"/care/events/{event.pk}/"
    assert page.post(f"{url}invite/").status_code == 302
    assert page.post(f"{url}invite/").status_code == 409
    assert Message.objects.filter(kind="care.invitation").count() == 3
    for person in people[:2]:
        assert (
            page.post(f"{url}sign-up/", {"customer": person.pk, "people": "1"}).status_code == 302
        )
    again = page.post(f"{url}sign-up/", {"customer": people[0].pk, "people": "1"})
    assert again.status_code == 422
    first, second = event.sign_ups.order_by("pk")
    unsafe = page.post(f"{url}{first.pk}/check-in/", headers=ENGLISH)
    assert unsafe.status_code == 409
    assert "safety list" in unsafe.content.decode()
    form = page.get(f"{url}edit/").context["form"]
    changed = planned(project, safety="佩戴安全帽\n儿童由家长牵手", edit_base=form.edit_base)
    assert page.post(f"{url}edit/", changed).status_code == 302
    begun(event)
    assert page.post(f"{url}{first.pk}/check-in/").status_code == 302
    assert page.post(f"{url}{first.pk}/check-in/").status_code == 409
    asked = {"score": "9", "question": "能否加装插座", "answer": ""}
    assert page.post(f"{url}{second.pk}/opinion/", asked).status_code == 422  # did not come
    assert page.post(f"{url}{first.pk}/opinion/", asked).status_code == 302
    shown = text_of(page, url)
    assert "1 · 50%" in shown  # one of two came
    assert "0 / 1 · 0%" in shown
    close = {"cost": "4200", "leads": "2", "summary": "反响良好"}
    still = page.post(f"{url}close/", close, headers=ENGLISH)
    assert still.status_code == 422
    assert "open questions" in still.content.decode()
    page.post(f"{url}{first.pk}/opinion/", asked | {"answer": "可走个性化变更"})
    assert page.post(f"{url}close/", close).status_code == 302
    shown = text_of(page, url)
    assert "1 / 1 · 100%" in shown
    assert "9.0 (1)" in shown


@pytest.mark.django_db
@pytest.mark.spec("SVC-106")
def test_closing_needs_who_came_and_points(project, seller, specialist, pages) -> None:
    page, person = pages(specialist), CustomerFactory(owner=seller, name="高雅琴")
    form = planned(project, kind="club", title="品酒会")
    assert page.post("/care/events/add/", form | {"ends_at": form["starts_at"]}).status_code == 422
    assert page.post("/care/events/add/", form).status_code == 302
    event = CareEvent.objects.get()
    url, close = f"/care/events/{event.pk}/", {"cost": "1", "leads": "0", "summary": "好"}
    assert page.post(f"{url}close/", close).status_code == 422  # not begun
    page.post(f"{url}sign-up/", {"customer": person.pk, "people": "2"})
    row = EventSignUp.objects.get()
    begun(event)
    empty = page.post(f"{url}close/", close, headers=ENGLISH)
    assert empty.status_code == 422
    assert "needs who came" in empty.content.decode()
    page.post(f"{url}{row.pk}/check-in/")
    assert page.post(f"{url}close/", close).status_code == 422
    page.post(f"{url}{row.pk}/opinion/", {"score": "8"})
    assert page.post(f"{url}close/", close).status_code == 302
    event.refresh_from_db()
    assert (event.state, event.cost, event.leads) == ("closed", 1, 0)
    assert page.post(f"{url}{row.pk}/sign-off/").status_code == 409
    assert page.post(f"{url}sign-up/", {"customer": person.pk, "people": "1"}).status_code == 422
    assert page.get(f"{url}edit/").status_code == 409
    assert pages(seller).get(url).status_code == 403


@pytest.mark.django_db
@pytest.mark.spec("SVC-89")
def test_groups_hold_events_and_their_attendance_is_shown(
    project, seller, specialist, pages
) -> None:
    page = pages(specialist)
    group = {"project": project.pk, "name": "太极队", "leader": "李阿姨", "members": "24"}
    assert page.post("/care/groups/add/", group).status_code == 302
    assert page.post("/care/groups/add/", group).status_code == 422
    made = CommunityGroup.objects.get()
    form = planned(project, kind="community", title="晨练展演", group=made.pk)
    assert page.post("/care/events/add/", form).status_code == 302
    event = CareEvent.objects.get()
    for number in range(2):
        person = CustomerFactory(owner=seller, name=f"邻居{number}")
        page.post(f"/care/events/{event.pk}/sign-up/", {"customer": person.pk, "people": "1"})
    begun(event)
    row = event.sign_ups.order_by("pk").first()
    page.post(f"/care/events/{event.pk}/{row.pk}/check-in/")
    listed = text_of(page, "/care/events/")
    assert all(words in listed for words in ("太极队", "led by 李阿姨", "24 members", "晨练展演"))
    assert "2 / 3" in listed
    assert "1 · 50%" in text_of(page, f"/care/events/{event.pk}/")


@pytest.mark.django_db
def test_places_given_back_are_free_and_an_event_is_called_off(
    project, seller, specialist, pages
) -> None:
    page = pages(specialist)
    page.post("/care/events/add/", planned(project))
    event = CareEvent.objects.get()
    url = f"/care/events/{event.pk}/"
    first, second = CustomerFactory(owner=seller), CustomerFactory(owner=seller)
    assert page.post(f"{url}sign-up/", {"customer": first.pk, "people": "3"}).status_code == 302
    full = page.post(f"{url}sign-up/", {"customer": second.pk, "people": "1"})
    assert full.status_code == 422
    assert page.post(f"{url}{event.sign_ups.get().pk}/sign-off/").status_code == 302
    assert page.post(f"{url}sign-up/", {"customer": second.pk, "people": "2"}).status_code == 302
    event.refresh_from_db()
    assert event.taken == 2
    assert page.post(f"{url}cancel/").status_code == 409
    assert page.post(f"{url}cancel/", {"reason": "暴雨"}).status_code == 302
    assert "暴雨" in text_of(page, url)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_get_no_more_places_than_there_are(project, seller, specialist) -> None:
    now = timezone.now()
    event = CareEvent.objects.create(
        project=project,
        title="开放日",
        place="工地",
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        capacity=3,
    )
    people, outcomes = [CustomerFactory(owner=seller) for _ in range(10)], []

    def run(person) -> None:
        try:
            sign_up(event=event, customer=person, people=1, actor=specialist, now=now)
            outcomes.append("in")
        except CareError:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    event.refresh_from_db()
    assert sorted(outcomes) == ["full"] * 7 + ["in"] * 3
    assert (event.taken, event.sign_ups.count()) == (3, 3)


@pytest.mark.django_db
@pytest.mark.spec("SVC-78")
def test_the_newsletter_lists_its_issues_by_project(
    make_units, project, org, seller, specialist, service_manager, pages
) -> None:
    people = [agreed(CustomerFactory(owner=seller, name=f"业主{n}")) for n in range(2)]
    for home, person in zip(make_units(2), people, strict=True):
        owned(home, person, seller, signed=timezone.now())
    page = pages(specialist)
    form = {"project": project.pk, "number": "1", "title": "春季号", "body": "工程进展顺利。"}
    assert page.post("/care/newsletters/add/", form).status_code == 302
    assert page.post("/care/newsletters/add/", form).status_code == 422  # a number counts once
    other = {"project": org.project_two.pk, "number": "1", "title": "江南号", "body": "好。"}
    assert pages(service_manager).post("/care/newsletters/add/", other).status_code == 302
    issue = CareIssue.objects.get(project=project)
    url = f"/care/newsletters/{issue.pk}/"
    base = page.get(f"{url}edit/").context["form"].edit_base
    assert (
        page.post(f"{url}edit/", form | {"title": "春季刊", "edit_base": base}).status_code == 302
    )
    assert page.post(f"{url}publish/").status_code == 302
    assert page.post(f"{url}publish/").status_code == 409
    assert page.get(f"{url}edit/").status_code == 409
    assert Message.objects.filter(kind="care.newsletter").count() == 2
    listed = text_of(pages(service_manager), f"/care/newsletters/?project={project.pk}")
    assert "春季刊" in listed
    assert "江南号" not in listed
    assert "江南号" in text_of(pages(service_manager), "/care/newsletters/")
    assert "2 told by message" in text_of(page, url)
    assert "江南号" not in text_of(page, "/care/newsletters/")
