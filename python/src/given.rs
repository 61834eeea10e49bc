//! Converts exceptions and contexts of Python into types of the library.

use crawl4ai_telemetry::{Context, Kind, Level, Operation, Raised, RawException, RawFrame, Value};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Maximum nesting of a context that is read, one more than a report keeps.
const DEPTH: usize = 9;

/// A text of Python. It may contain unpaired surrogates, which UTF-8 cannot express.
pub(crate) struct Lossy(pub(crate) String);

impl<'py> FromPyObject<'_, 'py> for Lossy {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(object.cast::<PyString>()?.to_string_lossy().into_owned()))
    }
}

/// Function, module, file, line, and whether the frame is the program's own.
type Frame = (Lossy, Option<Lossy>, Option<Lossy>, Option<u32>, bool);

/// Type, message, frames with the innermost first, and the number of frames left out.
type Link = (Lossy, Option<Lossy>, Vec<Frame>, u32);

/// An exception with its context.
#[derive(FromPyObject)]
pub(crate) struct Exception {
    /// The chain, outermost first.
    #[pyo3(item)]
    links: Vec<Link>,
    /// The number of links left out.
    #[pyo3(item)]
    cut: u32,
    /// `info`, `warning`, `error` or `fatal`.
    #[pyo3(item)]
    level: String,
    /// Names of operations, outermost first, each with whether it is a constant of the program.
    #[pyo3(item)]
    operations: Vec<(Lossy, bool)>,
    #[pyo3(item)]
    thread: Option<Lossy>,
    #[pyo3(item)]
    context: Fields,
}

impl Exception {
    /// Converts it for the library. `runtime` names the implementation of Python.
    pub(crate) fn into_raised(self, runtime: Option<&str>) -> (Raised, Context) {
        let mut raised = Raised::new(self.links.into_iter().map(exception).collect());
        raised.cut = self.cut;
        raised.level = Some(level(&self.level));
        raised.operations = self.operations.into_iter().map(operation).collect();
        raised.thread = self.thread.map(|name| name.0);
        raised.runtime = runtime.map(str::to_owned);
        (raised, self.context.0)
    }
}

fn exception((type_name, message, frames, cut): Link) -> RawException {
    let mut exception = RawException::new(Kind::Error, type_name.0);
    exception.message = message.map(|text| text.0);
    exception.frames_cut = cut;
    exception.frames = frames.into_iter().map(frame).collect();
    exception
}

fn frame((function, module, file, line, in_app): Frame) -> RawFrame {
    RawFrame {
        function: Some(function.0),
        module: module.map(|name| name.0),
        file: file.map(|name| name.0),
        line,
        in_app: Some(in_app),
        ..RawFrame::default()
    }
}

fn operation((name, is_constant): (Lossy, bool)) -> Operation {
    if is_constant { Operation::constant(name.0) } else { Operation::computed(name.0) }
}

fn level(word: &str) -> Level {
    match word {
        "info" | "debug" => Level::Info,
        "warning" => Level::Warning,
        "fatal" | "critical" => Level::Fatal,
        _ => Level::Error,
    }
}

/// A context of Python's built-in types. Values of other types are ignored.
pub(crate) struct Fields(pub(crate) Context);

impl<'py> FromPyObject<'_, 'py> for Fields {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(fields(object.cast::<PyDict>()?.as_any(), DEPTH)))
    }
}

fn fields(object: &Bound<'_, PyAny>, depth: usize) -> Context {
    let mut context = Context::new();
    let Ok(dict) = object.cast::<PyDict>() else { return context };
    for (key, value) in dict.iter() {
        if let Ok(key) = key.cast::<PyString>() {
            context.insert(key.to_string_lossy().into_owned(), self::value(&value, depth.saturating_sub(1)));
        }
    }
    context
}

fn value(object: &Bound<'_, PyAny>, depth: usize) -> Value {
    let list = |items: Vec<Bound<'_, PyAny>>| {
        Value::List(items.iter().map(|item| value(item, depth.saturating_sub(1))).collect())
    };
    if depth == 0 {
        Value::Null
    } else if let Ok(text) = object.cast::<PyString>() {
        Value::String(text.to_string_lossy().into_owned())
    } else if let Ok(flag) = object.cast::<PyBool>() {
        Value::Bool(flag.is_true())
    } else if object.is_instance_of::<PyInt>() {
        let number = object.extract::<i64>().map(Value::from);
        number.or_else(|_| object.extract::<u64>().map(Value::from)).unwrap_or(Value::Null)
    } else if let Ok(number) = object.cast::<PyFloat>() {
        Value::from(number.value())
    } else if let Ok(items) = object.cast::<PyList>() {
        list(items.iter().collect())
    } else if let Ok(items) = object.cast::<PyTuple>() {
        list(items.iter().collect())
    } else if object.is_instance_of::<PyDict>() {
        Value::Map(fields(object, depth))
    } else {
        Value::Null
    }
}
