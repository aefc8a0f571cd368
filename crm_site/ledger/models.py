"""Abstract tables of a ledger; an app makes an account and an entry of them (mechanism: ledger).

The entry of the app adds ``account``, a foreign key to its account with ``related_name="entries"``,
and its migration a trigger that refuses UPDATE and DELETE of entries.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class LedgerAccount(models.Model):
    """Something with a balance: the sum of its entries, kept beside them, never below zero."""

    balance = models.DecimalField(**AMOUNT, default=0, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_balance_not_negative", condition=Q(balance__gte=0)
            )
        ]


class LedgerEntry(models.Model):
    """One movement: ``amount`` is signed, ``key`` makes it happen once; rows are only added."""

    amount = models.DecimalField(**AMOUNT)
    balance_after = models.DecimalField(**AMOUNT)
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=80)
    note = models.CharField(max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], name="%(app_label)s_%(class)s_key_once"
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_moves", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_balance_not_negative",
                condition=Q(balance_after__gte=0),
            ),
        ]
