//! The only file that knows which providers exist. A feature adds one; configuration chooses it.

use std::sync::Arc;

use crawl4ai_telemetry_core::{NullProvider, TelemetryProvider};

use super::Eraser;
use super::connection::Connection;
#[cfg(feature = "file")]
use super::sender::Erased;
pub use super::unusable::DestinationError;
use super::unusable::Setting;
#[cfg(feature = "issue")]
use crate::environment::Env;
#[cfg(feature = "issue")]
use crate::printable;

/// The provider that a program chose. An address that the environment names replaces a chosen address.
#[derive(Default)]
pub(crate) enum ProviderChoice {
    /// No provider, unless the environment names one.
    #[default]
    Unset,
    /// A provider that the program made itself. Its type is the program's or one of the library's.
    Own(Arc<dyn TelemetryProvider>, Option<Eraser>),
    /// A Sentry-compatible server.
    #[cfg(feature = "sentry")]
    Sentry(String),
    /// An OpenTelemetry collector, by its base address.
    #[cfg(feature = "otlp")]
    Otlp(String),
    /// A local file.
    #[cfg(feature = "file")]
    File(std::path::PathBuf),
}

/// The kind of destination of a choice. It decides whether an address or a proxy of the user or the administrator is
/// used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendsTo {
    /// A provider that the program made itself, which takes no address and no proxy from others.
    OwnProvider,
    /// A file or nothing, so that no connection is made.
    Nowhere,
    /// A server.
    Server,
}

/// The destination that a choice leads to.
pub(crate) struct Destination {
    pub(crate) provider: Arc<dyn TelemetryProvider>,
    /// Is a server ignored that the user chose?
    pub(crate) ignores_user_dsn: bool,
    /// Deletes reports from the provider's file.
    pub(crate) eraser: Option<Eraser>,
    /// The destination to which a person may carry a report instead.
    pub(crate) beside: Option<Arc<dyn TelemetryProvider>>,
    /// Why the chosen destination cannot work, if there is none left.
    pub(crate) unusable: Option<DestinationError>,
}

impl Destination {
    fn to(provider: Arc<dyn TelemetryProvider>) -> Self {
        Self { provider, ignores_user_dsn: false, eraser: None, beside: None, unusable: None }
    }
}

impl ProviderChoice {
    /// A provider of the program's own. Reports that a file provider wrote can be erased.
    pub(crate) fn own(provider: impl TelemetryProvider + 'static) -> Self {
        let eraser = eraser_of(&provider);
        Self::Own(Arc::new(provider), eraser)
    }

    pub(crate) fn sends_to(&self) -> SendsTo {
        match self {
            Self::Own(..) => SendsTo::OwnProvider,
            Self::Unset => SendsTo::Nowhere,
            #[cfg(feature = "file")]
            Self::File(_) => SendsTo::Nowhere,
            #[cfg(feature = "otlp")]
            Self::Otlp(_) => SendsTo::Server,
            #[cfg(feature = "sentry")]
            Self::Sentry(_) => SendsTo::Server,
        }
    }
}

#[cfg(feature = "file")]
fn eraser_of(provider: &dyn std::any::Any) -> Option<Eraser> {
    let file = provider.downcast_ref::<crawl4ai_telemetry_file::FileProvider>()?.clone();
    Some(Arc::new(move |ids| {
        file.erase(ids).map(|erased| Erased {
            reports: erased.reports,
            torn_lines: erased.torn_lines,
            unreadable_lines: erased.unreadable_lines,
            unlisted_lines: erased.unlisted_lines,
        })
    }))
}

#[cfg(not(feature = "file"))]
fn eraser_of(_: &dyn std::any::Any) -> Option<Eraser> {
    None
}

