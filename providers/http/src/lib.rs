//! The one HTTP sender of `crawl4ai-telemetry`, beneath every provider that has a server.
//!
//! It goes to one [`Endpoint`] and nowhere else: HTTPS unless the host is this machine, no redirects, no
//! cookies, no [`Proxy`] but one that was named for it (the host program's variables are the host program's business), no
//! header that says anything of the machine. It comes back in time, whatever the server does, and one
//! function, [`interpret_response`], says what an answer means.
//!
//! Whom it trusts is Mozilla's list of public authorities and what [`CaCertificates`] adds to it: not the machine's list
//! unless that is added, and never `SSL_CERT_FILE`, which is the host program's.
//!
//! ```
//! use crawl4ai_telemetry_http::{Endpoint, EndpointError};
//!
//! assert!(Endpoint::parse("https://sentry.example.com/api/1/envelope/").is_ok());
//! assert!(Endpoint::parse("http://127.0.0.1:8000/api/1/envelope/").is_ok());
//! let error = Endpoint::parse("http://sentry.example.com/").unwrap_err();
//! assert!(error.to_string().contains("https://"));
//! ```

mod certificates;
mod endpoint;
mod failure;
mod limits;
mod no_proxy;
mod proxy;
mod request;
mod response;
mod sender;
#[cfg(feature = "system-certificates")]
mod system;

pub use certificates::{CaCertificates, CaCertificatesError};
pub use endpoint::{Endpoint, EndpointError};
pub use limits::{RequestLimits, USER_AGENT};
pub use proxy::{Proxy, ProxyError};
pub use response::{LONGEST_WAIT, ResponseHead, ResponseMeaning, interpret_response};
pub use sender::{Delivered, Sender};
