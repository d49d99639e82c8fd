//! TLS servers: what they go by, and their sockets.

use super::signature::{Table, signatures};
use crate::library_types::{Loaded, NetError};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn tls_configuration(files: Array<String>, client_authorities: String) -> Int;
    fn tls_load(configuration: Int, anew: Bool) -> Option<Int>;
    fn tls_loaded(configuration: Int, place: Int) -> (String, String, Loaded);
    fn tls_accept(socket: Int, configuration: Int, received: Bytes) -> Result<(), NetError>;
    fn tls_agreement(socket: Int) -> Option<(Int, String, Bytes)>;
    fn tls_fault(socket: Int) -> String;
};
