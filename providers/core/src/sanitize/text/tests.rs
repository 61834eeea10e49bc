use super::*;
use crate::sanitize::{Detector, Known, Pattern};

/// Cleans a text, and checks that cleaning again changes nothing.
fn clean(text: &str) -> String {
    clean_by(&Sanitizer::new(), text)
}

fn clean_by(sanitizer: &Sanitizer, text: &str) -> String {
    let once = sanitizer.text(text);
    let mut counts = Counts::default();
    let twice = sanitizer.scrub(&once, usize::MAX, &mut counts);
    assert_eq!(once, twice, "cleaning {text:?} twice");
    assert!(counts.is_empty(), "{once:?} has nothing left to count");
    once.as_str().to_owned()
}

fn table(rows: &[(&str, &str)]) {
    let wrong: Vec<_> = rows
        .iter()
        .map(|(raw, expected)| (raw, clean(raw), expected))
        .filter(|(_, got, want)| got != *want)
        .collect();
    assert!(wrong.is_empty(), "raw, cleaned, expected: {wrong:#?}");
}

fn unchanged(rows: &[&str]) {
    table(&rows.iter().map(|row| (*row, *row)).collect::<Vec<_>>());
}

#[test]
fn urls() {
    table(&[
        ("cannot fetch https://example.com/?token=abc for ada@example.com", "cannot fetch [url] for [email]"),
        (
            "error sending request for url (https://user:pw@host:8443/a(b)c?q=1#f)",
            "error sending request for url ([url])",
        ),
        ("HTTPS://EXAMPLE.COM/PATH.", "[url]."),
        ("see <http://[::1]:8080/x>, ok", "see <[url]>, ok"),
        ("'https://x.com/o'brien/secret'", "'[url]'brien/secret'"),
        ("ws://münchen.example/straße?x=ü", "[url]"),
        ("data:text/html;base64,PGI+aGk8L2I+ end", "[url] end"),
        ("file:///home/ada/x.html", "[url]"),
        ("mailto:ada@example.com", "[email]"),
        ("tel:+15551234567", "[url]"),
        ("example.com/private/ada", "[url]"),
        ("at localhost:8080/users/ada now", "at [url] now"),
        ("www.example.org", "[url]"),
        ("//cdn.example.com/lib.js", "[url]"),
        ("git clone git@github.com:ada/secret.git", "git clone [url]"),
        ("ssh ada:hunter2@db.example.com", "ssh [url]"),
        ("postgres://ada:hunter2@db/prod failed", "[connection] failed"),
        ("jdbc:postgresql://db/prod?user=ada", "[connection]"),
        ("https%3A%2F%2Fexample.com%2Fada", "[url]"),
        (r"https:\/\/example.com\/ada", "[url]"),
    ]);
}

#[test]
fn addresses() {
    table(&[
        ("mail ada.lovelace+tag@mail.example.co.uk!", "mail [email]!"),
        ("<ada@example.com>", "<[email]>"),
        ("user=ada%40example.com", "user=[redacted]"),
        ("an ada%40example.com b", "an [email] b"),
        ("ädä@exämple.com", "[email]"),
        ("\"ada lovelace\"@example.com", "[email]"),
        ("connect to 192.168.1.10:5432 failed", "connect to [ip]:5432 failed"),
        ("peer 10.0.0.1, 10.0.0.2", "peer [ip], [ip]"),
        ("192.168.1.1/admin/ada", "[url]"),
        ("net 10.0.0.0/8", "net [ip]/8"),
        ("[2001:db8::1]:443 refused", "[[ip]]:443 refused"),
        ("fe80::1ff:fe23:4567:890a%eth2", "[ip]"),
        ("::ffff:192.0.2.1", "[ip]"),
        ("hw 00:1A:2b:3C:4d:5E", "hw [mac]"),
        ("hw 00-1A-2b-3C-4d-5E", "hw [mac]"),
    ]);
}

#[test]
fn paths() {
    table(&[
        ("open /home/ada/page.html: No such file", "open [path].html: No such file"),
        ("/home/ada/.bashrc", "[path]"),
        ("~/notes/diary.txt", "[path].txt"),
        ("\"/Users/ada/My Files/a b.txt\" missing", "\"[path].txt\" missing"),
        ("/Users/ada/Library/Application Support/Foo/x.log", "[path].log"),
        (r"C:\Users\Ada Lovelace\x.json is bad", "[path].json is bad"),
        (r"C:\\Users\\ada\\x.json", "[path].json"),
        ("C:/Users/ada/x.py:10", "[path].py:10"),
        (r"\\server\share\ada.docx", "[path].docx"),
        (r"\\\\server\\share\\x", "[path]"),
        ("cannot read /etc/shadow (os error 13)", "cannot read [path] (os error 13)"),
        ("/srv/customers/ada.lovelace", "[path]"),
        ("path=/var/lib/x", "path=[path]"),
    ]);
}

