"""Addresses of the desk."""

from django.urls import URLPattern, path

from service.desk import public_views as public
from service.desk import quality_views as care
from service.desk import queue_views as queue
from service.desk import self_service, views

urlpatterns: list[URLPattern] = [
    path("desk/", views.desk_home, name="desk"),
    path("desk/now/", views.desk_now, name="desk-now"),
    path("desk/seat/", views.seat_state, name="desk-seat-state"),
    path("desk/calls/", views.call_list, name="call-list"),
    path("desk/calls/<bigid:call_id>/", views.call_detail, name="call-detail"),
    path("desk/calls/<bigid:call_id>/accept/", views.call_accept, name="call-accept"),
    path("desk/calls/<bigid:call_id>/choose/", views.call_choose, name="call-choose"),
    path("desk/calls/<bigid:call_id>/caller/", views.call_caller, name="call-caller"),
    path("desk/calls/<bigid:call_id>/wrap-up/", views.call_wrap, name="call-wrap"),
    path("desk/queue/", queue.desk_queue, name="desk-queue"),
    path("desk/visits/add/", queue.visit_add, name="desk-visit"),
    path("desk/team/", queue.desk_team, name="desk-team"),
    path("desk/team/seat/", queue.seat_add, name="desk-seat"),
    path("desk/messages/<bigid:message_id>/", queue.message_detail, name="message-detail"),
    path("desk/messages/<bigid:message_id>/take/", queue.message_take, name="message-take"),
    path("desk/messages/<bigid:message_id>/return/", queue.message_return, name="message-return"),
    path(
        "customers/<bigid:customer_id>/contacts/", queue.customer_contacts, name="customer-contacts"
    ),
    path("desk/quality/", care.sample_list, name="sample-list"),
    path("desk/quality/draw/", care.sample_draw, name="sample-draw"),
    path("desk/quality/<bigid:sample_id>/", care.sample_detail, name="sample-detail"),
    path("desk/quality/<bigid:sample_id>/score/", care.sample_score, name="sample-score"),
    path("desk/feedback/", care.feedback_list, name="feedback-list"),
    path("desk/feedback/add/", care.feedback_add, name="feedback-add"),
    path("contact/", public.contact, name="contact"),
    path("self-service/", self_service.self_service, name="self-service"),
]
