//! Messages as databases, parsers, browsers, clients and shells write them.

use super::{table, unchanged};

#[test]
fn rows_that_databases_repeat() {
    table(&[
        ("Key (username)=(adalovelace) already exists.", "Key (username)=([redacted]) already exists."),
        (
            "Key (first, last)=(Ada, Lovelace) already exists.",
            "Key (first, last)=([redacted]) already exists.",
        ),
        (
            "Key (lower(login::text))=(ada) already exists.",
            "Key (lower(login::text))=([redacted]) already exists.",
        ),
        ("Key (phone)=(5552345678) is not present", "Key (phone)=([redacted]) is not present"),
        (
            "DETAIL:  Failing row contains (42, Ada Lovelace, null).",
            "DETAIL:  Failing row contains ([redacted]).",
        ),
        (
            r#"detail: Some("Failing row contains (42, Ada)."), hint: None"#,
            r#"detail: Some("Failing row contains ([redacted])."), hint: None"#,
        ),
        (
            "Duplicate entry 'Ada Lovelace' for key 'users.name'",
            "Duplicate entry '[redacted]' for key 'users.name'",
        ),
        (
            "in object 'dbo.Users'. The duplicate key value is (Lovelace, Ada).",
            "in object 'dbo.Users'. The duplicate key value is ([redacted]).",
        ),
        (r#"dup key: { name: "Ada Lovelace" }"#, "dup key: {[redacted]}"),
        ("CREATE USER x IDENTIFIED BY 'hunter2'", "CREATE USER x IDENTIFIED BY '[secret]'"),
    ]);
    unchanged(&[
        "Key (id)=(42) already exists.",
        "Key (a, b)=(1, 2) is not present in table \"orders\".",
        "Duplicate entry '42' for key 'PRIMARY'",
        "in object 'dbo.Users'. The statement has been terminated.",
        "(a)=(b)",
        "detail: none",
    ]);
}

#[test]
fn input_that_is_repeated() {
    table(&[
        (
            "byte index 4 is not a char boundary; it is inside 'é' (bytes 3..5) of `Adaé `x` Lovelace`[...]",
            "byte index 4 is not a char boundary; it is inside 'é' (bytes 3..5) of `[content]`[...]",
        ),
        ("byte index 100 is out of bounds of `Dear Ada`", "byte index 100 is out of bounds of `[content]`"),
        ("begin <= end (4 <= 2) when slicing `Dear Ada`", "begin <= end (4 <= 2) when slicing `[content]`"),
        (
            "invalid type: string \"Ada Lovelace\", expected u32",
            "invalid type: string \"[content]\", expected u32",
        ),
        (
            "invalid input syntax for type integer: \"Ada L\"",
            "invalid input syntax for type integer: \"[content]\"",
        ),
        ("KeyError: 'Ada Lovelace'", "KeyError: '[content]'"),
        (
            "Unexpected token 'A', \"Ada Lovelac\"... is not valid JSON",
            "Unexpected token 'A', \"[content]\"... is not valid JSON",
        ),
        ("time data '10.12.1985' does not match", "time data '[content]' does not match"),
        ("invalid value 'hunter2' for '--password <P>'", "invalid value '[secret]' for '--password <P>'"),
        ("locator(\"#pin\").fill(\"hunter2\")", "locator(\"#pin\").fill(\"[content]\")"),
        ("page.fill(\"#password\", \"hunter2\")", "page.fill(\"#password\", \"[secret]\")"),
        ("get_by_text(\"Ada Lovelace\") is hidden", "get_by_text(\"[content]\") is hidden"),
    ]);
    unchanged(&[
        "invalid type: string \"abc\", expected u32 at line 1 column 5",
        "invalid value '80a' for '--port <PORT>': invalid digit",
        "KeyError: 'name'",
        "Unexpected token 'A', at line 1",
        "left: \"a\"",
        "get_by_text(\"Submit\")",
        "fill(\"#name\", 7)",
        "one of `a` or `b`",
    ]);
}

#[test]
fn prompts_and_bodies_in_quotes() {
    table(&[
        (r#"{"prompt":"Dear Ada","max_tokens":512}"#, r#"{"prompt":"[content]","max_tokens":512}"#),
        ("[{'role': 'user', 'content': 'Dear Ada'}]", "[{'role': 'user', 'content': '[content]'}]"),
        (r#"Response { status: 500, body: "Dear Ada" }"#, r#"Response { status: 500, body: "[content]" }"#),
        (
            "[type=x, input_value='Dear Ada', input_type=str]",
            "[type=x, input_value='[content]', input_type=str]",
        ),
    ]);
    unchanged(&[
        "content: \"text\"",
        "body: empty",
        "query: 3 rows",
        "max_tokens=512",
        "tokens: 4096, limit 8192",
    ]);
}

#[test]
fn names_and_values_in_two_fields() {
    table(&[
        (r#"{"name":"password","value":"hunter2"}"#, r#"{"name":"password","value":"[secret]"}"#),
        (r#"{"value":"hunter2","name":"password"}"#, r#"{"value":"[secret]","name":"password"}"#),
        ("- name: DB_PASSWORD\n  value: hunter2", "- name: DB_PASSWORD\n  value: [secret]"),
        (
            r#"EnvVar { name: "API_KEY", value: Some("hunter2") }"#,
            r#"EnvVar { name: "API_KEY", value: Some("[secret]") }"#,
        ),
        ("[{'Name': 'email', 'Value': 'ada'}]", "[{'Name': 'email', 'Value': '[redacted]'}]"),
        (
            r#"{"value":"ada","msg":"bad","param":"email"}"#,
            r#"{"value":"[redacted]","msg":"bad","param":"email"}"#,
        ),
        (r#"{"loc":["body","password"],"input":"x7"}"#, r#"{"loc":["body","password"],"input":"[secret]"}"#),
        ("on field 'email': rejected value [ada]", "on field 'email': rejected value [[redacted]]"),
        ("SECRET_KEY was \"hunter2\"", "SECRET_KEY was \"[secret]\""),
        (r#"["--password","hunter2"]"#, r#"["--password","[secret]"]"#),
        (r"('password','hunter2')", r"('password','[secret]')"),
        (
            r#"User { id: 7, name: "Ada", city: "London" }"#,
            r#"User { id: 7, name: "[redacted]", city: "[redacted]" }"#,
        ),
    ]);
    unchanged(&[
        r#"{"name":"retries","value":"3"}"#,
        r#"{"loc":["body","age"],"input":"x"}"#,
        "the token is \"expired\"",
        "on field 'age': rejected value [x]",
        "name: x, value: 7",
        "default: 5",
        "struct User { name: String }",
        r#"Tool { name: "search" }"#,
        r#"["login", "-p"]"#,
    ]);
}

#[test]
fn keys_of_other_languages() {
    table(&[
        ("Passwort: hunter2", "Passwort: [secret]"),
        ("mot de passe: hunter2", "mot de passe: [secret]"),
        ("contraseña=hunter2", "contraseña=[secret]"),
        ("пароль: hunter2", "пароль: [secret]"),
        ("密码：hunter2", "密码：[secret]"),
        ("用户“张伟”不存在", "用户“[redacted]”不存在"),
        ("Benutzer 'ada' fehlt", "Benutzer '[redacted]' fehlt"),
    ]);
    unchanged(&["größe: 7", "état=ok", "Passage: 7", "ошибка: нет"]);
}

#[test]
fn encodings_over_encodings() {
    table(&[
        ("to ada&#64;example.com failed", "to [email] failed"),
        ("to ada&#x40;example&#46;com failed", "to [email] failed"),
        ("to ada&commat;example.com failed", "to [email] failed"),
        ("to ada%2540example.com failed", "to [email] failed"),
        ("https%253A%252F%252Fexample.com%252Fada", "[url]"),
        ("password = ‘hunter2 hunter3’", "password = [secret]’"),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "[card]"),
        ("bytes [97, 100, 97, 64, 101, 120, 97, 109]", "bytes [[content]]"),
        ("616461406578616d706c652e636f6d", "[token]"),
        // Such base64 holds the start of a vendor's token by chance. The text that is joined to it is removed too.
        ("u+xLS7T63MwCKM7P0GuU9lPHj7n+CM8v3", "[token]"),
        ("u+BcqXHrpOc9O3ZBRzHcJBeP5roB1LerF/zHYuUk", "[token]"),
        ("T6AE7/u+4PIWjUcyhkgEb31kdFN/4nWsCOK+CGns", "[token]"),
        ("F9yVhHS+//seSeoeAGS85FftqA/KvpJCWATn559I", "[token]"),
        ("AUTH PLAIN AGFkYQBodW50ZXIy", "AUTH PLAIN [token]"),
        ("$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG", "[token]"),
        ("previous key a8f5f167f44f4964e6c998dee827110c", "previous key [token]"),
    ]);
    unchanged(&[
        "&lt;div&gt; is not closed",
        "a &amp; b",
        "50%25 done",
        "shape [64, 128, 128, 3, 64, 128, 128, 3]",
        "primes [101, 103, 107, 109, 113]",
        "it’s “fine”",
    ]);
}

#[test]
fn numbers_with_a_label() {
    table(&[
        ("tel 5552345678", "tel [phone]"),
        ("手机号 13800138000 无效", "手机号 [phone] 无效"),
        ("mobile number 07700900123", "mobile number [phone]"),
        ("SSN 078051120", "SSN [national-id]"),
        ("imei: 490154203237518", "imei: [redacted]"),
        ("AWS account ID: 123456789012", "AWS account ID: [redacted]"),
        ("session 8f14e45fceea167a expired", "session [token] expired"),
        ("TOTP secret JBSWY3DPEHPK3PXP2", "TOTP secret [token]"),
    ]);
    unchanged(&[
        "order 123456789012",
        "offset 12345678901",
        "phone 12",
        "account 42",
        "cell 7",
        "session 42 of 50",
    ]);
}

#[test]
fn names_of_machines_and_directories() {
    table(&[
        ("no route to db-prod-3.internal", "no route to [host]"),
        ("Adas-MacBook.local timed out", "[host] timed out"),
        ("DESKTOP-AB12CD3 is offline", "[host] is offline"),
        ("SID S-1-5-21-3623811015-3361044348-30300820-1013 not found", "SID [user] not found"),
        ("bind failed for CN=Ada Lovelace,OU=Users,DC=acme,DC=corp", "bind failed for [redacted]"),
        ("o=a,ou=b,l=c,st=d,c=e,ou=f,ou=g,ou=h,ou=i,ou=j,cn=Ada Lovelace,ou=Users", "o=a,ou=b,[redacted]"),
        ("filter (&(objectClass=person)(uid=ada))", "filter (&(objectClass=person)(uid=[redacted]))"),
        ("MAC 001b.4411.3ab7", "MAC [mac]"),
        ("net 2001:db8::/32", "net [ip]/32"),
        ("at home/ada/project/x.py", "at [path].py"),
        (r"C:\Documents and Settings\ada\x.txt", "[path].txt"),
        ("/home/ada/My Secret File.txt", "[path].txt"),
        ("sshpass -p 'hunter2' ssh x", "sshpass -p '[secret]' ssh x"),
        ("mysql -u root -phunter2 shop", "mysql -u root -p[secret] shop"),
        ("password: |\n  hunter2\n  hunter3\nnext: 1", "password: |\n  [secret]\nnext: 1"),
    ]);
    unchanged(&[
        "threading.local and asyncio.local",
        "DESKTOP-ENTRY is missing",
        "S-1-5-18",
        "C=US, O=Acme",
        "cn=1",
        "2026.1120.1234",
        "mkdir -p out",
        "UserService.find(UserService.java:42)",
    ]);
}
