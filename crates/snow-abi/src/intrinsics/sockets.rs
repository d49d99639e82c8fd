//! TCP and in-memory pipes.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn tcp_listen(host: String, port: Int, backlog: Int) -> Int;
    fn tcp_port(handle: Int) -> Int;
    fn tcp_peer(handle: Int) -> String;
    fn tcp_accept(handle: Int) -> Int;
    fn tcp_connect(host: String, port: Int) -> Int;
    fn tcp_connect_result(handle: Int) -> Int;
    fn tcp_read(handle: Int, max: Int) -> Bytes;
    fn tcp_read_into(handle: Int, buffer: Buffer, max: Int) -> Int;
    fn tcp_write(handle: Int, bytes: Bytes) -> Int;
    fn tcp_notify_readable(handle: Int, pid: Pid<T>, message: T) -> Int;
    fn tcp_notify_writable(handle: Int, pid: Pid<T>, message: T) -> Int;
    fn tcp_give(handle: Int, pid: Pid<M>) -> Int;
    fn tcp_shutdown(handle: Int) -> Int;
    fn tcp_close(handle: Int);
    fn pipe_new() -> Int;
};
