//! Attribute values that are made from a text.

use std::borrow::Cow;
use std::fmt;

use super::{AttributeValue, Raw, RawValue, SentByDefault, sealed};
use crate::usage::Type;

/// A type that holds one string. Its `Debug` shows only the length, because the string has not been cleaned.
macro_rules! over_text {
    ($(#[$doc:meta])+ $type:ident, $kind:expr, $raw:expr) => {
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq)]
        pub struct $type(pub(crate) Cow<'static, str>);

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
        impl From<&String> for $type {
            fn from(text: &String) -> Self {
                Self(text.clone().into())
            }
        }
        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self(text.to_owned().into())
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({} bytes)"), self.0.len())
            }
        }
        impl sealed::Sealed for $type {}
        impl AttributeValue for $type {
            const TYPE: Type = $kind;
            fn into_raw(self) -> Raw {
                Raw($raw(self.0))
            }
        }
    };
}

impl SentByDefault for Name {}
impl SentByDefault for ToolName {}

over_text! {
    /// A name that the program's author chose: a feature, a strategy, a model. It leaves by default, so never make a
    /// name from a text that a user typed. The name passes the sanitizer, and is cut at 256 bytes.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::usage::Name;
    ///
    /// const STRATEGY: Name = Name::constant("best first");
    /// assert_eq!(STRATEGY, Name::from("best first"));
    /// assert_eq!(format!("{STRATEGY:?}"), "Name(10 bytes)", "it has not been cleaned");
    /// ```
    Name, Type::Name, RawValue::Name
}
over_text! {
    /// The name of a tool, sent in lower case with its words joined by `_`. It is made in the same way as a [`Name`].
    ToolName, Type::ToolName, RawValue::Tool
}
over_text! {
    /// Free text: a question, a description, an answer. The compiler allows it in the shared tier only. The example of
    /// [`usage_span!`](crate::usage_span) has one.
    SharedText, Type::Text, |text: Cow<'static, str>| RawValue::Text(text.into_owned())
}

over_text! {
    /// The operating system's own description. The compiler allows it in the shared tier only. Make one like a
    /// [`Name`].
    SystemName, Type::System, RawValue::Name
}

impl Name {
    /// A name that is a constant of the program.
    #[must_use]
    pub const fn constant(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }
}