#[test]
fn secrets_by_their_keys() {
    table(&[
        ("password=hunter2", "password=[secret]"),
        ("DB_PASSWORD: \"hunter2 x\" rest", "DB_PASSWORD: \"[secret]\" rest"),
        (r#"{"api_key":"abc","n":1}"#, r#"{"api_key":"[secret]","n":1}"#),
        (r#"{\"api_key\":\"abc\",\"n\":1}"#, r#"{\"api_key\":\"[secret]\",\"n\":1}"#),
        ("a?x=1&access_token=abc&y=2", "a[query]"),
        ("Config { token: Some(\"abc\"), retries: 3 }", "Config { token: Some(\"[secret]\"), retries: 3 }"),
        ("Config { token: Token { id: 7 }, retries: 3 }", "Config { token: [secret], retries: 3 }"),
        ("login with password \"hunter2\" failed", "login with password \"[secret]\" failed"),
        ("api key: abc123", "api key: [secret]"),
        ("Authorization: Bearer abc.def failed", "Authorization: [authorization] failed"),
        ("\"authorization\": \"Basic YWRhOmh1bnRlcjI=\"", "\"authorization\": \"[authorization]\""),
        ("sent Bearer Abc123def", "sent [authorization]"),
        ("Cookie: [cookie]\ndef", "Cookie: [cookie]\ndef"),
        (r"Cookie: [cookie]\n=def", r"Cookie: [cookie]\n=def"),
        ("Cookie: [cookie]def", "Cookie: [cookie]"),
        ("Authorization: [cookie]a [cookie] b [cookie] c", "Authorization: [authorization] b [cookie] c"),
        ("Cookie: a\0b\u{fffd}\0c\0\u{fffd}d\0e", "Cookie: [cookie]"),
        (
            "Cookie: k=a\u{fffd}\\u0000b\u{fffd}\\u0000c\u{fffd}\\u001b[0md\u{fffd}\x1b[0me",
            "Cookie: [cookie]",
        ),
        ("password:\n- [secret] [cut 123 bytes]", "password:\n- [secret] [cut 123 bytes]"),
        ("<Cookie k=a\u{fffd}\0b\u{fffd}\0c\u{fffd}\0d\u{fffd}\0e\u{fffd}\0f>", "<Cookie k=[cookie]>"),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: [cookie]\nHost: [redacted]"),
        ("set-cookie: id=a3f; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/", "set-cookie: [cookie]"),
        ("x-api-key: abc", "x-api-key: [secret]"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "jwt [jwt] end"),
        ("-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----\\n", "[pem]\\n"),
        ("key -----BEGIN PRIVATE KEY-----\nMIIE", "key [pem]"),
    ]);
    unchanged(&[
        "token: unexpected end of file",
        "unexpected token: `}`",
        "session_count: 3",
        "author: nobody",
        "tokenizer_name=wordpiece",
        "password: None",
        "password=***",
        "max_tokens_limit=100",
        "invalid password",
    ]);
}

#[test]
fn what_helps_comes_through() {
    unchanged(&[
        "",
        "index out of bounds: the len is 3 but the index is 7",
        "called `Option::unwrap()` on a `None` value",
        "error 0x80070005 in v0.49.5 and 1.2.3 (os error 2)",
        "<tool::Page as core::ops::Drop>::drop",
        "alloc::vec::Vec<alloc::string::String>",
        "std::io::Error a::b dead::beef f32::consts",
        "src/main.rs:10:5 serde_json-1.0.154/src/de.rs library/core/src/option.rs",
        "2026-11-20T12:00:00.123Z took 1.5ms at 12:00:00",
        "and/or TCP/IP text/html n/a 1/2",
        "0xdeadbeefcafe 59807616e",
        "react@18.2.0 memcpy@@GLIBC_2.14",
        "[url] [path].html [redacted] [html 10–100 KB] [cut 12 bytes]",
        "Ünïcödé and 日本語",
        "invalid type: string \"abc\", expected u32 at line 1 column 5",
    ]);
}

#[test]
fn encodings_hide_nothing() {
    table(&[
        ("a\u{200b}da@exam\u{ad}ple.com", "[email]"),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[email]"),
        ("\x1b[31mada@\x1b[0mexample.com", "\x1b[31m[email]"),
        ("ada@exam\nple.com", "[email]"),
        (r"ada\u0040example.com", "[email]"),
        ("%2Fhome%2Fada%2Fx", "[path]"),
    ]);
}

#[test]
fn known_values_are_found_wherever_they_stand() {
    let mut known = Known::default();
    known.add(Redaction::User, "ada");
    known.add(Redaction::Host, "babbage-7");
    known.add(Redaction::Path, "/home/ada");
    let sanitizer = Sanitizer::builder().known(known).build();
    sanitizer.protect("Analytical Engine");
    for (raw, expected) in [
        ("hello ada on BABBAGE-7, adamant", "hello [user] on [host], adamant"),
        ("the analytical%20engine", "the [protected]"),
        ("/home/ada/x.html", "[path].html"),
        ("x/home/ada/y", "x[path]/y"),
        ("ada::main", "ada::main"),
    ] {
        assert_eq!(clean_by(&sanitizer, raw), expected, "{raw}");
    }
}

#[test]
fn own_detectors_are_asked_and_never_trusted() {
    struct Rogue(fn(&str, &mut Vec<Span>));
    impl Detector for Rogue {
        fn find(&self, text: &str, found: &mut Vec<Span>) {
            (self.0)(text, found);
        }
    }
    let by = |find| Sanitizer::builder().detector(Rogue(find)).build();
    let span = |start, end| Span { start, end, kind: Redaction::Custom };
    assert_eq!(span(0, 1).kind, Redaction::Custom);

    let order = Sanitizer::builder().detector(Pattern::new("ORD-[0-9]+").unwrap()).build();
    assert_eq!(clean_by(&order, "order ORD-123 failed"), "order [custom] failed");
    let all = Sanitizer::builder().detector(Pattern::new("(?s).+").unwrap()).build();
    assert_eq!(clean_by(&all, "x\ny"), "[custom]");
    let letters = Sanitizer::builder().detector(Pattern::new("[a-z]+").unwrap()).build();
    assert_eq!(clean_by(&letters, "ab 12"), "[custom] 12");

    for rogue in [
        by(|_, _| panic!("a detector fails")),
        by(|text, found| found.push(Span { start: 0, end: text.len() + 1, kind: Redaction::Custom })),
        by(|_, found| found.push(Span { start: 1, end: 2, kind: Redaction::Custom })),
        by(|_, found| found.push(Span { start: 3, end: 2, kind: Redaction::Custom })),
        by(|_, found| found.clear()),
    ] {
        let clean = rogue.text("日本 and ada@example.com");
        assert!(!clean.contains("ada@"), "{clean}");
    }
    assert_eq!(&*by(|_, _| panic!("a detector fails")).text("x"), "[unscrubbed]");
}

#[test]
fn what_is_cut_says_so_and_stays_cut() {
    let sanitizer = Sanitizer::new();
    for raw in [
        "word ".repeat(1000),
        "x".repeat(5000),
        "é".repeat(5000),
        "ada@example.com ".repeat(500),
        "a@b.co ".repeat(2000),
        "\u{1F600}".repeat(3000),
        "https://x.com/".repeat(4000),
        "[url] ".repeat(1000),
    ] {
        for most in [64, 100, 256, 2048] {
            let mut counts = Counts::default();
            let once = sanitizer.scrub(&raw, most, &mut counts);
            assert!(once.len() <= most, "{} > {most}", once.len());
            assert!(once.contains("[cut ") || !raw.contains(' ') && once.contains("[url]"), "{once}");
            let mut again = Counts::default();
            assert_eq!(sanitizer.scrub(&once, most, &mut again), once);
            assert!(again.is_empty());
            assert!(!once.contains("ada@"));
        }
    }
}

#[test]
fn a_value_that_cannot_be_kept_keeps_every_text() {
    let sanitizer = Sanitizer::new();
    for n in 0..=Known::MOST {
        assert_eq!(sanitizer.text("fine").as_str(), "fine");
        sanitizer.protect(&format!("value-{n}"));
    }
    assert_eq!(sanitizer.text("fine").as_str(), "[unscrubbed]");
}
