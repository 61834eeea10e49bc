//! The address that a sender posts to.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

/// A checked address: HTTPS, or a server on this machine.
///
/// Its `Debug` shows the scheme and the host only, because a path may hold a key.
///
/// ```
/// use crawl4ai_telemetry_http::{Endpoint, EndpointError};
///
/// let endpoint = Endpoint::parse("https://collector.example.com:4318/v1/logs")?;
/// assert!(endpoint.is_encrypted());
/// assert!(Endpoint::parse("http://127.0.0.1:4318/v1/logs").is_ok(), "this machine needs no HTTPS");
/// # Ok::<(), EndpointError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    /// As written in the address; an IPv6 address is in brackets.
    host: String,
    port: Option<u16>,
    /// Starts with a slash.
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// An address cannot be used. The text says what to do; it quotes no path and no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The text is not a URL.
    #[error("not a URL: write https://HOST/PATH, in ASCII")]
    Malformed,
    /// A scheme other than HTTP and HTTPS.
    #[error("{scheme}:// is not supported: write https://HOST/PATH")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// Unencrypted HTTP to another machine.
    #[error(
        "reports for {host} must be encrypted: write https:// (http:// is for 127.0.0.1, [::1] and localhost)"
    )]
    Unencrypted {
        /// The host.
        host: String,
    },
    /// A user name or password in front of the host.
    #[error("the address holds a user name or password: take away what stands before the @")]
    Credentials,
    /// A fragment.
    #[error("the address holds a fragment: take away the # and what follows it")]
    Fragment,
    /// An invalid port.
    #[error("the port is not a number from 1 to 65535: correct it, or take it away")]
    Port,
}

impl Endpoint {
    /// Checks an address.
    ///
    /// # Errors
    /// When `url` is no URL, is neither HTTPS nor on this machine, or holds a user name, a password or a fragment.
    pub fn parse(url: &str) -> Result<Self, EndpointError> {
        if url.contains('#') {
            return Err(EndpointError::Fragment);
        }
        let uri: Uri = url.parse().map_err(|_| EndpointError::Malformed)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(EndpointError::Malformed);
        };
        if authority.as_str().contains('@') {
            return Err(EndpointError::Credentials);
        }
        let host = authority.host().to_ascii_lowercase();
        if host.is_empty() {
            return Err(EndpointError::Malformed);
        }
        let port = authority.port_u16();
        let has_port = authority.as_str().len() > host.len();
        if has_port && port.is_none_or(|p| p == 0) {
            return Err(EndpointError::Port);
        }
        let scheme = match scheme {
            "https" => Scheme::Https,
            "http" if is_loopback(&host) => Scheme::Http,
            "http" => return Err(EndpointError::Unencrypted { host }),
            other => return Err(EndpointError::Scheme { scheme: other.to_owned() }),
        };
        let path = uri.path_and_query().map_or("/", |p| p.as_str());
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { scheme, host, port, path })
    }

    /// The host, as `status` shows it.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Is the connection encrypted? If not, it does not leave this machine.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Is the host this machine, by a literal address or by the name `localhost`?
    pub(crate) fn is_this_machine(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The port, or the scheme's default if the address has none.
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        })
    }

    /// The URLs to connect to, in the order of the tries.
    ///
    /// Unencrypted `localhost` is replaced by loopback addresses, because a resolver may give any address for the name.
    /// RFC 6761 (section 6.3) says that `localhost` always means this machine.
    pub(crate) fn urls(&self) -> Vec<String> {
        let hosts: &[&str] = match self.scheme {
            Scheme::Http if self.host == LOCALHOST => &["127.0.0.1", "[::1]"],
            Scheme::Http | Scheme::Https => &[&self.host],
        };
        hosts.iter().map(|host| format!("{}://{}{}", self.scheme, self.authority(host), self.path)).collect()
    }

    /// The `Host` header: the configured name, even if it was replaced by an address.
    pub(crate) fn host_header(&self) -> String {
        self.authority(&self.host)
    }

    fn authority(&self, host: &str) -> String {
        self.port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

const LOCALHOST: &str = "localhost";

/// Is the host this machine? Only literal addresses and `localhost` count, not other spellings that a resolver may
/// accept.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    host == LOCALHOST || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}://{}/…)", self.scheme, self.host_header())
    }
}

#[cfg(test)]
mod tests;
