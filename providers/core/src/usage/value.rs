//! The values of attributes. Their types decide which tier they may be in. No value can be read back.

mod text;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::{AttributeSpec, Attributes, DeclaredChoice, Tier, Type};
use crate::{Context, Node, Timestamp, Value};

pub use text::{Name, SharedText, SystemName, ToolName};

/// A type that an attribute can have. The trait is sealed: only the types of this module and [fixed lists of
/// words](super::DeclaredChoice) implement it.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{AttributeValue, Name, Type};
///
/// assert_eq!(Name::TYPE, Type::Name);
/// assert_eq!(u64::TYPE, Type::Count);
/// ```
pub trait AttributeValue: sealed::Sealed {
    /// How the schema calls it.
    const TYPE: Type;

    /// The raw value, for the expansion of `usage_span!`.
    #[doc(hidden)]
    fn into_raw(self) -> Raw;
}

/// A type that is allowed in the tier that is sent by default: every type that is not declared to hold free text.
///
/// Goals, descriptions and answers are declared as free text, so they are kept out of that tier. A [`Name`] or a
/// [`ToolName`] is still a text of up to 256 bytes, because no compiler can know whether the program chose it or a
/// user.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{Key, SentByDefault};
///
/// fn leaves_by_default<T: SentByDefault>() {}
/// leaves_by_default::<Key>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is declared to hold free text, which is not sent by default",
    label = "declare it `=> Shared`, or use a less revealing type"
)]
pub trait SentByDefault: AttributeValue {
    /// The default tier, for the expansion of `usage_span!`.
    #[doc(hidden)]
    const TIER: Tier = Tier::Default;
}

pub(crate) mod sealed {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is no type that an attribute can have",
        label = "use one of the module `usage`, or declare a fixed list of words with `usage_choice!`"
    )]
    pub trait Sealed {}
}

/// A value on its way to the sanitizer. Its `Debug` shows no value.
#[doc(hidden)]
#[derive(Clone)]
pub struct Raw(pub(crate) RawValue);

