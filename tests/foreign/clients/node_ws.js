// Node's `ws`. README.md beside this folder tells what a client says and does.
"use strict";
const assert = require("assert");
const fs = require("fs");
const { once } = require("events");
const WebSocket = require("ws");

const [url, refusing, authority] = process.argv.slice(2);
const trust = url.startsWith("wss:") ? { ca: fs.readFileSync(authority) } : {};
const SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_048_575, 1_048_576];

function octets(count) {
  const all = Buffer.alloc(count);
  for (let at = 0; at < count; at++) all[at] = at * 31 + Math.floor(at / 251);
  return all;
}

// Text of so many octets, with characters of one to four of them.
function text(count) {
  return "aé漢😀".repeat(Math.floor(count / 10)) + ".".repeat(count % 10);
}

async function connect(protocols = []) {
  const ws = new WebSocket(url, protocols, trust);
  // What comes before somebody waits for it is kept.
  ws.kept = [];
  ws.on("message", (data, binary) => {
    ws.kept.push(binary ? data : data.toString());
    ws.emit("kept");
  });
  await once(ws, "open");
  return ws;
}

async function receive(ws) {
  if (ws.kept.length === 0) await once(ws, "kept");
  return ws.kept.shift();
}

function assertSame(got, sent, what) {
  assert(typeof sent === "string" ? got === sent : Buffer.isBuffer(got) && got.equals(sent), `${what} came back changed`);
}

async function echoed(ws, message) {
  ws.send(message);
  assertSame(await receive(ws), message, message.length);
}

async function closed(ws) {
  const [code] = await once(ws, "close");
  return code;
}

async function leave(ws) {
  ws.close(1000);
  assert.strictEqual(await closed(ws), 1000);
}

const scenes = {
  async messages() {
    const ws = await connect();
    for (const size of SIZES) {
      await echoed(ws, octets(size));
      await echoed(ws, text(size));
    }
    await leave(ws);
  },

  async fragments() {
    const ws = await connect();
    for (const [size, count] of [[0, 3], [10, 4], [70_000, 7], [1_000_000, 16]]) {
      for (const message of [octets(size), "x".repeat(size)]) {
        for (let at = 0; at < count; at++) {
          const part = message.slice(Math.floor(size * at / count), Math.floor(size * (at + 1) / count));
          ws.send(part, { fin: at + 1 === count });
        }
        assertSame(await receive(ws), message, `${size} in ${count}`);
      }
    }
    await leave(ws);
  },

  async crowd() {
    const all = await Promise.all(Array.from({ length: 200 }, () => connect()));
    for (let turn = 0; turn < 3; turn++) {
      await Promise.all(all.map((ws, number) => echoed(ws, `${turn} of ${number}`)));
    }
    await Promise.all(all.map(leave));
  },

  async ping() {
    const ws = await connect();
    for (const payload of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(125)]) {
      ws.ping(payload);
      const [answer] = await once(ws, "pong");
      assert(answer.equals(payload));
    }
    await leave(ws);
  },

  // The library answers the server's pings; unanswered ones end the connection in this time.
  async quiet() {
    const ws = await connect();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await echoed(ws, "still here");
    await leave(ws);
  },

  async subprotocol() {
    const ws = await connect(["other", "chat"]);
    assert.strictEqual(ws.protocol, "chat");
    await leave(ws);
    // This client breaks off by itself when none is selected.
    const none = new WebSocket(url, ["other"], trust);
    const [error] = await once(none, "error");
    assert.match(error.message, /no subprotocol/);
  },

  async clean() {
    const ws = await connect();
    ws.close(4000, "bye");
    assert.strictEqual(await closed(ws), 4000);
  },

  async unclean() {
    const ws = await connect();
    ws.terminate();
    assert.strictEqual(await closed(ws), 1006);
  },

  async refused() {
    const ws = new WebSocket(refusing, trust);
    const [, response] = await once(ws, "unexpected-response");
    assert.strictEqual(response.statusCode, 401);
    response.resume();
  },

  async drain() {
    const ws = await connect();
    console.log("drain me");
    assert.strictEqual(await closed(ws), 1001);
  },
};

(async () => {
  for (const [name, scene] of Object.entries(scenes)) {
    const late = setTimeout(() => { throw new Error(`${name} takes too long`); }, 60_000);
    await scene();
    clearTimeout(late);
    console.log(`ok ${name}`);
  }
  process.exit(0);
})();
