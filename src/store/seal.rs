//! The sealed form of one secret: a readable header and, sealed with XChaCha20-Poly1305, the rest.
//!
//! ```text
//! {"tieline_sealed":1,"user":"github/work","kdf":{"argon2id":{"m":65536,"t":3,"p":4}},"salt":"…","check":"…","nonce":"…"}
//! Base64 of ciphertext and tag
//! ```
//!
//! The header's bytes are the associated data: the version, the user and the parameters cannot be
//! changed, nor one file be put in the place of another.

use super::error::{PASSPHRASE, RAW_KEY, StoreError};
use super::random;
use crate::secret::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ring::hkdf;
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// What opens the sealed file, as the person gave it.
pub enum SealedKey {
    /// A passphrase, made into a key by Argon2id.
    Passphrase(Secret),
    /// 32 random bytes.
    Raw(Zeroizing<[u8; 32]>),
}

impl SealedKey {
    /// Reads a key of 32 bytes in hex or Base64, either alphabet, padded or not.
    pub fn parse(text: &Secret) -> Result<Self, StoreError> {
        let text = text.expose().trim();
        let bytes =
            Zeroizing::new(from_hex(text).or_else(|| from_base64(text)).unwrap_or_default());
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(StoreError::SealedKeyInvalid);
        }
        key.copy_from_slice(&bytes);
        Ok(Self::Raw(key))
    }

    /// How a key of this kind is made into what seals, for a new folder.
    pub(super) fn kdf(&self) -> Kdf {
        match self {
            Self::Raw(_) => Kdf::Raw,
            // RFC 9106, section 4, the second recommended option
            Self::Passphrase(_) => Kdf::Argon2id { m: 64 * 1024, t: 3, p: 4 },
        }
    }
}

impl std::fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

/// How the key of a file comes from what the person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kdf {
    Raw,
    /// `m` in KiB.
    Argon2id {
        m: u32,
        t: u32,
        p: u32,
    },
}

/// What the files of one folder share, so that a passphrase is worked on once per run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) kdf: Kdf,
    #[serde(with = "base64_text")]
    pub(super) salt: Vec<u8>,
}

/// A key ready for use.
pub(super) struct Sealer {
    pub(super) origin: Origin,
    key: Zeroizing<[u8; 32]>,
    check: [u8; 16],
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    #[serde(rename = "tieline_sealed")]
    version: u32,
    user: String,
    #[serde(flatten)]
    origin: Origin,
    /// Follows from the key alone, so that a wrong key can be told from a damaged file.
    #[serde(with = "base64_text")]
    check: Vec<u8>,
    #[serde(with = "base64_text")]
    nonce: Vec<u8>,
}

/// A file that was read but not opened yet.
pub(super) struct SealedText<'a> {
    header: Header,
    associated: &'a str,
    ciphertext: Vec<u8>,
}

const VERSION: u32 = 1;

impl Sealer {
    /// Works the key out. With a passphrase this takes a good tenth of a second, on purpose.
    pub(super) fn new(key: &SealedKey, origin: Origin, path: &Path) -> Result<Self, StoreError> {
        let main = match (key, &origin.kdf) {
            (SealedKey::Raw(bytes), Kdf::Raw) => bytes.clone(),
            (SealedKey::Passphrase(text), Kdf::Argon2id { m, t, p }) => {
                argon2id(text.expose().as_bytes(), &origin.salt, (*m, *t, *p))?
            }
            _ => return Err(wrong_key(&origin.kdf, path)),
        };
        let main = hkdf::Salt::new(hkdf::HKDF_SHA256, &origin.salt).extract(main.as_ref());
        let (mut key, mut check) = (Zeroizing::new([0; 32]), [0; 16]);
        expand(&main, b"tieline seal", key.as_mut())?;
        expand(&main, b"tieline check", &mut check)?;
        Ok(Self { origin, key, check })
    }

