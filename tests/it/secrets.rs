//! Secrets appear nowhere, whatever the server does with them.

use std::time::Duration;

use crate::support::api::{Api, token};
use crate::support::{Files, Output, quick, read_with, run_with};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use source_360learning::api::Timing;
use wiremock::matchers::method;
use wiremock::{Mock, Request, ResponseTemplate};

/// Made of letters only, so that each looks like an error code, or of what has to be encoded.
const SECRETS: [[&str; 3]; 2] = [
    ["IdentifierOfTheClient", "secret_of_the_client", "TokenOfThisSync"],
    ["id 360/learning+é", "p@ss=\"w\\rd\"&more%", "eyJhbGciOi.JIUzI1Ni-J9_x"],
];

/// Every form in which a careless server or library may print them: each alone, and next to other text.
fn forms(secrets: &[&str]) -> Vec<String> {
    let beside = secrets.iter().map(|secret| format!("Bearer {secret}"));
    let whole = secrets.iter().map(|secret| (*secret).to_owned()).chain(beside).chain([secrets.join(":")]);
    let encoded = |text: String| {
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text), form.replace('+', "%20"), form, text]
    };
    let forms = whole.flat_map(encoded);
    // A server may change upper and lower case.
    forms.enumerate().map(|(at, form)| if at % 3 == 1 { form.to_uppercase() } else { form }).collect()
}

fn holds_no_secret(output: &Output, secrets: &[&str], when: &str) {
    let everything = output.messages.iter().map(Value::to_string).collect::<String>() + &output.stderr;
    let everything = everything.to_lowercase();
    // As the line is written, and as a reader of the JSON sees it.
    let unescaped = everything.replace("\\\"", "\"").replace("\\\\", "\\");
    for form in forms(secrets).iter().map(|form| form.to_lowercase()) {
        assert!(!everything.contains(&form) && !unescaped.contains(&form), "{when}: {form} in {everything}");
    }
}

/// A server that repeats what it is sent in every place where an error may be read.
async fn echo(secrets: &'static [&'static str; 3], status: u16, form: usize) -> Api {
    let api = Api::without_token().await;
    api.token(ResponseTemplate::new(200).set_body_json(token(secrets[2]))).await;
    let texts: Vec<String> = forms(secrets);
    let at = move |index: usize| texts[(form + index * 5) % texts.len()].clone();
    Mock::given(method("GET"))
        .respond_with(move |request: &Request| {
            let header = request.headers["authorization"].to_str().unwrap().to_owned();
            ResponseTemplate::new(status)
                .insert_header("link", format!("<http://{}.evil.example/{}>; rel=next", secrets[2].len(), form))
                .set_body_json(json!({"error": {"code": at(0), "message": header, "more": at(1)}, "error_description": at(2)}))
        })
        .mount(&api.0)
        .await;
    api
}

fn settings(api: &Api, secrets: &[&str; 3]) -> Value {
    let mut config = api.config();
    config["client_id"] = json!(secrets[0]);
    config["client_secret"] = json!(secrets[1]);
    config
}

fn impatient() -> Timing {
    Timing { budget: Duration::from_millis(30), ..quick() }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_printed_when_the_server_echoes_them_in_its_errors() {
    for secrets in &SECRETS {
        for form in 0..forms(secrets).len() {
            let status = [400, 401, 403, 404, 429, 500, 503, 200, 302][form % 9];
            let api = echo(secrets, status, form).await;
            let output =
                read_with(impatient(), &settings(&api, secrets), &["users", "tags"], "full_refresh").await;
            assert_eq!(output.code, 1);
            holds_no_secret(&output, secrets, &format!("GET answered {status}"));

            let files = Files::new();
            let config = files.write("config.json", &settings(&api, secrets));
            let output = run_with(impatient(), &["check", "--config", config.to_str().unwrap()]).await;
            holds_no_secret(&output, secrets, &format!("check answered {status}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_printed_when_the_token_endpoint_echoes_them() {
    for secrets in &SECRETS {
        // The token is none before it was issued.
        let secrets_sent = &secrets[..2];
        for (form, text) in forms(secrets_sent).into_iter().enumerate() {
            let status = [400, 401, 403, 429, 500, 200][form % 6];
            let api = Api::without_token().await;
            api.token(ResponseTemplate::new(status).set_body_json(json!({"error": text}))).await;
            let output = read_with(impatient(), &settings(&api, secrets), &["users"], "full_refresh").await;
            assert_eq!(output.code, 1);
            holds_no_secret(&output, secrets_sent, &format!("the token endpoint answered {status} {text}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_goes_to_the_configured_server_only() {
    let other = Api::new().await;
    let elsewhere = other.url();
    for (status, name) in [(200, "link"), (302, "location"), (307, "location"), (308, "location")] {
        let api = Api::new().await;
        let target = if name == "link" {
            format!("<{elsewhere}/api/v2/users?next=2>; rel=\"next\"")
        } else {
            format!("{elsewhere}/api/v2/users")
        };
        let answer =
            ResponseTemplate::new(status).insert_header(name, target).set_body_json(json!([{"_id": "u1"}]));
        api.get("/users", answer.clone()).await;
        let output = read_with(impatient(), &api.config(), &["users"], "full_refresh").await;
        assert_eq!(output.code, 1, "{status}");
        // The token call does not follow either.
        let api = Api::without_token().await;
        api.token(answer).await;
        assert_eq!(read_with(impatient(), &api.config(), &["users"], "full_refresh").await.code, 1);
    }
    assert_eq!(other.0.received_requests().await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_passes_as_it_is_even_where_it_holds_the_client_id() {
    let api = Api::new().await;
    let row = json!({"_id": "u1", "custom": crate::support::config("")["client_id"]});
    api.get("/users", crate::support::api::page(&json!([row]))).await;
    let output = read_with(impatient(), &api.config(), &["users"], "full_refresh").await;
    assert_eq!(output.records("users"), [&row]);
}
