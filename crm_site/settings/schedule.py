"""When each periodic job runs (Beijing time). Every job is safe to run twice (PLT-42)."""

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

BEAT_SCHEDULE = {
    "beat-heartbeat": {"task": "crm_site.common.tasks.beat_heartbeat", "schedule": 15},
    "sweep-reminders": {"task": "customers.tasks.sweep_reminders", "schedule": 30},
    "deliver-messages": {"task": "crm_site.outbox.tasks.deliver_messages", "schedule": 10},
    "seal-audit": {"task": "crm_site.audit.tasks.seal_audit", "schedule": 60},
    "watch-calendar": {
        "task": "crm_site.calendars.tasks.watch_calendar",
        "schedule": crontab(minute=20),
    },
    "forget-answers": {
        "task": "crm_site.common.tasks.forget_old",
        "schedule": crontab(hour=3, minute=30),
    },
    "forget-tries": {
        "task": "crm_site.staff.tasks.forget_tries",
        "schedule": crontab(hour=3, minute=35),
    },
    "watch-documents": {
        "task": "crm_site.documents.tasks.watch_documents",
        "schedule": crontab(hour=8, minute=0),
    },
    "sweep-registers": {"task": "crm_site.registers.tasks.sweep_registers", "schedule": 60},
    "expire-approvals": {"task": "crm_site.approvals.tasks.expire_approvals", "schedule": 300},
    "tend-exports": {"task": "crm_site.exchange.tasks.tend_exports", "schedule": 60},
    "announce-news": {"task": "customers.tasks.announce_news", "schedule": 600},
    "resume-imports": {"task": "crm_site.exchange.tasks.resume_imports", "schedule": 60},
    "drop-import-rows": {
        "task": "crm_site.exchange.tasks.drop_import_rows",
        "schedule": crontab(hour=3, minute=45),
    },
    "resume-bulk": {"task": "customers.tasks.resume_bulk", "schedule": 60},
    "apply-tag-rules": {"task": "customers.tasks.apply_tag_rules", "schedule": 600},
    "sweep-playbooks": {"task": "customers.tasks.sweep_playbooks", "schedule": 60},
    "watch-viewings": {"task": "customers.tasks.watch_viewings", "schedule": 300},
    "watch-meetings": {"task": "customers.tasks.watch_meetings", "schedule": 300},
    "warn-of-certificates": {
        "task": "customers.tasks.warn_of_certificates",
        "schedule": crontab(hour=8, minute=10),
    },
    "plan-launch-checks": {"task": "customers.tasks.plan_launch_checks", "schedule": 1800},
    "call-delivery-groups": {
        "task": "customers.tasks.call_delivery_groups",
        "schedule": crontab(hour=8, minute=15),
    },
    "send-delivery-notices": {
        "task": "customers.tasks.send_delivery_notices",
        "schedule": crontab(hour=9, minute=0),
    },
    "expire-holds": {"task": "customers.tasks.expire_holds", "schedule": 30},
    "settle-prices": {"task": "customers.tasks.settle_prices", "schedule": 60},
    "tend-signings": {"task": "customers.signing.tasks.tend_signings", "schedule": 30},
    "remind-payments": {
        "task": "customers.payment.tasks.remind_payments",
        "schedule": crontab(hour=9, minute=0),
    },
    "make-visits": {
        "task": "customers.tasks.make_visits",
        "schedule": crontab(hour=0, minute=10),
    },
    "assign-unowned": {"task": "customers.tasks.assign_unowned", "schedule": 300},
    "recycle-silent": {
        "task": "customers.tasks.recycle_silent",
        "schedule": crontab(hour=0, minute=40),
    },
    "watch-workload": {
        "task": "customers.tasks.watch_workload",
        "schedule": crontab(hour=8, minute=30),
    },
    "refresh-standing": {
        "task": "customers.tasks.refresh_standing",
        "schedule": crontab(hour=1, minute=30),
    },
    "regrade-customers": {
        "task": "customers.tasks.regrade_customers",
        "schedule": crontab(hour=2, minute=0),
    },
    "find-duplicates": {
        "task": "customers.tasks.find_duplicates",
        "schedule": crontab(hour=3, minute=0),
    },
    "escalate-silent-transfers": {
        "task": "service.tickets.tasks.escalate_silent_transfers",
        "schedule": 300,
    },
    "remind-late-work": {"task": "service.tickets.tasks.remind_late_work", "schedule": 600},
    "report-callbacks": {
        "task": "service.tickets.tasks.report_callbacks",
        "schedule": crontab(day_of_month=1, hour=8, minute=0),
    },
    "sweep-ticket-clocks": {
        "task": "service.clocks.tasks.sweep_ticket_clocks",
        "schedule": 30,
    },
    "watch-repair-responses": {
        "task": "service.clocks.tasks.watch_repair_responses",
        "schedule": crontab(hour=8, minute=20),
    },
    "tend-knowledge": {
        "task": "service.knowledge.tasks.tend_knowledge",
        "schedule": crontab(hour=3, minute=50),
    },
    "warn-of-expectations": {
        "task": "service.knowledge.tasks.warn_of_expectations",
        "schedule": crontab(hour=8, minute=20),
    },
    "learn-from-defects": {
        "task": "service.repairs.tasks.learn_from_defects",
        "schedule": crontab(hour=2, minute=20),
    },
    "freeze-kpis": {
        "task": "analytics.kpis.tasks.freeze_kpis",
        "schedule": crontab(hour="1-5", minute="*/10"),
    },
    "check-kpis": {
        "task": "analytics.kpis.tasks.check_kpis",
        "schedule": crontab(hour="2-6", minute="5-59/10"),
    },
    "tend-surveys": {"task": "service.surveys.tasks.tend_surveys", "schedule": 600},
    "watch-satisfaction": {
        "task": "service.surveys.tasks.watch_satisfaction",
        "schedule": crontab(hour=6, minute=30),
    },
    "tend-care": {"task": "service.care.tasks.tend_care", "schedule": 1800},
    "call-owners": {
        "task": "service.care.tasks.call_owners",
        "schedule": crontab(hour=6, minute=30),
    },
    "greet-owners": {
        "task": "service.care.tasks.greet_owners",
        "schedule": crontab(hour=8, minute=30),
    },
    "link-complaints": {"task": "service.groups.tasks.link_complaints", "schedule": 300},
    "regroup-complaints": {
        "task": "service.groups.tasks.regroup_complaints",
        "schedule": crontab(hour=2, minute=40),
    },
    "watch-delays": {
        "task": "service.delays.tasks.watch_delays",
        "schedule": crontab(hour=4, minute=20),
    },
    "draw-quality-samples": {
        "task": "service.desk.tasks.draw_quality_samples",
        "schedule": crontab(day_of_month=1, hour=6, minute=10),
    },
    "refresh-cubes": {"task": "analytics.warehouse.tasks.refresh_cubes", "schedule": 240},
    "rebuild-cubes": {
        "task": "analytics.warehouse.tasks.rebuild_cubes",
        "schedule": crontab(hour=2, minute="50,56"),
    },
    "send-dashboards": {
        "task": "analytics.dashboards.tasks.send_dashboards",
        "schedule": crontab(minute=2),
    "tend-winback": {"task": "analytics.winback.tasks.tend_winback", "schedule": 600},
    "value-customers": {
        "task": "analytics.value.tasks.value_customers_nightly",
        "schedule": crontab(hour=3, minute=10),
    },
    "group-customers": {
        "task": "analytics.value.tasks.group_customers_monthly",
        "schedule": crontab(hour=4, minute=40),
    },
    "mine-wishes": {
        "task": "analytics.value.tasks.mine_wishes_weekly",
        "schedule": crontab(day_of_week=1, hour=4, minute=50),
    },
    "forecast-series": {
        "task": "analytics.value.tasks.forecast_series",
        "schedule": crontab(hour=5, minute=0),
    },
    "write-advice": {
        "task": "analytics.value.tasks.write_advice",
        "schedule": crontab(hour=5, minute=20),
    },
    "find-losses": {
        "task": "analytics.churn.tasks.find_losses",
        "schedule": crontab(hour=2, minute=30),
    },
    "score-churn": {
        "task": "analytics.churn.tasks.score_churn",
        "schedule": crontab(hour=2, minute=50),
    },
    "watch-score-models": {
        "task": "analytics.scoring.tasks.watch_score_models",
        "schedule": crontab(hour=5, minute=5),
    },
    "train-intent": {
        "task": "analytics.scoring.tasks.train_intent",
        "schedule": crontab(day_of_month=1, hour=4, minute=50),
    },
    "train-churn": {
        "task": "analytics.churn.tasks.train_churn",
        "schedule": crontab(day_of_month=1, hour=4, minute=20),
    "tend-reviews": {
        "task": "analytics.reviews.tasks.tend_reviews",
        "schedule": crontab(hour=5, minute=40),
    },
    "make-weekly-report": {
        "task": "analytics.reviews.tasks.make_weekly_report",
        "schedule": crontab(day_of_week="mon", hour=6, minute=50),
    },
}

# What each job is called on the page of the system's health.
JOB_LABELS = {
    "beat-heartbeat": _("Sign of life of the scheduler"),
    "sweep-reminders": _("Reminders and escalations"),
    "deliver-messages": _("Delivery of messages"),
    "seal-audit": _("Seal of the audit trail"),
    "watch-calendar": _("Check of the work calendar"),
    "forget-answers": _("Removal of old answers and drafts"),
    "forget-tries": _("Removal of old login tries"),
    "sweep-registers": _("Due dates of the registers"),
    "expire-approvals": _("End of approvals"),
    "tend-exports": _("Exports: go on and remove"),
    "announce-news": _("Announcement of news"),
    "resume-imports": _("Imports: go on after a stop"),
    "drop-import-rows": _("Removal of old import files"),
    "resume-bulk": _("Bulk changes: go on after a stop"),
    "apply-tag-rules": _("Tags by rule"),
    "sweep-playbooks": _("Steps of the playbooks"),
    "watch-meetings": _("Reminders of meetings"),
    "make-visits": _("Visits of the upkeep plans"),
    "assign-unowned": _("Assignment of new customers"),
    "recycle-silent": _("Return to the customer pool"),
    "watch-workload": _("Check of the workload"),
    "refresh-standing": _("Standing of the customers"),
    "regrade-customers": _("Nightly regrade"),
    "find-duplicates": _("Search for duplicates"),
    "watch-documents": _("Review dates of documents"),
    "warn-of-certificates": _("End of certificates"),
    "expire-holds": _("End of holds"),
    "settle-prices": _("Prices that come into force"),
    "watch-viewings": _("Reminders of viewings and no-shows"),
    "plan-launch-checks": _("Checks before launches"),
    "call-delivery-groups": _("Risk groups before handovers"),
    "send-delivery-notices": _("Handover notices"),
    "tend-signings": _("Online signings: send and look again"),
    "remind-payments": _("Reminders of payments and mortgages"),
    "escalate-silent-transfers": _("Offered tickets nobody answered"),
    "remind-late-work": _("Sub-tasks and directives past their day"),
    "report-callbacks": _("Callbacks of the month, told to who leads the desk"),
    "sweep-ticket-clocks": _("Reminders and time limits of tickets"),
    "watch-repair-responses": _("Check of the answers to repairs"),
    "tend-knowledge": _("Articles filed, old talks of the help page forgotten"),
    "warn-of-expectations": _("Warnings of unmet expectations before handovers"),
    "learn-from-defects": _("Lessons from defects that come back"),
    "freeze-kpis": _("Figures frozen for the night"),
    "check-kpis": _("Figures held against their rows"),
    "tend-surveys": _("Surveys: links and reminders"),
    "watch-satisfaction": _("Satisfaction: alerts, sheets and the yearly survey"),
    "tend-care": _("Owner care: what contract dates call for"),
    "call-owners": _("Owner care: regular calls"),
    "greet-owners": _("Owner care: greetings"),
    "link-complaints": _("Complaints compared as they come in"),
    "regroup-complaints": _("Groups among the complaints"),
    "watch-delays": _("Late handovers and missing facilities"),
    "draw-quality-samples": _("Draw of calls and cases for quality"),
    "refresh-cubes": _("Changed days of the summary tables"),
    "rebuild-cubes": _("Nightly rebuild of the summary tables"),
    "send-dashboards": _("Dashboards sent on schedule"),
    "tend-winback": _("Warnings and win-back"),
    "value-customers": _("Value of customers and who is likely of high value"),
    "group-customers": _("Groups of customers alike"),
    "mine-wishes": _("Rules among the wishes of customers"),
    "forecast-series": _("Forecasts"),
    "write-advice": _("Advice of the week"),
    "find-losses": _("Search for lost customers"),
    "score-churn": _("Scoring of churn risk"),
    "watch-score-models": _("Check of the score models"),
    "train-intent": _("Training of the model of purchase intent"),
    "train-churn": _("Training of the churn models"),
    "tend-reviews": _("Reports of results: open the quarter, remind"),
    "make-weekly-report": _("Weekly execution report"),
}
