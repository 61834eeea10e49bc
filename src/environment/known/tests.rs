use super::*;

/// Does `known` hold this value? The value is searched for in the `Debug` form, because `Known` has no public accessor.
fn knows(known: &Known, kind: Redaction, value: &str) -> bool {
    format!("{known:?}").contains(&format!("({kind:?}, {value:?})"))
}

fn of(pairs: &[(&str, &str)], host: &Host) -> Known {
    known_values(&Env::from_pairs("APP", pairs.iter().copied()), host)
}

/// Makes a path absolute on Windows too.
fn on_drive(path: &str) -> String {
    if cfg!(windows) { format!("C:{path}") } else { path.to_owned() }
}

#[test]
fn names_and_folders_of_a_person_are_known_by_kind() {
    let host = Host {
        name: Some("lovelace-laptop.fritz.box".into()),
        home: Some(on_drive("/home/ada").into()),
        working_folder: Some(on_drive("/home/ada/engine/").into()),
        temporary_folder: Some(on_drive("/var/folders/x9/T").into()),
        ..Host::default()
    };
    let known =
        of(&[("USER", "ada"), ("GIT_AUTHOR_NAME", "Ada Lovelace"), ("HOSTNAME", "analytical")], &host);
    for (kind, value) in [
        (Redaction::Path, &*on_drive("/home/ada")),
        (Redaction::Path, &*on_drive("/home/ada/engine")),
        (Redaction::Path, &*on_drive("/var/folders/x9/T")),
        (Redaction::User, "ada"),
        (Redaction::User, "Ada Lovelace"),
        (Redaction::Host, "lovelace-laptop.fritz.box"),
        (Redaction::Host, "lovelace-laptop"),
        (Redaction::Host, "analytical"),
    ] {
        assert!(knows(&known, kind, value), "{kind:?} {value} in {known:?}");
    }
}

#[test]
fn what_names_nobody_is_left_out() {
    let host = Host {
        name: Some("localhost.localdomain".into()),
        home: Some("/root".into()),
        working_folder: Some("/app".into()),
        temporary_folder: Some("/tmp".into()),
        ..Host::default()
    };
    let known = of(
        &[
            ("USER", "root"),
            ("LOGNAME", "Ubuntu"),
            ("USERNAME", "1000"),
            ("HOSTNAME", "localhost"),
            ("HOME", "/home"),
            ("PWD", "relative/folder"),
            ("API_KEY", ""),
            ("PASSWORD", "short"),
            ("AUTH", "enabled"),
            ("TOKEN_TTL", "1000000"),
            ("KEYBOARD_LAYOUT", "german-us"),
            ("TOKENIZERS_PARALLELISM", "something"),
            ("MONKEY", "bananas"),
            ("OLDPWD", "relative/before"),
        ],
        &host,
    );
    assert_eq!(format!("{known:?}"), format!("{:?}", Known::default()));
}

#[test]
fn values_of_variables_with_secret_names_are_protected() {
    let cases = [
        ("OPENAI_API_KEY", "sk-abcdef"),
        ("DB_PWD", "hunter2"),
        ("MY_APP_SECRET", "s3cr3t"),
        ("github_token", "ghx_123456"),
        ("SENTRY_DSN", "https://k@host/1"),
        ("PGPASSWORD_PASS", "correct horse"),
        ("APIKEY", "0123456789ab"),
    ];
    for (name, value) in cases {
        assert!(knows(&of(&[(name, value)], &Host::default()), Redaction::Protected, value), "{name}");
    }
}

#[test]
fn a_resolved_folder_is_known_as_texts_have_it() {
    for (resolved, plainly) in [
        (r"\\?\C:\Users\ada", r"C:\Users\ada"),
        (r"\\?\UNC\files\ada\tools", r"\\files\ada\tools"),
        (r"C:\Users\ada", r"C:\Users\ada"),
        ("/home/ada", "/home/ada"),
    ] {
        assert_eq!(plain(resolved), plainly);
    }
}

#[cfg(windows)]
#[test]
fn folders_are_known_plainly_when_they_were_resolved() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("somebody");
    std::fs::create_dir(&folder).unwrap();
    let known = of(&[("USERPROFILE", folder.to_str().unwrap())], &Host::default());
    assert!(!format!("{known:?}").contains(r"\\?\"));
    assert!(knows(&known, Redaction::Path, folder.to_str().unwrap()));
}

#[cfg(unix)]
#[test]
fn folders_are_known_with_their_links_resolved_too() {
    let root = tempfile::tempdir().unwrap();
    let real = root.path().canonicalize().unwrap().join("real");
    let link = root.path().join("link");
    std::fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let known = of(&[("HOME", link.to_str().unwrap())], &Host::default());
    assert!(knows(&known, Redaction::Path, link.to_str().unwrap()));
    assert!(knows(&known, Redaction::Path, real.to_str().unwrap()));
}
