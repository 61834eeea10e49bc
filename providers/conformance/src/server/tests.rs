use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::*;

const REQUEST: &[u8] = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";

fn ask(server: &Server) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(REQUEST).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn remembers_a_request_whole_and_follows_its_script() {
    let server =
        Server::start([Reply::status(503).header("Retry-After", "7"), Reply::status(200).body("ok")]);
    let first = String::from_utf8(ask(&server)).unwrap();
    assert!(first.starts_with("HTTP/1.1 503 ") && first.contains("Retry-After: 7\r\n"), "{first}");
    for _ in 0..2 {
        let next = String::from_utf8(ask(&server)).unwrap();
        assert!(next.starts_with("HTTP/1.1 200 ") && next.ends_with("\r\n\r\nok"), "{next}");
    }
    assert_eq!(server.connections(), 3);
    let request = &server.requests()[0];
    assert_eq!(request.raw, REQUEST);
    assert_eq!((&*request.method, &*request.path, &*request.body), ("POST", "/a?b=c", &b"hello"[..]));
    assert_eq!(request.header("content-LENGTH"), Some("5"));
}

#[test]
fn stops_while_clients_hang() {
    for reply in
        [Reply::HangAfterAccept, Reply::HangInHead, Reply::HangAfterHead, Reply::Drip, Reply::EndlessBody]
    {
        let server = Server::always(reply.clone());
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(REQUEST).unwrap();
        if reply != Reply::HangAfterAccept {
            assert!(server.wait_for_requests(1, Duration::from_secs(10)), "{reply:?}");
        }
        // `drop` returns only when every thread of the server has ended.
        drop(server);
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut rest = Vec::new();
        if let Err(error) = stream.read_to_end(&mut rest) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{reply:?}");
        }
    }
}

#[test]
fn a_reset_is_a_reset() {
    let server = Server::always(Reply::ResetHalfWay);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(REQUEST).unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn nobody_listens_at_the_refusing_address() {
    let url = refusing_url();
    let error = TcpStream::connect(url.trim_start_matches("http://")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}
