"""Requests with fields nobody asked for, and what they write (A-04).

Each write is made twice in a transaction that is taken back: as it is meant, and with every column
of every model beside it. What is written to the database is compared statement by statement.
"""

import re
from typing import Any

from django.apps import apps
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

STUFFING = "7391391"  # a number and a text no column holds otherwise
OURS = ("customers", "staff", "common", "policies", "exchange", "registers", "outbox", "approvals")
PRIVILEGES = {"is_staff", "is_superuser", "is_active", "role", "price", "risk", "points", "tier"}
# Kept of the request itself: its key with the digest of its body, the session, the trail.
TRACES = ("common_answeredrequest", "django_session", "audit_")
WRITES = ("INSERT", "UPDATE", "DELETE")
# Ciphertext, lists of search tokens (of numbers given in turn, too), moments, tokens and passwords
# that nobody chose, numbers of rows.
DRAWN_CODE = r"'[a-z2-9]{10}'"  # of a QR code
RANDOM = (
    r"ARRAY\[[^]]*\]|'[^']*'::bytea|'[^']*'::timestamptz|'[!A-Za-z0-9_$=+/.-]{16,}'"
    rf"|{DRAWN_CODE}|[0-9]+"
)


def columns() -> set[str]:
    """Return the name of every column of every model of ours."""
    names = set(PRIVILEGES)
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for column in model._meta.concrete_fields:
                names |= {column.name, column.attname}
    return names


STUFFED = columns()


def written(queries: Any) -> list[str]:
    """Return what was written, without what differs from one run to the next: ids and moments."""
    return sorted(re.sub(RANDOM, "#", sql) for sql in _writes(queries))


def _writes(queries: Any) -> list[str]:
    found = [query["sql"] for query in queries if query["sql"].startswith(WRITES)]
    return [sql for sql in found if not any(trace in sql for trace in TRACES)]


def twice(send: Any) -> tuple[tuple[int, list[str]], tuple[int, list[str]], str]:
    """Return status and writes of the plain and of the stuffed request, and all stuffed SQL."""
    answers, raw = [], ""
    for stuffing in ({}, dict.fromkeys(STUFFED, STUFFING)):
        reset_queries()  # the log of a connection has room for 9,000
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            status = send(stuffing).status_code
            answers.append((status, written(queries)))
            raw = " ".join(sql for sql in _writes(queries))
            transaction.set_rollback(True)
    return answers[0], answers[1], raw
