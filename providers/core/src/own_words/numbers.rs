//! Decides which numbers stay: those after a label that the program wrote, or before a unit.

/// Most digits of a number that stays; numbers that identify a person mostly have more.
const DIGITS: usize = 6;

/// Labels before a number that is a place or an amount. `expected` and `got` are not listed, because the number after
/// them may be any value, such as a year.
const LABELS: &[&str] = &[
    "line", "column", "col", "byte", "bytes", "offset", "index", "position", "len", "length", "size",
    "errno", "Errno", "os error", "status", "code", "exit", "signal", "attempt", "retries", "after", "port",
    "version", "least", "most", "depth", "level", "capacity",
];

/// Labels whose number may follow after a colon, because no name follows them.
const CODES: &[&str] = &["status", "code", "errno", "signal", "length", "len", "size", "offset"];

const UNITS: &[&str] = &[
    "ns",
    "µs",
    "us",
    "ms",
    "s",
    "sec",
    "secs",
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "bytes",
    "byte",
    "KB",
    "MB",
    "GB",
    "KiB",
    "MiB",
    "GiB",
    "retries",
    "attempts",
    "failures",
    "times",
    "elements",
    "errors",
    "arguments",
    "%",
];

/// Is this a label whose number is a place or an amount?
pub(crate) fn is_label(key: &str) -> bool {
    LABELS.contains(&key) || CODES.contains(&key)
}

/// Does the gap hold one number, with a label at the end of `before` or a unit at the start of `behind`? Both texts are
/// already kept by a rule.
pub(super) fn stays(gap: &[u8], before: &[u8], behind: &[u8]) -> bool {
    let Ok(gap) = std::str::from_utf8(gap) else { return false };
    let (before, behind) = (String::from_utf8_lossy(before), String::from_utf8_lossy(behind));
    let marks = [' ', '(', ')', '[', ']', ',', ';', ':', '.', '\'', '"', '`', '=', '#'];
    let token = gap.trim_matches(marks);
    // In `1.5s` the unit is in the gap too.
    let (number, own_unit) = match token.find(|c: char| c.is_alphabetic() || c == '%') {
        Some(at) => token.split_at_checked(at).unwrap_or((token, "")),
        None => (token, ""),
    };
    let number = number.trim_start_matches(['-', '+']);
    let has_unit = if own_unit.is_empty() { starts_with_unit(&behind) } else { UNITS.contains(&own_unit) };
    let has_label = own_unit.is_empty() && ends_with_label(&before);
    is_number(number, has_unit) && (has_unit || has_label)
}

fn is_number(text: &str, may_have_fraction: bool) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let whole = digits == text.len();
    let fraction =
        digits + 1 == text.len() && text.contains('.') && !text.starts_with('.') && !text.ends_with('.');
    (1..=DIGITS).contains(&digits) && (whole || (may_have_fraction && fraction))
}

fn ends_with_label(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '=', '#', '(']);
    let has = |labels: &[&str], text: &str| {
        labels
            .iter()
            .any(|label| text.strip_suffix(label).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)))
    };
    match before.strip_suffix(':') {
        Some(code) => has(CODES, code),
        None => has(LABELS, before),
    }
}

fn starts_with_unit(behind: &str) -> bool {
    let behind = behind.trim_start();
    UNITS
        .iter()
        .any(|unit| behind.strip_prefix(unit).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_or_a_unit_explains_it() {
        for (before, gap, behind, stay) in [
            ("at line ", "17", " column ", true),
            ("at line ", "17)", "", true),
            ("(os error ", "2", ")", true),
            ("status: ", "404", "", true),
            ("index: ", "4", "", false),
            ("timed out after ", "1.5s", "", true),
            ("timed out after ", "1.5", "s", true),
            ("timed out after ", "1.5", "", false),
            ("read ", "512", " bytes", true),
            ("order ", "4711", " of customer ", false),
            ("expected ", "1985", "", false),
            ("line ", "1234567", "", false),
            ("line ", "ada", "", false),
            ("line ", "17 ada", "", false),
            ("airline ", "17", "", false),
            ("line ", "-3", "", true),
            ("line ", "", "", false),
            ("line ", "1.2.3", "", false),
        ] {
            assert_eq!(
                stays(gap.as_bytes(), before.as_bytes(), behind.as_bytes()),
                stay,
                "{before}{gap}{behind}"
            );
        }
    }
}
