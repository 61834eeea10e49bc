use super::*;

#[test]
fn a_dsn_becomes_an_address_and_a_header() {
    let table = [
        ("https://abc@sentry.example.com/42", "sentry.example.com", ""),
        ("  https://abc:@sentry.example.com/42\n", "sentry.example.com", ""),
        ("https://abc@sentry.example.com/42?query=1", "sentry.example.com", ""),
        ("https://abc:def@sentry.example.com:8443/path/42", "sentry.example.com", ", sentry_secret=def"),
        ("http://abc@127.0.0.1:8000/1", "127.0.0.1", ""),
        ("http://abc@[::1]:8000/1", "[::1]", ""),
        ("http://abc@localhost:8000/1", "localhost", ""),
    ];
    for (dsn, host, secret) in table {
        let (endpoint, auth) = read(dsn).unwrap();
        assert_eq!(endpoint.host(), host, "{dsn}");
        let expected = format!("Sentry sentry_key=abc, sentry_version=7, sentry_client={USER_AGENT}{secret}");
        assert_eq!(auth, expected, "{dsn}");
    }
}

#[test]
fn a_bad_dsn_is_an_error_that_tells_what_to_do() {
    let table = [
        ("", "copy it from the project's settings"),
        ("nonsense", "copy it from the project's settings"),
        ("s3cr3t", "copy it from the project's settings"),
        ("https://sentry.example.com/42", "copy it from the project's settings"),
        ("https://s3cr3t@sentry.example.com", "copy it from the project's settings"),
        ("https://s3cr3t@sentry.example.com/", "copy it from the project's settings"),
        ("https://s3cr3t@sentry.example.com//", "copy it from the project's settings"),
        ("https://s3cr3t@/42", "copy it from the project's settings"),
        ("https://:s3cr3t@sentry.example.com/42", "copy it from the project's settings"),
        ("ftp://s3cr3t@sentry.example.com/42", "copy it from the project's settings"),
        ("https://s3cr3t@sentry.example.com:99999/42", "copy it from the project's settings"),
        ("https://s3cr3t@sentry.example.com/42#fragment", "take away the #"),
        ("https://s3cr3t,sentry_key=b@sentry.example.com/42", "copy it again"),
        ("https://s3cr3t%0d%0aX-Evil:1@sentry.example.com/42", "copy it again"),
        ("https://abc:s3cr3t%20@sentry.example.com/42", "copy it again"),
        ("http://s3cr3t@sentry.example.com/42", "https://"),
        ("http://s3cr3t@192.168.0.1/42", "https://"),
        ("http://s3cr3t@127.0.0.1.example.com/42", "https://"),
    ];
    for (dsn, said) in table {
        let error = read(dsn).unwrap_err();
        assert!(error.to_string().contains(said), "{dsn}: {error}");
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{dsn}: {error:?}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let dsn = "https://abc:def@sentry.example.com:8443/path/42";
    for at in 0..=dsn.len() {
        for part in
            ["", " ", "%", "%00", "@", "/", "\\", ":", "[", "]", "?", "\0", "\n", "..", "\u{e9}", "\u{202e}"]
        {
            for rest in [at, (at + 1).min(dsn.len()), dsn.len()] {
                let _ = read(&format!("{}{part}{}", dsn.split_at(at).0, dsn.split_at(rest).1));
            }
        }
    }
}
