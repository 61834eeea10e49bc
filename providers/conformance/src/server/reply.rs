//! What the server does with a connection.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Request, Shared};

/// Time between two bytes of [`Reply::Drip`]. It is shorter than any client waits for a silent server.
const DRIP: Duration = Duration::from_millis(20);

/// What the server does with one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Reads the request and answers it.
    Answer {
        /// The status code.
        status: u16,
        /// Names and values of the headers. `Content-Length` and `Connection` are added to them.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Never reads and never writes.
    HangAfterAccept,
    /// Reads the request, writes half a head, and then writes nothing more.
    HangInHead,
    /// Reads the request, answers 200 and announces a body that never comes.
    HangAfterHead,
    /// Reads a part of the request, writes a part of an answer, and resets the connection.
    ResetHalfWay,
    /// Reads the request and answers with bytes that are not HTTP.
    Garbage,
    /// Reads the request and writes headers without end.
    EndlessHead,
    /// Reads the request, answers 200 and writes a body without end.
    EndlessBody,
    /// Reads the request and writes a head without end, one byte at a time.
    Drip,
}

impl Reply {
    /// An answer without a body.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    /// An answer that redirects the client.
    #[must_use]
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).header("Location", to)
    }

    /// Adds a header to an answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Gives an answer a body.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        if let Self::Answer { body, .. } = &mut self {
            *body = bytes.into();
        }
        self
    }

    pub(super) fn play(self, stream: &TcpStream, shared: &Shared) {
        // Many scripts make the client close the connection, which is no error.
        let _ = self.try_play(stream, shared);
    }

    fn try_play(self, stream: &TcpStream, shared: &Shared) -> io::Result<()> {
        match self {
            Self::HangAfterAccept => {
                shared.wait_for_stop(None);
                return Ok(());
            }
            Self::ResetHalfWay => {
                // One byte is read and the rest is not, because closing a socket with unread input resets its
                // connection.
                Read::read_exact(&mut &*stream, &mut [0])?;
                return write(stream, shared, b"HTTP/1.1 200 OK\r\nContent-Le");
            }
            Self::Answer { .. }
            | Self::HangInHead
            | Self::HangAfterHead
            | Self::Garbage
            | Self::EndlessHead
            | Self::EndlessBody
            | Self::Drip => {}
        }
        let request = Request::read(stream)?;
        shared.state().requests.push(request);
        shared.changed.notify_all();
        self.answer(stream, shared)
    }

    fn answer(self, stream: &TcpStream, shared: &Shared) -> io::Result<()> {
        match self {
            Self::Answer { status, headers, body } => {
                let mut bytes = format!("HTTP/1.1 {status} Scripted\r\n").into_bytes();
                for (name, value) in headers {
                    bytes.extend(format!("{name}: {value}\r\n").bytes());
                }
                bytes.extend(format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len()).bytes());
                bytes.extend(body);
                write(stream, shared, &bytes)
            }
            Self::HangInHead => hang(stream, shared, b"HTTP/1.1 200 OK\r\nContent-Le"),
            Self::HangAfterHead => hang(stream, shared, b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n"),
            Self::Garbage => write(stream, shared, b"220 mail.example.com ESMTP ready\r\n"),
            Self::EndlessHead => {
                write(stream, shared, b"HTTP/1.1 200 OK\r\n")?;
                repeat(stream, shared, &b"X-Filler: 0123456789abcdef\r\n".repeat(256))
            }
            Self::EndlessBody => {
                write(stream, shared, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                repeat(stream, shared, &[b'x'; 8192])
            }
            Self::Drip => {
                write(stream, shared, b"HTTP/1.1 200 OK\r\nX-Drip: ")?;
                while !shared.wait_for_stop(Some(DRIP)) {
                    write(stream, shared, b".")?;
                }
                Ok(())
            }
            Self::HangAfterAccept | Self::ResetHalfWay => Ok(()),
        }
    }
}

fn write(mut to: &TcpStream, shared: &Shared, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    shared.state().written += bytes.len() as u64;
    Ok(())
}

fn hang(stream: &TcpStream, shared: &Shared, bytes: &[u8]) -> io::Result<()> {
    write(stream, shared, bytes)?;
    shared.wait_for_stop(None);
    Ok(())
}

fn repeat(stream: &TcpStream, shared: &Shared, bytes: &[u8]) -> io::Result<()> {
    // The loop ends when the client closes the connection, or when the server stops and cuts it.
    loop {
        write(stream, shared, bytes)?;
    }
}
