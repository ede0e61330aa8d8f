"""The HTTP API: which call goes to which function, with limits and a log; keys and origins are theirs."""

import json
from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_authorizers import HttpLambdaAuthorizer, HttpLambdaResponseType
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.config import Stage
from infra.constructs.function import ServiceFunction

DEFAULT: Final = "$default"

TRACKING: Final = (
    DEFAULT,
    "OPTIONS /{proxy+}",
    "GET /openapi.json",
    "GET /docs",
    "GET /sdk/{file}",
    "GET /v1/health",
    "GET /v1/config",
    "POST /v1/events",
    "GET /v1/events/recent",
    "POST /v1/visitors",
    "PATCH /v1/visitors/{visitor_id}",
    "POST /v1/identify",
    "POST /v1/subscriptions",
    "PATCH /v1/subscriptions",
    "DELETE /v1/subscriptions",
    "POST /v1/receipts",
    "POST /v1/prompt",
    "PUT /v1/products",
    "DELETE /v1/products/{product_id}",
)
"""What browsers and shops call. Exact paths win over the management's greedy one. `$default` gets what no other
route takes, so that the answer to an unknown path is ours too: a problem document that pages may read."""

MANAGEMENT: Final = tuple(f"{method} /v1/{{proxy+}}" for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))
"""All else below /v1: the function itself answers what it does not know. No ANY: it would swallow OPTIONS."""

ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "error": "$context.integrationErrorMessage",
    "authorizer": "$context.authorizer.error",
}
"""No address, no path, no query: they would carry visitors and keys."""


class Api(Construct):
    """One HTTP API with its default stage; without CORS settings, so that the functions' own headers stand."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        track: ServiceFunction,
        campaigns: ServiceFunction,
        authorize: ServiceFunction,
    ) -> None:
        super().__init__(scope, id_)
        self.http = apigw.HttpApi(self, "Http", create_default_stage=False)
        self._stage(stage)
        authorizer = HttpLambdaAuthorizer(
            "Authorizer",
            authorize,
            identity_source=[],
            response_types=[HttpLambdaResponseType.SIMPLE],
            results_cache_ttl=Duration.seconds(0),
        )
        self._routes(TRACKING, to=track)
        self._routes(MANAGEMENT, to=campaigns, authorizer=authorizer)
        self.url = f"https://{stage.domain_name}" if stage.domain_name else self.http.api_endpoint

    def _routes(
        self, routes: Sequence[str], *, to: ServiceFunction, authorizer: HttpLambdaAuthorizer | None = None
    ) -> None:
        integration = HttpLambdaIntegration(to.node.id, to, scope_permission_to_route=False)
        for route in routes:
            if route == DEFAULT:
                key = apigw.HttpRouteKey.DEFAULT
                apigw.HttpRoute(self, "Unknown", http_api=self.http, integration=integration, route_key=key)
                continue
            method, path = route.split(" ")
            self.http.add_routes(
                path=path, methods=[apigw.HttpMethod[method]], integration=integration, authorizer=authorizer
            )

    def _stage(self, stage: Stage) -> None:
        log = logs.LogGroup(
            self,
            "AccessLog",
            retention=stage.log_retention,
            removal_policy=RemovalPolicy.RETAIN if stage.protect else RemovalPolicy.DESTROY,
        )
        default = apigw.CfnStage(
            self,
            "Default",
            api_id=self.http.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigw.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=stage.requests_per_second, throttling_burst_limit=stage.burst
            ),
            access_log_settings=apigw.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
        )
        if stage.domain_name and stage.certificate_arn:
            self._domain(stage.domain_name, stage.certificate_arn).node.add_dependency(default)

    def _domain(self, name: str, certificate_arn: str) -> apigw.CfnApiMapping:
        certificate = acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn)
        domain = apigw.DomainName(self, "Domain", domain_name=name, certificate=certificate)
        return apigw.CfnApiMapping(
            self, "Mapping", api_id=self.http.api_id, domain_name=domain.name, stage="$default"
        )
