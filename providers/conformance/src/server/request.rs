//! The requests that the server received.

use std::io::{self, Read};

/// Longest request that is read, in bytes. It is far longer than any provider's request.
const LONGEST: usize = 16 * 1024 * 1024;

/// One whole request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// All bytes of the request.
    pub raw: Vec<u8>,
    /// The method, such as `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers in their order, as pairs of the name as written and the value.
    pub headers: Vec<(String, String)>,
    /// The bytes after the head.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header. Upper and lower case in `name` are equal.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// Reads one request. `Content-Length` gives the size of a body; chunked bodies are not supported.
    pub(crate) fn read(mut from: impl Read) -> io::Result<Self> {
        let mut raw = Vec::new();
        let head_end = loop {
            if let Some(at) = raw.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            read_some(&mut from, &mut raw)?;
        };
        let (head, _) = raw.split_at(head_end);
        let mut request = Self::parse(&String::from_utf8_lossy(head))?;
        let length = request.header("content-length").map_or(Ok(0), str::parse::<usize>).map_err(invalid)?;
        while raw.len() < head_end.saturating_add(length) {
            read_some(&mut from, &mut raw)?;
        }
        request.body = raw.split_off(head_end);
        request.raw.append(&mut raw);
        request.raw.extend_from_slice(&request.body);
        Ok(request)
    }

    fn parse(head: &str) -> io::Result<Self> {
        let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(path), Some("HTTP/1.1")) = (first.next(), first.next(), first.next()) else {
            return Err(invalid("no request line of HTTP/1.1"));
        };
        let headers = lines
            .map(|line| match line.split_once(':') {
                Some((name, value)) => Ok((name.to_owned(), value.trim().to_owned())),
                None => Err(invalid("a header without a colon")),
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { method: method.to_owned(), path: path.to_owned(), headers, ..Self::default() })
    }
}

fn read_some(from: &mut impl Read, into: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 8192];
    let read = from.read(&mut buffer)?;
    if read == 0 || into.len() > LONGEST {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    into.extend(buffer.iter().take(read));
    Ok(())
}

fn invalid(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
