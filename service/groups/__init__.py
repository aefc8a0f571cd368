"""Group complaints and crises: what belongs together, found early and handled as one."""
