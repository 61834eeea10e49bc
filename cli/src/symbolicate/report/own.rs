//! The library's own form, which the file provider writes and `show` prints for it.

use serde_json::{Value, json};

use super::{Exception, Image, Report, address, build, line, list, optional, put, text};
use crate::symbolicate::stack::{Stack, StackFrame};

pub(super) fn read(value: &Value) -> Report {
    let images: Vec<Image> = list(value, "/images").iter().map(image).collect();
    let exceptions = list(value, "/exceptions").iter().map(|exception| read_exception(exception, &images));
    let operations = list(value, "/operations").iter().filter_map(Value::as_str);
    let platform = ["/platform/os", "/platform/arch", "/platform/os_version"].map(|part| text(value, part));
    Report {
        id: text(value, "/id"),
        time: text(value, "/time"),
        level: text(value, "/level"),
        program: text(value, "/app/name"),
        version: text(value, "/app/version"),
        platform: platform.join(" ").trim().to_owned(),
        operations: operations.map(str::to_owned).collect(),
        exceptions: exceptions.collect(),
        images,
    }
}

fn image(image: &Value) -> Image {
    Image { name: text(image, "/name"), build: optional(image, "/build_id").and_then(|id| build(&id)) }
}

fn read_exception(exception: &Value, images: &[Image]) -> Exception {
    let type_name = text(exception, "/type");
    // The type is checked too, because the record of a crash has the kind `panic`, which older versions can read.
    let is_signal = text(exception, "/kind") == "signal" || type_name.starts_with("SIG");
    let frames = list(exception, "/frames").iter().enumerate();
    let location = optional(exception, "/location/file").zip(line(exception, "/location/line"));
    Exception {
        value: optional(exception, "/value"),
        stack: Stack {
            is_signal,
            location,
            frames: frames.map(|(number, frame)| read_frame(number, frame, images)).collect(),
        },
        type_name,
        is_named: false,
    }
}

fn read_frame(number: usize, frame: &Value, images: &[Image]) -> StackFrame {
    let image = frame.pointer("/image").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    StackFrame {
        function: optional(frame, "/function"),
        module: optional(frame, "/module"),
        file: optional(frame, "/file"),
        line: line(frame, "/line"),
        in_app: frame.pointer("/in_app").and_then(Value::as_bool).unwrap_or(false),
        address: frame.pointer("/address").and_then(address),
        build: image.and_then(|at| images.get(at)).and_then(|image| image.build.clone()),
        image,
        number,
    }
}

pub(super) fn write(value: &mut Value, named: &Report) {
    let exceptions = value.pointer_mut("/exceptions").and_then(Value::as_array_mut);
    let pairs = exceptions.into_iter().flatten().zip(&named.exceptions);
    for (exception, named) in pairs.filter(|(_, named)| named.is_named) {
        let old = list(exception, "/frames");
        let frames = named.stack.frames.iter().map(|frame| write_frame(old.get(frame.number), frame));
        let frames: Vec<Value> = frames.collect();
        if !frames.is_empty() {
            put(exception, "frames", Some(frames.into()));
        }
    }
}

fn write_frame(old: Option<&Value>, named: &StackFrame) -> Value {
    let mut frame = old.cloned().unwrap_or_else(|| json!({}));
    put(&mut frame, "function", named.function.clone().map(Value::from));
    put(&mut frame, "module", named.module.clone().map(Value::from));
    put(&mut frame, "file", named.file.clone().map(Value::from));
    put(&mut frame, "line", named.line.map(Value::from));
    put(&mut frame, "in_app", Some(named.in_app.into()));
    frame
}
