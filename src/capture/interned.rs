//! Names that a program makes at run time but treats as constants: the templates of its routes, and the constants of
//! another language.
//!
//! They are stored once and never move, so that they can be names of operations. The table is bounded: a program that
//! passes paths instead of templates fills it, and from then on no new name is accepted.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ptr;

use once_cell::race::OnceBox;

/// Maximum number of names in the table. A large server has a few hundred routes.
const PLACES: usize = 1024;

/// Maximum length of a name, in bytes.
const LONGEST: usize = 128;

/// Number of places in which one name may be stored. When all of them are taken, the table counts as full.
const PROBES: usize = 16;

/// The table has no lock, because requests must not wait and the child of a fork reads it too.
static NAMES: [OnceBox<Box<str>>; PLACES] = [const { OnceBox::new() }; PLACES];

/// Stores the name for the lifetime of the process. Returns `None` when it is too long or the table is full.
pub(crate) fn intern(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    places(name).map(|place| &**place.get_or_init(|| Box::new(name.into()))).find(|known| *known == name)
}

/// Is this text itself, not only an equal one, in the table?
pub(crate) fn holds(name: &str) -> bool {
    name.len() <= LONGEST
        && places(name).map_while(OnceBox::get).any(|known| ptr::eq(known.as_ptr(), name.as_ptr()))
}

fn places(name: &str) -> impl Iterator<Item = &'static OnceBox<Box<str>>> {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let first = usize::try_from(hasher.finish() % PLACES as u64).unwrap_or_default();
    NAMES.iter().cycle().skip(first).take(PROBES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_down_once_and_the_table_is_bounded() {
        let first = intern("pages/{id}").unwrap();
        let again = intern(&String::from("pages/{id}")).unwrap();
        assert!(ptr::eq(first, again) && holds(first));
        assert!(!holds("pages/{id}"), "another text that says the same");
        assert_eq!(intern(""), None);
        assert_eq!(intern(&"x".repeat(LONGEST + 1)), None);
        let taken = (0..10_000).filter(|n| intern(&format!("users/{n}")).is_some()).count();
        assert!((PLACES / 2..PLACES).contains(&taken), "{taken}");
        assert!(ptr::eq(intern("pages/{id}").unwrap(), first), "what is in it stays");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert!(holds(intern("pages/{id}").unwrap())));
            }
        });
    }
}
