//! A server that only a proxy can reach. The proxy comes from the user's variable, from the program's setting, or from
//! the host's variables if the program allows it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use crawl4ai_telemetry::{App, BuildError, Builder, CaCertificates, Env, Environment, Telemetry, context};
use crawl4ai_telemetry_conformance::tls::{Authority, Front};
use crawl4ai_telemetry_conformance::{ConnectProxy, Reply, Server};
use tempfile::TempDir;

/// A host name that only the proxy can resolve (RFC 6761, section 6.4).
const HOST: &str = "crashes.invalid";
const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "pw4711";

/// A network that can only be left through a proxy.
struct Company {
    server: Server,
    front: Front,
    authority: Authority,
    folder: TempDir,
}

impl Company {
    fn new() -> Self {
        let (authority, server) = (Authority::new("a company"), Server::always(Reply::status(200)));
        let front = Front::start(&server, authority.certify(HOST));
        Self { server, front, authority, folder: tempfile::tempdir().expect("a folder") }
    }

    fn proxy(&self) -> ConnectProxy {
        ConnectProxy::start(self.front.address(), None)
    }

    fn builder(&self, variables: &[(&str, &str)]) -> Builder {
        let variables = variables.iter().copied().chain([("TOOL_TELEMETRY", "1")]);
        Telemetry::builder(App::new("tool", "1.0"))
            .env(Env::from_pairs("TOOL", variables))
            .environment(Environment::Cli)
            .config_folder(self.folder.path().join("tool"))
            .sentry_dsn(format!("https://0123456789abcdef@{HOST}:8443/1"))
            .ca_certificates(CaCertificates::pem(self.authority.pem()))
            .without_panic_hook()
    }

    /// Captures one more error, and returns how many requests the server has received in total.
    fn arrived(&self, builder: Builder) -> usize {
        let telemetry = builder.build().expect("built");
        let _ = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
        telemetry.flush(PATIENCE);
        self.server.requests().len()
    }
}

#[test]
fn the_users_proxy_is_gone_through_and_sees_a_host_and_a_port() {
    let company = Company::new();
    let proxy = company.proxy();
    let with_secret = proxy.url().replace("://", &format!("://ada:{SECRET}@"));
    assert_eq!(company.arrived(company.builder(&[("TOOL_TELEMETRY_PROXY", &with_secret)])), 1);
    let [request] = &proxy.requests()[..] else { panic!("one tunnel") };
    assert_eq!((&*request.method, &*request.path), ("CONNECT", "crashes.invalid:8443"));
}

#[test]
fn the_programs_proxy_is_gone_through() {
    let company = Company::new();
    let proxy = company.proxy();
    assert_eq!(company.arrived(company.builder(&[]).proxy(proxy.url())), 1);
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn the_hosts_proxy_is_gone_through_only_where_the_program_follows_it() {
    let company = Company::new();
    let proxy = company.proxy();
    let (url, nowhere) = (proxy.url(), "http://127.0.0.1:9");
    let hosts = [("HTTPS_PROXY", &*url)];
    assert_eq!(company.arrived(company.builder(&hosts)), 0, "nothing else reaches the server");
    assert!(proxy.requests().is_empty());
    // The stored report is delivered too.
    assert_eq!(company.arrived(company.builder(&hosts).proxy_from_env()), 2);
    let users = [("HTTPS_PROXY", nowhere), ("TOOL_TELEMETRY_PROXY", &*url)];
    assert_eq!(company.arrived(company.builder(&users).proxy_from_env()), 3);
}

#[test]
fn an_address_that_is_none_sends_nothing_and_is_said_without_its_secrets() {
    let company = Company::new();
    let broken = format!("socks5://ada:{SECRET}@proxy.example.com");
    let variables = [("TOOL_TELEMETRY_PROXY", &*broken)];
    let Err(BuildError::Provider(error)) = company.builder(&variables).build() else {
        panic!("a proxy that is none");
    };
    let telemetry = company.builder(&variables).build_anyway();
    let _ = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
    telemetry.flush(PATIENCE);
    for said in [error.to_string(), telemetry.status().to_string()] {
        assert!(said.contains("http://HOST:PORT") && !said.contains(SECRET), "{said}");
    }
    assert!(company.server.requests().is_empty());
    // This server can be reached without the proxy.
    let there = Server::always(Reply::status(200));
    let dsn = there.url().replace("://", "://0123456789abcdef@") + "/1";
    let telemetry = company.builder(&variables).sentry_dsn(dsn).build_anyway();
    let _ = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
    telemetry.flush(PATIENCE);
    assert_eq!(there.connections(), 0, "nothing goes around a proxy that was named");
}
