//! What a detector found, and on what evidence.
//!
//! Evidence decides what a finding may do to text that the program itself wrote: a literal of the program that looks
//! like a secret is none, but a URL or a card number goes wherever it stands.

use super::{Redaction, Span};

/// What a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sanitize) enum Evidence {
    /// The text has a form of its own: a grammar, a published prefix, a check digit. Goes even inside a literal.
    Form,
    /// The text only looks suspicious: by a key word, a label, its entropy, or because a parser repeats it. Takes
    /// only what stands outside of literals.
    Suspicion,
}

/// Every built-in detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuiltIn {
    AnnouncedToken,
    Bearer,
    ByteList,
    Card,
    Connection,
    DirectoryName,
    Email,
    EncodedText,
    Flag,
    Hardware,
    Host,
    Html,
    Iban,
    Ip,
    Jwt,
    LabelledNumber,
    NationalId,
    Pair,
    PasswordHash,
    Path,
    Pem,
    Phone,
    Query,
    QuotedInput,
    RandomToken,
    SshKey,
    Statement,
    Url,
    Uuid,
    VendorToken,
    WindowsName,
}

impl BuiltIn {
    /// What its findings rest on.
    pub(super) const fn evidence(self) -> Evidence {
        match self {
            Self::Card
            | Self::Connection
            | Self::DirectoryName
            | Self::Email
            | Self::Hardware
            | Self::Host
            | Self::Iban
            | Self::Ip
            | Self::Jwt
            | Self::NationalId
            | Self::PasswordHash
            | Self::Path
            | Self::Pem
            | Self::Phone
            | Self::SshKey
            | Self::Url
            | Self::Uuid
            | Self::VendorToken
            | Self::WindowsName => Evidence::Form,
            Self::AnnouncedToken
            | Self::Bearer
            | Self::ByteList
            | Self::EncodedText
            | Self::Flag
            | Self::Html
            | Self::LabelledNumber
            | Self::Pair
            | Self::Query
            | Self::QuotedInput
            | Self::RandomToken
            | Self::Statement => Evidence::Suspicion,
        }
    }

    /// Its finding, when it has one.
    #[inline]
    pub(super) fn found(self, span: Option<Span>) -> Option<Finding> {
        span.map(|span| Finding::new(span, self.evidence()))
    }
}

/// A range of bytes that a detector found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sanitize) struct Finding {
    pub(in crate::sanitize) start: usize,
    pub(in crate::sanitize) end: usize,
    pub(in crate::sanitize) kind: Redaction,
    pub(in crate::sanitize) evidence: Evidence,
}

impl Finding {
    pub(in crate::sanitize) const fn new(Span { start, end, kind }: Span, evidence: Evidence) -> Self {
        Self { start, end, kind, evidence }
    }

    pub(in crate::sanitize) const fn span(&self) -> Span {
        Span { start: self.start, end: self.end, kind: self.kind }
    }
}
