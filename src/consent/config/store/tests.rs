//! Real files that are missing, damaged, too large, of another kind, or changed meanwhile.

mod processes;
#[cfg(unix)]
mod unix;

use std::fs;

use super::*;
use crate::consent::config::Consent;

struct Place {
    _folder: tempfile::TempDir,
    store: ConfigStore,
}

impl Place {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = ConfigStore::new(Some(folder.path().join(".app")));
        Self { _folder: folder, store }
    }

    fn with(content: &[u8]) -> Self {
        let place = Self::empty();
        fs::create_dir(place.folder()).unwrap();
        fs::write(place.path(), content).unwrap();
        place
    }

    fn folder(&self) -> &Path {
        self.store.folder().unwrap()
    }

    fn path(&self) -> PathBuf {
        self.store.path().unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// The names in the folder, except that of the lock, which always stays.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != "config.json.lock");
        names.sort();
        names
    }
}

fn deny(settings: &mut StoredSettings) {
    settings.consent = Consent::Denied;
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

#[test]
fn nothing_is_created_by_reading_or_by_changing_nothing() {
    let place = Place::empty();
    assert_eq!(place.store.read(), StoredConfig::default());
    let written = place.store.update(|_| {}).unwrap();
    assert!(!written.changed);
    assert!(!place.store.replace(now(), |s| s.email = None).unwrap().changed);
    assert!(!place.folder().exists());
}

#[test]
fn the_first_change_creates_folder_and_file_and_leaves_no_other_file() {
    let place = Place::empty();
    assert!(place.store.update(deny).unwrap().changed);
    assert_eq!(place.text(), "{\n  \"telemetry\": {\n    \"consent\": \"denied\"\n  }\n}\n");
    assert_eq!(place.names(), ["config.json"]);
}

#[test]
fn a_damaged_file_is_read_as_a_refusal_copied_aside_and_replaced() {
    let cases: &[&[u8]] = &[
        b"",
        b"{",
        b"[]",
        b"\xff\xfe{\0}\0",
        b"{\"telemetry\": {\"consent\": \"always\"}} trailing",
        b"{\"telemetry\": {\"consent\": \"always\", \"caf\xe9\": 1}}",
    ];
    for content in cases {
        let place = Place::with(content);
        let stored = place.store.read();
        assert_eq!(stored, ConfigProblem::Damaged.into());
        assert!(stored.hides_consent());
        assert!(matches!(place.store.update(deny), Err(ConfigError::Refused { .. })));
        assert_eq!(fs::read(place.path()).unwrap(), *content);

        let first = place.store.replace(now(), deny).unwrap().copied_aside.unwrap();
        assert_eq!(fs::read(&first).unwrap(), *content);
        assert_eq!(place.store.read().settings.consent, Consent::Denied);

        // a second time in the same second
        fs::write(place.path(), content).unwrap();
        let second = place.store.replace(now(), deny).unwrap().copied_aside.unwrap();
        assert_ne!(first, second);
        assert_eq!(place.names().len(), 3, "{:?}", place.names());
    }
}

#[test]
fn a_decision_that_cannot_be_told_is_mended_without_losing_a_foreign_key() {
    let place = Place::with(b"{\"mine\": [1, 2], \"telemetry\": \"off\"}");
    assert_eq!(place.store.read().problem, Some(ConfigProblem::Unknown("telemetry")));
    let written = place.store.replace(now(), deny).unwrap();
    assert!(written.copied_aside.is_some());
    assert_eq!(place.text(), "{\"mine\": [1, 2], \"telemetry\": {\"consent\": \"denied\"}}");
}

#[test]
fn a_file_above_the_limit_is_never_read_whole_nor_replaced() {
    let place = Place::with(b"{}");
    let file = fs::OpenOptions::new().write(true).open(place.path()).unwrap();
    for length in [file::LARGEST + 1, 1 << 40] {
        file.set_len(length).unwrap();
        assert_eq!(place.store.read(), ConfigProblem::TooLarge.into());
        assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })));
        assert_eq!(file.metadata().unwrap().len(), length);
    }
    assert_eq!(place.names(), ["config.json"]);
}

#[test]
fn a_file_at_the_limit_is_not_pushed_over_it() {
    let limit = usize::try_from(file::LARGEST).unwrap();
    let content = format!("{{\"a\": \"{}\"}}", "x".repeat(limit - 9));
    assert_eq!(content.len(), limit);
    let place = Place::with(content.as_bytes());
    assert_eq!(place.store.read(), StoredConfig::default());
    let error = place.store.update(deny).unwrap_err();
    assert!(matches!(error, ConfigError::Refused { problem: ConfigProblem::TooLarge, .. }), "{error}");
    assert_eq!(place.text(), content);
}

#[test]
fn a_folder_in_its_place_is_left_alone() {
    let place = Place::empty();
    fs::create_dir_all(place.path()).unwrap();
    assert_eq!(place.store.read(), ConfigProblem::NotAFile.into());
    assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })));
    assert!(place.path().is_dir());
}

#[test]
fn a_file_where_the_folder_should_be_is_left_alone() {
    let place = Place::empty();
    fs::write(place.folder(), "mine").unwrap();
    assert!(place.store.read().hides_consent());
    assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })));
    assert_eq!(fs::read_to_string(place.folder()).unwrap(), "mine");
}

#[test]
fn what_a_dead_writer_left_is_cleared_away() {
    let place = Place::with(b"{\"a\": 1}");
    fs::write(place.folder().join("config.json.tmp"), "{\"telemetry\": {\"cons").unwrap();
    place.store.update(deny).unwrap();
    assert_eq!(place.text(), "{\"a\": 1, \"telemetry\": {\"consent\": \"denied\"}}");
    assert_eq!(place.names(), ["config.json"]);
}

#[test]
fn another_program_that_writes_in_between_loses_nothing() {
    let place = Place::with(b"{\"a\": 1}");
    let mut calls = 0;
    place
        .store
        .update(|settings| {
            calls += 1;
            // the second call is the first one under the lock
            if calls == 2 {
                fs::write(place.path(), "{\"a\": 2, \"new\": true}").unwrap();
            }
            deny(settings);
        })
        .unwrap();
    assert_eq!(calls, 3);
    assert_eq!(place.text(), "{\"a\": 2, \"new\": true, \"telemetry\": {\"consent\": \"denied\"}}");
}

#[test]
fn another_program_that_never_stops_writing_wins() {
    let place = Place::with(b"{}");
    let mut n = 0;
    let error = place
        .store
        .update(|settings| {
            n += 1;
            fs::write(place.path(), format!("{{\"n\": {n}}}")).unwrap();
            deny(settings);
        })
        .unwrap_err();
    assert!(matches!(error, ConfigError::Contended { .. }), "{error}");
    assert_eq!(place.text(), format!("{{\"n\": {n}}}"));
    assert_eq!(place.names(), ["config.json"]);
}

#[test]
fn a_lock_that_is_never_let_go_is_not_waited_for_for_ever() {
    let place = Place::with(b"{}");
    let target = Target::open(&place.path()).unwrap();
    let _held = target.lock().unwrap();
    let error = place.store.update(deny).unwrap_err();
    assert!(matches!(error, ConfigError::Locked { .. }), "{error}");
    assert_eq!(place.text(), "{}");
    assert_eq!(place.store.read(), StoredConfig::default(), "reading takes no lock");
}
