//! A server whose certificate authority is private cannot be reached, and `status` says so, until the program or its
//! user names the authority.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod usage_sample;

use std::path::Path;
use std::time::Duration;

use crawl4ai_telemetry::usage::Settings;
use crawl4ai_telemetry::{
    App, BuildError, Builder, CaCertificates, Env, Environment, Outcome, ProviderHealth, Reason, Status,
    Telemetry, context,
};
use crawl4ai_telemetry_conformance::tls::{Authority, Front, Identity};
use crawl4ai_telemetry_conformance::{Reply, Server};
use tempfile::TempDir;

const HERE: &str = "127.0.0.1";
const PATIENCE: Duration = Duration::from_secs(30);

/// A server with a private certificate authority, and a user's home folder.
struct World {
    authority: Authority,
    server: Server,
    front: Front,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self::with(|authority| authority.certify(HERE))
    }

    fn with(certify: impl Fn(&Authority) -> Identity) -> Self {
        let authority = Authority::new("a company");
        let server = Server::always(Reply::status(200));
        let front = Front::start(&server, certify(&authority));
        Self { authority, server, front, folder: tempfile::tempdir().expect("a folder") }
    }

    fn trusted(&self) -> CaCertificates {
        CaCertificates::pem(self.authority.pem())
    }

    /// The path of the user's certificate file, which need not exist.
    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("company.pem")
    }

    fn builder(&self, variables: &[(&str, &Path)]) -> Builder {
        let variables = variables.iter().map(|(name, value)| (*name, value.to_str().expect("UTF-8")));
        Telemetry::builder(App::new("tool", "1.0"))
            .env(Env::from_pairs("TOOL", variables.chain([("TOOL_TELEMETRY", "1")])))
            .environment(Environment::Cli)
            .config_folder(self.folder.path().join("tool"))
            .without_panic_hook()
    }

    fn sentry(&self, variables: &[(&str, &Path)]) -> Builder {
        self.builder(variables).sentry_dsn(self.front.url().replace("://", "://0123456789abcdef@") + "/1")
    }

    /// Runs once. With `captures` it captures an error, and otherwise it delivers the report of an earlier run.
    fn run(&self, builder: Builder, captures: bool) -> Status {
        let telemetry = builder.build().expect("built");
        let health = telemetry.status().provider_health.to_string();
        let expected = if captures { "not used yet" } else { "failing at the last try: " };
        assert!(health.starts_with(expected), "{health}");
        if captures {
            let outcome = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
            assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
        }
        telemetry.flush(PATIENCE);
        telemetry.status()
    }

    #[track_caller]
    fn delivered(&self, status: &Status) {
        assert_eq!((&status.provider_health, status.pending), (&ProviderHealth::Well, Some(0)));
        assert_eq!(self.server.requests().len(), 1);
    }

    #[track_caller]
    fn kept(&self, status: &Status, because: &[&str]) {
        assert_eq!((status.pending, self.server.connections()), (Some(1), 0));
        for word in because {
            assert!(status.provider_health.to_string().contains(word), "{word}: {}", status.provider_health);
        }
    }
}

#[test]
fn what_the_program_names_is_trusted() {
    let world = World::new();
    world.delivered(&world.run(world.sentry(&[]).ca_certificates(world.trusted()), true));
}

#[test]
fn what_nobody_names_is_not_and_the_report_waits_until_somebody_does() {
    let world = World::new();
    std::fs::write(world.file(), world.authority.pem()).expect("a file");
    // Certificates that the host program trusts are not used.
    let hosts =
        ["SSL_CERT_FILE", "OTEL_EXPORTER_OTLP_CERTIFICATE", "TELEMETRY_CA_CERTIFICATES", "SENTRY_CA_CERTS"];
    let (path, nothing) = (world.file(), Path::new(" "));
    let mut variables: Vec<_> = hosts.iter().map(|name| (*name, &*path)).collect();
    variables.push(("TOOL_TELEMETRY_CA_CERTIFICATES", nothing));
    let status = world.run(world.sentry(&variables), true);
    world.kept(
        &status,
        &["failing: the server's certificate", "authority", "`ca_certificates`", "_CA_CERTIFICATES"],
    );

    let status = world.run(world.sentry(&[("TOOL_TELEMETRY_CA_CERTIFICATES", &path)]), false);
    world.delivered(&status);
}

