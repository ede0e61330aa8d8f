"""Pools of coupons: made and filled by marketers, counted as orders come in."""
