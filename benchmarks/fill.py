"""A company of any size: two thousand demo customers with all that is theirs, multiplied in SQL.

Every copy has name and number of its own and belongs to one of many branches, each a copy of the
demo's regions, projects, teams and people. Talks are added up to ten a customer, few for most and
many for some, and lie in the table in the order of time, as talks do. Everything else (leads,
clocks, tasks, consents, behaviour, histories …) keeps its share.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

from benchmarks.bare import bare
from benchmarks.people import write_people
from crm_site.staff.models import OrgNode, User
from customers.models import Customer, Interaction, Meeting, Project

ORIGINALS = 2000
SEED = 20_260_101
TALKS = 10  # a customer, on average
BRANCH = 20_000  # customers
TALKS_MORE = 30
EVERY = 20
# What is found anew, kept of a change by hand, or read by its own customer's id in other columns,
# and what belongs to a unit: a copy would sell it twice. So is what belongs to one of these.
LEFT_OUT = {"duplicatesuggestion", "merge", "bulkchangeitem", "poolwarning"} | {
    *("purchase", "discountrequest", "priceletter", "claimcase", "claimevent"),
}
CHANNELS = "phone phone phone phone wechat wechat visit sms"
SAID = (
    "来电咨询三房户型和首付比例，约周末到访看样板间",
    "发送了户型图与价格测算，客户表示与家人商量后答复",
    "回访：客户仍在比较周边两个项目，关注交付时间与学区",
    "到访看房，重点看了朝南中间楼层，对得房率满意",
    "未接通，已发短信说明活动时间，三天后再联系",
    "确认公积金贷款额度与资料清单，准备预约签约",
)
# Columns of a copy that are no plain copy; t is the original, copy counts from 1.
OF_CUSTOMER = {
    "name": "n.name",
    "sort_key": "n.sort_key",
    "tokens": "n.tokens",
    "phone": "CASE WHEN t.phone IS NOT NULL THEN p.phone END",
    "phone_index": "CASE WHEN t.phone IS NOT NULL THEN p.phone_index END",
    "phone_tail_index": "CASE WHEN t.phone IS NOT NULL THEN p.phone_tail_index END",
    "id_number": "NULL",
    "id_number_index": "NULL",
    "birthday": "t.birthday + copy * 37 % 3653",
    "city": "CASE WHEN t.city <> '' THEN t.city || {branch} ELSE '' END",
}
OF_ALL = {
    "external_id": "CASE WHEN t.external_id <> '' THEN t.external_id || '-' || copy ELSE '' END",
    "event_id": "t.event_id || '-' || copy",
    "seat": "t.seat + copy * 16",  # of viewings: more than a slot has places
    "source_id": "CASE WHEN t.source_id <> '' THEN t.source_id || '-' || copy ELSE '' END",
}


def fill(customers: int) -> None:
    """Write the demo company and as many copies of its customers as make up ``customers``."""
    times = max(1, customers // ORIGINALS)
    call_command("seed_demo", customers=customers // times, seed=SEED, verbosity=0)
    found = copied_models()
    tables = [model._meta.db_table for model in found]
    with connection.cursor() as cursor:
        with _all_or_nothing(cursor):
            filling = Filling(cursor, copies=times - 1, branches=max(1, customers // BRANCH))
            filling.copy_branches()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with bare(cursor, tables):
                filling.copy_customers(found)
                filling.write_talks(customers)
        for table in ("staff_orgnode", "staff_user", "customers_project", *tables):
            cursor.execute(f"VACUUM ANALYZE {table}")


def copied_models() -> list[type[models.Model]]:
    """Return the tables of the app whose rows belong to customers, those pointed to first."""
    found: list[type[models.Model]] = [Customer]
    rest = [
        model
        for model in apps.get_app_config("customers").get_models()
        if model is not Customer and not _is_left_out(model)
    ]
    grew = True
    while grew:
        grew = False
        for model in list(rest):
            if model is Meeting or any(key.related_model in found for key in _keys(model)):
                found.append(model)
                rest.remove(model)
                grew = True
    household = Customer._meta.get_field("household").related_model
    return [household, *found]


def _is_left_out(model: type[models.Model]) -> bool:
    names = {model._meta.model_name, *(key.related_model._meta.model_name for key in _keys(model))}
    return bool(names & LEFT_OUT)


def _keys(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    return (field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey))


@contextmanager
def _all_or_nothing(cursor) -> Iterator[None]:
    """One transaction with room for sorting and without the limits of a page."""
    with transaction.atomic():
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("SET LOCAL synchronous_commit = off")
        # Names and numbers are made up in between; a busy machine takes its time over it.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield


class Filling:
    """Copies of all rows, their keys moved by the width of the originals' ids."""

    def __init__(self, cursor, *, copies: int, branches: int) -> None:
        self.cursor = cursor
        self.copies = copies
        self.branches = branches
        self.widths: dict[type[models.Model], int] = {}
        self.branch = f"(copy % {branches})"

    @cached_property
    def head(self) -> int:
        """The head office is one, whatever the number of branches."""
        return OrgNode.objects.get(parent=None).pk

    def copy_branches(self) -> None:
        """Copy the organisation below the head office with its people, branch by branch."""
        for model in (OrgNode, User):
            self.widths[model] = self._width(model)
        self.widths[Project] = self.widths[OrgNode]
        texts = {"code": "t.code || '-' || copy", "username": "t.username || '-' || copy"}
        texts |= {
            "employee_no": "CASE WHEN t.employee_no <> '' THEN t.employee_no || '-' || copy"
            " ELSE '' END",
            "name": "t.name || copy",
        }
        for model, below in (
            (OrgNode, "t.parent_id IS NOT NULL"),
            (Project, "TRUE"),
            (User, f"t.node_id <> {self.head}"),
        ):
            values = self._values(model, branch="copy") | {
                name: text for name, text in texts.items() if name in _columns(model)
            }
            self._insert(
                model,
                values,
                source=(
                    f"generate_series(1, {self.branches - 1}) copy"
                    f" CROSS JOIN {model._meta.db_table} t WHERE {below}"
                    f" ORDER BY copy, {_pk('t', model)}"
                ),
            )
            self._move_sequence(model)

    def copy_customers(self, found: Sequence[type[models.Model]]) -> None:
        """Copy the rows of all tables but the talks."""
        for model in found:
            self.widths[model] = self._width(model)
        width = self.widths[Customer]
        originals = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        ids = (pk + copy * width for copy in range(1, self.copies + 1) for pk in originals)
        write_people(self.cursor, ids, seed=SEED)
        for model in found:
            if model is Interaction:
                continue
            values = self._values(model, branch=self.branch)
            source = f"generate_series(1, {self.copies}) copy CROSS JOIN {model._meta.db_table} t"
            if model is Customer:
                values |= {k: v.format(branch=self.branch) for k, v in OF_CUSTOMER.items()}
                source += (
                    f" JOIN bench_person p ON p.id = t.id + copy * {width}"
                    " JOIN bench_name n ON n.no = p.name_no"
                )
                source += " ORDER BY p.id"
            self._insert(model, values, source=source)
            self._move_sequence(model)

    def write_talks(self, customers: int) -> None:
        """Copy the talks and add as many as are missing, in the order of time.

        One customer in twenty gets thirty more; the others get few or many, by chance.
        """
        table = Interaction._meta.db_table
        values = self._values(Interaction, branch=self.branch)
        values.pop("id")
        self.cursor.execute(
            f"CREATE TEMPORARY TABLE bench_talk AS SELECT {_list(values)} FROM"
            f" generate_series(1, {self.copies}) copy CROSS JOIN {table} t"
        )
        self.cursor.execute(f"SELECT (SELECT count(*) FROM bench_talk) + count(*) FROM {table}")
        lacking = customers * TALKS - self.cursor.fetchone()[0]
        self.cursor.execute(
            "SELECT count(*) FROM customers_customer WHERE last_contact_at IS NOT NULL"
        )
        spoken_to = max(1, self.cursor.fetchone()[0])
        mean = max(0.0, lacking / spoken_to - TALKS_MORE / EVERY)
        self.cursor.execute("SELECT setseed(0.5)")
        self.cursor.execute(
            ADD_TALKS,
            {
                "mean": mean,
                "said": list(SAID),
                "channels": CHANNELS.split(),
                "every": EVERY,
                "more": TALKS_MORE,
            },
        )
        columns = ", ".join(values)
        self.cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM bench_talk ORDER BY at"
        )

    def _values(self, model: type[models.Model], *, branch: str) -> dict[str, str]:
        """Return the expression of every column of a copy."""
        values = {}
        for field in model._meta.concrete_fields:
            name = str(field.column)
            values[name] = OF_ALL.get(name, f"t.{name}")
            target = field.related_model if isinstance(field, models.ForeignKey) else None
            target = model if field.primary_key and target is None else target
            if target in (OrgNode, Project, User):
                values[name] = self._moved(name, target, branch)
            elif target in self.widths:
                values[name] = f"t.{name} + copy * {self.widths[target]}"
        return values

    def _moved(self, name: str, target: type[models.Model], branch: str) -> str:
        moved = f"t.{name} + {branch} * {self.widths[target]}"
        if target is Project:
            return moved
        staying = f"= {self.head}"
        if target is User:
            staying = f"IN (SELECT id FROM staff_user WHERE node_id = {self.head})"
        return f"CASE WHEN t.{name} {staying} THEN t.{name} ELSE {moved} END"

    def _insert(self, model: type[models.Model], values: Mapping[str, str], *, source: str) -> None:
        self.cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(values)})"
            f" SELECT {_list(values)} FROM {source}"
        )

    def _width(self, model: type[models.Model]) -> int:
        """Return how many ids the originals of one table span."""
        pk = _pk("t", model)
        self.cursor.execute(
            f"SELECT coalesce(min({pk}), 0), coalesce(max({pk}), 0) FROM {model._meta.db_table} t"
        )
        lowest, highest = self.cursor.fetchone()
        return int(highest - lowest + 1)

    def _move_sequence(self, model: type[models.Model]) -> None:
        if isinstance(model._meta.pk, models.OneToOneField):
            return
        table = model._meta.db_table
        self.cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )


