use super::*;

#[test]
fn what_is_said_is_what_is_used() {
    let cases = [
        ("http://proxy.example.com:3128", "proxy.example.com", 3128, None),
        ("proxy.example.com:3128", "proxy.example.com", 3128, None),
        (" HTTP://proxy.example.com:3128/ ", "proxy.example.com", 3128, None),
        ("http://proxy.example.com", "proxy.example.com", 80, None),
        ("http://[::1]:3128", "[::1]", 3128, None),
        ("http://ada:secret@proxy:3128", "proxy", 3128, Some(("ada", Some("secret")))),
        ("ada:secret@proxy:3128", "proxy", 3128, Some(("ada", Some("secret")))),
        ("http://ada@proxy:3128", "proxy", 3128, Some(("ada", None))),
        ("http://ad%40a:p%2Fs%3As%25%C3%A9+@proxy", "proxy", 80, Some(("ad@a", Some("p/s:s%é+")))),
    ];
    for (url, host, port, credentials) in cases {
        let proxy = Proxy::parse(url).unwrap();
        assert_eq!((proxy.tunnel.host(), proxy.tunnel.port()), (host, port), "{url}");
        let given = proxy.tunnel.username().map(|user| (user, proxy.tunnel.password()));
        assert_eq!(given, credentials, "{url}");
        assert_eq!(proxy.tunnel.protocol(), ureq::ProxyProtocol::Http, "{url}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_and_not_quoted() {
    let cases = [
        ("", ProxyError::Malformed),
        ("http://", ProxyError::Malformed),
        ("http://:3128", ProxyError::Malformed),
        ("http://pröxy:3128", ProxyError::Malformed),
        ("http://hunter2 hunter2:3128", ProxyError::Malformed),
        ("http://ada:hunter2@", ProxyError::Malformed),
        ("https://ada:hunter2@proxy:3128", ProxyError::Scheme),
        ("socks5://ada:hunter2@proxy:3128", ProxyError::Scheme),
        ("http://proxy:3128/path", ProxyError::Path),
        ("http://proxy:3128?hunter2", ProxyError::Path),
        ("http://ada:hun/ter2@proxy:3128", ProxyError::Path),
        ("http://ada:hun#ter2@proxy:3128", ProxyError::Path),
        ("ada:hun?ter2@proxy:3128", ProxyError::Path),
        ("http://ada:hun@ter2@proxy:3128", ProxyError::Credentials),
        ("http://ada:hunter2%ff@proxy:3128", ProxyError::Credentials),
        ("http://ada:hun ter2@proxy:3128", ProxyError::Credentials),
        ("http://ada:hunter2@proxy:0", ProxyError::Port),
        ("http://ada:hunter2@proxy:70000", ProxyError::Port),
        ("http://ada:hunter2@proxy:", ProxyError::Port),
    ];
    for (url, expected) in cases {
        let error = Proxy::parse(url).unwrap_err();
        assert_eq!(error, expected, "{url}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hun") && !text.contains("ada"), "{text}");
    }
}

#[test]
fn the_usual_variables_are_looked_up_in_their_order() {
    let from = |set: &[(&str, &str)]| {
        let look_up = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Proxy::from_variables(look_up).map(|proxy| proxy.map(|proxy| proxy.to_string()))
    };
    let named = |host: &str| Ok(Some(format!("{host}:80")));
    assert_eq!(from(&[]), Ok(None));
    assert_eq!(
        from(&[("HTTP_PROXY", "a")]),
        Ok(None),
        "for requests without encryption, which leave no machine"
    );
    assert_eq!(from(&[("HTTPS_PROXY", " "), ("all_proxy", "b")]), named("b"));
    assert_eq!(from(&[("https_proxy", "a"), ("ALL_PROXY", "b")]), named("a"));
    assert_eq!(from(&[("HTTPS_PROXY", "a"), ("https_proxy", "b")]), named("a"));
    assert_eq!(from(&[("HTTPS_PROXY", "socks5://a")]), Err(ProxyError::Scheme));

    let set = [("HTTPS_PROXY", "a"), ("NO_PROXY", "crashes.example.com")];
    let look_up = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
    let proxy = Proxy::from_variables(look_up).unwrap().unwrap();
    assert!(proxy.tunnel_to("crashes.example.com", 443).is_none());
    assert!(proxy.tunnel_to("other.example.com", 443).is_some());
}
