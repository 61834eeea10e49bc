//! The host program's proxy variables belong to the host: no request of this library uses them.

use std::process::Command;
use std::time::Duration;

use crawl4ai_telemetry_conformance::{Reply, Server};
use crawl4ai_telemetry_http::{Endpoint, RequestLimits, Sender};

const ADDRESS: &str = "TEST_ADDRESS";

#[test]
fn nothing_goes_through_the_proxy_of_the_environment() {
    let (server, proxy) = (Server::always(Reply::status(200)), Server::always(Reply::status(200)));
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child", "--ignored"]).env(ADDRESS, server.url());
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"] {
        child.env(name, proxy.url()).env(name.to_lowercase(), proxy.url());
    }
    let output = child.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(server.requests().len(), 1);
    assert_eq!(proxy.connections(), 0);
}

#[test]
#[ignore = "runs in the process that the other test starts"]
fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the other test hands its address over")]
    let address = std::env::var(ADDRESS).unwrap();
    let limits = RequestLimits::new().request(Duration::from_secs(5));
    let sender = Sender::new(Endpoint::parse(&address).unwrap(), limits);
    sender.post(&[], "text/plain", b"hello".to_vec()).unwrap();
    // An encrypted request ignores the variables too. It fails because the host does not exist, but it did not use the
    // proxy.
    let encrypted = Endpoint::parse("https://sentry.invalid/").unwrap();
    Sender::new(encrypted, limits).post(&[], "text/plain", Vec::new()).unwrap_err();
}
