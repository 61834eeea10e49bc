//! Passes over a block of words once, and judges every longest run that the texts share with it.

use super::bytes::{END, at};
use super::filter::{GRAM, as_number};
use super::found::Found;
use super::judge::{Judge, Whose};
use super::source::Block;
use super::texts::{Grams, Texts};

/// Most bytes looked at, when comparing and judging, for each byte of a block. Ordinary texts need some ten. A text of
/// one repeated letter, against words of the same letter, gets fewer runs instead of a longer search.
pub(super) const LOOKED_AT: usize = 128;

/// Adds the runs that the texts share with the new bytes of `block`.
pub(super) fn block(block: &Block<'_>, texts: &Texts, grams: &Grams, whose: Whose, found: &mut Found) {
    let (data, new, text) = (block.bytes(), block.new_bytes(), texts.bytes());
    let most = found.looked_at.saturating_add(LOOKED_AT * new.len());
    let mut judge = Judge { block, texts, found, whose };
    let end = data.len().min(new.end + GRAM - 1);
    let data_to_end = data.get(..end).unwrap_or_default();
    let mut next = new.start;
    while let Some(from) = grams.next_in(data_to_end, next) {
        next = from + 1;
        let gram = data.get(from..from + GRAM).map_or(0, as_number);
        let before = from.checked_sub(1).map(|i| at(data, i));
        for place in grams.places(gram) {
            judge.found.looked_at += 1;
            let last = at(text, place - 1);
            let is_same = text.get(place..place + GRAM).is_some_and(|g| as_number(g) == gram);
            if !is_same || (last != END && before == Some(last)) {
                continue;
            }
            let len = GRAM + equal(text.get(place + GRAM..), data.get(from + GRAM..));
            judge.found.looked_at += len;
            if judge.is_worth_it(place, from, len) {
                judge.run(place, from, len);
            }
            if judge.found.looked_at > most {
                return;
            }
        }
    }
}

/// The number of equal bytes from the start of both, up to the end of a text of the report.
fn equal(text: Option<&[u8]>, data: Option<&[u8]>) -> usize {
    let pairs = text.unwrap_or_default().iter().zip(data.unwrap_or_default());
    pairs.take_while(|(a, b)| a == b && **a != END).count()
}
