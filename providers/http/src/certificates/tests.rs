use crawl4ai_telemetry_conformance::tls::{Authority, Identity};

use super::*;

fn fault(pem: &[u8]) -> Option<Fault> {
    parse(pem).err()
}

#[test]
fn what_is_no_list_of_certificates_is_refused_whole() {
    let (one, other) = (Authority::new("one").pem(), Authority::new("other").pem());
    let server = Authority::new("one").certify("127.0.0.1");
    let (key, half) = (server.key_pem(), one.split_at(one.len() / 2).0);
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let section = |what: &str| one.replace("CERTIFICATE", what);
    let longer = format!("{one}{}", "#".repeat(LONGEST));
    let shorn: String =
        one.lines().filter(|line| line.starts_with("-----")).map(|l| format!("{l}\n")).collect();
    let case = |what, pem: &dyn AsRef<[u8]>, expected| (what, pem.as_ref().to_vec(), expected);
    let (damaged, nothing) = (Some(Fault::Damaged), Some(Fault::Nothing));
    let (key_inside, too_long) = (Some(Fault::PrivateKey), Some(Fault::TooLong));
    let utf16: Vec<u8> = one.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases = [
        case("one", &one, None),
        case("two with words between", &format!("{one}\nThe other:\n{other}"), None),
        case("as Windows writes it", &format!("\u{feff}{}", one.replace('\n', "\r\n")), None),
        case("a byte order mark in the middle", &format!("{one}\u{feff}{other}"), damaged.clone()),
        case("spaces in front", &one.replace('\n', "\n  "), damaged.clone()),
        case("empty", b"", nothing.clone()),
        case("only a byte order mark", &BYTE_ORDER_MARK, nothing.clone()),
        case("words", b"our authority", nothing.clone()),
        case("binary", b"\x30\x82\x01\xff\x00", nothing.clone()),
        case("every byte", &(0..=255).collect::<Vec<u8>>(), nothing.clone()),
        case("UTF-16", &utf16, nothing),
        case("a private key", &key, key_inside.clone()),
        case("a private key behind a certificate", &format!("{one}{key}"), key_inside.clone()),
        case("an encrypted one before it", &format!("{encrypted}{one}"), key_inside),
        case("half", &half, damaged.clone()),
        case("half behind a whole", &format!("{other}{half}"), damaged.clone()),
        case("half before a whole", &format!("{half}\n{other}"), damaged.clone()),
        case("an empty section", &shorn, damaged.clone()),
        case("no base64", &shorn.replacen('\n', "\nÿþ!\n", 1), damaged.clone()),
        case("of OpenSSL's own kind", &format!("{one}{}", section("TRUSTED CERTIFICATE")), damaged.clone()),
        case("a request for one", &section("CERTIFICATE REQUEST"), damaged),
        case("longer than any", &longer, too_long),
    ];
    for (what, pem, expected) in cases {
        assert_eq!(fault(&pem), expected, "{what}");
    }
    assert_eq!(parse(format!("{one}{other}").as_bytes()).unwrap().len(), 2);
    assert_eq!(parse(Identity::self_signed("127.0.0.1").pem().as_bytes()).unwrap().len(), 1);
}

#[test]
fn a_certificate_with_any_byte_changed_is_one_or_none_and_never_a_panic() {
    let pem = Authority::new("one").pem().into_bytes();
    for at in 0..pem.len() {
        for byte in [0, b'\n', b'-', b'A', 0xff] {
            let mut changed = pem.clone();
            changed[at] = byte;
            assert!(parse(&changed).map_or(1, |found| found.len()) == 1, "byte {at} is {byte}");
        }
    }
}

#[test]
fn what_is_no_file_is_said_with_its_path_and_quotes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, pem: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path
    };
    let one = Authority::new("one");
    let good = write("good", one.pem().as_bytes());
    let key = one.certify("127.0.0.1").key_pem();
    let within = key.lines().nth(1).unwrap();
    // The operating system writes these error texts.
    let on_unix = |words| if cfg!(unix) { words } else { "(os error" };
    let cases = [
        (folder.path().join("missing"), on_unix("No such file")),
        (good.join("below"), on_unix("Not a directory")),
        (PathBuf::from("a\0b"), "NUL"),
        (PathBuf::new(), on_unix("No such file")),
        (folder.path().to_owned(), "is a folder"),
        (write("empty", b""), "BEGIN CERTIFICATE"),
        (write("key", key.as_bytes()), "private key"),
        (write("large", &vec![b'x'; LONGEST + 1]), "longer"),
    ];
    for (path, expected) in cases {
        let authorities = CaCertificates::file(&good).and(CaCertificates::file(&path));
        assert_eq!(authorities.check(), Ok(()), "no file is looked at before there is something to send");
        let error = authorities.load().unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()) && error.contains(expected), "{error}");
        assert!(!error.contains(within), "{error}");
    }
    assert_eq!(CaCertificates::file(good).load().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_nobody_writes_to_and_a_device_without_end_hold_nobody() {
    use rustix::fs::{CWD, Mode};

    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    for path in [&*pipe, Path::new("/dev/zero")] {
        let error = CaCertificates::file(path).load().unwrap_err();
        assert!(error.to_string().contains("a pipe or a device"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_because_systems_and_containers_keep_them_behind_links() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, Authority::new("one").pem()).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert_eq!(CaCertificates::file(link).load().unwrap().len(), 1);
}

#[test]
fn what_the_program_carries_is_looked_at_before_there_is_something_to_send() {
    let good = CaCertificates::pem(Authority::new("one").pem());
    assert_eq!(good.check(), Ok(()));
    let error = good.and(CaCertificates::pem(*b"x")).check().unwrap_err();
    assert!(error.to_string().starts_with("the certificates of the program cannot be used: "), "{error}");
}

#[test]
fn debug_shows_places_and_nothing_else() {
    let pem = Authority::new("one").pem();
    let shown = format!("{:?}", CaCertificates::file("a.pem").and(CaCertificates::pem(pem)));
    assert_eq!(shown, "CaCertificates(a.pem, the program)");
}
