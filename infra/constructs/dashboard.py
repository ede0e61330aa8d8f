"""One page of graphs: what comes in, how far behind the functions are, what goes out, what fails."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import ServiceFunction
from infra.constructs.queues import Queues
from infra.constructs.streams import READERS

WIDTH: Final = 12
MINUTE: Final = Duration.minutes(1)


def dashboard(
    scope: Construct, *, http: apigw.HttpApi, functions: Mapping[str, ServiceFunction], queues: Queues
) -> cloudwatch.Dashboard:
    every = list(functions.values())
    readers = [functions[name] for name in sorted({reader.function for reader in READERS})]
    page = cloudwatch.Dashboard(scope, "Dashboard", default_interval=Duration.hours(3))
    page.add_widgets(
        _graph("Calls", [http.metric_count(period=MINUTE), http.metric_client_error(period=MINUTE)]),
        _graph("Answers, p99 ms", [http.metric_latency(statistic="p99", period=MINUTE)]),
    )
    page.add_widgets(
        _graph("Behind the streams, ms", [_named(f.metric("IteratorAge", statistic="Maximum"), f) for f in readers]),
        _graph("Oldest message, s", [_age(name, queue) for name, queue in queues.by_name.items()]),
    )
    page.add_widgets(
        _graph("Errors", [_named(f.metric_errors(period=MINUTE), f) for f in every]),
        _graph("Dead letters", [_depth(name, queue) for name, queue in queues.dead.items()]),
    )
    page.add_widgets(
        _graph("Duration, p99 ms", [_named(f.metric_duration(statistic="p99", period=MINUTE), f) for f in every]),
        _graph("At once", [_named(f.metric("ConcurrentExecutions", statistic="Maximum"), f) for f in every]),
    )
    return page


def _age(name: str, queue: sqs.Queue) -> cloudwatch.Metric:
    return queue.metric_approximate_age_of_oldest_message(label=name, period=MINUTE)


def _depth(name: str, queue: sqs.Queue) -> cloudwatch.Metric:
    return queue.metric_approximate_number_of_messages_visible(label=name, period=MINUTE)


def _named(metric: cloudwatch.Metric, function: ServiceFunction) -> cloudwatch.Metric:
    return metric.with_(label=function.node.id)


def _graph(title: str, metrics: Sequence[cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=WIDTH)
