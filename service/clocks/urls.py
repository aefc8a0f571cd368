"""Addresses of clocks."""

from django.urls import URLPattern, path

from service.clocks.views import concerns, panel, reports

urlpatterns: list[URLPattern] = [
    path("tickets/timeliness/", reports.timeliness, name="ticket-timeliness"),
    path("tickets/timeliness/cases/", reports.timeliness_cases, name="timeliness-cases"),
    path("tickets/waiting/", reports.waiting, name="ticket-waiting"),
    path("tickets/concerns/", concerns.analysis, name="concern-analysis"),
    path("tickets/concerns/complaints/", concerns.concern_complaints, name="concern-complaints"),
    path("tickets/concerns/measure/", concerns.concern_measure, name="concern-measure"),
    path("tickets/<bigid:ticket_id>/clocks/", panel.ticket_clocks, name="ticket-clocks"),
    path("tickets/<bigid:ticket_id>/answer/", panel.ticket_answer, name="ticket-clock-answer"),
]
