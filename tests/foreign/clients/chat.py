"""People in front of the page of the chat. Prints `ok SCENE` behind each scene.

Arguments: the page's address, and the path of Chromium. Behind `restart me` the server is to be another one."""

import asyncio
import json
import sys

from browser import Browser

LINES = "[...document.querySelectorAll('.line .what')].map(line => line.textContent)"
SETTLED = "document.getElementById('state').textContent === '' && document.querySelector('.pending') === null"


def done(scene):
    print(f"ok {scene}", flush=True)


async def enter(tab, name):
    form = "const form = document.getElementById('enter');"
    fill = f"form.elements.name.value = {json.dumps(name)}; form.requestSubmit();"
    await tab.value(f"(() => {{ {form} {fill} }})()")
    await tab.until(f"!document.getElementById('room').hidden && {SETTLED}")


async def say(tab, text):
    form = "const form = document.getElementById('say');"
    await tab.value(f"(() => {{ {form} form.text.value = {json.dumps(text)}; form.requestSubmit(); }})()")


async def show(tab, lines):
    await tab.until(f"JSON.stringify({LINES}) === {json.dumps(json.dumps(lines, separators=(',', ':'), ensure_ascii=False))}")


async def scenes(address, path):
    browser = await Browser().open(path)
    ann = await browser.tab(address)
    ben = await browser.tab(address, width=390, height=780, dark=True)

    await enter(ann, "Ann")
    await enter(ben, "Ben")
    said = ["Good evening! Is anybody here?", "I am. The kettle is on.\nMint or black?"]
    await say(ann, said[0])
    await show(ben, said[:1])
    await say(ben, said[1])
    for tab in (ann, ben):
        await show(tab, said)
        await tab.until("document.getElementById('guests').innerText === 'Ann\\nBen'")
    done("talk")

    typing = "(() => { const text = document.getElementById('say').text; text.value = 'hm'; text.dispatchEvent(new Event('input')) })()"
    await ben.value(typing)
    await ann.until("document.getElementById('writing').textContent === 'Ben is writing …'")
    done("typing")

    markup = "<img src=x onerror=\"document.title='torn'\">"
    eve = await browser.tab(address)
    await enter(eve, "<b>Eve</b>")
    await say(eve, markup)
    said.append(markup)
    await show(ann, said)
    await ann.until("document.getElementById('guests').textContent === 'AnnBen<b>Eve</b>'")
    assert await ann.value("document.querySelector('#room b, #room img') === null && document.title === '# lobby'")
    done("markup")

    await ann.call("Page.reload")
    await ann.until(f"document.readyState === 'complete' && {SETTLED}")
    await show(ann, said)
    done("reload")

    # Neither page has to do anything; what is said meanwhile arrives, once, when there is a server again.
    print("restart me", flush=True)
    await ben.until("document.getElementById('state').classList.contains('away')")
    await say(ben, "Is this on?")
    print("now", flush=True)
    for tab in (ann, ben):
        await tab.until(f"{SETTLED} && {LINES}.at(-1) === 'Is this on?'")
        assert (await tab.value(LINES)).count("Is this on?") == 1
        assert (await tab.value(LINES))[:3] == said
    done("restart")

    fast = [f"line {number}" for number in range(500)]
    for line in fast:
        await say(ben, line)
    for tab in (ann, ben):
        await tab.until(f"{SETTLED} && {LINES}.at(-1) === {json.dumps(fast[-1])}")
        assert (await tab.value(LINES))[-500:] == fast
    done("fast")

    # A connection that could not be made while there was no server is the only thing to complain about.
    complaints = [entry for entry in browser.complaints if entry.get("entry", {}).get("source") != "network"]
    others = [entry for entry in complaints if "WebSocket connection" not in json.dumps(entry)]
    assert others == [], others
    await browser.close()
    done("quiet")


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(scenes(*sys.argv[1:]), 150))
