"""An import taken back: what it created goes, what it changed comes back, what others did stays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import NotAllowedError
from crm_site.exchange import tasks
from crm_site.exchange.errors import JobStateError
from crm_site.exchange.models import ImportJob, ImportPart, ImportTrace
from crm_site.exchange.services import reverting, upload
from customers.models import (
    Customer,
    CustomerContact,
    CustomField,
    FieldEvent,
    Lead,
    LeadClock,
    LeadEvent,
    Merge,
    OwnershipEvent,
    PhaseEvent,
    SourceEvent,
    VocabularyTerm,
)
from customers.services.ownership import assign_customer
from tests.customers.importing import HEAD, imported, row
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the app, but the history that a revert adds to and the words that stay."""
    found = {}
    for model in apps.get_app_config("customers").get_models():
        if model in (FieldEvent, OwnershipEvent, PhaseEvent, CustomField, VocabularyTerm):
            continue
        names = [f.attname for f in model._meta.concrete_fields]
        names = [name for name in names if name not in ("version", "updated_at")]
        found[model._meta.label] = [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in line)
            for line in model._base_manager.order_by("pk").values_list(*names)
        ]
    return found


def reverted(job: ImportJob, *, now) -> ImportJob:
    reverting.start_revert(job=job, actor=job.author, now=now)
    assert not reverting.revert(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    return job


def kept(job: ImportJob) -> dict[int, str]:
    return dict(job.kept.values_list("row", "code"))


@pytest.fixture
def later(now):
    return now + timedelta(days=2)


def test_what_the_import_created_is_gone_with_all_that_belongs_to_it(
    supervisor, consultant, now, later
) -> None:
    CustomerFactory(name="老客户", team_id=supervisor.node_id)
    before = contents()
    rows = [
        HEAD,
        row(owner=consultant.name, budget="300-350万"),
        row(name="王浩然", source="官网"),
        row(name="李娜", phone="15400000002", at="2026-05-20 09:00"),
    ]
    job = imported(rows, actor=supervisor, now=now, clocks="from_import")
    assert job.counts == {"created": 2, "repeated": 1}
    assert (Customer.objects.count(), Lead.objects.count()) == (3, 3)
    assert LeadClock.objects.exists()
    reverted(job, now=later)
    assert job.state == "reverted"
    assert job.reverted_at == later
    assert (job.revert_counts, kept(job)) == ({"removed": 2, "enquiries": 1}, {})
    assert contents() == before
    assert not LeadEvent.objects.exists()
    assert not OwnershipEvent.objects.exists()
    started = AuditEvent.objects.get(kind="import.revert_started")
    assert (started.actor, started.subject_id) == (supervisor, str(job.pk))
    done = AuditEvent.objects.get(kind="customer.import_reverted")
    assert (done.facts["count"], done.facts["kept"], done.facts["import_job"]) == (2, 0, job.pk)
    again = imported(rows, actor=supervisor, now=later, clocks="none")
    assert again.counts == {"created": 2, "repeated": 1}


COLUMNS = [
    *("姓名", "电话", "预算", "城市", "邮箱", "身份证", "年收入", "性别", "备注", "意向项目"),
    *("来源", "置业顾问", "登记时间", "看房交通"),
]


def test_values_that_were_overwritten_come_back_exactly(supervisor, consultant, now, later) -> None:
    CustomerFactory(
        *(), name="王浩然", phone="+8615400000001", team_id=supervisor.node_id, owner=None,
        city="杭州", remark="旧备注", annual_income="200000", budget_min=Decimal(1_000_000),
        custom={"car": "有"}, phase="churned", completeness=41, spending_power=2,
    )  # fmt: skip
    CustomerFactory(
        name="李娜", phone=None, external_source="import", external_id="", is_unreachable=True,
        team_id=supervisor.node_id,
    )  # fmt: skip
    before = contents()
    known = Customer.objects.get(name="王浩然")
    values = ["王浩然", "15400000001", "300-350万", "苏州", "a@example.com", "", "900000", "男"]
    line = [*values, "新备注", "", "官网", consultant.name, "2026-05-19", "地铁"]
    job = imported([COLUMNS, line], actor=supervisor, now=now, mode="update")
    assert job.counts == {"updated": 1}
    known.refresh_from_db()
    assert (known.owner, known.remark, known.phase) == (consultant, "新备注", "potential")
    assert known.custom.keys() > {"car"}
    assert CustomerContact.objects.filter(customer=known, kind="email").exists()
    version = known.version
    reverted(job, now=later)
    assert (job.revert_counts, kept(job)) == ({"enquiries": 1, "restored": 1}, {})
    assert contents() == before
    known.refresh_from_db()
    assert (known.version, known.updated_at) == (version + 1, later)
    back = FieldEvent.objects.filter(customer=known, source="import_revert", source_id=str(job.pk))
    assert back.get(field="remark").old_value == "新备注"
    assert back.get(field="remark").new_value == "旧备注"
    event = OwnershipEvent.objects.get(reason="import_revert")
    assert (event.from_owner, event.to_owner, event.at) == (consultant, None, later)
    assert PhaseEvent.objects.get(reason="import_revert").to_phase == "churned"


def test_a_first_phone_that_was_filled_in_goes_again(supervisor, now, later) -> None:
    customer = CustomerFactory(
        name="李娜", phone=None, external_source="客户编号", external_id="X1", is_unreachable=True,
        team_id=supervisor.node_id,
    )  # fmt: skip
    before = contents()
    rows = [["姓名", "电话", "客户编号"], ["李娜", "15400000002", "X1"]]
    job = imported(rows, actor=supervisor, now=now, external_source="客户编号")
    customer.refresh_from_db()
    assert (customer.phone, customer.is_unreachable) == ("+8615400000002", False)
    reverted(job, now=later)
    assert contents() == before
    customer.refresh_from_db()
    assert (customer.phone, customer.phone_index, customer.is_unreachable) == (None, None, True)


@pytest.mark.parametrize("mode", ["fill", "update", "create"])
def test_what_an_import_may_do_to_known_customers(supervisor, now, mode) -> None:
    customer = CustomerFactory(
        name="王浩然", phone="+8615400000001", team_id=supervisor.node_id, city="杭州", remark="",
    )  # fmt: skip
    rows = [["姓名", "电话", "城市", "备注"], ["王浩然", "15400000001", "苏州", "周末方便"]]
    job = imported(rows, actor=supervisor, now=now, mode=mode)
    customer.refresh_from_db()
    expected = {
        "fill": ("杭州", "周末方便", {"updated": 1}),
        "update": ("苏州", "周末方便", {"updated": 1}),
        "create": ("杭州", "", {"unchanged": 1}),
    }
    assert (customer.city, customer.remark, job.counts) == expected[mode]
    changed = set(FieldEvent.objects.filter(source="import").values_list("field", flat=True))
    assert changed == {"fill": {"remark"}, "update": {"city", "remark"}, "create": set()}[mode]


WORK = {
    "kept_interaction": lambda customer, person, now: InteractionFactory(
        customer=customer, author=person, at=now
    ),
    "kept_task": lambda customer, person, now: TaskFactory(customer=customer, owner=person),
    "kept_enquiry": lambda customer, person, now: LeadFactory(customer=customer, received_at=now),
    "kept_owner": lambda customer, person, now: assign_customer(
        customer=customer, owner=person, actor=None, now=now, reason="x"
    ),
    "kept_edited": lambda customer, person, now: Customer.objects.filter(pk=customer.pk).update(
        remark="neu", version=2
    ),
    "kept_moved": lambda customer, person, now: LeadEvent.objects.create(
        lead=customer.leads.get(), at=now, kind="state", from_value="new", to_value="assigned"
    ),
    "kept_merged": lambda customer, person, now: Merge.objects.create(
        kept=customer, gone=CustomerFactory(), journal="{}", at=now
    ),
    "kept_other": lambda customer, person, now: CustomerFactory(referrer=customer),
}


@pytest.mark.parametrize("code", WORK)
def test_a_record_somebody_works_with_is_kept_and_named(
    supervisor, consultant, now, later, code
) -> None:
    rows = [HEAD, row(), row(name="李娜", phone="15400000002")]
    job = imported(rows, actor=supervisor, now=now)
    worked = Customer.objects.get(name="王浩然")
    WORK[code](worked, consultant, now + timedelta(hours=5))
    reverted(job, now=later)
    assert kept(job) == {2: code}
    assert job.kept.get().subject_id == worked.pk
    assert job.revert_counts == {"removed": 1, "kept": 1}
    assert Customer.objects.filter(pk=worked.pk).exists()
    assert Lead.objects.filter(customer=worked).exists()
    assert not Customer.objects.filter(name="李娜").exists()


def test_a_value_changed_since_stays_and_the_others_come_back(supervisor, now, later) -> None:
    customer = CustomerFactory(
        name="王浩然", phone="+8615400000001", team_id=supervisor.node_id, city="杭州", remark="旧",
    )  # fmt: skip
    rows = [["姓名", "电话", "城市", "备注"], ["王浩然", "15400000001", "苏州", "新"]]
    job = imported(rows, actor=supervisor, now=now, mode="update")
    Customer.objects.filter(pk=customer.pk).update(city="上海", version=9)
    reverted(job, now=later)
    customer.refresh_from_db()
    assert (customer.city, customer.remark, customer.version) == ("上海", "旧", 10)
    found = job.kept.get()
    assert (found.row, found.code, found.fields) == (2, "kept_changed", ["city"])
    assert job.revert_counts == {"enquiries": 1, "restored": 1, "kept": 1}


def test_an_enquiry_worked_on_stays_with_its_known_customer(supervisor, now, later) -> None:
    customer = CustomerFactory(name="王浩然", phone="+8615400000001", team_id=supervisor.node_id)
    job = imported([HEAD, row()], actor=supervisor, now=now)
    lead = customer.leads.get()
    LeadEvent.objects.create(lead=lead, at=now + timedelta(hours=1), kind="state", to_value="x")
    reverted(job, now=later)
    assert kept(job) == {2: "kept_moved"}
    assert Lead.objects.get() == lead
    assert SourceEvent.objects.filter(lead=lead).exists()


class KilledError(BaseException):
    """Stands for a process that ends between two statements."""


@pytest.fixture
def long(supervisor, now, monkeypatch) -> ImportJob:
    monkeypatch.setattr(upload, "PART_ROWS", 10)
    known = [f"154{n:08d}" for n in range(30, 35)]
    for phone in known:
        CustomerFactory(name="王浩然", phone=f"+86{phone}", team_id=supervisor.node_id, remark="")
    rows = [["姓名", "电话", "备注"], *[["王浩然", f"154{n:08d}", "新"] for n in range(35)]]
    return imported(rows, actor=supervisor, now=now)


def test_a_killed_revert_leaves_whole_parts_and_the_next_worker_goes_on(
    supervisor, now, later, monkeypatch, long
) -> None:
    assert (long.parts_total, long.counts) == (4, {"created": 30, "updated": 5})
    from customers.importers.reverting import CustomerReverter

    real, calls = CustomerReverter.revert, []

    def until_killed(self, trace):
        done = real(self, trace)
        calls.append(trace)
        if len(calls) == 3:
            raise KilledError
        return done

    monkeypatch.setattr(CustomerReverter, "revert", until_killed)
    reverting.start_revert(job=long, actor=supervisor, now=later)
    with pytest.raises(KilledError):
        reverting.revert(job_id=long.pk, clock=lambda: later)
    long.refresh_from_db()
    assert (long.state, long.parts_reverted) == ("reverting", 2)
    assert (Customer.objects.count(), Customer.objects.filter(remark="新").count()) == (25, 20)
    monkeypatch.setattr(CustomerReverter, "revert", real)
    tasks.revert_import(long.pk)
    tasks.revert_import(long.pk)
    long.refresh_from_db()
    assert (long.state, long.parts_reverted) == ("reverted", 4)
    assert long.revert_counts == {"removed": 30, "enquiries": 5, "restored": 5}
    assert (Customer.objects.count(), Customer.objects.filter(remark="").count()) == (5, 5)
    assert not Lead.objects.exists()
    assert AuditEvent.objects.filter(kind="customer.import_reverted").count() == 1


def test_a_revert_that_fails_is_told_and_goes_on_when_started_again(
    supervisor, later, monkeypatch, long
) -> None:
    def broken(self, trace):
        raise RuntimeError("disk")

    monkeypatch.setattr("customers.importers.reverting.CustomerReverter.revert", broken)
    reverting.start_revert(job=long, actor=supervisor, now=later)
    with pytest.raises(RuntimeError):
        tasks.revert_import(long.pk)
    long.refresh_from_db()
    assert (long.state, bool(long.error), Customer.objects.count()) == ("done", True, 35)
    monkeypatch.undo()
    reverted(long, now=later)
    assert (long.state, long.error, Customer.objects.count()) == ("reverted", "", 5)


def test_a_silent_revert_is_sent_to_a_worker_again(supervisor, now, later, monkeypatch, long):
    sent = []
    monkeypatch.setattr(tasks.revert_import, "delay_on_commit", lambda pk: sent.append(pk))
    reverting.start_revert(job=long, actor=supervisor, now=later)
    assert sent == [long.pk]
    assert tasks.resume_imports() == 1
    assert sent == [long.pk, long.pk]


def test_a_revert_starts_once_and_only_in_time_and_by_its_author(
    supervisor, executive, now, later, long
) -> None:
    with pytest.raises(NotAllowedError):
        reverting.start_revert(job=long, actor=executive, now=later)
    with pytest.raises(JobStateError):
        reverting.start_revert(job=long, actor=supervisor, now=now + timedelta(days=30))
    long.refresh_from_db()
    assert (long.state, Customer.objects.count()) == ("done", 35)
    reverted(long, now=later)
    stale = ImportJob.objects.get(pk=long.pk)
    stale.state = "done"
    for job in (long, stale):
        with pytest.raises(JobStateError):
            reverting.start_revert(job=job, actor=supervisor, now=later)
    assert Customer.objects.count() == 5


def test_a_cancelled_import_can_be_taken_back_as_far_as_it_was_written(
    supervisor, now, later, monkeypatch
) -> None:
    from crm_site.exchange.services import jobs, running
    from tests.customers.importing import uploaded

    monkeypatch.setattr(upload, "PART_ROWS", 2)
    rows = [["姓名", "电话"], *[["王浩然", f"154{n:08d}"] for n in range(5)]]
    job = uploaded(rows, actor=supervisor, now=now)
    jobs.begin_writing(job=job, now=now, allowed=("uploaded",))
    running.write(job_id=job.pk, clock=lambda: now, until=now)
    jobs.cancel(job=job, now=now)
    job.refresh_from_db()
    assert Customer.objects.count() == 2
    reverted(job, now=later)
    assert (job.state, Customer.objects.count()) == ("reverted", 0)


def test_the_rows_of_a_file_go_when_nobody_can_revert_any_more(supervisor, now, long) -> None:
    assert reverting.drop_old(now=now + timedelta(days=30)) == 0
    assert ImportPart.objects.filter(job=long).count() == 4
    assert reverting.drop_old(now=now + timedelta(days=30, seconds=1)) == 1
    assert not ImportPart.objects.filter(job=long).exists()
    assert not ImportTrace.objects.filter(job=long).exists()
    assert reverting.revert_until(long, now=now) is None
    assert reverting.drop_old(now=now + timedelta(days=31)) == 0
    long.refresh_from_db()
    assert (long.state, long.counts) == ("done", {"created": 30, "updated": 5})


def test_an_import_left_before_writing_is_cancelled_with_its_rows(supervisor, now) -> None:
    from tests.customers.importing import uploaded

    job = uploaded([["姓名", "电话"], ["王", "15400000001"]], actor=supervisor, now=now)
    assert tasks.drop_import_rows() == 1  # the story of the tests lies in the past
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not job.parts.exists()
