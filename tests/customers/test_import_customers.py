from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from crm_site.audit.models import AuditEvent
from crm_site.staff.services import deactivate
from customers.models import (
    Customer,
    CustomerContact,
    CustomField,
    Lead,
    LeadClock,
    LeadEvent,
    OwnershipEvent,
    Project,
    SourceEvent,
    VocabularyTerm,
)
from customers.search import name_condition
from tests.customers.importing import (
    HEAD,
    causes,
    checked,
    imported,
    row,
    uploaded,
    written,
)
from tests.factories import CustomerFactory, UserFactory


def unnamed() -> str:
    with override(settings.LANGUAGE_CODE):
        return gettext("Unnamed customer")


def nothing_written() -> bool:
    tables = (Customer, Lead, SourceEvent, LeadEvent, OwnershipEvent)
    return not any(table.objects.exists() for table in tables)


@pytest.mark.spec("CUS-01")
def test_a_row_becomes_a_customer_a_lead_and_their_history(
    supervisor, consultant, org, now
) -> None:
    consultant.employee_no = "1001"
    consultant.save()
    job = imported(
        [HEAD, row(owner="1001", project="云栖里", budget="300-350万", remark="周末方便")],
        actor=supervisor,
        now=now,
    )
    assert job.counts == {"created": 1}
    assert job.state == "done"
    customer = Customer.objects.get()
    assert (customer.name, customer.phone, customer.remark) == (
        "王浩然",
        "+8615400000001",
        "周末方便",
    )
    assert (customer.budget_min, customer.budget_max) == (Decimal(3_000_000), Decimal(3_500_000))
    assert customer.source == "short_video"
    assert customer.owner == consultant
    assert (customer.team_id, customer.project_id) == (org.team_a.pk, org.project_one.pk)
    assert customer.region_id == org.region_east.pk
    assert customer.owned_since == now
    assert customer.protected_until == now + timedelta(days=30)
    assert not customer.is_unreachable
    assert customer.completeness > 0
    lead = Lead.objects.get()
    assert (lead.customer, lead.owner, lead.state) == (customer, consultant, "assigned")
    assert (lead.project_id, lead.capture_point, lead.source) == (
        org.project_one.pk,
        "import",
        "short_video",
    )
    assert f"{lead.received_at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" == "2026-05-19 01:30"
    event = SourceEvent.objects.get()
    assert (event.customer, event.lead, event.import_job) == (customer, lead, job.pk)
    assert LeadEvent.objects.get().to_value == "assigned"
    assert OwnershipEvent.objects.get().to_owner == consultant
    audit = AuditEvent.objects.get(kind="customer.imported")
    assert audit.facts["ids"] == [customer.pk]
    assert audit.facts["import_job"] == job.pk
    assert [found.pk for found in Customer.objects.filter(name_condition("whr"))] == [customer.pk]


def test_the_trial_run_says_what_the_writing_does_and_writes_nothing(supervisor, now) -> None:
    CustomerFactory(phone="+8615400000009", team_id=supervisor.node_id, name="老客户")
    before = Customer.objects.count()
    rows = [
        HEAD,
        row(),
        row(name="李娜", phone="１５４００００００02\n"),
        row(name="张三", phone="1540000003"),
        row(name="王先生", project="江南里"),
        row(name="老客户", phone="15400000009"),
    ]
    job = checked(uploaded(rows, actor=supervisor, now=now), now=now)
    expected = {"created": 2, "bad": 1, "repeated": 1, "updated": 1}
    assert job.counts == expected
    assert job.state == "checked"
    assert causes(job)["phone_mobile_length"] == [4]
    assert causes(job)["repeated"] == [5]
    assert Customer.objects.count() == before
    assert not Lead.objects.exists()
    written(job, now=now)
    assert job.counts == expected
    assert Customer.objects.count() == before + 2


def test_the_same_file_again_creates_nothing(supervisor, consultant, now) -> None:
    rows = [HEAD, row(owner=consultant.name), row(name="李娜", phone="15400000002", at="")]
    imported(rows, actor=supervisor, now=now)
    counts = [
        table.objects.count() for table in (Customer, Lead, SourceEvent, OwnershipEvent, LeadClock)
    ]
    again = imported(rows, actor=supervisor, now=now + timedelta(hours=1))
    assert again.counts == {"unchanged": 2}
    after = [
        table.objects.count() for table in (Customer, Lead, SourceEvent, OwnershipEvent, LeadClock)
    ]
    assert after == counts


def test_a_customer_listed_twice_has_one_record_and_one_lead_per_enquiry(supervisor, now) -> None:
    rows = [HEAD, row(), row(), row(source="来电")]
    job = imported(rows, actor=supervisor, now=now)
    assert job.counts == {"created": 1, "repeated": 2}
    assert Customer.objects.count() == 1
    assert sorted(Lead.objects.values_list("source", flat=True)) == ["hotline", "short_video"]


