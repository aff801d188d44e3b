//! Signatures over a request as a whole, in place of a secret inside it.

pub mod aws_sigv4;
