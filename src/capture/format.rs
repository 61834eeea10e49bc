//! Runs the `Display` and `Debug` code of other crates: its output is bounded, and its panics are caught.

use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Maximum number of bytes that are taken of a text before it is cleaned: four times what a report may hold of it.
const MOST: usize = 8 * 1024;

/// Replaces a text whose `Display` panicked.
const PANICKED: &str = "<its Display panicked>";

/// The `Display` form of a value, cut to [`MOST`] bytes.
pub(crate) fn display(value: &dyn fmt::Display) -> String {
    text(MOST, |out| write!(out, "{value}")).unwrap_or_else(|| PANICKED.to_owned())
}

/// The first `most` bytes of a `Debug` form. Returns `None` when it panicked.
pub(super) fn debug_head(value: &dyn fmt::Debug, most: usize) -> Option<String> {
    text(most, |out| write!(out, "{value:?}"))
}

/// Runs the code of other crates. Returns `None` when it panicked.
pub(crate) fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(call)).ok()
}

fn text(most: usize, write: impl FnOnce(&mut Bounded) -> fmt::Result) -> Option<String> {
    let mut out = Bounded { text: String::new(), most, full: false };
    // The result is ignored, because an error only means that the text is too long. The part before the limit is kept.
    let _ = guarded(|| write(&mut out))?;
    if out.full {
        drop_last_word(&mut out.text);
    }
    Some(out.text)
}

/// Removes the last word, which was cut, because half a token may not be recognized as one.
fn drop_last_word(text: &mut String) {
    let end = text.rfind(char::is_whitespace).unwrap_or(0);
    text.truncate(end);
    text.push_str(" …");
}

/// Takes at most `most` bytes, then tells the writer to stop.
struct Bounded {
    text: String,
    most: usize,
    full: bool,
}

impl Write for Bounded {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        if self.full {
            return Err(fmt::Error);
        }
        let room = self.most.saturating_sub(self.text.len());
        if s.len() <= room {
            self.text.push_str(s);
            return Ok(());
        }
        self.full = true;
        let end = (0..=room).rev().find(|at| s.is_char_boundary(*at)).unwrap_or(0);
        self.text.push_str(s.get(..end).unwrap_or_default());
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Endless;
    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("sk_live_0123456789 é")?;
            }
        }
    }

    struct Bomb;
    impl fmt::Display for Bomb {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in Display")
        }
    }

    #[test]
    fn a_text_without_end_is_cut_at_a_word() {
        let text = display(&Endless);
        assert!(text.len() <= MOST + " …".len());
        assert!(text.ends_with(" …"));
        let words: Vec<&str> = text.trim_end_matches(" …").split(' ').collect();
        let whole = ["sk_live_0123456789", "ésk_live_0123456789", "é"];
        assert!(words.iter().all(|w| whole.contains(w)), "{:?}", words.last());
    }

    #[test]
    fn one_word_without_end_goes_whole() {
        assert_eq!(display(&"x".repeat(MOST + 1)), " …");
    }

    #[test]
    fn a_panic_in_display_is_caught() {
        assert_eq!(display(&Bomb), PANICKED);
    }
}
