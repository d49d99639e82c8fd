"""Python's `websockets`. README.md beside this folder tells what a client says and does."""
import asyncio
import sys

import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from scenes import SIZES, octets, play, text, tls, visit_together

URL, REFUSING, AUTHORITY = sys.argv[1:]
CONTEXT = tls(URL, AUTHORITY)


def connect(url=URL, **options):
    return websockets.connect(url, ssl=CONTEXT, **options)


async def messages():
    async with connect() as ws:
        for size in SIZES:
            for message in (octets(size), text(size)):
                await ws.send(message)
                assert await ws.recv() == message, size


async def fragments():
    async with connect() as ws:
        for size, count in ((0, 3), (10, 4), (70_000, 7), (1_000_000, 16)):
            for message in (octets(size), "x" * size):
                cuts = [size * at // count for at in range(count + 1)]
                await ws.send([message[a:b] for a, b in zip(cuts, cuts[1:])])
                assert await ws.recv() == message, (size, count)


async def crowd():
    async def answer(ws, line):
        await ws.send(line)
        return await ws.recv()

    await visit_together(connect, answer)


async def ping():
    async with connect() as ws:
        for payload in (b"", b"x", bytes(125)):
            await (await ws.ping(payload))


async def quiet():
    # The library answers the server's pings; unanswered ones end the connection in this time.
    async with connect(ping_interval=None) as ws:
        await asyncio.sleep(4)
        await ws.send("still here")
        assert await ws.recv() == "still here"


async def subprotocol():
    async with connect(subprotocols=["other", "chat"]) as ws:
        assert ws.subprotocol == "chat"
    async with connect(subprotocols=["other"]) as ws:
        assert ws.subprotocol is None


async def clean():
    ws = await connect()
    await ws.close(4000, "bye")
    assert ws.close_code == 4000, ws.close_code


async def unclean():
    ws = await connect()
    ws.transport.abort()
    await ws.wait_closed()


async def refused():
    try:
        await connect(REFUSING)
    except InvalidStatus as error:
        assert error.response.status_code == 401, error
    else:
        raise AssertionError("it was let in")


async def drain():
    async with connect() as ws:
        print("drain me", flush=True)
        try:
            await ws.recv()
        except ConnectionClosed as end:
            assert end.rcvd is not None and end.rcvd.code == 1001, end
        else:
            raise AssertionError("a message came")


async def main():
    for scene in (messages, fragments, crowd, ping, quiet, subprotocol, clean, unclean, refused, drain):
        await play(scene)


asyncio.run(main())
