//! A server with hand-written responses, for one behavior at a time.

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{Output, catalog, config, run};

/// A server that issues tokens; the test provides every other response.
pub struct Api(pub MockServer);

impl Api {
    pub async fn new() -> Self {
        let api = Self::without_token().await;
        api.token(ResponseTemplate::new(200).set_body_json(token("token-1"))).await;
        api
    }

    pub async fn without_token() -> Self {
        Self(MockServer::start().await)
    }

    /// Users `u01`, `u02`, … and these responses in place of their values; every other user has one.
    pub async fn with_users(count: usize, others: &[(usize, ResponseTemplate)]) -> Self {
        let api = Self::new().await;
        let ids: Vec<String> = (1..=count).map(|n| format!("u{n:02}")).collect();
        let rows: Vec<Value> = ids.iter().map(|id| json!({"_id": id, "status": "active"})).collect();
        api.get("/users", page(&json!(rows))).await;
        for (n, id) in (1..).zip(&ids) {
            let value = page(&json!([{"customFieldId": "f1", "type": "string", "value": id}]));
            let other = others.iter().find(|(other, _)| *other == n).map(|(_, response)| response.clone());
            api.get(&format!("/users/{id}/custom-fields/values"), other.unwrap_or(value)).await;
        }
        api
    }

    /// The response of the token endpoint.
    pub async fn token(&self, answer: ResponseTemplate) {
        Mock::given(method("POST"))
            .and(path("/api/v2/oauth2/token"))
            .respond_with(answer)
            .mount(&self.0)
            .await;
    }

    /// The response of a path under `/api/v2`.
    pub async fn get(&self, at: &str, answer: ResponseTemplate) {
        Mock::given(method("GET"))
            .and(path(format!("/api/v2{at}")))
            .respond_with(answer)
            .mount(&self.0)
            .await;
    }

    /// The response of a path the first `times` times; later mounts follow.
    pub async fn get_first(&self, at: &str, times: u64, answer: ResponseTemplate) {
        let mock = Mock::given(method("GET")).and(path(format!("/api/v2{at}"))).respond_with(answer);
        mock.up_to_n_times(times).mount(&self.0).await;
    }

    pub fn url(&self) -> String {
        self.0.uri()
    }

    pub fn config(&self) -> Value {
        config(&self.url())
    }

    pub fn read(&self, streams: &[&str], sync_mode: &str) -> Output {
        run("read", &self.config(), Some(&catalog(streams, sync_mode)), None)
    }

    /// Reads streams incrementally from these states.
    pub fn read_from(&self, state: &Value, streams: &[&str]) -> Output {
        run("read", &self.config(), Some(&catalog(streams, "incremental")), Some(state))
    }

    pub fn check(&self) -> Output {
        run("check", &self.config(), None, None)
    }

    /// The paths and queries of the GETs received, in order.
    pub async fn requested(&self) -> Vec<String> {
        let target = |get: &Request| {
            let query = get.url.query().map_or(String::new(), |query| format!("?{query}"));
            format!("{}{query}", get.url.path().trim_start_matches("/api/v2"))
        };
        self.gets().await.iter().map(target).collect()
    }

    /// The GETs received, in order.
    pub async fn gets(&self) -> Vec<Request> {
        let requests = self.0.received_requests().await.unwrap();
        requests.into_iter().filter(|request| request.method.as_str() == "GET").collect()
    }

    pub async fn tokens_issued(&self) -> usize {
        let requests = self.0.received_requests().await.unwrap();
        requests.iter().filter(|request| request.method.as_str() == "POST").count()
    }
}

/// A token response as the API sends it: its lifetime is a string.
pub fn token(token: &str) -> Value {
    json!({"token_type": "Bearer", "access_token": token, "expires_in": "3600"})
}

/// A page of these rows.
pub fn page(rows: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(rows)
}

/// An error in the form of the OpenAPI.
pub fn error(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": {"code": code, "message": "for people"}}))
}