    /// The text of the file that holds `value`.
    pub(super) fn seal(&self, user: &str, value: &Secret) -> Result<String, StoreError> {
        let nonce = random::<24>()?;
        let header = Header {
            version: VERSION,
            user: user.to_owned(),
            origin: self.origin.clone(),
            check: self.check.to_vec(),
            nonce: nonce.to_vec(),
        };
        let header = serde_json::to_string(&header).map_err(|error| corrupt(&error.to_string()))?;
        let payload = Payload { msg: value.expose().as_bytes(), aad: header.as_bytes() };
        let sealed = cipher(&self.key)
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| corrupt("it is too long to be sealed"))?;
        Ok(format!("{header}\n{}\n", STANDARD.encode(sealed)))
    }

    /// The value in a file, which has to be the one of `user`.
    pub(super) fn open(
        &self,
        user: &str,
        sealed: &SealedText<'_>,
        path: &Path,
    ) -> Result<Secret, StoreError> {
        self.check(sealed, path)?;
        if sealed.header.user != user {
            return Err(corrupt(&format!("{} belongs to another entry", path.display())));
        }
        let changed = || corrupt(&format!("{} was changed or is cut off", path.display()));
        let nonce: [u8; 24] = sealed.header.nonce.as_slice().try_into().map_err(|_| changed())?;
        let payload = Payload { msg: &sealed.ciphertext, aad: sealed.associated.as_bytes() };
        let bytes =
            cipher(&self.key).decrypt(&XNonce::from(nonce), payload).map_err(|_| changed())?;
        let text = String::from_utf8(bytes).map_err(|error| {
            error.into_bytes().zeroize();
            changed()
        })?;
        Ok(Secret::from(text))
    }

    /// Whether this is the key a file was sealed with.
    pub(super) fn check(&self, sealed: &SealedText<'_>, path: &Path) -> Result<(), StoreError> {
        // the check value is public, so there is nothing to learn from the time this takes
        if sealed.header.origin == self.origin && sealed.header.check == self.check {
            Ok(())
        } else {
            Err(wrong_key(&sealed.header.origin.kdf, path))
        }
    }
}

impl<'a> SealedText<'a> {
    pub(super) fn parse(text: &'a str, path: &Path) -> Result<Self, StoreError> {
        let broken = |what: &str| corrupt(&format!("{}: {what}", path.display()));
        let (associated, rest) =
            text.split_once('\n').ok_or_else(|| broken("not a sealed entry, or cut off"))?;
        let version = serde_json::from_str::<OnlyVersion>(associated)
            .map_err(|_| broken("not a sealed entry"))?
            .tieline_sealed;
        if version != VERSION {
            return Err(broken(&format!("its version is {version}, this program knows {VERSION}")));
        }
        let header: Header =
            serde_json::from_str(associated).map_err(|_| broken("the header is damaged"))?;
        let ciphertext =
            STANDARD.decode(rest.trim_end()).map_err(|_| broken("the sealed part is damaged"))?;
        Ok(Self { header, associated, ciphertext })
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.header.origin
    }

    /// Whose it says it is. Only opening it shows whether that is true.
    pub(super) fn user(&self) -> &str {
        &self.header.user
    }
}

#[derive(Deserialize)]
struct OnlyVersion {
    tieline_sealed: u32,
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn argon2id(
    passphrase: &[u8],
    salt: &[u8],
    (m, t, p): (u32, u32, u32),
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    // The parameters come from a file: what somebody wrote there must not fill the memory
    if m > 1024 * 1024 || t > 16 || p > 16 {
        return Err(corrupt("its Argon2 parameters are out of bounds"));
    }
    let unusable = |error: argon2::Error| corrupt(&format!("its Argon2 parameters: {error}"));
    let mut key = Zeroizing::new([0; 32]);
    let params = Params::new(m, t, p, Some(key.len())).map_err(unusable)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, key.as_mut())
        .map_err(unusable)?;
    Ok(key)
}

fn expand(main: &hkdf::Prk, info: &[u8], out: &mut [u8]) -> Result<(), StoreError> {
    struct Length(usize);
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    main.expand(&[info], Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .map_err(|_| corrupt("its key cannot be derived"))
}

fn wrong_key(kdf: &Kdf, path: &Path) -> StoreError {
    let sealed_with = match kdf {
        Kdf::Raw => RAW_KEY,
        Kdf::Argon2id { .. } => PASSPHRASE,
    };
    StoreError::WrongKey { sealed_with, path: path.to_owned() }
}

fn corrupt(cause: &str) -> StoreError {
    StoreError::Corrupt { cause: cause.to_owned() }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
    if text.len() != 64 {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(digit(&pair[0])? << 4 | digit(&pair[1])?)).collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
}

mod base64_text {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
