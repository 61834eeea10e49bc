//! Calls the detectors for each trigger.

use super::cursor::{Cursor, is_ident};
use super::scan::Scan;
use super::{
    BuiltIn, Finding, Redaction, Span, account, call, connection, database, device, dn, echo, email, flag,
    header, host, html, ip, literal, login, number, pair, path, pem, personal, phone, phrase, query,
    quoted_input, quoted_value, resolve, ssh, statement, syslog, token, url, vendor, windows,
};

/// Looks at the byte at `i`. It may be an anchor of a detector, or a sign that a decoded view is needed.
#[inline]
pub(super) fn trigger(scan: &mut Scan<'_>, i: usize) {
    let cursor = scan.cursor;
    let floor = scan.done;
    // The bytes of a find are not looked at again.
    let open = i >= floor;
    match cursor.at(i) {
        b':' if open && !is_path_sign(cursor, i) => colon(scan, i),
        b'=' if open => equals(scan, i),
        b'@' if open && matches!(cursor.before(i), b'\'' | b'`') && cursor.at(i + 1) == cursor.before(i) => {
            scan.take(BuiltIn::Host.found(account::of_mysql(cursor, i)));
        }
        b'@' if open => {
            let logon = BuiltIn::Connection.found(login::oracle(cursor, i, floor));
            let address = logon.or_else(|| BuiltIn::Email.found(email::find(cursor, i, floor)));
            if let Some(found) = address {
                let floor = scan.suspicion_floor();
                scan.take(BuiltIn::Account.found(email::display_name(cursor, found.start, floor)));
            }
            scan.take(address);
        }
        b'/' if open && matches!(cursor.at(i + 1) | 0x20, b'u' | b'p') && slash(scan, i) => {}
        b'/' if open && cursor.before(i) == b'n' && account::of_vault(cursor, i).is_some() => {
            scan.take(BuiltIn::Account.found(account::of_vault(cursor, i)));
        }
        b'/' if open => {
            let path = BuiltIn::Path.found(path::unix(cursor, i));
            scan.take(path.or_else(|| BuiltIn::Url.found(url::bare(cursor, i, floor))));
        }
        b'\\' => {
            scan.views.see(cursor, i, b'\\');
            if open {
                let path = BuiltIn::Path.found(path::unc(cursor, i));
                scan.take(path.or_else(|| BuiltIn::WindowsName.found(windows::account(cursor, i, floor))));
            }
        }
        b'.' if open => point(scan, i),
        b'-' if open => hyphen(scan, i),
        // The name of a scheme may be the last word of another find and still announce a credential.
        b'B' | b'b' if matches!(cursor.at(i + 1) | 0x20, b'a' | b'e') => {
            scan.take(BuiltIn::Bearer.found(header::bearer(cursor, i)));
        }
        b'(' if open && matches!(cursor.before(i) | 0x20, b't' | b'n' | b'd' | b'o' | b'i') => {
            scan.take(BuiltIn::Connection.found(connection::php(cursor, i)));
        }
        b'(' if i >= scan.suspicion_floor() && matches!(cursor.before(i), b' ' | b's' | b'S' | b'\n') => {
            let floor = scan.suspicion_floor();
            let account = login::radius(cursor, i, floor)
                .or_else(|| account::proftpd(cursor, i, floor))
                .or_else(|| account::of_lock(cursor, i, floor));
            let login = BuiltIn::Account.found(account);
            let values = || statement::values(cursor, i).or_else(|| database::row(cursor, i));
            scan.take(login.or_else(|| BuiltIn::Statement.found(values())));
        }
        b'A' if open && cursor.has(i, b"ASS ") && cursor.before(i) == b'P' => {
            if let Some((user, password)) = login::pass(cursor, i - 1, floor) {
                scan.take(BuiltIn::Account.found(user));
                scan.take(BuiltIn::Account.found(Some(password)));
            }
        }
        b'A' if open && cursor.has(i, b"AUTH ") => {
            scan.take(BuiltIn::Bearer.found(header::auth(cursor, i)));
        }
        b'<' if i >= scan.suspicion_floor() => {
            let markup = html::find(scan, i);
            scan.take(BuiltIn::Html.found(markup));
        }
        b'?' | b'&' if open => {
            scan.views.see(cursor, i, cursor.at(i));
            let floor = scan.suspicion_floor();
            if i >= floor {
                scan.take(BuiltIn::Query.found(query::find(cursor, i, floor)));
            }
        }
        b'[' if open && cursor.before(i) == b' ' => {
            let account = BuiltIn::Account.found(login::bracketed(cursor, i, floor));
            let listed = i >= scan.suspicion_floor() && account.is_none();
            let listed = if listed { database::listed(cursor, i) } else { None };
            scan.take(account.or_else(|| BuiltIn::Statement.found(listed)));
        }
        b'[' if open && cursor.before(i) == b'\\' => {
            scan.take(BuiltIn::Account.found(account::of_samba(cursor, i)));
        }
        b'+' if open => {
            scan.take(BuiltIn::Phone.found(phone::international(cursor, i)));
        }
        b'"' | b'\'' | b'`'
            if open
                && (matches!(cursor.before(i), 0 | b'\n' | b' ' | b'\\' | b',' | b'(' | b'[' | 0x80..)
                    || quoted_value::is_of_bytes(cursor, i)
                    || phrase::is_of_mosquitto(cursor, i)) =>
        {
            let floor = scan.suspicion_floor();
            if i >= floor {
                let value = BuiltIn::Pair.found(quoted_value::find(cursor, i, floor, scan.keys));
                let input = || BuiltIn::QuotedInput.found(quoted_input::quoted(cursor, i, scan.keys));
                let literal = || database::quoted(cursor, i).or_else(|| literal::quoted(cursor, i));
                let account = || phrase::quoted(cursor, i).or_else(|| call::argument(cursor, i));
                let hit = value.or_else(input).or_else(|| BuiltIn::Statement.found(literal()));
                let echo = || BuiltIn::QuotedInput.found(echo::quoted(cursor, i, scan.keys));
                let hit = hit.or_else(echo).or_else(|| BuiltIn::Account.found(account()));
                scan.take(hit);
            }
        }
        b @ (b'%' | b'\n' | 0x1b | 0 | 0x80..) => {
            scan.views.see(cursor, i, b);
            if b == 0xe2 && i >= scan.suspicion_floor() {
                scan.take(BuiltIn::Account.found(account::of_document(cursor, i)));
            }
            if b == b'\n' {
                line_end(scan, i);
                line_start(scan, i + 1);
            }
        }
        _ => {}
    }
}