/// The destination for a choice. `dsn` is the value of the program's own variable, such as `CRAWL4AI_SENTRY_DSN`. The
/// user sets it, so that it takes precedence over every address that was built in, but not over a provider that the
/// program made itself. `by_hand` is the destination to which a person may carry reports. If there is no other
/// destination, it is the only one.
pub(crate) fn choose(
    choice: ProviderChoice,
    dsn: Option<&str>,
    connection: &Connection,
    by_hand: Option<Arc<dyn TelemetryProvider>>,
) -> Result<Destination, DestinationError> {
    let dsn = dsn.filter(|dsn| !dsn.trim().is_empty());
    let provider = match (choice, dsn) {
        (ProviderChoice::Own(provider, eraser), dsn) => {
            let ignores_user_dsn = dsn.is_some();
            return Ok(Destination {
                ignores_user_dsn,
                eraser,
                beside: by_hand,
                ..Destination::to(provider)
            });
        }
        (_, Some(dsn)) => sentry(dsn, connection)?,
        (ProviderChoice::Unset, None) => {
            return Ok(by_hand.map_or_else(nowhere, Destination::to));
        }
        #[cfg(feature = "file")]
        (ProviderChoice::File(path), None) => {
            let provider = crawl4ai_telemetry_file::FileProvider::new(path);
            let eraser = eraser_of(&provider);
            return Ok(Destination { eraser, beside: by_hand, ..Destination::to(Arc::new(provider)) });
        }
        #[cfg(feature = "otlp")]
        (ProviderChoice::Otlp(base), None) => otlp(&base, connection)?,
        #[cfg(feature = "sentry")]
        (ProviderChoice::Sentry(built_in), None) => sentry(&built_in, connection)?,
    };
    Ok(Destination { beside: by_hand, ..Destination::to(provider) })
}

/// The provider that opens pages in the user's browser. The variables in `env` say which browser that is.
#[cfg(feature = "issue")]
pub(crate) fn issue(
    link: &crawl4ai_telemetry_issue::IssueLink,
    folder: std::path::PathBuf,
    env: &Env,
) -> Result<Arc<dyn TelemetryProvider>, DestinationError> {
    let browser = crawl4ai_telemetry_browser::Browser::new(env.variables());
    let project = link.parse().map_err(none_of(Setting::Address))?;
    let provider = crawl4ai_telemetry_issue::IssueProvider::new(project, folder, browser);
    Ok(Arc::new(provider.telling(printable::tell)))
}

/// Can reports be sent to this address? No connection is opened.
pub(crate) fn check_address(dsn: &str) -> Result<(), DestinationError> {
    sentry(dsn, &Connection::default()).map(drop)
}

/// Can reports go through this proxy? No connection is opened.
pub(crate) fn check_proxy(url: &str) -> Result<(), DestinationError> {
    Connection::default()
        .through_machines(Some(url.to_owned()))
        .check_proxy()
        .map_err(|reason| DestinationError::new(Setting::Proxy, reason))
}

/// The destination when nothing was chosen.
fn nowhere() -> Destination {
    Destination::to(Arc::new(NullProvider))
}

/// The destination when the chosen one cannot work for this reason. Nothing is sent.
pub(crate) fn nowhere_because(error: DestinationError) -> Destination {
    Destination { unusable: Some(error), ..nowhere() }
}

#[cfg(not(feature = "sentry"))]
fn sentry(_: &str, _: &Connection) -> Result<Arc<dyn TelemetryProvider>, DestinationError> {
    let reason = "a Sentry DSN is set, but this program was built without the feature `sentry`";
    Err(DestinationError::new(Setting::Feature, reason))
}

#[cfg(feature = "sentry")]
fn sentry(dsn: &str, connection: &Connection) -> Result<Arc<dyn TelemetryProvider>, DestinationError> {
    let provider =
        crawl4ai_telemetry_sentry::SentryProvider::new(dsn.trim()).map_err(none_of(Setting::Address))?;
    let provider =
        provider.with_ca_certificates(connection.authorities()).map_err(none_of(Setting::Authorities))?;
    Ok(match connection.proxy().map_err(none_of(Setting::Proxy))? {
        Some(proxy) => Arc::new(provider.with_proxy(proxy)),
        None => Arc::new(provider),
    })
}

#[cfg(feature = "otlp")]
fn otlp(base: &str, connection: &Connection) -> Result<Arc<dyn TelemetryProvider>, DestinationError> {
    let provider =
        crawl4ai_telemetry_otlp::OtlpProvider::new(base.trim()).map_err(none_of(Setting::Address))?;
    let provider =
        provider.with_ca_certificates(connection.authorities()).map_err(none_of(Setting::Authorities))?;
    Ok(match connection.proxy().map_err(none_of(Setting::Proxy))? {
        Some(proxy) => Arc::new(provider.with_proxy(proxy)),
        None => Arc::new(provider),
    })
}

