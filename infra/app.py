"""Entry point of the CDK app: reads the stage and builds its stack; the one place with a choice."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aws_cdk import App

from infra import config
from infra.stack import ShopbellStack
from infra.wheels import ROOT

FUNCTIONS: Final = ROOT / "functions"

AS_THE_CLI: Final = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
"""What `npx cdk` switches on by itself; it refuses these names in cdk.json."""


def build(
    *,
    stage: str | None = None,
    environment: Mapping[str, str],
    outdir: str | None = None,
    functions: Path = FUNCTIONS,
    context: Mapping[str, Any] | None = None,
) -> App:
    """The app with the stack `Shopbell-<stage>`.

    Context and flags come from cdk.json, so that this and `npx cdk` give the same template. The stage: `stage`,
    else `-c stage=`, else SHOPBELL_STAGE, else dev. `outdir`: None leaves it to CDK_OUTDIR, else a new folder.
    """
    given = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(context={**AS_THE_CLI, **given, **(context or {})}, outdir=outdir, analytics_reporting=False)
    name = stage or app.node.try_get_context("stage") or environment.get("SHOPBELL_STAGE") or "dev"
    settings = {key: app.node.try_get_context(key) for key in config.GIVEN}
    chosen = config.stage(
        name, environment=environment, given={key: value for key, value in settings.items() if value}
    )
    ShopbellStack(app, f"Shopbell-{chosen.name}", stage=chosen, functions=functions)
    return app


if __name__ == "__main__":
    build(environment=os.environ, outdir=os.environ.get("CDK_OUTDIR", "cdk.out")).synth()
