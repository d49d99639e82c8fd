// The page of the chat. What others write is put into the page as text, never as markup.

const element = (id) => document.getElementById(id);
const door = element("door"), enter = element("enter"), room = element("room"), say = element("say");
const lines = element("lines"), guests = element("guests"), state = element("state"), writing = element("writing");
const newest = element("newest");

// A browser keeps no more lines than this on the page.
const mostLines = 500;

// What the page knows of the room, as long as it is open.
let name = "", place = "";
let socket = null;
let epoch = "", seen = 0;
// Lines that the server has not been seen to have, by their nonces, in order.
const pending = new Map();
let attempts = 0, timer = 0, told = 0;
const writers = new Map();

// Connecting

function connect() {
  clearTimeout(timer);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const query = new URLSearchParams({ name, epoch, seen });
  show(attempts === 0 ? "connecting …" : "away, coming back …", attempts > 0);
  const own = socket = new WebSocket(`${scheme}//${location.host}/rooms/${encodeURIComponent(place)}?${query}`);
  own.onmessage = (event) => { if (own === socket) hear(JSON.parse(event.data)); };
  own.onclose = () => { if (own === socket) comeBack(); };
}

// Twice as long each time, up to half a minute, and never all pages at the same moment.
function comeBack() {
  const wait = Math.min(30000, 500 * 2 ** attempts) * (0.5 + Math.random() / 2);
  attempts += 1;
  show("away, coming back …", true);
  timer = setTimeout(connect, wait);
}

window.addEventListener("online", () => { if (place && socket?.readyState !== WebSocket.OPEN) connect(); });

function send(tag, ...fields) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ tag, fields }));
}

// Hearing

const heard = {
  Welcome(of, isWhole, missed) {
    attempts = 0;
    show("", false);
    // Another history: what is shown belongs to a server that has gone.
    if (of !== epoch) {
      if (epoch !== "") note("The server has begun anew.");
      [epoch, seen] = [of, 0];
    } else if (!isWhole) {
      note("Some lines are missing here: there were too many.");
    }
    missed.forEach(heard.Spoken);
    // These it has not got: it knows by the nonce if it has after all.
    for (const [nonce, { text }] of pending) send("Say", text, nonce);
  },
  Spoken(line) {
    if (line.id <= seen) return;
    seen = line.id;
    writers.delete(line.name);
    showWriters();
    const own = pending.get(line.nonce);
    if (own && line.name === name) {
      pending.delete(line.nonce);
      own.item.remove();
    }
    add(item(line));
  },
  Present(names) {
    guests.replaceChildren(...names.map((guest) => {
      const entry = document.createElement("li");
      entry.textContent = guest;
      return entry;
    }));
  },
  Writing(guest) {
    if (guest === name) return;
    writers.set(guest, Date.now() + 4000);
    showWriters();
    setTimeout(showWriters, 4100);
  },
};

function hear({ tag, fields }) {
  heard[tag]?.(...fields);
}

// Showing

function show(text, isAway) {
  state.textContent = text;
  state.classList.toggle("away", isAway);
}

function showWriters() {
  const now = Date.now();
  for (const [guest, end] of writers) if (end <= now) writers.delete(guest);
  const all = [...writers.keys()];
  writing.textContent = all.length === 0 ? "" : all.length > 2 ? "several are writing …" : `${all.join(" and ")} ${all.length === 1 ? "is" : "are"} writing …`;
}

function item({ name: who, text, at }, isPending = false) {
  const entry = document.createElement("li");
  entry.className = "line";
  entry.classList.toggle("mine", who === name);
  entry.classList.toggle("pending", isPending);
  const head = document.createElement("div"), when = document.createElement("time"), what = document.createElement("p");
  head.className = "who";
  head.textContent = who;
  when.className = "when";
  when.dateTime = new Date(at).toISOString();
  when.textContent = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  what.className = "what";
  what.textContent = text;
  head.append(when);
  entry.append(head, what);
  return entry;
}

function note(text) {
  const entry = document.createElement("li");
  entry.className = "note";
  entry.textContent = text;
  add(entry);
}

const isAtEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;

// Whoever reads further up is not torn away. Lines that are still on their way stay last.
function add(entry, isOwn = false) {
  const follows = isAtEnd() || isOwn;
  const first = isOwn ? null : [...pending.values()][0]?.item ?? null;
  lines.insertBefore(entry, first);
  while (lines.childElementCount > mostLines) lines.firstElementChild.remove();
  if (follows) lines.scrollTop = lines.scrollHeight;
  newest.hidden = follows || isAtEnd();
}

lines.addEventListener("scroll", () => { if (isAtEnd()) newest.hidden = true; });
newest.addEventListener("click", () => { lines.scrollTop = lines.scrollHeight; });

// Speaking

function speak() {
  const text = say.text.value.trim();
  if (text === "") return;
  const nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const own = item({ name, text, at: Date.now() }, true);
  add(own, true);
  pending.set(nonce, { text, item: own });
  send("Say", text, nonce);
  say.text.value = "";
  told = 0;
}

say.addEventListener("submit", (event) => {
  event.preventDefault();
  speak();
});

say.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    speak();
  }
});

say.text.addEventListener("input", () => {
  if (say.text.value.trim() !== "" && Date.now() - told > 2000) {
    told = Date.now();
    send("Typing");
  }
});

// Coming in, and going. A page that is loaded anew comes in by itself.

function comeIn() {
  sessionStorage.setItem("guest", JSON.stringify({ name, place }));
  localStorage.setItem("name", name);
  document.title = `# ${place}`;
  element("title").textContent = place;
  [door.hidden, room.hidden] = [true, false];
  say.text.focus();
  connect();
}

enter.addEventListener("submit", (event) => {
  event.preventDefault();
  [name, place] = [enter.elements.name.value.trim(), enter.elements.room.value.trim()];
  if (name && place) comeIn();
});

element("leave").addEventListener("click", () => {
  sessionStorage.removeItem("guest");
  location.reload();
});

enter.elements.name.value = localStorage.getItem("name") ?? "";
const guest = JSON.parse(sessionStorage.getItem("guest") ?? "null");
if (guest) {
  [name, place] = [guest.name, guest.place];
  comeIn();
} else {
  enter.elements.name.focus();
}
