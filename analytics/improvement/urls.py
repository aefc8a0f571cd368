"""Pages of improvement."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.improvement.views import items, money, people, programmes

PROGRAMME = "improvement/programmes/<bigid:programme_id>/"
ITEM = "improvement/items/<bigid:pdca_item_id>/"
APPRAISAL = "appraisals/<bigid:appraisal_id>/"
RUN = "bonus/<bigid:bonus_run_id>/"
PERSON = "results/<bigid:person_id>/"

urlpatterns: list[URLPattern] = [
    path("improvement/", items.pdca_board, name="pdca-board"),
    path("improvement/items/add/", items.pdca_item_add, name="pdca-item-add"),
    path(ITEM, items.pdca_item, name="pdca-item"),
    path(f"{ITEM}edit/", items.pdca_item_edit, name="pdca-item-edit"),
    path(f"{ITEM}drop/", items.pdca_item_drop, name="pdca-item-drop"),
    path(f"{ITEM}means/", items.pdca_item_means, name="pdca-item-means"),
    path("improvement/programmes/", programmes.programmes, name="programmes"),
    path("improvement/programmes/add/", programmes.programme_add, name="programme-add"),
    path(PROGRAMME, programmes.programme, name="programme"),
    path(f"{PROGRAMME}edit/", programmes.programme_edit, name="programme-edit"),
    path(f"{PROGRAMME}gate/", programmes.programme_gate, name="programme-gate"),
    path(f"{PROGRAMME}evaluate/", programmes.programme_evaluate, name="programme-evaluate"),
    path(f"{PROGRAMME}workshops/add/", programmes.workshop_add, name="workshop-add"),
    path("improvement/workshops/<bigid:workshop_id>/", programmes.workshop, name="workshop"),
    path("improvement/departments/", money.departments, name="department-indicators"),
    path("improvement/experiments/", money.experiment_results, name="experiment-results"),
    path("appraisals/", people.appraisals, name="appraisals"),
    path("appraisals/open/", people.appraisal_open, name="appraisal-open"),
    path("appraisals/candidates/", people.candidates, name="promotion-candidates"),
    path(APPRAISAL, people.appraisal, name="appraisal"),
    path(f"{APPRAISAL}edit/", people.appraisal_edit, name="appraisal-edit"),
    path(f"{APPRAISAL}publish/", people.appraisal_publish, name="appraisal-publish"),
    path(f"{APPRAISAL}appeal/", people.appraisal_appeal, name="appraisal-appeal"),
    path(f"{APPRAISAL}decide/", people.appraisal_decide, name="appraisal-decide"),
    path("results/", people.own_results, name="own-results"),
    path(PERSON, people.person_results, name="person-results"),
    path(f"{PERSON}honour/", people.honour_add, name="honour-add"),
    path(f"{PERSON}grant/", money.incentive_add, name="incentive-add"),
    path(
        f"{PERSON}entries/<bigid:incentive_id>/reverse/",
        money.incentive_reverse,
        name="incentive-reverse",
    ),
    path("star/", people.service_star, name="service-star"),
    path("star/award/", people.star_award, name="star-award"),
    path("star/<bigid:nomination_id>/vote/", people.star_vote, name="star-vote"),
    path("bonus/", money.bonus_runs, name="bonus-runs"),
    path("bonus/add/", money.bonus_run_add, name="bonus-run-add"),
    path(RUN, money.bonus_run, name="bonus-run"),
    path(f"{RUN}xlsx/", money.bonus_run_xlsx, name="bonus-run-xlsx"),
    path(f"{RUN}ask/", money.bonus_run_ask, name="bonus-run-ask"),
    path(f"{RUN}paid/", money.bonus_run_paid, name="bonus-run-paid"),
]
