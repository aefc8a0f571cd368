"""Runs an import from bytes to rows, as the worker would."""

import io
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import jobs, running
from crm_site.exchange.services.upload import upload
from tests.exchange.files import csv_bytes
from tests.plugins.servers import REASON_OF_ABSENT_DATA


def uploaded(
    rows: Sequence[Sequence[str]] | io.BytesIO, *, actor: Any, now: datetime, kind: str = "customer"
) -> ImportJob:
    stream = rows if isinstance(rows, io.BytesIO) else csv_bytes(rows)
    return upload(kind=kind, stream=stream, file_name="线索.csv", actor=actor, now=now)


def set_options(job: ImportJob, **options: str) -> None:
    jobs.set_mapping(
        job=job, mapping=job.mapping, options={**job.options, **options}, actor=job.author
    )


def checked(job: ImportJob, *, now: datetime) -> ImportJob:
    jobs.start_check(job=job, now=now)
    assert not running.check(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    return job


def written(job: ImportJob, *, now: datetime) -> ImportJob:
    jobs.begin_writing(job=job, now=now, allowed=tuple(jobs.BEFORE_WRITING))
    assert not running.write(job_id=job.pk, clock=lambda: now)
    job.refresh_from_db()
    return job


def imported(
    rows: Sequence[Sequence[str]] | io.BytesIO,
    *,
    actor: Any,
    now: datetime,
    kind: str = "customer",
    **options: str,
) -> ImportJob:
    job = uploaded(rows, actor=actor, now=now, kind=kind)
    set_options(job, **options)
    return written(job, now=now)


def causes(job: ImportJob) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for code, row in job.row_errors.order_by("row").values_list("code", "row"):
        found.setdefault(code, []).append(row)
    return found


def shared_file(name: str) -> Path:
    """Return a file of the shared data; skip the test where that data is absent."""
    root = Path(__file__).parent.parent.parent
    path = root / os.environ.get("GOLDEN_DATA", "../shared") / "data" / name
    if not path.exists():
        pytest.skip(f"{REASON_OF_ABSENT_DATA}: {path}")
    return path


HEAD = ["客户姓名", "联系电话", "来源渠道", "意向项目", "登记时间", "置业顾问", "预算", "备注"]


def row(
    name="王浩然",
    phone="15400000001",
    source="抖音",
    project="",
    at="2026-05-19 09:30",
    owner="",
    budget="",
    remark="",
):
    return [name, phone, source, project, at, owner, budget, remark]
