//! Stacks that the standard library printed.

use crawl4ai_telemetry_core::RawFrame;

/// Reads what `std::backtrace::Backtrace` prints: `  3: tool::fetch` and below it `at src/main.rs:7:5`.
pub(super) fn parse(text: &str) -> Vec<RawFrame> {
    let mut frames: Vec<RawFrame> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            let Some(frame) = frames.last_mut() else { continue };
            // Split from the right, because a Windows path has a colon of its own.
            let mut parts = place.rsplitn(3, ':');
            let (_column, line, file) = (parts.next(), parts.next(), parts.next());
            frame.line = line.and_then(|n| n.parse().ok());
            frame.file = file.map(str::to_owned);
        } else if let Some((number, name)) = line.split_once(": ")
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            frames.push(RawFrame { function: Some(name.to_owned()), ..RawFrame::default() });
        }
    }
    frames
}

/// The frames of a stack that was printed with `{:#}`. The form is the one that [`parse`] reads, with `0x55be48a36988 -
/// ` before each name.
pub(super) struct Printed(Vec<(usize, RawFrame)>);

impl Printed {
    pub(super) fn read(text: &str) -> Self {
        let with_address = |mut frame: RawFrame| {
            let (address, name) = frame.function.as_deref()?.trim().split_once(" - ")?;
            let address = usize::from_str_radix(address.strip_prefix("0x")?, 16).ok()?;
            let name = (name != "<unknown>").then(|| name.to_owned())?;
            frame.function = Some(name);
            Some((address, frame))
        };
        Self(parse(text).into_iter().filter_map(with_address).collect())
    }

    /// Calls `each` with the functions of an address, the innermost first if some were inlined. Recursion repeats the
    /// functions in the text; the repetitions are left out.
    pub(super) fn look_up(&self, address: usize, each: &mut dyn FnMut(RawFrame)) {
        let mut found =
            self.0.iter().skip_while(|(at, _)| *at != address).take_while(|(at, _)| *at == address);
        let Some((_, first)) = found.next() else { return };
        each(first.clone());
        found
            .take_while(|(_, frame)| (&frame.function, frame.line) != (&first.function, first.line))
            .for_each(|(_, frame)| each(frame.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(printed: &Printed, address: usize) -> Vec<String> {
        let mut found = Vec::new();
        printed.look_up(address, &mut |frame| found.extend(frame.function));
        found
    }

    #[test]
    fn inlined_functions_stand_at_one_address_and_rounds_of_a_recursion_are_not_inlined() {
        let printed = Printed::read(
            "   0:     0x55be49 - tool::inner
                               at /src/a.rs:7:9
   1:     0x55be49 - tool::outer - and a dash
   2:     0x55be49 - tool::inner
                               at /src/a.rs:7:9
   3:     0x55be49 - tool::outer - and a dash
   4:          0x7 - <unknown>
   5:         what - no address
   6:     0x55be50 - tool::main\n",
        );
        assert_eq!(functions(&printed, 0x55be49), ["tool::inner", "tool::outer - and a dash"]);
        assert_eq!(functions(&printed, 0x55be50), ["tool::main"]);
        assert!(functions(&printed, 7).is_empty() && functions(&printed, 8).is_empty());
        let mut lines = Vec::new();
        printed.look_up(0x55be49, &mut |frame| lines.push(frame.line));
        assert_eq!(lines, [Some(7), None]);
    }

    /// The names equal those that the `backtrace` crate finds, so that a bug has the same fingerprint with either.
    #[test]
    #[cfg(debug_assertions)]
    fn the_standard_library_names_what_the_crate_names() {
        use crate::capture::stack::Stack;
        use crate::capture::symbols::resolve;

        let stack = Stack::here();
        let by_crate = resolve(&Stack::Addresses(stack.addresses().to_vec()));
        let by_std = resolve(&stack);
        let place = |frame: &RawFrame| (frame.function.clone(), frame.line, frame.address);
        // The innermost frames belong to the two walks themselves.
        let own = |frames: &[RawFrame]| -> Vec<_> {
            frames
                .iter()
                .map(place)
                .skip_while(|(name, ..)| !name.as_deref().is_some_and(|n| n.contains("printed::tests")))
                .collect()
        };
        assert!(own(&by_std.frames).len() > 5);
        assert_eq!(own(&by_std.frames), own(&by_crate.frames));
    }

    #[test]
    fn the_text_of_a_std_backtrace_is_understood() {
        let text = std::backtrace::Backtrace::force_capture().to_string();
        let frames = parse(&text);
        let own = frames
            .iter()
            .find(|f| f.function.as_deref().is_some_and(|n| n.contains("the_text_of_a_std_backtrace")))
            .expect("the test's own frame");
        assert!(own.file.as_deref().is_some_and(|f| f.ends_with("printed.rs")), "{own:?}");
        assert!(own.line.is_some());
    }

    #[test]
    fn texts_that_are_no_backtrace_give_no_frames() {
        for text in ["", "disabled backtrace", "at nowhere:1:2", "a: b", "\u{0}\n: \n"] {
            assert!(parse(text).is_empty(), "{text:?}");
        }
        assert_eq!(parse("0: f\n at C:\\x\\a.rs:7:9")[0].file.as_deref(), Some("C:\\x\\a.rs"));
    }
}
