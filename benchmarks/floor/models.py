"""The product's tables as they lie, with the columns that its list and record show."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models

_CIPHER = AESGCM(bytes.fromhex(settings.FIELD_KEYS[0]))
_NONCE = slice(4, 16)


class Secret(models.BinaryField):
    """A field that is decrypted when it is read."""

    def from_db_value(self, value, _expression, _connection):
        if value is None:
            return None
        blob = bytes(value)
        place = f"{self.model._meta.db_table}.{self.column}"
        return _CIPHER.decrypt(blob[_NONCE], blob[16:], place.encode()).decode()


class User(AbstractBaseUser):
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=60)

    USERNAME_FIELD = "username"

    class Meta:
        managed = False
        db_table = "staff_user"

    def __str__(self):
        return self.name


class Project(models.Model):
    node_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "customers_project"

    def __str__(self):
        return self.name


class Customer(models.Model):
    name = models.CharField(max_length=80)
    phone = Secret(null=True)
    id_number = Secret(null=True)
    annual_income = Secret(null=True)
    address = Secret(null=True)
    gender = models.CharField(max_length=1)
    birthday = models.DateField(null=True)
    city = models.CharField(max_length=40)
    district = models.CharField(max_length=60)
    occupation = models.CharField(max_length=60)
    family = models.CharField(max_length=60)
    budget_min = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    budget_max = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    layout = models.CharField(max_length=60)
    motive = models.CharField(max_length=60)
    intent = models.PositiveSmallIntegerField(null=True)
    project_role = models.CharField(max_length=12)
    contribution = models.DecimalField(max_digits=14, decimal_places=2)
    remark = models.TextField()
    customer_class = models.CharField(max_length=16)
    source = models.CharField(max_length=60)
    is_unreachable = models.BooleanField()
    completeness = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING)
    project = models.ForeignKey(Project, null=True, on_delete=models.DO_NOTHING)
    last_contact_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "customers_customer"

    def __str__(self):
        return self.name


class Grade(models.Model):
    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.DO_NOTHING, related_name="grading"
    )
    grade = models.CharField(max_length=1)

    class Meta:
        managed = False
        db_table = "customers_customergrade"

    def __str__(self):
        return self.grade


class Task(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.DO_NOTHING)
    title = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10)

    class Meta:
        managed = False
        db_table = "customers_task"

    def __str__(self):
        return self.title


class Interaction(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.DO_NOTHING)
    author = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING)
    channel = models.CharField(max_length=8)
    result = models.CharField(max_length=14)
    content = models.TextField(max_length=4000)
    mood = models.CharField(max_length=8, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    is_automatic = models.BooleanField(default=False)
    at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "customers_interaction"

    def __str__(self):
        return self.content


class Unit(models.Model):
    project_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "customers_unit"

    def __str__(self):
        return str(self.pk)


class Purchase(models.Model):
    project_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    consultant_id = models.BigIntegerField()
    state = models.CharField(max_length=14)
    state_since = models.DateTimeField()
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    renewals = models.SmallIntegerField(default=0)
    end_reason = models.CharField(max_length=200, default="")
    contract_no = models.CharField(max_length=60, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "customers_purchase"

    def __str__(self):
        return str(self.pk)
