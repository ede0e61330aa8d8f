"""Every function can be wired from what the template gives it, and says what is missing when it cannot."""

from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
from shopbell.local.pushd.authority import found_authority
from shopbell.runtime import clients, firing, goods, hooks, settings, wiring
from shopbell.runtime import nightly as night
from shopbell.runtime.jobs import jobs
from shopbell.runtime.sending import posting

USES: dict[str, tuple[Callable[[], object], ...]] = {
    "evaluate": (goods.evaluate,),
    "rebuild": (wiring.rebuild, jobs),
    "nightly": (night.start, night.nightly),
    "wake": (wiring.wake,),
    "scenario_runner": (
        wiring.run_scenario,
        wiring.plan_campaign,
        firing.fire_campaign,
        firing.tell_finished,
        goods.note_news,
    ),
    "audience": (wiring.audience,),
    "send": (wiring.posting,),
    "tally": (wiring.tally,),
    "webhook": (hooks.deliver,),
}
CACHED = [*(use for uses in USES.values() for use in uses), wiring.consumer, posting]
CACHED += [clients.dynamo, clients.sqs, clients.queue, clients.stores]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A region and nothing else: making a client needs no credentials and no network."""
    for kind in settings.SETTINGS.values():
        for name in settings.required(kind):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    forget()
    yield
    forget()


def forget() -> None:
    for made in CACHED:
        if isinstance(made, _lru_cache_wrapper):
            made.cache_clear()


@pytest.mark.parametrize("name", USES)
def test_a_function_is_wired_from_its_required_variables_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in settings.required(settings.SETTINGS[name]):
        monkeypatch.setenv(variable, f"/{variable.lower()}")
    for use in USES[name]:
        assert use() is use()
    assert wiring.consumer() is wiring.consumer()


@pytest.mark.parametrize("name", USES)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(settings.MissingSettingError) as missing:
        USES[name][0]()
    assert all(variable in str(missing.value) for variable in settings.required(settings.SETTINGS[name]))


def test_the_settings_of_the_local_stage_reach_the_sender(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in settings.required(settings.SendSettings):
        monkeypatch.setenv(variable, "x")
    authority = found_authority(tmp_path, ["localhost"]).ca_file
    monkeypatch.setenv("SHOPBELL_EXTRA_PUSH_HOSTS", "https://127.0.0.1:8443")
    monkeypatch.setenv("SHOPBELL_PUSH_CONNECT", "jmt17.google.com:443=127.0.0.1:9443")
    monkeypatch.setenv("SHOPBELL_PUSH_CA", str(authority))
    assert posting().chunk.desks.allowed.origins == {"https://127.0.0.1:8443"}
    forget()
    monkeypatch.setenv("SHOPBELL_PUSH_CA", str(tmp_path / "absent.pem"))
    with pytest.raises(ValueError, match="missing"):
        posting()


def test_every_function_that_these_are_for_has_its_folder() -> None:
    folders = Path(__file__).parents[2] / "functions"
    assert all((folders / name / "handler.py").is_file() for name in settings.SETTINGS)
