//! Callbacks crash and actors of the server are killed while rooms are told things: those that live hear everything.

use snow_clients::dice::Dice;
use snow_clients::raw::{CLOSE, Found, PING, PONG, RawClient, TEXT, close_payload};
use snow_clients::server::{Server, is_logged};
use snow_clients::watch::Rest;
use snow_tests::process::PATIENCE;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

const ROOMS: usize = 10;

/// Who tells a room something that is no client.
const ANNOUNCER: &str = "announcer";

/// What may stay resident.
const KEPT: u64 = 4 << 20;

/// How many clients; `STORM_CONNECTIONS=2000` for a large run, of a minute.
fn connections() -> usize {
    std::env::var("STORM_CONNECTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

fn duration() -> Duration {
    Duration::from_secs(if connections() > 1000 { 60 } else { 5 })
}

/// How a client's connection is to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Lives,
    /// It has made its callback crash.
    Crashes,
    /// It answers no ping.
    Mute,
    /// It has said goodbye.
    Leaves,
}

/// A client in a room.
struct Member {
    client: RawClient,
    number: usize,
    room: usize,
    fate: Fate,
    /// The announcer's next number, as it was told when it had joined.
    welcome: Option<u64>,
    /// Which numbers it has heard of whom: from the first to the last one, without a gap.
    heard: HashMap<String, RangeInclusive<u64>>,
    /// How much each client had said when this one had joined.
    said_before: Vec<u64>,
    close: Option<(u16, String)>,
    has_ended: bool,
}

impl Member {
    fn hear(&mut self, text: &str) {
        let (who, number) = text.rsplit_once(' ').expect("who, and a number");
        let number: u64 = number.parse().expect("a number");
        if who == "welcome" {
            assert_eq!(self.welcome.replace(number), None, "one welcome");
            return;
        }
        let (own, fate) = (self.number, self.fate);
        self.heard
            .entry(who.to_string())
            .and_modify(|heard| {
                let last = *heard.end();
                assert_eq!(number, last + 1, "client {own} ({fate:?}) has heard {last} of {who} last");
                *heard = *heard.start()..=number;
            })
            .or_insert(number..=number);
    }

    /// Takes what has come, and answers what must be answered.
    fn attend(&mut self) {
        while !self.has_ended {
            match self.client.find_frame() {
                Found::Nothing => return,
                Found::End => self.has_ended = true,
                Found::Frame(frame) => {
                    assert_eq!(self.close, None, "nothing follows a Close: {frame:?}");
                    match frame.opcode {
                        TEXT => self.hear(std::str::from_utf8(&frame.payload).expect("a text")),
                        PING if self.fate != Fate::Mute => self.client.send_frame(PONG, &frame.payload),
                        PING => (),
                        CLOSE => {
                            let code = frame.close_code().expect("a code");
                            let reason = String::from_utf8_lossy(&frame.payload[2..]).into_owned();
                            self.close = Some((code, reason));
                            self.client.send_frame(CLOSE, &close_payload(code, b""));
                        }
                        _ => panic!("{frame:?}"),
                    }
                }
            }
        }
    }

    /// It must have ended as was to be expected.
    fn assert_fate(&self) {
        let (code, reason) = match self.fate {
            Fate::Lives => panic!("client {} has ended: {:?}", self.number, self.close),
            Fate::Crashes => (1011, ""),
            Fate::Mute => (1001, "no sign of life"),
            Fate::Leaves => (1000, ""),
        };
        let close = self.close.as_ref().map(|(code, reason)| (*code, reason.as_str()));
        assert_eq!(close, Some((code, reason)), "client {} ({:?})", self.number, self.fate);
    }

    /// Has it heard up to this number of somebody of whom it must have heard those from `from` on?
    fn has_heard(&self, who: &str, from: u64, last: u64) -> bool {
        match self.heard.get(who) {
            None => from > last,
            Some(heard) => {
                let (first, own) = (*heard.start(), self.number);
                assert!(first <= from, "client {own} has heard {who} from {first} on, not from {from}");
                assert!(*heard.end() <= last, "client {own} has heard more of {who} than was said");
                *heard.end() == last
            }
        }
    }
}

/// All clients, and what they have said.
struct Crowd {
    port: u16,
    dice: Dice,
    members: Vec<Member>,
    /// Of each that there ever was: its room, and how much it has told that.
    said: Vec<(usize, u64)>,
    mute_ended: usize,
}

impl Crowd {
    fn none(port: u16) -> Crowd {
        Crowd { port, dice: Dice(7), members: Vec::new(), said: Vec::new(), mute_ended: 0 }
    }

    fn join(&mut self, fate: Fate) {
        let number = self.said.len();
        let room = number % ROOMS;
        let mut client = RawClient::connect(self.port);
        client.send(
            snow_clients::raw::REQUEST.replacen("GET / ", &format!("GET /?room={room} "), 1).as_bytes(),
        );
        assert_eq!(client.read_response().status, 101);
        client.stream.set_nonblocking(true).expect("an option can be set");
        let said_before = self.said.iter().map(|(_, count)| *count).collect();
        let heard = HashMap::new();
        let member = Member {
            client,
            number,
            room,
            fate,
            welcome: None,
            heard,
            said_before,
            close: None,
            has_ended: false,
        };
        self.members.push(member);
        self.said.push((room, 0));
    }

    /// One that lives, by chance.
    fn choose(&mut self) -> usize {
        loop {
            let chosen = self.dice.roll(self.members.len());
            if self.members[chosen].fate == Fate::Lives {
                return chosen;
            }
        }
    }

    fn say(&mut self, chosen: usize) {
        let member = &mut self.members[chosen];
        let said = &mut self.said[member.number].1;
        *said += 1;
        member.client.send_frame(TEXT, format!("say client{} {said}", member.number).as_bytes());
    }

    fn crash(&mut self) {
        let how = ["crash in on_message", "crash in on_info", "crash by 0"][self.dice.roll(3)];
        let chosen = self.choose();
        let member = &mut self.members[chosen];
        member.client.send_frame(TEXT, how.as_bytes());
        member.fate = Fate::Crashes;
        self.join(Fate::Lives);
    }

    /// Takes what comes to anybody within some milliseconds.
    fn attend(&mut self) {
        let look = |member: &Member| libc::pollfd {
            fd: member.client.stream.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        let mut looks: Vec<libc::pollfd> = self.members.iter().map(look).collect();
        // SAFETY: the array has this length, and outlives the call.
        let count = unsafe { libc::poll(looks.as_mut_ptr(), looks.len() as libc::nfds_t, 5) };
        assert!(count >= 0, "{}", std::io::Error::last_os_error());
        // What came with the answer to the request is in no socket any more.
        for (member, look) in self.members.iter_mut().zip(looks) {
            if look.revents != 0 || member.welcome.is_none() {
                member.attend();
            }
        }
        for gone in self.members.extract_if(.., |member| member.has_ended) {
            gone.assert_fate();
            self.mute_ended += usize::from(gone.fate == Fate::Mute);
        }
    }

    fn attend_until(&mut self, what: &str, is_done: impl Fn(&Crowd) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_done(self) {
            assert!(Instant::now() < end, "{what}");
            self.attend();
        }
    }

    fn leave(&mut self) {
        for member in &mut self.members {
            member.fate = Fate::Leaves;
            member.client.send_frame(CLOSE, &close_payload(1000, b""));
        }
        self.attend_until("everybody leaves", |crowd| crowd.members.is_empty());
    }

    /// Has everybody heard all that was said since it joined?
    fn has_heard_all(&self, announced: &[u64]) -> bool {
        self.members.iter().all(|member| {
            let Some(welcome) = member.welcome else { return false };
            let next = announced[member.room];
            let clients = self.said.iter().enumerate().filter(|(_, (room, _))| *room == member.room);
            (next == 0 || member.has_heard(ANNOUNCER, welcome, next - 1))
                && clients.into_iter().all(|(number, (_, said))| {
                    let before = member.said_before.get(number).copied().unwrap_or(0);
                    member.has_heard(&format!("client{number}"), before + 1, *said)
                })
        })
    }
}

/// Ends the killing and the announcing: how often what was killed, and the announcers' next numbers.
fn calm(port: u16) -> (String, Vec<u64>) {
    let mut client = RawClient::open(port);
    client.send_frame(TEXT, b"calm");
    let answer = String::from_utf8(client.read_frame().payload).expect("a text");
    let (kills, numbers) = answer.split_once("; ").expect("two parts");
    let numbers = numbers.split(' ').map(|number| number.parse().expect("a number"));
    (kills.to_string(), numbers.collect())
}

#[test]
fn who_lives_hears_everything_while_others_crash_and_actors_are_killed() {
    let variables = [("WS_PING_INTERVAL_MS", "1000"), ("WS_PONG_TIMEOUT_MS", "1500")];
    let mut server = Server::start_program("storm", &variables);
    let count = connections();
    // What is kept for the next clients, and what compiling has left, shall not hide what the storm leaves.
    let mut crowd = Crowd::none(server.port);
    (0..count).for_each(|_| crowd.join(Fate::Lives));
    crowd.leave();
    std::thread::sleep(Duration::from_secs(3));
    let rest = Rest::of(&mut server);
    let mut crowd = Crowd::none(server.port);
    let mute = count / 50;
    (0..count).for_each(|number| crowd.join(if number < mute { Fate::Mute } else { Fate::Lives }));

    let begun = Instant::now();
    let (mut seconds, mut crashes, mut words) = (0, 0, 0);
    while begun.elapsed() < duration() {
        if begun.elapsed() >= Duration::from_secs(seconds) {
            seconds += 1;
            (0..count / 100).for_each(|_| crowd.crash());
            crashes += count / 100;
        }
        // A hundred words a second.
        while begun.elapsed() > Duration::from_millis(10) * words {
            words += 1;
            let chosen = crowd.choose();
            crowd.say(chosen);
        }
        crowd.attend();
    }
    let (kills, announced) = calm(server.port);
    // The last word of each that has said something.
    for chosen in 0..crowd.members.len() {
        let member = &crowd.members[chosen];
        if member.fate == Fate::Lives && crowd.said[member.number].1 > 0 {
            crowd.say(chosen);
        }
    }
    crowd.attend_until("those that crash end", |crowd| {
        crowd.members.iter().all(|member| member.fate != Fate::Crashes)
    });
    crowd.attend_until("everybody hears all", |crowd| crowd.has_heard_all(&announced));
    crowd.attend_until("the heartbeat finds those that are mute", |crowd| crowd.mute_ended == mute);
    println!(
        "{count} connections for {:?}: {crashes} crashed, {} have talked {words} times, \
         {} announcements, killed: {kills}",
        begun.elapsed(),
        crowd.said.iter().filter(|(_, count)| *count > 0).count(),
        announced.iter().sum::<u64>(),
    );
    for victim in ["heartbeat", "acceptor", "room", "registry"] {
        assert!(kills.contains(&format!("{victim}=")), "the {victim} was never killed: {kills}");
    }

    assert_eq!(crowd.members.len(), count - mute);
    crowd.leave();
    server.assert_serving();
    server.await_descriptors(rest.descriptors());
    std::thread::sleep(Duration::from_secs(6));
    let growth = rest.growth(&server);
    println!("{growth} bytes more than at the start are resident");
    assert!(growth <= KEPT);
    // Nothing has crashed but what was to.
    let is_expected = |line: &&str| {
        is_logged(line) || line.contains("as the storm wants") || line.contains("division by zero")
    };
    let stderr = server.stderr();
    let unexpected: Vec<&str> = stderr.lines().filter(|line| !is_expected(line)).collect();
    assert!(unexpected.is_empty(), "it wrote to stderr: {unexpected:?}");
}
