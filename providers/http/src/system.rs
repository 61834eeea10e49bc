//! The authorities that the operating system trusts.

use ureq::tls::Certificate;

/// None, because Windows and Apple's systems check certificates themselves.
#[cfg(any(windows, target_vendor = "apple"))]
pub(crate) const fn certificates() -> Vec<Certificate<'static>> {
    Vec::new()
}

/// The certificates in the folders where Unix systems keep them. An invalid file in these folders is skipped, because
/// the folders are the administrator's.
///
/// `rustls_native_certs::load_native_certs` is not called, because it reads `SSL_CERT_FILE` and `SSL_CERT_DIR`, which
/// are the host program's. A thread of this library that reads variables while C code sets one can also crash the host.
#[cfg(not(any(windows, target_vendor = "apple")))]
pub(crate) fn certificates() -> Vec<Certificate<'static>> {
    of_folders(openssl_probe::candidate_cert_dirs())
}

#[cfg(not(any(windows, target_vendor = "apple")))]
fn of_folders<'a>(folders: impl Iterator<Item = &'a std::path::Path>) -> Vec<Certificate<'static>> {
    let found =
        folders.flat_map(|folder| rustls_native_certs::load_certs_from_paths(None, Some(folder)).certs);
    found.map(|der| Certificate::from_der(&der).to_owned()).collect()
}

#[cfg(all(test, not(any(windows, target_vendor = "apple"))))]
mod tests {
    use std::fs;

    use crawl4ai_telemetry_conformance::tls::Authority;

    use super::*;

    #[test]
    fn the_authorities_of_a_folder_are_found_among_other_things() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let found = || of_folders([folder.path(), &folder.path().join("nowhere")].into_iter()).len();
        write("README", "not a certificate");
        write("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA");
        fs::create_dir(folder.path().join("java")).unwrap();
        assert_eq!(found(), 0);
        write("one.pem", &Authority::new("one").pem());
        write("two.crt", &format!("{}{}", Authority::new("two").pem(), Authority::new("three").pem()));
        assert_eq!(found(), 3);
    }
}
