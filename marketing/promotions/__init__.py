"""Promotions, group purchases and coupons."""
