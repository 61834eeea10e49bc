use super::*;

#[test]
fn good_addresses_are_kept() {
    let table = [
        ("https://sentry.example.com/api/1/envelope/", "https://sentry.example.com/api/1/envelope/"),
        ("https://sentry.example.com", "https://sentry.example.com/"),
        ("https://sentry.example.com?a=b", "https://sentry.example.com/?a=b"),
        ("HTTPS://Sentry.Example.com:8443/x?y=z", "https://sentry.example.com:8443/x?y=z"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("http://127.9.9.9/x", "http://127.9.9.9/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://localhost/x", "https://localhost/x"),
    ];
    for (url, expected) in table {
        let endpoint = Endpoint::parse(url).unwrap();
        assert_eq!(endpoint.urls(), [expected], "{url}");
    }
}

#[test]
fn localhost_is_this_machine_whatever_a_resolver_says() {
    for url in ["http://localhost:8000/x", "http://LocalHost:8000/x"] {
        let endpoint = Endpoint::parse(url).unwrap();
        assert_eq!(endpoint.urls(), ["http://127.0.0.1:8000/x", "http://[::1]:8000/x"]);
        assert_eq!(endpoint.host_header(), "localhost:8000");
        assert!(!endpoint.is_encrypted());
    }
}

#[test]
fn bad_addresses_are_refused_with_advice() {
    let unencrypted = |host: &str| EndpointError::Unencrypted { host: host.into() };
    let scheme = |scheme: &str| EndpointError::Scheme { scheme: scheme.into() };
    let table = [
        ("", EndpointError::Malformed),
        ("sentry.example.com", EndpointError::Malformed),
        ("/api/1", EndpointError::Malformed),
        ("https:/sentry.example.com", EndpointError::Malformed),
        ("https://", EndpointError::Malformed),
        ("https:///path", EndpointError::Malformed),
        ("https://:443/path", EndpointError::Malformed),
        ("https://exa mple.com/", EndpointError::Malformed),
        ("https://example.com/\r\nX-Evil: 1", EndpointError::Malformed),
        ("https://bücher.example/", EndpointError::Malformed),
        ("ftp://example.com/", scheme("ftp")),
        ("file://example.com/etc/passwd", scheme("file")),
        ("http://sentry.example.com/", unencrypted("sentry.example.com")),
        ("http://localhost.example.com/", unencrypted("localhost.example.com")),
        ("http://127.0.0.1.example.com/", unencrypted("127.0.0.1.example.com")),
        ("http://127.1/", unencrypted("127.1")),
        ("http://0x7f000001/", unencrypted("0x7f000001")),
        ("http://0.0.0.0/", unencrypted("0.0.0.0")),
        ("http://192.168.0.1/", unencrypted("192.168.0.1")),
        ("http://[::ffff:127.0.0.1]/", unencrypted("[::ffff:127.0.0.1]")),
        ("http://[::2]/", unencrypted("[::2]")),
        ("https://key@sentry.example.com/1", EndpointError::Credentials),
        ("http://127.0.0.1@evil.example.com/", EndpointError::Credentials),
        ("https://example.com/#part", EndpointError::Fragment),
        ("https://example.com:0/", EndpointError::Port),
        ("https://example.com:99999/", EndpointError::Port),
        ("https://example.com:/", EndpointError::Port),
    ];
    for (url, expected) in table {
        assert_eq!(Endpoint::parse(url), Err(expected), "{url}");
    }
}

#[test]
fn neither_errors_nor_debug_quote_keys() {
    let endpoint = Endpoint::parse("https://example.com/ingest/s3cr3t?key=s3cr3t").unwrap();
    assert!(!format!("{endpoint:?}").contains("s3cr3t"));
    for url in ["http://s3cr3t@example.com/s3cr3t", "http://example.com/s3cr3t", "ftp://example.com/s3cr3t"] {
        let error = Endpoint::parse(url).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error:?}");
    }
}
