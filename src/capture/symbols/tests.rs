use super::*;

#[test]
fn this_test_is_on_its_own_stack() {
    let resolved = resolve(&Stack::here());
    let own = resolved
        .frames
        .iter()
        .find(|f| f.function.as_deref().is_some_and(|n| n.contains("this_test_is_on_its_own_stack")))
        .expect("the test's own frame");
    assert!(own.file.as_deref().is_some_and(|f| f.ends_with("symbols/tests.rs")));
    let image = &resolved.images[own.image.expect("its module")];
    assert!(own.address.expect("its address") < image.size);
}

/// Otherwise the fingerprint of a bug would differ where there is no time.
#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn in_time_the_place_of_capture_has_its_name() {
    let frames = leave_in_time(&Stack::here()).frames;
    assert!(frames.iter().all(|frame| frame.line.is_none() && frame.address.is_some()));
    let names: Vec<_> = frames.iter().filter_map(|frame| frame.function.as_deref()).collect();
    assert!(names.iter().any(|name| name.contains("in_time_the_place_of_capture")), "{names:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_module_has_the_build_id_that_the_linker_wrote() {
    let resolved = resolve(&Stack::here());
    let ids: Vec<_> = resolved.images.iter().filter_map(|i| i.build_id.as_deref()).collect();
    assert!(ids.iter().any(|id| id.len() >= 16 && id.bytes().all(|b| b.is_ascii_hexdigit())), "{ids:?}");
}

/// The place of capture begins with the function that counts for the fingerprint. No function of this library is one.
#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn an_error_with_its_own_stack_was_captured_in_no_function_of_the_reporters() {
    let stack = Stack::Carried("0: tool::main".to_owned(), Box::new(Stack::here()));
    for resolved in [resolve(&stack), leave_in_time(&stack), leave_for_later(&stack)] {
        assert_eq!(resolved.frames.len(), 1);
        let names: Vec<_> = resolved.captured.iter().filter_map(|frame| frame.function.as_deref()).collect();
        assert!(names.is_empty() && !resolved.captured.is_empty(), "{names:?}");
    }
}
