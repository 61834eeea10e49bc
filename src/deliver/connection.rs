//! How a provider reaches its server: the certificate authorities that it trusts, and the proxy that it uses.

#[cfg(any(feature = "otlp", feature = "sentry"))]
use crawl4ai_telemetry_http::{CaCertificates, Proxy};

use crate::environment::Env;

/// The value of `…_TELEMETRY_CA_CERTIFICATES` that names the system's own authorities instead of a file.
#[cfg(all(feature = "system-certificates", any(feature = "otlp", feature = "sentry")))]
const SYSTEM: &str = "system";

/// The choices for connections. The user's proxy replaces the program's, and the authorities of both are trusted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    authorities: CaCertificates,
    #[cfg(any(feature = "otlp", feature = "sentry"))]
    proxy: ProxyChoice,
}

/// The chosen proxy. Its address is not checked yet.
#[cfg(any(feature = "otlp", feature = "sentry"))]
#[derive(Clone, Default)]
enum ProxyChoice {
    /// Connections are direct.
    #[default]
    Direct,
    /// The program or its user named this proxy.
    Named(String),
    /// The program uses the proxy that `HTTPS_PROXY` and similar variables name. Their values are not known yet.
    Followed,
    /// The program uses the proxy that these variables name.
    FollowedIn(Env),
}

/// Shows the kind only, because an address may hold a password.
#[cfg(any(feature = "otlp", feature = "sentry"))]
impl std::fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Direct => "Direct",
            Self::Named(_) => "Named",
            Self::Followed | Self::FollowedIn(_) => "Followed",
        })
    }
}

#[cfg(any(feature = "otlp", feature = "sentry"))]
impl Connection {
    /// Trusts these authorities too.
    pub(crate) fn trusting(self, authorities: CaCertificates) -> Self {
        Self { authorities: self.authorities.and(authorities), ..self }
    }

    /// Uses the proxy at this address.
    pub(crate) fn through(self, proxy: String) -> Self {
        Self { proxy: ProxyChoice::Named(proxy), ..self }
    }

    /// Uses the administrator's proxy instead of the program's, if there is one.
    pub(crate) fn through_machines(self, proxy: Option<String>) -> Self {
        match proxy {
            Some(url) => self.through(url),
            None => self,
        }
    }

    /// Checks the address of the proxy. The error says what is wrong with it.
    pub(crate) fn check_proxy(&self) -> Result<(), String> {
        self.proxy().map(drop).map_err(|error| error.to_string())
    }

    /// Uses the proxy that `HTTPS_PROXY` and similar variables name.
    pub(crate) fn through_the_hosts(self) -> Self {
        Self { proxy: ProxyChoice::Followed, ..self }
    }

    /// Adds the user's choices. The user's proxy replaces the program's, and the user's authorities are added to the
    /// program's. Users with their own server, or behind a proxy that ends TLS, have no other way to say so.
    pub(crate) fn with_users(self, env: &Env) -> Self {
        let proxy = match (set(env.own("TELEMETRY_PROXY")), self.proxy) {
            (Some(url), _) => ProxyChoice::Named(url.to_owned()),
            (None, ProxyChoice::Followed) => ProxyChoice::FollowedIn(env.clone()),
            (None, programs) => programs,
        };
        Self { proxy, ..self }.trusting_named(env.own("TELEMETRY_CA_CERTIFICATES"))
    }

    /// Also trusts the authorities that a variable names: those in a file, or the system's.
    pub(crate) fn trusting_named(self, named: Option<&str>) -> Self {
        match set(named) {
            #[cfg(feature = "system-certificates")]
            Some(SYSTEM) => self.trusting(CaCertificates::system()),
            Some(path) => self.trusting(CaCertificates::file(path)),
            None => self,
        }
    }

    pub(crate) fn authorities(&self) -> CaCertificates {
        self.authorities.clone()
    }

    /// The proxy.
    ///
    /// # Errors
    /// When its address cannot be used. No direct connection is made instead, because a user who named a proxy did not
    /// want a direct one.
    pub(crate) fn proxy(&self) -> Result<Option<Proxy>, crawl4ai_telemetry_http::ProxyError> {
        match &self.proxy {
            ProxyChoice::Direct | ProxyChoice::Followed => Ok(None),
            ProxyChoice::Named(url) => Proxy::parse(url).map(Some),
            ProxyChoice::FollowedIn(env) => Proxy::from_variables(|name| env.get(name)),
        }
    }
}

/// Without these features no provider has a server, so that there is nothing to choose.
#[cfg(not(any(feature = "otlp", feature = "sentry")))]
impl Connection {
    /// Changes nothing.
    pub(crate) fn with_users(self, _: &Env) -> Self {
        self
    }

    /// Changes nothing.
    pub(crate) fn through_machines(self, _: Option<String>) -> Self {
        self
    }

    /// Accepts every address, because no connection is made.
    pub(crate) fn check_proxy(&self) -> Result<(), String> {
        Ok(())
    }

    /// Changes nothing.
    pub(crate) fn trusting_named(self, _: Option<&str>) -> Self {
        self
    }
}

/// The value of a variable, unless it is empty.
#[cfg(any(feature = "otlp", feature = "sentry"))]
fn set(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
#[cfg(any(feature = "otlp", feature = "sentry"))]
mod tests {
    use super::*;

    fn chosen(connection: Connection, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let connection = connection.with_users(&Env::from_pairs("TOOL", variables.iter().copied()));
        match connection.proxy() {
            Ok(proxy) => Ok(proxy.map(|proxy| proxy.to_string())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_users_proxy_stands_above_the_programs_and_the_hosts_counts_only_where_the_program_says_so() {
        let host = ("HTTPS_PROXY", "http://host.example.com:1");
        let user = ("TOOL_TELEMETRY_PROXY", " user.example.com:2 ");
        let empty = ("TOOL_TELEMETRY_PROXY", " ");
        let direct = Connection::default;
        let named = || direct().through("http://program.example.com:3".to_owned());
        let follows = || direct().through_the_hosts();
        for (connection, variables, expected) in [
            (direct(), &[host][..], None),
            (direct(), &[host, empty], None),
            (direct(), &[user], Some("user.example.com:2")),
            (named(), &[host], Some("program.example.com:3")),
            (named(), &[host, user], Some("user.example.com:2")),
            (follows(), &[host], Some("host.example.com:1")),
            (follows(), &[host, user], Some("user.example.com:2")),
            (follows(), &[], None),
        ] {
            assert_eq!(chosen(connection, variables), Ok(expected.map(str::to_owned)), "{variables:?}");
        }
    }

    #[test]
    fn a_proxy_that_is_none_is_an_error_that_quotes_nothing_and_never_a_direct_connection() {
        for url in ["socks5://ada:pw4711@proxy.example.com", "http://ada:pw4711@/x", "ada:pw4711@:x"] {
            for (connection, variables) in [
                (Connection::default(), &[("TOOL_TELEMETRY_PROXY", url)][..]),
                (Connection::default().through(url.to_owned()), &[]),
                (Connection::default().through_the_hosts(), &[("HTTPS_PROXY", url)]),
            ] {
                assert!(!format!("{connection:?}").contains("pw4711"));
                let error = chosen(connection, variables).unwrap_err();
                assert!(!error.contains("pw4711") && error.contains("prox"), "{error}");
            }
        }
    }
}
