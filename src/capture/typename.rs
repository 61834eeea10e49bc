//! The names of error types. A type's name says what went wrong and holds no data.

use std::borrow::Cow;
use std::error::Error;

use super::format::{debug_head, display, guarded};

/// The name of an error whose type cannot be told.
const UNKNOWN: &str = "Error";

/// Number of bytes of a `Debug` form that are examined. Only an identifier is taken from it.
const HEAD: usize = 96;

/// The name of an error whose type the compiler knows, with the variant when it is an enum.
pub(super) fn of<E: ?Sized>(error: &(dyn Error + 'static)) -> Cow<'static, str> {
    let full = std::any::type_name::<E>();
    if full.starts_with("dyn ") || full.contains("dyn core::error::Error") {
        return of_dyn(error);
    }
    if let Some(known) = of_std(error) {
        return known;
    }
    let last = full.split('<').next().and_then(|path| path.rsplit("::").next()).unwrap_or(full);
    match identifier(error) {
        Some(variant) if variant != last => Cow::Owned(format!("{full}::{variant}")),
        Some(_) | None => Cow::Borrowed(full),
    }
}

/// The name of a `dyn Error`. For an error of the standard library it is the type's name, for others the identifier of
/// the `Debug` form.
pub(super) fn of_dyn(error: &(dyn Error + 'static)) -> Cow<'static, str> {
    of_std(error).or_else(|| identifier(error).map(Cow::Owned)).unwrap_or(Cow::Borrowed(UNKNOWN))
}

/// The names of the standard library's errors, with the path that their `Debug` forms do not give.
fn of_std(error: &(dyn Error + 'static)) -> Option<Cow<'static, str>> {
    macro_rules! known {
        ($($path:literal = $type:ty),+ $(,)?) => {
            $(if error.is::<$type>() { return Some(Cow::Borrowed($path)); })+
        };
    }
    if let Some(io) = guarded(|| error.downcast_ref::<std::io::Error>().map(std::io::Error::kind))? {
        return Some(Cow::Owned(format!("std::io::Error({io:?})")));
    }
    known! {
        "std::fmt::Error" = std::fmt::Error,
        "std::num::ParseIntError" = std::num::ParseIntError,
        "std::num::ParseFloatError" = std::num::ParseFloatError,
        "std::num::TryFromIntError" = std::num::TryFromIntError,
        "std::str::Utf8Error" = std::str::Utf8Error,
        "std::str::ParseBoolError" = std::str::ParseBoolError,
        "std::string::FromUtf8Error" = std::string::FromUtf8Error,
        "std::net::AddrParseError" = std::net::AddrParseError,
        "std::env::VarError" = std::env::VarError,
        "std::time::SystemTimeError" = std::time::SystemTimeError,
        "std::sync::mpsc::RecvError" = std::sync::mpsc::RecvError,
        "std::array::TryFromSliceError" = std::array::TryFromSliceError,
    }
    None
}

/// The identifier with which a derived `Debug` form begins: `Fetch` of `Fetch { url: … }`.
///
/// A form that equals the message is not taken as a name, because an error made of a text prints that text.
fn identifier(error: &(dyn Error + 'static)) -> Option<String> {
    let head = debug_head(&error, HEAD)?;
    let end = head.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(head.len());
    let (name, rest) = head.split_at_checked(end)?;
    let derived = rest.is_empty() || rest.starts_with('(') || rest.starts_with(" {") || rest.starts_with('{');
    if !derived || !name.starts_with(|c: char| c.is_ascii_uppercase()) || name.len() > 64 {
        return None;
    }
    if rest.is_empty() && display(&error) == name {
        return None;
    }
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    #[derive(Debug)]
    enum Crawl {
        Fetch { _url: String },
        Empty,
        Io(#[expect(dead_code, reason = "read by Debug only")] std::io::Error),
    }
    impl fmt::Display for Crawl {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("crawl failed")
        }
    }
    impl Error for Crawl {}

    #[derive(Debug)]
    struct Plain;
    impl fmt::Display for Plain {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("plain")
        }
    }
    impl Error for Plain {}

    #[test]
    fn known_types_carry_their_path_and_variant() {
        let here = "crawl4ai_telemetry::capture::typename::tests";
        let fetch = Crawl::Fetch { _url: "https://example.com/?token=x".into() };
        assert_eq!(of::<Crawl>(&fetch), format!("{here}::Crawl::Fetch"));
        assert_eq!(of::<Crawl>(&Crawl::Empty), format!("{here}::Crawl::Empty"));
        assert_eq!(
            of::<Crawl>(&Crawl::Io(std::io::ErrorKind::NotFound.into())),
            format!("{here}::Crawl::Io")
        );
        assert_eq!(of::<Plain>(&Plain), format!("{here}::Plain"));
    }

    #[test]
    fn types_behind_dyn_are_named_by_their_debug_form() {
        assert_eq!(of_dyn(&Plain), "Plain");
        assert_eq!(of_dyn(&Crawl::Empty), "Empty");
        let io = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert_eq!(of_dyn(&io), "std::io::Error(PermissionDenied)");
        assert_eq!(of_dyn(&"x".parse::<i32>().unwrap_err()), "std::num::ParseIntError");
    }

    #[test]
    fn a_text_is_not_a_type() {
        for text in ["Alice", "Alice (admin)", "cannot fetch https://example.com", "Failed: x", ""] {
            let boxed: Box<dyn Error> = text.into();
            assert_eq!(of_dyn(&*boxed), "Error", "{text}");
            let anyhow = anyhow::anyhow!(text.to_owned());
            assert_eq!(of_dyn(anyhow.as_ref()), "Error", "{text}");
        }
    }
}
