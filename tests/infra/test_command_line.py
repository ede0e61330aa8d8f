"""The literal commands of the README against the local engine: bootstrap, deploy, deploy again, destroy."""

import os
import secrets
import subprocess
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

ROOT: Final = Path(__file__).parents[2]
REGION: Final = "eu-central-1"
STACK: Final = "Shopbell-dev"

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]


class Cli:
    """`npx cdk` in an account of its own on the engine, with one assembly folder."""

    def __init__(self, url: str, out: Path) -> None:
        self._url, self._out = url, out
        self._account = f"{secrets.randbelow(10**12):012d}"

    def __call__(self, *arguments: str) -> str:
        """What it printed; a failure shows all of it."""
        done = subprocess.run(
            ["npx", "--no-install", "cdk", *arguments, "--output", str(self._out)],
            cwd=ROOT,
            env={**os.environ, **self._variables()},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        return said

    def client(self, service: str) -> Any:
        session: Any = boto3.Session(self._account, "loopback", region_name=REGION)
        return session.client(service, endpoint_url=self._url)

    def _variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ACCESS_KEY_ID": self._account,
            "AWS_SECRET_ACCESS_KEY": "loopback",
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
        }


@pytest.fixture(scope="module")
def cdk(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    return Cli(engine_url, tmp_path_factory.mktemp("assembly"))


def test_bootstrap_deploy_deploy_again_and_destroy(cdk: Cli) -> None:
    cdk("bootstrap")

    first = cdk("deploy", "--require-approval", "never")
    stack = cdk.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert f"{STACK}.ApiUrl = {outputs['ApiUrl']}" in first
    assert outputs["StageName"] == "dev"
    table = cdk.client("dynamodb").describe_table(TableName=outputs["VisitorsTableName"])["Table"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"due", "walk"}
    functions = cdk.client("lambda").list_functions()["Functions"]
    assert {function["Runtime"] for function in functions} == {"python3.13"}

    assert "no changes" in cdk("deploy", "--require-approval", "never")

    cdk("destroy", "--force")
    assert not cdk.client("lambda").list_functions()["Functions"]
    assert outputs["VisitorsTableName"] not in cdk.client("dynamodb").list_tables()["TableNames"]