/// Looks for an argument of Windows at the slash at `i`. Was there one?
fn slash(scan: &mut Scan<'_>, i: usize) -> bool {
    let (cursor, floor) = (scan.cursor, scan.done);
    if let Some((password, account)) = windows::net_use(cursor, i, floor) {
        scan.take(BuiltIn::Account.found(password));
        return scan.take(BuiltIn::Account.found(Some(account)));
    }
    scan.take(BuiltIn::Account.found(windows::pass(cursor, i)))
}

fn equals(scan: &mut Scan<'_>, i: usize) {
    scan.views.see(scan.cursor, i, b'=');
    let (cursor, floor) = (scan.cursor, scan.done);
    let suspicion_floor = scan.suspicion_floor();
    let mut hit = BuiltIn::Connection.found(connection::find(cursor, i, floor));
    if hit.is_none() && cursor.before(i).is_ascii_digit() {
        hit = BuiltIn::Account.found(login::fix(cursor, i));
    }
    if hit.is_none() && i >= suspicion_floor {
        hit = BuiltIn::QuotedInput.found(quoted_input::row(cursor, i, scan.keys));
    }
    if hit.is_none() {
        hit = BuiltIn::Pair.found(header::of_jar(cursor, i));
    }
    let mut hit = hit.or_else(|| BuiltIn::DirectoryName.found(dn::find(cursor, i, floor)));
    if hit.is_none() && i >= suspicion_floor {
        hit = BuiltIn::Pair.found(pair::find(cursor, i, suspicion_floor, scan.keys, scan.is_joined));
    }
    let selects = matches!(cursor.at(i + 1), b'"' | b'\'' | b'`' | b'\\') || cursor.before(i) == b't';
    if hit.is_none() && selects && i >= suspicion_floor {
        hit = BuiltIn::QuotedInput.found(quoted_input::selected(cursor, i));
    }
    if hit.is_none() && i >= suspicion_floor {
        let literal = database::assigned(cursor, i).or_else(|| literal::assigned(cursor, i));
        hit = BuiltIn::Statement.found(literal);
    }
    scan.take(hit);
}