#[derive(Clone)]
pub(crate) enum RawValue {
    Absent,
    /// A text that is clean by construction: digits, or a word of a fixed list.
    Clean(Cow<'static, str>),
    Flag(bool),
    Int(i64),
    Float(f64),
    Name(Cow<'static, str>),
    Tool(Cow<'static, str>),
    Text(String),
    Names(Vec<Name>),
    Tools(Vec<ToolName>),
    Texts(Vec<SharedText>),
    Map(Context),
    Items(&'static [AttributeSpec], Vec<Vec<Raw>>),
}

impl Raw {
    pub(crate) const fn absent() -> Self {
        Self(RawValue::Absent)
    }

    /// The approximate memory that the value holds, in bytes.
    pub(crate) fn weight(&self) -> usize {
        let of = |lengths: &mut dyn Iterator<Item = usize>| lengths.fold(0, usize::saturating_add);
        let held = match &self.0 {
            RawValue::Absent | RawValue::Flag(_) | RawValue::Int(_) | RawValue::Float(_) => 0,
            RawValue::Clean(text) | RawValue::Name(text) | RawValue::Tool(text) => text.len(),
            RawValue::Text(text) => text.len(),
            RawValue::Names(names) => of(&mut names.iter().map(|name| name.0.len())),
            RawValue::Tools(names) => of(&mut names.iter().map(|name| name.0.len())),
            RawValue::Texts(texts) => of(&mut texts.iter().map(|text| text.0.len())),
            RawValue::Map(map) => of(&mut map.iter().map(|(key, value)| key.len() + weight_of(value))),
            RawValue::Items(_, items) => of(&mut items.iter().flatten().map(Self::weight)),
        };
        held.saturating_add(size_of::<Self>())
    }

    /// Does the value, in an attribute of this tier, hold anything of the shared tier?
    pub(crate) fn is_shared(&self, tier: Tier) -> bool {
        match (tier, &self.0) {
            (_, RawValue::Absent) => false,
            (Tier::Shared, _) => true,
            (Tier::Default, RawValue::Items(specs, items)) => {
                let mut of_items = items.iter().flat_map(|item| item.iter().zip(*specs));
                of_items.any(|(raw, spec)| raw.is_shared(spec.tier()))
            }
            (Tier::Default, _) => false,
        }
    }

    /// Takes out values of the shared tier unless `shared`, in the items of lists too.
    pub(crate) fn withhold(self, tier: Tier, shared: bool) -> Self {
        match (tier, self.0) {
            (Tier::Shared, _) if !shared => Self::absent(),
            (_, RawValue::Items(specs, items)) => {
                let keep = |(raw, spec): (Self, &AttributeSpec)| raw.withhold(spec.tier(), shared);
                let keep_all = |item: Vec<Self>| item.into_iter().zip(specs).map(keep).collect();
                Self(RawValue::Items(specs, items.into_iter().map(keep_all).collect()))
            }
            (Tier::Default | Tier::Shared, value) => Self(value),
        }
    }
}

/// The approximate memory that a value of a map holds, in bytes. The walk does not recurse, because the map is raw and
/// may be nested to any depth.
fn weight_of(value: &Value) -> usize {
    let mut open = vec![value];
    let mut weight = 0_usize;
    while let Some(value) = open.pop() {
        let held = match value {
            Node::String(text) => text.len(),
            Node::List(list) => {
                open.extend(list);
                0
            }
            Node::Map(map) => {
                open.extend(map.iter().map(|(_, value)| value));
                map.iter().map(|(key, _)| key.len()).fold(0, usize::saturating_add)
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::UInt(_) | Node::Float(_) => 0,
        };
        weight = weight.saturating_add(held).saturating_add(size_of::<Value>());
    }
    weight
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw")
    }
}

/// A map of free values. The compiler allows it in the shared tier only.
///
/// ```
/// use crawl4ai_telemetry_core::context;
/// use crawl4ai_telemetry_core::usage::SharedMap;
///
/// let inputs = SharedMap(context! { "topic" => "tides" });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SharedMap(pub Context);

/// A list of objects. The objects have attributes of their own.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{AttributeValue, Items, ServiceVersion, Type};
///
/// assert!(matches!(Items::<ServiceVersion>::TYPE, Type::Items(attributes) if attributes.len() == 1));
/// ```
#[derive(Clone, Debug)]
pub struct Items<T>(pub Vec<T>);

/// A number. NaN and infinity are left out.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{AttributeValue, Decimal, Type};
///
/// let quality = Decimal(8.5);
/// assert!(quality < Decimal(9.0) && Decimal::TYPE == Type::Decimal);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Decimal(pub f64);

/// The name of an error's type, without its module and its arguments. The name is known at compile time, so it holds no
/// text that the program got at run time. The example of [`ErrorType::of`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorType(&'static str);

impl ErrorType {
    /// The type of an error.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::usage::ErrorType;
    ///
    /// let error = "x".parse::<u8>().unwrap_err();
    /// assert_eq!(ErrorType::of(&error).name(), "ParseIntError");
    /// ```
    #[must_use]
    pub fn of<E: ?Sized>(_: &E) -> Self {
        Self::named(std::any::type_name::<E>())
    }

    /// The error type with this name, for a program that knows the name from elsewhere. The part up to the last `::`
    /// and the part from the first `<` on are left out.
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        let plain = name.split('<').next().unwrap_or_default();
        Self(plain.rsplit("::").next().unwrap_or_default().trim())
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// Implements the traits for types that are allowed in the tier that is sent by default.
macro_rules! attribute_value {
    ($($type:ty => $kind:expr, |$value:ident| $raw:expr;)+) => {$(
        impl $crate::usage::SentByDefault for $type {}
        impl $crate::usage::value::sealed::Sealed for $type {}
        impl $crate::usage::AttributeValue for $type {
            const TYPE: $crate::usage::Type = $kind;
            fn into_raw(self) -> $crate::usage::Raw {
                let $value = self;
                $crate::usage::value::Raw($raw)
            }
        }
    )+};
}
pub(crate) use attribute_value;

attribute_value! {
    Vec<Name> => Type::Names, |names| RawValue::Names(names);
    Vec<ToolName> => Type::ToolNames, |names| RawValue::Tools(names);
    ErrorType => Type::ErrorType, |error| RawValue::Name(Cow::Borrowed(error.0));
    bool => Type::Flag, |flag| RawValue::Flag(flag);
    u32 => Type::Count, |count| RawValue::Int(i64::from(count));
    u64 => Type::Count, |count| RawValue::Int(i64::try_from(count).unwrap_or(i64::MAX));
    usize => Type::Count, |count| RawValue::Int(i64::try_from(count).unwrap_or(i64::MAX));
    Duration => Type::Duration, |time| RawValue::Float(time.as_secs_f64() * 1000.0);
    Timestamp => Type::Time, |time| RawValue::Clean(time.to_string().into());
    Decimal => Type::Decimal, |number| if number.0.is_finite() {
        RawValue::Clean(number.0.to_string().into())
    } else {
        RawValue::Absent
    };
}

impl sealed::Sealed for Vec<SharedText> {}
impl AttributeValue for Vec<SharedText> {
    const TYPE: Type = Type::Texts;
    fn into_raw(self) -> Raw {
        Raw(RawValue::Texts(self))
    }
}

impl sealed::Sealed for SharedMap {}
impl AttributeValue for SharedMap {
    const TYPE: Type = Type::Map;
    fn into_raw(self) -> Raw {
        Raw(RawValue::Map(self.0))
    }
}

/// A list may be sent by default, because the attributes of its items have tiers of their own.
impl<T: Attributes> SentByDefault for Items<T> {}
impl<T: Attributes> sealed::Sealed for Items<T> {}
impl<T: Attributes> AttributeValue for Items<T> {
    const TYPE: Type = Type::Items(T::ATTRIBUTES);
    fn into_raw(self) -> Raw {
        let items = self.0.into_iter().map(Attributes::into_raw).collect();
        Raw(RawValue::Items(T::ATTRIBUTES, items))
    }
}

impl<T: SentByDefault> SentByDefault for Option<T> {}
impl<T: AttributeValue> sealed::Sealed for Option<T> {}
impl<T: AttributeValue> AttributeValue for Option<T> {
    const TYPE: Type = T::TYPE;
    fn into_raw(self) -> Raw {
        self.map_or(Raw::absent(), T::into_raw)
    }
}

/// A word of a fixed list is clean by construction, because the compiler knows the list.
impl<C: DeclaredChoice> SentByDefault for C {}
impl<C: DeclaredChoice> sealed::Sealed for C {}
impl<C: DeclaredChoice> AttributeValue for C {
    const TYPE: Type = Type::Choice(C::WORDS);
    fn into_raw(self) -> Raw {
        let word = C::WORDS.get(self.index());
        word.map_or(Raw::absent(), |word| Raw(RawValue::Clean(Cow::Borrowed(word))))
    }
}
