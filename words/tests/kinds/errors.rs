//! Errors of code that really fails: `anyhow`, `thiserror`, `serde_json`, `std` and its I/O, panics.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::CString;
use std::fmt::Debug;
use std::hint::black_box;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Once, mpsc};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;

/// A kind of error. `make` returns the text of such an error, which contains `value` and numbers from `n`.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) make: fn(value: &str, n: usize) -> String,
}

#[derive(Debug, thiserror::Error)]
enum ShopError {
    #[error("password {0} is too short")]
    Password(String),
    #[error("tenant {name} is locked until {until}")]
    Locked { name: String, until: String },
    #[error("order {order} of customer {customer} cannot be paid")]
    Unpaid { order: String, customer: String },
    #[error("cannot store the profile")]
    Store(#[source] std::io::Error),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read by the parser only")]
struct Config {
    retry_limit: u32,
    endpoint_kind: Endpoint,
    #[serde(default)]
    owners: Vec<String>,
}

#[derive(Debug, Deserialize)]
enum Endpoint {
    Primary,
    Fallback,
    Archive,
}

#[derive(Debug)]
#[allow(dead_code, reason = "its derived text is what is looked at")]
struct FetchProblem<'a> {
    requested_page: &'a str,
    attempt_number: usize,
}

/// An error of `anyhow` with its chain on one line.
fn chain(error: &anyhow::Error) -> String {
    format!("{error:#}")
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Prevents that expected panics are printed.
#[expect(clippy::disallowed_methods, reason = "a test with thousands of panics that are wanted")]
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                before(info);
            }
        }));
    });
}

/// The message of a panic.
fn panic_of<T>(run: impl FnOnce() -> T) -> String {
    keep_quiet();
    IS_QUIET.set(true);
    let payload = catch_unwind(AssertUnwindSafe(run)).err().expect("it panics");
    IS_QUIET.set(false);
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => (*other.downcast::<&'static str>().expect("a text")).to_owned(),
    }
}

fn failed<T, E: std::error::Error>(result: Result<T, E>) -> String {
    result.err().expect("it fails").to_string()
}

fn debug<T: Debug>(value: &T) -> String {
    format!("{value:?}")
}

fn json(value: &str) -> String {
    serde_json::to_string(value).expect("a text")
}

fn config(json: &str) -> String {
    failed(serde_json::from_str::<Config>(json))
}

fn lookup(value: &str) -> anyhow::Result<()> {
    if black_box(true) {
        bail!("no account for {value}");
    }
    Ok(())
}

/// The error of a missing file. The file's path is constant, so that the value is only in the program's own text.
fn missing() -> std::io::Error {
    std::fs::read("/nonexistent/of/this/test").unwrap_err()
}

