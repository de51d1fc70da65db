//! Bodies: packed, slow, cut, empty, large.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::fake::{Reply, Server, quick};
use super::{first_page, read, rows};
use crate::api::{ApiError, Priority, Shape, Timing};

const MEBIBYTE: usize = 1024 * 1024;

fn gzip(body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: impl AsRef<[u8]>) -> Reply {
    Reply::new(200, &format!("content-encoding: {encoding}\r\n"), body)
}

/// The error of a page that always meets this reply, which is requested again.
async fn failure(reply: Reply) -> String {
    let (server, page) = first_page(vec![reply.clone(), Reply::page("[]")]).await;
    assert_eq!((page.unwrap().rows.len(), server.gets()), (0, 2));
    let server = Server::sequence(vec![reply]).await;
    let timing = Timing { budget: Duration::from_millis(100), ..quick() };
    let (client, _events) = server.client(timing);
    let error = read(&client, "/users").await.unwrap_err();
    assert!(matches!(error, ApiError::Exhausted { .. }), "{error}");
    error.to_string()
}

#[tokio::test]
async fn every_legal_form_of_gzip_is_unpacked() {
    let body = r#"[{"_id":"a"},{"_id":"b"}]"#;
    let members = [gzip(&body[..5]), gzip(""), gzip(&body[5..])].concat();
    for (encoding, packed) in [
        ("gzip", gzip(body)),
        ("GZIP", gzip(body)),
        ("x-gzip", gzip(body)),
        ("identity, gzip", gzip(body)),
        ("gzip", members),
        ("identity", body.into()),
        ("", body.into()),
    ] {
        let (server, page) = first_page(vec![encoded(encoding, packed)]).await;
        assert_eq!(rows(&page.unwrap()), [r#"{"_id":"a"}"#, r#"{"_id":"b"}"#], "{encoding}");
        assert_eq!(server.gets(), 1);
        assert!(server.requests.lock().unwrap()[1].head.contains("accept-encoding: gzip\r\n"));
    }
}

#[tokio::test]
async fn gzip_that_arrives_byte_by_byte_is_unpacked() {
    let packed = gzip(format!("[{}]", vec![r#"{"a":"xyz"}"#; 20_000].join(",")));
    let mut reply = encoded("gzip", &packed[..1]);
    let head =
        format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\ncontent-encoding: gzip\r\n\r\n", packed.len());
    for (at, byte) in packed.chunks(1).enumerate() {
        reply = if at == 0 { Reply::raw(head.clone()) } else { reply };
        reply = reply.then(Duration::ZERO, byte);
    }
    let (_server, page) = first_page(vec![reply]).await;
    assert_eq!(page.unwrap().rows.len(), 20_000);
}

#[tokio::test]
async fn a_cut_or_damaged_gzip_body_is_retried() {
    let body = format!("[{}]", vec![r#"{"_id":"a"}"#; 500].join(","));
    let whole = gzip(&body);
    let mut damaged = whole.clone();
    let checksum = damaged.len() - 6;
    damaged[checksum] ^= 1;
    let trailing = [&whole[..], b"not gzip"].concat();
    for fault in [&whole[..whole.len() - 9], &whole[..whole.len() - 1], &whole[..3], &damaged, &trailing] {
        let (server, page) = first_page(vec![encoded("gzip", fault), encoded("gzip", &whole)]).await;
        assert_eq!(page.unwrap().rows.len(), 500);
        assert_eq!(server.gets(), 2, "{} of {} bytes", fault.len(), whole.len());
    }
}

#[tokio::test]
async fn an_encoding_that_was_not_requested_is_a_fault_with_a_clear_sentence() {
    for encoding in ["br", "deflate", "gzip, gzip", "secret-token"] {
        let error = failure(encoded(encoding, "[]")).await;
        assert!(error.contains("a Content-Encoding other than gzip, which was not requested"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_json_is_skipped() {
    for reply in [Reply::page("\u{feff}[{}]"), encoded("gzip", gzip("\u{feff}[{}]"))] {
        assert_eq!(rows(&first_page(vec![reply]).await.1.unwrap()), ["{}"]);
    }
    let (_server, page) = first_page(vec![Reply::new(400, "", "\u{feff}{\"error\":\"badFilter\"}")]).await;
    assert!(page.unwrap_err().to_string().contains("HTTP 400 badFilter"));
}

#[tokio::test]
async fn a_body_that_is_cut_or_not_json_is_retried() {
    let cut = "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: 500\r\n\r\n[{\"_id\":\"a\"},";
    for fault in [
        Reply::raw(cut),
        Reply::raw("HTTP/1.1 200 X\r\nconnection: close\r\n\r\n[{\"_id\":\"a\"},"),
        Reply::raw("connection: close"),
        Reply::page("<html>soon</html>"),
        Reply::page("{\"items\":[]}"),
        Reply::page(b"[{\"a\":\"\xff\"}]"),
    ] {
        let (server, page) = first_page(vec![fault, Reply::page("[{}]")]).await;
        assert_eq!(page.unwrap().rows.len(), 1);
        assert_eq!(server.gets(), 2);
    }
}

#[tokio::test]
async fn a_first_byte_may_come_late_but_a_body_may_not_stop() {
    let timing = Timing { idle: Duration::from_millis(150), ..quick() };
    let late = Reply::page("[{}]").after(Duration::from_millis(500));
    let stops =
        Reply::raw("HTTP/1.1 200 X\r\ncontent-length: 4\r\n\r\n[{").then(Duration::from_secs(9), b"}]");
    let server = Server::sequence(vec![late, stops, Reply::page("[{}, {}]")]).await;
    let (client, mut events) = server.client(timing);
    assert_eq!(read(&client, "/users").await.unwrap().rows.len(), 1);
    assert_eq!(server.gets(), 1);
    assert_eq!(read(&client, "/users").await.unwrap().rows.len(), 2);
    assert_eq!(server.gets(), 3);
    assert!(format!("{:?}", events.recv().await).contains("the response stopped for"));
}

#[tokio::test]
async fn a_response_that_trickles_for_ever_is_given_up() {
    let mut reply = Reply::raw("HTTP/1.1 200 X\r\ncontent-length: 100000\r\n\r\n[");
    for _ in 0..1000 {
        reply = reply.then(Duration::from_millis(20), b" ");
    }
    let server = Server::sequence(vec![reply]).await;
    let answer = Duration::from_millis(200);
    let (client, _events) = server.client(Timing { answer, budget: answer, ..quick() });
    let error = read(&client, "/users").await.unwrap_err().to_string();
    assert!(error.contains("no complete response in 0 s"), "{error}");
}

#[tokio::test]
async fn a_resource_of_one_object_may_be_missing_but_a_list_may_not() {
    for reply in [Reply::new(204, "", ""), Reply::page(""), Reply::page(" null\n"), Reply::page("\u{feff}")] {
        let server = Server::sequence(vec![reply.clone()]).await;
        let (client, _events) = server.client(quick());
        let url = client.url("/groups/g1", "");
        let page = client.page(&url, Shape::Object, Priority::FanOut).await.unwrap();
        assert!(page.rows.is_empty() && page.next.is_none());
        assert_eq!(server.gets(), 1);

        let error = failure(reply).await;
        assert!(error.contains("the body is not a complete JSON array"), "{error}");
    }
}

#[tokio::test]
async fn a_response_beyond_64_mebibytes_is_not_read() {
    let head = |length: usize| Reply::raw(format!("HTTP/1.1 200 X\r\ncontent-length: {length}\r\n\r\n["));
    let (server, page) = first_page(vec![head(64 * MEBIBYTE + 1)]).await;
    assert_eq!(
        page.unwrap_err().to_string(),
        "/api/v2/users: the response exceeds 64 MiB, more than any page of this API. Check base_url."
    );
    assert_eq!(server.gets(), 1);
}

/// All of them are under way at once; each waits for memory with a part of its body read.
#[tokio::test(flavor = "multi_thread")]
async fn pages_that_together_exceed_the_budget_are_read_within_it() {
    let body = format!("[{}]", vec![format!("{{\"a\":\"{}\"}}", "x".repeat(MEBIBYTE)); 5].join(","));
    let size = body.len();
    let server = Server::start(move |request| (!request.is_token()).then(|| Reply::page(&body))).await;
    let (client, _events) = server.client(Timing::default());
    let client = Arc::new(client);
    let watch = client.reservation();
    let mut pages = JoinSet::new();
    for _ in 0..12 {
        let client = Arc::clone(&client);
        pages.spawn(async move {
            let page = read(&client, "/users").await.unwrap();
            // As long as a slow reader of the rows.
            tokio::time::sleep(Duration::from_millis(100)).await;
            page.rows.len()
        });
    }
    let (mut peak, begun) = (0, Instant::now());
    while !pages.is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(1));
        peak = peak.max(watch.used());
        if let Some(page) = pages.try_join_next() {
            assert_eq!(page.unwrap(), 5);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(server.gets(), 12, "none is requested again because it waited");
    assert!(peak > 20 * MEBIBYTE && peak <= 32 * MEBIBYTE + size, "{peak}");
    assert_eq!(watch.used(), 0);
}
