//! Decides how much of a run counts: where the run is cut, how sure its ends are, and how many words it needs.

use std::ops::Range;

use super::bytes::{END, at, breaks_at, breaks_before, is_apart, is_seam, is_word, letters, words};
use super::edges::Edge;
use super::found::{Candidate, Found};
use super::source::{Block, Writing};
use super::texts::Texts;
use super::{Rule, names, rows, siblings, template};

/// Fewest words and letters of a run that counts: without an exact end, with one exact end, with two. They were found
/// by experiment: smaller ones keep words that a person's sentence shares with the program.
const NEEDS: [(usize, usize); 3] = [(4, 16), (3, 12), (2, 6)];

/// Fewest words and letters of a run that counts as the whole text.
const WHOLE: (usize, usize) = (3, 12);

/// Fewest words of a whole literal that counts as the whole text; this number of letters is enough too.
const WHOLE_LITERAL: (usize, usize) = (2, 8);

/// Longest stretch of words without an edge whose runs count, in bytes; a longer one is an included file or a
/// dictionary.
const BLOB: usize = 4 * 1024;

/// Length below which a run counts only as a whole literal, in bytes. Three words with twelve letters have this length.
const SHORT: usize = 14;

/// Length below which a run cannot count as two words with six letters, in bytes.
const SHORTEST: usize = 7;

/// A run may begin with fewer than this many bytes of a C directive (`lld` after `%`) that equal the end of its value.
const DIRECTIVE: usize = 4;

/// Judges the runs of one block.
pub(super) struct Judge<'a> {
    pub(super) block: &'a Block<'a>,
    pub(super) texts: &'a Texts,
    pub(super) found: &'a mut Found,
    /// The origin of the block's words.
    pub(super) whose: Whose,
}

/// The origin of a block's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Program,
    /// The system's error texts and HTTP's reason phrases.
    Public,
    /// Words that this report or the program declares. A whole literal counts here even if it is a single word.
    Declared,
}

/// A part of a run: its place in the texts, and its range in the data.
#[derive(Clone, Debug)]
struct Part {
    at: usize,
    data: Range<usize>,
    /// Is the part's length stored before it, so that it is a whole piece or constant?
    is_piece: bool,
}

/// One end of a run, and how well it is known.
#[derive(Clone, Copy)]
struct End {
    is_exact: bool,
    /// Is the end proved by the bytes around it, so that edges from code cannot change it?
    is_hard: bool,
    /// Is the end known only from code that loads its address?
    is_doubtful: bool,
}