fn hyphen(scan: &mut Scan<'_>, i: usize) {
    let (cursor, floor) = (scan.cursor, scan.done);
    let hit = match cursor.before(i) {
        b'p' | b'P' if cursor.at(i + 1).is_ascii_digit() && ip::hyphened(cursor, i).is_some() => {
            BuiltIn::Ip.found(ip::hyphened(cursor, i))
        }
        _ if cursor.at(i + 3) == b'-' && cursor.at(i + 6) == b'-' => {
            hardware(scan, ip::mac(cursor, i, floor))
        }
        b'h' | b'H' | b'a' | b'A' | b'k' | b'K' => BuiltIn::SshKey.found(ssh::find(cursor, i)),
        b's' | b'S' if cursor.at(i + 1) == b'1' => BuiltIn::WindowsName.found(windows::sid(cursor, i)),
        b'P' => BuiltIn::WindowsName.found(windows::machine(cursor, i)),
        _ if matches!(cursor.at(i + 1), b'i' | b'M' | b'L' | b'P' | b'G' | b'A') => {
            let device = BuiltIn::Host.found(device::owned(cursor, i, floor));
            let flagged = || BuiltIn::Flag.found(flag::find(cursor, i, scan.keys));
            if device.is_none() && i >= scan.suspicion_floor() { flagged() } else { device }
        }
        _ => {
            let block =
                if cursor.at(i + 1) == b'-' { BuiltIn::Pem.found(pem::find(cursor, i)) } else { None };
            let flagged = || BuiltIn::Flag.found(flag::find(cursor, i, scan.keys));
            if i >= scan.suspicion_floor() { block.or_else(flagged) } else { block }
        }
    };
    scan.take(hit);
}

/// Handles a point between two digits or two words.
fn point(scan: &mut Scan<'_>, i: usize) {
    let (cursor, floor) = (scan.cursor, scan.done);
    let (last, next) = (cursor.before(i), cursor.at(i + 1));
    let mac = if cursor.at(i + 5) == b'.' { ip::dotted_mac(cursor, i) } else { None };
    let hit = match last {
        _ if mac.is_some() => hardware(scan, mac),
        b'0'..=b'9' if next.is_ascii_digit() => address(scan, ip::v4(cursor, i, floor)),
        b'w' | b'W' => BuiltIn::Url
            .found(url::www(cursor, i, floor))
            .or_else(|| BuiltIn::Host.found(host::find(cursor, i, floor))),
        _ if next.is_ascii_alphabetic() => BuiltIn::Host.found(host::find(cursor, i, floor)),
        _ => None,
    };
    scan.take(hit);
}

/// An address. The name of an account may be before it.
fn address(scan: &mut Scan<'_>, span: Option<Span>) -> Option<Finding> {
    if span.is_some_and(|span| span.kind == Redaction::Mac) {
        return hardware(scan, span);
    }
    let found = BuiltIn::Ip.found(span)?;
    let floor = scan.suspicion_floor();
    scan.take(BuiltIn::Account.found(login::before_address(scan.cursor, found.start, floor)));
    scan.take(BuiltIn::Host.found(resolve::before_resolver(scan.cursor, found.start, floor)));
    Some(found)
}

/// The address of a network card. The name of the device may be in a bracket after it.
fn hardware(scan: &mut Scan<'_>, span: Option<Span>) -> Option<Finding> {
    let found = BuiltIn::Hardware.found(span)?;
    let device = BuiltIn::Host.found(device::leased(scan.cursor, found.end));
    if device.is_some() {
        scan.take(Some(found));
        return device;
    }
    Some(found)
}

/// Is this one of the two colons in `core::ops`? After a hexadecimal digit, two colons may belong to an address.
#[inline]
fn is_path_sign(cursor: Cursor<'_>, i: usize) -> bool {
    let last = cursor.before(i);
    last == b':' || (cursor.at(i + 1) == b':' && is_ident(last) && !last.is_ascii_hexdigit())
}

