//! What actors do with sockets: each belongs to one actor, which alone may use it, and closes with it.

use super::error::net_error;
use super::pipe::Pipe;
use super::socket::{Kind, Notification, Outcome, Readiness, Sent, Socket, State};
use super::system_calls;
use super::tls::session::{Agreement, Session};
use super::tls::transfer::{self, Received};
use super::unix_sockets::{self, SocketFile};
use crate::abi::NetError;
use crate::actor::possessions::Owned;
use crate::actor::record::{NO_HOME, Record};
use crate::handles::handle::{Pid, SocketHandle, next_generation};
use crate::heap::message::Message;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use mio::event::Event;
use parking_lot::MutexGuard;
use rustls::ServerConfig;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub fn listen(
    worker: &mut Worker,
    owner: &Record,
    host: &str,
    port: i64,
    backlog: i64,
) -> Outcome<SocketHandle> {
    let address = address(host, port)?;
    let backlog = backlog.clamp(1, 65_535) as i32;
    let listener = system_calls::listen(address, backlog).map_err(net_error);
    let listener = match listener {
        // All interfaces of a system without IPv6.
        Err(NetError::AddressNotAvailable) if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) => {
            let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port());
            system_calls::listen(address, backlog).map_err(net_error)?
        }
        listener => listener?,
    };
    Ok(open(worker.runtime(), owner, Kind::Listener(listener)))
}

/// Listens at a file of the file system, which goes when the socket is closed.
pub fn listen_in_file(
    worker: &mut Worker,
    owner: &Record,
    path: &str,
    backlog: i64,
) -> Outcome<SocketHandle> {
    let file = SocketFile::bind(path, backlog.clamp(1, 65_535) as i32).map_err(net_error)?;
    Ok(open(worker.runtime(), owner, Kind::InFile(Box::new(file))))
}

pub fn connect_to_file(worker: &mut Worker, owner: &Record, path: &str) -> Outcome<SocketHandle> {
    let stream = unix_sockets::connect(path).map_err(net_error)?;
    Ok(open(worker.runtime(), owner, Kind::Stream(stream)))
}

/// Takes a listening socket that whoever has started this process has opened. The descriptor stays open, so that it can be
/// taken again.
pub fn inherit(worker: &mut Worker, owner: &Record, descriptor: i64) -> Outcome<SocketHandle> {
    let descriptor = i32::try_from(descriptor).map_err(|_| NetError::BadAddress)?;
    let listener = system_calls::inherit(descriptor).map_err(net_error)?;
    Ok(open(worker.runtime(), owner, Kind::Listener(listener)))
}

pub fn connect(worker: &mut Worker, owner: &Record, host: &str, port: i64) -> Outcome<SocketHandle> {
    let stream = system_calls::connect(address(host, port)?).map_err(net_error)?;
    Ok(open(worker.runtime(), owner, Kind::Stream(stream)))
}

