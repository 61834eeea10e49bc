//! Why there is no answer: never the text of an error, which may quote the address.

#![expect(clippy::wildcard_enum_match_arm, reason = "none of the enums is ours, and each may grow")]

use std::io::ErrorKind;

use rustls::CertificateError;

/// The words for a person who reads `status`.
pub(crate) fn reason(error: &ureq::Error) -> String {
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

/// Is it nothing but that nobody who is trusted vouches for the server? Then others may.
///
/// A signature is bad, too, where an authority was made anew under its old name.
pub(crate) fn is_of_an_unknown_authority(error: &ureq::Error) -> bool {
    matches!(
        refused_certificate(error),
        Some(CertificateError::UnknownIssuer | CertificateError::BadSignature)
    )
}

/// What is wrong with the server's certificate, if that is what went wrong.
fn refused_certificate(error: &ureq::Error) -> Option<&CertificateError> {
    let of_rustls = match error {
        ureq::Error::Rustls(error) => Some(error),
        // How a failing handshake reaches us.
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

fn io_reason(kind: ErrorKind) -> String {
    match kind {
        // A handshake that failed for another reason than the certificate.
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
