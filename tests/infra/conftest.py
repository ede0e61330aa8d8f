"""The templates of the three stages."""

import pytest

from tests.infra.templates import Template, template


@pytest.fixture(scope="session", params=["dev", "prod", "local"])
def any_stage(request: pytest.FixtureRequest) -> Template:
    """What must hold in every stage."""
    return template(str(request.param))


@pytest.fixture(scope="session")
def prod() -> Template:
    return template("prod")


@pytest.fixture(scope="session")
def dev() -> Template:
    return template("dev")


@pytest.fixture(scope="session")
def local() -> Template:
    return template("local")
