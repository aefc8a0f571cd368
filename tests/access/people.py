"""The people of the test world, by the key of their account."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ANONYMOUS = "anonymous"

CONSULTANTS = {"consultant", "consultant_b", "consultant_c"}
STAFF = CONSULTANTS | {
    *("supervisor", "marketing", "channel", "agent", "specialist", "service_manager"),
    *("engineering", "finance", "executive", "head_office", "sysadmin", "secadmin"),
    *("auditor", "privacy"),
}
NO_CUSTOMER_DATA = {"engineering", "sysadmin", "secadmin", "auditor"}
