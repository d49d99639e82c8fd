//! Checksums and signatures.

use super::signature::{Table, signatures};
use crate::library_types::HashAlgorithm;
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn digest(algorithm: HashAlgorithm, bytes: Bytes) -> Bytes;
    fn signature(algorithm: HashAlgorithm, key: Bytes, bytes: Bytes) -> Bytes;
    fn same_in_constant_time(left: Bytes, right: Bytes) -> Bool;
};
