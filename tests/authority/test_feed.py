"""The revocation feed: complete, in order, without a gap between the log and the live stream."""

from __future__ import annotations

import asyncio

import pytest

from ringwall.authority import revocation
from ringwall.authority.feed import BACKLOG, Follower
from ringwall.tokens.feed import FeedReader, Reset
from ringwall.tokens.revocation import Beat, Revocation
from ringwall.tokens.snapshot import Snapshot


async def take(authority, after, count, reader=None):
    """Follow until ``count`` events other than beats have come."""
    reader = reader or FeedReader(after)
    events = []
    stream = authority.feed.follow(after)
    async for piece in stream:
        events += list(reader.receive(piece))
        if sum(not isinstance(event, Beat) for event in events) >= count:
            break
    await stream.aclose()
    return [event for event in events if not isinstance(event, Beat)]


def start(world):
    return world.authority.feed.snapshot().seq


def revoke(authority, value):
    return revocation.revoke(authority, "sub", value, actor="test", reason="test")


def test_what_was_revoked_before_and_while_following_comes_once_and_in_order(world):
    authority, after = world.authority, start(world)

    async def main():
        for number in range(20):
            await revoke(authority, f"before{number}")
        following = asyncio.create_task(take(authority, after, 70))
        await asyncio.gather(*(revoke(authority, f"while{number}") for number in range(50)))
        return await following

    events = world.run(main())
    assert [event.seq for event in events] == list(range(after + 1, after + 71))
    assert {event.value for event in events} == {f"before{n}" for n in range(20)} | {f"while{n}" for n in range(50)}


def test_following_goes_on_from_any_number(world):
    authority, after = world.authority, start(world)

    async def main():
        for number in range(5):
            await revoke(authority, str(number))
        return await take(authority, after + 3, 2)

    assert [event.value for event in world.run(main())] == ["3", "4"]


def test_the_first_event_of_a_quiet_log_is_a_beat(world):
    async def main():
        stream = world.authority.feed.follow(start(world))
        piece = await anext(stream)
        await stream.aclose()
        return piece

    events = list(FeedReader(start(world)).receive(world.run(main())))
    assert events == [Beat(start(world), world.clock.now())]


@pytest.mark.parametrize("off", [-1, 1, -10_000])
def test_a_guard_that_stands_outside_the_log_is_told_to_begin_again(world, off):
    events = world.run(take(world.authority, start(world) + off, 1))
    assert isinstance(events[0], Reset)


def test_a_guard_that_missed_what_was_forgotten_is_told_to_begin_again(world):
    after = start(world)
    world.run(revoke(world.authority, "ann"))
    world.clock.turn(1000)
    world.run(world.authority.tend())
    assert isinstance(world.run(take(world.authority, after, 1))[0], Reset)
    snapshot = world.authority.feed.snapshot()
    assert (snapshot.seq, snapshot.entries) == (after + 1, ())


def test_a_log_that_was_lost_and_begun_again_stands_ahead_of_its_guards(world, tmp_path):
    from ringwall.authority.authority import Authority

    for number in range(3):
        world.run(revoke(world.authority, str(number)))
    guard = start(world)
    world.clock.turn(60)
    fresh = Authority.open(tmp_path / "fresh", world.authority.settings, clock=world.clock, synchronous="OFF")
    world.run(fresh.start())
    events = world.run(take(fresh, guard, 1))
    fresh.close()
    assert isinstance(events[0], Reset)


def test_stop_ends_every_stream(world):
    async def main():
        stream = world.authority.feed.follow(start(world))
        await anext(stream)
        ending = asyncio.create_task(anext(stream, None))
        await asyncio.sleep(0)
        world.authority.feed.stop()
        return await asyncio.wait_for(ending, 5)

    assert world.run(main()) is None


def test_a_guard_that_does_not_read_is_let_go(world):
    async def main():
        follower = Follower(asyncio.get_running_loop())
        follower._take([None] * (BACKLOG + 1))  # type: ignore[list-item]
        return follower.lost

    assert world.run(main())


def test_the_endpoints_are_for_services_and_speak_the_guards_formats(world):
    world.run(revoke(world.authority, "ann"))
    answer = world.call(world.internal, "GET", "/events/snapshot", service="orders")
    snapshot = Snapshot.decode(answer.body)
    assert [entry.value for entry in snapshot.entries] == ["ann"]
    for path in ("/events", "/events/snapshot"):
        assert world.call(world.internal, "GET", path).status == 401
        assert world.call(world.public, "GET", path).status == 404
    for query in ("", "after=x", "after=-1", "after=1&after=2", "after=" + "9" * 30):
        assert world.call(world.internal, "GET", "/events", service="orders", query=query).status == 400


def test_the_stream_is_an_event_stream(world):
    after = start(world)
    world.run(revoke(world.authority, "ann"))

    async def main():
        ending = asyncio.create_task(
            world.send(world.internal, "GET", "/events", service="orders", query=f"after={after}")
        )
        await asyncio.sleep(0.05)
        world.authority.feed.stop()
        return await asyncio.wait_for(ending, 5)

    answer = world.run(main())
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    first = next(FeedReader(after).receive(answer.body))
    assert isinstance(first, Revocation)
    assert first.value == "ann"