pub(crate) const KINDS: &[Kind] = &[
    Kind { name: "bail", make: |v, _| lookup(v).unwrap_err().to_string() },
    Kind {
        name: "context",
        make: |v, _| {
            chain(
                &Err::<(), _>(missing())
                    .with_context(|| format!("cannot read the diary of {v}"))
                    .unwrap_err(),
            )
        },
    },
    Kind {
        name: "two contexts",
        make: |v, n| {
            let error =
                anyhow!("the model said: {v}").context(format!("step {n} of the crawl was abandoned"));
            chain(&error)
        },
    },
    Kind { name: "thiserror tuple", make: |v, _| ShopError::Password(v.to_owned()).to_string() },
    Kind {
        name: "thiserror struct",
        make: |v, n| {
            ShopError::Locked { name: v.to_owned(), until: format!("{}.{}", n % 28, n % 12) }.to_string()
        },
    },
    Kind {
        name: "thiserror two holes",
        make: |v, n| ShopError::Unpaid { order: (n * 7919).to_string(), customer: v.to_owned() }.to_string(),
    },
    Kind {
        name: "thiserror source",
        make: |v, _| {
            chain(&anyhow::Error::new(ShopError::Store(std::io::Error::other(format!("{v} is on holiday")))))
        },
    },
    Kind { name: "serde wrong type", make: |v, _| config(&format!("{{\"retry_limit\": {}}}", json(v))) },
    Kind { name: "serde unknown field", make: |v, _| config(&format!("{{{}: 1}}", json(v))) },
    Kind {
        name: "serde unknown variant",
        make: |v, _| config(&format!("{{\"endpoint_kind\": {}}}", json(v))),
    },
    Kind { name: "serde missing field", make: |v, _| config(&format!("{{\"owners\": [{}]}}", json(v))) },
    Kind { name: "serde syntax", make: |v, _| config(&format!("{{\"owners\": [{}", json(v))) },
    Kind {
        name: "integer",
        make: |v, _| format!("the age {v:?} is none: {}", failed(format!("x{v}").parse::<u32>())),
    },
    Kind {
        name: "float",
        make: |v, _| format!("the weight of {v} is unknown: {}", failed(format!("x{v}").parse::<f64>())),
    },
    Kind {
        name: "address",
        make: |v, _| {
            format!(
                "the proxy {v} cannot be used: {}",
                failed(format!("x{v}").parse::<std::net::SocketAddr>())
            )
        },
    },
    Kind {
        name: "boolean",
        make: |v, _| format!("switch for {v}: {}", failed(format!("x{v}").parse::<bool>())),
    },
    Kind {
        name: "utf-8",
        make: |v, n| {
            let bytes = [vec![b'a'; n % 90], vec![0xff]].concat();
            format!("the letter from {v} cannot be shown: {}", failed(String::from_utf8(bytes)))
        },
    },
    Kind {
        name: "expect",
        make: |v, _| panic_of(|| black_box(Err::<(), _>(v)).expect("the ledger must open")),
    },
    Kind {
        name: "assert",
        make: |v, n| panic_of(|| assert_eq!(v, black_box(n).to_string(), "owners differ")),
    },
    Kind { name: "index", make: |_, n| panic_of(|| black_box(vec![0; n % 50])[black_box(50 + n % 40)]) },
    Kind {
        name: "borrow",
        make: |v, _| {
            let cell = RefCell::new(v.to_owned());
            let held = cell.borrow_mut();
            let text = format!("cannot rename {held}: {}", cell.try_borrow().unwrap_err());
            text
        },
    },
    Kind {
        name: "boxed",
        make: |v, _| Box::<dyn std::error::Error>::from(format!("page title was {v:?}")).to_string(),
    },
    Kind { name: "debug", make: |v, n| debug(&FetchProblem { requested_page: v, attempt_number: n % 9 }) },
    Kind {
        name: "timeout",
        make: |v, n| {
            format!("request to {v} timed out after {:?}", Duration::from_millis(1 + (n % 30_000) as u64))
        },
    },
    Kind {
        name: "channel",
        make: |v, _| {
            let (sender, receiver) = mpsc::channel::<String>();
            drop(receiver);
            format!("cannot tell {v}: {}", failed(sender.send(v.to_owned())))
        },
    },
    Kind { name: "location", make: |v, _| format!("location ({v}) out of range") },
    Kind { name: "argument", make: |v, _| format!("unexpected argument '{v}' found") },
    Kind {
        name: "range",
        make: |v, n| format!("too many visitors for {v}: {}", failed(u8::try_from(256 + n))),
    },
    Kind {
        name: "nul",
        make: |v, _| format!("cannot open the door for {v}: {}", failed(CString::new(format!("{v}\0")))),
    },
    Kind {
        name: "key",
        make: |v, _| {
            let ages: HashMap<String, u32> = HashMap::new();
            let age = ages.get(v).ok_or_else(|| anyhow!("guest list has no entry called {v}"));
            age.unwrap_err().to_string()
        },
    },
    Kind {
        name: "number in the middle",
        make: |v, n| format!("worker {n} of {v} went away and nobody knows the reason"),
    },
    Kind {
        name: "character",
        make: |v, _| format!("initial of {v}: {}", failed(format!("xx{v}").parse::<char>())),
    },
];
