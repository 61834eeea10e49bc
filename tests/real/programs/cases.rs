//! What fails on demand in a program that by itself fails too rarely: `ADOPT_CASE` names it, `ADOPT_DATA` is a user's.
//! It is put into programs of the registry; see `build.py`.

use std::error::Error;
use std::fmt;
use std::io::{Read, Write};

type Failure = Box<dyn Error + Send + Sync>;

/// An error as programs define them: a variant for each thing that goes wrong, and a cause.
#[derive(Debug)]
enum Broken {
    Index(std::num::ParseIntError),
    Folder { name: String },
    Cache(String, Box<Broken>),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Index(_) => f.write_str("the index of the cache holds no number"),
            Broken::Folder { name } => write!(f, "the folder {name} belongs to somebody else"),
            Broken::Cache(key, _) => write!(f, "could not refresh the cache entry {key}"),
        }
    }
}

impl Error for Broken {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Broken::Index(cause) => Some(cause),
            Broken::Folder { .. } => None,
            Broken::Cache(_, cause) => Some(cause.as_ref()),
        }
    }
}

#[inline(never)]
fn read_cache(path: &str) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(path)?)
}

#[inline(never)]
fn read_port(text: &str) -> Result<u16, Failure> {
    Ok(text.parse::<u16>()?)
}

#[inline(never)]
fn read_name(bytes: &[u8]) -> Result<String, Failure> {
    Ok(std::str::from_utf8(bytes)?.to_owned())
}

#[inline(never)]
fn read_index(text: &str) -> Result<u64, Broken> {
    text.parse().map_err(Broken::Index)
}

/// What a server of somebody else's says, taken over into an error.
#[inline(never)]
fn ask_server(address: &str) -> Result<String, Failure> {
    let mut line = std::net::TcpStream::connect(address)?;
    line.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    line.read_to_string(&mut answer)?;
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    Err(format!("the server answered with an error: {body}").into())
}

#[inline(never)]
fn pick_column(columns: &[u8], data: &str) -> u8 {
    columns[data.len() + columns.len()]
}

#[inline(never)]
fn draw_table(data: &str) {
    panic!("the table for {} has no rows", data);
}

/// Fails as `ADOPT_CASE` says, and not at all where it says nothing.
pub fn fail() -> Result<(), Failure> {
    let Ok(case) = std::env::var("ADOPT_CASE") else { return Ok(()) };
    let data = std::env::var("ADOPT_DATA").unwrap_or_default();
    match case.as_str() {
        "file" => drop(read_cache(&format!("/srv/clients/{data}/cache.db"))?),
        "number" => drop(read_port(&data)?),
        "bytes" => drop(read_name(&[data.as_bytes(), &[0xff, 0xfe]].concat())?),
        "variant" => drop(read_index(&data)?),
        "field" => return Err(Broken::Folder { name: data }.into()),
        "chain" => return Err(Broken::Cache(data.clone(), Box::new(Broken::Folder { name: data })).into()),
        "text" => return Err(format!("could not sort the results by {data}").into()),
        "other text" => return Err(format!("cannot write the summary of {data} to the report").into()),
        "refused" => drop(std::net::TcpStream::connect("127.0.0.1:9")?),
        "answer" => drop(ask_server(&std::env::var("ADOPT_SERVER")?)?),
        "permission" => return Err(Box::new(std::io::Error::new(std::io::ErrorKind::PermissionDenied, data))),
        "format" => return Err(Box::new(std::io::Error::other(format!("unsupported output format {data}, see --help")))),
        "panic" => draw_table(&data),
        "index" => println!("{}", pick_column(&[1, 2, 3], &data)),
        "thread" => drop(std::thread::spawn(move || draw_table(&data)).join()),
        // Goes on after its error, until somebody ends it.
        "waits" => {
            let error = std::io::Error::other(format!("could not keep the session of {data}"));
            let _ = crawl4ai_telemetry::capture_exception(&error, crawl4ai_telemetry::context! {});
            eprintln!("waits");
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        "exit" => {
            let error = Broken::Folder { name: data };
            let _ = crawl4ai_telemetry::capture_exception(&error, crawl4ai_telemetry::context! {});
            std::process::exit(3);
        }
        other => panic!("no such case: {}", other),
    }
    Ok(())
}
