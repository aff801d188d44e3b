//! Proofs of possession (RFC 9449): that whoever sends a request holds the key that its token is bound to.

use super::memory::Memory;
use super::plan::Role;
use super::wire::Wire;
use crate::sandbox::{Target, checked_proof};
use http::HeaderValue;

/// Checks the proof of a request and takes it away: what is left looks as it would without.
///
/// # Errors
/// What is wrong with it.
pub(super) fn unproved(mut wire: Wire, role: Role, memory: &mut Memory) -> Result<Wire, String> {
    let proof = wire.header("dpop").ok_or("the header `dpop` is missing")?;
    let token = memory.access_token.clone().filter(|_| role.is_api());
    let target =
        Target { method: &wire.method, url: wire.url.as_str(), access_token: token.as_deref() };
    let (key, jti) = checked_proof(&proof, &target)?;
    // Another grant begins, and may be bound to another key (section 10.1).
    if role == Role::Push {
        memory.key = None;
    }
    if memory.key.as_ref().is_some_and(|known| *known != key) {
        return Err("the proof is by another key than the one before".to_owned());
    }
    if !memory.used.insert(jti) {
        return Err("a proof with this `jti` was used before".to_owned());
    }
    memory.key = Some(key);
    wire.headers.remove("dpop");
    // Section 7.1: the scheme is another than the definition's.
    let bearer = wire.header("authorization").and_then(|header| {
        let token = header.strip_prefix("DPoP ")?;
        HeaderValue::from_str(&format!("Bearer {token}")).ok()
    });
    match bearer {
        Some(bearer) => drop(wire.headers.insert("authorization", bearer)),
        None if role.is_api() => return Err("`authorization` is not of the scheme DPoP".to_owned()),
        None => {}
    }
    Ok(wire)
}
