//! Words that identify nobody, and words that make the name of a variable look secret.
//!
//! They are compared without regard to case. They are plain text, because nobody reads a list of a hundred string
//! literals.

pub(super) fn contains(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|entry| entry.eq_ignore_ascii_case(word))
}

/// Words in the names of variables whose values are secrets.
pub(super) const SECRET_WORDS: &str = "\
    APIKEY APIKEYS APITOKEN AUTH AUTHORIZATION COOKIE CREDENTIAL CREDENTIALS CREDS DSN JWT KEY KEYS PASS \
    PASSPHRASE PASSWD PASSWORD PASSWORDS PAT PIN PRIVATE PWD SALT SECRET SECRETS SIGNATURE TOKEN TOKENS";

/// Values of variables whose names only look secret: `USE_KEYS=enabled`, `AUTH=basic-auth`.
pub(super) const COMMON_VALUES: &str = "\
    always bearer default disable disabled docker enable enabled inherit keyring manual optional prefer \
    production public random require required session string system";
