//! Every answer of a server determines what happens to the report, in this run and in the next: delivered, refused and
//! reported, kept until the server accepts it, or kept until the address is corrected.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "how the program tells its parent")]

mod scenario;
use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry::clock::ManualClock;
use crawl4ai_telemetry::{Limits, Outcome, Timestamp, capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};
use serde_json::Value;

const LONG: Duration = Duration::from_secs(30);

/// The part is the hour in which the program runs. In hour 0 it captures two errors.
fn program(hour: &str) {
    let hour: u64 = hour.parse().expect("a number");
    let now = Timestamp::from_millis(1_763_683_200_000 + hour * 3_600_000);
    let clock = Arc::new(ManualClock::new(now));
    let telemetry =
        sentry_builder().clock(Arc::clone(&clock)).limits(Limits::none()).install().expect("installed");
    if hour == 0 {
        for (text, millis) in [("first", 1), ("second", 2)] {
            // This clock decides which report is older. Delays are measured by another clock.
            clock.set(Timestamp::from_millis(now.as_millis() + millis));
            let outcome = capture_exception(&std::io::Error::other(text), context! {});
            assert!(matches!(outcome, Outcome::Queued(_)));
            telemetry.flush(LONG);
        }
    }
    telemetry.flush(LONG);
    let status = crawl4ai_telemetry::status().expect("installed");
    println!("{}", serde_json::to_string(&status).expect("JSON"));
}

fn run(stage: &Stage, server: &Server, hour: u64) -> Value {
    let mut command = stage.command_to(server);
    let output = command.env("SCENARIO_PART", hour.to_string()).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("its status")
}

/// The result of each delivery in the journal.
fn journal(stage: &Stage) -> Vec<String> {
    let files = stage.files().into_iter().filter(|file| file.starts_with("telemetry/journal"));
    let heads = files.map(|file| std::fs::read_to_string(stage.folder().join(file)).expect("an entry"));
    let fate = |text: String| {
        let head: Value = serde_json::from_str(text.lines().next().unwrap_or_default()).expect("JSON");
        head["fate"].as_str().unwrap_or_default().to_owned()
    };
    heads.map(fate).collect()
}

/// The report ids of the requests, in order.
fn ids(server: &Server) -> Vec<String> {
    let id = |body: &[u8]| {
        let head: Value = serde_json::Deserializer::from_slice(body).into_iter().next()?.ok()?;
        Some(head["event_id"].as_str()?.to_owned())
    };
    server.requests().iter().map(|request| id(&request.body).expect("an envelope")).collect()
}

/// The expected behavior with a server that always gives this answer.
struct Case {
    reply: Reply,
    /// The number of connections after two errors were captured.
    asked: usize,
    /// The number of reports that are still stored.
    waiting: usize,
    journal: &'static [&'static str],
    health: &'static str,
    /// Later starts: the hour, and the total number of connections by then.
    later: &'static [(u64, usize)],
}

fn cases() -> Vec<Case> {
    let status = Reply::status;
    let case = |reply, asked, waiting, journal, health, later| Case {
        reply,
        asked,
        waiting,
        journal,
        health,
        later,
    };
    let limits = "X-Sentry-Rate-Limits";
    vec![
        case(status(200), 2, 0, &["delivered", "delivered"], "well", &[(1, 2)]),
        case(status(400), 2, 0, &["refused", "refused"], "failing: ", &[(1, 2)]),
        case(status(413), 2, 0, &["refused", "refused"], "failing: ", &[(1, 2)]),
        // The provider stops for this run, and the next run tries again.
        case(status(401), 1, 2, &[], "stopped for this run: ", &[(1, 2), (2, 3)]),
        case(status(403), 1, 2, &[], "stopped for this run: ", &[(1, 2)]),
        case(status(404), 1, 2, &[], "stopped for this run: ", &[(1, 2)]),
        case(Reply::redirect(307, "http://127.0.0.1:1/"), 1, 2, &[], "stopped for this run: ", &[(1, 2)]),
        // The server asks for a week. It gets a day, and every start honors it.
        case(
            status(429).header("Retry-After", "604800"),
            1,
            2,
            &[],
            "failing: ",
            &[(1, 1), (23, 1), (25, 2)],
        ),
        case(
            status(429).header(limits, "7200:error:organization"),
            1,
            2,
            &[],
            "failing: ",
            &[(1, 1), (3, 2)],
        ),
        // The first report is delivered. The server then accepts no other for two hours.
        case(
            status(200).header(limits, "7200:error:organization"),
            1,
            1,
            &["delivered"],
            "failing: ",
            &[(1, 1), (3, 2)],
        ),
        // A first failure may be a problem of this machine, so the next start tries again. A second failure delays the
        // next starts by at most a minute.
        case(status(503), 1, 2, &[], "failing: ", &[(1, 2), (2, 3), (3, 4)]),
        case(Reply::ResetHalfWay, 1, 2, &[], "failing: ", &[(1, 2)]),
    ]
}

fn test(_: &Stage) {
    for case in cases() {
        let what = format!("{:?}", case.reply);
        let stage = Stage::new();
        let server = Server::always(case.reply);
        let status = run(&stage, &server, 0);
        assert_eq!(server.connections(), case.asked, "{what}");
        assert_eq!(
            (stage.waiting().len(), &status["pending"]),
            (case.waiting, &case.waiting.into()),
            "{what}"
        );
        assert_eq!(journal(&stage), case.journal, "{what}");
        let health = status["provider_health"].as_str().unwrap_or_default();
        assert!(health.starts_with(case.health), "{what}: {health}");
        let refused = case.journal.iter().filter(|fate| **fate == "refused").count() as u64;
        let counted = status["losses"]["rejected"].as_u64().unwrap_or_default();
        assert_eq!(counted, refused, "{what}: what is dropped is counted");

        for (hour, asked) in case.later {
            run(&stage, &server, *hour);
            assert_eq!(server.connections(), *asked, "{what} in hour {hour}");
        }
        // When the server works again, the kept reports leave with the ids that it has already received.
        let left = stage.waiting().len();
        let well = Server::always(Reply::status(200));
        run(&stage, &well, 24 * 20);
        assert_eq!((well.requests().len(), stage.waiting().len()), (left, 0), "{what}");
        if let Some(heard) = ids(&server).first().filter(|_| left == 2) {
            assert_eq!(ids(&well).first(), Some(heard), "{what}");
            assert!(ids(&server).iter().all(|id| id == heard), "{what}: oldest first, always the same");
        }
    }
}

fn main() {
    scenario::main(program, test);
}