def test_rows_of_a_supervisor_land_in_the_own_team(supervisor, org, now) -> None:
    job = imported(
        [HEAD, row(project="江南里"), row(phone="15400000002")], actor=supervisor, now=now
    )
    assert causes(job) == {"project_unknown_own": [2]}
    for customer in Customer.objects.all():
        assert (customer.team_id, customer.project_id) == (org.team_a.pk, org.project_one.pk)
    assert Customer.objects.visible_to(supervisor).count() == 2
    assert Project.objects.count() == 3


def test_an_executive_creates_missing_projects_in_the_own_region(executive, org, now) -> None:
    job = checked(
        uploaded(
            [HEAD, row(project="湖畔居"), row(phone="15400000002", project="湖畔居")],
            actor=executive,
            now=now,
        ),
        now=now,
    )
    assert job.findings["new_projects"] == {"湖畔居": 2}
    assert Project.objects.filter(name="湖畔居").count() == 0
    written(job, now=now)
    project = Project.objects.get(name="湖畔居")
    assert (project.node.region_id, project.code) == (org.region_east.pk, "hu-pan-ju")
    assert set(Customer.objects.values_list("project_id", flat=True)) == {project.pk}


def test_a_project_of_another_region_is_not_touched(executive, org, now) -> None:
    job = imported([HEAD, row(project="滨海湾")], actor=executive, now=now, projects="reject")
    assert causes(job) == {"project_unknown": [2]}
    assert nothing_written()


def test_customers_of_others_are_refused_without_saying_whose(supervisor, org, now) -> None:
    other = CustomerFactory(phone="+8615400000001", team_id=org.team_b.pk, name="不可见")
    job = imported([HEAD, row(remark="改")], actor=supervisor, now=now, mode="update")
    assert job.counts == {"bad": 1}
    assert causes(job) == {"exists_elsewhere": [2]}
    other.refresh_from_db()
    assert (other.name, other.remark, other.version) == ("不可见", "", 1)
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("mode", "name", "remark", "layout", "verdict"),
    [
        ("fill", "王老", "旧", "bed3", "updated"),
        ("update", "王浩然", "新", "bed3", "updated"),
        ("create", "王老", "旧", "", "unchanged"),
    ],
)
def test_what_an_existing_customer_gains(
    supervisor, now, mode, name, remark, layout, verdict
) -> None:
    known = CustomerFactory(
        name="王老", phone="+8615400000001", remark="旧", team_id=supervisor.node_id
    )
    rows = [[*HEAD, "户型"], [*row(remark="新"), "三居"]]
    job = imported(rows, actor=supervisor, now=now, mode=mode)
    known.refresh_from_db()
    assert job.counts == {verdict: 1}
    assert (known.name, known.remark, known.layout) == (name, remark, layout)
    assert known.version == (1 if mode == "create" else 2)
    assert Lead.objects.count() == (0 if mode == "create" else 1)


def test_an_owner_is_never_taken_away_but_the_pool_is_emptied(
    supervisor, consultant, consultant_b, now
) -> None:
    owned = CustomerFactory(name="王浩然", phone="+8615400000001", owner=consultant)
    pooled = CustomerFactory(name="王浩然", phone="+8615400000002", team_id=supervisor.node_id)
    rows = [HEAD, row(owner="consultant_b"), row(phone="15400000002", owner="consultant_b")]
    imported(rows, actor=supervisor, now=now, mode="update")
    owned.refresh_from_db()
    pooled.refresh_from_db()
    assert (owned.owner, pooled.owner) == (consultant, consultant_b)
    assert [event.to_owner for event in OwnershipEvent.objects.all()] == [consultant_b]


def test_owners_outside_the_reach_or_gone_leave_the_customer_in_the_pool(
    supervisor, consultant_c, now
) -> None:
    gone = UserFactory(name="已离职", node=supervisor.node)
    deactivate(user=gone, actor=None, now=now)
    rows = [HEAD, row(owner="consultant_c"), row(phone="15400000002", owner="已离职")]
    job = imported(rows, actor=supervisor, now=now)
    assert causes(job) == {"owner_unknown_pool": [2, 3]}
    assert job.findings["unknown_owners"] == {"consultant_c": 1, "已离职": 1}
    assert Customer.objects.filter(owner=None).count() == 2


def test_clocks_start_for_fresh_enquiries_only(supervisor, now) -> None:
    rows = [
        HEAD,
        row(),
        row(phone="15400000002", at="2026-05-01"),
        row(phone="15400000003", at=""),
    ]
    imported(rows, actor=supervisor, now=now)
    [lead] = Lead.objects.filter(clocks__isnull=False).distinct()
    assert lead.customer.phone == "+8615400000001"
    assert lead.clocks.count() == 3
    first = lead.clocks.get(kind="first_touch")
    assert first.due_at == lead.received_at + timedelta(hours=24)


