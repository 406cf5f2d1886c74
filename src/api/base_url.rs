//! The base URL of a tenant, checked once: https, or http on this machine only.
//!
//! Everything the client asks for lies below it. It never holds a secret: user information, query and
//! fragment are refused, so it may be shown in messages and stored beside a run.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use crate::api::ClientError;

/// Scheme, host, port and path prefix of a tenant, e.g. `https://sm.example.com/tenant7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Without a slash at the end of the path.
    url: Url,
}

impl BaseUrl {
    /// Scheme, host and port, e.g. `https://sm.example.com:443`: how messages name the tenant.
    pub fn origin(&self) -> String {
        origin(&self.url)
    }

    /// The same with the path, if there is one, e.g. `https://sm.example.com:443/tenant7`: where messages say that
    /// something was asked.
    pub fn place(&self) -> String {
        format!("{}{}", self.origin(), self.url.path().trim_end_matches('/'))
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The URL of a path below the base. The path begins with a slash and is percent-encoded.
    ///
    /// `None` if no URL can hold that path: a segment `.` or `..` names another place in every
    /// spelling, `%2E%2E` included (WHATWG URL standard, "double-dot path segment").
    pub(super) fn join(&self, path: &str) -> Option<Url> {
        let wanted = format!("{}{path}", self.url.path().trim_end_matches('/'));
        let mut url = self.url.clone();
        url.set_path(&wanted);
        (url.path() == wanted).then_some(url)
    }
}

impl FromStr for BaseUrl {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<BaseUrl, ClientError> {
        let mut url = Url::parse(text.trim()).map_err(|error| ClientError::BaseUrl {
            origin: None,
            why: unreadable(text, error),
        })?;
        check(&url).map_err(|why| ClientError::BaseUrl {
            origin: Some(origin(&url)),
            why: why.to_owned(),
        })?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(BaseUrl { url })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

fn origin(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let scheme = url.scheme();
    match url.port_or_known_default() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Says what to write instead, without repeating the text: it may hold a password.
fn unreadable(text: &str, error: impl fmt::Display) -> String {
    match text.contains("://") {
        true => format!("it is no URL: {error}"),
        false => "it has no scheme; write https:// in front of the host".to_owned(),
    }
}

fn check(url: &Url) -> Result<(), &'static str> {
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(url) => {}
        "http" => {
            return Err(
                "http is allowed on this machine only (127.0.0.1, ::1, localhost); use https",
            );
        }
        _ => return Err("the scheme must be https"),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("it names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user name or password; credentials have settings of their own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must end with the path, without ? or #");
    }
    if url.path().split('/').any(|segment| segment == "seiapi") {
        return Err("leave out /seiapi and what follows; crewsync adds it");
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_base_url_stays_as_it_is() {
        for text in [
            "https://sm.example.com",
            "https://sm.example.com:8443/tenant7",
            "http://127.0.0.1:4010",
            "http://localhost:1/a/b",
            "http://[::1]:9",
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn slashes_at_the_end_and_blanks_around_do_not_matter() {
        for text in [" https://h/p/ ", "https://h/p//", "https://h/p"] {
            let base: BaseUrl = text.parse().unwrap();
            assert_eq!(base.to_string(), "https://h/p", "{text:?}");
            assert_eq!(base.join("/x").unwrap().as_str(), "https://h/p/x");
        }
    }

    #[test]
    fn what_is_unsafe_or_unclear_is_refused_and_its_secrets_are_not_repeated() {
        for (text, why) in [
            ("", "no scheme"),
            ("sm.example.com", "no scheme"),
            ("http://sm.example.com", "use https"),
            ("http://127.0.0.1.example.com", "use https"),
            ("http://10.0.0.1", "use https"),
            ("ftp://sm.example.com", "must be https"),
            ("https://user:hunter2@sm.example.com", "password"),
            ("https://sm.example.com/?customercode=hunter2", "without ?"),
            ("https://sm.example.com/#x", "without ?"),
            ("https://sm.example.com/seiapi/v3", "leave out /seiapi"),
            ("https://hunter2:x:y@/", "no URL"),
        ] {
            let message = text.parse::<BaseUrl>().unwrap_err().to_string();
            assert!(message.contains(why), "{text}: {message}");
            let is_url = text.contains("sm.example.com") && text.contains("://");
            assert_eq!(message.contains("://sm.example.com"), is_url, "{message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn messages_name_scheme_host_and_port() {
        for (text, origin) in [
            ("https://sm.example.com/t", "https://sm.example.com:443"),
            ("http://127.0.0.1:4010/t", "http://127.0.0.1:4010"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().origin(), origin);
        }
    }

    #[test]
    fn a_path_that_would_name_another_place_has_no_url() {
        let base: BaseUrl = "https://h/p".parse().unwrap();
        let join = |path| base.join(path).map(String::from);
        assert_eq!(
            join("/User/a%2Fb").as_deref(),
            Some("https://h/p/User/a%2Fb")
        );
        assert_eq!(
            join("/User/..%2Fx").as_deref(),
            Some("https://h/p/User/..%2Fx")
        );
        assert_eq!(
            join("/User/%252e").as_deref(),
            Some("https://h/p/User/%252e")
        );
        for path in ["/User/..", "/User/%2E%2E", "/User/%2e", "/User/.%2E/roles"] {
            assert_eq!(join(path), None, "{path}");
        }
    }
}
