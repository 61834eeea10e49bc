//! Tests with owners, modes, links, and other objects in place of a file.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::time::Duration;

use super::*;

/// A user id that no user of this machine has.
const SOMEBODY: u32 = 61_235;

fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("not root: nothing can be given to another user");
    }
    root
}

fn give_away(path: &Path) {
    std::os::unix::fs::lchown(path, Some(SOMEBODY), None).unwrap();
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn spool(home: &Path) -> OwnedFolder {
    OwnedFolder::at(home.join(".tool")).folder("telemetry").folder("spool")
}

fn refused<T: std::fmt::Debug>(result: std::io::Result<T>) -> Refusal {
    let error = result.unwrap_err();
    Refusal::of(&error).unwrap_or_else(|| panic!("{error:?}"))
}

fn pipe(path: &Path) {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
}

#[test]
fn folders_and_files_are_for_the_user_alone_and_what_exists_keeps_its_mode() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".tool")).unwrap();
    set_mode(&home.path().join(".tool"), 0o755);
    assert_eq!(spool(home.path()).open().unwrap_err().kind(), ErrorKind::NotFound);
    let folder = spool(home.path()).create().unwrap();
    folder.create("file").unwrap();
    let path = spool(home.path()).path();
    assert_eq!((mode(&home.path().join(".tool")), mode(path.parent().unwrap())), (0o755, 0o700));
    assert_eq!((mode(&path), mode(&path.join("file"))), (0o700, 0o600));

    let deep = OwnedFolder::at(home.path().join("a/b/.tool"));
    deep.create().unwrap();
    assert_eq!(mode(&home.path().join("a/b")), 0o700);
}

#[test]
fn a_link_is_followed_to_the_programs_own_folder_only() {
    let home = tempfile::tempdir().unwrap();
    let (dotfiles, elsewhere) = (home.path().join("dotfiles"), home.path().join("elsewhere"));
    fs::create_dir(&dotfiles).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    symlink(&dotfiles, home.path().join(".tool")).unwrap();
    spool(home.path()).create().unwrap().create("file").unwrap();
    assert!(dotfiles.join("telemetry/spool/file").exists());

    for below in ["telemetry", "telemetry/spool"] {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".tool").join(below).parent().unwrap()).unwrap();
        // The folder is private, so that the rules for modes do not refuse it first.
        set_mode(home.path().join(".tool").join(below).parent().unwrap(), 0o700);
        symlink(&elsewhere, home.path().join(".tool").join(below)).unwrap();
        assert_eq!(refused(spool(home.path()).open()), Refusal::Link, "{below}");
        assert_eq!(refused(spool(home.path()).create()), Refusal::Link, "{below}");
        assert_eq!(refused(spool(home.path()).open_to_delete()), Refusal::Link, "{below}");
        assert_eq!(spool(home.path()).refusal(), Some(Refusal::Link), "{below}");
    }
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn what_belongs_to_another_user_is_not_used() {
    if !is_root() {
        return;
    }
    for (foreign, expected) in [
        (".tool", Refusal::ForeignOwner),
        (".tool/telemetry", Refusal::ForeignOwner),
        (".tool/telemetry/spool", Refusal::ForeignOwner),
        ("", Refusal::BelowForeign),
    ] {
        let home = tempfile::tempdir().unwrap();
        spool(home.path()).create().unwrap();
        give_away(&home.path().join(foreign));
        assert_eq!(refused(spool(home.path()).open()), expected, "{foreign}");
        assert_eq!(refused(spool(home.path()).open_to_delete()), expected, "{foreign}");
        assert_eq!(refused(spool(home.path()).create()), expected, "{foreign}");
    }
    // Nothing is created below another user's folder, and their link is not followed.
    let home = tempfile::tempdir().unwrap();
    give_away(home.path());
    assert_eq!(refused(spool(home.path()).create()), Refusal::BelowForeign);
    assert_eq!(refused(make_folders(&home.path().join("a/b"))), Refusal::BelowForeign);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);

    let home = tempfile::tempdir().unwrap();
    let own = home.path().join("own");
    fs::create_dir(&own).unwrap();
    symlink(&own, home.path().join(".tool")).unwrap();
    give_away(&home.path().join(".tool"));
    assert_eq!(refused(spool(home.path()).create()), Refusal::Link);
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
}

