"""Schedules of the local stage: EventBridge Scheduler's expressions in their zones, fired by the host."""
