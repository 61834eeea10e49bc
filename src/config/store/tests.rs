//! Bad files, for real: what stands where the file should be, and what becomes of it.

#[cfg(unix)]
mod processes;

use std::fs;

use super::*;
use crate::config::Consent;

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

    /// The names in the folder but the lock's, which stays.
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
    assert_eq!(place.store.read(), Stored::default());
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
    assert_eq!(place.store.read(), Stored::default());
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
    let _held = Lock::acquire(&place.path()).unwrap();
    let error = place.store.update(deny).unwrap_err();
    assert!(matches!(error, ConfigError::Locked { .. }), "{error}");
    assert_eq!(place.text(), "{}");
    assert_eq!(place.store.read(), Stored::default(), "reading takes no lock");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn what_we_create_is_for_the_user_alone_and_what_exists_keeps_its_permissions() {
        let place = Place::empty();
        place.store.update(deny).unwrap();
        assert_eq!((mode(place.folder()), mode(&place.path())), (0o700, 0o600));
        assert_eq!(mode(&place.folder().join("config.json.lock")), 0o600);

        for permissions in [0o644, 0o640, 0o660, 0o400] {
            let place = Place::with(b"{}");
            fs::set_permissions(place.folder(), fs::Permissions::from_mode(0o755)).unwrap();
            fs::set_permissions(place.path(), fs::Permissions::from_mode(permissions)).unwrap();
            place.store.update(deny).unwrap();
            assert_eq!((mode(place.folder()), mode(&place.path())), (0o755, permissions));
        }
    }

    #[test]
    fn a_link_stays_a_link_and_its_target_is_written() {
        let place = Place::empty();
        let elsewhere = place.folder().parent().unwrap().join("dotfiles");
        fs::create_dir(&elsewhere).unwrap();
        fs::create_dir(place.folder()).unwrap();
        fs::write(elsewhere.join("tool.json"), "{\"a\":1}").unwrap();
        symlink("../dotfiles/tool.json", place.path()).unwrap();
        place.store.update(deny).unwrap();
        assert!(place.path().symlink_metadata().unwrap().is_symlink());
        let text = fs::read_to_string(elsewhere.join("tool.json")).unwrap();
        assert_eq!(text, "{\"a\":1,\"telemetry\":{\"consent\":\"denied\"}}");
        assert_eq!(place.store.read().settings.consent, Consent::Denied);
    }

    #[test]
    fn links_that_lead_nowhere_or_in_circles_are_refused_and_kept() {
        for target in ["gone.json", "config.json"] {
            let place = Place::empty();
            fs::create_dir(place.folder()).unwrap();
            symlink(target, place.path()).unwrap();
            assert!(place.store.read().hides_consent(), "{target}");
            assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })), "{target}");
            assert_eq!(fs::read_link(place.path()).unwrap(), Path::new(target));
            assert!(!place.folder().join("gone.json").exists());
        }
    }

    fn make_pipe(path: &Path) {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn a_pipe_a_socket_and_a_device_neither_hold_us_up_nor_are_written() {
        let place = Place::empty();
        fs::create_dir(place.folder()).unwrap();
        let make: [fn(&Path); 3] = [
            make_pipe,
            |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap()),
            |path| symlink("/dev/null", path).unwrap(),
        ];
        for make in make {
            make(&place.path());
            assert_eq!(place.store.read(), ConfigProblem::NotAFile.into());
            assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })));
            assert!(!place.path().symlink_metadata().unwrap().is_file());
            fs::remove_file(place.path()).unwrap();
        }
    }

    #[test]
    fn what_is_refused_gets_no_lock_beside_it() {
        let place = Place::empty();
        let elsewhere = place.folder().parent().unwrap().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::create_dir(place.folder()).unwrap();
        make_pipe(&elsewhere.join("pipe"));
        symlink(elsewhere.join("pipe"), place.path()).unwrap();
        assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })));
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
        assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 1);
    }

    #[test]
    fn links_and_pipes_in_the_place_of_lock_and_temporary_file_are_not_followed() {
        let place = Place::with(b"{}");
        let victim = place.folder().join("victim");
        fs::write(&victim, "precious").unwrap();

        symlink("victim", place.folder().join("config.json.tmp")).unwrap();
        place.store.update(deny).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");

        let lock = place.folder().join("config.json.lock");
        fs::remove_file(&lock).unwrap();
        symlink("victim", &lock).unwrap();
        assert!(matches!(place.store.update(|s| s.policy = Some(2)), Err(ConfigError::Io { .. })));
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    }

    #[test]
    fn a_file_of_another_user_is_neither_believed_nor_written() {
        let yes = "{\"telemetry\": {\"consent\": \"always\"}}";
        let place = Place::with(yes.as_bytes());
        let path = if rustix::process::geteuid().is_root() {
            rustix::fs::chown(place.path(), Some(rustix::process::Uid::from_raw(65_534)), None).unwrap();
            place.path()
        } else {
            // root's, and everywhere
            fs::remove_file(place.path()).unwrap();
            symlink("/etc/passwd", place.path()).unwrap();
            PathBuf::from("/etc/passwd")
        };
        let before = fs::read(&path).unwrap();
        assert_eq!(place.store.read(), ConfigProblem::ForeignOwner.into());
        assert!(place.store.replace(now(), deny).is_err());
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    #[test]
    fn nothing_is_created_below_a_folder_of_another_user() {
        if !rustix::process::geteuid().is_root() {
            return; // only root can make such a folder
        }
        let place = Place::empty();
        let home = place.folder().parent().unwrap();
        rustix::fs::chown(home, Some(rustix::process::Uid::from_raw(65_534)), None).unwrap();
        let error = place.store.replace(now(), deny).unwrap_err();
        assert!(
            matches!(error, ConfigError::Refused { problem: ConfigProblem::ForeignOwner, .. }),
            "{error}"
        );
        assert!(!place.folder().exists());
    }
}
