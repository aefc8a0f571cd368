"""Pages of messaging."""

from django.urls import path
from django.urls.resolvers import URLPattern

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from marketing.messaging.views import batches, experiments, flows, texts

BATCH = "messages/batches/<bigid:message_batch_id>/"
FLOW = "messages/flows/<bigid:message_flow_id>/"
TEST = "experiments/<bigid:experiment_id>/"
TEXT = "messages/texts/<bigid:message_text_id>/"

urlpatterns: list[URLPattern] = [
    path("messages/batches/", batches.batches, name="batches"),
    path("messages/batches/add/", batches.batch_add, name="batch-add"),
    path(BATCH, batches.batch, name="batch"),
    path(f"{BATCH}edit/", batches.batch_edit, name="batch-edit"),
    path(f"{BATCH}recipients/", batches.batch_recipients, name="batch-recipients"),
    path(f"{BATCH}launch/", batches.batch_launch, name="batch-launch"),
    path(f"{BATCH}stop/", batches.batch_stop, name="batch-stop"),
    path("messages/flows/", flows.flows, name="flows"),
    path("messages/flows/add/", flows.flow_add, name="flow-add"),
    path(FLOW, flows.flow, name="flow"),
    path(f"{FLOW}runs/", flows.flow_runs, name="flow-runs"),
    path(f"{FLOW}steps/add/", flows.flow_step_add, name="flow-step-add"),
    path(f"{FLOW}steps/drop/", flows.flow_step_drop, name="flow-step-drop"),
    path(f"{FLOW}on/", flows.flow_on, name="flow-on"),
    path(f"{FLOW}off/", flows.flow_off, name="flow-off"),
    path("messages/texts/", texts.message_texts, name="message-texts"),
    path("messages/texts/add/", texts.message_text_add, name="message-text-add"),
    path(f"{TEXT}edit/", texts.message_text_edit, name="message-text-edit"),
    path("experiments/", experiments.experiments, name="experiments"),
    path("experiments/add/", experiments.experiment_add, name="experiment-add"),
    path(TEST, experiments.experiment, name="experiment"),
    path(f"{TEST}start/", experiments.experiment_start, name="experiment-start"),
    path(f"{TEST}decide/", experiments.experiment_decide, name="experiment-decide"),
    path(f"{TEST}stop/", experiments.experiment_stop, name="experiment-stop"),
]
