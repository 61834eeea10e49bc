//! A layer for API servers that speak `http` through `tower`: axum, tonic, hyper.
//!
//! Each request is the operation `request`, and the *template* of its route is an operation inside it. Reports and
//! panics carry `request > users/{id}` at every level, and the method. They never carry the URL, the query, headers,
//! bodies or the peer.
//!
//! ```
//! # #[derive(Clone)] struct MatchedPath(String);
//! # impl MatchedPath { fn as_str(&self) -> &str { &self.0 } }
//! use crawl4ai_telemetry::tower::TelemetryLayer;
//!
//! // With axum: `Router::new().route(…).layer(TelemetryLayer::new().route(axum::extract::MatchedPath::as_str))`
//! let layer = TelemetryLayer::new().route(MatchedPath::as_str);
//! ```
//!
//! # What is reported
//!
//! - The errors that leave `#[telemetry]` handlers, as everywhere.
//! - An error of the service itself. (In axum there is none, because handlers turn errors into responses.)
//! - A response of 500 to 599, as `HTTP 500`, if nothing has been reported in its request, because then the error that
//!   caused it was swallowed. Responses 501 and 503 are excluded, because servers give them on purpose.
//!   [`without_server_errors`](TelemetryLayer::without_server_errors) turns this off.
//!
//! # Panics
//!
//! The panic hook reports a panic when it happens, with the request's operation and context, whichever layer catches
//! it. So a catching layer may be outside or inside this one. If it is inside, its response 500 is not reported again.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use crawl4ai_telemetry_core::{Context, Level, context};
use http::{Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::api::operation_reporting;
#[cfg(feature = "tracing")]
use crate::capture::duplicates;
use crate::capture::duplicates::CaptureMode;
use crate::capture::error::Chain;
use crate::capture::interned::intern;
use crate::capture::operations::{self, Scope, Suspended};
use crate::telemetry::global;

/// The operation of every request.
const REQUEST: &str = "request";

/// Makes each request an operation. `R` is the type that the router leaves in the request's extensions.
///
/// ```
/// use crawl4ai_telemetry::tower::TelemetryLayer;
///
/// let layer = TelemetryLayer::new().without_server_errors();
/// # drop(layer);
/// ```
pub struct TelemetryLayer<R = NoRoute> {
    route: fn(&R) -> &str,
    server_errors: bool,
}

/// The type for layers without a router, whose route is not known.
#[derive(Clone, Debug)]
pub enum NoRoute {}

impl TelemetryLayer {
    /// A layer that knows the method of a request, but not its route.
    #[must_use]
    pub fn new() -> Self {
        Self { route: |none| match *none {}, server_errors: true }
    }
}

impl Default for TelemetryLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> TelemetryLayer<R> {
    /// Takes the route from the value that the router put into the request's extensions, which for axum is
    /// `axum::extract::MatchedPath`. It must be the template, not the path: a template is the program's own text and
    /// leaves at every level, while a path holds users' data. At most 1024 templates of up to 128 bytes are known by
    /// their names. Requests of further ones are reported without a route.
    #[must_use]
    pub fn route<T>(self, template: fn(&T) -> &str) -> TelemetryLayer<T> {
        TelemetryLayer { route: template, server_errors: self.server_errors }
    }

    /// Does not report responses of 500 to 599.
    #[must_use]
    pub fn without_server_errors(mut self) -> Self {
        self.server_errors = false;
        self
    }
}

impl<R> Clone for TelemetryLayer<R> {
    fn clone(&self) -> Self {
        Self { route: self.route, server_errors: self.server_errors }
    }
}

impl<R> fmt::Debug for TelemetryLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelemetryLayer").field("server_errors", &self.server_errors).finish_non_exhaustive()
    }
}

impl<S, R> Layer<S> for TelemetryLayer<R> {
    type Service = TelemetryService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        TelemetryService { inner, layer: self.clone() }
    }
}

