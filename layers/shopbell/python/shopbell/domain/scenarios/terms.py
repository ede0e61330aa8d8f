"""What a plan says of one of its steps, as a run carries it: its terms, and how the push service is to treat it."""

from shopbell.domain.runs import DeliveryOptions, Terms
from shopbell.domain.scenarios.plan import Plan


def terms_of(plan: Plan, step: int) -> Terms:
    """IndexError for a step that the plan has not."""
    one = plan.steps[step]
    return Terms(
        step=step,
        message_class=plan.message_class,
        priority=plan.priority,
        holdout_percent=plan.holdout_percent,
        respect_caps=plan.message_class != "transactional",
        respect_quiet_hours=plan.respect_quiet_hours,
        recheck_audience=plan.recheck_audience,
        relevance=one.relevance,
        reentry=plan.reentry,
        cooldown=plan.cooldown,
        max_per_user=plan.max_per_user,
        latest=plan.send_time.latest,
        best_hour=plan.send_time.kind == "best_hour",
        products=one.products,
        newest_device_only=plan.newest_device_only,
        coupon=one.coupon,
    )


def delivery_of(plan: Plan) -> DeliveryOptions:
    return DeliveryOptions(ttl=plan.ttl, urgency=plan.urgency)
