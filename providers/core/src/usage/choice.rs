//! Fixed lists of words.

/// One word of a fixed list. [`usage_choice!`](crate::usage_choice) declares such a list.
///
/// Only a word of [`WORDS`](Self::WORDS) leaves. The compiler evaluates the list, so that no implementation of this
/// trait can put a text of the running program into it. A value whose index is outside of the list is left out.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{AttributeValue, Type};
///
/// crawl4ai_telemetry_core::usage_choice! {
///     /// In which order pages are visited.
///     pub enum Order {
///         /// The nearest first.
///         BreadthFirst = "breadth_first",
///         /// The deepest first.
///         DepthFirst = "depth_first",
///     }
/// }
///
/// assert_eq!(Order::DepthFirst.name(), "depth_first");
/// assert_eq!(Order::TYPE, Type::Choice(&["breadth_first", "depth_first"]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type that an attribute can have",
    label = "use one of the module `usage`, or declare a fixed list of words with `usage_choice!`"
)]
pub trait DeclaredChoice: Copy {
    /// Every word, as it is sent.
    const WORDS: &'static [&'static str];

    /// The index of this word in [`WORDS`](Self::WORDS), from zero.
    fn index(self) -> usize;
}

/// Declares a fixed list of words as an enum, which is a type for attributes of either tier.
///
/// Each word has a comment. The enum has `ALL`, which is every word in the order of the declaration, and `name()`,
/// which is the word as it is sent. The example of [`DeclaredChoice`](crate::usage::DeclaredChoice) declares one.
#[macro_export]
macro_rules! usage_choice {
    (
        $(#[$doc:meta])+
        $vis:vis enum $choice:ident { $($(#[$word_doc:meta])+ $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $vis enum $choice { $($(#[$word_doc])+ $variant,)+ }

        #[allow(dead_code, reason = "a program need not use all that the list offers")]
        impl $choice {
            /// Every word, in the order of the declaration.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it is sent.
            #[must_use]
            $vis const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::usage::DeclaredChoice for $choice {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}
