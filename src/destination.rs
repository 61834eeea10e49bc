//! A destination that is a file, as the file provider names it to people.

use std::borrow::Cow;
use std::path::absolute;

use crate::printable;

/// How such a destination begins.
const THE_FILE: &str = "the file ";

/// The file's path, as the program gave it; `None` if the destination is no file.
pub(crate) fn file(destination: &str) -> Option<&str> {
    destination.strip_prefix(THE_FILE)
}

/// The destination with the whole path of the file, on one line that a terminal can show. It does not change if it is
/// no file, or if there is no working folder.
pub(crate) fn whole(destination: &str) -> Cow<'_, str> {
    match file(destination).and_then(|file| absolute(file).ok()) {
        Some(path) => format!("{THE_FILE}{}", printable::line(&path.display().to_string())).into(),
        None => Cow::Borrowed(destination),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_whole_path_and_nothing_else_changes() {
        assert_eq!((file("the file a b"), file("crashes.example.com")), (Some("a b"), None));
        let here = std::env::current_dir().unwrap();
        assert_eq!(whole("the file a b"), format!("the file {}", here.join("a b").display()));
        for unchanged in ["crashes.example.com", "the memory of this process", ""] {
            assert_eq!(whole(unchanged), unchanged);
        }
    }
}