/// Any actor may take connections of a listener, which belongs to whoever decides how long it is open.
pub fn accept(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Outcome<SocketHandle> {
    let runtime = worker.runtime();
    let mut state = any_state_of(runtime, handle)?;
    let listener = match &state.kind {
        Kind::Listener(listener) => listener.as_fd(),
        Kind::InFile(file) => file.as_fd(),
        _ => return Err(NetError::NotConnected),
    };
    match system_calls::accept(listener) {
        Ok(stream) => {
            drop(state);
            Ok(open(runtime, owner, Kind::Stream(stream)))
        }
        Err(error) => {
            let error = net_error(error);
            if error == NetError::WouldBlock {
                state.readable = false;
            }
            Err(error)
        }
    }
}

/// Both ends belong to the caller.
pub fn new_pipe(worker: &mut Worker, owner: &Record) -> [SocketHandle; 2] {
    let runtime = worker.runtime();
    Pipe::new_pair().map(|end| open(runtime, owner, Kind::Pipe(Box::new(end))))
}

/// 0 when the connection stands.
pub fn connect_result(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Outcome<()> {
    let state = state_of(worker.runtime(), owner, handle)?;
    match &state.kind {
        Kind::Pipe(_) => Ok(()),
        Kind::Stream(stream) => match stream.take_error() {
            Ok(Some(error)) | Err(error) => Err(net_error(error)),
            Ok(None) => match stream.peer_addr() {
                Ok(_) => Ok(()),
                // Of another family than IP.
                Err(error) if error.raw_os_error().is_none() => Ok(()),
                // Not connected and no error: it is still on its way.
                Err(error) if error.raw_os_error() == Some(libc::ENOTCONN) => Err(NetError::WouldBlock),
                Err(error) => Err(net_error(error)),
            },
        },
        _ => Err(NetError::NotConnected),
    }
}

pub fn local_port(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Outcome<u16> {
    let state = state_of(worker.runtime(), owner, handle)?;
    let address = match &state.kind {
        Kind::Listener(listener) => listener.local_addr(),
        Kind::Stream(stream) => stream.local_addr(),
        _ => return Ok(0),
    };
    match address {
        Ok(address) => Ok(address.port()),
        // Of a family without ports.
        Err(error) if error.raw_os_error().is_none() => Ok(0),
        Err(error) => Err(net_error(error)),
    }
}

/// `ip:port`; `unix` for one of this machine, `pipe:0` for one of this program; or nothing.
pub fn peer(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> String {
    let Ok(state) = state_of(worker.runtime(), owner, handle) else { return String::new() };
    match &state.kind {
        Kind::Stream(stream) => match stream.peer_addr() {
            // What comes by IPv4 to a socket for both is of IPv4. An interface's number tells nobody else anything.
            Ok(address) => SocketAddr::new(address.ip().to_canonical(), address.port()).to_string(),
            Err(error) if error.raw_os_error().is_none() => "unix".to_string(),
            Err(_) => String::new(),
        },
        Kind::Pipe(_) => "pipe:0".to_string(),
        _ => String::new(),
    }
}

/// The actor that the other end of a pipe belongs to, while that is open.
pub fn other_owner(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Option<Pid> {
    let runtime = worker.runtime();
    let other = state_of(runtime, owner, handle).ok()?.pipe_peer()?;
    let slot = runtime.io.sockets.find(other)?;
    let state = slot.0.lock();
    (state.generation == other.generation()).then_some(state.owner)
}

/// Bytes read into `to`, and whether the socket is drained. The end of the stream is an error.
///
/// # Safety
/// `to` has room for `max` bytes.
pub unsafe fn receive(
    worker: &mut Worker,
    owner: &Record,
    handle: SocketHandle,
    to: *mut u8,
    max: usize,
) -> Outcome<(usize, bool)> {
    let mut state = state_of(worker.runtime(), owner, handle)?;
    if max == 0 {
        return Ok((0, false));
    }
    if state.tls.is_some() {
        // SAFETY: promised by the caller; what lies there does not matter.
        let room = unsafe { std::slice::from_raw_parts_mut(to.cast(), max) };
        return receive_encrypted(worker, handle, state, room);
    }
    // SAFETY: promised by the caller.
    match unsafe { state.kind.receive(to, max) } {
        Ok(0) => Err(NetError::EndOfStream),
        Ok(count) => {
            state.received += count as u64;
            if count < max && !state.read_closed {
                state.readable = false;
            }
            let drained = count < max && !state.is_readable();
            let peer = state.pipe_peer();
            drop(state);
            notify_peer(worker, peer);
            Ok((count, drained))
        }
        Err(error) => {
            if error == NetError::WouldBlock {
                state.readable = false;
            }
            Err(error)
        }
    }
}

/// The same for a TLS socket.
fn receive_encrypted(
    worker: &mut Worker,
    handle: SocketHandle,
    mut state: MutexGuard<State>,
    room: &mut [MaybeUninit<u8>],
) -> Outcome<(usize, bool)> {
    let State { kind, tls, .. } = &mut *state;
    let session = tls.as_mut().expect("it speaks TLS");
    let was_open = session.is_open();
    let Received { arrived, plain, drained } = transfer::receive(kind, session, &mut worker.records, room);
    if plain == Err(NetError::NotEncrypted) {
        state.tls = None;
    }
    state.received += arrived as u64;
    if drained && !state.read_closed {
        state.readable = false;
    }
    let is_drained = drained && !state.is_readable();
    let peer = state.pipe_peer();
    let opens = !was_open && state.is_writable();
    if opens {
        deliver_ready(worker, handle, state)
    } else {
        drop(state)
    }
    notify_peer(worker, peer);
    if !was_open {
        worker.runtime().io.handshakes.pass(handle);
        give_turns(worker);
    }
    plain.map(|count| (count, is_drained))
}

/// Writes once, as much as the socket takes of the pieces. Less than all, or encrypted bytes that are unsent, mean that it
/// would block.
pub fn send(worker: &mut Worker, owner: &Record, handle: SocketHandle, pieces: &[IoSlice]) -> Outcome<Sent> {
    let mut state = state_of(worker.runtime(), owner, handle)?;
    let wanted: usize = pieces.iter().map(|piece| piece.len()).sum();
    let State { kind, tls, .. } = &mut *state;
    let sent = match tls {
        Some(session) => transfer::send(kind, session, &mut worker.records, pieces),
        None if wanted == 0 => return Ok(Sent { taken: 0, unsent: 0 }),
        None => kind.send(pieces).map(|taken| Sent { taken, unsent: 0 }),
    };
    if sent.map_or_else(|error| error == NetError::WouldBlock, |sent| sent.taken < wanted || sent.unsent > 0)
    {
        state.writable = false;
    }
    let peer = state.pipe_peer();
    drop(state);
    notify_peer(worker, peer);
    sent
}

/// Lets the system copy a part of a file to the socket, as much as that takes: the bytes make no detour over our memory.
/// Where it cannot (the socket speaks TLS, or is none of the system's; the file is not regular), nothing is written, and
/// the error is `OtherFailure`.
pub fn send_file(
    worker: &mut Worker,
    owner: &Record,
    handle: SocketHandle,
    path: &str,
    first: i64,
    count: i64,
) -> Outcome<usize> {
    let mut state = state_of(worker.runtime(), owner, handle)?;
    let (Kind::Stream(stream), None) = (&state.kind, &state.tls) else { return Err(NetError::OtherFailure) };
    let file = system_calls::open_regular(path).map_err(|_| NetError::OtherFailure)?;
    let count = usize::try_from(count).map_err(|_| NetError::OtherFailure)?;
    let sent = system_calls::send_file(stream, &file, first, count).map_err(net_error);
    if sent == Err(NetError::WouldBlock) {
        state.writable = false;
    }
    sent
}

/// Delivers the message once, when the socket is ready, or now.
pub fn notify(
    worker: &mut Worker,
    owner: &Record,
    handle: SocketHandle,
    readiness: Readiness,
    pid: Pid,
    message: Message,
) -> Outcome<()> {
    let mut state = any_state_of(worker.runtime(), handle)?;
    if state.owner != owner.pid() && !matches!(state.kind, Kind::Listener(_) | Kind::InFile(_)) {
        return Err(NetError::NotOwner);
    }
    if state.registered.is_none() {
        // Relaxed: only the worker that runs the actor sets its home, and that is this one.
        if owner.home.load(Ordering::Relaxed) == NO_HOME {
            owner.home.store(worker.index as u16, Ordering::Relaxed);
        }
        let home = owner.home.load(Ordering::Relaxed);
        state.register(&worker.runtime().scheduler.workers[usize::from(home)].registry, home, handle)?;
    }
    let place = match readiness {
        Readiness::Readable => &mut state.on_readable,
        Readiness::Writable => &mut state.on_writable,
    };
    let replaced = place.replace(Notification { pid, message });
    deliver_ready(worker, handle, state);
    drop(replaced);
    Ok(())
}

/// Makes another actor the owner.
pub fn give(worker: &mut Worker, owner: &Record, handle: SocketHandle, to: Pid) -> Outcome<()> {
    let runtime = worker.runtime();
    drop(state_of(runtime, owner, handle)?);
    if to == owner.pid() {
        return Ok(());
    }
    let (target, mut shared) = runtime.actors.mailbox(to).ok_or(NetError::OtherFailure)?;
    shared.owned.add(Owned::Socket(handle));
    drop(shared);
    // A pipe's events come from wherever its other end is used.
    let mut state = state_of(runtime, owner, handle)?;
    state.owner = to;
    if !matches!(state.kind, Kind::Pipe(_)) {
        let home = runtime.scheduler.assign_home(target);
        if let Some(registered) = state.registered
            && registered != home
        {
            state.deregister(&runtime.scheduler.workers[usize::from(registered)].registry);
        }
    }
    let dropped = (state.on_readable.take(), state.on_writable.take());
    drop(state);
    drop(dropped);
    disown(owner, handle);
    Ok(())
}

/// Bytes that have been read from it. Any actor may ask.
pub fn received(runtime: &Runtime, handle: SocketHandle) -> u64 {
    any_state_of(runtime, handle).map_or(0, |state| state.received)
}

/// Bytes that have been written and that the peer's system has not confirmed; of a pipe, those that have not been read.
/// Any actor may ask.
pub fn unacknowledged(worker: &mut Worker, handle: SocketHandle) -> Outcome<usize> {
    let state = any_state_of(worker.runtime(), handle)?;
    let unsent = state.tls.as_ref().map_or(0, |session| session.unsent().len());
    match &state.kind {
        Kind::Stream(stream) => {
            system_calls::unacknowledged(stream).map(|count| count + unsent).map_err(net_error)
        }
        Kind::Pipe(pipe) => Ok(pipe.unacknowledged() + unsent),
        _ => Err(NetError::NotConnected),
    }
}

pub fn shut_down(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Outcome<()> {
    let mut state = state_of(worker.runtime(), owner, handle)?;
    let State { kind, tls, .. } = &mut *state;
    match tls {
        Some(session) => transfer::finish(kind, session)?,
        None => kind.finish()?,
    }
    let peer = state.pipe_peer();
    drop(state);
    notify_peer(worker, peer);
    Ok(())
}

/// Nothing happens when it is closed already.
pub fn close(worker: &mut Worker, owner: &Record, handle: SocketHandle) {
    if state_of(worker.runtime(), owner, handle).is_ok() {
        disown(owner, handle);
        close_unowned(worker, handle);
    }
}

/// Closes a socket that no living actor owns.
pub fn close_unowned(worker: &mut Worker, handle: SocketHandle) {
    let runtime = worker.runtime();
    let Some(Socket(slot)) = runtime.io.sockets.find(handle) else { return };
    let mut state = slot.lock();
    if state.generation != handle.generation() {
        return;
    }
    let takes_turns = state.takes_turns();
    let State { kind, tls, .. } = &mut *state;
    if let Some(session) = tls {
        // What the socket does not take at once is lost, as all that is written to one that is closed may be.
        session.say_goodbye();
        let _ = transfer::push(kind, session);
    }
    let peer = state.pipe_peer();
    let generation = next_generation(state.generation);
    let closed = std::mem::replace(&mut *state, State { generation, ..State::default() });
    drop(state);
    if matches!(closed.kind, Kind::Listener(_) | Kind::InFile(_) | Kind::Stream(_)) {
        // SeqCst: read when the workers look whether the program has ended.
        runtime.io.open_sockets.fetch_sub(1, Ordering::SeqCst);
    }
    // Closing the descriptor takes it out of the poller, too.
    drop(closed);
    runtime.io.sockets.free(handle.index());
    notify_peer(worker, peer);
    if takes_turns {
        runtime.io.handshakes.pass(handle);
        give_turns(worker);
    }
}

/// An event of the worker's poller.
pub fn ready(worker: &mut Worker, event: &Event) {
    let handle = SocketHandle::from_int(event.token().0 as i64);
    let Some(Socket(slot)) = worker.runtime().io.sockets.find(handle) else { return };
    let mut state = slot.lock();
    if state.generation != handle.generation() {
        return;
    }
    let broken = event.is_error();
    state.read_closed |= event.is_read_closed() || broken;
    state.readable |= event.is_readable() || event.is_read_closed() || broken;
    state.writable |= event.is_writable() || event.is_write_closed() || broken;
    deliver_ready(worker, handle, state);
}

/// The other end of a pipe may be ready now.
fn notify_peer(worker: &mut Worker, peer: Option<SocketHandle>) {
    let Some(handle) = peer else { return };
    let Some(Socket(slot)) = worker.runtime().io.sockets.find(handle) else { return };
    let state = slot.lock();
    if state.generation == handle.generation() {
        deliver_ready(worker, handle, state);
    }
}

fn deliver_ready(worker: &mut Worker, handle: SocketHandle, mut state: MutexGuard<State>) {
    let reader = if state.tls.is_some() { push_unsent(&mut state) } else { None };
    let is_readable = state.is_readable();
    let must_wait = is_readable && state.takes_turns() && state.on_readable.is_some();
    let readable = if is_readable && !must_wait { state.on_readable.take() } else { None };
    let writable = if state.is_writable() { state.on_writable.take() } else { None };
    if must_wait {
        await_turn(worker, handle, state);
    } else {
        drop(state);
    }
    for notification in [readable, writable].into_iter().flatten() {
        // SAFETY: the message is ours.
        unsafe { worker.deliver(notification.pid, notification.message.into_block()) };
    }
    notify_peer(worker, reader);
}

/// Its owner is told that it is readable when its turn has come.
fn await_turn(worker: &mut Worker, handle: SocketHandle, mut state: MutexGuard<State>) {
    let session = state.tls.as_mut().expect("it takes turns");
    if !std::mem::replace(&mut session.waits_for_turn, true) {
        worker.runtime().io.handshakes.wait(handle);
    }
    drop(state);
    give_turns(worker);
}

/// Tells the owners of sockets whose turn has come to go on with their handshakes.
fn give_turns(worker: &mut Worker) {
    let runtime = worker.runtime();
    let most = 2 * runtime.scheduler.workers.len();
    while let Some(handle) = runtime.io.handshakes.next(most, worker.now) {
        let Some(told) = take_turn(runtime, handle) else {
            runtime.io.handshakes.pass(handle);
            continue;
        };
        // SAFETY: the message is ours.
        unsafe { worker.deliver(told.pid, told.message.into_block()) };
    }
}

/// What the owner of a socket is told whose turn has come; nothing if it is gone, or nobody waits for it.
fn take_turn(runtime: &Runtime, handle: SocketHandle) -> Option<Notification> {
    let Socket(slot) = runtime.io.sockets.find(handle)?;
    let mut state = slot.lock();
    if state.generation != handle.generation() {
        return None;
    }
    state.tls.as_mut()?.waits_for_turn = false;
    state.on_readable.take()
}

/// Encrypted bytes go out as soon as there is room, whatever the owner does. The other end of a pipe, if there is more to
/// be read there.
fn push_unsent(state: &mut State) -> Option<SocketHandle> {
    let State { kind, tls, writable, .. } = state;
    let session = tls.as_mut().filter(|session| !session.unsent().is_empty())?;
    let before = session.unsent().len();
    if transfer::push(kind, session).is_err() {
        // Whoever reads or writes finds out.
        session.advance(session.unsent().len());
    }
    let left = session.unsent().len();
    *writable &= left == 0;
    if left < before { state.pipe_peer() } else { None }
}

/// Makes a socket that bytes go over as they are one that speaks TLS, as a server. `received` has been read from it
/// already.
pub fn begin_tls(
    worker: &mut Worker,
    owner: &Record,
    handle: SocketHandle,
    config: Arc<ServerConfig>,
    received: &[u8],
) -> Outcome<()> {
    let mut state = state_of(worker.runtime(), owner, handle)?;
    if !matches!(state.kind, Kind::Stream(_) | Kind::Pipe(_)) || state.tls.is_some() {
        return Err(NetError::NotConnected);
    }
    let session = Session::new(config, received).ok_or(NetError::OtherFailure)?;
    state.tls = Some(Box::new(session));
    Ok(())
}

/// What has been agreed on with the peer of a TLS socket, once the handshake is over.
pub fn tls_agreement(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Option<Agreement> {
    state_of(worker.runtime(), owner, handle).ok()?.tls.as_ref()?.agreement()
}

/// Why a TLS connection has failed, for people.
pub fn tls_fault(worker: &mut Worker, owner: &Record, handle: SocketHandle) -> Option<String> {
    let state = state_of(worker.runtime(), owner, handle).ok()?;
    state.tls.as_ref()?.fault().map(str::to_string)
}

fn open(runtime: &Runtime, owner: &Record, kind: Kind) -> SocketHandle {
    if !matches!(kind, Kind::Pipe(_)) {
        // SeqCst: as in `close_unowned`.
        runtime.io.open_sockets.fetch_add(1, Ordering::SeqCst);
    }
    let index = runtime.io.sockets.allocate();
    let Socket(slot) = runtime.io.sockets.get(index).expect("an allocated slot");
    let mut state = slot.lock();
    let handle = SocketHandle::new(index, state.generation);
    if let Kind::Pipe(pipe) = &kind {
        pipe.set_handle(handle);
    }
    let generation = state.generation;
    *state = State { generation, kind, owner: owner.pid(), ..State::default() };
    drop(state);
    owner.shared.lock().owned.add(Owned::Socket(handle));
    handle
}

/// The socket, if it is open and the actor's own.
fn state_of<'a>(
    runtime: &'a Runtime,
    owner: &Record,
    handle: SocketHandle,
) -> Outcome<MutexGuard<'a, State>> {
    let state = any_state_of(runtime, handle)?;
    if state.owner != owner.pid() {
        return Err(NetError::NotOwner);
    }
    Ok(state)
}

/// The socket, if it is open, whoever owns it.
fn any_state_of(runtime: &Runtime, handle: SocketHandle) -> Outcome<MutexGuard<'_, State>> {
    let slot = runtime.io.sockets.find(handle).ok_or(NetError::ClosedHere)?;
    let state = slot.0.lock();
    if state.generation != handle.generation() || matches!(state.kind, Kind::Closed) {
        return Err(NetError::ClosedHere);
    }
    Ok(state)
}

fn disown(owner: &Record, handle: SocketHandle) {
    let mut shared = owner.shared.lock();
    shared.owned.remove(Owned::Socket(handle));
    if !shared.owns_socket() {
        owner.home.store(NO_HOME, Ordering::Relaxed);
    }
}

fn address(host: &str, port: i64) -> Outcome<SocketAddr> {
    let ip: IpAddr = host.parse().map_err(|_| NetError::BadAddress)?;
    let port = u16::try_from(port).map_err(|_| NetError::BadAddress)?;
    Ok(SocketAddr::new(ip, port))
}
