use super::*;

fn settings(consent: Consent) -> StoredSettings {
    StoredSettings { consent, ..StoredSettings::default() }
}

/// The steps of the store: read a document, change the settings, write it.
fn changed(text: &str, change: impl FnOnce(&mut StoredSettings)) -> String {
    let stored = read(text);
    let mut new = stored.settings.clone();
    change(&mut new);
    write(text, stored.problem.is_none().then_some(&stored.settings), &new).expect("an object")
}

#[test]
fn reads_what_is_certain_and_takes_everything_else_for_a_problem() {
    use ConfigProblem::{Damaged, Duplicate, Unknown};

    let full = StoredSettings {
        consent: Consent::Always,
        email: Some("ada@example.com".into()),
        usage: UsageConsent::Denied,
        decided_at: Some("2026-11-20T12:00:00Z".parse().unwrap()),
        policy: Some(1),
        level: Some(Privacy::OwnWords),
        destination: Some("crashes.example.com".to_owned()),
    };
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: &[(&str, StoredConfig)] = &[
        ("{}", StoredConfig::default()),
        (" \r\n{ }\t", StoredConfig::default()),
        ("\u{feff}{}", StoredConfig::default()),
        (r#"{"telemetry": null}"#, StoredConfig::default()),
        (r#"{"telemetry": {}}"#, StoredConfig::default()),
        (r#"{"telemetry": {"consent": null, "email": null}}"#, StoredConfig::default()),
        (r#"{"telemetry": {"consent": "not_set"}}"#, StoredConfig::default()),
        (r#"{"telemetry": {"consent": "always"}}"#, settings(Consent::Always).into()),
        (r#"{"telemetry": {"consent": "once"}}"#, settings(Consent::Once).into()),
        (r#"{"telemetry": {"consent": "denied"}}"#, settings(Consent::Denied).into()),
        (r#"{"telemetry": {"consent": true}}"#, settings(Consent::Always).into()),
        (r#"{"telemetry": {"consent": false}}"#, settings(Consent::Denied).into()),
        (r#"{"\u0074elemetry": {"cons\u0065nt": "alway\u0073"}}"#, settings(Consent::Always).into()),
        (r#"{"a": {"telemetry": {"consent": "always"}}}"#, StoredConfig::default()),
        (
            r#"{"telemetry": {"consent": "always", "email": "ada@example.com", "usage": "denied",
                "decided_at": "2026-11-20T12:00:00Z", "policy": 1, "level": "own_words", "destination": "crashes.example.com", "theirs": [1, {"x": "\ud800"}]}}"#,
            full.into(),
        ),
        (&deep, StoredConfig::default()),
        // not JSON, or not an object
        ("", Damaged.into()),
        ("  \n", Damaged.into()),
        ("\0\0\0", Damaged.into()),
        ("[]", Damaged.into()),
        ("true", Damaged.into()),
        (r#"{"telemetry": {"consent": "always"}"#, Damaged.into()),
        (r#"{"telemetry": {"consent": "always"}} x"#, Damaged.into()),
        (r#"{"telemetry": {"consent": "always"}, }"#, Damaged.into()),
        (r#"{"telemetry": {"consent": "always"}} // yes"#, Damaged.into()),
        ("{'telemetry': {'consent': 'always'}}", Damaged.into()),
        // unknown values
        (r#"{"telemetry": false}"#, Unknown("telemetry").into()),
        (r#"{"telemetry": "always"}"#, Unknown("telemetry").into()),
        (r#"{"telemetry": ["always"]}"#, Unknown("telemetry").into()),
        (r#"{"telemetry": {"consent": "Always"}}"#, Unknown("telemetry.consent").into()),
        (r#"{"telemetry": {"consent": "never"}}"#, Unknown("telemetry.consent").into()),
        (r#"{"telemetry": {"consent": 1}}"#, Unknown("telemetry.consent").into()),
        (r#"{"telemetry": {"consent": {}}}"#, Unknown("telemetry.consent").into()),
        (r#"{"telemetry": {"consent": "always", "usage": 0}}"#, Unknown("telemetry.usage").into()),
        (r#"{"telemetry": {"consent": "always", "policy": "1"}}"#, Unknown("telemetry.policy").into()),
        (r#"{"telemetry": {"consent": "always", "policy": -1}}"#, Unknown("telemetry.policy").into()),
        // keys that stand twice
        (
            r#"{"telemetry": {"consent": "denied"}, "telemetry": {"consent": "always"}}"#,
            Duplicate("telemetry").into(),
        ),
        (
            r#"{"telemetry": {"consent": "denied", "consent": "always"}}"#,
            Duplicate("telemetry.consent").into(),
        ),
        (r#"{"telemetry": {"consent": "always"}, "\u0074elemetry": 1}"#, Duplicate("telemetry").into()),
        // a broken address does not take a decision away
        (
            r#"{"telemetry": {"consent": "always", "email": 7}}"#,
            StoredConfig { settings: settings(Consent::Always), problem: Some(Unknown("telemetry.email")) },
        ),
        (
            r#"{"telemetry": {"consent": "denied", "decided_at": "yesterday"}}"#,
            StoredConfig {
                settings: settings(Consent::Denied),
                problem: Some(Unknown("telemetry.decided_at")),
            },
        ),
        // and does not hide a worse problem
        (r#"{"telemetry": {"email": 7, "consent": 7}}"#, Unknown("telemetry.consent").into()),
    ];
    for (text, expected) in cases {
        let shown = text.get(..80).unwrap_or(text);
        assert_eq!(&read(text), expected, "{shown}");
    }
}

#[test]
fn a_write_changes_our_keys_and_not_one_other_byte() {
    let deny = |s: &mut StoredSettings| s.consent = Consent::Denied;
    let cases = [
        ("{}\n", "{\n  \"telemetry\": {\n    \"consent\": \"denied\"\n  }\n}\n"),
        ("{\"a\":1}", "{\"a\":1,\"telemetry\":{\"consent\":\"denied\"}}"),
        ("{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 2, \"telemetry\": {\"consent\": \"denied\"}}"),
        ("{ \"a\": 1 }", "{ \"a\": 1, \"telemetry\": { \"consent\": \"denied\" } }"),
        (
            "{\n    \"a\": 1.0e+2,\n    \"b\": \"\\u00e9\\/\\ud800\"\n}\n",
            "{\n    \"a\": 1.0e+2,\n    \"b\": \"\\u00e9\\/\\ud800\",\n    \"telemetry\": {\n        \"consent\": \"denied\"\n    }\n}\n",
        ),
        (
            "{\r\n\t\"a\": 1\r\n}",
            "{\r\n\t\"a\": 1,\r\n\t\"telemetry\": {\r\n\t\t\"consent\": \"denied\"\r\n\t}\r\n}",
        ),
        ("\u{feff}{\"a\": 1}", "\u{feff}{\"a\": 1, \"telemetry\": {\"consent\": \"denied\"}}"),
        (
            "{\"z\": 1, \"telemetry\": {\"x\": [ 1,2 ], \"consent\":  \"always\", \"y\": null}, \"a\" :2}",
            "{\"z\": 1, \"telemetry\": {\"x\": [ 1,2 ], \"consent\":  \"denied\", \"y\": null}, \"a\" :2}",
        ),
        (
            "{\"a\": 1, \"a\": 2, \"telemetry\": null}",
            "{\"a\": 1, \"a\": 2, \"telemetry\": {\"consent\": \"denied\"}}",
        ),
        ("{\"telemetry\":{}}", "{\"telemetry\":{\"consent\":\"denied\"}}"),
        // mended, because the user decided anew
        ("{\"telemetry\": false, \"b\": 1}", "{\"telemetry\": {\"consent\": \"denied\"}, \"b\": 1}"),
        (
            "{\"telemetry\": {\"consent\": 1}, \"b\": 1, \"telemetry\": {\"consent\": \"always\", \"k\": 1}, \"c\": 2}",
            "{\"b\": 1, \"telemetry\": {\"consent\": \"denied\", \"k\": 1}, \"c\": 2}",
        ),
        (
            "{\"telemetry\": {\"consent\": 1, \"k\": 1, \"consent\": 2}}",
            "{\"telemetry\": {\"k\": 1, \"consent\": \"denied\"}}",
        ),
    ];
    for (before, after) in cases {
        assert_eq!(changed(before, deny), after, "{before}");
        assert_eq!(read(after).settings.consent, Consent::Denied, "{after}");
        assert_eq!(read(after).problem, None, "{after}");
    }
}

#[test]
fn every_setting_is_written_and_read_back_and_taken_away_again() {
    let full = StoredSettings {
        consent: Consent::Once,
        email: Some("\"ä\\\u{1}@x".into()),
        usage: UsageConsent::Always,
        decided_at: Some(Timestamp::from_millis(1_700_000_000_123)),
        policy: Some(u32::MAX),
        level: Some(Privacy::OwnWords),
        destination: Some("crashes.example.com".to_owned()),
    };
    let bases = ["{}", "{\"a\":{}}", "{\n \"a\": 1,\n \"telemetry\": {\"b\": 1},\n \"c\": 2 }"];
    for base in bases {
        let written = changed(base, |s| *s = full.clone());
        assert_eq!(read(&written), full.clone().into(), "{written}");
        let emptied = changed(&written, |s| *s = StoredSettings::default());
        assert_eq!(read(&emptied), StoredConfig::default(), "{emptied}");
        for foreign in ["\"a\"", "\"b\"", "\"c\""] {
            assert_eq!(base.contains(foreign), emptied.contains(foreign), "{emptied}");
        }
    }
}

#[test]
fn what_did_not_change_keeps_its_bytes() {
    let before = r#"{"telemetry": {"consent": true, "decided_at": "2026-11-20T12:00:00+02:00"}}"#;
    let after = changed(before, |s| s.email = Some("a@b".into()));
    assert_eq!(
        after,
        r#"{"telemetry": {"consent": true, "decided_at": "2026-11-20T12:00:00+02:00", "email": "a@b"}}"#
    );
}

/// Makes random documents, the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's constants (MMIX).
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn space(&mut self) -> &'static str {
        ["", "", " ", "\n  ", "\r\n\t", "  \n\n "][usize::try_from(self.roll(6)).unwrap()]
    }

    fn value(&mut self, depth: u64) -> String {
        match self.roll(if depth == 0 { 6 } else { 8 }) {
            0 => "null".into(),
            1 => "-0.5E-3".into(),
            2 => r#""}{\"\\\u00e9,:""#.into(),
            3 => r#""telemetry""#.into(),
            4 => "false".into(),
            5 => "18446744073709551616".into(),
            6 => self.list('[', ']', |dice| dice.value(depth - 1)),
            _ => self.object(depth - 1),
        }
    }

    fn object(&mut self, depth: u64) -> String {
        self.list('{', '}', |dice| {
            let key = ["a", "b", "consent", "telemetry", r"t\u0065lemetry", "{", "\\\"", ""];
            let key = key[usize::try_from(dice.roll(8)).unwrap()];
            format!("\"{key}\"{}:{}{}", dice.space(), dice.space(), dice.value(depth))
        })
    }

    fn list(&mut self, open: char, close: char, item: impl Fn(&mut Self) -> String) -> String {
        let mut out = String::from(open);
        for n in 0..self.roll(5) {
            out += if n == 0 { "" } else { "," };
            out += self.space();
            out += &item(self);
            out += self.space();
        }
        out.push(close);
        out
    }
}

/// The members that are not ours, unchanged.
fn foreign(text: &str) -> Vec<String> {
    let theirs = |member: &&Member<'_>| !member.is("telemetry");
    members(text).unwrap().iter().filter(theirs).map(|member| format!("{member:?}")).collect()
}

#[test]
fn whatever_the_document_every_foreign_member_survives_in_order() {
    let mut dice = Dice(1);
    let new = StoredSettings { consent: Consent::Denied, policy: Some(1), ..StoredSettings::default() };
    for _ in 0..20_000 {
        let text = format!("{}{}{}", dice.space(), dice.object(3), dice.space());
        let stored = read(&text);
        let written = write(&text, stored.problem.is_none().then_some(&stored.settings), &new).unwrap();
        assert_eq!(read(&written), new.clone().into(), "{text}\n{written}");
        assert_eq!(foreign(&text), foreign(&written), "{text}\n{written}");
        assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "{text}\n{written}");
    }
}

#[test]
fn whatever_the_bytes_nothing_panics_and_a_cut_document_is_never_a_yes() {
    let whole =
        "{\"a\": [1, {\"b\": \"\\u00e9\"}], \"telemetry\": {\"consent\": \"always\", \"email\": \"é@x\"}}";
    assert_eq!(read(whole).settings.consent, Consent::Always);
    for (cut, _) in whole.char_indices() {
        let (start, _) = whole.split_at(cut);
        assert_eq!(read(start), ConfigProblem::Damaged.into(), "{start}");
    }
    let mut dice = Dice(2);
    for _ in 0..20_000 {
        let mut bytes = whole.as_bytes().to_vec();
        for _ in 0..=dice.roll(4) {
            let at = usize::try_from(dice.roll(bytes.len() as u64)).unwrap();
            bytes[at] = u8::try_from(dice.roll(256)).unwrap();
        }
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        let stored = read(text);
        assert!(
            stored.problem.is_none() || !stored.hides_consent() || stored.settings.consent == Consent::NotSet
        );
        let _ = write(text, None, &StoredSettings::default());
    }
}
