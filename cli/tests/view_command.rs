//! The command `view`: where its page is stored, who may read it, which program opens it, and when it is deleted.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crawl4ai_telemetry_conformance::{Reply, Server};
use support::{Said, User, dsn, user_with_a_report};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The path of a user's page.
fn page(user: &User) -> PathBuf {
    user.home().join(".crawl4ai/telemetry/page.html")
}

/// A folder with programs that open files. Each records its arguments and exits with `code`.
fn openers(user: &User, code: i32) -> PathBuf {
    let folder = user.home().join("bin");
    fs::create_dir_all(&folder).unwrap();
    for name in ["xdg-open", "gio", "wslview", "open"] {
        let script = format!(
            "#!/bin/sh\nfor argument; do echo \"{name} $argument\" >> '{}'; done\nexit {code}\n",
            user.home().join("opened").display()
        );
        fs::write(folder.join(name), script).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn view_with(user: &User, openers: &Path, variables: &[(&str, &str)]) -> Said {
    let path = format!("{}:/usr/bin:/bin", openers.display());
    user.crwl_with(&[&[("PATH", &*path)], variables].concat(), &["view"])
}

#[test]
fn the_browser_is_told_a_path_and_nothing_else_and_the_page_is_for_the_user_alone() {
    let user = user_with_a_report();
    let said = view_with(&user, &openers(&user, 0), &[("DISPLAY", ":77")]);
    assert_eq!((said.code, &*said.out), (0, ""), "{said:?}");
    assert!(said.err.starts_with("Opened in your browser: ~/.crawl4ai/telemetry/page.html\n"), "{said:?}");
    let opened = fs::read_to_string(user.home().join("opened")).unwrap();
    assert_eq!(opened, format!("xdg-open {}\n", page(&user).display()), "one program, one argument");
    assert_eq!((mode(&page(&user)), mode(page(&user).parent().unwrap())), (0o600, 0o700));
    assert!(fs::read_to_string(page(&user)).unwrap().contains("<b>1</b> report waits</a>"));
}

#[test]
fn where_no_browser_can_be_opened_a_line_says_where_the_page_is() {
    let user = user_with_a_report();
    let nothing = user.home().join("nothing");
    for (openers, variables) in [
        // Without a screen no program is started, because it would take over the terminal.
        (openers(&user, 0), &[][..]),
        // A screen, and programs that fail to open the page.
        (openers(&user, 3), &[("DISPLAY", ":77")]),
        // A screen, and no such program.
        (nothing, &[("WAYLAND_DISPLAY", "wayland-77")]),
    ] {
        let path = if openers.ends_with("nothing") {
            openers.display().to_string()
        } else {
            format!("{}:/usr/bin:/bin", openers.display())
        };
        let said = user.crwl_with(&[&[("PATH", &*path)], variables].concat(), &["view"]);
        let expected = "No browser could be opened here. The page is for you alone, and lies in\n\
                        ~/.crawl4ai/telemetry/page.html\n";
        assert_eq!((said.code, &*said.out, &*said.err), (0, "", expected));
        assert!(page(&user).is_file());
        let tried = fs::read_to_string(user.home().join("opened")).unwrap_or_default();
        assert_eq!(tried.is_empty(), variables.is_empty() || openers.ends_with("nothing"), "{tried}");
        let _ = fs::remove_file(user.home().join("opened"));
    }
}

#[test]
fn it_goes_with_what_it_shows() {
    let user = user_with_a_report();
    for command in ["purge", "disable"] {
        user.crwl(&["view"]);
        assert!(page(&user).is_file());
        let said = user.crwl(&[command]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(!page(&user).exists(), "{command}");
    }
}

#[test]
fn a_new_file_gets_the_page_and_nothing_else_is_touched() {
    let user = user_with_a_report();
    let file = user.home().join("my page.html");
    let out = |path: &Path| user.crwl(&["view", "--out", path.to_str().unwrap()]);

    let said = out(&file);
    assert_eq!((said.code, &*said.out), (0, ""), "{said:?}");
    assert_eq!(
        said.err,
        "The page is in ~/my page.html. It shows what was sent; only you can delete this file.\n"
    );
    let whole = fs::read_to_string(&file).unwrap();
    assert!(whole.starts_with("<!doctype html>") && whole.trim_end().ends_with("</html>"), "{whole}");
    assert_eq!(mode(&file), 0o600);
    assert!(!page(&user).exists(), "that one is for the browser");

    // A relative path is in the working folder.
    let here = user.command(&["view", "--out", "page.html"]).current_dir(user.home()).status().unwrap();
    assert!(here.success() && user.home().join("page.html").is_file());

    fs::write(user.home().join("letter"), "dear Ada").unwrap();
    std::os::unix::fs::symlink(user.home().join("nowhere"), user.home().join("link")).unwrap();
    for taken in ["letter", "link", "my page.html", "bin/.."] {
        fs::create_dir_all(user.home().join("bin")).unwrap();
        let said = out(&user.home().join(taken));
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.starts_with("error: ") && said.err.lines().count() == 1, "{said:?}");
        let there = "is there already, and stays as it is: name another file, or delete it first";
        assert_eq!(said.err.contains(there), taken != "bin/..", "{said:?}");
    }
    assert_eq!(fs::read(user.home().join("letter")).unwrap(), b"dear Ada");
    assert!(!user.home().join("nowhere").exists(), "nothing is written through a link");

    let said = out(&user.home().join("missing/page.html"));
    assert!(said.err.starts_with("error: the page cannot be written to ~/missing/page.html: "), "{said:?}");
    assert_eq!(said.code, 1);
    assert!(!user.home().join("missing").exists());
    let said = out(Path::new("/proc/self/page.html"));
    assert!(
        said.code == 1 && said.err.starts_with("error: the page cannot be written to /proc/self/page.html: "),
        "{said:?}"
    );
}

/// Simulates a full disk: a file may have only 512 bytes.
#[test]
fn half_a_page_is_not_left() {
    let user = user_with_a_report();
    let limited = |arguments: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 1; exec {} telemetry view {arguments}",
            env!("CARGO_BIN_EXE_crwl")
        );
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env_clear().env("HOME", user.home()).env("CRAWL4AI_DOCKER", "0");
        let output = command.current_dir(user.home()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = limited("--out page.html");
    assert!(
        code == Some(1) && said.starts_with("error: the page cannot be written to page.html: "),
        "{said}"
    );
    assert!(!user.home().join("page.html").exists());

    user.crwl(&["view"]);
    let before = fs::read(page(&user)).unwrap();
    let (code, said) = limited("");
    assert!(code == Some(1) && said.starts_with("error: the page cannot be kept: "), "{said}");
    assert!(said.contains("`crwl telemetry view --out FILE` writes it where you say"), "{said}");
    assert_eq!(fs::read(page(&user)).unwrap(), before, "whole or not at all");
    let left = fs::read_dir(page(&user).parent().unwrap()).unwrap().flatten();
    assert!(!left.into_iter().any(|entry| entry.file_name().to_string_lossy().ends_with(".tmp")));
}

#[test]
fn nothing_is_asked_of_anybody() {
    let user = user_with_a_report();
    let server = Server::always(Reply::status(200));
    let there = dsn(&server);
    let said = user.crwl_with(
        &[("CRAWL4AI_SENTRY_DSN", &there)],
        &["view", "--out", user.home().join("p").to_str().unwrap()],
    );
    assert_eq!((said.code, server.connections()), (0, 0), "{said:?}");

    // No socket is opened. This is checked if `strace` is installed.
    if Command::new("strace").arg("-V").output().is_err() {
        return;
    }
    let calls = user.home().join("calls");
    let mut traced = Command::new("strace");
    traced.args(["-f", "-e", "trace=socket,execve", "-o"]).arg(&calls).arg(env!("CARGO_BIN_EXE_crwl"));
    traced.args(["telemetry", "view"]).env_clear().env("HOME", user.home()).env("CRAWL4AI_DOCKER", "0");
    let status = traced.env("CRAWL4AI_SENTRY_DSN", &there).status().unwrap();
    let calls = fs::read_to_string(&calls).unwrap();
    assert!(status.success() && calls.contains("execve("), "{calls}");
    assert!(!calls.contains("socket("), "{calls}");
}
