//! Compares what a page shows with what a program printed. On the page, `…` replaces output that differs from run to
//! run: any text if it is within a line, any number of lines if it is alone on a line.

/// Checks that the program printed what the page shows.
///
/// # Errors
/// The first line of the page that the output lacks.
pub fn compare(page: &str, said: &str) -> Result<(), String> {
    let page: Vec<&str> = page.trim_end().lines().map(str::trim_end).collect();
    let said: Vec<&str> = said.trim_end().lines().map(str::trim_end).collect();
    if lines(&page, &said) {
        return Ok(());
    }
    // The mismatch is the line after the longest beginning of the page that matches the output.
    let fits = |n: &usize| {
        (0..=said.len()).any(|m| lines(page.get(..*n).unwrap_or(&[]), said.get(..m).unwrap_or(&[])))
    };
    let good = (0..=page.len()).take_while(fits).count().saturating_sub(1);
    Err((*page.get(good).unwrap_or(&"the end")).to_owned())
}

fn lines(page: &[&str], said: &[&str]) -> bool {
    match (page.split_first(), said.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first.trim() == "…" => {
            (0..=said.len()).any(|skipped| lines(rest, said.get(skipped..).unwrap_or(&[])))
        }
        (Some((first, page)), Some((there, said))) => line(first, there) && lines(page, said),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn line(page: &str, said: &str) -> bool {
    let Some((start, rest)) = page.split_once('…') else { return page == said };
    let Some(mut left) = said.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('…').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some((_, behind)) = left.split_once(piece) else { return false };
        left = behind;
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_what_differs() {
        let cases = [
            ("a\nb", "a\nb\n", true),
            ("a\nb", "a\nc", false),
            ("a", "a\nb", false),
            ("a\nb", "a", false),
            ("a\n…\nd", "a\nb\nc\nd", true),
            ("a\n…\nd", "a\nd", true),
            ("a\n…", "a", true),
            ("a\n…\nd", "a\nb", false),
            ("id … at …, sent", "id 12 at 9, sent", true),
            ("id … at …, sent", "id 12, sent", false),
            ("x…", "y", false),
            ("", "", true),
            ("", "a", false),
        ];
        for (page, said, same) in cases {
            assert_eq!(compare(page, said).is_ok(), same, "{page:?} {said:?}");
        }
    }

    #[test]
    fn the_line_that_differs_is_named() {
        assert_eq!(compare("a\nb\nc", "a\nx\nc"), Err("b".to_owned()));
        assert_eq!(compare("a\n…\nz", "a\nb"), Err("z".to_owned()));
        assert_eq!(compare("a", "a\nb"), Err("the end".to_owned()));
    }
}
