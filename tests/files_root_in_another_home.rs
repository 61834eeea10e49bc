//! Runs as root with the home folder of another user, as `sudo -E` does. Nothing is deleted or written through a link,
//! no file of root's is left in that home folder, and of two failures the worse is reported first.
//!
//! Needs root, because nobody else can act as root in another user's home folder.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod scenario;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};

use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::root;
use scenario::{Stage, builder};

/// A user id that does not exist on this machine.
const ADA: u32 = 61_235;

fn program(part: &str) {
    let telemetry = builder().install().expect("installed");
    match part {
        "purge" => drop(telemetry.purge()),
        "disable" => {
            let error = telemetry.disable().expect_err("a no that cannot be stored is told").to_string();
            let (stored, deleted) = (error.find("config.json"), error.find("deleted"));
            let home = error.find("/ada");
            assert!(stored.or(home).is_some(), "{error}");
            assert!(deleted.is_none() || stored.or(home) < deleted, "the worse first: {error}");
        }
        _ => {
            let _ = capture_exception(&std::io::Error::other("x"), context! {});
            let _ = std::panic::catch_unwind(|| panic!("y"));
            telemetry.flush(std::time::Duration::from_secs(20));
        }
    }
}

/// Every file, folder and link below a folder with its owner, in sorted order.
fn tree(folder: &Path) -> Vec<(PathBuf, u32)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let seen = entry.path().symlink_metadata().expect("seen");
        found.push((entry.path(), seen.uid()));
        if seen.is_dir() {
            found.extend(tree(&entry.path()));
        }
    }
    found.sort();
    found
}

fn make(path: &Path, owner: u32) {
    fs::create_dir(path).expect("made");
    chown(path, Some(owner), Some(owner)).expect("given away");
}

fn test(_: &Stage) {
    for linked in [".tool/telemetry", ".tool", "nothing"] {
        for part in ["purge", "disable", "starts"] {
            let stage = Stage::new();
            let (home, elsewhere) = (stage.folder().join("ada"), stage.folder().join("elsewhere"));
            make(&home, ADA);
            make(&elsewhere, 0);
            for (folder, file) in [("spool", "precious"), ("spool/quarantine", "old"), ("journal", "1.sent")]
            {
                fs::create_dir_all(elsewhere.join(folder)).expect("made");
                fs::write(elsewhere.join(folder).join(file), "root's own").expect("written");
            }
            fs::create_dir(elsewhere.join("telemetry")).expect("made");
            if linked == ".tool/telemetry" {
                make(&home.join(".tool"), ADA);
            }
            if linked != "nothing" {
                symlink(&elsewhere, home.join(linked)).expect("linked");
                lchown(home.join(linked), Some(ADA), Some(ADA)).expect("given away");
            }
            let before = (tree(&home), tree(&elsewhere));
            let mut command = stage.command(part);
            command.env_remove("CRAWL4AI_CONFIG_DIR").env("HOME", &home);
            let output = command.output().expect("runs");
            assert!(output.status.success(), "{linked} {part}: {}", String::from_utf8_lossy(&output.stderr));
            assert_eq!((tree(&home), tree(&elsewhere)), before, "{linked} {part}");
            if part == "starts" {
                assert_eq!(stage.delivered().len(), 2, "{linked}: what cannot be stored leaves all the same");
            }
        }
    }
}

fn main() {
    scenario::main_where(root, program, test);
}
