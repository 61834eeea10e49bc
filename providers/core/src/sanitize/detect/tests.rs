//! A table for each detector: texts that it redacts, and similar texts that stay.

mod messages;

use crate::Sanitizer;

/// Cleans each text and compares the result. If both sides of a row are equal, the text must stay.
fn table(rows: &[(&str, &str)]) {
    let sanitizer = Sanitizer::new();
    let wrong: Vec<_> = rows
        .iter()
        .map(|(raw, expected)| (raw, sanitizer.text(raw).to_string(), expected))
        .filter(|(_, got, expected)| got != *expected)
        .collect();
    assert!(wrong.is_empty(), "raw, cleaned, expected: {wrong:#?}");
}

fn unchanged(rows: &[&str]) {
    table(&rows.iter().map(|row| (*row, *row)).collect::<Vec<_>>());
}

#[test]
fn cards() {
    table(&[
        ("paid with 4111 1111 1111 1111 today", "paid with [card] today"),
        ("card 5555-5555-5555-4444, ok", "card [card], ok"),
        ("378282246310005", "[card]"),
        ("4111111111111111", "[card]"),
        // Numbers in columns of a table, and one after a time.
        ("1234                4111 1111 1111 1111", "1234                [card]"),
        ("12 ----------- 4111111111111111 ok", "12 ----------- [card] ok"),
        ("2026-11-20T12:00:00.123 4111111111111111", "2026-11-20T12:00:00.123 [card]"),
    ]);
    unchanged(&[
        "4111 1111 1111 1112",
        "order 1763683200000000",
        "0x4111111111111111",
        "id_4111111111111112",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    ]);
}

#[test]
fn bank_accounts() {
    table(&[
        ("to DE89 3704 0044 0532 0130 00 failed", "to [iban] failed"),
        ("GB29NWBK60161331926819", "[iban]"),
        ("iban gb29 nwbk 6016 1331 9268 19", "iban [iban]"),
        ("NO9386011117947", "[iban]"),
    ]);
    unchanged(&["DE89 3704 0044 0532 0130 01", "ZZ29 3704 0044 0532", "AB12 is a room"]);
}

#[test]
fn national_ids() {
    table(&[
        ("ssn 078-05-1120", "ssn [national-id]"),
        ("AB 12 34 56 C", "[national-id]"),
        ("cpf 111.444.777-35", "cpf [national-id]"),
        ("cnpj 11.222.333/0001-81", "cnpj [national-id]"),
        ("11010519491231002X", "[national-id]"),
        ("dni 12345678Z", "dni [national-id]"),
        ("nie X1234567L", "nie [national-id]"),
        ("RSSMRA85T10A562S", "[national-id]"),
        ("1 85 05 78 006 084 91", "[national-id]"),
        ("811228-9874", "[national-id]"),
        ("756.9217.0769.85", "[national-id]"),
        ("sin 046 454 286", "sin [national-id]"),
        ("aadhaar 2341 2341 2346", "aadhaar [national-id]"),
        ("pan ABCPE1234F", "pan [national-id]"),
        ("HEGG560427MVZRRL04", "[national-id]"),
        ("850101-1234567", "[national-id]"),
    ]);
    unchanged(&[
        "000-12-3456",
        "666-12-3456",
        "number 111.444.777-36",
        "dni 12345678A",
        "2026-11-20",
        "811328-9874",
        "2341 2341 2347",
        "123 456 789",
    ]);
}

#[test]
fn phones() {
    table(&[
        ("call +49 (0)30 1234567 now", "call [phone] now"),
        ("+15551234567", "[phone]"),
        ("(555) 234-5678 is busy", "([phone] is busy"),
        ("555-234-5678", "[phone]"),
        ("1-555-234-5678", "[phone]"),
        ("06 12 34 56 78", "[phone]"),
        ("030/1234567", "[phone]"),
        ("0049 89 1234567", "[phone]"),
    ]);
    unchanged(&[
        "+1",
        "1 + 12345678",
        "+00:00",
        "2026-11-20T12:00:00+01:00",
        "04/12/2026 12:30",
        "155-234-5678",
        "555 items",
        "0 1 2 3 4 5 6 7 8 9",
        "x+12345678",
    ]);
}

#[test]
fn vendors_and_random_text() {
    table(&[
        ("key AKIAIOSFODNN7EXAMPLE.", "key [token]."),
        ("ghp_0123456789abcdefghijABCDEFGHIJ456789", "[token]"),
        ("my_xoxb-123456789012-123456789012-AbCdEfGhIjKl", "[token]"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "[token]"),
        ("id 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-x", "id [token]"),
        ("task 550e8400-e29b-41d4-a716-446655440000 failed", "task [token] failed"),
        ("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", "[token]"),
        ("a8f5f167f44f4964e6c998dee827110c", "[token]"),
        ("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ada@laptop end", "[token] end"),
        (
            "eyJhbGciOiJSU0EtT0FFUCJ9.OKOawDo13gRp2ojaHV7LF5gC.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvT",
            "[jwt]",
        ),
    ]);
    unchanged(&[
        "secret_manager_client_is_not_configured",
        "pattern_matching_of_regular_expressions",
        "sk-learn is missing",
        "npm_config_registry",
        "00000000-0000-0000-0000-000000000000",
        "0x7f3a4c2d1e80",
        "commit 59807616e1fa2540724bfbac14d7976d7e4a3860",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "eyJ is how a JWT starts",
    ]);
}

