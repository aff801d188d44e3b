//! temporary
pub mod aws_sigv4 {
    use crate::request::Request;
    use crate::secret::Secret;
    pub struct Credentials {
        pub access_key_id: String,
        pub secret_access_key: Secret,
        pub session_token: Option<Secret>,
    }
    pub struct Target<'a> {
        pub region: &'a str,
        pub service: &'a str,
    }
    pub use crate::oauth1::SignError;
    pub fn sign(_: &mut Request, _: &Credentials, _: &Target<'_>, _: i64) -> Result<(), SignError> {
        Err(SignError)
    }
}
