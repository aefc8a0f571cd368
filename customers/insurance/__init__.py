"""Defect repair insurance 缺陷修复保险: policies, claims, what was paid and repaired (SVC-98)."""
