"""What a failed test says about its browsers, so that a run on somebody else's machine can be understood."""

import json
from collections.abc import Callable
from typing import Final

import pytest

from tests.e2e.browsers.driver import Browser

PAGE: Final = """(() => {
  const kept = {};
  for (const key of Object.keys(localStorage)) kept[key] = localStorage[key].slice(0, 300);
  return {
    address: location.href,
    now: Date.now(),
    age_ms: Math.round(performance.now()),
    ready: document.readyState,
    visible: document.visibilityState,
    focused: document.hasFocus(),
    permission: typeof Notification === 'undefined' ? null : Notification.permission,
    activation: navigator.userActivation ? navigator.userActivation.isActive : null,
    prompt: document.querySelector('#shopbell-prompt') !== null,
    sdk: typeof shopbell === 'function' && shopbell.loaded ? { ...shopbell('status'), recent: undefined } : null,
    localStorage: kept,
    calls: performance.getEntriesByType('resource').slice(-20).map(each =>
      [each.name.slice(0, 120), Math.round(each.startTime), Math.round(each.duration), each.responseStatus]),
  };
})()"""
WORKERS: Final = """navigator.serviceWorker.getRegistrations().then(all => all.map(each => [
  each.scope, ...['installing', 'waiting', 'active'].map(which => each[which] && each[which].state)]))"""


def diagnosis(browser: Browser) -> str:
    """One line for each thing that can be asked; a browser that does not answer is a finding too."""
    asked: dict[str, Callable[[], object]] = {
        "window": browser.window,
        "page": lambda: browser.evaluate(PAGE),
        "workers": lambda: browser.evaluate(WORKERS),
        "push": lambda: [f"{fact.kind} {dict(fact.fields)}"[:200] for fact in browser.push.record.facts[-12:]],
    }
    return "\n".join(f"{browser.name} {what}: {_answer(ask)}" for what, ask in asked.items())


def _answer(ask: Callable[[], object]) -> str:
    try:
        return json.dumps(ask(), ensure_ascii=False)
    # Whatever it is, the time limit of the test included: what is raised here would end the whole run
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001
        return f"no answer: {type(error).__name__}: {error}"
