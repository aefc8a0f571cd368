"""When each periodic job runs (Beijing time). Every job is safe to run twice (PLT-42)."""

from celery.schedules import crontab

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
    "watch-meetings": {"task": "customers.tasks.watch_meetings", "schedule": 300},
    "warn-of-certificates": {
        "task": "customers.tasks.warn_of_certificates",
        "schedule": crontab(hour=8, minute=10),
    },
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
}
