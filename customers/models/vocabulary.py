"""Controlled word lists and the fields a company adds itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.rules.categories import CATEGORIES


class VocabularyTerm(models.Model):
    """One allowed word of a controlled list, with the spellings that mean the same (CUS-05)."""

    LISTS = [
        ("source", _("Lead source")),
        ("layout", _("Layout")),
        ("lost_reason", _("Reason for losing")),
        ("city", _("City")),
    ]
    list_key = models.CharField(max_length=20, choices=LISTS)
    code = models.CharField(max_length=60)
    label_zh = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    aliases = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["list_key", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["list_key", "code"], name="vocabulary_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.list_key}:{self.code}"


class CustomField(models.Model):
    """A field of the customer that this company added; values live in ``Customer.custom``."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        BOOLEAN = "boolean", _("Yes or no")
        CHOICE = "choice", _("Choice")

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    is_personal = models.BooleanField(default=False, help_text="masked like a phone number")
    category = models.CharField(
        max_length=12,
        choices=[(category.value, category.value) for category in CATEGORIES],
        blank=True,
        default="",
        db_default="",
        help_text="category of the data; empty: contact details if personal, else basic",
    )
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.label
