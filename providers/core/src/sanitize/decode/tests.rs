use super::*;
use crate::sanitize::detect::Evidence;
use crate::sanitize::{Redaction, Span};

#[test]
fn encodings_are_taken_away() {
    for (text, plain) in [
        ("ada%40example.com", "ada@example.com"),
        ("100% sure", "100% sure"),
        ("%zz%4", "%zz%4"),
        (r#"a\"b\/c\\d\n"#, "a\"b/c\\d\n"),
        (r"\u0061\u{64}\x61\101", "adaA"),
        // A number that is no character becomes a space.
        (r"\u{110000} \q \", "  \\q \\"),
        (r"\U00000061%u0062=63=64 n=10", "abcd n=10"),
        ("a\0d\0a\0 e\u{301}", "ada e"),
        ("пароль…", "пароль "),
        ("a\u{200b}d\u{ad}a\u{feff}", "ada"),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
        ("\x1b[31mred\x1b[0m \x1b", "red "),
        ("é %C3%A9 \\xc3\\xa9", "é é é"),
    ] {
        assert_eq!(String::from_utf8_lossy(&decoded(text.as_bytes(), true).bytes), plain, "{text}");
    }
}

#[test]
fn lines_are_joined() {
    for (text, plain) in
        [("ab\ncd", "abcd"), ("ab\r\n   cd\n\n", "abcd"), ("ab=\ncd\\\nef", "abcdef"), ("\n", "")]
    {
        assert_eq!(String::from_utf8_lossy(&joined(text.as_bytes(), &[], None).0.bytes), plain, "{text:?}");
    }
}

#[test]
fn what_is_found_in_a_view_is_taken_out_of_the_text() {
    let text = "x ada%40ex\u{200b}ample.com é\\u0061b";
    let view = decoded(text.as_bytes(), true);
    let plain = String::from_utf8(view.bytes.clone()).unwrap();
    for (part, source) in
        [("ada@example.com", "ada%40ex\u{200b}ample.com"), ("é", "é"), ("a", "a"), ("ab", "\\u0061b")]
    {
        let start = if part == "ab" { plain.rfind(part) } else { plain.find(part) }.unwrap();
        let span = Span { start, end: start + part.len(), kind: Redaction::Email };
        let back = view.back(Finding::new(span, Evidence::Form)).unwrap();
        assert_eq!(text.get(back.start..back.end), Some(source));
    }
    let over = Span { start: 0, end: plain.len() + 1, kind: Redaction::Email };
    assert_eq!(view.back(Finding::new(over, Evidence::Form)), None);
}
