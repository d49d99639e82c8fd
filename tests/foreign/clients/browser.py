"""A headless Chromium, driven by the protocol of its developer tools (chromedevtools.github.io/devtools-protocol)."""

import asyncio
import itertools
import json
import re
import tempfile

import websockets

PATIENCE = 30


class Browser:
    """Give the path of Chromium to `open`, and leave by `close`."""

    async def open(self, path):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # Root has no sandbox; and no browser knows the authority of the test's certificates.
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        options += ["--ignore-certificate-errors", "--disable-background-networking", "--disable-component-update"]
        options += ["--remote-debugging-port=0", f"--user-data-dir={self.folder.name}"]
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self.process = await asyncio.create_subprocess_exec(path, *options, stderr=pipe, stdout=nothing)
        address = None
        while address is None:
            line = await asyncio.wait_for(self.process.stderr.readline(), PATIENCE)
            address = re.search(rb"DevTools listening on (ws://\S+)", line)
        self.socket = await websockets.connect(address.group(1).decode(), max_size=None)
        self.numbers, self.answers, self.complaints = itertools.count(1), {}, []
        self.reader = asyncio.create_task(self.read())
        return self

    async def read(self):
        async for text in self.socket:
            message = json.loads(text)
            if "id" in message:
                self.answers.pop(message["id"]).set_result(message)
            elif message["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(message["params"])

    async def call(self, method, session=None, **parameters):
        number = next(self.numbers)
        self.answers[number] = asyncio.get_running_loop().create_future()
        question = {"id": number, "method": method, "params": parameters}
        if session:
            question["sessionId"] = session
        await self.socket.send(json.dumps(question))
        answer = await asyncio.wait_for(self.answers[number], PATIENCE)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    async def tab(self, address, width=1000, height=700, dark=False):
        """A tab with a store of its own, as another person's browser has it."""
        context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        target = (await self.call("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = Tab(self, session)
        for domain in ("Runtime", "Log", "Page"):
            await tab.call(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await tab.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await tab.call("Emulation.setEmulatedMedia", features=[scheme])
        await tab.call("Page.navigate", url=address)
        await tab.until("document.readyState === 'complete' && location.href !== 'about:blank'")
        return tab

    async def close(self):
        await self.socket.close()
        self.process.terminate()
        await self.process.wait()
        self.folder.cleanup()


class Tab:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    async def call(self, method, **parameters):
        return await self.browser.call(method, self.session, **parameters)

    async def value(self, expression):
        """What an expression of JavaScript gives."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, expression):
        """Waits until an expression is true."""
        for _ in range(PATIENCE * 20):
            if await self.value(expression):
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"never: {expression}; the page: {await self.value('document.body.innerText')}")