/// A service inside a [`TelemetryLayer`].
#[derive(Debug)]
pub struct TelemetryService<S, R = NoRoute> {
    inner: S,
    layer: TelemetryLayer<R>,
}

impl<S: Clone, R> Clone for TelemetryService<S, R> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S, R, A, B> Service<Request<A>> for TelemetryService<S, R>
where
    S: Service<Request<A>, Response = Response<B>, Error: fmt::Display>,
    R: Clone + Send + Sync + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Task<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let reachable = global::is_reachable();
        let mut operation = Suspended::new(reachable.then(|| context(request.method())));
        let route = if reachable { self.layer.template(&request) } else { None };
        let inner = {
            let _serving = Serving::begin();
            let _open = operation.open(REQUEST);
            let _route = route.map(Scope::enter_polled);
            Box::pin(self.inner.call(request))
        };
        ResponseFuture { inner, operation, route, server_errors: self.layer.server_errors }
    }
}

impl<R: Send + Sync + 'static> TelemetryLayer<R> {
    fn template<A>(&self, request: &Request<A>) -> Option<&'static str> {
        // The leading slash is removed, because with it the template would look like a path of the machine.
        request
            .extensions()
            .get::<R>()
            .and_then(|matched| intern((self.route)(matched).trim_start_matches('/')))
    }
}

fn context(method: &http::Method) -> Context {
    // Other methods are not named, because their names are arbitrary texts.
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    let method = known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other");
    context! { "method" => method }
}

thread_local! {
    /// Number of requests that this thread serves. There may be several, because services call services.
    static SERVED: Cell<u32> = const { Cell::new(0) };
}

/// Does this thread serve a request whose failed response is reported here?
#[cfg(feature = "tracing")]
pub(super) fn is_serving() -> bool {
    SERVED.get() > 0
}

/// Marks the thread as serving a request until it is dropped.
struct Serving;

impl Serving {
    fn begin() -> Self {
        SERVED.set(SERVED.get().wrapping_add(1));
        Self
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        SERVED.set(SERVED.get().wrapping_sub(1));
    }
}

/// The future of the inner service, in the operation of its route.
struct InRoute<'a, F> {
    inner: Pin<&'a mut F>,
    route: Option<&'static str>,
}

impl<F: Future> Future for InRoute<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        let _serving = Serving::begin();
        let _route = this.route.map(Scope::enter_polled);
        this.inner.as_mut().poll(cx)
    }
}

/// The future of a response.
#[derive(Debug)]
pub struct ResponseFuture<F> {
    inner: Pin<Box<F>>,
    operation: Suspended,
    route: Option<&'static str>,
    server_errors: bool,
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: fmt::Display,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let (server_errors, route) = (this.server_errors, this.route);
        let mut inner = InRoute { inner: this.inner.as_mut(), route };
        operation_reporting::poll_in(REQUEST, &mut this.operation, Pin::new(&mut inner), cx, |answer| {
            let _route = route.map(Scope::enter_polled);
            match answer {
                Ok(response) if response.status().is_server_error() => {
                    if server_errors {
                        report_status(response.status());
                    }
                    // This is needed only for logs, which could report the response once more.
                    #[cfg(feature = "tracing")]
                    if global::is_reachable() {
                        duplicates::note_failed_answer();
                    }
                }
                Ok(_) => {}
                Err(error) => report(|| Chain::named("service error", &error), Context::new()),
            }
        })
    }
}

fn report_status(status: StatusCode) {
    let on_purpose = [StatusCode::NOT_IMPLEMENTED, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
    if on_purpose || operations::was_reported() {
        return;
    }
    let reason = status.canonical_reason().unwrap_or("no reason known");
    let chain = || Chain::named(format!("HTTP {}", status.as_u16()), &reason);
    report(chain, context! { "status_class" => "5xx" });
}

#[cold]
fn report<'e>(chain: impl FnOnce() -> Chain<'e>, context: Context) {
    // The result is ignored, because the response itself is passed on.
    let _ = operation_reporting::capture(CaptureMode::Leaving, Level::Error, None, || (chain(), context));
}
