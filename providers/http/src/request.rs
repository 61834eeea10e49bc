//! One request, made with `ureq`. No cookie, connection or other state is kept for the next request.

use std::io::{ErrorKind, Read};

use crawl4ai_telemetry_core::SendError;
use ureq::config::Config;
use ureq::http::{HeaderMap, header};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder};

use crate::CaCertificates;
use crate::failure::{is_of_an_unknown_authority, not_sent};
use crate::limits::{RequestLimits, USER_AGENT};
use crate::response::ResponseHead;

/// Longest head of an answer, in bytes; a longer one is refused.
const HEAD_BYTES: usize = 16 * 1024;

/// Size of the buffer for each direction, in bytes. A report is seldom longer, and a buffer is freed with its request.
const BUFFER_BYTES: usize = 16 * 1024;

/// One POST request with all its data, so that it can be made on another thread.
pub(crate) struct PostRequest {
    pub(crate) urls: Vec<String>,
    pub(crate) host: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) media_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) encrypted: bool,
    pub(crate) authorities: CaCertificates,
    pub(crate) proxy: Option<ureq::Proxy>,
    pub(crate) limits: RequestLimits,
    pub(crate) defaults: RequestDefaults,
}

/// The default configuration of `ureq`, with all values from environment variables replaced. `ureq` reads variables
/// when it makes its defaults, so they are made when a sender is set up. A thread of this library must not make them,
/// because it would crash if the host calls C `setenv` at that moment.
#[derive(Clone, Debug)]
pub(crate) struct RequestDefaults(Config);

impl RequestDefaults {
    pub(crate) fn read() -> Self {
        Self(Agent::config_builder().proxy(None).max_idle_connections(0).build())
    }
}

impl PostRequest {
    /// Sends the request: returns the head of the response and its body, or the reason why there is none.
    pub(crate) fn send(&self) -> Result<(ResponseHead, Body), SendError> {
        let mut failure = ureq::Error::HostNotFound;
        for roots in self.roots()? {
            match self.try_urls(roots) {
                Ok(answer) => return Ok(answer),
                Err(error) => failure = error,
            }
            if !is_of_an_unknown_authority(&failure) {
                break;
            }
        }
        Err(not_sent(&failure, self.proxy.is_some()))
    }

    /// The sets of root certificates. Each set is tried with its own handshake, until one accepts the server. The sets
    /// cannot be merged, because `ureq` takes whole certificates, and of the public authorities only the keys are built
    /// in. A second handshake repeats no data, because nothing is sent before a handshake succeeds.
    fn roots(&self) -> Result<Vec<RootCerts>, SendError> {
        let own = if self.encrypted { self.authorities.load() } else { Ok(Vec::new()) };
        let own = own.map_err(SendError::halt)?;
        let own = (!own.is_empty()).then(|| RootCerts::from(own));
        let system = self.authorities.ask_system().then_some(RootCerts::PlatformVerifier);
        Ok(own.into_iter().chain(system).chain([RootCerts::WebPki]).collect())
    }

    /// Tries the addresses in order. The next one is tried only if the connection was refused.
    fn try_urls(&self, roots: RootCerts) -> Result<(ResponseHead, Body), ureq::Error> {
        let agent = self.defaults.0.new_agent();
        let tls = TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(roots).build();
        let mut failure = ureq::Error::HostNotFound;
        for url in &self.urls {
            match self.post(&agent, &tls, url) {
                Ok(answer) => return Ok(answer),
                Err(error) => failure = error,
            }
            // After any other error, a part of the request may have been sent, and the next address would get it again.
            if !matches!(&failure, ureq::Error::Io(e) if e.kind() == ErrorKind::ConnectionRefused) {
                break;
            }
        }
        Err(failure)
    }

    fn post(&self, agent: &Agent, tls: &TlsConfig, url: &str) -> Result<(ResponseHead, Body), ureq::Error> {
        let mut request = self
            .configured(agent.post(url), tls)
            .header(header::HOST, &self.host)
            .header(header::CONNECTION, "close")
            .header(header::CONTENT_TYPE, self.media_type);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = request.send(&*self.body)?;
        let head = head(response.status().as_u16(), response.headers());
        Ok((head, response.into_body()))
    }

    /// Reads the response's body up to the limit, as far as it arrives.
    pub(crate) fn read_body(&self, mut body: Body) -> Vec<u8> {
        let mut bytes = Vec::new();
        // An incomplete body is no error, because the head has decided the outcome.
        let _ = body.as_reader().take(self.limits.response_bytes).read_to_end(&mut bytes);
        bytes
    }

    /// Sets every option that a feature of `ureq` could change. Another crate of the program may turn such a feature
    /// on, and the feature must not change what is sent.
    fn configured(&self, request: RequestBuilder<WithBody>, tls: &TlsConfig) -> RequestBuilder<WithBody> {
        let RequestLimits { connect, request: whole, response_bytes: _ } = self.limits;
        // The whole call gets no limit, because `ureq` would then start a thread to look up host names, and would panic
        // if no thread can be started. The caller of `send` limits the whole call instead.
        request
            .config()
            .proxy(self.proxy.clone())
            .https_only(self.encrypted)
            .tls_config(tls.clone())
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(USER_AGENT)
            .accept("")
            .accept_encoding("")
            .max_response_header_size(HEAD_BYTES)
            .input_buffer_size(BUFFER_BYTES)
            .output_buffer_size(BUFFER_BYTES)
            .max_idle_connections(0)
            .timeout_connect(Some(connect))
            .timeout_send_request(Some(whole))
            .timeout_send_body(Some(whole))
            .timeout_recv_response(Some(whole))
            .timeout_recv_body(Some(whole))
            .build()
    }
}

fn head(status: u16, headers: &HeaderMap) -> ResponseHead {
    let value = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    ResponseHead {
        status,
        date: value("Date"),
        retry_after: value("Retry-After"),
        rate_limits: value("X-Sentry-Rate-Limits"),
    }
}
