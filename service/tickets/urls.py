"""Addresses of tickets."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.tickets import (
    link_views,
    phone_views,
    report_views,
    step_views,
    tree_views,
    views,
)

TICKET = "tickets/<bigid:ticket_id>/"
urlpatterns: list[URLPattern] = [
    path("tickets/", views.ticket_list, name="ticket-list"),
    path("tickets/board/", views.ticket_board, name="ticket-board"),
    path("tickets/add/", views.ticket_add, name="ticket-add"),
    path("tickets/classes/", tree_views.category_list, name="ticket-classes"),
    path("tickets/classes/add/", tree_views.category_add, name="ticket-class-add"),
    path("tickets/classes/usual/", tree_views.category_install, name="ticket-classes-install"),
    path(
        "tickets/classes/<bigid:ticket_category_id>/",
        tree_views.category_edit,
        name="ticket-class-edit",
    ),
    path("tickets/report/", report_views.ticket_report, name="ticket-report"),
    path(
        "customers/<bigid:customer_id>/service/",
        report_views.customer_tickets,
        name="customer-tickets",
    ),
    path("tickets/officers/", tree_views.officer_list, name="ticket-officers"),
    path(TICKET, views.ticket_detail, name="ticket-detail"),
    path(f"{TICKET}phone/", phone_views.ticket_phone, name="ticket-phone"),
    path(f"{TICKET}edit/", views.ticket_edit, name="ticket-edit"),
    path(f"{TICKET}step/<slug:ticket_step>/", step_views.take_step, name="ticket-step"),
    path(f"{TICKET}transfer/", step_views.ticket_transfer, name="ticket-transfer"),
    path(f"{TICKET}tasks/", step_views.ticket_task, name="ticket-task"),
    path(f"{TICKET}direct/", step_views.ticket_direct, name="ticket-direct"),
    path(f"{TICKET}papers/", step_views.ticket_paper_add, name="ticket-paper-add"),
    path(f"{TICKET}merge/", link_views.ticket_merge, name="ticket-merge"),
    path(f"{TICKET}unmerge/", link_views.ticket_unmerge, name="ticket-unmerge"),
    path(f"{TICKET}split/", link_views.ticket_split, name="ticket-split"),
    path(f"{TICKET}link/", link_views.ticket_link, name="ticket-link"),
    path(
        "ticket-transfers/<bigid:ticket_transfer_id>/",
        step_views.transfer_answer,
        name="ticket-transfer-answer",
    ),
    path("ticket-tasks/<bigid:ticket_task_id>/", step_views.task_end, name="ticket-task-end"),
    path(
        "ticket-directives/<bigid:ticket_directive_id>/",
        step_views.directive_answer,
        name="ticket-directive-answer",
    ),
    path("ticket-papers/<bigid:ticket_paper_id>/", step_views.ticket_paper, name="ticket-paper"),
    path("ticket-links/<bigid:ticket_link_id>/", link_views.ticket_unlink, name="ticket-unlink"),
]