#[test]
fn what_the_user_names_adds_to_what_the_program_names() {
    let world = World::new();
    let other = Authority::new("a proxy").pem();
    std::fs::write(world.file(), &other).expect("a file");
    let path = world.file();
    let builder = world.sentry(&[("TOOL_TELEMETRY_CA_CERTIFICATES", &path)]);
    world.delivered(&world.run(builder.ca_certificates(world.trusted()), true));
}

#[test]
fn a_certificate_that_is_not_for_it_is_said_to_be_that() {
    let elsewhere: fn(&Authority) -> Identity = |authority| authority.certify("crashes.example.com");
    let of_old = |authority: &Authority| authority.certify_until_2020(HERE);
    for (certify, expected) in [(elsewhere, "for other hosts"), (of_old, "has expired")] {
        let world = World::with(certify);
        let status = world.run(world.sentry(&[]).ca_certificates(world.trusted()), true);
        world.kept(&status, &["failing: the server's certificate", expected]);
    }
}

#[test]
fn a_file_that_is_none_is_no_error_until_there_is_something_to_send() {
    for text in [None, Some("")] {
        let world = World::new();
        let path = world.file();
        if let Some(text) = text {
            std::fs::write(&path, text).expect("a file");
        }
        let builder = || world.sentry(&[]).ca_certificates(CaCertificates::file(&path));
        let status = world.run(builder(), true);
        world.kept(&status, &["stopped for this run: the certificates of", &path.display().to_string()]);
        assert_eq!(world.front.connections(), 0, "nobody is asked with less trust than was wanted");
        // After the file is corrected, the next run delivers.
        std::fs::write(&path, world.authority.pem()).expect("a file");
        world.delivered(&world.run(builder(), false));
    }
}

#[test]
fn certificates_in_the_program_that_are_none_are_an_error_of_the_builder() {
    let world = World::new();
    let builder = || world.sentry(&[]).ca_certificates(CaCertificates::pem(*b"none"));
    let Err(BuildError::Provider(error)) = builder().build() else { panic!("it was built") };
    assert!(error.to_string().contains("the certificates of the program cannot be used"), "{error}");

    let telemetry = builder().build_anyway();
    let outcome = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
    assert_eq!(outcome, Outcome::Suppressed(Reason::NoProvider));
    assert!(telemetry.status().last_failure.is_some_and(|failure| failure.contains("certificates")));
}

#[test]
fn a_collector_is_reached_with_reports_and_with_usage_spans() {
    let world = World::new();
    let telemetry = world
        .builder(&[])
        .otlp_endpoint(world.front.url())
        .usage(Settings::otlp(world.front.url(), usage_sample::SPANS).on_by_default())
        .ca_certificates(world.trusted())
        .build()
        .expect("built");
    let _ = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
    telemetry.usage().record(usage_sample::feature("x"));
    assert!(telemetry.flush(PATIENCE), "{:?}", telemetry.status());
    let mut paths: Vec<_> = world.server.requests().into_iter().map(|request| request.path).collect();
    paths.sort();
    assert_eq!(paths, ["/v1/logs", "/v1/traces"]);
}

#[test]
fn a_collector_nobody_trusts_gets_nothing_and_both_say_so() {
    let world = World::new();
    let telemetry = world
        .builder(&[])
        .otlp_endpoint(world.front.url())
        .usage(Settings::otlp(world.front.url(), usage_sample::SPANS).on_by_default())
        .build()
        .expect("built");
    let _ = telemetry.capture_exception(&std::io::Error::other("x"), context! {});
    telemetry.usage().record(usage_sample::feature("x"));
    assert!(!telemetry.flush(PATIENCE));
    world.kept(&telemetry.status(), &["certificate", "`ca_certificates`"]);
    let usage = telemetry.usage().status().expect("there is usage");
    assert!(usage.provider_health.to_string().contains("certificate"), "{usage:?}");
}
