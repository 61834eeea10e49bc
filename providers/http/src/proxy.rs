//! The proxy that a program or its user set for this library.

use std::fmt;

use ureq::http::uri::Authority;

use crate::no_proxy::NoProxy;

/// An HTTP proxy that makes tunnels (RFC 9110, section 9.3.6). It learns the server's host and port and the name and
/// version of this library, but not what is sent, because the connection inside the tunnel is encrypted.
///
/// Without a proxy, connections are direct. `HTTPS_PROXY` belongs to the host program, so only
/// [`from_variables`](Self::from_variables) reads it, when the program calls it. This machine (`localhost`,
/// `127.0.0.0/8`, `[::1]`) is never reached through a proxy.
///
/// Its `Debug`, its `Display` and its errors never show the user name or the password.
///
/// ```
/// use crawl4ai_telemetry_http::{Proxy, ProxyError};
///
/// let proxy = Proxy::parse("http://ada:p%40ss@proxy.example.com:3128")?;
/// assert_eq!(proxy.to_string(), "proxy.example.com:3128");
/// assert_eq!(format!("{proxy:?}"), "Proxy(proxy.example.com:3128, with a user name)");
/// assert!(Proxy::parse("socks5://proxy.example.com").is_err(), "only tunnels over HTTP");
/// # Ok::<(), ProxyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    tunnel: ureq::Proxy,
    no_proxy: NoProxy,
}

/// The address of a proxy cannot be used. The text says what to do; it quotes no part that may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// The text is not the address of a proxy.
    #[error("this is no address of a proxy: write http://HOST:PORT, in ASCII")]
    Malformed,
    /// A protocol other than HTTP.
    #[error(
        "proxies are reached over http:// only, and what is sent through them is encrypted all the same: write http://HOST:PORT"
    )]
    Scheme,
    /// Something after the port.
    #[error(
        "the address of the proxy holds a path, a query or a fragment: take it away; in a password write / as %2F, ? as %3F, # as %23"
    )]
    Path,
    /// A user name or password that is not percent-encoded.
    #[error(
        "the user name or password of the proxy is not percent-encoded UTF-8: write @ as %40, : as %3A, % as %25"
    )]
    Credentials,
    /// An invalid port.
    #[error("the port of the proxy is not a number from 1 to 65535: correct it")]
    Port,
}

impl Proxy {
    /// The proxy at `http://HOST:PORT`. If the proxy asks for a user name and password, they are written
    /// percent-encoded in front of the host, as `USER:PASSWORD@`. `http://` may be left out; the default port is 80.
    /// The credentials go to the proxy unencrypted, as HTTP's basic authentication requires, so other machines of the
    /// same network may be able to read them.
    ///
    /// # Errors
    /// When `url` is no proxy's address, names a protocol other than `http://`, or holds a user name or password that
    /// cannot be decoded.
    pub fn parse(url: &str) -> Result<Self, ProxyError> {
        let url = url.trim();
        let address = match url.split_once("://") {
            Some((scheme, address)) if scheme.eq_ignore_ascii_case("http") => address,
            Some(_) => return Err(ProxyError::Scheme),
            None => url,
        };
        let address = address.strip_suffix('/').unwrap_or(address);
        if address.contains(['/', '?', '#', '\\']) {
            return Err(ProxyError::Path);
        }
        let (credentials, place) = match address.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, address),
        };
        let place: Authority = place.parse().map_err(|_| ProxyError::Malformed)?;
        if place.host().is_empty() {
            return Err(ProxyError::Malformed);
        }
        let has_port = place.as_str().len() > place.host().len();
        if has_port && place.port_u16().is_none_or(|port| port == 0) {
            return Err(ProxyError::Port);
        }
        let tunnel = match credentials {
            // With a second @, the text before it would become a part of the host.
            Some(credentials) if credentials.contains('@') => return Err(ProxyError::Credentials),
            Some(credentials) => ureq::Proxy::new(&format!("http://{credentials}@{place}"))
                .map_err(|_| ProxyError::Credentials)?,
            None => ureq::Proxy::new(&format!("http://{place}")).map_err(|_| ProxyError::Malformed)?,
        };
        Ok(Self { tunnel, no_proxy: NoProxy::default() })
    }

    /// Adds hosts that are reached without the proxy. The list is written as in `NO_PROXY`, with commas between its
    /// entries:
    ///
    /// - A name, `example.com` or `.example.com`, matches itself and its subdomains.
    /// - An address matches itself.
    /// - A network, `10.0.0.0/8`, matches the addresses in it.
    /// - `*` matches everything.
    ///
    /// A port at the end of an entry, such as `:443`, limits the entry to this port.
    ///
    /// ```
    /// use crawl4ai_telemetry_http::Proxy;
    ///
    /// let proxy = Proxy::parse("proxy.example.com:3128")?.except("intranet.example.com, 10.0.0.0/8");
    /// # drop(proxy);
    /// # Ok::<(), crawl4ai_telemetry_http::ProxyError>(())
    /// ```
    #[must_use]
    pub fn except(mut self, hosts: &str) -> Self {
        self.no_proxy.add(hosts);
        self
    }

    /// The proxy that the usual environment variables name, for a program that chooses to follow them. The address is
    /// the first of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` and `all_proxy` that is set and not empty; the hosts of
    /// `NO_PROXY` or `no_proxy` are reached without the proxy. `look_up` returns the value of a variable; nothing else
    /// is read.
    ///
    /// ```
    /// use crawl4ai_telemetry_http::Proxy;
    ///
    /// let set = [("HTTPS_PROXY", "http://proxy.example.com:3128"), ("NO_PROXY", ".intranet.example.com")];
    /// let look_up = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| *value);
    /// let proxy = Proxy::from_variables(look_up)?.expect("it is set");
    /// assert_eq!(proxy.to_string(), "proxy.example.com:3128");
    /// # Ok::<(), crawl4ai_telemetry_http::ProxyError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn from_variables<V: AsRef<str>>(
        look_up: impl Fn(&str) -> Option<V>,
    ) -> Result<Option<Self>, ProxyError> {
        let first = |names: &[&str]| {
            let values = names.iter().filter_map(|name| look_up(name));
            values.map(|value| value.as_ref().trim().to_owned()).find(|value| !value.is_empty())
        };
        let Some(url) = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) else {
            return Ok(None);
        };
        let proxy = Self::parse(&url)?;
        Ok(Some(proxy.except(&first(&["NO_PROXY", "no_proxy"]).unwrap_or_default())))
    }

    /// The tunnel to a server, unless the server is reached without the proxy.
    pub(crate) fn tunnel_to(&self, host: &str, port: u16) -> Option<ureq::Proxy> {
        (!self.no_proxy.hold(host, port)).then(|| self.tunnel.clone())
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.tunnel.host(), self.tunnel.port())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = if self.tunnel.username().is_some() { ", with a user name" } else { "" };
        write!(f, "Proxy({self}{named})")
    }
}

#[cfg(test)]
mod tests;
