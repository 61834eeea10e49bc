//! The DSN, which holds the address and the key.

use crawl4ai_telemetry_http::{Endpoint, EndpointError, USER_AGENT};
use sentry::types::{Auth, Dsn, ParseDsnError};

/// A DSN cannot be used. The text says what to do; it does not quote the key.
///
/// ```
/// use crawl4ai_telemetry_sentry::{DsnError, SentryProvider};
///
/// let error = SentryProvider::new("https://crashes.example.com/1").unwrap_err();
/// assert!(matches!(error, DsnError::Malformed(_)));
/// assert!(error.to_string().contains("https://KEY@HOST/PROJECT"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DsnError {
    /// The text is not a DSN. The field holds the reason.
    #[error(
        "the DSN is none ({0}): copy it from the project's settings, it looks like https://KEY@HOST/PROJECT"
    )]
    Malformed(String),
    /// The key holds a character that keys must not have.
    #[error("the key of the DSN holds other characters than letters, digits, - and _: copy it again")]
    Key,
    /// No report may be sent to the address in the DSN.
    #[error("the DSN cannot be used: {0}")]
    Endpoint(#[source] EndpointError),
}

/// Reads a DSN. Returns the address for envelopes, and the value of the header that authorizes a request.
pub(crate) fn read(dsn: &str) -> Result<(Endpoint, String), DsnError> {
    if dsn.contains('#') {
        // Checked here, because the DSN's parser would ignore a fragment.
        return Err(DsnError::Endpoint(EndpointError::Fragment));
    }
    let dsn: Dsn =
        dsn.trim().parse().map_err(|error: ParseDsnError| DsnError::Malformed(error.to_string()))?;
    let key = |key: &str| {
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !key(dsn.public_key()) || !dsn.secret_key().is_none_or(|secret| secret.is_empty() || key(secret)) {
        return Err(DsnError::Key);
    }
    let endpoint = Endpoint::parse(dsn.envelope_api_url().as_str()).map_err(DsnError::Endpoint)?;
    Ok((endpoint, authorization(&dsn)))
}

/// The value of `X-Sentry-Auth`. `Dsn::to_auth` is not used, because it adds the time of this machine.
fn authorization(dsn: &Dsn) -> String {
    let pairs = [("sentry_client", USER_AGENT), ("sentry_key", dsn.public_key())];
    let secret = dsn.secret_key().filter(|secret| !secret.is_empty()).map(|secret| ("sentry_secret", secret));
    // This fails only if there is no key, and a DSN always has one.
    Auth::from_pairs(pairs.into_iter().chain(secret)).map(|auth| auth.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
