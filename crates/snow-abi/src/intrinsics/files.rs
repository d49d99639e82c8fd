//! Files and folders.

use super::signature::{Table, signatures};
use crate::library_types::FileOperation;
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn file_ask(operation: FileOperation, path: String, argument: Bytes) -> Int;
    fn file_take(place: Int) -> Result<Bytes, (Int, String)>;
};
