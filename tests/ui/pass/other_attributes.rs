use crawl4ai_telemetry::telemetry;

/// Documented.
#[inline]
#[telemetry]
#[must_use]
#[track_caller]
#[cfg(not(any()))]
pub(crate) fn with_others(#[allow(unused_variables)] unused: u8) -> Result<u8, std::fmt::Error> {
    Ok(1)
}

#[telemetry]
unsafe fn needs_care(pointer: *const u8) -> Result<u8, std::fmt::Error> {
    Ok(unsafe { *pointer })
}

fn main() {
    assert_eq!(with_others(0), Ok(1));
    assert_eq!(unsafe { needs_care(&3) }, Ok(3));
}
