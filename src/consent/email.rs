//! What is taken for an e-mail address.

/// Why a text is no e-mail address that could be sent along.
///
/// ```
/// use crawl4ai_telemetry::consent::{ActionError, EmailError};
/// use crawl4ai_telemetry::{App, ChoiceStoreError, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder.path()).build()?;
/// let refused = telemetry.set_email("Ada <ada@example.org>");
/// assert!(matches!(refused, Err(ChoiceStoreError::Store(ActionError::Email(EmailError::Character)))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailError {
    /// Longer than RFC 5321 (section 4.5.3.1) allows: 64 bytes before the `@`, 254 in all.
    #[error("an e-mail address has at most 64 bytes before the @ and 254 in all")]
    TooLong,
    /// None, or more than one, or nothing on one side of it.
    #[error("an e-mail address has exactly one @, and something on both sides of it")]
    NotTwoParts,
    /// Spaces, control characters, brackets, quotes and whatever else is no letter, digit or one of a few signs.
    #[error("an e-mail address holds letters, digits and a few signs, no spaces and no brackets")]
    Character,
    /// A dot at an end, or two in a row.
    #[error("an e-mail address has no dot at an end of its parts, and no two in a row")]
    Dots,
}

/// Is this one e-mail address and nothing else?
///
/// Letters of every script are taken (RFC 6531); quoted local parts and addresses in brackets, which nobody
/// uses and which can hold anything, are not. Whether the address exists is not asked.
///
/// # Errors
/// Which rule it breaks.
pub(crate) fn check_email(text: &str) -> Result<(), EmailError> {
    let mut parts = text.split('@');
    let (Some(local), Some(domain), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(EmailError::NotTwoParts);
    };
    if local.is_empty() || domain.is_empty() {
        return Err(EmailError::NotTwoParts);
    }
    if local.len() > 64 || text.len() > 254 {
        return Err(EmailError::TooLong);
    }
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    if !local.chars().all(atom) || !domain.chars().all(name) {
        return Err(EmailError::Character);
    }
    if [local, domain].iter().any(|part| part.split('.').any(str::is_empty)) {
        return Err(EmailError::Dots);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_and_everything_else_is_not() {
        let long = |n: usize| "a".repeat(n);
        let cases = [
            ("ada@example.com".to_owned(), Ok(())),
            ("ada.lovelace+crash@mail.example.co.uk".to_owned(), Ok(())),
            ("o'brien@localhost".to_owned(), Ok(())),
            ("änne@bücher.example".to_owned(), Ok(())),
            (format!("{}@example.com", long(64)), Ok(())),
            (format!("{}@example.com", long(65)), Err(EmailError::TooLong)),
            (format!("a@{}.example", long(250)), Err(EmailError::TooLong)),
            (String::new(), Err(EmailError::NotTwoParts)),
            ("ada".to_owned(), Err(EmailError::NotTwoParts)),
            ("@".to_owned(), Err(EmailError::NotTwoParts)),
            ("@example.com".to_owned(), Err(EmailError::NotTwoParts)),
            ("ada@".to_owned(), Err(EmailError::NotTwoParts)),
            ("a@b@c".to_owned(), Err(EmailError::NotTwoParts)),
            ("ada @example.com".to_owned(), Err(EmailError::Character)),
            (" ada@example.com".to_owned(), Err(EmailError::Character)),
            ("ada@example.com\n".to_owned(), Err(EmailError::Character)),
            ("ada\0@example.com".to_owned(), Err(EmailError::Character)),
            ("ada\u{202e}@example.com".to_owned(), Err(EmailError::Character)),
            ("ada\u{200b}@example.com".to_owned(), Err(EmailError::Character)),
            ("Ada<ada@example.com>".to_owned(), Err(EmailError::Character)),
            ("\"ada\"@example.com".to_owned(), Err(EmailError::Character)),
            ("ada@[127.0.0.1]".to_owned(), Err(EmailError::Character)),
            ("ada@exa_mple.com".to_owned(), Err(EmailError::Character)),
            ("ada,bob@example.com".to_owned(), Err(EmailError::Character)),
            (".ada@example.com".to_owned(), Err(EmailError::Dots)),
            ("ada@example..com".to_owned(), Err(EmailError::Dots)),
            ("ada@example.com.".to_owned(), Err(EmailError::Dots)),
        ];
        for (text, expected) in cases {
            assert_eq!(check_email(&text), expected, "{text:?}");
        }
    }
}
