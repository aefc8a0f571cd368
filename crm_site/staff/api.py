"""Tokens for programs: a password, and the second factor where the role needs one."""

from typing import Any

from axes.decorators import axes_dispatch
from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.decorators import method_decorator
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
from crm_site.common.throttling import ClosedThrottle
from crm_site.staff.logins import record_failed_login
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


@method_decorator(axes_dispatch, name="dispatch")
class TokenView(APIView):
    """Exchange a password for a bearer token that lasts twelve hours."""

    authentication_classes: list[type[Any]] = []
    permission_classes = [AllowAny]
    throttle_classes = [ClosedThrottle]
    throttle_scope = "token"
    metadata_class = None

    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme, without which a refusal would be answered with 403."""
        return "Bearer"

    @extend_schema(request=TokenRequestSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        """Return a token; 401 for any wrong part, in the same words."""
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data, now, ip = asked.validated_data, timezone.now(), client_ip(request._request)
        django_request = request._request
        user = authenticate(django_request, username=data["username"], password=data["password"])
        if not isinstance(user, User):
            failures = getattr(django_request, "axes_failures_since_start", None)
            record_failed_login(username=data["username"], failures=failures, ip=ip, now=now)
            raise exceptions.AuthenticationFailed(refusal())
        owes_code = user.role_definition.second_factor
        if owes_code and verify_code(user=user, code=data["otp"], now=now, ip=ip) is None:
            raise exceptions.AuthenticationFailed(refusal())
        record(kind="login.succeeded", actor=user, subject=("user", user.pk), ip=ip, now=now)
        return Response({"token": issue_token(user)})


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
