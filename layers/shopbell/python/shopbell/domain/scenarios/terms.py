"""What a plan says of one of its steps, as a run carries it: its terms, and how the push service is to treat it."""

from shopbell.domain.runs import DeliveryOptions, Terms
from shopbell.domain.scenarios.instances import are_apart
from shopbell.domain.scenarios.plan import OnCalendar, Plan


def terms_of(plan: Plan, step: int) -> Terms:
    """IndexError for a step that the plan has not."""
    one = plan.steps[step]
    message_class = one.message_class or plan.message_class
    return Terms(
        step=step,
        message_class=message_class,
        priority=plan.priority,
        topic=plan.topic,
        holdout_percent=plan.holdout_percent,
        max_recipients=plan.trigger.max_recipients if isinstance(plan.trigger, OnCalendar) else None,
        respect_caps=message_class != "transactional",
        respect_quiet_hours=plan.respect_quiet_hours,
        recheck_audience=plan.recheck_audience,
        relevance=one.relevance,
        reentry=plan.reentry,
        cooldown=0 if plan.unlike is not None or are_apart(plan) else plan.cooldown,  # what differs was let in
        max_per_user=plan.max_per_user,
        latest=plan.send_time.latest,
        best_hour=plan.send_time.kind == "best_hour",
        products=one.products,
        newest_device_only=plan.newest_device_only,
        coupon=one.coupon,
        landing=one.landing,
        attribution=plan.attribution,
    )


def delivery_of(plan: Plan, step: int = 0) -> DeliveryOptions:
    one = plan.steps[step]
    pace = plan.trigger.per_minute if isinstance(plan.trigger, OnCalendar) else None
    return DeliveryOptions(
        ttl=one.ttl or plan.ttl, urgency=one.urgency or plan.urgency, per_minute=pace, urgent_for=one.urgent_for
    )
