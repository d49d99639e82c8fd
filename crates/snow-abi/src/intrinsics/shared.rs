//! Values that all actors share.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn value_share(value: T) -> T;
};
