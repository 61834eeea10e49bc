//! The DSN: where to, and with which key.

use crawl4ai_telemetry_http::{Endpoint, EndpointError, USER_AGENT};
use sentry::types::{Auth, Dsn, ParseDsnError};

/// A DSN cannot be used. The text tells what to do; it does not quote the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DsnError {
    /// Not a DSN.
    #[error(
        "the DSN is none ({0}): copy it from the project's settings, it looks like https://KEY@HOST/PROJECT"
    )]
    Malformed(#[source] ParseDsnError),
    /// A key with characters that keys do not have.
    #[error("the key of the DSN holds other characters than letters, digits, - and _: copy it again")]
    Key,
    /// Its host may not be sent to.
    #[error("the DSN cannot be used: {0}")]
    Endpoint(#[source] EndpointError),
}

/// The address that envelopes go to, and the value of the header that authorizes them.
pub(crate) fn read(dsn: &str) -> Result<(Endpoint, String), DsnError> {
    if dsn.contains('#') {
        // The parser would pass it over.
        return Err(DsnError::Endpoint(EndpointError::Fragment));
    }
    let dsn: Dsn = dsn.trim().parse().map_err(DsnError::Malformed)?;
    let key = |key: &str| {
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !key(dsn.public_key()) || !dsn.secret_key().is_none_or(|secret| secret.is_empty() || key(secret)) {
        return Err(DsnError::Key);
    }
    let endpoint = Endpoint::parse(dsn.envelope_api_url().as_str()).map_err(DsnError::Endpoint)?;
    Ok((endpoint, authorization(&dsn)))
}

/// Not by `Dsn::to_auth`, which puts the time of this machine in.
fn authorization(dsn: &Dsn) -> String {
    let pairs = [("sentry_client", USER_AGENT), ("sentry_key", dsn.public_key())];
    let secret = dsn.secret_key().filter(|secret| !secret.is_empty()).map(|secret| ("sentry_secret", secret));
    // Fails without a key only, and there is one.
    Auth::from_pairs(pairs.into_iter().chain(secret)).map(|auth| auth.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dsn_becomes_an_address_and_a_header() {
        let agent = format!("sentry_client={USER_AGENT}");
        let table = [
            (
                "https://abc@sentry.example.com/42",
                "sentry.example.com",
                format!("Sentry sentry_key=abc, sentry_version=7, {agent}"),
            ),
            (
                "  https://abc:@sentry.example.com/42\n",
                "sentry.example.com",
                format!("Sentry sentry_key=abc, sentry_version=7, {agent}"),
            ),
            (
                "https://abc:def@sentry.example.com:8443/path/42",
                "sentry.example.com",
                format!("Sentry sentry_key=abc, sentry_version=7, {agent}, sentry_secret=def"),
            ),
            (
                "http://abc@127.0.0.1:8000/1",
                "127.0.0.1",
                format!("Sentry sentry_key=abc, sentry_version=7, {agent}"),
            ),
            ("http://abc@[::1]:8000/1", "[::1]", format!("Sentry sentry_key=abc, sentry_version=7, {agent}")),
            (
                "http://abc@localhost:8000/1",
                "localhost",
                format!("Sentry sentry_key=abc, sentry_version=7, {agent}"),
            ),
        ];
        for (dsn, host, header) in table {
            let (endpoint, auth) = read(dsn).unwrap();
            assert_eq!((endpoint.host(), auth), (host, header), "{dsn}");
        }
    }

    #[test]
    fn a_bad_dsn_is_an_error_that_tells_what_to_do() {
        let table = [
            ("", "copy it from the project's settings"),
            ("nonsense", "copy it from the project's settings"),
            ("s3cr3t", "copy it from the project's settings"),
            ("https://sentry.example.com/42", "copy it from the project's settings"),
            ("https://s3cr3t@sentry.example.com", "copy it from the project's settings"),
            ("https://s3cr3t@sentry.example.com/", "copy it from the project's settings"),
            ("https://s3cr3t@sentry.example.com//", "copy it from the project's settings"),
            ("https://s3cr3t@/42", "copy it from the project's settings"),
            ("https://:s3cr3t@sentry.example.com/42", "copy it from the project's settings"),
            ("ftp://s3cr3t@sentry.example.com/42", "copy it from the project's settings"),
            ("https://s3cr3t@sentry.example.com:99999/42", "copy it from the project's settings"),
            ("https://s3cr3t@sentry.example.com/42#fragment", "take away the #"),
            ("https://s3cr3t,sentry_key=b@sentry.example.com/42", "copy it again"),
            ("https://s3cr3t%0d%0aX-Evil:1@sentry.example.com/42", "copy it again"),
            ("https://abc:s3cr3t%20@sentry.example.com/42", "copy it again"),
            ("http://s3cr3t@sentry.example.com/42", "https://"),
            ("http://s3cr3t@192.168.0.1/42", "https://"),
            ("http://s3cr3t@127.0.0.1.example.com/42", "https://"),
        ];
        for (dsn, said) in table {
            let error = read(dsn).unwrap_err();
            assert!(error.to_string().contains(said), "{dsn}: {error}");
            assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{dsn}: {error:?}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let dsn = "https://abc:def@sentry.example.com:8443/path/42";
        for at in 0..=dsn.len() {
            for part in [
                "", " ", "%", "%00", "@", "/", "\\", ":", "[", "]", "?", "\0", "\n", "..", "\u{e9}",
                "\u{202e}",
            ] {
                for rest in [at, (at + 1).min(dsn.len()), dsn.len()] {
                    let _ = read(&format!("{}{part}{}", dsn.split_at(at).0, dsn.split_at(rest).1));
                }
            }
        }
    }
}
