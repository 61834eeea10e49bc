use std::io::Cursor;

use super::*;

const SECOND: u64 = 1000;

fn report(second: u64) -> String {
    format!("{{\"schema\":1,\"time\":\"{}\"}}\n", Timestamp::from_millis(second * SECOND))
}

fn span(second: u64) -> String {
    format!("{{\"span\":\"x\",\"end\":\"{}\"}}\n", Timestamp::from_millis(second * SECOND))
}

#[test]
fn a_line_holds_no_line_break_but_its_last() {
    let bytes = line(&["a\nb\r\u{2028}", "c"]).unwrap();
    assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), 1);
    assert_eq!(bytes.last(), Some(&b'\n'));
}

#[test]
fn what_others_wrote_is_told_from_what_we_wrote() {
    let cases: [(&[u8], bool); 12] = [
        (b"", true),
        (b"{\"schema\":1}\n", true),
        (b"{\"span\":\"Feature Usage\"}\n", true),
        (b"{\"sch", true),
        (b"{", true),
        (&[0; 4096], true),
        (b"{\"name\":\"package\"}\n", false),
        (b"{\n  \"schema\": 1\n}", false),
        (b"# notes", false),
        (b"\n", false),
        (b"\0notes", false),
        (&[0xff, 0xfe, 0], false),
    ];
    for (bytes, ours) in cases {
        assert_eq!(are_ours(&mut Cursor::new(bytes)).unwrap(), ours, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn every_end_is_told_apart() {
    let whole = report(1);
    let unbroken = whole.trim_end();
    let long = "x".repeat(usize::try_from(STEP).unwrap() * 2 + 7);
    let cases = [
        (String::new(), End::Whole),
        (whole.clone(), End::Whole),
        (unbroken.to_owned(), End::Unbroken),
        (format!("{whole}{unbroken}"), End::Unbroken),
        (format!("{whole}{{\"schema\":1,\"ti"), End::Torn(whole.len() as u64)),
        (format!("{whole}\0\0\0"), End::Torn(whole.len() as u64)),
        (format!("{whole}{long}"), End::Torn(whole.len() as u64)),
        (long, End::Torn(0)),
        ("{\"schema\":1,".to_owned(), End::Torn(0)),
        (format!("{whole}{whole}"), End::Whole),
    ];
    for (text, expected) in cases {
        let len = text.len() as u64;
        let shown: String = text.chars().take(90).collect();
        assert_eq!(end(&mut Cursor::new(text), len).unwrap(), expected, "{shown:?}");
    }
}

#[test]
fn every_cut_of_a_line_is_torn() {
    let line = report(1);
    let line = line.trim_end();
    for cut in 1..line.len() {
        let text = format!("{}{}", report(0), line.get(..cut).unwrap());
        let len = text.len() as u64;
        assert_eq!(end(&mut Cursor::new(text), len).unwrap(), End::Torn(report(0).len() as u64), "{cut}");
    }
}

#[test]
fn the_oldest_lines_go_whole_and_the_rest_stays() {
    let one = report(1).len() as u64;
    let all = u64::MAX;
    let four = || [report(1), report(2), report(3), report(4)].concat();
    // Each case: the file, `at_most`, `then`, the oldest second that stays, and the expected start.
    let cases = [
        (String::new(), 0, 0, 0, 0),
        (four(), all, all, 0, 0),
        (four(), 4 * one, 0, 0, 0),
        (four(), 4 * one - 1, 3 * one, 0, one),
        (four(), 4 * one - 1, 3 * one - 1, 0, 2 * one),
        (four(), 4 * one - 1, one, 0, 3 * one),
        (four(), 1, 1, 0, 4 * one),
        (four(), 0, 0, 0, 4 * one),
        (four(), all, all, 1, 0),
        (four(), all, all, 2, one),
        (four(), all, all, 5, 4 * one),
        (four(), 4 * one - 1, 3 * one, 4, 3 * one),
        // A span's time is its end.
        ([span(1), span(2)].concat(), all, all, 2, span(1).len() as u64),
        // An old line after a newer one stays until it is the file's first line.
        ([report(3), report(1), report(4)].concat(), all, all, 2, 0),
        // A line without a time counts as old as the line before it; without one before it, as older than any.
        (["\n".to_owned(), report(3)].concat(), all, all, 2, 1),
        ([report(3), "\n".to_owned()].concat(), all, all, 2, 0),
        ([report(1), "junk\n".to_owned(), report(3)].concat(), all, all, 2, one + 5),
    ];
    for (at, (text, at_most, then, oldest, expected)) in cases.into_iter().enumerate() {
        let room = Room { at_most, then, oldest: Timestamp::from_millis(oldest * SECOND) };
        let len = text.len() as u64;
        assert_eq!(first_kept(&mut Cursor::new(text), len, &room).unwrap(), expected, "case {at}");
    }
}

/// Counts the bytes that are read.
struct Counted<F>(F, u64);

impl<F: Read> Read for Counted<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buffer)?;
        self.1 += n as u64;
        Ok(n)
    }
}

impl<F: Seek> Seek for Counted<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// A sparse file of 3 GB: zeros follow `beginning`.
fn sparse(beginning: &str) -> (Counted<std::fs::File>, u64) {
    use std::io::Write;

    const LENGTH: u64 = 3 << 30;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(beginning.as_bytes()).unwrap();
    file.set_len(LENGTH).unwrap();
    (Counted(file, 0), LENGTH)
}

#[test]
fn of_zeros_without_end_no_more_is_read_than_the_longest_line() {
    for beginning in [String::new(), report(1), format!("{}{}", report(1), span(2))] {
        let (mut file, len) = sparse(&beginning);
        assert_eq!(end(&mut file, len).unwrap(), End::Foreign, "{beginning:?}");
        assert!(file.1 <= LONGEST, "{} bytes were read", file.1);
    }
}

#[test]
fn a_line_that_is_longer_than_ours_is_passed_over_and_not_held() {
    let longest = usize::try_from(LONGEST).unwrap();
    for (length, held) in [(10, 11), (longest - 1, longest), (longest, longest), (40 * longest, longest)] {
        let text = [vec![0; length], b"\n".to_vec(), report(3).into_bytes()].concat();
        let mut file = Cursor::new(&text);
        let mut line = Vec::new();
        assert_eq!(next_line(&mut file, &mut line).unwrap(), length as u64 + 1);
        assert!(line.len() == held && line.capacity() <= 2 * longest, "{length}: {}", line.capacity());
        assert_eq!(next_line(&mut file, &mut line).unwrap(), report(3).len() as u64);
        let room = Room { at_most: u64::MAX, then: u64::MAX, oldest: Timestamp::from_millis(0) };
        let kept = first_kept(&mut Cursor::new(&text), text.len() as u64, &room).unwrap();
        assert_eq!(kept, length as u64 + 1, "as old as can be");
    }
}
