//! Certificate authorities and their certificates, made when a test runs.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate authority that is trusted only if a test adds it.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new authority with its own key.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        Self(CertifiedIssuer::self_signed(params, key()).expect("an authority"))
    }

    /// The authority's certificate in PEM form, for clients that trust it.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a host, which is a name or an address.
    #[must_use]
    pub fn certify(&self, host: &str) -> Identity {
        self.sign(server(host))
    }

    /// A certificate for a host. The certificate expired at the end of 2020.
    #[must_use]
    pub fn certify_until_2020(&self, host: &str) -> Identity {
        let mut params = server(host);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(params)
    }

    /// A certificate for a host. The certificate is valid from the year 4000.
    #[must_use]
    pub fn certify_from_4000(&self, host: &str) -> Identity {
        let mut params = server(host);
        params.not_before = date_time_ymd(4000, 1, 1);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Identity {
        let key = key();
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Identity { pem: certificate.pem(), certificate: certificate.der().clone(), key }
    }
}

/// Shows nothing, because it holds a key.
impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(…)")
    }
}

/// The certificate and key of a server.
pub struct Identity {
    pem: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    /// A certificate that a server signs itself.
    #[must_use]
    pub fn self_signed(host: &str) -> Self {
        Self::signed_by_itself(server(host))
    }

    /// A certificate that a server signs itself and that is marked as an authority, as `openssl req -x509` makes by
    /// default.
    #[must_use]
    pub fn self_signed_authority(host: &str) -> Self {
        let mut params = server(host);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self::signed_by_itself(params)
    }

    fn signed_by_itself(params: CertificateParams) -> Self {
        let key = key();
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), certificate: certificate.der().clone(), key }
    }

    /// The server's certificate in PEM form.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The server's private key in PEM form, which is invalid in a list of authorities.
    #[must_use]
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    pub(super) fn into_config(self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("a private key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], key)
            .expect("a certificate and its key");
        Arc::new(config)
    }
}

/// Shows nothing, because it holds a key.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

fn server(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).expect("a name of a host");
    params.distinguished_name.push(DnType::CommonName, "a server of tests");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
