"""Somebody is erased while everything is on its way: afterwards nothing holds them but the tombstone."""

from random import Random

import pytest
from shopbell.domain.clock import MINUTE
from shopbell.domain.erasure import LIFE

from tests.sim.erasing import BUYER, OTHER, WHO, Erasing
from tests.unit.app.shop import STORE

SEEDS = range(24)


def busy(seed: int) -> Erasing:
    """An afternoon in which one person asks to be forgotten, at any moment."""
    world = Erasing(Random(seed))  # noqa: S311
    world.visit(WHO)
    world.visit(OTHER)
    world.subscribe(OTHER)
    world.fold()
    deeds = (
        *(lambda: world.visit(WHO), lambda: world.visit(OTHER), lambda: world.subscribe(WHO)),
        *(world.log_in, lambda: world.click(WHO), lambda: world.click(OTHER), world.broadcast),
        *(world.export, world.test),
        *(world.fold, world.fold, world.count, world.plan, world.send, world.erase),
    )
    asked = world.random.randint(5, 40)
    for step in range(80):
        if step == asked:
            world.ask()
        world.random.choice(deeds)()
        world.shop.clock.now += world.random.randint(0, 40_000)
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_holds_them_afterwards_but_the_tombstone(seed: int) -> None:
    world = busy(seed)
    world.finish()
    world.replay()

    assert world.found(WHO) == []
    assert world.found(BUYER) == []
    assert world.found(OTHER) != []
    assert (STORE, WHO) in world.shop.world.erased
    assert world.shop.profile(OTHER) == {"visited"}, "whoever was not meant is who they were"


def test_workers_did_die_on_the_way() -> None:
    worlds = [busy(seed) for seed in range(6)]
    for world in worlds:
        world.finish()
    assert sum(world.deaths for world in worlds) > 5


def test_asking_again_goes_on_with_the_same_work() -> None:
    world = Erasing(Random(1))  # noqa: S311
    world.visit(WHO)
    world.fold()
    world.ask()
    first = world.job
    world.ask()
    assert world.job == first
    world.finish()
    world.ask()
    assert (world.job, world.row.state, world.row.ask) == (first, "done", {})


def test_who_comes_back_after_the_tombstone_is_somebody_new() -> None:
    world = Erasing(Random(2))  # noqa: S311
    world.visit(WHO)
    world.fold()
    world.ask()
    world.finish()
    world.shop.world.erased.clear()
    world.shop.clock.now += LIFE + MINUTE
    world.visit(WHO)
    while world.folded < len(world.stream):
        world.fold()
    assert world.shop.profile(WHO) == {"visited"}
    assert len(world.shop.log(WHO)) == 1
