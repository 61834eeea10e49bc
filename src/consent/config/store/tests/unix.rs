//! Links, owners, modes and pipes.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;
use crate::consent::config::UsageConsent;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn what_we_create_is_for_the_user_alone_and_what_exists_keeps_its_permissions() {
    let place = Place::empty();
    place.store.update(deny).unwrap();
    assert_eq!((mode(place.folder()), mode(&place.path())), (0o700, 0o600));
    assert_eq!(mode(&place.folder().join("config.json.lock")), 0o600);

    for permissions in [0o644, 0o640, 0o600, 0o400] {
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
        // A file of root's that every system has.
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
fn of_what_others_may_write_every_no_counts_and_no_yes() {
    let decided = "\"decided_at\": \"2026-11-20T12:00:00.000Z\", \"email\": \"eve@example.org\"";
    for (consent, usage, left) in [
        ("always", "always", (Consent::NotSet, UsageConsent::NotSet)),
        ("once", "denied", (Consent::NotSet, UsageConsent::Denied)),
        ("denied", "always", (Consent::Denied, UsageConsent::NotSet)),
        ("not_set", "not_set", (Consent::NotSet, UsageConsent::NotSet)),
    ] {
        let text = format!(
            "{{\"a\": 1, \"telemetry\": {{\"consent\": \"{consent}\", \"usage\": \"{usage}\", {decided}}}}}"
        );
        let place = Place::with(text.as_bytes());
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o646)).unwrap();
        let stored = place.store.read();
        assert_eq!(stored.problem, Some(ConfigProblem::WritableByOthers), "{consent}");
        assert_eq!((stored.settings.consent, stored.settings.usage), left);
        assert_eq!(stored.settings.email, None);
        assert_eq!(stored.hides_consent(), consent != "denied", "{consent}");
        let error = place.store.update(|s| s.email = Some("ada@example.org".into())).unwrap_err();
        assert!(matches!(error, ConfigError::Refused { .. }), "only a decision mends it: {error}");
        assert_eq!(mode(&place.path()), 0o646);

        let written = place.store.replace(now(), |s| s.consent = Consent::Always).unwrap();
        assert!(written.changed && written.copied_aside.is_none());
        assert_eq!((mode(&place.path()), place.store.read().problem), (0o644, None));
        let settings = place.store.read().settings;
        assert_eq!((settings.consent, settings.usage, settings.email), (Consent::Always, left.1, None));
        assert!(place.text().starts_with("{\"a\": 1, "), "{}", place.text());
    }
}

#[test]
fn a_group_that_is_not_the_users_own_counts_as_others() {
    if !rustix::process::geteuid().is_root() {
        println!("not root: a file may not be given to any group");
        return;
    }
    let place = Place::with(b"{\"telemetry\": {\"consent\": \"always\"}}");
    // A group that this machine does not have.
    let group = rustix::fs::Gid::from_raw(61_235);
    rustix::fs::chown(place.path(), None, Some(group)).unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(place.store.read().problem, Some(ConfigProblem::WritableByOthers));
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(place.store.read().settings.consent, Consent::Always);
}

#[test]
fn a_link_or_a_folder_of_another_user_leads_to_no_decision() {
    if !rustix::process::geteuid().is_root() {
        return; // only root can make such a link
    }
    let yes = b"{\"telemetry\": {\"consent\": \"always\"}}";
    let give_away = |path: &Path| std::os::unix::fs::lchown(path, Some(65_534), Some(65_534)).unwrap();
    let place = Place::with(yes);
    let own = place.folder().parent().unwrap().join("own.json");
    fs::rename(place.path(), &own).unwrap();
    symlink(&own, place.path()).unwrap();
    assert_eq!(place.store.read().settings.consent, Consent::Always, "the user's own link");
    give_away(&place.path());
    let place = [place, Place::with(yes), Place::with(yes)];
    give_away(place[1].folder());
    give_away(place[2].folder().parent().unwrap());
    for place in &place {
        assert_eq!(place.store.read(), ConfigProblem::ForeignOwner.into());
        assert!(matches!(place.store.replace(now(), deny), Err(ConfigError::Refused { .. })));
        assert_eq!(place.names(), ["config.json"]);
        assert!(!place.folder().join("config.json.lock").exists());
    }
    assert_eq!(fs::read(&own).unwrap(), yes);
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
    assert!(matches!(error, ConfigError::Refused { problem: ConfigProblem::ForeignOwner, .. }), "{error}");
    assert!(!place.folder().exists());
}
