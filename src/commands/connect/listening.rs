//! Flags that say where the browser's answer is listened for.

use crate::flow::redirect::Listening;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where the browser's answer is listened for.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct ListeningOptions {
    /// Listen here and not where the redirect URI says: in a container, 0.0.0.0:8917
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Your own certificate for an https redirect URI, in PEM [default: one is made]
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// Its private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
}

impl ListeningOptions {
    pub(super) fn listening(&self) -> Listening {
        let certificate = self.tls_certificate.clone().zip(self.tls_key.clone());
        Listening { address: self.listen, certificate }
    }
}