# Before the last contact; whoever has had none is left alone.
ADD_TALKS = """
INSERT INTO bench_talk (customer_id, lead_id, channel, result, content, mood, intent, next_step,
    next_at, is_automatic, at, author_id, created_at)
SELECT c.id, NULL, channel, CASE channel WHEN 'visit' THEN 'visited' ELSE 'reached' END,
    (%(said)s::text[])[1 + floor(random() * array_length(%(said)s::text[], 1))::int], '', NULL, '',
    NULL, false, at, c.owner_id, at
FROM customers_customer c
CROSS JOIN LATERAL generate_series(1, CASE WHEN c.id %% %(every)s = 0 THEN %(more)s ELSE 0 END
    + floor(-ln(1 - random()) * %(mean)s + random() + c.id * 0)::int) n
CROSS JOIN LATERAL (
    SELECT (%(channels)s::text[])[1 + floor(random() * array_length(%(channels)s::text[], 1))::int
        + n * 0] AS channel,
        c.last_contact_at - random() * n * interval '9 days' AS at
) said
WHERE c.last_contact_at IS NOT NULL
"""


def _columns(model: type[models.Model]) -> set[str]:
    return {str(field.column) for field in model._meta.concrete_fields}


def _list(values: Mapping[str, str]) -> str:
    return ", ".join(f"{value} AS {name}" for name, value in values.items())


def _pk(alias: str, model: type[models.Model]) -> str:
    return f"{alias}.{model._meta.pk.column}"
