"""Every folder of functions/ is deployed once, alike, and given exactly the variables that it reads."""

from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest
from shopbell.runtime import settings as workers
from shopbell.runtime.http import settings as http

from infra.constructs.queues import SHAPES
from infra.services import SERVICES
from tests.infra.templates import Template, variables

ROOT: Final = Path(__file__).parents[2]
OF_ALL: Final = {"STAGE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}

SETTINGS: Final = {**workers.SETTINGS, **http.SETTINGS}


def known(name: str) -> set[str]:
    return {field.name.upper() for field in fields(SETTINGS[name])}


def test_the_folders_on_disk_are_the_functions_of_the_template(any_stage: Template) -> None:
    folders = {handler.parent.name for handler in ROOT.glob("functions/*/handler.py")}

    assert sorted(any_stage.function_names().values()) == sorted(folders)
    assert folders == set(SERVICES)


def test_a_function_folder_holds_a_handler_and_nothing_else() -> None:
    for folder in (path for path in (ROOT / "functions").iterdir() if path.is_dir() and path.name != "__pycache__"):
        assert [path.name for path in folder.iterdir() if path.name != "__pycache__"] == ["handler.py"], folder.name


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_function_gets_every_variable_that_it_requires(any_stage: Template, name: str) -> None:
    given = variables(any_stage.function(name)[1])

    assert workers.required(SETTINGS[name]) <= set(given)
    assert all(given.values())


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_function_gets_no_variable_that_it_does_not_read(prod: Template, name: str) -> None:
    assert set(variables(prod.function(name)[1])) - OF_ALL <= known(name)


def test_functions_share_runtime_logs_and_layers(any_stage: Template) -> None:
    layers = set(any_stage.of("Lambda::LayerVersion"))
    plain = {layer for layer in layers if "Numeric" not in layer}
    folders = any_stage.function_names()
    for name, function in any_stage.of("Lambda::Function").items():
        assert function["Handler"] == "handler.handler", name
        assert {layer["Ref"] for layer in function["Layers"]} == (layers if folders[name] == "nightly" else plain)
        assert function["LoggingConfig"]["LogFormat"] == "JSON", name
        group = any_stage.resources[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["Properties"]["RetentionInDays"] <= 90, name


def test_aws_runs_python_3_13_on_arm(dev: Template, prod: Template) -> None:
    for stage in (dev, prod):
        for function in stage.of("Lambda::Function").values():
            assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
            assert function["TracingConfig"] == {"Mode": "Active"}


def test_work_that_goes_on_in_a_later_message_is_not_taken_for_a_loop_by_mistake(any_stage: Template) -> None:
    """A campaign is looked at for days, a job works for hours: Lambda drops such a chain at its 17th message."""
    allowed = {name for name in SERVICES if any_stage.function(name)[1].get("RecursiveLoop") == "Allow"}
    assert allowed == {shape.consumer for shape in SHAPES.values()}


def test_no_function_reserves_concurrency_or_waits_in_a_network(any_stage: Template) -> None:
    for function in any_stage.of("Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function
        assert "VpcConfig" not in function
    assert not any_stage.of("EC2::VPC")
