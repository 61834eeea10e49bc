use super::*;

fn split(key: &str) -> Vec<&str> {
    Split(key.as_bytes()).map(|w| std::str::from_utf8(w).unwrap()).collect()
}

#[test]
fn keys_split_into_words() {
    for (key, words) in [
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
        assert_eq!(split(key), words, "{key}");
    }
}

#[test]
fn words_and_not_substrings_decide() {
    let words = Words::default();
    for (key, class) in [
        ("password", Class::Sensitive),
        ("DB_PASSWORD", Class::Sensitive),
        ("dbPassword2", Class::Sensitive),
        ("userpassword", Class::Sensitive),
        ("x-api-key", Class::Sensitive),
        ("apiKey", Class::Sensitive),
        ("access_token", Class::Sensitive),
        ("authToken", Class::Sensitive),
        ("authtokens", Class::Sensitive),
        ("Set-Cookie", Class::Sensitive),
        ("session", Class::Sensitive),
        ("connection_string", Class::Sensitive),
        ("client_secret", Class::Sensitive),
        ("email", Class::Personal),
        ("user_name", Class::Personal),
        ("card_number", Class::Personal),
        ("author", Class::Plain),
        ("tokenizer_name", Class::Plain),
        ("session_count", Class::Plain),
        ("max_tokens_limit", Class::Plain),
        ("key", Class::Plain),
        ("primary_key", Class::Plain),
        ("keyboard", Class::Plain),
        ("secretary", Class::Plain),
        ("passenger", Class::Plain),
        ("user_agent", Class::Plain),
        ("content_type", Class::Plain),
        ("content_length", Class::Plain),
        ("response_status", Class::Plain),
        ("status_code", Class::Plain),
        ("strategy", Class::Plain),
        ("html", Class::Content("html")),
        ("cleaned_html", Class::Content("html")),
        ("pageUrl", Class::Content("url")),
        ("response_body", Class::Content("body")),
        ("system_prompt", Class::Content("prompt")),
        ("context", Class::Plain),
        ("textile", Class::Plain),
    ] {
        assert_eq!(words.class(key), class, "{key}");
    }
}

#[test]
fn programs_add_words() {
    let mut words = Words::default();
    words.add_sensitive("badge".to_owned());
    words.add_sensitive("crew_id".to_owned());
    words.add_safe("page_title".to_owned());
    assert_eq!(words.class("employeeBadgeNo"), Class::Sensitive);
    assert_eq!(words.class("badger"), Class::Plain);
    assert_eq!(words.class("crew_id"), Class::Sensitive);
    assert!(words.is_safe("page_title") && !words.is_safe("page"));
}

#[test]
fn the_quick_look_lets_no_word_of_the_tables_through() {
    let words = Words::default();
    let alone: [&[Packed]; 3] = [&SENSITIVE, &PERSONAL, &tables::LAST_OF_TWO];
    let beside: [&[Packed]; 2] = [&ECHOING, &tables::BESIDE];
    let unpacked = |packed: &Packed| packed.to_be_bytes().into_iter().filter(|b| *b != 0).collect::<Vec<_>>();
    for word in alone.into_iter().flatten().map(unpacked) {
        assert!(may_tell(&word) && !words.is_plain_word(&word), "{}", String::from_utf8_lossy(&word));
    }
    for word in beside.into_iter().flatten().map(unpacked) {
        let told = Words::may_tell_beside(&word) && Words::may_tell_beside(&[b"some_", &word[..]].concat());
        assert!(told && !words.is_plain_word(&word), "{}", String::from_utf8_lossy(&word));
    }
    assert!(Words::may_tell_beside(b"userPrompt") && !Words::may_tell_beside(b"InvalidPrompt"));
    for end in ENDS {
        for word in [[b"db", end, b""].concat(), [b"db", end, b"s"].concat()] {
            let plain = words.secret(&word) == Class::Plain;
            assert_eq!(words.is_plain_word(&word), plain, "{}", String::from_utf8_lossy(&word));
        }
    }
}