#[cfg(any(feature = "issue", feature = "otlp", feature = "sentry"))]
fn none_of<E: std::error::Error>(of: Setting) -> impl Fn(E) -> DestinationError {
    move |error| DestinationError::new(of, error)
}

#[cfg(test)]
mod tests {
    use crawl4ai_telemetry_core::{MemoryProvider, SendError};

    use super::*;

    #[test]
    fn the_users_address_stands_above_every_address_but_not_above_a_provider() {
        let dsn = Some("https://0123456789abcdef0123456789abcdef@crashes.example.com/1");
        let own = || ProviderChoice::own(MemoryProvider::default());
        // Each case has a choice, the user's address, the name of the provider, and whether the address is ignored.
        let mut cases = vec![
            (own(), None, "memory", false),
            (own(), Some(" "), "memory", false),
            (own(), dsn, "memory", true),
            (own(), Some("nonsense"), "memory", true),
            (ProviderChoice::Unset, None, NullProvider::NAME, false),
            (ProviderChoice::Unset, Some(""), NullProvider::NAME, false),
        ];
        #[cfg(feature = "file")]
        cases.extend([
            (ProviderChoice::File("r".into()), None, "file", false),
            (ProviderChoice::File("r".into()), Some(""), "file", false),
        ]);
        #[cfg(feature = "sentry")]
        cases.push((ProviderChoice::Unset, dsn, "sentry", false));
        #[cfg(all(feature = "sentry", feature = "file"))]
        cases.push((ProviderChoice::File("r".into()), dsn, "sentry", false));
        #[cfg(all(feature = "sentry", feature = "otlp"))]
        cases.extend([
            (ProviderChoice::Otlp("https://collector.example.com".into()), None, "otlp", false),
            (ProviderChoice::Otlp("https://collector.example.com".into()), dsn, "sentry", false),
            (ProviderChoice::Otlp("nonsense".into()), dsn, "sentry", false),
        ]);
        for (number, (choice, dsn, name, ignores_user_dsn)) in cases.into_iter().enumerate() {
            let place = choose(choice, dsn, &Connection::default(), None)
                .ok()
                .map(|place| (place.provider.name().to_owned(), place.ignores_user_dsn));
            assert_eq!(place, Some((name.to_owned(), ignores_user_dsn)), "case {number}");
        }
    }

    #[test]
    fn an_address_of_the_users_that_cannot_be_used_is_not_replaced_by_another() {
        assert!(choose(ProviderChoice::Unset, Some("nonsense"), &Connection::default(), None).is_err());
        #[cfg(feature = "file")]
        assert!(
            choose(ProviderChoice::File("r".into()), Some("nonsense"), &Connection::default(), None).is_err()
        );
        #[cfg(not(feature = "sentry"))]
        assert!(
            choose(
                ProviderChoice::Unset,
                Some("https://k@crashes.example.com/1"),
                &Connection::default(),
                None
            )
            .is_err()
        );
    }

    #[test]
    fn what_a_person_carries_is_the_only_place_or_stands_beside_another() {
        struct Hand;
        impl TelemetryProvider for Hand {
            fn name(&self) -> &str {
                "hand"
            }
            fn send_exception(&self, _: &crawl4ai_telemetry_core::Report) -> Result<(), SendError> {
                Ok(())
            }
        }
        let dsn = Some("https://0123456789abcdef0123456789abcdef@crashes.example.com/1");
        let mut cases = vec![
            (ProviderChoice::Unset, None, "hand", None),
            (ProviderChoice::own(MemoryProvider::default()), None, "memory", Some("hand")),
            (ProviderChoice::own(MemoryProvider::default()), dsn, "memory", Some("hand")),
        ];
        #[cfg(feature = "file")]
        cases.push((ProviderChoice::File("r".into()), None, "file", Some("hand")));
        #[cfg(feature = "sentry")]
        cases.push((ProviderChoice::Unset, dsn, "sentry", Some("hand")));
        for (choice, dsn, name, beside) in cases {
            let chosen = choose(choice, dsn, &Connection::default(), Some(Arc::new(Hand))).unwrap();
            let found = chosen.beside.as_ref().map(|provider| provider.name());
            assert_eq!((chosen.provider.name(), found), (name, beside));
        }
    }
}
