use super::*;

fn set_in(text: &str, value: Option<&str>) -> String {
    set(text, "k", value, &Style::plain()).expect("an object")
}

#[test]
fn a_member_is_removed_with_one_of_its_commas() {
    let cases = [
        ("{}", "{}"),
        (r#"{"k": 1}"#, "{}"),
        ("{\n  \"k\": 1\n}", "{}"),
        (r#"{"k": 1, "a": 2}"#, r#"{"a": 2}"#),
        (r#"{"a": 2, "k": 1}"#, r#"{"a": 2}"#),
        (r#"{"a": 2, "k": 1, "b": 3}"#, r#"{"a": 2, "b": 3}"#),
        ("{\n  \"a\": 2,\n  \"k\": 1\n}", "{\n  \"a\": 2\n}"),
        (r#"{"k": 1, "k": 2, "k": 3}"#, "{}"),
        (r#"{"a": 0, "k": 1, "k": 2}"#, r#"{"a": 0}"#),
        (r#"{"k": 1, "a": 0, "k": 2}"#, r#"{"a": 0}"#),
        (r#"{"k": 1, "k": 2, "a": 0}"#, r#"{"a": 0}"#),
        (r#"{"k": "} , {", "a": "k"}"#, r#"{"a": "k"}"#),
    ];
    for (before, after) in cases {
        assert_eq!(set_in(before, None), after, "{before}");
    }
}

#[test]
fn a_member_is_set_where_it_stands_or_added_at_the_end() {
    let cases = [
        ("{}", "{\n  \"k\": 9\n}"),
        ("{ \n }", "{\n  \"k\": 9\n}"),
        (r#"{"k":1}"#, r#"{"k":9}"#),
        (r#"{"k" : [1, {"k": 2}] , "a":0}"#, r#"{"k" : 9 , "a":0}"#),
        (r#"{"a": "k"}"#, r#"{"a": "k", "k": 9}"#),
        (r#"{"a":"}"}"#, r#"{"a":"}","k":9}"#),
        (r#"{"k":1,"a":0,"k":2}"#, r#"{"a":0,"k":9}"#),
        (r#"{"\u006b":1}"#, r#"{"\u006b":9}"#),
        (r#"{"{": 1}"#, r#"{"{": 1, "k": 9}"#),
        (" {\"a\": 0}\n\n", " {\"a\": 0, \"k\": 9}\n\n"),
    ];
    for (before, after) in cases {
        assert_eq!(set_in(before, Some("9")), after, "{before}");
    }
}

#[test]
fn what_is_no_object_is_not_edited() {
    for text in ["", "[]", "1", "{", "{}}", "{\"a\":}", "\"{}\""] {
        assert_eq!(set(text, "k", Some("9"), &Style::plain()), None, "{text}");
    }
}
