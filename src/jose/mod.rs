//! Signed tokens (JSON Object Signing): keys, compact signatures and their verification, after
//! RFC 7515, 7517, 7518, 7519, 7638 and 8037. Pure functions over `ring`; nothing is fetched here.

mod algorithm;
mod jwk;
mod pem;
mod private_key;
mod signing_key;
mod verify;

pub use algorithm::Algorithm;
pub use jwk::{JwkSet, JwkSetError, thumbprint};
pub(crate) use pem::read as read_pem;
pub use private_key::KeyError;
pub use signing_key::SigningKey;
pub use verify::{JwtError, Verified, algorithm_of, verify};

#[cfg(test)]
mod tests;
