"""The tables of the service desk as they lie; what has no default in the database is empty."""

from django.db import models

from benchmarks.floor.models import Customer, Project, User


class TicketClass(models.Model):
    name = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "service_ticketcategory"

    def __str__(self):
        return self.name


class Ticket(models.Model):
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=14, default="received")
    category = models.ForeignKey(TicketClass, null=True, on_delete=models.DO_NOTHING)
    urgency = models.CharField(max_length=8, default="routine")
    rank = models.PositiveSmallIntegerField(default=2)
    severity = models.CharField(max_length=8, default="normal")
    stage = models.CharField(max_length=10)
    channel = models.CharField(max_length=8)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.DO_NOTHING)
    contact_name = models.CharField(max_length=80, blank=True)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING)
    subject = models.CharField(max_length=120)
    body = models.TextField(max_length=4000, blank=True)
    first_responder = models.ForeignKey(
        User, null=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    handler = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, related_name="+")
    department = models.CharField(max_length=16, default="service_centre")
    opened_at = models.DateTimeField()
    step_due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    resume_state = models.CharField(max_length=14, default="")
    reopened = models.PositiveSmallIntegerField(default=0)
    plan = models.TextField(default="")
    solution = models.TextField(default="")
    answer = models.CharField(max_length=8, default="")
    source = models.CharField(max_length=40, default="")
    source_id = models.CharField(max_length=80, default="")
    is_proactive = models.BooleanField(default=False)
    is_demanding = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        managed = False
        db_table = "service_ticket"

    def __str__(self):
        return self.number


class Survey(models.Model):
    version_id = models.BigIntegerField()
    trigger = models.CharField(max_length=10)
    stage = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "service_survey"

    def __str__(self):
        return str(self.pk)


class Invitation(models.Model):
    survey = models.ForeignKey(Survey, on_delete=models.DO_NOTHING)
    customer_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    token_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "service_surveyinvitation"

    def __str__(self):
        return str(self.pk)


class Response(models.Model):
    survey = models.ForeignKey(Survey, on_delete=models.DO_NOTHING)
    version_id = models.BigIntegerField()
    invitation = models.ForeignKey(Invitation, on_delete=models.DO_NOTHING)
    customer_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    trigger = models.CharField(max_length=10)
    stage = models.CharField(max_length=12)
    at = models.DateTimeField()
    month_on = models.DateField()
    of_staff = models.BooleanField(default=False)
    is_low = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "service_surveyresponse"

    def __str__(self):
        return str(self.pk)


class Answer(models.Model):
    response = models.ForeignKey(Response, on_delete=models.DO_NOTHING)
    question = models.CharField(max_length=40)
    scale = models.CharField(max_length=10)
    value = models.TextField()
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        managed = False
        db_table = "service_surveyanswer"

    def __str__(self):
        return self.value
