"""The care fund: never below zero, entries that stay, spending by approved proposals only."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from crm_site.ledger import services as ledger
from crm_site.ledger.errors import KeyReusedError, LedgerError, OverdrawnError
from crm_site.ledger.services import Posting, post, reverse
from service.care.models import CareFund, CareFundEntry, FundProposal
from tests.service.care.conftest import owned, signed_by
from tests.tools import ENGLISH, text_of

CHECKS = (
    ("service_carefund", "service_carefund_balance_not_negative"),
    ("service_carefundentry", "service_carefundentry_balance_not_negative"),
)


def put(fund, amount: str, key: str, kind: str = "deposit", **more):
    posting = Posting(amount=Decimal(amount), kind=kind, key=key, more=more)
    return post(account=fund, posting=posting, actor=None, now=timezone.now())


def summed(fund) -> Decimal:
    return fund.entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def spend_at_once(fund, proposal, number: int, amount: str) -> list[str]:
    """Let so many threads spend at the same moment; return what became of each."""
    outcomes, start = [], threading.Barrier(number)

    def run(place: int) -> None:
        try:
            start.wait(20)
            put(
                CareFund.objects.get(pk=fund.pk), amount, f"s{place}", "spending", proposal=proposal
            )
            outcomes.append("spent")
        except OverdrawnError:
            outcomes.append("refused")
        except DatabaseError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.fixture
def fund(project) -> CareFund:
    return CareFund.objects.create(project=project)


@pytest.fixture
def proposal(fund, specialist) -> FundProposal:
    return FundProposal.objects.create(
        fund=fund,
        project=fund.project,
        title="单元门翻新",
        amount=100,
        before="门禁损坏",
        proposed_by=specialist,
    )


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_overdraw_the_fund(fund, proposal) -> None:
    put(fund, "500", "d1")
    outcomes = spend_at_once(fund, proposal, 20, "-100")
    assert outcomes == ["refused"] * 15 + ["spent"] * 5
    fund.refresh_from_db()
    assert (fund.balance, summed(fund)) == (0, 0)
    assert min(fund.entries.values_list("balance_after", flat=True)) == 0


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_same_race_goes_below_zero(fund, proposal, monkeypatch) -> None:
    put(fund, "500", "d1")
    seen = threading.Barrier(20)

    def unguarded(account, amount) -> bool:
        if not amount:
            return True
        covered = account.balance + amount >= 0
        seen.wait(20)
        type(account).objects.filter(pk=account.pk).update(balance=F("balance") + amount)
        return covered

    monkeypatch.setattr(ledger, "take", unguarded)
    with connection.cursor() as cursor:
        for table, name in CHECKS:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        outcomes = spend_at_once(fund, proposal, 20, "-100")
        assert outcomes == ["spent"] * 20
        fund.refresh_from_db()
        assert fund.balance == -1500
    finally:
        monkeypatch.undo()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE service_carefundentry, service_fundproposal, service_carefund")
            for model in (CareFund, CareFundEntry):
                table = model._meta.db_table
                name = dict(CHECKS)[table]
                found = next(one for one in model._meta.constraints if one.name == name)
                with connection.schema_editor() as editor:
                    editor.add_constraint(model, found)


@pytest.mark.django_db
def test_the_same_key_writes_one_entry(fund) -> None:
    first, again = put(fund, "300", "bank-1"), put(fund, "300", "bank-1")
    assert first == again
    with pytest.raises(KeyReusedError):
        put(fund, "301", "bank-1")
    fund.refresh_from_db()
    assert (fund.balance, fund.entries.count()) == (300, 1)
    for amount in ("0", "0.001"):
        with pytest.raises(LedgerError):
            put(fund, amount, f"odd-{amount}")


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_an_entry(fund) -> None:
    entry = put(fund, "300", "d1")
    rows = CareFundEntry.objects.filter(pk=entry.pk)
    for change in (lambda: rows.update(amount=1), rows.delete):
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        CareFund.objects.filter(pk=fund.pk).update(balance=-1)


@pytest.mark.django_db
def test_a_reversal_takes_an_entry_back_once(fund, proposal) -> None:
    entry = put(fund, "300", "d1")
    with pytest.raises(LedgerError):
        reverse(entry=entry, reason=" ", actor=None, now=timezone.now())
    back = reverse(entry=entry, reason="记错账户", actor=None, now=timezone.now())
    assert (back.amount, back.reverses, back.balance_after) == (-300, entry, 0)
    for wrong in (entry, back):
        with pytest.raises(LedgerError):
            reverse(entry=wrong, reason="再来", actor=None, now=timezone.now())
    second = put(fund, "200", "d2")
    put(fund, "-150", "s1", "spending", proposal=proposal)
    with pytest.raises(OverdrawnError):
        reverse(entry=second, reason="退回", actor=None, now=timezone.now())
    fund.refresh_from_db()
    assert fund.balance == summed(fund) == 50


@pytest.mark.spec("SVC-90")
@pytest.mark.django_db
def test_an_old_project_spends_what_its_owners_and_two_signers_agreed_to(
    unit, owner, seller, specialist, service_manager, finance, pages
) -> None:
    now = timezone.now()
    years = timedelta(days=365 * 3)
    purchase = owned(unit, owner, seller, signed=now - years * 2, handed=now - years)
    money, care = pages(finance), pages(specialist)
    assert care.post("/care/funds/open/", {"project": unit.project_id}).status_code == 403
    assert money.post("/care/funds/open/", {"project": unit.project_id}).status_code == 302
    fund = CareFund.objects.get()
    url = f"/care/funds/{fund.pk}/"
    for note, amount in (("公司拨付", "50000"), ("广告位收入", "2000.50")):
        paid = money.post(f"{url}deposit/", {"amount": amount, "note": note})
        assert paid.status_code == 302
    form = {
        "title": "儿童游乐场翻新",
        "amount": "60000",
        "before": "地垫破损",
        "votes_for": "80",
        "votes_against": "12",
    }
    young = care.post(f"{url}propose/", form, headers=ENGLISH)
    assert young.status_code == 422
    assert "four years ago" in young.content.decode()
    assert unit.project.name not in text_of(care, "/care/funds/").partition("Projects of four")[2]
    purchase.handed_over_at = now - timedelta(days=365 * 4 + 2)
    purchase.save()
    assert unit.project.name in text_of(care, "/care/funds/").partition("Projects of four")[2]
    assert care.post(f"{url}propose/", form | {"votes_for": "5"}).status_code == 302
    proposal = FundProposal.objects.get()
    here = f"/care/proposals/{proposal.pk}/"
    assert care.post(f"{here}submit/").status_code == 409  # the owners are against it
    base = care.get(f"{here}edit/").context["form"].edit_base
    assert care.post(f"{here}edit/", form | {"edit_base": base}).status_code == 302
    assert care.post(f"{here}submit/").status_code == 302
    assert money.post(f"{here}pay/").status_code == 409
    signed_by(pages, service_manager, "care.proposal")
    signed_by(pages, finance, "care.proposal")
    short = money.post(f"{here}pay/", headers=ENGLISH)
    assert short.status_code == 409
    assert "does not cover" in short.content.decode()
    money.post(f"{url}deposit/", {"amount": "10000", "note": "公司拨付"})
    assert money.post(f"{here}pay/").status_code == 302
    assert money.post(f"{here}pay/").status_code == 409
    fund.refresh_from_db()
    assert fund.balance == summed(fund) == Decimal("2000.50")
    shown = text_of(care, url)
    assert shown.count("2,000.50") >= 2
    assert care.post(f"{here}finish/", {"after": "全部更换"}).status_code == 302
    assert "全部更换" in text_of(care, here)
    spent = fund.entries.get(kind="spending")
    back = money.post(f"{url}{spent.pk}/reverse/", {"reason": "供应商退款"})
    assert back.status_code == 302
    assert money.post(f"{url}{spent.pk}/reverse/", {"reason": "再退"}).status_code == 409
    proposal.refresh_from_db()
    assert proposal.state == "approved"
    assert pages(seller).get("/care/funds/").status_code == 403
