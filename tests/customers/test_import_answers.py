"""What the importer asks, refuses and keeps as it was typed."""

import pytest

from crm_site.common.refusals import NotAllowedError
from crm_site.exchange.errors import MappingError
from crm_site.exchange.services import jobs
from customers.models import (
    Customer,
    Lead,
    LeadEvent,
    OwnershipEvent,
    SourceEvent,
)
from tests.customers.importing import (
    HEAD,
    causes,
    checked,
    imported,
    row,
    set_options,
    uploaded,
    written,
)


def nothing_written() -> bool:
    tables = (Customer, Lead, SourceEvent, LeadEvent, OwnershipEvent)
    return not any(table.objects.exists() for table in tables)


def test_ambiguous_dates_must_be_answered(executive, now) -> None:
    rows = [
        ["姓名", "电话", "登记时间"],
        ["王", "15400000001", "03/04/2026"],
        ["李", "15400000002", "05/05/2026"],
    ]
    job = uploaded(rows, actor=executive, now=now)
    with pytest.raises(MappingError) as caught:
        jobs.start_check(job=job, now=now)
    assert caught.value.code == "ambiguous_dates"
    set_options(job, **{jobs.order_key("登记时间"): "dmy"})
    written(job, now=now)
    assert {f"{lead.received_at:%m-%d}" for lead in Lead.objects.all()} == {"04-02", "05-04"}


def test_mixed_spellings_are_reported_row_by_row(executive, now) -> None:
    dates = ["13/05/2026"] * 30 + ["05/18/2026", "2026年5月1日", "2026-05-40", "改天"]
    rows = [["姓名", "电话", "登记时间"]]
    rows += [["王", f"154{number:08d}", text] for number, text in enumerate(dates)]
    job = imported(rows, actor=executive, now=now)
    assert causes(job) == {"date_mixed": [32], "no_such_day": [34], "not_a_date": [35]}
    assert job.counts == {"created": 31, "bad": 3}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"姓名": "name", "电话": ""}, "no_identity"),
        ({"姓名": "phone", "电话": "phone"}, "field_twice"),
        ({"姓名": "name", "电话": "nonsense"}, "no_field"),
        ({"别的": "name"}, "no_column"),
    ],
)
def test_wrong_mappings_are_refused(executive, now, mapping, code) -> None:
    job = uploaded([["姓名", "电话"], ["王", "15400000001"]], actor=executive, now=now)
    before = dict(job.mapping)
    with pytest.raises(MappingError) as caught:
        jobs.set_mapping(job=job, mapping=mapping, options={}, actor=executive)
    assert caught.value.code == code
    job.refresh_from_db()
    assert job.mapping == before


def test_the_mapping_is_remembered_once_it_was_used(executive, supervisor, now) -> None:
    rows = [["称呼", "电话", "乙"], ["王", "15400000001", "x"]]
    job = uploaded(rows, actor=executive, now=now)
    chosen = {"称呼": "name", "电话": "phone", "乙": "remark"}
    jobs.set_mapping(job=job, mapping=chosen, options=job.options, actor=executive)
    assert uploaded(rows, actor=executive, now=now).mapping != chosen
    written(job, now=now)
    assert uploaded(rows, actor=supervisor, now=now).mapping == chosen


def test_roles_without_the_right_import_nothing(consultant, now) -> None:
    with pytest.raises(NotAllowedError):
        uploaded([HEAD, row()], actor=consultant, now=now)


@pytest.mark.check("A-09")
def test_rights_count_at_the_time_of_writing(supervisor, now) -> None:
    job = checked(uploaded([HEAD, row()], actor=supervisor, now=now), now=now)
    supervisor.role = "consultant"
    supervisor.save()
    job.refresh_from_db()
    with pytest.raises(NotAllowedError):
        written(job, now=now)
    assert nothing_written()


@pytest.mark.check("A-27")
def test_phones_of_every_spelling_become_one_customer(executive, now) -> None:
    spellings = [
        "15400000001",
        "154 0000 0001",
        "+86 154-0000-0001",
        "0086 15400000001",
        "tel:15400000001",
        "１５４０００００００１",
        "15400000001\n",
    ]
    rows = [["姓名", "电话"], *[["王", text] for text in spellings]]
    job = imported(rows, actor=executive, now=now)
    assert job.counts == {"created": 1, "repeated": len(spellings) - 1}
    assert Customer.objects.get().phone == "+8615400000001"


def test_formulas_and_wildcards_are_kept_as_text(executive, now) -> None:
    names = ["=1+1", "＝1+1", "100%_\\", "O'Neil \\N", "a\\tb"]
    rows = [["姓名", "电话"], *[[name, f"154{n:08d}"] for n, name in enumerate(names)]]
    imported(rows, actor=executive, now=now)
    stored = list(
        Customer.objects.order_by("phone_index", "pk").order_by("pk").values_list("name", flat=True)
    )
    assert stored == ["=1+1", "=1+1", "100%_\\", "O'Neil \\N", "a\\tb"]
