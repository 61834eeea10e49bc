//! No byte of the request's head or body contains anything of this machine or anything that was planted: in a computed
//! message, three links down an error chain, in keys and values of a context, or in a thread's name.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use crawl4ai_telemetry::{Privacy, capture_exception, context, telemetry_context};
use crawl4ai_telemetry_conformance::{Reply, Server, assert_nothing_of_this_machine};
use scenario::{Stage, sentry_builder};

const LEVELS: [Privacy; 3] = [Privacy::Standard, Privacy::OwnWords, Privacy::Strict];

const PLANTED: [&str; 9] = [
    "api.example.com",
    "tk_live_51HxQ2eZvKYlo2C9dGfQ",
    "ada.lovelace",
    "/home/ada",
    "customers",
    "203.0.113.42",
    "2001:db8::7334",
    "hunter2-hunter2",
    "planted-secret-of-the-environment",
];

fn everything() -> String {
    "https://api.example.com/v1?token=tk_live_51HxQ2eZvKYlo2C9dGfQ ada.lovelace@example.org \
     /home/ada/Documents/customers.html 203.0.113.42 [2001:db8::7334]:443 password=hunter2-hunter2 \
     planted-secret-of-the-environment"
        .to_owned()
}

#[derive(Debug)]
struct Outer(Option<Box<Self>>, String);
impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}
impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|link| link as &(dyn Error + 'static))
    }
}

fn chain(links: usize) -> Outer {
    let inner = (links > 0).then(|| Box::new(chain(links - 1)));
    Outer(inner, if links == 0 { everything() } else { format!("link {links}") })
}

/// This machine's names, as programs print them.
fn names() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let folder = std::env::current_dir().unwrap_or_default();
    format!("on {} in {} under {}", host.trim(), folder.display(), scenario::folder().display())
}

fn program(level: &str) {
    let telemetry =
        sentry_builder().privacy(LEVELS.into_iter().find(|l| l.name() == level).expect("a level"));
    let telemetry = telemetry.install().expect("installed");
    let _ = capture_exception(&chain(3), context! { "outer" => context! { everything() => names() } });
    let named = telemetry_context("named", || Err::<(), _>(std::io::Error::other(names())));
    assert!(named.is_err());
    let thread = std::thread::Builder::new().name("for ada.lovelace@example.org".into());
    let joined = thread.spawn(|| panic!("{} {}", everything(), names())).expect("a thread").join();
    assert!(joined.is_err());
    drop(telemetry);
}

fn test(_: &Stage) {
    for level in LEVELS {
        holds_nothing(&Stage::new(), level);
    }
}

fn holds_nothing(stage: &Stage, level: Privacy) {
    let server = Server::always(Reply::status(200));
    let mut command = stage.command_to(&server);
    command.env(scenario::harness::PART, level.name());
    command.env("PLANTED_API_KEY", "planted-secret-of-the-environment").env("USER", "grace_hopper_1906");
    let output = command.output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(server.wait_for_requests(3, Duration::from_secs(10)));

    let folder = stage.folder().to_string_lossy().into_owned();
    for request in server.requests() {
        let text = String::from_utf8_lossy(&request.raw).into_owned();
        for planted in PLANTED.iter().copied().chain([&*folder, "grace_hopper_1906"]) {
            assert!(!text.contains(planted), "{planted} left:\n{text}");
        }
        assert_nothing_of_this_machine("a request", &request.raw);
        assert!(text.contains("sanitize_whole_envelope::"), "and it still names the program's functions");
    }
    // At the other levels short texts and computed texts are removed, and only the types of the errors remain.
    let says = server.requests().iter().any(|r| String::from_utf8_lossy(&r.raw).contains("link 3"));
    assert_eq!(says, level == Privacy::Standard, "{level}");
}

fn main() {
    scenario::main(program, test);
}
