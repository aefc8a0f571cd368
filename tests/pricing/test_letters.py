"""Commitment letters: numbered PDF, both signatures, the remedy of a cut (MKT-50)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.approvals.services import sign
from customers.models import LetterBreach, PriceLetter, Task
from customers.pricing.errors import LetterError
from customers.pricing.rules import Change
from customers.pricing.services.letters import (
    Promise,
    countersign_letter,
    issue_letter,
    settle_lists,
    sign_letter,
)
from customers.pricing.services.lists import submit_list
from customers.tasks import settle_prices
from tests.pricing.test_lists import signed_in

pytestmark = pytest.mark.django_db
REMEDY = "按差价全额退还现金"


@pytest.fixture
def letter(unit, buyer, seller, publish):
    now = timezone.now()
    publish(20_000, at=now - timedelta(days=2))
    promise = Promise(days=180, remedy=REMEDY)
    return issue_letter(unit=unit, customer=buyer, promise=promise, actor=seller, now=now)


@pytest.mark.spec("MKT-50")
def test_a_cut_in_the_period_makes_the_remedy_task_once(
    letter, draft, boss, money_keeper, seller, unit
) -> None:
    now = timezone.now()
    cut = submit_list(price_list=draft(-10, Change.PERCENT, at=now), actor=boss, now=now)
    assert [line["letter"] for line in cut.radius["letters"]] == [letter.pk]
    assert cut.radius["letters_sum"] == "196400.00"
    shown = signed_in(money_keeper).get(f"/approvals/{cut.approval_id}/").content.decode()
    assert "<dd>1</dd>" in shown  # letters broken
    assert settle_lists(now=now) == 0  # a submitted list breaks nothing
    sign(approval_id=cut.approval_id, digest=cut.approval.digest, signer=money_keeper, now=now)
    settle_prices()
    settle_prices()
    breach = LetterBreach.objects.get()
    task = Task.objects.get(source="price_letter")
    assert (breach.letter, breach.price_list, breach.difference) == (letter, cut, 196_400)
    assert (breach.task, task.owner, task.customer) == (task, seller, letter.customer)
    assert letter.number in task.title
    page = signed_in(seller).get(f"/price-letters/{letter.pk}/").content.decode()
    assert "¥196,400" in page


def test_what_breaks_no_letter_makes_no_task(letter, publish, draft) -> None:
    now = timezone.now()
    publish(5, Change.PERCENT, at=now)
    PriceLetter.objects.update(valid_until=now + timedelta(days=1))
    publish(-50, Change.PERCENT, at=now + timedelta(days=2))
    settle_lists(now=now + timedelta(days=3))
    assert not LetterBreach.objects.exists()
    assert not Task.objects.filter(source="price_letter").exists()


def test_a_cut_of_the_same_layout_breaks_the_promise_too(letter, publish, unit) -> None:
    now = timezone.now()
    others = list(type(unit).objects.exclude(pk=unit.pk))
    publish(-10, Change.PERCENT, units=others, at=now)
    settle_lists(now=now)
    assert LetterBreach.objects.get().difference == 196_400


@pytest.mark.spec("MKT-50")
def test_issued_signed_and_countersigned_on_the_pages(unit, buyer, seller, boss, publish) -> None:
    publish(20_000, at=timezone.now() - timedelta(days=1))
    client, chief = signed_in(seller), signed_in(boss)
    address = f"/units/{unit.pk}/letter/"
    body = {"customer": buyer.pk, "days": 180, "remedy": REMEDY}
    assert client.post(address, body | {"days": 0}).status_code == 422
    assert not PriceLetter.objects.exists()
    assert client.post(address, body).status_code == 302
    letter = PriceLetter.objects.get()
    year = timezone.localtime().year
    assert letter.number == f"JC-{unit.project.code}-{year}-0001"
    assert client.post(address, body).status_code == 422  # one binds already
    pdf = client.get(f"/price-letters/{letter.pk}/pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert b"NotoSansSC" in pdf.content  # the font is inside
    assert len(pdf.content) < 200_000  # and only the signs used
    here = f"/price-letters/{letter.pk}/"
    assert chief.post(f"{here}countersign/").status_code == 409  # the customer first
    assert client.post(f"{here}sign/").status_code == 302
    assert client.post(f"{here}countersign/").status_code == 403
    assert chief.post(f"{here}countersign/").status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.countersigned_by) == ("countersigned", boss)
    assert letter.number in client.get("/price-letters/").content.decode()


def test_letters_that_cannot_be_are_refused(unit, buyer, seller, boss, now) -> None:
    promise = Promise(days=9, remedy=REMEDY)
    with pytest.raises(LetterError):
        issue_letter(unit=unit, customer=buyer, promise=promise, actor=seller, now=now)
    assert not PriceLetter.objects.exists()


def test_nobody_countersigns_a_letter_of_his_own(letter, seller) -> None:
    now = timezone.now()
    sign_letter(letter=letter, actor=seller, now=now)
    with pytest.raises(LetterError):
        countersign_letter(letter=letter, actor=seller, now=now)
    letter.refresh_from_db()
    assert letter.state == "signed"


def test_the_same_letter_gives_the_same_bytes(letter) -> None:
    from customers.pricing.letter_pdf import letter_pdf
    from customers.pricing.services.letters import wording

    assert letter_pdf(wording(letter, made_at=letter.valid_from)) == bytes(letter.document)


@pytest.mark.spec("MKT-51")
def test_the_printed_statement_adds_up_to_the_contract(unit, buyer, seller, publish) -> None:
    from decimal import Decimal

    from customers.purchase.services.advancing import Terms, subscribe
    from customers.purchase.services.holding import hold_unit

    now = timezone.now()
    publish(20_000, at=now - timedelta(days=1))
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    client, address = signed_in(seller), f"/statements/{purchase.pk}/"
    assert client.get(address).status_code == 404  # nothing agreed yet
    total = Decimal(1_964_000)
    terms = Terms(list_total=total, agreed_total=total, deposit=Decimal(50_000))
    subscribe(purchase=purchase, terms=terms, actor=seller, now=now)
    answer = client.get(address)
    assert sum(line.amount for _label, line in answer.context["lines"]) == total
    assert answer.context["breakdown"].total == total
    assert "¥1,964,000" in answer.content.decode()
