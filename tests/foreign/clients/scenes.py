"""What the clients in Python share."""
import asyncio
import ssl

SIZES = (0, 1, 125, 126, 65_535, 65_536, 1_048_575, 1_048_576)


def octets(count):
    return bytes((at * 31 + at // 251) & 255 for at in range(count))


def text(octets):
    """Text of so many octets, with characters of one to four of them."""
    return "aé漢😀" * (octets // 10) + "." * (octets % 10)


def tls(url, authority):
    """What trusts the authority, and nobody else; None where no TLS is spoken."""
    return ssl.create_default_context(cafile=authority) if url.startswith("wss:") else None


async def visit_together(connect, answer):
    """Two hundred connections that are all there before the first says something; `answer` is what comes to a line."""
    arrived, all_here = [], asyncio.Event()

    async def visit(number):
        async with connect() as ws:
            arrived.append(number)
            if len(arrived) == 200:
                all_here.set()
            await all_here.wait()
            for turn in range(3):
                assert await answer(ws, f"{turn} of {number}") == f"{turn} of {number}"

    await asyncio.gather(*(visit(number) for number in range(200)))


async def play(scene, *arguments):
    try:
        await asyncio.wait_for(scene(*arguments), 60)
    except Exception as error:
        raise RuntimeError(f"in {scene.__name__}") from error
    print(f"ok {scene.__name__}", flush=True)
