//! The HTTP sender of `crawl4ai-telemetry`, which every provider with a server uses.
//!
//! It connects to one [`Endpoint`] only, by HTTPS unless the host is this machine. It follows no redirects, keeps no
//! cookies and sends no header that describes the machine. It uses a [`Proxy`] only if one was set for it, because the
//! host program's proxy variables are meant for the host. It returns within its time limit, whatever the server does.
//! One function, [`interpret_response`], decides what an answer means.
//!
//! It trusts Mozilla's list of public authorities and those that [`CaCertificates`] adds. It does not trust the
//! machine's list unless that list is added, and never reads `SSL_CERT_FILE`, which is the host program's.
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
