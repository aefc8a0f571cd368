"""Tokens for programs: a password, and the second factor where the role needs one."""

from datetime import datetime
from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from knox.models import get_token_model
from knox.settings import knox_settings
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.audit.services import record
from crm_site.common.addresses import client_ip
from crm_site.common.refusals import NotAllowedError
from crm_site.common.throttling import ClosedThrottle
from crm_site.staff import attempts, passwords
from crm_site.staff.models import User
from crm_site.staff.second_factor import verify_code


class TokenRequestSerializer(serializers.Serializer[Any]):
    """Who asks for a token; ``otp`` only for roles with a second factor."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    otp = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)


class TokenSerializer(serializers.Serializer[Any]):
    """A bearer token; shown once."""

    token = serializers.CharField()


class TokenThrottle(ClosedThrottle):
    """Ten questions a minute for one account from one address: an office shares no limit (A-14)."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Return what is counted together."""
        name = request.data.get("username") if isinstance(request.data, dict) else ""
        return f"token:{client_ip(request._request)}:{attempts.key_of(str(name))}"


class TokenView(APIView):
    """Exchange a password for a bearer token that lasts twelve hours."""

    authentication_classes: list[type[Any]] = []
    permission_classes = [AllowAny]
    throttle_classes = [TokenThrottle]
    throttle_scope = "token"
    metadata_class = None

    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme, without which a refusal would be answered with 403."""
        return "Bearer"

    @extend_schema(request=TokenRequestSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        """Return a token; 401 for any wrong part, in the same words; 429 while locked (A-14)."""
        now, ip = timezone.now(), client_ip(request._request)
        name = request.data.get("username") if isinstance(request.data, dict) else None
        tries = 0
        if isinstance(name, str) and name.strip():  # before anything is looked at
            tries = attempts.spend(username=name, ip=ip, now=now)
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        user = authenticate(request._request, username=data["username"], password=data["password"])
        if not isinstance(user, User) or not _has_code(user, data["otp"], now=now, ip=ip):
            attempts.record_failure(username=data["username"], tries=tries, ip=ip, now=now)
            raise exceptions.AuthenticationFailed(refusal())
        attempts.forgive(username=user.username)
        due = passwords.due_at(user, now=now)
        if due is not None and now >= due:
            detail = _("Your password is too old. Sign in on the page and choose a new one.")
            raise NotAllowedError(detail, code="password-expired")
        record(kind="login.succeeded", actor=user, subject=("user", user.pk), ip=ip, now=now)
        return Response({"token": issue_token(user)})


def _has_code(user: User, code: str, *, now: datetime, ip: str | None) -> bool:
    """Tell whether ``code`` is right, where the role needs one."""
    if not user.role_definition.second_factor:
        return True
    return verify_code(user=user, code=code, now=now, ip=ip) is not None


def refusal() -> str:
    """Return the one sentence for a wrong name, password or code."""
    return _("User name, password or code do not match.")


def issue_token(user: User) -> str:
    """Return a new token; beyond ten of one account the oldest end."""
    tokens = get_token_model().objects
    _instance, token = tokens.create(user=user)
    newest = tokens.filter(user=user).order_by("-created", "-pk").values_list("pk", flat=True)
    kept = list(newest[: knox_settings.TOKEN_LIMIT_PER_USER])
    tokens.filter(user=user).exclude(pk__in=kept).delete()
    return str(token)