#[test]
fn what_others_may_write_is_not_believed_but_may_be_deleted_from() {
    for (open, mode) in [("spool", 0o777), ("spool", 0o770), ("spool", 0o1777), ("", 0o707)] {
        let home = tempfile::tempdir().unwrap();
        spool(home.path()).create().unwrap().create("file").unwrap();
        set_mode(&home.path().join(".tool/telemetry").join(open), mode);
        assert_eq!(refused(spool(home.path()).open()), Refusal::Shared, "{open}");
        assert_eq!(refused(spool(home.path()).create()), Refusal::Shared, "{open}");
        let folder = spool(home.path()).open_to_delete().unwrap();
        assert_eq!(folder.remove_named(|name| name == "file").unwrap(), 1);
    }
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    folder.create("file").unwrap();
    set_mode(&spool(home.path()).path().join("file"), 0o606);
    assert_eq!(refused(folder.open("file")), Refusal::Shared);
    assert!(folder.is_foreign("file"));
}

#[test]
fn a_file_is_made_where_there_was_nothing_and_opened_where_it_is_the_users() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    let path = |name: &str| spool(home.path()).path().join(name);
    fs::write(path("theirs"), "theirs").unwrap();
    symlink(path("theirs"), path("link")).unwrap();
    symlink(path("nowhere"), path("dangling")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    pipe(&path("pipe"));
    for name in ["theirs", "link", "dangling", "folder", "pipe"] {
        assert_eq!(folder.create(name).unwrap_err().kind(), ErrorKind::AlreadyExists, "{name}");
    }
    assert!(folder.open("theirs").is_ok());
    for name in ["link", "dangling", "folder", "pipe"] {
        assert!(folder.open(name).is_err() && folder.is_foreign(name), "{name}");
    }
    if is_root() {
        give_away(&path("theirs"));
        assert_eq!(refused(folder.open("theirs")), Refusal::ForeignOwner);
    }
    assert_eq!(fs::read_to_string(path("theirs")).unwrap(), "theirs");
    assert!(!path("nowhere").exists());
    for name in ["", ".", "..", "/etc/passwd", "../spool", "a/b", "file/"] {
        assert!(folder.look(name).is_err() && folder.remove(name).is_err(), "{name}");
    }
}

#[test]
fn a_draft_is_put_in_its_place_whole_or_goes() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    let path = |name: &str| spool(home.path()).path().join(name);
    drop(folder.draft("a.tmp").unwrap());
    assert!(!path("a.tmp").exists());

    fs::write(path("a"), "old").unwrap();
    let draft = folder.draft("a.tmp").unwrap();
    draft.file().write_all(b"new").unwrap();
    assert_eq!(fs::read(path("a")).unwrap(), b"old");
    draft.place("a").unwrap();
    assert_eq!(fs::read(path("a")).unwrap(), b"new");

    symlink(path("a"), path("a.tmp")).unwrap();
    assert_eq!(folder.draft("a.tmp").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert!(path("a.tmp").is_symlink(), "what has the name is left alone");
    folder.draft_anew("a.tmp").unwrap().place_open("b").unwrap();
    assert_eq!((fs::read(path("a")).unwrap(), path("b").exists()), (b"new".to_vec(), true));
}

#[test]
fn only_what_is_named_is_deleted() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    let path = |name: &str| spool(home.path()).path().join(name);
    let target = home.path().join("target");
    fs::write(&target, "target").unwrap();
    fs::write(path("1.ours"), "").unwrap();
    symlink(&target, path("2.ours")).unwrap();
    fs::create_dir(path("3.ours")).unwrap();
    fs::create_dir_all(path("4.ours/deep")).unwrap();
    fs::write(path("notes.txt"), "").unwrap();
    assert_eq!(folder.remove_named(|name| name.ends_with(".ours")).unwrap(), 2);
    assert!(target.exists() && path("notes.txt").exists() && path("4.ours/deep").exists());
    assert!(!path("3.ours").exists(), "an empty folder is nothing");
    assert!(!spool(home.path()).remove_if_empty().unwrap());
    fs::remove_dir_all(path("4.ours")).unwrap();
    fs::remove_file(path("notes.txt")).unwrap();
    assert!(spool(home.path()).remove_if_empty().unwrap() && !spool(home.path()).path().exists());
    assert!(spool(home.path()).remove_if_empty().unwrap(), "gone already is as good");
}

#[test]
fn a_temporary_file_is_a_stray_after_an_hour() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    for (name, age) in [("old.tmp", 61), ("new.tmp", 59), ("old.report", 61), ("other.tmp", 61)] {
        let file = folder.create(name).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written - Duration::from_secs(age * 60)).unwrap();
    }
    folder.remove_strays(|name| name.ends_with(".tmp") && !name.starts_with("other"));
    let mut left = folder.names(|name| Some(name.to_owned())).unwrap();
    left.sort();
    assert_eq!(left, ["new.tmp", "old.report", "other.tmp"]);
}

