"""Python's `aiohttp`. README.md beside this folder tells what a client says and does.

It has no way to send fragments.
"""
import asyncio
import socket
import sys

import aiohttp
from aiohttp import WSMsgType

from scenes import SIZES, octets, play, text, tls, visit_together

URL, REFUSING, AUTHORITY = sys.argv[1:]
CONTEXT = tls(URL, AUTHORITY)


async def messages(connect):
    async with connect() as ws:
        for size in SIZES:
            await ws.send_bytes(octets(size))
            assert await ws.receive_bytes() == octets(size), size
            await ws.send_str(text(size))
            assert await ws.receive_str() == text(size), size


async def crowd(connect):
    async def answer(ws, line):
        await ws.send_str(line)
        return await ws.receive_str()

    await visit_together(connect, answer)


async def ping(connect):
    async with connect(autoping=False) as ws:
        for payload in (b"", b"x", bytes(125)):
            await ws.ping(payload)
            answer = await ws.receive()
            # The server's own pings may come between.
            while answer.type == WSMsgType.PING:
                answer = await ws.receive()
            assert (answer.type, bytes(answer.data)) == (WSMsgType.PONG, payload), answer


async def quiet(connect):
    # The library answers the server's pings while somebody waits for a message; unanswered ones end the connection in
    # this time.
    async with connect() as ws:
        waiting = asyncio.create_task(ws.receive_str())
        await asyncio.sleep(4)
        await ws.send_str("still here")
        assert await waiting == "still here"


async def subprotocol(connect):
    async with connect(protocols=("other", "chat")) as ws:
        assert ws.protocol == "chat"
    async with connect(protocols=("other",)) as ws:
        assert ws.protocol is None


async def clean(connect):
    ws = await connect()
    await ws.close(code=4000, message=b"bye")
    assert ws.close_code == 4000, ws.close_code


async def unclean(connect):
    ws = await connect()
    ws.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    assert (await ws.receive()).type in (WSMsgType.CLOSED, WSMsgType.ERROR)


async def refused(connect):
    try:
        await connect(REFUSING)
    except aiohttp.WSServerHandshakeError as error:
        assert error.status == 401, error
    else:
        raise AssertionError("it was let in")


async def drain(connect):
    async with connect() as ws:
        print("drain me", flush=True)
        end = await ws.receive()
        assert (end.type, end.data) == (WSMsgType.CLOSE, 1001), end


async def main():
    # Without a bound on connections.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        def connect(url=URL, **options):
            return session.ws_connect(url, ssl=CONTEXT or True, **options)

        for scene in (messages, crowd, ping, quiet, subprotocol, clean, unclean, refused, drain):
            await play(scene, connect)


asyncio.run(main())
