"""Summary tables of what happened, and how far they are brought up to date (ANA-53).

A star: every cell is one fact on one day at one point of all dimensions. Keys of projects and
consultants are kept plain, 0 for none, so that millions of cells are written without a look-up
each. Cells are only ever written from the base, never by hand, and by one writer at a time: so what
stands here as their key is one by the way they are made, and no index as wide as the cell says it.
"""

from typing import Any

from django.db import models

SUM: dict[str, Any] = {"max_digits": 24, "decimal_places": 4, "default": 0}


class Cell(models.Model):
    """What every summary keeps of the items that agree in its dimensions."""

    fact = models.CharField(max_length=12)
    day = models.DateField(help_text="of the event, in the time zone of the company")
    project = models.BigIntegerField(help_text="0: none")
    channel = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    topic = models.CharField(max_length=60, blank=True, help_text="class or question")
    n = models.BigIntegerField(help_text="items")
    amount = models.DecimalField(**SUM)
    squares = models.DecimalField(**SUM)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.fact} {self.day}"


class CubeCell(Cell):
    """The fine summary: all dimensions. Grade and stage are those at the time of the event."""

    pk = models.CompositePrimaryKey(
        *("fact", "day", "project", "consultant", "channel", "grade", "stage", "kind", "topic")
    )
    consultant = models.BigIntegerField(help_text="0: nobody")
    grade = models.CharField(max_length=1, blank=True)
    stage = models.CharField(max_length=12, blank=True)

    class Meta(Cell.Meta):
        permissions = [("view_cubes", "Explore the summary tables")]
        indexes = [models.Index(fields=["fact", "day"], name="cubecell_days")]


class CubeSum(Cell):
    """The coarse summary, for questions that ask for neither consultant nor grade nor stage."""

    pk = models.CompositePrimaryKey("fact", "day", "project", "channel", "kind", "topic")

    class Meta(Cell.Meta):
        indexes = [models.Index(fields=["fact", "day"], name="cubesum_days")]


class CubeState(models.Model):
    """How far a fact is: when it was last brought up to date, and which rebuild wrote it."""

    fact = models.CharField(max_length=12, primary_key=True)
    refreshed_at = models.DateTimeField()
    rebuilt_at = models.DateTimeField(null=True)
    slot = models.CharField(max_length=60, blank=True, help_text="of the rebuild")
    cells = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.fact


class CubeMark(models.Model):
    """Up to which row a table of events was read.

    Rows up to ``settled`` are known to be read. A lower number may still be in the hands of an
    open transaction, so ``pending`` becomes settled when every transaction before ``horizon`` has
    ended.
    """

    source = models.CharField(max_length=40, primary_key=True)
    settled = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0, help_text="transaction")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.source} {self.settled}"
