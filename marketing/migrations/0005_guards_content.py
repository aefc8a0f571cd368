"""What was published and what was signed is kept for ever (MKT-28, MKT-29, MKT-40)."""

from django.db import migrations

KEPT = {
    "marketing_publishedadvert": ("published_advert_kept", "UPDATE OR DELETE"),
    "marketing_publishedclaim": ("published_claim_kept", "UPDATE OR DELETE"),
    # a change of keys writes the same bytes anew
    "marketing_advertproof": (
        "advert_proof_kept",
        "DELETE OR UPDATE OF published_id, name, media_type, size, digest, stored_at",
    ),
    "marketing_advertversion": ("advert_version_kept", "UPDATE OR DELETE"),
    "marketing_advertclaim": ("advert_claim_kept", "UPDATE OR DELETE"),
    "marketing_feedversion": ("feed_version_kept", "UPDATE OR DELETE"),
}
REFUSE = """
CREATE FUNCTION marketing_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of {table} are kept as they are (row %)', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
END $$;
CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION marketing_{name}();
"""
ALLOW = """
DROP TRIGGER {name} ON {table};
DROP FUNCTION marketing_{name}();
"""


def guard(table: str, name: str, when: str) -> migrations.RunSQL:
    """Return what refuses changes of the rows of a table."""
    parts = {"table": table, "name": name, "when": when}
    return migrations.RunSQL(REFUSE.format(**parts), ALLOW.format(**parts))


class Migration(migrations.Migration):
    dependencies = [("marketing", "0004_guards_attribution")]

    operations = [guard(table, *how) for table, how in KEPT.items()]
