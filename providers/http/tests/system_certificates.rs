//! The operating system's authorities come from the system, not from the host program's variables.

#![cfg(all(feature = "system-certificates", not(any(windows, target_vendor = "apple"))))]

use std::process::Command;
use std::time::Duration;

use crawl4ai_telemetry_conformance::tls::{Authority, Front};
use crawl4ai_telemetry_conformance::{Reply, Server};
use crawl4ai_telemetry_core::SendError;
use crawl4ai_telemetry_http::{CaCertificates, Endpoint, RequestLimits, Sender};

const ADDRESS: &str = "TEST_ADDRESS";

#[test]
fn an_authority_that_only_a_variable_names_is_not_trusted() {
    let authority = Authority::new("a proxy that a crawler is led through");
    let server = Server::always(Reply::status(200));
    let front = Front::start(&server, authority.certify("127.0.0.1"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child", "--ignored"]).env(ADDRESS, front.url());
    let output = child.env("SSL_CERT_FILE", &file).env("SSL_CERT_DIR", folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(server.connections(), 0);
}

#[test]
#[ignore = "runs in the process that the other test starts"]
fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the other test hands its address over")]
    let address = std::env::var(ADDRESS).unwrap();
    let limits = RequestLimits::new().connect(Duration::from_secs(20)).request(Duration::from_secs(40));
    let sender = Sender::new(Endpoint::parse(&address).unwrap(), limits);
    let sender = sender.with_ca_certificates(CaCertificates::system()).unwrap();
    let error = sender.post(&[], "text/plain", b"hello".to_vec()).unwrap_err();
    assert!(matches!(&error, SendError::Retry { reason, .. } if reason.contains("not trusted")), "{error:?}");
}
