//! Extra root certificates: where they come from, and which are refused.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use ureq::tls::{Certificate, PemItem, parse_pem};

/// The longest certificate file that is read, in bytes. All public authorities together are a quarter as long.
const LONGEST: usize = 1024 * 1024;

/// The start of every section of a PEM file (RFC 7468, section 2).
const BEGIN: &[u8] = b"-----BEGIN ";

/// The mark that some editors and shells write before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Certificate authorities that are trusted besides the public ones, such as the authority of a company, or of a proxy
/// that ends TLS.
///
/// They add to the public ones and replace nothing: the host name and the dates of a certificate are checked as with
/// public authorities. A file is read for each delivery and never before, so that its current content counts. `Debug`
/// shows where the certificates come from, not their content.
///
/// ```
/// use crawl4ai_telemetry_http::CaCertificates;
///
/// let authorities = CaCertificates::file("/etc/ssl/company.pem").and(CaCertificates::file("/etc/ssl/proxy.pem"));
/// assert_eq!(
///     format!("{authorities:?}"),
///     "CaCertificates(/etc/ssl/company.pem, /etc/ssl/proxy.pem)"
/// );
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CaCertificates {
    sources: Vec<CertificateSource>,
}

#[derive(Clone, PartialEq, Eq)]
enum CertificateSource {
    File(PathBuf),
    Embedded(Vec<u8>),
    #[cfg(feature = "system-certificates")]
    System,
}

impl CaCertificates {
    /// The certificates of a file in PEM form, one or many, at most 1 MiB. Nothing is read yet.
    ///
    /// A relative path is resolved at each delivery, from the program's current folder.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { sources: vec![CertificateSource::File(path.into())] }
    }

    /// Certificates in PEM form that are built into the program: `include_bytes!("company.pem")`.
    #[must_use]
    pub fn pem(pem: impl Into<Vec<u8>>) -> Self {
        Self { sources: vec![CertificateSource::Embedded(pem.into())] }
    }

    /// The authorities that the operating system trusts, which often include the authority of a company's proxy. They
    /// are read for each delivery; variables such as `SSL_CERT_FILE` are not read. On Windows and Apple's systems the
    /// system itself checks the server's certificate, and may fetch revocation lists for the check. A system without
    /// authorities, such as a small container, adds nothing to the public ones.
    ///
    /// Needs the feature `system-certificates`.
    #[cfg(feature = "system-certificates")]
    #[must_use]
    pub fn system() -> Self {
        Self { sources: vec![CertificateSource::System] }
    }

    /// Adds the authorities of `those`.
    #[must_use]
    pub fn and(mut self, those: Self) -> Self {
        self.sources.extend(those.sources);
        self
    }

    /// Checks the certificates that are built into the program. No file is read.
    pub(crate) fn check(&self) -> Result<(), CaCertificatesError> {
        let mut embedded =
            self.sources.iter().filter(|source| matches!(source, CertificateSource::Embedded(_)));
        embedded.try_for_each(|source| source.load().map(drop))
    }

    /// Must the operating system check the certificate, because it does not list its authorities?
    pub(crate) fn ask_system(&self) -> bool {
        #[cfg(all(feature = "system-certificates", any(windows, target_vendor = "apple")))]
        return self.sources.contains(&CertificateSource::System);
        #[cfg(not(all(feature = "system-certificates", any(windows, target_vendor = "apple"))))]
        false
    }

    /// All certificates, or the error of the first bad source.
    pub(crate) fn load(&self) -> Result<Vec<Certificate<'static>>, CaCertificatesError> {
        let loaded: Result<Vec<_>, _> = self.sources.iter().map(CertificateSource::load).collect();
        Ok(loaded?.into_iter().flatten().collect())
    }
}

impl CertificateSource {
    fn load(&self) -> Result<Vec<Certificate<'static>>, CaCertificatesError> {
        let certificates = match self {
            Self::File(path) => read(path).and_then(|pem| parse(&pem)),
            Self::Embedded(pem) => parse(pem),
            #[cfg(feature = "system-certificates")]
            Self::System => Ok(crate::system::certificates()),
        };
        certificates.map_err(|fault| CaCertificatesError { place: self.to_string(), fault })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let unreadable = |error: io::Error| Fault::Unreadable(error.to_string());
    // Checked before opening, because opening a pipe waits for a writer.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Fault::NoFile);
    }
    let mut pem = Vec::new();
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(unreadable)?.take(limit).read_to_end(&mut pem).map_err(unreadable)?;
    Ok(pem)
}

/// Refuses the whole bundle on any bad certificate, because skipping one would cause an unexplained TLS failure later.
fn parse(pem: &[u8]) -> Result<Vec<Certificate<'static>>, Fault> {
    if pem.len() > LONGEST {
        return Err(Fault::TooLong);
    }
    let pem = pem.strip_prefix(BYTE_ORDER_MARK).unwrap_or(pem);
    let lines = pem.split(|byte| matches!(byte, b'\n' | b'\r'));
    let sections: Vec<&[u8]> = lines.filter(|line| holds(line, BEGIN)).collect();
    if sections.iter().any(|section| holds(section, b"PRIVATE KEY")) {
        return Err(Fault::PrivateKey);
    }
    if sections.is_empty() {
        return Err(Fault::Nothing);
    }
    let mut known = RootCertStore::empty();
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        let Ok(PemItem::Certificate(certificate)) = item else { return Err(Fault::Damaged) };
        // Checked here, because `ureq` skips invalid certificates.
        known.add(certificate.der().into()).map_err(|_| Fault::Damaged)?;
        certificates.push(certificate);
    }
    // With fewer certificates than sections, the parser has skipped one.
    if certificates.len() == sections.len() { Ok(certificates) } else { Err(Fault::Damaged) }
}

fn holds(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|window| window == word)
}

impl fmt::Display for CertificateSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Embedded(_) => f.write_str("the program"),
            #[cfg(feature = "system-certificates")]
            Self::System => f.write_str("the operating system"),
        }
    }
}

impl fmt::Debug for CaCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<String> = self.sources.iter().map(CertificateSource::to_string).collect();
        write!(f, "CaCertificates({})", places.join(", "))
    }
}

/// The certificates of one source cannot be used. The text says which source, and what to do; it does not quote the
/// certificates.
///
/// ```
/// use crawl4ai_telemetry_http::{CaCertificates, Endpoint, RequestLimits, Sender};
///
/// let sender = Sender::new(Endpoint::parse("https://crashes.example.com/")?, RequestLimits::default());
/// let error = sender.with_ca_certificates(CaCertificates::pem("not a certificate")).unwrap_err();
/// assert!(error.to_string().contains("-----BEGIN CERTIFICATE-----"));
/// # Ok::<(), crawl4ai_telemetry_http::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificates of {place} cannot be used: {fault}")]
pub struct CaCertificatesError {
    place: String,
    fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Unreadable(String),
    #[error("it is a folder, a pipe or a device: name a file")]
    NoFile,
    #[error("they are longer than 1 MiB")]
    TooLong,
    #[error("there is a private key among them, which is the authority's or the server's alone: take it out")]
    PrivateKey,
    #[error("there is none in PEM form, which begins with -----BEGIN CERTIFICATE-----")]
    Nothing,
    #[error("not every section is a whole certificate in PEM form")]
    Damaged,
}

#[cfg(test)]
mod tests;
