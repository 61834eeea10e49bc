use std::time::Duration;

use crawl4ai_telemetry_core::{Level, MemoryProvider, NullProvider, Timestamp, context};

use super::*;
use crate::environment::Env;
use crate::{Builder, FileProvider, Telemetry};

const PATIENCE: Duration = Duration::from_secs(20);

fn weather(folder: &std::path::Path, app: App) -> Builder {
    Telemetry::builder(app)
        .config_folder(folder)
        .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "1")]))
}

fn app() -> App {
    App::new("weather", "1.4.0")
}

fn send(telemetry: &Telemetry, text: &str) {
    let _ = telemetry.capture_message(Level::Error, text, context! {});
    assert!(telemetry.flush(PATIENCE));
}

#[test]
fn reports_in_a_file_go_and_everybody_elses_lines_stay() {
    for own_provider in [false, true] {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = ours.path().join("reports.jsonl");
        let telemetry = |folder: &tempfile::TempDir| {
            let builder = weather(folder.path(), app());
            let builder =
                if own_provider { builder.provider(FileProvider::new(&file)) } else { builder.file(&file) };
            builder.build().unwrap()
        };
        let (ada, bob) = (telemetry(&ours), telemetry(&theirs));
        send(&bob, "bob, one");
        let before = std::fs::read(&file).unwrap();
        send(&ada, "ada, one");
        // A purge deletes the sent log, but not the ids.
        assert_eq!((ada.sent_ids().len(), ada.purge().unwrap(), ada.sent().len()), (1, 0, 0));
        assert_eq!(ada.sent_ids().len(), 1);
        let erasure = ada.erase().unwrap();
        assert_eq!((erasure.erased, erasure.on_servers.len(), &erasure.letter), (1, 0, &None));
        assert_eq!(std::fs::read(&file).unwrap(), before);
        assert_eq!(ada.erase().unwrap().erased, 0, "once is enough");
        ada.forget_sent_ids().unwrap();
        assert!(ada.sent_ids().is_empty());
    }
}

#[test]
fn what_went_to_a_server_is_asked_for_in_a_letter() {
    let folder = tempfile::tempdir().unwrap();
    let controller = "Weather Ltd, 1 High Street, Dublin";
    let declared = app().controller(controller).retention(Duration::from_secs(90 * 24 * 60 * 60));
    let telemetry = weather(folder.path(), declared).provider(MemoryProvider::default()).build().unwrap();
    send(&telemetry, "one");
    let sent = telemetry.sent_ids().remove(0);
    let erasure = telemetry.erase().unwrap();
    let letter = erasure.letter.unwrap();
    assert!(letter.starts_with(&format!("To: {controller}\nSubject: Erasure")), "{letter}");
    assert!(letter.contains(&format!("  {}  sent 20", sent.id)), "{letter}");
    assert!(letter.contains("to the memory of this process\n"), "{letter}");
    assert!(letter.lines().all(|line| line.chars().count() <= 100), "{letter}");
    let status = telemetry.status();
    let said = status.to_string();
    assert!(said.contains("  kept by        Weather Ltd, 1 High Street, Dublin\n"), "{said}");
    assert!(said.contains("  kept for       90 days\n"), "{said}");
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!((&json["controller"], &json["retention_days"]), (&controller.into(), &90.into()));

    assert_eq!((erasure.recipients, sent.of_program), (vec![controller.to_owned()], Some(true)));

    // A file to which reports went before is named.
    let file = folder.path().join("reports.jsonl");
    let wrote = weather(folder.path(), app()).file(&file).build().unwrap();
    send(&wrote, "two");
    let erasure = telemetry.erase().unwrap();
    assert_eq!((erasure.file, erasure.other_files.len(), erasure.on_servers.len()), (None, 1, 1));
}

/// The record of an earlier version holds the provider's name, and no place.
#[test]
fn a_report_that_only_the_record_knows_is_asked_of_the_programs_controller() {
    let folder = tempfile::tempdir().unwrap();
    let declared = app().controller("Weather Ltd, 1 High Street, Dublin");
    let telemetry = weather(folder.path(), declared).provider(MemoryProvider::default()).build().unwrap();
    send(&telemetry, "one");
    telemetry.inner.pipeline.store.sent_log.as_ref().unwrap().forget_ids().unwrap();
    let ids = telemetry.sent_ids();
    assert_eq!((ids.len(), &ids[0].destination, ids[0].of_program), (1, &ids[0].provider, None));
    let erasure = telemetry.erase().unwrap();
    assert_eq!(erasure.recipients, ["Weather Ltd, 1 High Street, Dublin"]);
    assert!(!erasure.is_chooser_unknown);

    // Where reports go to another place now, nobody knows who chose the earlier one.
    let declared = app().controller("Weather Ltd, 1 High Street, Dublin");
    let elsewhere = weather(folder.path(), declared).provider(NullProvider).build().unwrap();
    let erasure = elsewhere.erase().unwrap();
    assert_eq!(
        (erasure.recipients, erasure.is_chooser_unknown),
        (vec!["whoever runs memory".to_owned()], true)
    );
}

/// The program's controller answers for the place that the program chose, and for no other.
#[test]
fn whoever_runs_another_place_gets_a_letter_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let declared = || app().controller("Weather Ltd, 1 High Street, Dublin");
    let telemetry =
        || weather(folder.path(), declared()).provider(MemoryProvider::default()).build().unwrap();
    send(&telemetry(), "one");
    let (own, log) = (telemetry().sent_ids().remove(0), SentLog::below(folder.path()));
    let add = |id: u8, destination: &str, of_program: Option<bool>| {
        let id = ReportId::from_bytes([id; 16]);
        let (destination, provider) = (destination.to_owned(), "sentry".to_owned());
        let sent_at = Timestamp::from_millis(own.sent_at.as_millis() + 1);
        log.add_id(SentId { id, sent_at, provider, destination, of_program }, PATIENCE).unwrap();
        id.to_string()
    };
    let theirs = add(1, "crashes.example.org", Some(false));
    // An earlier version did not store who chose the place.
    let elsewhere = add(2, "crashes.example.org", None);
    let here = add(3, &own.destination, None);
    let erasure = telemetry().erase().unwrap();
    let recipients = ["Weather Ltd, 1 High Street, Dublin", "whoever runs crashes.example.org"];
    assert_eq!(erasure.recipients, recipients);
    let letter = erasure.letter.unwrap();
    let (first, second) = letter.split_once("\nTo: whoever runs crashes.example.org\nSubject: ").unwrap();
    let own = own.id.to_string();
    for (id, is_in_the_first) in [(&own, true), (&here, true), (&theirs, false), (&elsewhere, false)] {
        assert_eq!(
            (first.contains(id), second.contains(id)),
            (is_in_the_first, !is_in_the_first),
            "{letter}"
        );
    }
    assert!(first.starts_with("To: Weather Ltd") && !second.contains("Weather Ltd"), "{letter}");

    // While the user names the place, nothing of an earlier version is the program's.
    #[cfg(feature = "sentry")]
    {
        let env = [("WEATHER_TELEMETRY", "1"), ("WEATHER_SENTRY_DSN", "https://k@crashes.example.org/1")];
        let builder = Telemetry::builder(declared()).config_folder(folder.path());
        let telemetry = builder.env(Env::from_pairs("WEATHER", env)).build().unwrap();
        add(4, "crashes.example.org", None);
        let recipients = [&recipients[..], &["whoever runs the memory of this process"]].concat();
        assert_eq!(telemetry.erase().unwrap().recipients, recipients);
    }
}
