//! The client against a server whose every byte is the test's.

mod bodies;
mod fake;
mod faults;
mod pace;
mod tokens;

use fake::{Reply, Server, quick};

use super::{ApiError, Client, Page, Priority, Shape};

async fn read(client: &Client, path: &str) -> Result<Page, ApiError> {
    client.page(&client.url(path, ""), Shape::Objects, Priority::List).await
}

/// The first page of `/users`, when the GETs meet these replies one after the other.
async fn first_page(replies: Vec<Reply>) -> (Server, Result<Page, ApiError>) {
    let server = Server::sequence(replies).await;
    let (client, _events) = server.client(quick());
    let page = read(&client, "/users").await;
    (server, page)
}

fn rows(page: &Page) -> Vec<&str> {
    page.rows.iter().collect()
}
