//! A find of a detector, with its evidence.
//!
//! The evidence decides what a find removes from text that the program wrote. A literal of the program that only looks
//! like a secret stays, but a URL or a card number is removed everywhere.

use super::{Redaction, Span};

/// The evidence for a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sanitize) enum Evidence {
    /// The text has a form of its own: a grammar, a published prefix, a check digit. It is removed even from a literal.
    Form,
    /// The text only looks suspicious: because of a key word, a label or its entropy, or because a parser repeats it.
    /// Only its parts outside of literals are removed.
    Suspicion,
}

/// Every built-in detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuiltIn {
    Account,
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
    Position,
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
    /// The evidence of the detector's findings.
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
            Self::Account
            | Self::AnnouncedToken
            | Self::Bearer
            | Self::ByteList
            | Self::EncodedText
            | Self::Flag
            | Self::Html
            | Self::LabelledNumber
            | Self::Pair
            | Self::Position
            | Self::Query
            | Self::QuotedInput
            | Self::RandomToken
            | Self::Statement => Evidence::Suspicion,
        }
    }

    /// A finding of this detector at the span, if there is a span.
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
