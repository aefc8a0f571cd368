"""Pages of kpis."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
