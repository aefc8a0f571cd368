"""Tokens for programs: a password, and the second factor where the role needs one."""

from typing import Any

from axes.decorators import axes_dispatch
from django.contrib.auth import authenticate
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django_otp import match_token
from drf_spectacular.utils import extend_schema
from knox.models import get_token_model
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from crm_site.staff.models import User


class TokenRequestSerializer(serializers.Serializer[Any]):
    """Who asks for a token; ``otp`` only for roles with a second factor."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    otp = serializers.CharField(max_length=10, required=False, default="")


class TokenSerializer(serializers.Serializer[Any]):
    """A bearer token; shown once."""

    token = serializers.CharField()


@method_decorator(axes_dispatch, name="dispatch")
class TokenView(APIView):
    """Exchange a password for a bearer token that lasts twelve hours."""

    authentication_classes: list[type[Any]] = []
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "token"

    @extend_schema(request=TokenRequestSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        """Return a token; 401 for any wrong part, in the same words."""
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        user = authenticate(request._request, username=data["username"], password=data["password"])
        if not isinstance(user, User) or not self._second_factor_holds(user, data["otp"]):
            raise exceptions.AuthenticationFailed(_("User name, password or code do not match."))
        _instance, token = get_token_model().objects.create(user=user)
        return Response({"token": token})

    def _second_factor_holds(self, user: User, code: str) -> bool:
        if not user.role_definition.second_factor:
            return True
        return bool(code) and match_token(user, code) is not None
