"""cdk-nag and cfn-lint find nothing that is not explained."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import cdk_nag
import pytest
from aws_cdk import Stack, Validations

from infra.app import build
from tests.infra.acknowledged import acknowledge, findings
from tests.infra.templates import IN_PLACE, Template

IGNORED: Final = {
    "W3005": "CDK writes a dependency on a role beside the reference to it; it changes nothing",
}
OF_THE_ENGINE: Final = {
    "W3037": "sqs:SendMessageBatch is the local engine's own action (ruling 38), in stage local alone",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What AwsSolutions and Serverless say of prod."""
    folder = tmp_path_factory.mktemp("nag")
    app = build(stage="prod", environment={}, outdir=str(folder), context=IN_PLACE)
    stack = app.node.find_child("Shopbell-prod")
    assert isinstance(stack, Stack)
    acknowledge(stack, "prod")
    Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app))
    try:
        app.synth()
    except RuntimeError as exc:
        if "ValidationFailed" not in str(exc):
            raise
    reports: list[dict[str, Any]] = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    return reports


@pytest.mark.slow
def test_cdk_nag_finds_nothing_unexplained(report: list[dict[str, Any]]) -> None:
    assert [one["pluginName"] for one in report] == ["AwsSolutions", "Serverless"]
    assert {
        violation["ruleName"]: [place["constructPath"] for place in violation["violatingConstructs"]]
        for one in report
        for violation in one["violations"]
    } == {}


@pytest.mark.slow
def test_every_explanation_still_explains_a_finding(report: list[dict[str, Any]]) -> None:
    found = {f"{one['pluginName']}::{row['ruleName']}" for one in report for row in one["suppressedViolations"]}

    assert {finding.rule for finding in findings("prod")} == found


def test_every_explanation_says_why() -> None:
    assert all(len(finding.reason) >= 40 for finding in findings("prod"))


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "ignored"), [("prod", IGNORED), ("local", {**IGNORED, **OF_THE_ENGINE})])
def test_cfn_lint_finds_nothing_unexplained(
    request: pytest.FixtureRequest, stage: str, ignored: dict[str, str]
) -> None:
    template: Template = request.getfixturevalue(stage)
    linter = Path(sys.executable).with_name("cfn-lint")
    options = [option for rule in ignored for option in ("--ignore-checks", rule)]
    said = subprocess.run(
        [linter, "--format", "parseable", *options, "--", template.assembly / f"Shopbell-{stage}.template.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout + said.stderr == ""
