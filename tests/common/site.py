"""A small site for the tests of the frame: one address for each thing that can happen."""

from django import forms
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.i18n import set_language
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.common import converters  # noqa: F401 -- registers bigid
from crm_site.common.htmx import add_toast, render_page
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import NotAllowedError, StaleError, TooManyError
from crm_site.staff.models import User

LISTING = Listing(
    template="tests_common/list.html",
    sorts={"name": ("name",), "seen": ("last_login",), "id": ("pk",)},
    default_sort="name",
)


class VisitForm(forms.Form):
    name = forms.CharField(label="Name", max_length=20)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)


def rows(request):
    return list_page(request, queryset=User.objects.all(), listing=LISTING)


def form(request):
    def save(form):
        if form.cleaned_data["name"] == "taken":
            raise ValidationError({"name": "This name is taken"})
        messages.success(request, "Saved", extra_tags="undo=/undo/")
        return "/list/"

    bound = VisitForm(request.POST or None)
    return form_page(request, form=bound, template="tests_common/form.html", save=save)


def hold(request):
    """Store the text in the database, as any service would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", [request.POST.get("text", request.GET.get("text", ""))])
        return HttpResponse(cursor.fetchone()[0])


def number(request, pk):
    return HttpResponse(User.objects.filter(pk=pk).count())


def toast(request):
    response = HttpResponse(status=204)
    add_toast(response, "已保存", undo="/undo/")
    return response


def frame(request):
    return render_page(request, "tests_common/frame.html")


def raising(make):
    def view(request):
        raise make()

    return login_not_required(view)


class Serializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "name"]


class Rows(ListAPIView):
    queryset = User.objects.all()
    serializer_class = Serializer
    sorts = {"id": ("pk",), "name": ("name",)}
    default_sort = "id"


class Raising(APIView):
    permission_classes = []
    make = None

    def get(self, request):
        raise type(self).make()

    def post(self, request):
        return Response(request.data)


def api_raising(make_error):
    return type("View", (Raising,), {"make": staticmethod(make_error)}).as_view()


FAULTS = {
    "stale": lambda: StaleError("Lu Yuan changed it at 10:31"),
    "denied": lambda: PermissionDenied("secret reason"),
    "ask": lambda: NotAllowedError("Only finance sees commissions", ask="周明远"),
    "too-many": lambda: TooManyError(retry_after=90),
    "boom": lambda: RuntimeError("secret trace"),
    "outage": lambda: OperationalError("server closed the connection"),
    "invalid": lambda: serializers.ValidationError({"phone": ["Phone has 10 digits, not 11"]}),
    "django-invalid": lambda: ValidationError({"phone": "Phone has 10 digits, not 11"}),
}

urlpatterns = [
    path("", frame),
    path("accounts/login/", auth_views.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("crm_site.common.urls")),
    path("list/", rows),
    path("form/", form),
    path("hold/", hold),
    path("toast/", toast),
    path("page/", lambda request: render(request, "tests_common/frame.html")),
    path("number/<bigid:pk>/", number),
    path("api/v1/rows/", Rows.as_view()),
    *(path(f"fault/{name}/", raising(make)) for name, make in FAULTS.items()),
    *(path(f"api/v1/fault/{name}/", api_raising(make)) for name, make in FAULTS.items()),
]
handler400 = "crm_site.common.errors.bad_request"
handler403 = "crm_site.common.errors.permission_denied"
handler404 = "crm_site.common.errors.page_not_found"
handler500 = "crm_site.common.errors.server_error"
