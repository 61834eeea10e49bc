//! The description of the schema: span types, their attributes, types and tiers.

/// The version of the consent text under which a span or attribute is collected first.
///
/// The version rises when the schema begins to collect more than the earlier text said.
pub type Policy = u32;

/// Whether an attribute leaves by default or only when the user shares.
///
/// ```
/// use crawl4ai_telemetry_core::usage::Tier;
///
/// assert_eq!(Tier::Shared.name(), "shared");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// Sent when usage telemetry is on.
    Default,
    /// Sent only for what the user shares on purpose.
    Shared,
}

impl Tier {
    /// The tier's name in tables and schemas.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Shared => "shared",
        }
    }
}

/// The type of an attribute's values. It decides how they are cleaned, and in which form they are sent.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Type, Wire};
///
/// assert_eq!(Type::Flag.wire(), Wire::Text, "`true` or `false`");
/// assert!(Type::Text.is_free() && !Type::Count.is_free());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// A name that the program's author chose: a feature, a strategy. It is searched like any text, and shortened if it
    /// is too long.
    Name,
    /// The name of a tool, in lower case, its words joined by `_`. It is searched and shortened like
    /// other names.
    ToolName,
    /// A list of names, as JSON.
    Names,
    /// A list of tools' names, as JSON.
    ToolNames,
    /// Free text. It is allowed in the [shared](Tier::Shared) tier only, and is searched and shortened.
    Text,
    /// A list of free texts, as JSON. It is allowed in the shared tier only.
    Texts,
    /// A map of names to values, as JSON. It is allowed in the shared tier only, and is cleaned like the context of a
    /// report.
    Map,
    /// The operating system's own description. It is allowed in the shared tier only, and is searched and shortened.
    System,
    /// 128 random bits, as 32 hexadecimal digits.
    Key,
    /// 128 bits of an id, as a UUID.
    Id,
    /// The name of an error's type, without its module and its arguments.
    ErrorType,
    /// A boolean, as the text `true` or `false`, because some pipelines drop booleans that are false.
    Flag,
    /// A whole number, not negative.
    Count,
    /// A number, as text. NaN and infinity are left out.
    Decimal,
    /// A duration, in milliseconds.
    Duration,
    /// A point in time, as RFC 3339 writes it.
    Time,
    /// One word of a fixed list.
    Choice(&'static [&'static str]),
    /// A list of objects, as JSON. The objects have attributes of their own.
    Items(&'static [AttributeSpec]),
}

/// The form of an attribute on the wire.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Type, Wire};
///
/// assert_eq!(Type::Count.wire(), Wire::Int);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// A string.
    Text,
    /// A 64-bit integer.
    Int,
    /// A floating-point number.
    Float,
}

impl Type {
    /// The form of this type on the wire.
    #[must_use]
    pub const fn wire(self) -> Wire {
        match self {
            Self::Count => Wire::Int,
            Self::Duration => Wire::Float,
            Self::Name
            | Self::ToolName
            | Self::Names
            | Self::ToolNames
            | Self::Text
            | Self::Texts
            | Self::Map
            | Self::System
            | Self::Key
            | Self::Id
            | Self::ErrorType
            | Self::Flag
            | Self::Decimal
            | Self::Time
            | Self::Choice(_)
            | Self::Items(_) => Wire::Text,
        }
    }

    /// Can the type hold a text that somebody wrote, a model's answer, or a value that tells machines apart? Such a
    /// type is allowed in the shared tier only.
    #[must_use]
    pub const fn is_free(self) -> bool {
        matches!(self, Self::Text | Self::Texts | Self::Map | Self::System)
    }

    /// The type in words, for tables.
    #[must_use]
    pub fn describe(self) -> String {
        let words = match self {
            Self::Name => "name that the program gives",
            Self::ToolName => "name of a tool",
            Self::Names => "list of names",
            Self::ToolNames => "list of names of tools",
            Self::Text => "free text",
            Self::Texts => "list of free texts",
            Self::Map => "names and values",
            Self::System => "what the operating system calls itself",
            Self::Key => "random number, 32 hexadecimal digits",
            Self::Id => "id (UUID), random unless the program sets it",
            Self::ErrorType => "name of an error's type",
            Self::Flag => "`true` or `false`",
            Self::Count => "whole number",
            Self::Decimal => "number",
            Self::Duration => "duration in milliseconds",
            Self::Time => "date and time",
            Self::Choice(words) => {
                return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            }
            Self::Items(_) => "list, see below",
        };
        words.to_owned()
    }
}

/// One attribute of a span type. Only [`usage_span!`](crate::usage_span) makes one.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Attributes, ServiceVersion, Tier, Type};
///
/// let [version] = ServiceVersion::ATTRIBUTES else { panic!("one attribute") };
/// assert_eq!((version.name(), version.kind(), version.tier()), ("service.version", Type::Name, Tier::Default));
/// assert!(!version.reason().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeSpec {
    name: &'static str,
    reason: &'static str,
    kind: Type,
    tier: Tier,
    since: Policy,
}

impl AttributeSpec {
    /// Makes an attribute, for the expansion of `usage_span!`.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared(
        name: &'static str,
        reason: &'static str,
        kind: Type,
        tier: Tier,
        since: Policy,
    ) -> Self {
        let reason = reason.trim_ascii();
        assert!(!reason.is_empty(), "an attribute needs a reason");
        assert!(since > 0, "the first version of the consent text is 1");
        Self { name, reason, kind, tier, since }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The reason why the attribute is collected.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// The type of its values.
    #[must_use]
    pub const fn kind(&self) -> Type {
        self.kind
    }

    /// The tier, which decides when the attribute is sent.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// The version of the consent text under which the attribute is collected first.
    #[must_use]
    pub const fn since(&self) -> Policy {
        self.since
    }
}

/// One span type. Only [`usage_span!`](crate::usage_span) makes one.
///
/// ```
/// use crawl4ai_telemetry_core::usage::DeclaredSpan;
/// # use crawl4ai_telemetry_core::usage::Name;
/// # crawl4ai_telemetry_core::usage_span! {
/// #     /// That a crawl ended.
/// #     pub struct CrawlEnded = "Crawl Ended" {
/// #         /// Strategies that nobody uses are taken out.
/// #         strategy: Name => Default since 1,
/// #     }
/// # }
///
/// assert_eq!(CrawlEnded::SPEC.purpose(), "That a crawl ended.");
/// assert!(!CrawlEnded::SPEC.is_shared_only());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanSpec {
    name: &'static str,
    purpose: &'static str,
    attributes: &'static [AttributeSpec],
}

impl SpanSpec {
    /// Makes a span type, for the expansion of `usage_span!`.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared(
        name: &'static str,
        purpose: &'static str,
        attributes: &'static [AttributeSpec],
    ) -> Self {
        let purpose = purpose.trim_ascii();
        assert!(!name.is_empty(), "a span needs a name");
        assert!(!purpose.is_empty(), "a span needs a purpose");
        Self { name, purpose, attributes }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The purpose of the span.
    #[must_use]
    pub const fn purpose(&self) -> &'static str {
        self.purpose
    }

    /// The attributes that the span may carry besides the [common attributes](super::Schema::common).
    #[must_use]
    pub const fn attributes(&self) -> &'static [AttributeSpec] {
        self.attributes
    }

    /// Is the span sent only when the user shares? This is so if it has attributes and all of them are in the shared
    /// tier.
    #[must_use]
    pub fn is_shared_only(&self) -> bool {
        !self.attributes.is_empty() && self.attributes.iter().all(|a| a.tier() == Tier::Shared)
    }
}
