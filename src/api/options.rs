//! What a client needs to know before it can ask anything, and the HTTP client made of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder, Proxy};

use crate::api::{BaseUrl, ClientError, Credentials};

/// Where the tenant is, who asks, and how long and how much we let it answer.
///
/// Deliberately without Debug: a proxy's address may hold a password.
#[derive(Clone)]
pub struct ClientOptions {
    /// The tenant.
    pub base_url: BaseUrl,
    /// Who asks.
    pub credentials: Credentials,
    /// For name, connection and TLS handshake together.
    pub connect_timeout: Duration,
    /// Between two pieces of an answer, and until its first.
    pub read_timeout: Duration,
    /// From the first byte of the request to the last of the answer, however it trickles.
    pub total_timeout: Duration,
    /// A PEM file of the only certificates to trust; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// `http://[user:password@]host:port`; `None`: none, whatever the environment says.
    /// A tenant on this machine is never asked through it.
    pub proxy: Option<String>,
    /// The longest answer that is read, in bytes.
    pub body_bytes_max: usize,
}

impl ClientOptions {
    /// The defaults: 5 s to connect, 60 s of silence, 120 s in all, 64 MiB an answer, no proxy.
    pub fn new(base_url: BaseUrl, credentials: Credentials) -> ClientOptions {
        ClientOptions {
            base_url,
            credentials,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(120),
            ca_file: None,
            proxy: None,
            body_bytes_max: 64 << 20,
        }
    }

    /// The one place where an HTTP client is set up: nothing is followed, resent, unpacked or taken
    /// from the environment.
    pub(super) fn http_client(
        &self,
        connections: Connections,
    ) -> Result<reqwest::Client, ClientError> {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("crewsync/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry token and body to another host, and a POST answered 302 looks like success.
            .redirect(Policy::none())
            .referer(false)
            // By default a request refused with HTTP/2 GOAWAY is resent without a word.
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            .timeout(self.total_timeout);
        let builder = connections.apply(builder);
        let builder = self.with_proxy(builder)?;
        self.with_trust(builder)?
            .build()
            .map_err(|error| ClientError::Build {
                why: super::transport::causes(&error.without_url()),
            })
    }

    fn with_proxy(&self, builder: ClientBuilder) -> Result<ClientBuilder, ClientError> {
        match &self.proxy {
            Some(address) if !self.base_url.is_loopback() => {
                // The library's error repeats the address, which may hold a password.
                let proxy = Proxy::all(address).map_err(|_| ClientError::Proxy)?;
                Ok(builder.proxy(proxy))
            }
            _ => Ok(builder),
        }
    }

    fn with_trust(&self, builder: ClientBuilder) -> Result<ClientBuilder, ClientError> {
        match &self.ca_file {
            Some(path) => Ok(builder.tls_certs_only(certificates(path)?)),
            // Without TLS nothing is trusted, and the build does not fail where the system has no certificates.
            None if !self.base_url.is_https() => Ok(builder.tls_certs_only([])),
            None => Ok(builder),
        }
    }
}

/// What becomes of a connection after its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connections {
    /// It waits a little for the next request.
    Kept,
    /// It is closed, so that the next request opens its own.
    Closed,
}

impl Connections {
    /// Servers close idle connections without a word, some after 5 s. A GET that meets this is repeated;
    /// a POST would be lost in doubt, so it always opens a connection of its own.
    fn apply(self, builder: ClientBuilder) -> ClientBuilder {
        match self {
            Connections::Kept => builder.pool_idle_timeout(Duration::from_secs(4)),
            Connections::Closed => builder.pool_max_idle_per_host(0),
        }
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let refused = |why: String| ClientError::Certificates {
        path: path.to_owned(),
        why,
    };
    let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem)
        .map_err(|error| refused(super::transport::causes(&error.without_url())))?;
    match certificates.is_empty() {
        true => Err(refused("it holds no certificate".to_owned())),
        false => Ok(certificates),
    }
}
