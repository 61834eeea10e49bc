//! Usage telemetry: an allow-listed table of counters, settings and names. Free text leaves only if the user shares it.
//!
//! The schema is code, and each program has its own: this crate declares no span. A type of span is a struct, declared
//! by [`usage_span!`](crate::usage_span), and its attributes are the struct's fields. Each attribute has a type, a
//! reason, a tier, and the version of the consent text under which it is collected first. An attribute outside of the
//! schema cannot be attached, because there is no field for it. An attribute without a reason does not compile, and
//! neither does free text in the tier that is sent by default.
//!
//! | what | is declared by |
//! |---|---|
//! | a type of span | [`usage_span!`](crate::usage_span) |
//! | items of a list in a span ([`Items`]), and what every span carries ([`Common`]) |
//! [`usage_attributes!`](crate::usage_attributes) |
//! | a fixed list of words | [`usage_choice!`](crate::usage_choice) |
//! | all that a program may record | [`Schema`] |
//!
//! A span is raw while it is a [`UsageDraft`], which cannot be serialized, and clean once it is a [`UsageSpan`]. Only
//! the [`Sanitizer`](crate::Sanitizer::usage_span) turns a draft into a span. Values of the shared tier are taken out
//! before a draft is made, unless the user shares.
//!
//! A span is made by filling in its fields. Lists take items, and optional fields may be `None`:
//!
//! ```
//! use crawl4ai_telemetry_core::usage::{Items, Key, Name, SharedText, SpanIds, UsageDraft};
//! use crawl4ai_telemetry_core::{Sanitizer, Timestamp, usage_attributes, usage_span};
//!
//! usage_attributes! {
//!     /// One page of a crawl.
//!     pub struct Page {
//!         /// Which kinds of pages people crawl.
//!         kind: Name => Default since 1,
//!         /// Which pages people crawl, when they choose to show us.
//!         title: Option<SharedText> => Shared since 1,
//!     }
//! }
//! usage_span! {
//!     /// That a crawl ended.
//!     pub struct CrawlEnded = "Crawl Ended" {
//!         /// Joins what is told of one crawl in one run.
//!         crawl_key: Key => Default since 1,
//!         /// How large crawls are, and of what.
//!         pages: Items<Page> => Default since 1,
//!     }
//! }
//!
//! let page = Page { kind: "article".into(), title: Some("Who was Ada?".into()) };
//! let ended = CrawlEnded { crawl_key: Key::from_bytes([3; 16]), pages: Items(vec![page]) };
//! let ids = SpanIds::from_bytes([1; 16], [2; 8]);
//! let the_user_shares = false;
//! let draft = UsageDraft::new(ended, the_user_shares, ids, Timestamp::from_millis(0));
//! let span = serde_json::to_string(&Sanitizer::new().usage_span(draft, None))?;
//! assert!(span.contains("article") && !span.contains("Ada"), "leaves only when the user shares");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod choice;
mod common;
mod declare;
mod draft;
mod id;
mod json_schema;
mod schema;
mod span;
mod spec;
mod table;
pub(crate) mod value;

pub use choice::DeclaredChoice;
pub use common::{Common, ServiceVersion};
pub use declare::{Attributes, DeclaredSpan};
pub use draft::{SpanIds, UsageDraft};
pub use id::{Id, Key};
pub use json_schema::json_schema;
pub use schema::Schema;
pub use span::{UsageSpan, UsageValue};
pub use spec::{AttributeSpec, Policy, SpanSpec, Tier, Type, Wire};
pub use table::table;
#[doc(hidden)]
pub use value::Raw;
pub use value::{
    AttributeValue, Decimal, ErrorType, Items, Name, SentByDefault, SharedMap, SharedText, SystemName,
    ToolName,
};

pub(crate) use span::CleanValue;
pub(crate) use value::RawValue;

#[cfg(test)]
mod tests;
