//! Finds numbers after a word that tells their kind: `tel 5552345678`, `SSN 078051120`, `IMEI 490154203237518`.
//!
//! Without the word, such a number could also be an order, an offset or a time.

use super::cursor::{Cursor, is_word};
use super::{Redaction, Span, script};

/// Labels, the kind of the number that follows, and the fewest and most digits of that number.
#[rustfmt::skip]
const LABELS: [(&[&str], Redaction, usize, usize); 15] = [
    // E.164: 15 digits at most.
    (&["tel", "telephone", "phone", "mobile", "fax", "cell", "cellphone", "whatsapp", "telefon", "telefono", "rufnummer", "internetrufnummer",
       "手机", "手机号", "手機", "电话", "電話", "电话号码", "телефон", "тел", "☎", "📞"], Redaction::Phone, 7, 15),
    // 3GPP TS 23.003: IMEI and IMSI.
    (&["imei", "imsi", "equipment id"], Redaction::NationalId, 14, 16),
    // ITU-T E.118.
    (&["iccid"], Redaction::NationalId, 18, 20),
    // SSA; Rijksdienst; Ministerstwo Cyfryzacji; Receita Federal; NHS; Bundeszentralamt für Steuern; Medicare.
    (&["ssn", "bsn", "pesel", "cpf", "cnpj", "nhs", "steuer", "steuernummer", "tin", "medicare", "passport",
       "social security", "aadhaar", "снилс", "СНИЛС", "身份证", "паспорт"], Redaction::NationalId, 8, 14),
    // Bank of Russia: 20 digits.
    (&["iban", "account", "kontonummer", "konto", "bank account"], Redaction::Redacted, 8, 20),
    // IRS; Council Directive 2006/112/EC article 215. Labels in capitals count only so, because `ein` is a word.
    (&["EIN", "FEIN"], Redaction::NationalId, 9, 9),
    (&["VAT", "VATIN", "TVA", "ust-idnr", "ust-id", "partita iva"], Redaction::NationalId, 8, 14),
    // Skatteetaten; Rijksregister; Rijksdienst voor Identiteitsgegevens. Numbers of patients, HL7 version 2 field PID-3.
    (&["fødselsnummer", "rijksregisternummer", "burgerservicenummer", "MRN"], Redaction::NationalId, 6, 11),
    // UK Finance.
    (&["sort code"], Redaction::Redacted, 6, 6),
    // ABA.
    (&["routing"], Redaction::Redacted, 9, 9),
    // ISO/IEC 7812-1.
    (&["card", "kreditkarte"], Redaction::Card, 13, 19),
    // ICAO Doc 9303 part 4, AAMVA's card design standard, and the names that authorities give their numbers. The
    // numbers may start with letters.
    (&["passport", "passports", "driver's license", "driver license", "drivers license", "driver's licence", "driving licence",
       "driving license", "license number", "licence number", "reisepass", "pasaporte", "passeport", "führerschein",
       "permis de conduire", "tax id", "taxpayer id", "tax number", "tax file", "utr", "nif", "steuer-id", "personalausweis",
       "identity card", "id card", "steuer-identifikationsnummer", "steueridentifikationsnummer",
       "identifikationsnummer", "idnr", "steuerid", "sozialversicherungsnummer", "rentenversicherungsnummer", "personnummer", "护照", "паспорта", "паспорт", "paszport", "passnummer"], Redaction::NationalId, 5, 16),
    // Names of accounts that may be numbers, as at GitHub, Google Cloud and Twitter.
    (&["user", "userid", "user_id", "customer", "member", "employee", "patient", "project", "tenant", "subscriber", "account id",
       "accountid", "chat", "profile", "steam", "steamid", "meeting", "benutzerkennung", "kundennummer", "beraternummer",
       "mandantennummer", "mch_id", "policy number", "policy no"], Redaction::Redacted, 6, 20),
    // The date of birth: `geb. 03.11.1959`, `born on 1959-11-03`.
    (&BORN, Redaction::Redacted, 6, 8),
    (&["otp", "verification code", "security code"], Redaction::Secret, 6, 8),
];

/// Labels of a date of birth.
#[rustfmt::skip]
const BORN: [&str; 31] = ["geb", "geboren", "geboren am", "geb. am", "geburtstag", "geburtsdatum", "dob", "d.o.b", "born", "born on", "birthday",
       "birth date", "birthdate", "date of birth", "né le", "née le", "né(e) le", "date de naissance", "nacido el", "nacida el",
       "fecha de nacimiento", "nato il", "nata il", "data di nascita", "data de nascimento", "geboortedatum", "født", "född",
       "дата рождения", "出生日期", "生年月日"];

/// Most letters before the digits of a number.
pub(super) const LETTERS: usize = 3;

/// Fewest digits of a number after any label.
pub(super) const SHORTEST: usize = 6;

/// Words that may be between a label and its number.
const FILLERS: [&[u8]; 11] = [
    b"number",
    b"no",
    b"nr",
    b"num",
    b"id",
    b"is",
    b"code",
    b"account",
    "n°".as_bytes(),
    "nº".as_bytes(),
    "№".as_bytes(),
];