impl Judge<'_> {
    /// Could the run count? Nearly all runs are a few bytes long and cannot, so only their ends are looked at.
    pub(super) fn is_worth_it(&mut self, at_text: usize, from: usize, len: usize) -> bool {
        if len >= SHORT {
            return true;
        }
        let text = self.texts.bytes();
        let (before, behind) = (at(text, at_text - 1), at(text, at_text + len));
        // Short runs count at the start of a text or a line, as a name in backticks, or as a label before a number.
        if matches!(before, END | b'\n' | b'`') || behind.is_ascii_digit() {
            return true;
        }
        if len < SHORTEST {
            return false;
        }
        let own = text.get(at_text..at_text + len).unwrap_or_default();
        self.found.is_undecided = self.found.is_undecided || words(own) >= 2 || names::is_compound(own);
        let data = self.block.bytes();
        self.block.edge(from) != Edge::No
            || breaks_before(data, from)
            || template::may_be_piece(data, from, len)
            || template::directive_before(data, from)
            || self.block.writing() == Writing::Python
            || self.block.has_sure_edge(&(from + 1..from + len))
    }

    /// Judges the longest equal run, `len` bytes from `at_text` in the texts and from `from` in the data.
    pub(super) fn run(&mut self, at_text: usize, from: usize, len: usize) {
        let data = self.block.bytes();
        // Finding the cuts, the words and the letters of the run is counted as looking at each byte four times.
        self.found.looked_at += 4 * len;
        let (mut start, end) = (from, from.saturating_add(len));
        // The run may begin with the length byte of a piece, if that byte equals the byte of the text before the piece.
        if len > 1 && usize::from(at(data, start)) == len - 1 && template::goes_on_from(data, start) {
            start += 1;
        }
        // The run may begin with the letters of a directive, if the value before it ends in the same letters: `seconds`
        // for `%s`. A piece is exempt, because its length byte may be 37, which is `%`.
        if !template::is_piece(data, start, end) {
            start +=
                (1..DIRECTIVE.min(len)).find(|n| template::directive_before(data, start + n)).unwrap_or(0);
        }
        while start < end {
            let known = self.known_end(start, end);
            let stop = known.or_else(|| self.whole(start, end)).unwrap_or_else(|| self.next_cut(start, end));
            let part = Part { at: at_text + (start - from), data: start..stop, is_piece: known.is_some() };
            self.part(&part);
            start = stop;
        }
    }

    /// The end of the literal that begins at `start`, if the bytes before it hold its length.
    fn known_end(&self, start: usize, end: usize) -> Option<usize> {
        let data = self.block.bytes();
        match self.block.writing() {
            Writing::Machine => template::is_piece(data, start, end).then_some(end),
            Writing::Python => python_constant(data, start).map(|len| start + len).filter(|to| *to <= end),
            Writing::Plain => None,
        }
    }

    /// The end of a C literal, if bytes that are not text are at both of its ends. An edge inside of the literal, from
    /// a shorter literal that is stored as its tail, does not cut it.
    fn whole(&self, start: usize, end: usize) -> Option<usize> {
        let data = self.block.bytes();
        let begins = breaks_before(data, start) || template::directive_before(data, start);
        (begins && (breaks_at(data, end) || template::directive_at(data, end))).then_some(end)
    }

    fn next_cut(&self, start: usize, end: usize) -> usize {
        (start + 1..end).find(|offset| self.block.edge(*offset) == Edge::Sure).unwrap_or(end)
    }

    fn ends(&self, part: &Part) -> (End, End) {
        let data = self.block.bytes();
        let Range { start, end } = part.data;
        let of = |is_hard: bool, edge: Edge| End {
            is_exact: is_hard || edge != Edge::No,
            is_hard,
            is_doubtful: !is_hard && edge == Edge::Perhaps,
        };
        let hard_start =
            part.is_piece || breaks_before(data, start) || template::directive_before(data, start);
        let hard_end = part.is_piece || breaks_at(data, end) || template::directive_at(data, end);
        (of(hard_start, self.block.edge(start)), of(hard_end, self.block.edge(end)))
    }

    fn part(&mut self, part: &Part) {
        if self.block.is_listed(&part.data) {
            return;
        }
        let (data, text) = (self.block.bytes(), self.texts.bytes());
        let (first, last) = self.ends(part);
        let (from, to) = (part.at, part.at + part.data.len());
        let starts = at(text, from - 1) == END;

        // Only whole words stay. Words of the text must be whole, and those of the data too where no literal is known
        // to begin or end. A shortened run no longer counts as a whole literal, because a second cleaning sees it
        // without the words around it.
        let seam =
            |i: usize| at(text, i - 1) == END || at(text, i) == END || is_seam(at(text, i - 1), at(text, i));
        let data_seam =
            |o: usize| o.checked_sub(1).is_none_or(|before| is_seam(at(data, before), at(data, o)));
        let fits = |i: usize, o: usize, is_exact: bool| {
            if is_exact { is_apart(text, i) } else { seam(i) && data_seam(o) }
        };
        let (mut start, mut end, mut exact) = (from, to, (first.is_exact, last.is_exact));
        if !fits(start, part.data.start, first.is_exact) {
            let Some(next) = (start + 1..end).find(|i| seam(*i)) else { return };
            (start, exact.0) = (next, false);
        }
        if !fits(end, part.data.end, last.is_exact) {
            let Some(next) = (start + 1..end).rev().find(|i| seam(*i)) else { return };
            (end, exact.1) = (next, false);
        }

        let is_whole = at(text, start - 1) == END && at(text, end) == END;
        let own = text.get(start..end).unwrap_or_default();
        let (words, letters) = (words(own), letters(own));
        let both = exact == (true, true);
        // Two doubtful edges count as one.
        let doubtful = first.is_doubtful && last.is_doubtful;
        let sure_ends = usize::from(exact.0) + usize::from(exact.1 && !doubtful);
        let enough = |(w, l): (usize, usize)| words >= w && letters >= l;
        let is_strong = if is_whole {
            enough(WHOLE) || (both && (words >= WHOLE_LITERAL.0 || letters >= WHOLE_LITERAL.1))
        } else {
            NEEDS.get(sure_ends).is_some_and(|needs| enough(*needs))
        };
        let is_decided = first.is_hard && last.is_hard;
        let is_name = words <= 1 && own.iter().all(|b| is_word(*b) || b":-.<>".contains(b));
        let matters = enough((2, 6))
            || (is_whole && letters >= WHOLE_LITERAL.1)
            || (is_name && names::may_stay(text, start, end));
        self.found.is_undecided |= !is_decided && matters;
        if self.whose == Whose::Declared {
            if both {
                self.found.add(Candidate { exact: true, len: end - start, at: start, rule: Rule::Declared });
            }
            return;
        }
        if !part.is_piece && (words >= 2 || letters >= WHOLE_LITERAL.1) && self.is_blob(&part.data) {
            return;
        }
        let stands_alone = breaks_before(data, part.data.start) && breaks_at(data, part.data.end);
        if self.whose == Whose::Program && stands_alone && words >= 2 && rows::is_in_one(data, &part.data) {
            return;
        }
        // A label of one word counts at the start of a line: `fatal: `.
        let heads_line = starts || at(text, start - 1) == b'\n';
        let is_head = both && heads_line && words == 1 && letters >= 4 && own.ends_with(b": ");
        if is_strong || is_head {
            let exact = is_strong && both;
            let rule = match self.whose {
                Whose::Program | Whose::Declared if exact || is_head => Rule::Literal,
                Whose::Program | Whose::Declared => Rule::Part,
                Whose::Public => Rule::Public,
            };
            self.found.add(Candidate { exact, len: end - start, at: start, rule });
        }
        if exact == (true, true) && !doubtful && is_name {
            self.found.add_name(start, end - start);
        }
        let is_untouched = (start, end) == (from, to);
        let has_siblings = part.is_piece
            || template::directive_at(data, part.data.end)
            || template::directive_before(data, part.data.start);
        if has_siblings && is_untouched && (is_strong || starts || at(text, to).is_ascii_digit()) {
            self.found.looked_at += template::LOOKED_AT;
            siblings::find(data, &part.data, self.texts, from, is_strong, self.found);
        }
    }

    /// Is the run inside of a long text without any edge?
    fn is_blob(&mut self, run: &Range<usize>) -> bool {
        let data = self.block.bytes();
        let is_edge = |offset: &usize| self.block.edge(*offset) != Edge::No || breaks_at(data, *offset);
        let left =
            (run.start.saturating_sub(BLOB)..=run.start).rev().position(|o| is_edge(&o)).unwrap_or(BLOB);
        let right = (run.end..run.end.saturating_add(BLOB)).position(|o| is_edge(&o)).unwrap_or(BLOB);
        self.found.looked_at += left + right;
        left + run.len() + right > BLOB
    }
}

/// The length of a constant of a compiled Python module, if the constant's text begins at `start`. Its kind and length
/// are before the text (`Python/marshal.c`: one byte of length after `z` and `Z`, four after `s`, `t`, `u`, `a` and
/// `A`).
fn python_constant(data: &[u8], start: usize) -> Option<usize> {
    let before = |n: usize| start.checked_sub(n).map_or(0, |i| at(data, i));
    // The kind's highest bit means that the constant is used again.
    if matches!(before(2) & 0x7f, b'z' | b'Z') && before(1) > 1 {
        return Some(usize::from(before(1)));
    }
    let len = u32::from_le_bytes([before(4), before(3), before(2), before(1)]);
    let is_text = matches!(before(5) & 0x7f, b's' | b't' | b'u' | b'a' | b'A');
    usize::try_from(len).ok().filter(|len| is_text && *len > 1)
}
