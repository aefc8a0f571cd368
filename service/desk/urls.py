"""Addresses of desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
