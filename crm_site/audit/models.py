"""The audit trail: one row per event, never changed, sealed into a hash chain (PLT-03)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CurrentTransaction(models.Func):
    """The number of the running transaction, counted over the life of the server."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class AuditEvent(models.Model):
    """Something that happened and must stay provable; keys of subjects, no personal data."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=60, help_text="a declared event type")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    role = models.CharField(max_length=20, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    ip = models.GenericIPAddressField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict, help_text="names of changed fields, counts, file names")
    # Set by the database: rows of finished transactions are sealed in the order of this number.
    transaction = models.BigIntegerField(editable=False, db_default=CurrentTransaction())

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="audit_by_subject"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["kind", "-at"], name="audit_by_kind"),
            models.Index(fields=["transaction", "id"], name="audit_seal_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}".strip()


class AuditSeal(models.Model):
    """A link of the hash chain over all events whose transaction number is below ``before``."""

    id = models.BigAutoField(primary_key=True)
    after = models.BigIntegerField(help_text="transaction number where the previous seal ended")
    before = models.BigIntegerField(unique=True)
    events = models.PositiveIntegerField()
    # SHA-256 of each event in sealing order, 32 bytes each: names the row that was altered.
    digests = models.BinaryField(default=bytes)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.hash[:12]
