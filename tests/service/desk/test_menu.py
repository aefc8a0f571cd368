"""The keypad menu: information, the identity check, a message (SVC-22, SVC-26)."""

import pytest

from service.desk.models import InfoQuery
from service.desk.rules.calls import Mode
from service.desk.rules.menu import Place, step_of
from service.desk.services import menu
from tests.factories import CustomerFactory
from tests.service.desk.conftest import post
from tests.service.factories import TicketFactory

URL = "/api/v1/cti/menu/"


@pytest.mark.parametrize(
    ("digits", "is_staffed", "place"),
    [
        ("", True, "agent"),
        ("", False, "menu"),
        ("9", False, "menu"),
        ("9", True, "agent"),
        ("1", False, "proof"),
        ("112", False, "proof"),
        ("1011234", False, "answer"),
        ("101123*", False, "answer"),
        ("10112345", False, "menu"),
        ("4", False, "hear"),
        ("0", False, "record"),
        ("7", False, "menu"),
        ("1#", False, "menu"),
    ],
)
def test_where_the_keys_lead(digits, is_staffed, place):
    assert step_of(digits, is_staffed=is_staffed).place == Place(place)


def test_the_star_stands_for_x():
    assert step_of("201123*", is_staffed=False).proof == "01123X"


@pytest.mark.django_db
def test_after_hours_the_menu_tells_records_and_proves(org, monkeypatch):
    owner = CustomerFactory(
        phone="+8613800138000", id_number="110105199001011234", project=org.project_one
    )
    ticket = TicketFactory(customer=owner, kind="repair")

    def ask(digits, caller="13800138000", mode=Mode.AUTOMATIC):
        monkeypatch.setattr(menu, "mode_at", lambda _now: mode)
        return post({"caller": caller, "digits": digits}, url=URL).json()

    assert ask("", mode=Mode.STAFFED)["action"] == "queue"
    first = ask("")
    assert (first["action"], first["digits"]) == ("collect", 1)
    assert ask("4")["say"][0].startswith("400")
    assert ask("0")["action"] == "record"
    assert (ask("3")["action"], ask("3")["digits"]) == ("collect", 6)
    told = ask("3011234")
    assert told["action"] == "speak"
    assert ticket.number in str(told["say"])
    wrong = [ask("3999999")["say"], ask("3011234", caller="13900139000")["say"]]
    assert wrong[0] == wrong[1]
    assert ticket.number not in str(wrong)
    kept = InfoQuery.objects.order_by("pk").values_list("channel", "customer")
    assert list(kept) == [("menu", owner.pk), ("menu", None), ("menu", None)]


@pytest.mark.check("A-12")
@pytest.mark.django_db
def test_the_menu_answers_nobody_who_does_not_sign(org):
    assert post({"digits": "4"}, url=URL, secret="guessed").status_code == 403
    assert post({"digits": 4}, url=URL).status_code == 400
