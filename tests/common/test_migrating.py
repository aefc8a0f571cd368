"""Operations applied together write what they write one by one, and take it away again."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from crm_site.common.migrating import Together

pytestmark = pytest.mark.django_db
KEY = ("id", models.BigAutoField(primary_key=True))


def begun() -> ProjectState:
    """Return the state of a project that has owners."""
    state = ProjectState()
    migrations.CreateModel("TriedOwner", [KEY]).state_forwards("common", state)
    return state


def operations() -> list[migrations.operations.base.Operation]:
    owner = models.ForeignKey("common.TriedOwner", on_delete=models.PROTECT)
    whole = models.CheckConstraint(name="tried_thing_whole", condition=models.Q(size__gt=0))
    return [
        migrations.CreateModel(
            "TriedThing",
            [KEY, ("owner", owner), ("size", models.IntegerField())],
            options={"constraints": [whole]},
        ),
        migrations.AddField("TriedOwner", "name", models.CharField(max_length=9, default="")),
    ]


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if "_tried" in name}


def test_tables_come_and_go_together() -> None:
    before, after = begun(), begun()
    together = Together(operations())
    together.state_forwards("common", after)
    with connection.schema_editor(atomic=False) as editor:
        editor.create_model(before.apps.get_model("common", "TriedOwner"))
        together.database_forwards("common", editor, before, after)
    assert tables() == {"common_triedowner", "common_triedthing"}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "common_triedthing")
    assert found["tried_thing_whole"]["check"]
    assert any(each["foreign_key"] == ("common_triedowner", "id") for each in found.values())
    assert columns() == ["id", "name"]
    with connection.schema_editor(atomic=False) as editor:
        together.database_backwards("common", editor, after, before)
    assert (tables(), columns()) == ({"common_triedowner"}, ["id"])


def columns() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "common_triedowner")
    return [column.name for column in found]


def test_models_drawn_before_are_not_kept() -> None:
    state = begun()
    assert set(state.apps.all_models["common"]) == {"triedowner"}
    Together(operations()).state_forwards("common", state)
    assert set(state.apps.all_models["common"]) == {"triedowner", "triedthing"}
