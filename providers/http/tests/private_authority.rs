//! Servers with a certificate of a private authority. A client that was given the authority trusts them, other clients
//! refuse them.

#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crawl4ai_telemetry_conformance::tls::{Authority, Front, Identity};
use crawl4ai_telemetry_conformance::{Reply, Server};
use crawl4ai_telemetry_core::SendError;
use crawl4ai_telemetry_http::{CaCertificates, Endpoint, RequestLimits, Sender};

const HERE: &str = "127.0.0.1";

/// A scripted server behind a TLS front.
struct Place {
    server: Server,
    front: Front,
}

impl Place {
    fn new(identity: Identity) -> Self {
        let server = Server::always(Reply::status(200).body("taken"));
        let front = Front::start(&server, identity);
        Self { server, front }
    }

    fn sender(&self) -> Sender {
        // Long limits, because a machine that is busy with other tests is slow at a handshake.
        let limits = RequestLimits::new().connect(Duration::from_secs(20)).request(Duration::from_secs(40));
        Sender::new(Endpoint::parse(&self.front.url()).unwrap(), limits)
    }

    fn post(&self, sender: &Sender) -> Result<Vec<u8>, SendError> {
        post(sender)
    }

    /// Like [`post`](Self::post), with a sender that also trusts these authorities.
    fn post_trusting(&self, authorities: impl AsRef<str>) -> Result<Vec<u8>, SendError> {
        self.post(&self.sender().with_ca_certificates(CaCertificates::pem(authorities.as_ref())).unwrap())
    }
}

/// Posts, and returns the body of the answer.
fn post(sender: &Sender) -> Result<Vec<u8>, SendError> {
    sender.post(&[], "text/plain", b"hello".to_vec()).map(|delivered| delivered.body)
}

fn taken() -> Result<Vec<u8>, SendError> {
    Ok(b"taken".to_vec())
}

/// The reason why the report is kept for a later try.
#[track_caller]
fn kept<T: Debug>(answer: Result<T, SendError>) -> String {
    let Err(SendError::Retry { after: None, reason, .. }) = answer else { panic!("{answer:?}") };
    reason
}

#[test]
fn who_names_the_authority_delivers() {
    let authority = Authority::new("a company");
    let place = Place::new(authority.certify(HERE));
    assert_eq!(place.post_trusting(authority.pem()), taken());
    assert_eq!(place.front.connections(), 1);
    // The authority is also found in a bundle with another one.
    let bundle = format!("{}{}", Authority::new("another").pem(), authority.pem());
    assert_eq!(place.post_trusting(bundle), taken());
    let requests = place.server.requests();
    assert!(requests.len() == 2 && requests.iter().all(|request| request.body == b"hello"));
}

#[test]
fn who_does_not_sends_nothing_and_says_what_to_do() {
    let place = Place::new(Authority::new("a company").certify(HERE));
    let reason = kept(place.post(&place.sender()));
    for word in ["certificate", "authority", "`ca_certificates`", "_TELEMETRY_CA_CERTIFICATES"] {
        assert!(reason.contains(word), "{word}: {reason}");
    }
    // A client with another authority, even one of the same name, refuses the server too. It connects twice, because it
    // tries the public authorities as well.
    for name in ["another company", "a company"] {
        let before = place.front.connections();
        assert_eq!(kept(place.post_trusting(Authority::new(name).pem())), reason, "{name}");
        assert_eq!(place.front.connections() - before, 2, "{name}");
    }
    assert_eq!(place.server.connections(), 0);
}

#[test]
fn an_authority_that_is_trusted_is_not_trusted_with_everything() {
    let authority = Authority::new("a company");
    let cases = [
        (authority.certify("crashes.example.com"), "for other hosts"),
        (authority.certify("127.0.0.2"), "for other hosts"),
        (authority.certify("localhost"), "for other hosts"),
        (authority.certify_until_2020(HERE), "has expired"),
        (authority.certify_from_4000(HERE), "not valid yet"),
    ];
    for (identity, expected) in cases {
        let place = Place::new(identity);
        let reason = kept(place.post_trusting(authority.pem()));
        assert!(reason.contains("certificate") && reason.contains(expected), "{expected}: {reason}");
        assert_eq!((place.server.connections(), place.front.connections()), (0, 1), "{expected}");
    }
}

#[test]
fn a_certificate_that_a_server_gave_itself_is_taken_unless_it_says_that_it_is_an_authority() {
    let identity = Identity::self_signed(HERE);
    let pem = identity.pem().to_owned();
    let place = Place::new(identity);
    assert_eq!(place.post_trusting(pem), taken());

    let identity = Identity::self_signed_authority(HERE);
    let pem = identity.pem().to_owned();
    let place = Place::new(identity);
    let reason = kept(place.post_trusting(pem));
    assert!(reason.contains("must be one of a server, not of an authority"), "{reason}");
    assert_eq!(place.server.connections(), 0);
}

#[test]
fn a_file_is_read_for_each_delivery_and_what_is_wrong_with_it_ends_the_run() {
    let authority = Authority::new("a company");
    let place = Place::new(authority.certify(HERE));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("company.pem");
    let sender = place.sender().with_ca_certificates(CaCertificates::file(&path)).unwrap();
    for wrong in [None, Some(""), Some("x")] {
        if let Some(text) = wrong {
            std::fs::write(&path, text).unwrap();
        }
        let answer = place.post(&sender);
        let Err(SendError::Halt { reason, .. }) = answer else { panic!("{answer:?}") };
        assert!(reason.contains(&path.display().to_string()), "{reason}");
    }
    assert_eq!(place.front.connections(), 0, "nobody is asked with less trust than was wanted");
    std::fs::write(&path, authority.pem()).unwrap();
    assert_eq!(place.post(&sender), taken());
    std::fs::write(&path, Authority::new("the next one").pem()).unwrap();
    kept(place.post(&sender));
}

#[test]
fn authorities_add_up() {
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    for authority in [&one, &other] {
        let place = Place::new(authority.certify(HERE));
        let sender = place.sender().with_ca_certificates(CaCertificates::pem(one.pem())).unwrap();
        let sender = sender.with_ca_certificates(CaCertificates::pem(other.pem())).unwrap();
        assert_eq!(place.post(&sender), taken());
    }
}

#[test]
fn a_server_without_tls_on_this_machine_needs_no_authority_and_reads_no_file() {
    let server = Server::always(Reply::status(200).body("taken"));
    let sender = Sender::new(Endpoint::parse(&server.url()).unwrap(), RequestLimits::default())
        .with_ca_certificates(CaCertificates::file("/nonexistent/company.pem"))
        .unwrap();
    assert_eq!(post(&sender), taken());
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_server_that_speaks_no_tls_is_not_said_to_have_a_bad_certificate() {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let plain = std::thread::Builder::new().spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Reads until the client is gone, because a reset connection would give another error.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let sender = Sender::new(Endpoint::parse(&url).unwrap(), RequestLimits::default());
    assert_eq!(kept(post(&sender)), "no secure connection could be made");
    plain.unwrap().join().unwrap();
}
