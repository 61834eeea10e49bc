use super::*;
use crate::context;

/// Cleans a context and returns its JSON, after checking that cleaning again changes nothing.
fn clean(raw: Context, privacy: Privacy) -> String {
    let sanitizer = Sanitizer::new();
    let once = serde_json::to_string(&sanitizer.context(raw, privacy)).unwrap();
    let read: Context = serde_json::from_str(&once).unwrap();
    let mut counts = Counts::default();
    let twice = serde_json::to_string(&sanitizer.clean_context(read, privacy, &mut counts)).unwrap();
    assert_eq!(once, twice);
    assert!(counts.is_empty(), "nothing left to count in {once}");
    once
}

#[test]
fn keys_decide_first() {
    for (raw, expected) in [
        (context! { "password" => "x" }, r#"{"password":"[redacted]"}"#),
        (context! { "password" => 1234 }, r#"{"password":"[redacted]"}"#),
        (context! { "password" => None::<u8>, "has_token" => true }, r#"{"password":null,"has_token":true}"#),
        (context! { "session_count" => 3, "max_tokens" => 9 }, r#"{"session_count":3,"max_tokens":9}"#),
        (
            context! { "author" => "nobody", "tokenizer_name" => "bpe" },
            r#"{"author":"nobody","tokenizer_name":"bpe"}"#,
        ),
        (context! { "html" => "x".repeat(45_000) }, r#"{"html":"[html 10–100 KB]"}"#),
        (context! { "headers" => context! { "a" => 1, "b" => "c" } }, r#"{"headers":"[headers 2 items]"}"#),
        (context! { "url" => "https://example.com" }, r#"{"url":"[url under 100 B]"}"#),
        (context! { "user_id" => 77 }, r#"{"user_id":"[redacted]"}"#),
        (context! { "cookies" => vec!["a", "b"] }, r#"{"cookies":"[redacted]"}"#),
        (context! { "response" => 404, "text" => "" }, r#"{"response":404,"text":""}"#),
        (context! { "why" => "see https://example.com" }, r#"{"why":"see [url]"}"#),
        (context! { "n" => 4_111_111_111_111_111_u64 }, r#"{"n":"[card]"}"#),
        (context! { "raw" => b"the quick brown fox".as_slice() }, r#"{"raw":"[payload under 100 B]"}"#),
        (context! { "sizes" => vec![1, 2, 3] }, r#"{"sizes":[1,2,3]}"#),
        (context! { "n" => 4_111_111_111_111_111_f64 }, r#"{"n":"[card]"}"#),
    ] {
        assert_eq!(clean(raw, Privacy::Standard), expected);
    }
}

#[test]
fn keys_are_scanned_and_both_of_two_equal_ones_stay() {
    let raw = context! { "ada@example.com" => 1, "bob@example.com" => 2, "https://x.com/a" => 3 };
    assert_eq!(clean(raw, Privacy::Standard), r#"{"[email]":1,"[email] 2":2,"[url]":3}"#);
    let raw = context! { "[email] 2" => 1, "a@example.com" => 2, "b@example.com" => 3 };
    assert_eq!(clean(raw, Privacy::Standard), r#"{"[email] 2":1,"[email]":2,"[email] 3":3}"#);
}

#[test]
fn at_the_strict_level_there_is_no_text() {
    let raw = context! {
        "why" => "because of ada", "n" => 1.5, "ok" => true, "none" => None::<u8>, "version" => "1.2.3",
        "status" => "failed because of ada", "a b" => 1, "list" => vec!["ada"], "numbers" => vec![1, 2],
        "nested" => context! { "why" => "ada", "n" => 2 },
    };
    assert_eq!(
        clean(raw, Privacy::Strict),
        r#"{"why":"[redacted]","n":"[redacted]","ok":true,"none":null,"version":"1.2.3","status":"[redacted]","[redacted]":"[redacted]","list":["[redacted]"],"numbers":["[redacted]","[redacted]"],"nested":{"why":"[redacted]","n":"[redacted]"}}"#
    );
    // Under this key a number belongs to a protocol, but a word may belong to a person.
    for (raw, expected) in [
        (context! { "status_code" => 404 }, r#"{"status_code":404}"#),
        (context! { "status_code" => "ada.lovelace" }, r#"{"status_code":"[redacted]"}"#),
    ] {
        assert_eq!(clean(raw, Privacy::Strict), expected);
    }
    let sanitizer = Sanitizer::builder().safe_key("page_title").build();
    let raw = context! { "page_title" => "mail ada@example.com", "title" => "x" };
    let strict = sanitizer.context(raw, Privacy::Strict);
    assert_eq!(
        serde_json::to_string(&strict).unwrap(),
        r#"{"page_title":"mail [email]","title":"[text under 100 B]"}"#
    );
}

#[test]
fn hostile_maps_are_bounded() {
    let mut wide = Context::new();
    for i in 0..1000 {
        wide.insert(format!("k{i}"), i);
    }
    let json = clean(wide, Privacy::Standard);
    assert!(json.ends_with(r#""k62":62,"[cut]":937}"#), "{json}");

    let mut deep = Value::from("ada@example.com");
    for i in 0..100_000 {
        deep = if i % 2 == 0 { Value::List(vec![deep]) } else { Value::from(context! { "k" => deep }) };
    }
    let mut raw = Context::new();
    raw.insert("deep", deep);
    let json = clean(raw, Privacy::Standard);
    assert!(json.contains("[cut 1 levels]") && json.len() < 200, "{json}");

    let row: Vec<Value> = (1000..1100).map(Value::from).collect();
    let rows: Vec<Value> = (0..100).map(|_| Value::List(row.clone())).collect();
    let json = clean(context! { "rows" => rows }, Privacy::Standard);
    assert!(json.contains("items]") && json.len() < 5000, "{json}");

    let raw = context! {
        "long" => "word ".repeat(10_000), "k".repeat(10_000) => 1, "nul" => "a\0b\u{1b}[2J", "e" => f64::MAX,
        "u" => u64::MAX, "i" => i64::MIN, "big" => u128::MAX,
    };
    let json = clean(raw, Privacy::Standard);
    assert!(json.len() < 1000, "{json}");
    let mut raw = Context::new();
    raw.insert("nan", Node::Float(f64::NAN))
        .insert("inf", Node::Float(f64::INFINITY))
        .insert("u", Node::UInt(3));
    assert_eq!(clean(raw, Privacy::Standard), r#"{"nan":null,"inf":null,"u":3}"#);
}

#[test]
fn neighbours_tell_what_a_value_is() {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| Value::from(*item)).collect());
    let field = |name: &str, value: &str| context! { "name" => name, "value" => value };
    for (raw, expected) in [
        (context! { "a" => field("password", "x") }, r#"{"a":{"name":"password","value":"[redacted]"}}"#),
        (context! { "a" => field("retries", "x") }, r#"{"a":{"name":"retries","value":"x"}}"#),
        (context! { "a" => field("the password", "x") }, r#"{"a":{"name":"the password","value":"x"}}"#),
        (
            context! { "a" => list(&["run", "--password", "x", "--depth", "3"]) },
            r#"{"a":["run","--password","[redacted]","--depth","3"]}"#,
        ),
        (context! { "a" => list(&["cookie", "x"]) }, r#"{"a":["cookie","[redacted]"]}"#),
        (context! { "a" => list(&["width", "x"]) }, r#"{"a":["width","x"]}"#),
        (context! { "a" => list(&["cookie", "x", "y"]) }, r#"{"a":["cookie","x","y"]}"#),
        (context! { "contraseña" => "x", "größe" => "x" }, r#"{"contraseña":"[redacted]","größe":"x"}"#),
        (context! { "ｐａｓｓｗｏｒｄ" => "x" }, r#"{"ｐａｓｓｗｏｒｄ":"[redacted]"}"#),
    ] {
        assert_eq!(clean(raw, Privacy::Standard), expected);
    }
}
