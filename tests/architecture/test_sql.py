"""SQL is written out whole; where it is put together, somebody looked at the parts (A-23)."""

import ast

import pytest

from tests.architecture.sql_calls import modules, put_together

# Reviewed: what the text is put together from, never from a request. Values are always parameters.
REVIEWED = {
    "analytics.churn.features.building": "the sources of the module ``sources``, all constants",
    "analytics.churn.features.fates": "constants of the module",
    "analytics.churn.features.reading": "a constant of its callers with its parameters, by COPY",
    "analytics.churn.services.refusing": "one of two constants",
    "analytics.churn.services.writing": "constants of the module; values by COPY",
    "crm_site.common.whole_tables": "names of temporary tables and statements, both constants",
    "crm_site.common.models": "a constant with its parameters",
    "crm_site.common.saved_views": "a constant with its parameters",
    "crm_site.policies.services": "constants of the module, a state of the model",
    "customers.querysets": "a constant with its parameters",
    "customers.selectors.channels": "a constant made from constants of the module",
    "customers.selectors.next_steps": "a constant made from constants of the module",
    "analytics.value.services.advising": "constants of the module, figures as parameters",
    "analytics.value.services.discovering": "constants of the module and of the refusals",
    "analytics.value.services.fitting": "constants of the module",
    "analytics.value.services.foreseeing": "one constant for each series",
    "analytics.value.services.grouping": "constants of the module and of the refusals",
    "analytics.value.services.intending": "constants of the module; values by COPY",
    "analytics.value.services.lasting": "a constant made from the phases",
    "analytics.value.services.mining": "constants of the module and of the refusals",
    "analytics.value.services.refusing": "tables and refusals, both constants",
    "analytics.value.services.valuing": "constants of value_sql",
    "customers.duplicate_sql": "constants of the module, chosen by the kind of run",
    "customers.grade_sql": "constants of the module",
    "customers.standing_sql": "constants of the module",
    "customers.importers.copying": "quoted names of a model's table and columns; values by COPY",
    "customers.importers.removing": "psycopg2.sql, identifiers of models",
    "customers.selectors.grades": "constants of grade_sql and a query set with its parameters",
    "customers.selectors.history": "the registered parts of the timeline, constants of modules",
    "customers.services.assessment": "one of two constants",
    "customers.services.bulk": "a constant around a query set with its parameters",
    "customers.services.grading": "constants of grade_sql",
    "customers.services.reminders": "one of the constants its callers name",
    "customers.services.stages": "a constant made from the table of stages",
    "customers.services.standing": "constants of standing_sql",
    "customers.services.tags": "a constant around a query set with its parameters",
    "analytics.warehouse.selectors": "constants of base_sql, names of columns from a fixed list",
    "analytics.warehouse.services.refreshing": "constants of changed_sql",
    "analytics.warehouse.services.writing": "constants of base_sql",
    "marketing.attribution.services.binary": "a constant of path_sql with its parameters, by COPY",
    "marketing.attribution.services.computing": "constants of path_sql and of the module",
    "marketing.attribution.services.pulling": "constants of pull_sql",
}


def test_sql_is_put_together_only_where_it_was_reviewed() -> None:
    found = {module for module, _function in put_together(modules())}
    assert sorted(found - REVIEWED.keys()) == [], "review the parts, then add it to REVIEWED"


@pytest.mark.parametrize(
    "source",
    [
        'def f(c, q): c.execute(f"SELECT {q}")',
        'def f(c, q): c.execute("SELECT %s" % q)',
        'def f(c, q): c.execute("SELECT {}".format(q))',
        'def f(c, q): c.execute("SELECT " + q)',
        "def f(c, q): c.execute(q)",
        'Q = f"SELECT {1}"\ndef f(c): c.execute(Q)',
        'Q = "SELECT 1"\nQ = input()\ndef f(c): c.execute(Q)',
        'def f(m): m.objects.raw("SELECT 1")',
        'def f(m): m.objects.extra(where=["1"])',
        'def f(m): m.objects.annotate(a=RawSQL("1", []))',
    ],
)
def test_the_gate_sees_text_that_is_put_together(source: str) -> None:
    """The negative control: each of these would let a request into the text of a statement."""
    assert put_together(iter([("made", ast.parse(source))])) == {("made", "f")}


def test_text_written_out_whole_passes() -> None:
    source = 'Q = "SELECT %s"\ndef f(c, q):\n    c.execute(Q, [q])\n    c.execute("SELECT 1" " ")'
    assert put_together(iter([("made", ast.parse(source))])) == set()
