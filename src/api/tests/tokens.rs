//! Responses of 401: a token that ended, and a path that refuses a token that works elsewhere.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::fake::{Reply, Request, Server, quick};
use super::read;
use crate::api::{ApiError, Client, Timing};

fn refused() -> Reply {
    Reply::new(401, "", r#"{"error":"invalid_token"}"#)
}

/// Reads so many other pages side by side, each a while after the last, and fails if one fails.
fn traffic(client: &Arc<Client>, pages: usize) -> JoinSet<()> {
    let mut set = JoinSet::new();
    for page in 0..pages {
        let client = Arc::clone(client);
        set.spawn(async move {
            tokio::time::sleep(Duration::from_millis(2 * page as u64)).await;
            read(&client, &format!("/pages/{page}")).await.unwrap();
        });
    }
    set
}

#[tokio::test]
async fn a_path_that_refuses_a_token_that_works_elsewhere_costs_no_token_and_few_requests() {
    let server = Server::start(|request| {
        let is_bad = request.target.ends_with("/refused");
        (!request.is_token())
            .then(|| if is_bad { refused() } else { Reply::page("[]").after(Duration::from_millis(5)) })
    })
    .await;
    let mut timing = quick();
    // Nine tenths of a second, in which others show whether the token still works.
    (timing.base, timing.cap) = (Duration::from_secs(1), Duration::from_secs(1));
    fastrand::seed(10);
    let (client, _events) = server.client(timing);
    let client = Arc::new(client);
    let others = traffic(&client, 200);
    tokio::time::sleep(Duration::from_millis(40)).await;
    let error = read(&client, "/refused").await.unwrap_err();
    assert!(matches!(error, ApiError::Credentials { .. }), "{error}");
    assert!(error.to_string().contains("HTTP 401 invalid_token from 127.0.0.1:"), "{error}");
    assert!(error.to_string().contains("/api/v2/refused, repeatedly"), "{error}");
    others.join_all().await;
    assert_eq!((server.tokens(), server.gets()), (1, 200 + 2));
}

#[tokio::test]
async fn without_other_requests_a_path_that_refuses_every_token_costs_one_more() {
    let server = Server::start(|request| (!request.is_token()).then(refused)).await;
    let (client, _events) = server.client(quick());
    let client = Arc::new(client);
    let mut pages = JoinSet::new();
    for page in 0..20 {
        let client = Arc::clone(&client);
        pages.spawn(async move { read(&client, &format!("/pages/{page}")).await.map(|_| ()) });
    }
    for page in pages.join_all().await {
        assert!(matches!(page.unwrap_err(), ApiError::Credentials { .. }));
    }
    assert_eq!(server.tokens(), 2);
    assert!(server.gets() <= 3 * 20, "{}", server.gets());
}

/// Each token authorizes so many requests, and no more.
fn counted(most: u32) -> impl Fn(&Request) -> Option<Reply> {
    let used = Mutex::new(std::collections::HashMap::<usize, u32>::new());
    move |request| {
        if request.is_token() {
            return None;
        }
        let mut used = used.lock().unwrap();
        let used = used.entry(request.token()).or_default();
        *used += 1;
        Some(if *used > most { refused() } else { Reply::page("[]").after(Duration::from_millis(5)) })
    }
}

#[tokio::test]
async fn tokens_that_end_early_are_replaced_one_at_a_time_and_every_page_arrives() {
    let server = Server::start(counted(40)).await;
    let (client, _events) = server.client(quick());
    traffic(&Arc::new(client), 400).join_all().await;
    assert!((10..=14).contains(&server.tokens()), "{} tokens", server.tokens());
}

#[tokio::test]
async fn tokens_that_live_a_second_serve_as_long_as_they_live() {
    let issued = Mutex::new(Vec::new());
    let server = Server::start(move |request| {
        let mut issued = issued.lock().unwrap();
        if request.is_token() {
            issued.push(Instant::now());
            let number = issued.len();
            return Some(Reply::page(format!(r#"{{"access_token":"token-{number}","expires_in":"1"}}"#)));
        }
        let lives = issued[request.token() - 1].elapsed() < Duration::from_secs(1);
        Some(if lives { Reply::page("[]").after(Duration::from_millis(150)) } else { refused() })
    })
    .await;
    let mut settings = server.settings();
    (settings.requests_per_second, settings.max_concurrent_requests) = (60, 20);
    let (events, _) = tokio::sync::mpsc::unbounded_channel();
    let client = Arc::new(Client::new(&settings, quick(), events, false).unwrap());
    traffic(&client, 180).join_all().await;
    assert!((3..=6).contains(&server.tokens()), "{} tokens", server.tokens());
}

#[tokio::test]
async fn a_401_that_is_not_the_apis_is_a_firewalls_and_no_wrong_credential() {
    let server = Server::start(|request| (!request.is_token()).then(|| Reply::html(401))).await;
    let (client, _events) = server.client(Timing { firewall: Duration::from_millis(300), ..quick() });
    let error = read(&client, "/users").await.unwrap_err();
    assert!(matches!(&error, ApiError::Blocked { reason, .. } if reason.starts_with("HTTP 401 ")), "{error}");
    assert!(server.tokens() <= 4, "{}", server.tokens());
}

#[tokio::test]
async fn an_empty_token_is_none_and_no_page_is_requested_with_it() {
    let server = Server::start(|request| {
        Some(if request.is_token() {
            Reply::page(r#"{"access_token":"","expires_in":3600}"#)
        } else {
            refused()
        })
    })
    .await;
    let timing = Timing { budget: Duration::from_millis(50), ..quick() };
    let (client, _events) = server.client(timing);
    let error = read(&client, "/users").await.unwrap_err();
    assert!(matches!(error, ApiError::Exhausted { .. }) && error.to_string().contains("no token"), "{error}");
    assert_eq!(server.gets(), 0);
}
