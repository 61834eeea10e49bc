use std::fs;
use std::path::Path;

use super::*;

fn read(text: &[u8]) -> Result<(MachinePolicy, Destinations), MachinePolicyProblem> {
    document::read(text)
}

#[test]
fn each_field_says_one_thing_and_what_is_not_there_says_nothing() {
    let nothing = MachinePolicy::default();
    let cases: [(&str, MachinePolicy); 9] = [
        ("{}", nothing),
        ("\u{feff} {\n}\n", nothing),
        (r#"{"reports": null, "level": null}"#, nothing),
        (r#"{"reports": "forbidden"}"#, MachinePolicy { forbids_reports: true, ..nothing }),
        (r#"{"usage": "forbidden"}"#, MachinePolicy { forbids_usage: true, ..nothing }),
        (r#"{"level": "own_words"}"#, MachinePolicy { level: Some(Privacy::OwnWords), ..nothing }),
        (r#"{"level": "strict"}"#, MachinePolicy { level: Some(Privacy::Strict), ..nothing }),
        (r#"{"question": "hidden"}"#, MachinePolicy { hides_question: true, ..nothing }),
        (
            r#"{"\u0072eports":"forbidden","usage":"forbidden","question":"hidden","level":"strict"}"#,
            MachinePolicy::FORBIDS,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text.as_bytes()), Ok((expected, Destinations::default())), "{text}");
    }
    let (policy, destinations) = read(
        br#"{"address": " https://k@crashes.example.com/1 ", "proxy": "http://proxy.example.com:3128"}"#,
    )
    .unwrap();
    assert_eq!(policy, nothing);
    assert_eq!(destinations.address.as_deref(), Some("https://k@crashes.example.com/1"));
    assert_eq!(destinations.proxy.as_deref(), Some("http://proxy.example.com:3128"));
    assert_eq!(format!("{destinations:?}"), "Destinations { address: true, proxy: true }");
}

#[test]
fn no_word_allows_anything_and_what_is_not_known_is_told_with_its_line() {
    use MachinePolicyProblem::{Damaged, Unknown};
    let unknown = [
        r#"{"reports": "allowed"}"#,
        r#"{"reports": true}"#,
        r#"{"reports": false}"#,
        r#"{"reports": ""}"#,
        r#"{"reports": "Forbidden"}"#,
        r#"{"usage": "always"}"#,
        r#"{"consent": "always"}"#,
        r#"{"report": "forbidden"}"#,
        r#"{"level": "standard"}"#,
        r#"{"level": 3}"#,
        r#"{"question": "shown"}"#,
        r#"{"address": 7}"#,
        r#"{"address": {"url": "x"}}"#,
        r#"{"reports": "forbidden", "reports": "forbidden"}"#,
        r#"{"reports": "forbidden", "reports": null}"#,
    ];
    for text in unknown {
        assert_eq!(read(text.as_bytes()), Err(Unknown(1)), "{text}");
    }
    for text in ["", " ", "{", "[]", "null", "\"forbidden\"", "{} {}", r#"{"reports": "forbidden""#, "// {}"]
    {
        assert!(matches!(read(text.as_bytes()), Err(Damaged(1))), "{text}");
    }
    assert_eq!(read(b"{\n  \"level\": \"strict\",\n  \"levels\": \"strict\"\n}"), Err(Unknown(3)));
    assert_eq!(read(b"{\n  \"level\": \"strict\",\n"), Err(Damaged(3)));
    assert_eq!(read(b"{\n\"level\":\n\"\xff\"}"), Err(Damaged(3)), "no UTF-8");
    // Some readers also take an array of the fields in their order.
    assert_eq!(read(br#"["forbidden",null,null,null,null,null]"#), Err(Damaged(1)));
    let deep = "[".repeat(100_000);
    assert!(read(format!(r#"{{"level": {deep}"#).as_bytes()).is_err());
}

fn file(folder: &Path, text: &str) -> MachinePolicyFile {
    let path = folder.join("telemetry.json");
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    MachinePolicyFile::named(path)
}

#[test]
fn no_file_says_nothing_and_one_that_cannot_be_followed_forbids_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(MachinePolicyFile::of_machine(None).read(), None);
    let none = MachinePolicyFile::named(folder.path().join("gone/telemetry.json"));
    assert_eq!((none.read(), none.policy()), (None, MachinePolicy::default()));

    let large = format!("{{{}}}", " ".repeat(64 * 1024));
    for (text, problem) in [
        ("{\"reports\": \"forb", MachinePolicyProblem::Damaged(1)),
        ("{\"report\": \"forbidden\"}", MachinePolicyProblem::Unknown(1)),
        (&*large, MachinePolicyProblem::TooLarge),
    ] {
        let file = file(folder.path(), text);
        assert_eq!(file.policy(), MachinePolicy::FORBIDS, "{problem}");
        let said = file.read().unwrap();
        assert_eq!(said.problem, Some(problem));
        let told = said.trouble().unwrap();
        assert!(told.starts_with("the administrator's file ") && told.ends_with("; write it anew"), "{told}");
        assert!(!told.contains('\n') && !said.to_string().contains('\n'));
        assert_eq!(file.destinations(), Destinations::default());
    }
}

#[test]
fn a_place_that_is_not_followed_forbids_what_would_go_elsewhere() {
    const TEXT: &str =
        r#"{"address": "https://k@crashes.example.com/1", "proxy": "http://proxy.example.com:3128"}"#;
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path(), TEXT);
    let said = |address: Option<&str>, proxy: Option<&str>, usage_proxy: Heeded| {
        let taken = |value: Option<&str>| Heeded::Administrators(value.map(str::to_owned));
        let taken = Taken { address: taken(address), proxy: taken(proxy), usage_proxy };
        let said = file.clone().followed_by(taken).read().unwrap();
        assert!(said.sets_address && said.sets_proxy);
        (said.forbids_reports, said.forbids_usage, said.problem)
    };
    let (address, proxy) = (Some("https://k@crashes.example.com/1"), Some("http://proxy.example.com:3128"));
    let not_followed = |field| Some(MachinePolicyProblem::NotFollowed(field));
    let none = || Heeded::Administrators(None);
    assert_eq!(said(address, proxy, Heeded::Users), (false, false, None));
    assert_eq!(said(address, proxy, none()), (false, true, not_followed("proxy")));
    assert_eq!(said(None, proxy, Heeded::Users), (true, false, not_followed("address")));
    assert_eq!(
        said(Some("https://k@old.example.com/1"), proxy, Heeded::Users),
        (true, false, not_followed("address"))
    );
    assert_eq!(said(address, None, Heeded::Users), (true, false, not_followed("proxy")));
    assert_eq!(said(None, None, none()), (true, true, not_followed("address")));
    // The user's own address and proxy stand above the file's.
    let users = Taken { address: Heeded::Users, proxy: Heeded::Users, usage_proxy: Heeded::Users };
    assert_eq!(file.clone().followed_by(users).policy(), MachinePolicy::default());
    // An address is not shown, because it holds a key.
    let shown = format!("{} {}", file.read().unwrap(), serde_json::to_string(&file.read().unwrap()).unwrap());
    assert!(!shown.contains("example.com"), "{shown}");
}

#[test]
fn a_problem_is_told_in_one_line_with_what_to_do() {
    use MachinePolicyProblem::{
        Damaged, ForeignOwner, Link, NotAFile, NotFollowed, TooLarge, Unknown, Unreadable, WritableByOthers,
    };
    let denied = std::io::ErrorKind::PermissionDenied;
    for problem in [
        Unreadable(denied),
        NotAFile,
        Link,
        ForeignOwner,
        WritableByOthers,
        TooLarge,
        Damaged(1),
        Unknown(1),
        NotFollowed("proxy"),
    ] {
        let told = format!("the administrator's file {problem}; {}", problem.remedy());
        assert!(!told.contains('\n') && !told.contains("  ") && told.len() < 160, "{told}");
    }
}
