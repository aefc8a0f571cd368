"""Who works here and where in the organisation."""

import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.rules.roles import Role, role_of


def new_session_stamp() -> str:
    """Return a value that no session has seen."""
    return secrets.token_hex(16)


class OrgNode(models.Model):
    """A place in the organisation: head office, region, project or team (PLT-14)."""

    KIND_CHOICES = [
        (NodeKind.HEAD_OFFICE, _("Head office")),
        (NodeKind.REGION, _("Region")),
        (NodeKind.PROJECT, _("Project")),
        (NodeKind.TEAM, _("Team")),
    ]
    kind = models.CharField(max_length=12, choices=KIND_CHOICES)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    # The ancestors by level, copied from the parent so that a scope is one indexed comparison.
    region = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="org_node_only_head_office_has_no_parent",
                condition=models.Q(kind=NodeKind.HEAD_OFFICE, parent__isnull=True)
                | (~models.Q(kind=NodeKind.HEAD_OFFICE) & models.Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="org_node_kind_known", condition=models.Q(kind__in=[k.value for k in NodeKind])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StaffManager(UserManager["User"]):
    """Creates accounts; ``create_superuser`` makes the first system administrator."""

    def create_superuser(self, username, email=None, password=None, **extra):  # type: ignore[no-untyped-def]
        extra.setdefault("role", "sysadmin")
        extra.setdefault("name", username)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """A member of staff: one login, one role, one place in the organisation."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(_("role"), max_length=20)
    node = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="staff")
    employee_no = models.CharField(_("employee number"), max_length=40, blank=True)
    density = models.CharField(max_length=8, default="default")
    shortcuts = models.BooleanField(default=True)
    password_set_at = models.DateTimeField(default=timezone.now, editable=False)
    # Part of what sessions are checked against: a new value ends every session of the account.
    session_stamp = models.CharField(max_length=32, default=new_session_stamp, editable=False)

    objects: ClassVar[StaffManager] = StaffManager()
    REQUIRED_FIELDS = ["name"]

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
        constraints = [
            models.UniqueConstraint(
                fields=["employee_no"],
                name="user_employee_no_once",
                condition=~models.Q(employee_no=""),
            )
        ]
        indexes = [models.Index(fields=["node", "role"], name="user_by_node_and_role")]
        permissions = [
            ("manage_users", "Manage users and the organisation"),
            ("manage_roles", "Assign roles"),
            ("view_health", "See the health of the system"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry: it ends with the password or the stamp."""
        value = f"{self.password}{self.session_stamp}"
        return salted_hmac(
            "crm_site.staff.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def role_definition(self) -> Role:
        """The line of the role table this account follows."""
        return role_of(self.role)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the role table allows ``perm``; there is no superuser above the table (A-06)."""
        return self.is_active and perm in self.role_definition.may

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            perm.startswith(f"{app_label}.") for perm in self.role_definition.may
        )

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class PastPassword(models.Model):
    """The hash of a password that was set; the last few may not come again (A-18)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class LoginTries(models.Model):
    """How many wrong passwords in a row there were for one name; the name is kept as a digest."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveSmallIntegerField()
    last_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["ip", "last_at"], name="login_tries_by_address")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.tries}"
