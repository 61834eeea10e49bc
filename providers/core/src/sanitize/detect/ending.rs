//! Endings of hosts, and endings that are also names of fields and methods. Unless said otherwise, an ending is given in
//! lower case.

/// The longest ending that is recognized, in bytes.
pub(super) const LONGEST: usize = 12;

/// Is a name of two labels with this ending a host? The ending is in lower case.
pub(super) fn is_first(ending: &[u8]) -> bool {
    matches!(ending, b"com" | b"net" | b"org" | b"edu" | b"gov" | b"mil" | b"onion")
}

/// Is a name of three or more labels with this ending a host? These are endings of countries and of private networks,
/// in lower case.
#[rustfmt::skip]
pub(super) fn is_later(ending: &[u8]) -> bool {
    matches!(
        ending,
        b"io" | b"dev" | b"ai" | b"cloud" | b"de" | b"fr" | b"uk" | b"eu" | b"ca" | b"au" | b"jp" | b"cn"
        | b"nl" | b"ch" | b"se" | b"ru" | b"br" | b"pl" | b"cz" | b"dk" | b"fi" | b"kr" | b"mx" | b"za"
        | b"nz" | b"internal" | b"local" | b"lan" | b"corp" | b"intranet" | b"intra" | b"localdomain" | b"example"
        | b"arpa" | b"co" | b"es" | b"be" | b"pt" | b"gr" | b"hu" | b"ro" | b"ua" | b"tr" | b"il"
        | b"sg" | b"hk" | b"tw" | b"vn" | b"ie" | b"biz" | b"xyz" | b"svc" | b"home" | b"at" | b"it" | b"us"
        | b"info" | b"app" | b"online" | b"shop" | b"site" | b"tech" | b"store" | b"in" | b"sk" | b"lt" | b"lv" | b"ee" | b"intern"
    )
}

/// Endings that anybody may register and that are longer than [`LONGEST`].
const LONGER: [&[u8]; 5] =
    [b"international", b"construction", b"photography", b"contractors", b"productions"];

/// May a host end so? The ending is given in any case of letters. One that is also the name of a function, such as `at`,
/// counts only if the host has more than two labels; `io` counts always.
pub(super) fn is_ending(name: &[u8], has_many_labels: bool) -> bool {
    let mut lower = [0; LONGEST];
    for (to, from) in lower.iter_mut().zip(name) {
        *to = from.to_ascii_lowercase();
    }
    if LONGER.iter().any(|ending| ending.eq_ignore_ascii_case(name)) {
        return true;
    }
    let Some(lower) = lower.get(..name.len()) else { return false };
    (is_first(lower) || is_later(lower) || is_other(lower) || is_private(lower))
        && (has_many_labels || lower == b"io" || !is_member(lower))
}

/// Endings of other countries, and endings that anybody may register (IANA's root zone database). They count if a port
/// or a word shows that the name is a host.
#[rustfmt::skip]
pub(super) fn is_other(ending: &[u8]) -> bool {
    ending.len() == 2 && !matches!(ending, b"rs" | b"py" | b"sh" | b"md" | b"ps" | b"pl" | b"so" | b"cc" | b"ts" | b"js" | b"go" | b"id")
        || matches!(
            ending,
            b"info" | b"app" | b"online" | b"shop" | b"site" | b"tech" | b"store" | b"blog" | b"page" | b"pro" | b"name"
            | b"live" | b"life" | b"world" | b"email" | b"group" | b"team" | b"systems" | b"network" | b"digital" | b"agency"
            | b"space" | b"website" | b"services" | b"solutions" | b"berlin" | b"hamburg" | b"koeln" | b"wien" | b"paris"
            | b"london" | b"nyc" | b"tokyo" | b"swiss" | b"bayern" | b"health" | b"clinic" | b"bank" | b"law" | b"test"
            | b"gmbh" | b"software" | b"company" | b"ltd" | b"legal" | b"doctor" | b"dental" | b"hospital" | b"school"
            | b"university" | b"museum" | b"coop" | b"jobs" | b"box"
        )
}

/// Endings of private networks: RFC 6762 (`local`), RFC 8375 and its predecessors, ICANN (`internal`), and the German
/// `intern`.
pub(super) fn is_private(ending: &[u8]) -> bool {
    matches!(
        ending,
        b"internal"
            | b"local"
            | b"lan"
            | b"corp"
            | b"home"
            | b"localdomain"
            | b"intranet"
            | b"intra"
            | b"intern"
    )
}

/// Endings that are also names of fields and methods, as in `user.id:12`. Those that are not in [`is_later`] count only
/// after a word for a host, or with a well-known port.
pub(super) fn is_member(ending: &[u8]) -> bool {
    matches!(
        ending,
        b"in"
            | b"is"
            | b"to"
            | b"me"
            | b"my"
            | b"no"
            | b"it"
            | b"do"
            | b"be"
            | b"as"
            | b"am"
            | b"by"
            | b"us"
            | b"name"
            | b"page"
            | b"app"
            | b"test"
            | b"group"
            | b"team"
            | b"site"
            | b"store"
            | b"info"
            | b"at"
            | b"io"
            | b"ms"
            | b"ip"
            | b"re"
            | b"os"
    )
}
