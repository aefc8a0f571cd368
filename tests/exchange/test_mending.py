"""Cells of a tried import mended on the page, and the page of the revert."""

import pytest

from crm_site.exchange import tasks
from crm_site.exchange.models import ImportJob, ImportPart
from crm_site.exchange.services import upload as uploading
from customers.models import Customer
from tests.exchange.test_wizard import form_of, ready
from tests.factories import InteractionFactory

HEAD = ["客户姓名", "联系电话", "登记时间", "预算"]
ROWS = [
    HEAD,
    ["王浩然", "15400000001", "2026-05-19", "300-350万"],
    ["李娜", "1540000", "2026-05-19", "很多"],
    ["赵敏", "", "2026-05-19", ""],
    ["孙燕", "15400000004", "2026-05-19", "350-300万"],
]


def write(page, job):
    data = form_of(page, job) | {"action": "write", "idempotency_key": "w"}
    assert page.post(f"/imports/{job.pk}/check/", data).status_code == 302
    tasks.run_import(job.pk)
    job.refresh_from_db()


@pytest.fixture
def job(page) -> ImportJob:
    found = ready(page, ROWS)
    assert found.counts == {"created": 2, "bad": 2}
    return found


def test_bad_cells_are_listed_with_the_numbers_of_their_rows(page, job) -> None:
    assert f"/imports/{job.pk}/rows/" in page.get(f"/imports/{job.pk}/").content.decode()
    answer = page.get(f"/imports/{job.pk}/rows/")
    rows = answer.context["rows"]
    assert [(row.number, [cell.header for cell in row.cells]) for row in rows] == [
        (3, ["联系电话", "预算"]),
        (4, HEAD),  # nothing says who is meant, so every mapped cell can be filled
    ]
    assert [cell.value for cell in rows[0].cells] == ["1540000", "很多"]
    assert all(cell.reasons for cell in rows[0].cells)
    assert 'name="cell-1" value="1540000"' in answer.content.decode()
    with_remarks = page.get(f"/imports/{job.pk}/rows/?show=all").context["rows"]
    assert [row.number for row in with_remarks] == [3, 4, 5]


def test_a_mended_row_is_tried_alone_kept_and_written(page, job) -> None:
    url = f"/imports/{job.pk}/rows/3/"
    answer = page.post(url, {"cell-1": " 154 0000 0002 ", "cell-3": "400万"})
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{job.pk}/rows/")
    job.refresh_from_db()
    assert (job.state, job.counts) == ("checked", {"created": 3, "bad": 1})
    assert not job.row_errors.filter(row=3).exists()
    part = ImportPart.objects.filter(job=job).values_list("content", flat=True).get()
    assert "154 0000 0002" in part
    assert [r.number for r in page.get(f"/imports/{job.pk}/rows/").context["rows"]] == [4]
    write(page, job)
    assert job.counts == {"created": 3, "bad": 1}
    mended = Customer.objects.get(name="李娜")
    assert (mended.phone, int(mended.budget_max)) == ("+8615400000002", 4_000_000)
    refused = page.post(f"/imports/{job.pk}/rows/4/", {"cell-1": "15400000005"})
    assert refused.status_code == 409
    assert page.get(f"/imports/{job.pk}/rows/").status_code == 409
    assert Customer.objects.count() == 3


def test_a_wrong_correction_is_answered_with_its_reason_and_changes_nothing(
    page,
    job,
) -> None:
    url = f"/imports/{job.pk}/rows/3/"
    before = list(ImportPart.objects.values_list("content", flat=True))
    answer = page.post(url, {"cell-1": "15400000002"})  # the budget is still no number
    assert answer.status_code == 422
    [row, *_rest] = answer.context["rows"]
    assert [(cell.header, cell.value) for cell in row.cells] == [("预算", "很多")]
    part = page.post(url, {"cell-1": "99"}, headers={"hx-request": "true"})
    assert part.status_code == 422
    text = part.content.decode()
    assert text.lstrip().startswith('<li id="row-3">')
    assert 'value="99"' in text
    assert 'aria-invalid="true"' in text
    job.refresh_from_db()
    assert job.counts == {"created": 2, "bad": 2}
    assert list(ImportPart.objects.values_list("content", flat=True)) == before
    assert page.post(f"/imports/{job.pk}/rows/2/", {"cell-1": "15400000009"}).status_code == 409
    assert page.post(f"/imports/{job.pk}/rows/99/", {"cell-1": "1"}).status_code == 409


def test_a_row_mended_with_htmx_says_so_in_its_place(page, job) -> None:
    url = f"/imports/{job.pk}/rows/4/"
    part = page.post(url, {"cell-1": "15400000003"}, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert 'role="status"' in part.content.decode()
    assert "<form" not in part.content.decode()


def test_problems_come_in_pages_that_cost_the_same(
    page,
    django_assert_max_num_queries,
    monkeypatch,
) -> None:
    monkeypatch.setattr(uploading, "PART_ROWS", 40)
    rows = [HEAD, *[["王", "12", "", ""] for _n in range(130)]]
    job = ready(page, rows)
    first = page.get(f"/imports/{job.pk}/rows/?size=50")
    assert [row.number for row in first.context["rows"]] == list(range(2, 52))
    second = page.get(f"/imports/{job.pk}/rows/{first.context['page'].next_url}")
    assert [row.number for row in second.context["rows"]] == list(range(52, 102))
    with django_assert_max_num_queries(16):
        page.get(f"/imports/{job.pk}/rows/?size=20")


def test_the_way_back_is_asked_for_confirmed_and_told(page, job, sent) -> None:
    assert page.get(f"/imports/{job.pk}/revert/").status_code == 409
    write(page, job)
    url = f"/imports/{job.pk}/revert/"
    assert f'href="{url}"' in page.get(f"/imports/{job.pk}/").content.decode()
    assert page.get(url).status_code == 200
    assert ImportJob.objects.get().state == "done"
    kept = Customer.objects.get(name="王浩然")
    InteractionFactory(customer=kept)
    data = {"idempotency_key": "r1"}
    assert page.post(url, data)["Location"] == f"/imports/{job.pk}/"
    assert page.post(url, data)["Location"] == f"/imports/{job.pk}/"
    assert page.post(url, {"idempotency_key": "r2"}).status_code == 409
    assert sent[-1] == ("revert_import", job.pk)
    assert [name for name, _pk in sent].count("revert_import") == 1
    assert f"/imports/{job.pk}/progress/" in page.get(f"/imports/{job.pk}/").content.decode()
    tasks.revert_import(job.pk)
    done = page.get(f"/imports/{job.pk}/")
    assert [count for _label, count in done.context["reverted"]] == [1, 0, 0, 1]
    assert f'href="{url}"' not in done.content.decode()
    listed = page.get(f"/imports/{job.pk}/kept/")
    [row] = listed.context["rows"]
    assert (row.number, row.name, row.url) == (2, "王浩然", f"/customers/{kept.pk}/")
    assert row.reason
    assert row.reason in listed.content.decode()
    assert list(Customer.objects.all()) == [kept]


def test_strangers_find_neither_rows_nor_revert(page, job, executive, client_for) -> None:
    other = client_for(executive)
    for name in ("rows/", "revert/", "kept/"):
        assert other.get(f"/imports/{job.pk}/{name}").status_code == 404
    assert other.post(f"/imports/{job.pk}/rows/3/", {"cell-1": "1"}).status_code == 404
    assert other.post(f"/imports/{job.pk}/revert/").status_code == 404
    job.refresh_from_db()
    assert job.state == "checked"
