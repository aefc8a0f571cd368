"""Cells carry a light index by fact and day in place of keys as wide as they are (ANA-53).

One writer at a time writes them, as groups of the base, so no two agree in every dimension. Each
row of the key was compared in nine columns and took up as much room as the cell itself.
"""

from django.db import migrations

KEYS = {
    "analytics_cubecell": (
        "fact, day, project, consultant, channel, grade, stage, kind, topic"
    ),
    "analytics_cubesum": "fact, day, project, channel, kind, topic",
}


def without_key(table: str, columns: str) -> migrations.RunSQL:
    """Return what drops the primary key of a table, and gives it back."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY ({columns})",
    )


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_guard_rows")]

    operations = [without_key(table, columns) for table, columns in KEYS.items()]