fn colon(scan: &mut Scan<'_>, i: usize) {
    let (cursor, floor) = (scan.cursor, scan.done);
    let (last, next) = (cursor.before(i), cursor.at(i + 1));
    let host = BuiltIn::Host.found(resolve::before_reason(cursor, i, floor));
    if host.is_some() {
        scan.take(host);
        return;
    }
    let refused = BuiltIn::Account.found(phrase::before_failure(cursor, i, floor));
    if refused.is_some() {
        scan.take(refused);
        return;
    }
    let account = match last {
        b' ' => login::sudo(cursor, i, floor),
        b'd' if next == b' ' => login::failed(cursor, i),
        _ => None,
    };
    if account.is_some() {
        scan.take(BuiltIn::Account.found(account));
        return;
    }
    if next.is_ascii_digit() && cursor.at(i + 3) == b' ' {
        let machine = BuiltIn::Host.found(syslog::machine(cursor, i));
        if machine.is_some() {
            scan.take(machine);
            return;
        }
    }
    // Most colons follow some words of a sentence, so they are excluded first.
    if next == b' ' && pair::is_plain(cursor, i, floor, scan.keys) {
        return;
    }
    let windows = || BuiltIn::Path.found(path::windows(cursor, i));
    let opaque = || BuiltIn::Url.found(url::opaque(cursor, i, floor));
    let hit = match next {
        b':' => address(scan, ip::v6(cursor, i, floor)),
        b'/' if cursor.at(i + 2) == b'/' => {
            BuiltIn::Url.found(url::with_scheme(cursor, i, floor)).or_else(windows)
        }
        b'/' | b'\\' => windows().or_else(opaque),
        _ if last.is_ascii_hexdigit() && next.is_ascii_hexdigit() => address(scan, ip::v6(cursor, i, floor)),
        _ => None,
    };
    let digits = last.is_ascii_digit() && next.is_ascii_alphanumeric();
    let hit = match hit {
        None if digits => {
            BuiltIn::VendorToken.found(vendor::telegram(cursor, i, floor).map(|(start, end)| Span {
                start,
                end,
                kind: Redaction::Token,
            }))
        }
        None if next == b' ' || (next != b':' && !pair::is_plain(cursor, i, floor, scan.keys)) => {
            let suspicion_floor = scan.suspicion_floor();
            let value = if i >= suspicion_floor {
                BuiltIn::Pair.found(pair::find(cursor, i, suspicion_floor, scan.keys, scan.is_joined))
            } else {
                None
            };
            // The value of a pair is only suspicious. In a text with literals of the program, its parts in literals
            // stay. A URL is removed everywhere, so it is searched for as well.
            if value.is_none() || scan.has_literals {
                scan.take(opaque());
            }
            value
        }
        None if next > b' ' && next != b':' => opaque(),
        None | Some(_) => hit,
    };
    // `"Ada Lovelace" <sip:ada@example.com>`
    if let Some(found) = hit.filter(|found| cursor.before(found.start) == b'<') {
        let floor = scan.suspicion_floor();
        scan.take(BuiltIn::Account.found(email::display_name(cursor, found.start, floor)));
    }
    scan.take(hit);
}

/// Handles the start of a line, or of the text.
pub(super) fn line_start(scan: &mut Scan<'_>, start: usize) {
    scan.take(BuiltIn::Account.found(personal::segment(scan.cursor, start)));
}

/// Handles the end of a line, or of the text.
pub(super) fn line_end(scan: &mut Scan<'_>, end: usize) {
    let floor = scan.suspicion_floor();
    if end > floor {
        scan.take(BuiltIn::Account.found(phrase::at_line_end(scan.cursor, end, floor)));
    }
}

/// Handles eight token characters in a row, which may be in the middle of a token.
pub(super) fn run(scan: &mut Scan<'_>, at: usize) {
    let behind = token::find(scan.cursor, at, scan.run_done, scan.keys, scan.found);
    scan.run_done = behind;
    // The token is not marked as done, because it may be a part of something larger that another detector finds.
}

/// Handles four digits within sixteen bytes, which may be in the middle of a number.
pub(super) fn number(scan: &mut Scan<'_>, at: usize) {
    let floor = scan.number_done.max(scan.done);
    let hit = number::find(scan.cursor, at, floor, scan.done, scan.found);
    scan.number_done = hit;
}
