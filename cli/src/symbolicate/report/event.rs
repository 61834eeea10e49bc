//! An event of Sentry's protocol, in the form that its servers show:
//! <https://develop.sentry.dev/sdk/data-model/event-payloads/>.

use serde_json::{Value, json};

use super::{Exception, Image, Report, address, build, line, list, optional, put, text};
use crate::symbolicate::stack::{Stack, StackFrame};

/// A module, with its address and size in the event.
struct Placed {
    image: Image,
    start: u64,
    size: u64,
}

/// The exceptions, causes first. `None` if this is not the event of an error.
pub(super) fn exceptions(value: &Value) -> Option<&Vec<Value>> {
    let exceptions = value.get("exception")?;
    exceptions.get("values").unwrap_or(exceptions).as_array()
}

pub(super) fn read(value: &Value) -> Report {
    let placed: Vec<Placed> = list(value, "/debug_meta/images").iter().filter_map(place).collect();
    let release = text(value, "/release");
    let (program, version) = release.rsplit_once('@').unwrap_or(("", &release));
    let all = exceptions(value).into_iter().flatten().rev();
    let platform = ["/contexts/os/name", "/contexts/os/version", "/contexts/device/arch"];
    let platform: Vec<String> = platform.iter().filter_map(|part| optional(value, part)).collect();
    Report {
        id: text(value, "/event_id"),
        time: optional(value, "/timestamp")
            .or_else(|| value.get("timestamp").map(ToString::to_string))
            .unwrap_or_default(),
        level: text(value, "/level"),
        program: program.to_owned(),
        version: version.to_owned(),
        platform: platform.join(" "),
        operations: Vec::new(),
        exceptions: all.map(|exception| read_exception(exception, &placed)).collect(),
        images: placed.into_iter().map(|placed| placed.image).collect(),
    }
}

fn place(image: &Value) -> Option<Placed> {
    // The complete build id is preferred, because the debug id of an ELF file holds only 16 of its 20 bytes.
    let ids = ["/code_id", "/debug_id", "/id"];
    let build = ids.iter().find_map(|id| optional(image, id)).and_then(|id| build(&id));
    let path = optional(image, "/code_file").or_else(|| optional(image, "/name")).unwrap_or_default();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let start = number(image.get("image_addr")?)?;
    let size = image.get("image_size").and_then(number).unwrap_or(u64::MAX);
    Some(Placed { image: Image { name, build }, start, size })
}

/// An address: a text with hexadecimal digits, or a number.
fn number(value: &Value) -> Option<u64> {
    address(value).or_else(|| value.as_u64())
}

fn read_exception(exception: &Value, images: &[Placed]) -> Exception {
    let location = optional(exception, "/mechanism/data/file").zip(line(exception, "/mechanism/data/line"));
    let frames = list(exception, "/stacktrace/frames").iter().enumerate().rev();
    let frames = frames.map(|(number, frame)| read_frame(number, frame, images));
    // If no frame has a name, the event shows the place of a panic as if it were the top frame.
    let is_place = |frame: &StackFrame| {
        frame.function.is_none() && frame.address.is_none() && frame.file.is_some() && location.is_some()
    };
    Exception {
        type_name: text(exception, "/type"),
        value: optional(exception, "/value"),
        stack: Stack {
            is_signal: text(exception, "/mechanism/type") == "signalhandler",
            frames: frames.filter(|frame| !is_place(frame)).collect(),
            location,
        },
        is_named: false,
    }
}

fn read_frame(number_of: usize, frame: &Value, images: &[Placed]) -> StackFrame {
    let absolute = frame.get("instruction_addr").and_then(number);
    let place = absolute.and_then(|address| {
        let holds = |placed: &Placed| address.checked_sub(placed.start).is_some_and(|at| at < placed.size);
        let image = images.iter().position(holds)?;
        Some((image, address - images.get(image)?.start))
    });
    let image = place.map(|(image, _)| image);
    StackFrame {
        function: optional(frame, "/function"),
        module: optional(frame, "/module"),
        file: optional(frame, "/filename"),
        line: line(frame, "/lineno"),
        in_app: frame.get("in_app").and_then(Value::as_bool).unwrap_or(false),
        // An address in no listed module stays absolute.
        address: place.map(|(_, address)| address).or(absolute),
        build: image.and_then(|at| images.get(at)).and_then(|placed| placed.image.build.clone()),
        image,
        number: number_of,
    }
}

pub(super) fn write(value: &mut Value, named: &Report) {
    let is_wrapped = value.pointer("/exception/values").is_some();
    let all = value.pointer_mut(if is_wrapped { "/exception/values" } else { "/exception" });
    let all = all.and_then(Value::as_array_mut).into_iter().flatten().rev();
    for (exception, named) in all.zip(&named.exceptions).filter(|(_, named)| named.is_named) {
        let old = list(exception, "/stacktrace/frames");
        let frames = named.stack.frames.iter().rev().map(|frame| write_frame(old.get(frame.number), frame));
        let frames: Vec<Value> = frames.collect();
        if let Some(stack) = exception.get_mut("stacktrace").filter(|_| !frames.is_empty()) {
            put(stack, "frames", Some(frames.into()));
        }
    }
}

fn write_frame(old: Option<&Value>, named: &StackFrame) -> Value {
    let mut frame = old.cloned().unwrap_or_else(|| json!({}));
    put(&mut frame, "function", named.function.clone().map(Value::from));
    put(&mut frame, "module", named.module.clone().map(Value::from));
    put(&mut frame, "filename", named.file.clone().map(Value::from));
    put(&mut frame, "lineno", named.line.map(Value::from));
    put(&mut frame, "in_app", Some(named.in_app.into()));
    frame
}
