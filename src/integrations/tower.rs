//! A layer for API servers that speak `http` through `tower`: axum, tonic, hyper.
//!
//! Each request is the operation `request`. Reports and panics from inside it carry the method and the route
//! *template* (`users/{id}`), never the URL, the query, headers, bodies or the peer.
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
//! - An error of the service itself. (In axum there is none: handlers turn errors into answers.)
//! - An answer of 500 to 599 in whose request nothing has been reported, as `HTTP 500`: the error behind it was
//!   swallowed. Not 501 and 503, which servers give on purpose;
//!   [`without_server_errors`](TelemetryLayer::without_server_errors) turns this off.
//!
//! # Panics
//!
//! A panic is reported by the panic hook at the moment when it happens, with the request's operation and
//! context, wherever a layer catches it. A catching layer may therefore stand on either side of this one; when it
//! stands inside, the 500 that it answers is not reported again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use crawl4ai_telemetry_core::{Context, Level, context};
use http::{Request, Response, StatusCode};
use tower_layer::Layer;
use tower_service::Service;

use crate::api::operation_reporting;
use crate::capture::duplicates::CaptureMode;
use crate::capture::error::Chain;
use crate::capture::operations::{self, Suspended};
use crate::telemetry::global;

/// The operation of every request.
const REQUEST: &str = "request";

/// Makes each request an operation. `R` is what the router leaves in the request's extensions.
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

/// No router tells the route.
#[derive(Clone, Debug)]
pub enum NoRoute {}

impl TelemetryLayer {
    /// A layer that knows the method of a request, and not its route.
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
    /// Takes the route from what the router put into the request's extensions, which for axum is
    /// `axum::extract::MatchedPath`. It must be the template, not the path: templates are the program's own
    /// words, paths hold its users'.
    #[must_use]
    pub fn route<T>(self, template: fn(&T) -> &str) -> TelemetryLayer<T> {
        TelemetryLayer { route: template, server_errors: self.server_errors }
    }

    /// Leaves answers of 500 to 599 alone.
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

/// What [`TelemetryLayer`] makes of a service.
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
        let context = global::is_reachable().then(|| self.layer.context(&request));
        let mut operation = Suspended::new(context);
        let inner = {
            let _open = operation.open(REQUEST);
            Box::pin(self.inner.call(request))
        };
        ResponseFuture { inner, operation, server_errors: self.layer.server_errors }
    }
}

impl<R: Send + Sync + 'static> TelemetryLayer<R> {
    fn context<A>(&self, request: &Request<A>) -> Context {
        // A method of somebody's own making could say anything.
        let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
        let method = known.into_iter().find(|known| *known == request.method().as_str()).unwrap_or("other");
        let mut context = context! { "method" => method };
        if let Some(matched) = request.extensions().get::<R>() {
            // Without the slash in front, which would make it look like a path of the machine.
            context.insert("route", (self.route)(matched).trim_start_matches('/'));
        }
        context
    }
}

/// The answer to come.
#[derive(Debug)]
pub struct ResponseFuture<F> {
    inner: Pin<Box<F>>,
    operation: Suspended,
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
        let server_errors = this.server_errors;
        operation_reporting::poll_in(REQUEST, &mut this.operation, this.inner.as_mut(), cx, |answer| {
            match answer {
                Ok(response) if server_errors => report_status(response.status()),
                Ok(_) => {}
                Err(error) => report(|| Chain::named("service error", &error), Context::new()),
            }
        })
    }
}

fn report_status(status: StatusCode) {
    let on_purpose = [StatusCode::NOT_IMPLEMENTED, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
    if !status.is_server_error() || on_purpose || operations::was_reported() {
        return;
    }
    let reason = status.canonical_reason().unwrap_or("no reason known");
    let chain = || Chain::named(format!("HTTP {}", status.as_u16()), &reason);
    report(chain, context! { "status_class" => "5xx" });
}

#[cold]
fn report<'e>(chain: impl FnOnce() -> Chain<'e>, context: Context) {
    // The outcome concerns nobody here: the answer itself goes on.
    let _ = operation_reporting::capture(CaptureMode::Leaving, Level::Error, None, || (chain(), context));
}
