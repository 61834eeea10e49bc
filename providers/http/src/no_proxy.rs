//! The hosts that are reached without a proxy.

use std::net::IpAddr;

/// A list of hosts in the form of `NO_PROXY`. The form has no standard; here a name also matches its subdomains, as in
/// curl and Go.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct NoProxy(Vec<NoProxyEntry>);

#[derive(Clone, PartialEq, Eq)]
struct NoProxyEntry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, PartialEq, Eq)]
enum Hosts {
    All,
    /// A host name in lower case, without dots at its start and end. Its subdomains match too.
    Below(String),
    /// All addresses that have this many leading bits in common with this address.
    Network(IpAddr, u32),
}

impl NoProxy {
    pub(crate) fn add(&mut self, list: &str) {
        self.0.extend(list.split([',', ' ']).filter_map(NoProxyEntry::parse));
    }

    pub(crate) fn hold(&self, host: &str, port: u16) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        self.0.iter().any(|e| e.port.is_none_or(|only| only == port) && e.hosts.hold(bare))
    }
}

impl NoProxyEntry {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        // An IPv6 address without brackets has colons, but no port.
        let port = text.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']'));
        let (host, port) = match port {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (&*text, None),
        };
        Some(Self { hosts: Hosts::parse(host)?, port })
    }
}

impl Hosts {
    fn parse(host: &str) -> Option<Self> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare == "*" {
            return Some(Self::All);
        }
        if let Ok(address) = bare.parse() {
            return Some(Self::Network(address, 128));
        }
        if let Some((address, bits)) = bare.split_once('/') {
            return Some(Self::Network(address.parse().ok()?, bits.parse().ok()?));
        }
        let name = bare.trim_start_matches('*').trim_matches('.');
        (!name.is_empty()).then(|| Self::Below(name.to_owned()))
    }

    /// Does this entry match `host`, which is in lower case?
    fn hold(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Below(name) => {
                let above = host.trim_end_matches('.').strip_suffix(name.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            Self::Network(network, bits) => host.parse().is_ok_and(|address| share(*network, address, *bits)),
        }
    }
}

/// Do two addresses of one family have this many leading bits in common?
fn share(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    let differ = match (one, other) {
        // The 32 bits of an IPv4 address are moved to the front, so that they are compared first.
        (IpAddr::V4(one), IpAddr::V4(other)) => u128::from(one.to_bits() ^ other.to_bits()) << 96,
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() ^ other.to_bits(),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
    };
    differ.leading_zeros() >= bits.min(128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_match_as_people_expect_of_the_variable() {
        let cases = [
            ("", "example.com", false),
            (",, ,", "example.com", false),
            ("*", "example.com", true),
            ("example.com", "example.com", true),
            ("EXAMPLE.com", "example.com", true),
            ("example.com", "crashes.example.com", true),
            (".example.com", "crashes.example.com", true),
            (".example.com", "example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("example.com", "notexample.com", false),
            ("example.com", "example.com.evil.org", false),
            ("other.org, example.com", "example.com", true),
            ("other.org example.com", "example.com", true),
            ("example.com:443", "example.com", true),
            ("example.com:8443", "example.com", false),
            ("example.com:x", "example.com", false),
            ("10.0.0.0/8", "10.20.30.40", true),
            ("10.0.0.0/8", "11.20.30.40", false),
            ("10.0.0.0/33", "10.20.30.40", false),
            ("10.0.0.0/x", "10.20.30.40", false),
            ("0.0.0.0/0", "10.20.30.40", true),
            ("0.0.0.0/0", "[2001:db8::1]", false),
            ("10.20.30.40", "10.20.30.40", true),
            ("10.20.30.40:443", "10.20.30.40", true),
            ("10.20.30.4", "10.20.30.40", false),
            ("2001:db8::/32", "[2001:db8::1]", true),
            ("2001:db8::1", "[2001:db8::1]", true),
            ("[2001:db8::1]:443", "[2001:db8::1]", true),
            ("[2001:db8::1]:8443", "[2001:db8::1]", false),
            ("2001:db8::2", "[2001:db8::1]", false),
        ];
        for (list, host, expected) in cases {
            let mut no_proxy = NoProxy::default();
            no_proxy.add(list);
            assert_eq!(no_proxy.hold(host, 443), expected, "{list:?} and {host}");
        }
    }
}
