//! A page in headless Chromium against the examples that echo, over ws and over wss.

use snow_clients::server::Server;
use snow_clients::tls::Authority;
use snow_foreign::programs::{file, find};
use snow_foreign::servers::{Scheme, TOLD, authority, echo, refusing};
use snow_foreign::trials::{self, trial};
use snow_tests::process::{Collected, PATIENCE, wait};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

fn main() {
    let trials = [Scheme::Ws, Scheme::Wss].map(|scheme| {
        let program = find("chromium").map(|program| (scheme, program));
        let name = format!("chromium_over_{}", scheme.name());
        trial(&name, "chromium", program, |(scheme, program)| meet(scheme, program))
    });
    trials::run(trials.into());
}

/// A browser, which ends with this value.
struct Browser {
    child: Child,
    stderr: Collected,
}

impl Browser {
    fn open(program: &Path, folder: &str, net_log: &str, address: &str) -> Browser {
        let mut command = Command::new(program);
        // Root has no sandbox; and no browser knows the certificate's authority.
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
        command.args(["--ignore-certificate-errors", &format!("--log-net-log={net_log}")]);
        command.args(["--no-first-run", "--disable-background-networking", "--disable-component-update"]);
        command.arg(format!("--user-data-dir={folder}")).arg(address).env("HOME", folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().expect("chromium starts");
        let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
        Browser { child, stderr }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // SAFETY: a signal to our own child, which has not been waited for. It ends its own children, then.
        unsafe { libc::kill(self.child.id() as i32, libc::SIGTERM) };
        if wait(&mut self.child, Duration::from_secs(10)).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Answers with the page; what the page says comes out of the channel. It ends with the channel.
fn serve_page() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    let port = listener.local_addr().expect("it listens").port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let page = std::fs::read(file("clients/page.html")).expect("the page");
        for stream in listener.incoming().flatten() {
            let (page, sender) = (page.clone(), sender.clone());
            // Browsers open connections ahead of need, on which nothing comes.
            std::thread::spawn(move || answer(stream, &page, &sender));
        }
    });
    (port, receiver)
}

fn answer(mut stream: std::net::TcpStream, page: &[u8], said: &Sender<String>) {
    let mut first = None;
    for line in BufReader::new(&stream).lines() {
        let Ok(line) = line else { return };
        if line.is_empty() {
            break;
        }
        first.get_or_insert(line);
    }
    let Some(request) = first else { return };
    let target = request.split(' ').nth(1).unwrap_or_default();
    let body = match target.strip_prefix("/say/") {
        Some(words) => {
            let _ = said.send(words.replace("%20", " ").replace('/', " "));
            &b""[..]
        }
        None => page,
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// A browser with a connection is killed: that is an unclean end. A page has no means for one.
fn cut(program: &Path, authority: &Authority, address: &str, server: &Server, said: &Receiver<String>) {
    let browser = Browser::open(program, &authority.path("killed"), &authority.path("killed.json"), address);
    let told = said.recv_timeout(6 * PATIENCE);
    assert_eq!(told.as_deref(), Ok("cut me"), "{}", browser.stderr.so_far());
    // All of its processes at once: one that is left says goodbye for the others.
    // SAFETY: a signal to the group of our own child, which has not been waited for.
    unsafe { libc::kill(-(browser.child.id() as i32), libc::SIGKILL) };
    let end = Instant::now() + PATIENCE;
    while !server.stderr().contains("code=1006 by=loss") {
        assert!(Instant::now() < end, "{}", server.said());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn meet(scheme: Scheme, program: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let (port, said) = serve_page();
    let origin = format!("http://localhost:{port}");
    let own = [("WS_ORIGINS", origin.as_str())];
    let mut server = echo(scheme, &authority, &[&TOLD[..], &own].concat());
    let refusing = refusing(scheme, &authority, &[("WS_ORIGINS", &origin)]);
    let at = |server: &Server| format!("at={}://localhost:{}/", scheme.name(), server.port);
    let address = format!("{origin}/?{}&{}", at(&server), at(&refusing));
    let net_log = authority.path("net-log.json");
    cut(&program, &authority, &format!("{origin}/?only=cut&{}", at(&server)), &server, &said);
    let browser = Browser::open(&program, &authority.path("chromium"), &net_log, &address);
    let mut done = Vec::new();
    loop {
        let told = said.recv_timeout(6 * PATIENCE);
        let told = told.unwrap_or_else(|_| panic!("{done:?}, then nothing: {}", browser.stderr.so_far()));
        match told.as_str() {
            "drain me" => server.signal(libc::SIGTERM),
            "end" => break,
            _ => done.push(told),
        }
    }
    let wanted = ["messages", "crowd", "quiet", "subprotocol", "clean", "refused", "foreign", "drain"];
    assert_eq!(done, wanted.map(|scene| format!("ok {scene}")), "{}", browser.stderr.so_far());
    drop(browser);
    // A page is told no status, but the browser knows it.
    let log = std::fs::read_to_string(net_log).expect("the browser's log");
    assert!(log.contains("HTTP/1.1 401 Unauthorized"), "the browser has seen no 401");
    assert_eq!(server.await_end(), Some(0), "{}", server.said());
    let log = server.stderr();
    let ends = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert_eq!(ends("code=4000 by=peer reason=bye"), 1, "{log}");
    assert_eq!(ends("code=1001 by=server"), 1, "{log}");
    assert_eq!(ends("code=1006 by=loss"), 1, "{log}");
    assert_eq!(ends("no sign of life"), 0, "{log}");
    // The server tells whose pages it refuses.
    assert_eq!(ends(&format!("http://127.0.0.1:{port}")), 1, "{log}");
}