@pytest.mark.parametrize(("clocks", "leads"), [("none", 0), ("from_import", 1)])
def test_clocks_as_asked(supervisor, now, clocks, leads) -> None:
    rows = [HEAD, row(at="2020-01-01"), row(phone="15400000002", at="")]
    imported(rows, actor=supervisor, now=now, clocks=clocks)
    assert Lead.objects.filter(clocks__isnull=False).distinct().count() == leads
    assert set(LeadClock.objects.values_list("started_at", flat=True)) == (
        {now} if leads else set()
    )


def test_rows_without_a_name_are_named_after_their_number(executive, now) -> None:
    rows = [["线索编号", "姓名", "电话"], ["L1", "", ""], ["L2", "", "15400000002"]]
    imported(rows, actor=executive, now=now)
    first, second = Customer.objects.order_by("external_id")
    assert (first.name, first.is_unreachable) == (f"{unnamed()} · L1", True)
    assert (second.name, second.is_unreachable) == (f"{unnamed()} · L2", False)
    assert first.external_source == "线索编号"
    job = imported(
        [["线索编号", "姓名", "电话"], ["L1", "王浩然", "15400000001"]], actor=executive, now=now
    )
    first.refresh_from_db()
    assert job.counts == {"updated": 1}
    assert (first.name, first.phone, first.is_unreachable) == ("王浩然", "+8615400000001", False)


def test_phone_and_number_of_two_customers_contradict(executive, now) -> None:
    head = ["线索编号", "姓名", "电话"]
    imported(
        [head, ["L1", "王", "15400000001"], ["L2", "李", "15400000002"]], actor=executive, now=now
    )
    job = imported([head, ["L1", "王", "15400000002"]], actor=executive, now=now)
    assert causes(job) == {"identity_conflict": [2]}


def test_unknown_columns_become_fields_and_their_values_stay(executive, now) -> None:
    rows = [
        ["姓名", "电话", "lead_score", "看房交通", "是否首购"],
        ["王", "15400000001", "19", "地铁", "是"],
    ]
    job = uploaded(rows, actor=executive, now=now)
    assert job.mapping["lead_score"] == "new:number"
    assert not CustomField.objects.exists()
    written(job, now=now)
    kinds = dict(CustomField.objects.values_list("label", "kind"))
    assert kinds == {"lead_score": "number", "看房交通": "text", "是否首购": "boolean"}
    assert Customer.objects.get().custom == {
        "lead_score": "19",
        "kan_fang_jiao_tong": "地铁",
        "shi_fou_shou_gou": True,
    }
    again = imported([rows[0], ["李", "15400000002", "x", "", ""]], actor=executive, now=now)
    assert causes(again) == {"not_a_number": [2]}


def test_new_words_join_the_list_of_sources(executive, now) -> None:
    job = checked(uploaded([HEAD, row(source="楼巴巡展")], actor=executive, now=now), now=now)
    assert job.findings["new_sources"] == {"楼巴巡展": 1}
    assert not VocabularyTerm.objects.filter(label_zh="楼巴巡展").exists()
    written(job, now=now)
    term = VocabularyTerm.objects.get(label_zh="楼巴巡展")
    assert Lead.objects.get().source == term.code == "lou_ba_xun_zhan"


@pytest.mark.parametrize(
    ("answer", "ends", "verdict"),
    [
        ("swap", (3_000_000, 4_000_000), "created"),
        ("empty", (None, None), "created"),
        ("reject", None, "bad"),
    ],
)
def test_budgets_that_end_below_their_start(executive, now, answer, ends, verdict) -> None:
    job = imported([HEAD, row(budget="400-300万")], actor=executive, now=now, budgets=answer)
    assert job.counts == {verdict: 1}
    assert causes(job) == {f"budget_{answer}": [2]}
    found = Customer.objects.values_list("budget_min", "budget_max").first()
    assert found == ends


def test_further_ways_to_reach_a_customer_are_kept_and_recognised(executive, now) -> None:
    head = ["姓名", "电话", "邮箱", "微信号"]
    imported([head, ["王", "15400000001", "A@Example.com", "wx_1"]], actor=executive, now=now)
    contacts = {contact.kind: contact.value for contact in CustomerContact.objects.all()}
    assert contacts == {"email": "a@example.com", "wechat": "wx_1"}
    customer = Customer.objects.get()
    from customers.services.columns import add_contact

    add_contact(customer, kind="phone", value="+8615400000077")
    imported([head, ["王", "15400000077", "", ""]], actor=executive, now=now)
    assert Customer.objects.count() == 1
