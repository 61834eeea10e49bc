//! Classifies keys in other scripts: `пароль`, `密码`, `contraseña`. Such keys are rare, so the look-up may be slow.
//!
//! In a script without breaks between words, a word counts anywhere in the key: `数据库密码`.

use super::KeyClass;
use crate::sanitize::decode::{fold, look_alike};

/// Words for secrets.
#[rustfmt::skip]
const SENSITIVE: [&str; 26] = [
    "contraseña", "lösenord", "hasło", "şifre", "jelszó", "mật khẩu", "κωδικός", "пароль", "секрет", "токен",
    "密码", "密碼", "口令", "密钥", "密鑰", "令牌", "パスワード", "暗証番号", "トークン", "비밀번호", "암호", "토큰",
    "كلمة المرور", "كلمة السر", "סיסמה", "पासवर्ड",
];

/// Words for people, and for numbers and addresses of people.
#[rustfmt::skip]
const PERSONAL: [&str; 41] = [
    "prénom", "usuário", "teléfono", "användare", "użytkownik", "kullanıcı", "пользователь", "пользователя", "логин",
    "имя", "фамилия", "телефон", "почта", "паспорт", "用户", "用戶", "姓名", "手机", "手機", "电话", "電話", "邮箱",
    "身份证", "身分證", "ユーザー", "氏名", "メールアドレス", "사용자", "이름", "전화번호", "اسم المستخدم", "שם משתמש",
    "ชื่อผู้ใช้", "アカウント名", "帐户名", "账户名", "계정", "користувач",
    "користувача", "账号", "帳號",
];

/// The class of a key that has a character beyond ASCII.
pub(super) fn class(key: &[u8]) -> KeyClass {
    if key.is_ascii() {
        return KeyClass::Plain;
    }
    let key = String::from_utf8_lossy(key).to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| holds(&key, word));
    if is(&SENSITIVE) {
        KeyClass::Sensitive
    } else if is(&PERSONAL) {
        KeyClass::Personal
    } else {
        KeyClass::Plain
    }
}

/// The ASCII letters that a key looks like, for example `pаssword` with a Cyrillic letter, or `password` in wide
/// letters or with a mark above a letter. `None` if the key still has characters of another script.
pub(super) fn as_it_looks(key: &[u8]) -> Option<String> {
    if key.is_ascii() {
        return None;
    }
    let folded =
        String::from_utf8_lossy(key).chars().filter_map(fold).map(|c| look_alike(c).unwrap_or(c)).collect();
    Some(folded).filter(|folded: &String| folded.is_ascii())
}

/// Does the key hold the word? In a script with breaks, it must be a whole word.
fn holds(key: &str, word: &str) -> bool {
    let unbroken =
        |c: char| matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    key.match_indices(word).any(|(at, _)| {
        let (before, behind) =
            (key.get(..at).unwrap_or_default(), key.get(at + word.len()..).unwrap_or_default());
        word.chars().all(unbroken)
            || !(before.ends_with(char::is_alphanumeric) || behind.starts_with(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_scripts_decide() {
        for (key, expected) in [
            ("contraseña", KeyClass::Sensitive),
            ("Contraseña_actual", KeyClass::Sensitive),
            ("ПАРОЛЬ", KeyClass::Sensitive),
            ("пароль_бд", KeyClass::Sensitive),
            ("数据库密码", KeyClass::Sensitive),
            ("パスワード", KeyClass::Sensitive),
            ("用户名", KeyClass::Personal),
            ("телефон", KeyClass::Personal),
            ("парольный", KeyClass::Plain),
            ("größe", KeyClass::Plain),
            ("名称", KeyClass::Plain),
            ("password", KeyClass::Plain),
        ] {
            assert_eq!(class(key.as_bytes()), expected, "{key}");
        }
    }
}
