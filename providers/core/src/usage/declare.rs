//! The macros that declare spans and attributes, and the traits that they implement.

use super::{AttributeSpec, Raw, SpanSpec};

/// A type that has attributes: a span, an item of a list in a span, or the common attributes of all spans.
/// [`usage_span!`](crate::usage_span) and [`usage_attributes!`](crate::usage_attributes) implement it.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Attributes, ServiceVersion};
///
/// let names: Vec<&str> = ServiceVersion::ATTRIBUTES.iter().map(|attribute| attribute.name()).collect();
/// assert_eq!(names, ["service.version"]);
/// ```
pub trait Attributes: Sized {
    /// The attributes, in the order in which they are sent.
    const ATTRIBUTES: &'static [AttributeSpec];

    /// The raw values, one for each attribute, in the same order.
    #[doc(hidden)]
    fn into_raw(self) -> Vec<Raw>;
}

/// A type of span. [`usage_span!`](crate::usage_span) implements it.
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
/// assert_eq!(CrawlEnded::SPEC.name(), "Crawl Ended");
/// ```
pub trait DeclaredSpan: Attributes {
    /// The schema of the span.
    const SPEC: &'static SpanSpec;
}

/// Declares a type of span: a struct whose fields are the attributes, so that an attribute outside of the schema does
/// not compile.
///
/// The comment on the struct says what the span tells; the comment on each field says **why it is collected**. These
/// comments are part of the schema and of the published table, and a declaration without them does not compile. A field
/// has:
///
/// - a type of this module ([`Name`](crate::usage::Name), [`Key`](crate::usage::Key), `bool`, `u64` …) or an `Option`
///   of one,
/// - a tier, `Default` or `Shared`; free text in the default tier does not compile,
/// - after `since`, the version of the consent text under which the attribute is collected first,
/// - with `as "…"`, a name on the wire that is not a Rust name.
///
/// Lists of objects and lists of words have macros of their own: [`usage_attributes!`](crate::usage_attributes),
/// [`usage_choice!`](crate::usage_choice).
///
/// ```
/// use crawl4ai_telemetry_core::usage::{DeclaredSpan, Name, SharedText};
/// use crawl4ai_telemetry_core::usage_span;
///
/// usage_span! {
///     /// That a crawl ended.
///     pub struct CrawlEnded = "Crawl Ended" {
///         /// Strategies that nobody uses are taken out.
///         strategy: Name => Default since 1,
///         /// How large crawls are, to tune the scheduler for them.
///         pages: u64 => Default since 1,
///         /// Why a crawl was begun, when its owner chooses to show us.
///         question: Option<SharedText> => Shared since 1,
///     }
/// }
///
/// let span = CrawlEnded { strategy: "bfs".into(), pages: 12, question: None };
/// assert_eq!(CrawlEnded::SPEC.name(), "Crawl Ended");
/// # drop(span);
/// ```
///
/// An attribute without a reason does not compile:
///
/// ```compile_fail
/// crawl4ai_telemetry_core::usage_span! {
///     /// That a crawl ended.
///     pub struct CrawlEnded = "Crawl Ended" {
///         pages: u64 => Default since 1,
///     }
/// }
/// ```
///
/// Nor does an attribute whose reason is empty:
///
/// ```compile_fail,E0080
/// crawl4ai_telemetry_core::usage_span! {
///     /// That a crawl ended.
///     pub struct CrawlEnded = "Crawl Ended" {
///         ///
///         pages: u64 => Default since 1,
///     }
/// }
/// ```
#[macro_export]
macro_rules! usage_span {
    (
        $(#[doc = $purpose:literal])+
        $vis:vis struct $span:ident = $name:literal { $($attributes:tt)* }
    ) => {
        $crate::usage_attributes! { $(#[doc = $purpose])+ $vis struct $span { $($attributes)* } }

        impl $crate::usage::DeclaredSpan for $span {
            const SPEC: &'static $crate::usage::SpanSpec = &$crate::usage::SpanSpec::declared(
                $name,
                concat!($($purpose),+),
                <Self as $crate::usage::Attributes>::ATTRIBUTES,
            );
        }
    };
}

/// Declares attributes that are not a span: the items of a list in a span ([`Items`](crate::usage::Items)), or the
/// attributes that every span of a program carries ([`Common`](crate::usage::Common)).
///
/// The fields are declared like those of [`usage_span!`](crate::usage_span): each has a reason, a tier and a version of
/// the consent text. Each item keeps the tiers of its attributes: in a list that is sent by default, attributes of the
/// shared tier are left out.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Attributes, Name, SharedText, Tier};
///
/// crawl4ai_telemetry_core::usage_attributes! {
///     /// One page of a crawl.
///     pub struct Page {
///         /// Which kinds of pages people crawl.
///         kind: Name => Default since 1,
///         /// Which pages people crawl, when they choose to show us.
///         title: Option<SharedText> => Shared since 1,
///     }
/// }
///
/// let page = Page { kind: "article".into(), title: None };
/// assert_eq!(Page::ATTRIBUTES.iter().map(|a| a.tier()).collect::<Vec<_>>(), [Tier::Default, Tier::Shared]);
/// # drop(page);
/// ```
#[macro_export]
macro_rules! usage_attributes {
    (
        $(#[doc = $purpose:literal])+
        $vis:vis struct $holder:ident {
            $(
                $(#[doc = $reason:literal])+
                $attribute:ident $(as $wire:literal)?: $type:ty => $tier:ident since $since:literal,
            )*
        }
    ) => {
        $(#[doc = $purpose])+
        #[derive(Clone, Debug)]
        $vis struct $holder {
            $( $(#[doc = $reason])+ $vis $attribute: $type, )*
        }

        impl $crate::usage::Attributes for $holder {
            const ATTRIBUTES: &'static [$crate::usage::AttributeSpec] = &[
                $( $crate::usage::AttributeSpec::declared(
                    $crate::__usage_name!($attribute $($wire)?),
                    concat!($($reason),+),
                    <$type as $crate::usage::AttributeValue>::TYPE,
                    $crate::__usage_tier!($tier $type),
                    $since,
                ), )*
            ];

            fn into_raw(self) -> Vec<$crate::usage::Raw> {
                let Self { $($attribute),* } = self;
                vec![ $( $crate::usage::AttributeValue::into_raw($attribute), )* ]
            }
        }

        // The attributes are evaluated here, so that a declaration that breaks a rule does not compile even if nobody
        // uses it.
        const _: &[$crate::usage::AttributeSpec] = <$holder as $crate::usage::Attributes>::ATTRIBUTES;
    };
}

/// The attribute's name on the wire: the field's name, unless another is given.
#[doc(hidden)]
#[macro_export]
macro_rules! __usage_name {
    ($attribute:ident) => {
        stringify!($attribute)
    };
    ($attribute:ident $wire:literal) => {
        $wire
    };
}

/// The tier, if a value of this type is allowed in it.
#[doc(hidden)]
#[macro_export]
macro_rules! __usage_tier {
    (Default $type:ty) => {
        <$type as $crate::usage::SentByDefault>::TIER
    };
    (Shared $type:ty) => {
        $crate::usage::Tier::Shared
    };
}
