//! What is wrong with a client before it has asked anything.

use std::path::PathBuf;

/// Why no client could be made. Messages hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base URL is unsafe or unclear.
    #[error("the base URL{} is refused: {why}", in_words(origin))]
    BaseUrl {
        /// Scheme, host and port, where it has them. The rest may hold a secret.
        origin: Option<String>,
        /// What is wrong with it, and what to write instead.
        why: String,
    },
    /// A token, id or code that no request can carry.
    #[error("the {what} {why}")]
    Credential {
        /// Which credential, in words.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file of trusted certificates cannot be used.
    #[error("{}: {why}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The proxy's address is not one.
    #[error(
        "the proxy address is refused: write scheme, host and port, e.g. http://proxy.example.com:3128"
    )]
    Proxy,
    /// The TLS library found nothing to trust, or the client could not be built at all.
    #[error("no client can be built: {why}")]
    Build {
        /// The library's words.
        why: String,
    },
}

fn in_words(origin: &Option<String>) -> String {
    let spaced = origin.as_ref().map(|origin| format!(" {origin}"));
    spaced.unwrap_or_default()
}

impl ClientError {
    /// What to do about it, where that is not in the message.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            ClientError::Build { .. } => {
                Some("install the system's CA certificates, or name a PEM file as ca_file")
            }
            ClientError::Certificates { .. } => {
                Some("ca_file must be a PEM file with at least one certificate")
            }
            _ => None,
        }
    }
}
