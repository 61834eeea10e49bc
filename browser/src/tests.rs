use super::*;

use std::fs;
use std::time::Instant;

fn words(command: &Command) -> Vec<String> {
    let args = command.get_args().map(|word| word.to_string_lossy().into_owned());
    [command.get_program().to_string_lossy().into_owned()].into_iter().chain(args).collect()
}

#[test]
#[cfg(unix)]
fn the_variable_names_commands_and_no_shell_reads_them() {
    let page = Path::new("/home/ada/a page.html");
    for (browser, expected) in [
        ("firefox", vec![vec!["firefox", "/home/ada/a page.html"]]),
        ("firefox --new-window %s -v", vec![vec!["firefox", "--new-window", "/home/ada/a page.html", "-v"]]),
        (
            "one:two x: :",
            vec![vec!["one", "/home/ada/a page.html"], vec!["two", "x", "/home/ada/a page.html"]],
        ),
        ("sh -c $(id);%s", vec![vec!["sh", "-c", "$(id);%s", "/home/ada/a page.html"]]),
        (" ", vec![]),
    ] {
        let found: Vec<_> = commands_of(browser, page).iter().map(words).collect();
        assert_eq!(found, expected, "{browser:?}");
    }
}

#[test]
fn it_shows_no_variable() {
    let browser = Browser::new([("TOKEN", "hunter2")]);
    assert_eq!(format!("{browser:?}"), "Browser { variables: 1 }");
}

/// A script that records its argument and its variables, and then runs `rest`.
#[cfg(unix)]
fn script(folder: &Path, name: &str, rest: &str) -> String {
    use std::os::unix::fs::PermissionsExt;

    let path = folder.join(name);
    let told = folder.join("told");
    let text = format!("#!/bin/sh\necho \"{name} $# $1\" >> {0}\nenv >> {0}\n{rest}\n", told.display());
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
#[cfg(all(unix, not(target_os = "macos")))]
fn each_command_is_tried_until_one_takes_the_file_with_the_variables_that_were_given() {
    let folder = tempfile::tempdir().unwrap();
    let told = || fs::read_to_string(folder.path().join("told")).unwrap_or_default();
    let (fails, works) = (script(folder.path(), "fails", "exit 3"), script(folder.path(), "works", "exit 0"));
    let page = folder.path().join("page.html");
    let named = |browser: &str| {
        Browser::new([("BROWSER", browser), ("PATH", "/usr/bin:/bin"), ("ONLY", "this")]).open(&page)
    };
    assert!(named(&format!("/nowhere/at/all:{fails}:{works}:{fails}")));
    let said = told();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(" 1 ")).collect();
    assert_eq!(lines, [format!("fails 1 {}", page.display()), format!("works 1 {}", page.display())]);
    assert!(said.contains("ONLY=this") && !said.contains("CARGO"), "{said}");

    assert!(!named(&fails), "there is no desktop to ask besides");
    assert!(!named("/nowhere/at/all"));
}

#[test]
#[cfg(all(unix, not(target_os = "macos")))]
fn where_there_is_no_screen_nothing_is_started_and_a_desktop_opens_what_no_browser_is_named_for() {
    let folder = tempfile::tempdir().unwrap();
    script(folder.path(), "xdg-open", "exit 0");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    for (variable, value, opened) in [
        ("DISPLAY", ":77", true),
        ("WAYLAND_DISPLAY", "w", true),
        ("DISPLAY", "", false),
        ("TERM", "x", false),
    ] {
        let browser = Browser::new([("PATH", &*path), (variable, value)]);
        assert_eq!((browser.has_screen(), browser.open(Path::new("/page"))), (opened, opened), "{variable}");
        assert_eq!(folder.path().join("told").exists(), opened, "{variable}={value}");
        let _ = fs::remove_file(folder.path().join("told"));
    }
}

#[test]
#[cfg(unix)]
fn a_browser_that_stays_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let stays = script(folder.path(), "stays", "sleep 30");
    let start = Instant::now();
    assert!(Browser::new([("BROWSER", &*stays), ("PATH", "/usr/bin:/bin")]).open(Path::new("/page")));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
