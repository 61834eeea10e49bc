//! The reasons for a missing response, as fixed texts, because the text of an error may quote the address.

#![expect(clippy::wildcard_enum_match_arm, reason = "the enums are of other crates, and may grow")]

use std::io::ErrorKind;

use crawl4ai_telemetry_core::SendError;
use rustls::CertificateError;
use ureq::http::header::InvalidHeaderValue;

/// What to do about a proxy whose address is wrong.
const PROXY_ADDRESS: &str = "It is the proxy that …_TELEMETRY_PROXY or the program names; the address of the server has no \
                             part in it.";

/// What to do if the server is reached through a proxy.
const BEHIND_PROXY: &str =
    "Check that the server runs and that the proxy reaches it; reports wait until then.";

/// What to do about a header that cannot be written.
const HEADER: &str =
    "Correct the key or the authorization, which may hold a line break; reports wait until then.";

/// What happens to a report that got no response, and the reason that `status` shows. If neither the server nor its
/// address is at fault, the error also has advice.
pub(crate) fn not_sent(error: &ureq::Error, through_proxy: bool) -> SendError {
    match error {
        // Nobody was asked to connect, and the same header fails at every try.
        ureq::Error::Http(error) if error.is::<InvalidHeaderValue>() => {
            SendError::halt("a header of the request holds a character that headers must not have")
                .with_advice(HEADER)
        }
        ureq::Error::ConnectProxyFailed(answer) => refused_by_proxy(status_of(answer)),
        // With a proxy, this program resolves the name of the proxy only and connects to the proxy only.
        _ if through_proxy && is_of_the_first_connection(error) => {
            SendError::retry(format_args!("the proxy cannot be reached: {}", reason(error)))
                .with_advice(PROXY_ADDRESS)
        }
        _ => match (refused_certificate(error), through_proxy) {
            (Some(refused), _) => SendError::retry(reason(error)).with_advice(certificate_advice(refused)),
            (None, true) => SendError::retry(reason(error)).with_advice(BEHIND_PROXY),
            (None, false) => SendError::retry(reason(error)),
        },
    }
}

/// Did the request fail before a connection was made?
fn is_of_the_first_connection(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound | ureq::Error::Timeout(ureq::Timeout::Connect) => true,
        ureq::Error::Io(error) => !matches!(
            error.kind(),
            ErrorKind::InvalidData
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::TimedOut
        ),
        _ => false,
    }
}

/// What happens to a report if the proxy makes no tunnel. A refusal stops sending for this run, because repeating a
/// wrong password can lock an account.
fn refused_by_proxy(status: Option<u16>) -> SendError {
    match status {
        Some(407) => SendError::halt(
            "the proxy wants a user name and password, or refuses those that it got (407): correct its address",
        )
        .with_advice(PROXY_ADDRESS),
        Some(status @ (408 | 425 | 429)) => {
            SendError::retry(format_args!("the proxy asks to try again later ({status})"))
                .with_advice("Ask whoever runs the proxy; reports wait until then.")
        }
        Some(status @ 400..=499) => {
            SendError::halt(format_args!("the proxy refuses to connect to the server ({status})"))
                .with_advice("Ask whoever runs the proxy to let connections to the server through; reports wait.")
        }
        Some(status) => SendError::retry(format_args!("the proxy cannot connect to the server ({status})"))
            .with_advice(BEHIND_PROXY),
        None => SendError::retry("the proxy does not answer").with_advice(PROXY_ADDRESS),
    }
}

/// Reads the status from the text of `ureq`'s error, because the error has no field for it. `tests/proxy.rs` fails if
/// the text changes.
fn status_of(answer: &str) -> Option<u16> {
    answer.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 3)?.parse().ok()
}

fn reason(error: &ureq::Error) -> String {
    if let Some(refused) = refused_certificate(error) {
        return certificate_reason(refused).to_owned();
    }
    let reason = match error {
        ureq::Error::Timeout(ureq::Timeout::Connect) => "the connection took too long",
        ureq::Error::Timeout(_) => "the server took too long",
        ureq::Error::HostNotFound => "the host is not known",
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            "the answer is not HTTP as we know it"
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "no secure connection could be made",
        ureq::Error::Io(error) => return io_reason(error.kind()),
        _ => "the request could not be made",
    };
    reason.to_owned()
}

/// Was the certificate refused only because its authority is not in this set of roots? Then the next set is tried.
///
/// A bad signature counts too, because it occurs if an authority was renewed under its old name.
pub(crate) fn is_of_an_unknown_authority(error: &ureq::Error) -> bool {
    matches!(
        refused_certificate(error),
        Some(CertificateError::UnknownIssuer | CertificateError::BadSignature)
    )
}

/// The fault of the server's certificate, if the certificate caused the error.
fn refused_certificate(error: &ureq::Error) -> Option<&CertificateError> {
    let of_rustls = match error {
        ureq::Error::Rustls(error) => Some(error),
        // `ureq` reports a failed handshake as an I/O error.
        ureq::Error::Io(error) => error.get_ref().and_then(|inner| inner.downcast_ref()),
        _ => None,
    };
    match of_rustls? {
        rustls::Error::InvalidCertificate(refused) => Some(refused),
        _ => None,
    }
}

const fn certificate_reason(refused: &CertificateError) -> &'static str {
    match refused {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate is of an authority that is not trusted: if it is a private one, or that of \
             a proxy that ends TLS, name it with `ca_certificates` or the variable …_TELEMETRY_CA_CERTIFICATES"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired, or the clock of this machine is wrong"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet, or the clock of this machine is wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for other hosts than the one of the address"
        }
        _ => {
            "the server's certificate is refused: it must be one of a server, not of an authority, with the host among \
             its alternative names"
        }
    }
}

/// What to do about a certificate. Changing the address or the network does not help here.
const fn certificate_advice(refused: &CertificateError) -> &'static str {
    match refused {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => "Reports wait until then.",
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "Set the clock, or ask whoever runs the server to renew it; reports wait until then."
        }
        _ => "Ask whoever runs the server to mend it; reports wait until then.",
    }
}

fn io_reason(kind: ErrorKind) -> String {
    match kind {
        // The handshake failed for a reason other than the certificate.
        ErrorKind::InvalidData => "no secure connection could be made".to_owned(),
        ErrorKind::ConnectionRefused
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::TimedOut => kind.to_string(),
        _ => "no network, or the host is not known".to_owned(),
    }
}
