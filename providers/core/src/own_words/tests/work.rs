//! The work grows with the words, and not with the texts. It is measured in bytes looked at, not in time.

use super::*;

/// The number of bytes looked at when `texts` are marked by `words`.
fn looked_at(words: &[u8], texts: &[&str]) -> usize {
    let texts = Texts::join(texts);
    let found = search(&Memory::of(words), &texts, &Grams::of(&texts)).unwrap();
    found.looked_at
}

#[test]
fn no_text_makes_it_slow() {
    // In each block, the last run may exceed the block's bound by three things: its text, its words, and the search for
    // its template.
    let beyond = |words: usize| (words / Block::SIZE + 1) * 8 * Block::SIZE;
    let plain = "the quick brown fox jumps over the lazy dog, and nobody knows why it would\0".repeat(800);
    for sign in ["a", " ", "-", "ab", "é", "[", "%", "a ", "`a", "\n", "the lazy dog, "] {
        let text = sign.repeat((1 << 15) / sign.len());
        for words in [&plain, &text] {
            let looked = looked_at(words.as_bytes(), &[&text, &text]);
            assert!(looked <= scan::LOOKED_AT * words.len() + beyond(words.len()), "{sign:?}: {looked}");
        }
    }
}

/// The template has a piece that the search would change, and the texts are full of the placeholders that the search
/// writes.
#[test]
fn no_searched_text_makes_it_slow() {
    let beyond = |words: usize| (words / Block::SIZE + 1) * 8 * Block::SIZE;
    let template = Memory::template(&["the gate of the garden ", " told ada@example.com again"]).words;
    let (few, many) = (template.repeat(100), template.repeat(2_000));
    for text in
        ["the gate of the garden [url] ", "[email] ", " told [email] again", "the gate of the garden [[[["]
    {
        let text = text.repeat((1 << 15) / text.len());
        for words in [&few, &many] {
            let looked = looked_at(words, &[&text, &text]);
            assert!(looked <= scan::LOOKED_AT * words.len() + beyond(words.len()), "{text:.20}: {looked}");
        }
    }
}

#[test]
fn ordinary_texts_stay_far_below_the_bound() {
    let plain = "the quick brown fox jumps over the lazy dog, and nobody knows why it would\0".repeat(800);
    let looked = looked_at(plain.as_bytes(), &["the lazy dog of ada jumps over nothing", "no such file"]);
    assert!(looked < scan::LOOKED_AT * plain.len() / 8, "{looked}");
}

#[test]
fn one_literal_of_two_megabytes_is_no_message() {
    let literal = "no such thing is known here, and nobody ever heard of it. ".repeat(36_000);
    let own = OwnWords::new(vec![Box::new(Memory::of(format!("\0{literal}\0").as_bytes()))]);
    let marked = own.mark(&[&literal], &[]).unwrap();
    assert!(marked.runs[0].len() <= 64, "{}", marked.runs[0].len());
}