#[test]
fn headers_pairs_and_arguments() {
    table(&[
        (
            r#"{"accept": "*/*", "authorization": "Bearer abc"}"#,
            r#"{"accept": "*/*", "authorization": "[authorization]"}"#,
        ),
        (r#"[("cookie", "a=b"), ("host", "x")]"#, r#"[("cookie", "[cookie]"), ("host", "[redacted]")]"#),
        (
            "Authorization: Digest username=\"ada\", realm=\"x\" failed",
            "Authorization: [authorization] failed",
        ),
        ("run --password hunter2 --depth 3", "run --password [secret] --depth 3"),
        ("curl -u ada:hunter2 x", "curl -u [secret] x"),
        ("os.environ['API_KEY'] = 'abc'", "os.environ['API_KEY'] = '[secret]'"),
        ("proxy_password=https://x.com/a,b/ada end", "proxy_password=[secret] end"),
        ("ssh-rsa AAAA Bearer abc123DEF end", "[token] end"),
        ("db_password: correct horse battery staple", "db_password: [secret]"),
        ("no access for user \"ada\"", "no access for user \"[redacted]\""),
        ("token: {\"a\": [1, 2]} and more", "token: [secret] and more"),
    ]);
    unchanged(&[
        "unexpected token `;`",
        "Basic usage of the tool",
        "bearer tokens expire",
        "--token is required",
        "password: ********",
        "a == b, c != d",
        "x => y",
        "cookie jar: 3 entries",
        "the key: value pairs",
        "pass `x` to the function",
        "no cookie \"a\" in the jar",
    ]);
}

#[test]
fn a_quick_look_at_a_name_misses_none() {
    let sanitizer = Sanitizer::new();
    for before in [
        "", "db.main.", "a-", "x_", "1.", "12T00.", "3t.", "client2.", "a7", "$", "$x.", "A.", "-", "..",
        "é.",
    ] {
        for key in ["password", "dbtoken", "apiKey", "api_key", "api.key", "seed.phrase", "user.email"] {
            let cleaned = sanitizer.text(&format!("{before}{key}: hunter2 and"));
            assert!(!cleaned.contains("hunter2"), "{before}{key}");
        }
    }
    unchanged(&["client.rs: gone", "db.main.path: gone", "a-b_c.d: 7", "v1.2.3: gone", "12T12: gone"]);
}

#[test]
fn hosts_and_folders() {
    table(&[
        ("failed to look up db-prod-7.internal.acme.corp", "failed to look up [host]"),
        ("connect to host build-7.acme.net port 22", "connect to host [host] port 22"),
        ("acme.com:443 refused", "[host]:443 refused"),
        ("user ada@laptop ran it", "user [email] ran it"),
        ("~ada/secret", "[path]"),
        ("$HOME/secret/x.txt", "[path].txt"),
        (r"%USERPROFILE%\secret", "[path]"),
        ("../home/ada/secret", "..[path]"),
        ("C:/Program Files (x86)/Ada Corp/app.exe crashed", "[path].exe crashed"),
        (r"Pwd= C:\Users\ada\new end", "Pwd= [secret] end"),
        ("arn:aws:iam::123456789012:user/ada", "[url]"),
    ]);
    unchanged(&[
        "aiohttp.client_exceptions.ClientError",
        "java.net.SocketException",
        "asyncio.exceptions.TimeoutError",
        "threading.local and logger.info",
        "module.io.read()",
        "pkg@latest and react@18.2.0",
        "x: foo.bar.baz",
    ]);
}

#[test]
fn connections() {
    table(&[
        ("Server=tcp:db.example,1433;Database=x;User ID=ada;Password=hunter2;", "[connection]"),
        ("host=db port=5432 user=ada password=hunter2 failed", "[connection] failed"),
        (
            "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=abc=",
            "[connection]",
        ),
        ("mongodb://ada:pw@a:27017,b:27017/db?replicaSet=x gone", "[connection] gone"),
        ("jdbc:oracle:thin:@db:1521:orcl", "[connection]"),
    ]);
    unchanged(&["port=5432", "database is locked", "driver=x", "port=1 and host unknown"]);
}

#[test]
fn markup_and_queries() {
    table(&[
        ("got <div class=\"x\">Ada</div> instead", "got [html] instead"),
        ("<!DOCTYPE html><html><body>Ada</body></html>", "[html]"),
        ("<name>Ada</name>", "[html]"),
        (r#"<a href=\"x\">Ada</a>"#, "[html]"),
        ("?q=ada&page=2", "[query]"),
        ("q=ada&page=2 failed", "[query] failed"),
        ("?filter[name]=lovelace end", "[query] end"),
        ("at ?user[name]=ada&user[x][y]=lovelace&z=1]", "at [query]]"),
        ("/??????????_wd?444%ff=[unscrub.bed]=./E", "/?????????[query]"),
    ]);
    unchanged(&[
        "expected <div> but found <span>",
        "Vec<a>",
        "parse::<Script>()",
        "<T as Into<U>>::into",
        "<tool::Page as core::ops::Drop>::drop",
        "a < b && c > d",
        "foo()? and bar?",
        "x = a & b",
        "is it 5? yes=no",
    ]);
}
