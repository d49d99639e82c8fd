//! Checksums and signatures.

use super::context::*;
use super::define::define;
use crate::abi::HashAlgorithm;
use ring::{digest as ring_digest, hmac};
use subtle::ConstantTimeEq;

define! {
    fn digest(context, algorithm: HashAlgorithm, bytes: Ref) -> Ref {
        let algorithm = match algorithm {
            HashAlgorithm::Sha1 => &ring_digest::SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha256 => &ring_digest::SHA256,
            HashAlgorithm::Sha384 => &ring_digest::SHA384,
            HashAlgorithm::Sha512 => &ring_digest::SHA512,
        };
        context.new_bytes(ring_digest::digest(algorithm, context.bytes(bytes)).as_ref())
    }

    fn signature(context, algorithm: HashAlgorithm, key: Ref, bytes: Ref) -> Ref {
        let algorithm = match algorithm {
            HashAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha256 => hmac::HMAC_SHA256,
            HashAlgorithm::Sha384 => hmac::HMAC_SHA384,
            HashAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        let key = hmac::Key::new(algorithm, context.bytes(key));
        context.new_bytes(hmac::sign(&key, context.bytes(bytes)).as_ref())
    }

    fn same_in_constant_time(context, left: Ref, right: Ref) -> Bool {
        bool::from(context.bytes(left).ct_eq(context.bytes(right)))
    }
}
