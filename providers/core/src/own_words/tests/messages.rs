//! Tests every message of `docs/what-leaves.md#what-no-rule-can-know`: data that a search cannot know is removed.

use super::*;

/// The message, the pieces that the program wrote, and the expected text that leaves.
const MESSAGES: &[(&str, &[&str], &str)] = &[
    ("no account for Ada Lovelace", &["no account for ", ""], "no account for [text]"),
    ("wrong password for ada", &["wrong password for ", ""], "wrong password for [word]"),
    ("password hunter2 is too short", &["password ", " is too short"], "password [word] is too short"),
    (
        "unexpected argument 'hunter2' found",
        &["unexpected argument '", "' found"],
        "unexpected argument '[word]' found",
    ),
    (
        "the model said: Ada Lovelace was born in 1815 and lives at 12 St James's Square",
        &["the model said: ", ""],
        "the model said: [text]",
    ),
    ("page title was \"Inbox of Ada Lovelace\"", &["page title was ", ""], "page title was \"[text]\""),
    ("tenant acme-corp is locked", &["tenant ", " is locked"], "tenant [word] is locked"),
    ("order 4711 of customer 0815", &["order ", " of customer ", ""], "order [number] of customer [number]"),
    ("cannot look up db-prod-3", &["cannot look up ", ""], "cannot look up [word]"),
    ("cannot reach ada (at) example (dot) com", &["cannot reach ", ""], "cannot reach [text]"),
    ("met 10.12.1985 in London", &["met ", " in ", ""], "[text]"),
    ("outside of (52.520008, 13.404954)", &["outside of ", ""], "outside of ([number])"),
];

#[test]
fn what_no_rule_can_know_is_gone() {
    for (raw, pieces, expected) in MESSAGES {
        assert_eq!(left(Memory::template(pieces), raw), *expected);
    }
}

#[test]
fn the_page_lists_no_other() {
    let page = include_str!("../../../../../docs/what-leaves.md");
    let listed =
        page.split("These messages leave as they are").nth(1).and_then(|rest| rest.split("```").nth(1));
    let listed: Vec<&str> = listed.unwrap_or_default().lines().skip(1).collect();
    let tested: Vec<&str> = MESSAGES.iter().map(|(raw, ..)| *raw).collect();
    assert_eq!(listed, tested);
}

#[test]
fn the_same_bug_has_the_same_signature_whatever_its_values() {
    for (pieces, values) in [
        (
            &["tenant ", " is locked until ", ""][..],
            [("acme", "monday"), ("Ada Lovelace & Sons", "10.12.2031"), ("4711", "17")],
        ),
        (
            &["cannot read the page at line ", " of ", ""],
            [("3", "ada"), ("12", "Ada Lovelace"), ("400", "4711")],
        ),
    ] {
        let own = OwnWords::new(vec![Box::new(Memory::template(pieces))]);
        let signatures: Vec<String> = values
            .iter()
            .map(|(a, b)| {
                signature(&left_by(&own, &format!("{}{a}{}{b}{}", pieces[0], pieces[1], pieces[2])))
            })
            .collect();
        assert!(signatures.iter().all(|s| *s == signatures[0]), "{signatures:?}");
    }
}

/// If a program ends before its words are read, the texts of a report are searched at once and narrowed by a later
/// start.
#[test]
fn what_was_searched_first_keeps_as_much_as_what_was_marked_first() {
    for (raw, pieces, expected) in [
        (
            "no answer from https://api.example.com/London for ada@example.com after 3 tries",
            &["no answer from ", " for ada@example.com after 3 tries"][..],
            "no answer from [url] for [email] after 3 tries",
        ),
        (
            "the gate of acme-corp told ada@example.com",
            &["the gate of ", " told ada@example.com"],
            "the gate of [word] told [email]",
        ),
    ] {
        let own = OwnWords::new(vec![Box::new(Memory::template(pieces))]);
        let searched = Sanitizer::default().text(raw);
        let marked = own.mark(&[raw], &[]).unwrap().runs.remove(0);
        let at_once = narrow(raw, &marked, &Sanitizer::default().spans(raw));
        assert_eq!((at_once.as_str(), left_by(&own, searched.as_str()).as_str()), (expected, expected));
    }
}

#[test]
fn what_stands_beside_a_placeholder_by_chance_stays_no_longer_than_its_piece() {
    for (raw, pieces, expected) in [
        (
            "the password of acme-corp is ada@example.com for it",
            &["the password of ", " is too short for it"][..],
            "the password of [text] [email] [text]",
        ),
        // These rows must not match a short piece by chance: neither a piece of one word by the space before a
        // placeholder, nor a piece of two words by one of the words.
        (
            "reading smith from berlin to ada@example.com",
            &["reading ", " from ", " failed"],
            "[text] [email]",
        ),
        (
            "no account could be found for Ada x@y.example grace Hopper",
            &["no account could be found for ", " by grace", ""],
            "no account could be found for [word] [email] [text]",
        ),
        ("a for ada@example.com later", &["not known: ", " for Paris later"], "[text] [email] [word]"),
    ] {
        let own = OwnWords::new(vec![Box::new(Memory::template(pieces))]);
        let later = left_by(&own, Sanitizer::default().text(raw).as_str());
        let marked = own.mark(&[raw], &[]).unwrap().runs.remove(0);
        let at_once = narrow(raw, &marked, &Sanitizer::default().spans(raw));
        assert_eq!((at_once.as_str(), later.as_str()), (expected, expected));
    }
}

/// The searched piece is before the piece that counts, has several addresses, or comes after many placeholders.
#[test]
fn a_searched_piece_is_found_wherever_it_stands() {
    let many = "https://example.org/a ".repeat(17);
    for (raw, pieces, expected) in [
        (
            "ask ada@example.com or acme-corp whether the gate of the garden is open",
            &["ask ada@example.com or ", " whether the gate of the garden is open"][..],
            "ask [email] or [word] whether the gate of the garden is open".to_owned(),
        ),
        (
            "the gate of acme-corp told ada@example.com and eve@example.com",
            &["the gate of ", " told ada@example.com and eve@example.com"],
            "the gate of [word] told [email] and [email]".to_owned(),
        ),
        (
            &format!("the keepers of the gate told {many}to ada@example.com"),
            &["the keepers of the gate told ", "to ada@example.com"],
            format!("the keepers of the gate told {}to [email]", "[url] ".repeat(17)),
        ),
    ] {
        let own = OwnWords::new(vec![Box::new(Memory::template(pieces))]);
        assert_eq!(left_by(&own, Sanitizer::default().text(raw).as_str()), expected);
    }
}
