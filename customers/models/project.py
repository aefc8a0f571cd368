"""The housing project a lead is about."""

from django.db import models

from crm_site.staff.models import OrgNode


class Project(models.Model):
    """A housing project; shares its key with the organisation node of kind project."""

    node = models.OneToOneField(
        OrgNode, primary_key=True, on_delete=models.PROTECT, related_name="housing_project"
    )
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    city = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
