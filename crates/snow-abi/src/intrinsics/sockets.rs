//! TCP, Unix domain sockets and in-memory pipes.

use super::signature::{Table, signatures};
use crate::library_types::{Arrival, NetError};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn tcp_listen(host: String, port: Int, backlog: Int) -> Result<Int, NetError>;
    fn tcp_inherit(descriptor: Int) -> Result<Int, NetError>;
    fn tcp_port(socket: Int) -> Result<Int, NetError>;
    fn tcp_peer(socket: Int) -> String;
    fn tcp_accept(socket: Int) -> Result<Int, NetError>;
    fn tcp_connect(host: String, port: Int) -> Result<Int, NetError>;
    fn tcp_connect_result(socket: Int) -> Result<(), NetError>;
    fn tcp_read(socket: Int, most: Int) -> Result<Bytes, NetError>;
    fn tcp_read_into(socket: Int, buffer: Buffer, most: Int) -> Arrival;
    fn tcp_write(socket: Int, bytes: Bytes) -> Result<Int, NetError>;
    fn tcp_send_file(socket: Int, path: String, first: Int, count: Int) -> Result<Int, NetError>;
    fn tcp_notify_readable(socket: Int, pid: Pid<T>, message: T) -> Result<(), NetError>;
    fn tcp_notify_writable(socket: Int, pid: Pid<T>, message: T) -> Result<(), NetError>;
    fn tcp_give(socket: Int, pid: Pid<M>) -> Result<(), NetError>;
    fn tcp_received(socket: Int) -> Int;
    fn tcp_unacknowledged(socket: Int) -> Result<Int, NetError>;
    fn tcp_shutdown(socket: Int) -> Result<(), NetError>;
    fn tcp_close(socket: Int);
    fn unix_listen(path: String, backlog: Int) -> Result<Int, NetError>;
    fn unix_connect(path: String) -> Result<Int, NetError>;
    fn pipe_new() -> (Int, Int);
    fn pipe_other_owner(socket: Int) -> Option<Pid>;
};