/// The number whose first digit is at `start`, if a label is before it.
pub(super) fn find(cursor: Cursor<'_>, start: usize, floor: usize) -> Option<Span> {
    let number = number(cursor, start).or_else(|| mixed(cursor, start))?;
    // Here the label follows: "The number 18185550163 is not a valid phone number".
    if number.letters == 0
        && (7..=15).contains(&number.digits)
        && cursor.has(number.end, b" is not a valid phone")
    {
        return Some(Span { start, end: number.end, kind: Redaction::Phone });
    }
    let from = floor.max(start.saturating_sub(40));
    let is_gap = |b: u8| matches!(b, b' ' | b':' | b'.' | b'#' | b'(' | b'-' | b'=' | b'"' | b'\'');
    let mut end = cursor.back(start, from.max(start.saturating_sub(4)), is_gap);
    if end == start && cursor.before(start) < 0x80 {
        return None;
    }
    for _ in 0..3 {
        let word = cursor.back(end, from, is_word);
        if word == end {
            return None;
        }
        if let Some((labels, kind, least, most)) =
            LABELS.iter().find(|(labels, ..)| labels.iter().any(|label| announces(cursor, end, label)))
        {
            // A time may be behind a date.
            let dated = labels.as_ptr() == BORN.as_ptr() && number.digits > *most;
            let date = if dated { date_end(cursor, start) } else { None };
            let span = Span { start, end: date.unwrap_or(number.end), kind: *kind };
            let fits = date.is_some() || (*least..=*most).contains(&(number.digits + number.letters));
            let lettered = number.letters == 0 || *kind == Redaction::NationalId;
            return (fits && lettered && number.digits >= 5).then_some(span);
        }
        if !FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(cursor.slice(word, end))) {
            return None;
        }
        end = cursor.back(word, from.max(word.saturating_sub(2)), |b| matches!(b, b' ' | b'-' | b'_'));
    }
    None
}

/// The date of birth with the month as a word, whose year is from `year` to `end`: `geb. 22. Februar 1974`, `born 22 February
/// 1974`, `born on February 22, 1974`.
pub(super) fn born(cursor: Cursor<'_>, year: usize, end: usize, floor: usize) -> Option<Span> {
    if end - year != 4
        || cursor.before(year) != b' '
        || !matches!(cursor.slice(year, year + 2), b"19" | b"20")
    {
        return None;
    }
    let from = floor.max(year.saturating_sub(64));
    let (mut start, mut day, mut month) = (year, false, false);
    // Before the year are a month, a day and perhaps a word such as `de`.
    for _ in 0..5 {
        let gap = cursor.back(start, from, |b| matches!(b, b' ' | b'.' | b',' | b':'));
        if day && month && gap < start && BORN.iter().any(|label| announces(cursor, gap, label)) {
            return Some(Span { start, end, kind: Redaction::Redacted });
        }
        let word = cursor.back(gap, from, is_word);
        if word == gap {
            return None;
        }
        let text = cursor.slice(word, gap);
        day |= text.len() < 3 && text.iter().all(u8::is_ascii_digit);
        month |= text.len() > 2 && !text.iter().any(u8::is_ascii_digit);
        start = word;
    }
    None
}

/// The end of the date at `start`, `1959-11-03` or `03.11.1959`.
fn date_end(cursor: Cursor<'_>, start: usize) -> Option<usize> {
    let text = cursor.slice(start, start + 10);
    let shaped = |signs: [usize; 2]| {
        text.len() == 10
            && text.iter().enumerate().all(|(at, b)| {
                if signs.contains(&at) { matches!(b, b'-' | b'.' | b'/') } else { b.is_ascii_digit() }
            })
    };
    (shaped([4, 7]) || shaped([2, 5])).then_some(start + 10)
}

/// Does the label end at `end`? In a script that separates words, it must be a whole word.
fn announces(cursor: Cursor<'_>, end: usize, label: &str) -> bool {
    let whole =
        || label.as_bytes().first().is_none_or(|b| *b >= 0xe0) || script::is_edge(cursor, end - label.len());
    // Most labels end in another letter.
    let last = label.as_bytes().last().copied().unwrap_or(0);
    if !cursor.before(end).eq_ignore_ascii_case(&last) {
        return false;
    }
    let capitals = label.bytes().all(|b| b.is_ascii_uppercase());
    let found = cursor.ends_any_case(end, label.as_bytes());
    found && (!capitals || cursor.has(end - label.len(), label.as_bytes())) && whole()
}

struct Number {
    letters: usize,
    digits: usize,
    end: usize,
}

/// A number at `start` with letters between its digits, as in passports of Germany and France: `C01X00T47`, `12AB34567`
/// (ICAO Doc 9303 part 4: nine letters and digits, and perhaps a check digit).
fn mixed(cursor: Cursor<'_>, start: usize) -> Option<Number> {
    let end = cursor.ahead_at_most(start, 11, |b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let digits = cursor.slice(start, end).iter().filter(|b| b.is_ascii_digit()).count();
    let whole = !is_word(cursor.at(end)) && !is_word(cursor.before(start)) && cursor.at(end) != b'_';
    (whole && matches!(end - start, 9 | 10)).then_some(Number { letters: end - start - digits, digits, end })
}

/// A number at `start`: digits with single signs or a bracket between groups. No word may continue after it.
fn number(cursor: Cursor<'_>, start: usize) -> Option<Number> {
    let letters = cursor.ahead_at_most(start, LETTERS, |b| b.is_ascii_uppercase()) - start;
    let (mut end, mut digits, mut i) = (start, 0, start + letters);
    while i < start + 40 {
        match cursor.at(i) {
            b'0'..=b'9' => {
                digits += 1;
                end = i + 1;
            }
            b' ' | b'-' | b'.' | b'/' | b')' if matches!(cursor.at(i + 1), b'0'..=b'9' | b' ' | b'(') => {}
            b'(' => {}
            _ => break,
        }
        i += 1;
    }
    let whole = !is_word(cursor.at(end)) || cursor.at(end) >= 0x80;
    whole.then_some(Number { letters, digits, end })
}