#[test]
fn an_obstacle_is_the_folder_that_cannot_be_used_and_not_its_parent() {
    let home = tempfile::tempdir().unwrap();
    spool(home.path()).create().unwrap();
    let middle = home.path().join(".tool/telemetry");
    assert!(spool(home.path()).obstacle().is_none());
    set_mode(&middle, 0o777);
    let (at, error) = spool(home.path()).obstacle().unwrap();
    assert_eq!((at, Refusal::of(&error)), (middle.clone(), Some(Refusal::Shared)));
    if !is_root() {
        set_mode(&middle, 0o600);
        let (at, error) = spool(home.path()).obstacle().unwrap();
        assert_eq!((at, error.kind()), (middle.clone(), ErrorKind::PermissionDenied));
    }
    set_mode(&middle, 0o700);
    fs::remove_dir(spool(home.path()).path()).unwrap();
    symlink("elsewhere", spool(home.path()).path()).unwrap();
    assert_eq!(spool(home.path()).obstacle().unwrap().0, spool(home.path()).path());
}

#[test]
fn one_process_at_a_time_and_no_longer_than_patience() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    let held = folder.lock("lock", Patience::NONE).unwrap();
    assert_eq!(held.obstacle(), None);
    assert!(matches!(folder.lock("lock", Patience::NONE), Err(LockError::Held)));
    let short = Patience { longest: Duration::from_millis(20), step: Duration::from_millis(1) };
    assert!(matches!(folder.lock("lock", short), Err(LockError::Held)));
    drop(held);
    assert!(folder.lock("lock", Patience::NONE).is_ok());
}

#[test]
fn something_else_in_the_place_of_a_lock_is_told_and_waits_for_nobody() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    let path = |name: &str| spool(home.path()).path().join(name);
    pipe(&path("pipe"));
    fs::create_dir(path("folder")).unwrap();
    symlink("nowhere", path("link")).unwrap();
    let mut names = vec!["pipe", "folder", "link"];
    if is_root() {
        fs::write(path("theirs"), "").unwrap();
        give_away(&path("theirs"));
        names.push("theirs");
    }
    for name in names {
        let lock = folder.lock(name, Patience::NONE).unwrap();
        assert_eq!(lock.obstacle(), Some(Obstacle::InItsPlace), "{name}");
    }
    assert!(!path("nowhere").exists());
}

#[test]
fn a_file_is_held_while_it_is_open_where_it_was_locked() {
    let home = tempfile::tempdir().unwrap();
    let folder = spool(home.path()).create().unwrap();
    let file = folder.create("file").unwrap();
    hold(&file).unwrap();
    assert_eq!(is_held(&folder.open("file").unwrap()), Some(true));
    drop(file);
    assert_eq!(is_held(&folder.open("file").unwrap()), Some(false));
}

#[test]
fn a_link_of_the_users_leads_to_a_file_and_one_of_another_user_does_not() {
    let home = tempfile::tempdir().unwrap();
    let (target, link) = (home.path().join("target"), home.path().join("link"));
    fs::write(&target, "text").unwrap();
    symlink(&target, &link).unwrap();
    let (file, found) = open_linked(&link).unwrap();
    assert_eq!((found.kind, found.owner), (Kind::File, Owner::Own));
    assert_eq!(read_at_most(&file, 4).unwrap(), Some(b"text".to_vec()));
    assert_eq!(read_at_most(open_linked(&link).unwrap().0, 3).unwrap(), None);
    assert_eq!(follow(&link).unwrap(), Some(fs::canonicalize(&target).unwrap()));
    assert_eq!(follow(&home.path().join("nothing")).unwrap(), Some(home.path().join("nothing")));
    if is_root() {
        give_away(&link);
        assert_eq!(refused(open_linked(&link)), Refusal::ForeignOwner);
        assert_eq!(refused(follow(&link)), Refusal::ForeignOwner);
        chown(&target, Some(SOMEBODY), None).unwrap();
        assert_eq!(open_linked(&target).unwrap().1.owner, Owner::Other(SOMEBODY));
    }
    fs::remove_file(&target).unwrap();
    fs::remove_file(&link).unwrap();
    symlink(&target, &link).unwrap();
    assert_eq!(follow(&link).unwrap(), None, "it leads nowhere");
}

#[test]
fn a_wait_looks_at_least_once_and_ends() {
    let mut looks = 0;
    assert_eq!(wait_for(Patience::NONE, || Some(1)), Some(1));
    let short = Patience { longest: Duration::from_millis(5), step: Duration::from_millis(1) };
    let none: Option<()> = wait_for(short, || {
        looks += 1;
        None
    });
    assert!(none.is_none() && looks >= 2, "{looks}");
}
