use super::*;

fn split(key: &str) -> Vec<&str> {
    KeyWords(key.as_bytes()).map(|w| std::str::from_utf8(w).unwrap()).collect()
}

#[test]
fn keys_split_into_words() {
    for (key, keys) in [
        ("snake_case", &["snake", "case"][..]),
        ("camelCase", &["camel", "Case"]),
        ("kebab-case.dotted", &["kebab", "case", "dotted"]),
        ("HTTPServer", &["HTTP", "Server"]),
        ("apiKey2", &["api", "Key", "2"]),
        ("X-Api-Key", &["X", "Api", "Key"]),
        ("", &[]),
        ("__", &[]),
        ("ñandú", &["and"]),
    ] {
        assert_eq!(split(key), keys, "{key}");
    }
}

#[test]
fn words_and_not_substrings_decide() {
    let keys = KeyClassifier::default();
    for (key, class) in [
        ("password", KeyClass::Sensitive),
        ("DB_PASSWORD", KeyClass::Sensitive),
        ("dbPassword2", KeyClass::Sensitive),
        ("userpassword", KeyClass::Sensitive),
        ("x-api-key", KeyClass::Sensitive),
        ("apiKey", KeyClass::Sensitive),
        ("access_token", KeyClass::Sensitive),
        ("authToken", KeyClass::Sensitive),
        ("authtokens", KeyClass::Sensitive),
        ("Set-Cookie", KeyClass::Sensitive),
        ("session", KeyClass::Sensitive),
        ("connection_string", KeyClass::Sensitive),
        ("client_secret", KeyClass::Sensitive),
        ("email", KeyClass::Personal),
        ("user_name", KeyClass::Personal),
        ("card_number", KeyClass::Personal),
        ("author", KeyClass::Plain),
        ("tokenizer_name", KeyClass::Plain),
        ("session_count", KeyClass::Plain),
        ("max_tokens_limit", KeyClass::Plain),
        ("key", KeyClass::Plain),
        ("primary_key", KeyClass::Plain),
        ("keyboard", KeyClass::Plain),
        ("secretary", KeyClass::Plain),
        ("passenger", KeyClass::Plain),
        ("user_agent", KeyClass::Plain),
        ("content_type", KeyClass::Plain),
        ("content_length", KeyClass::Plain),
        ("response_status", KeyClass::Plain),
        ("status_code", KeyClass::Plain),
        ("strategy", KeyClass::Plain),
        ("html", KeyClass::Content("html")),
        ("cleaned_html", KeyClass::Content("html")),
        ("pageUrl", KeyClass::Content("url")),
        ("response_body", KeyClass::Content("body")),
        ("system_prompt", KeyClass::Content("prompt")),
        ("context", KeyClass::Plain),
        ("textile", KeyClass::Plain),
    ] {
        assert_eq!(keys.class(key), class, "{key}");
    }
}

#[test]
fn programs_add_words() {
    let mut keys = KeyClassifier::default();
    keys.add_sensitive("badge".to_owned());
    keys.add_sensitive("crew_id".to_owned());
    keys.add_safe("page_title".to_owned());
    assert_eq!(keys.class("employeeBadgeNo"), KeyClass::Sensitive);
    assert_eq!(keys.class("badger"), KeyClass::Plain);
    assert_eq!(keys.class("crew_id"), KeyClass::Sensitive);
    assert!(keys.is_safe("page_title") && !keys.is_safe("page"));
}

#[test]
fn the_quick_look_lets_no_word_of_the_tables_through() {
    let keys = KeyClassifier::default();
    let alone: [&[Packed]; 3] = [&SENSITIVE, &PERSONAL, &tables::LAST_OF_TWO];
    let beside: [&[Packed]; 2] = [&ECHOING, &tables::BESIDE];
    let unpacked = |packed: &Packed| packed.to_be_bytes().into_iter().filter(|b| *b != 0).collect::<Vec<_>>();
    for word in alone.into_iter().flatten().map(unpacked) {
        assert!(may_classify(&word) && !keys.is_plain_word(&word), "{}", String::from_utf8_lossy(&word));
    }
    for word in beside.into_iter().flatten().map(unpacked) {
        let told = KeyClassifier::may_classify_beside(&word)
            && KeyClassifier::may_classify_beside(&[b"some_", &word[..]].concat());
        assert!(told && !keys.is_plain_word(&word), "{}", String::from_utf8_lossy(&word));
    }
    assert!(
        KeyClassifier::may_classify_beside(b"userPrompt")
            && !KeyClassifier::may_classify_beside(b"InvalidPrompt")
    );
    for end in ENDS {
        for word in [[b"db", end, b""].concat(), [b"db", end, b"s"].concat()] {
            let plain = keys.class_in_text(&word) == KeyClass::Plain;
            assert_eq!(keys.is_plain_word(&word), plain, "{}", String::from_utf8_lossy(&word));
        }
    }
}
