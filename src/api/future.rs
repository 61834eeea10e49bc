//! Operations on futures: `.in_operation("name")`, `.in_current_operations()`.

use std::future::{Future, poll_fn};
use std::pin::pin;

use crate::capture::operations::{self, Scope};

mod sealed {
    /// Keeps other crates from implementing the trait, so that methods can be added to it.
    pub trait Sealed {}
    impl<F: Future> Sealed for F {}
}

/// Operations that follow a future from thread to thread. Each method has an example.
pub trait FutureExt: Future + sealed::Sealed + Sized {
    /// Runs the future in an operation, which is open while the future runs and closed while it waits.
    ///
    /// Reports nothing by itself; [`async_telemetry_context`](crate::async_telemetry_context) also reports the
    /// error that the future resolves to.
    ///
    /// ```
    /// use crawl4ai_telemetry::FutureExt;
    ///
    /// async fn fetch() -> usize {
    ///     3
    /// }
    ///
    /// let fetched = fetch().in_operation("fetch");
    /// # drop(fetched);
    /// ```
    fn in_operation(self, name: &'static str) -> impl Future<Output = Self::Output>;

    /// Runs the future in the operations that are open now, so that a task knows where it was spawned:
    /// `crawl > fetch` instead of `fetch`.
    ///
    /// ```
    /// # async fn fetch() {}
    /// # async fn spawn_it() {
    /// use crawl4ai_telemetry::FutureExt;
    ///
    /// tokio::spawn(fetch().in_current_operations());
    /// # }
    /// ```
    fn in_current_operations(self) -> impl Future<Output = Self::Output>;
}

impl<F: Future> FutureExt for F {
    async fn in_operation(self, name: &'static str) -> F::Output {
        let mut body = pin!(self);
        poll_fn(|cx| {
            let _operation = Scope::enter_polled(name);
            body.as_mut().poll(cx)
        })
        .await
    }

    fn in_current_operations(self) -> impl Future<Output = F::Output> {
        let path = operations::names();
        async move {
            let mut body = pin!(self);
            poll_fn(|cx| {
                let _carried = operations::carry(&path);
                body.as_mut().poll(cx)
            })
            .await
        }
    }
}
