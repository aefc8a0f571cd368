"""Addresses of the axes of a customer; part of the app's own."""

from django.urls import path

from customers.views import axes, bases, strata

urlpatterns = [
    path("customers/board/", bases.board, name="board"),
    path("customers/unclosed/", bases.unclosed_base, name="unclosed"),
    path("customers/groups/", bases.groups, name="groups"),
    path("customers/standing/", bases.standing, name="standing"),
    path("customers/<bigid:customer_id>/standing/", axes.standing_tab, name="standing-tab"),
    path("customers/<bigid:customer_id>/stage/", axes.customer_stage, name="customer-stage"),
    path("customers/<bigid:customer_id>/group/", axes.customer_group, name="customer-group"),
    path("customers/<bigid:customer_id>/group/fields/", axes.group_fields, name="group-fields"),
    path("strata/", strata.strata, name="strata"),
    path("strata/add/", strata.stratum_add, name="stratum-add"),
    path("strata/<bigid:stratum_id>/", strata.stratum_edit, name="stratum-edit"),
    path("strata/<bigid:stratum_id>/delete/", strata.stratum_delete, name="stratum-delete"),
]
