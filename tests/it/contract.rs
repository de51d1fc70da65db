//! spec and discover: what a platform learns before the first sync.

use crate::support::{Output, connector, output, run};
use serde_json::{Value, json};
use source_360learning::streams::STREAMS;

fn spec() -> Value {
    let mut command = connector();
    command.arg("spec");
    let output = Output::new(&output(command));
    assert_eq!(output.code, 0);
    assert_eq!(output.messages.len(), 1);
    output.all("SPEC")[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn spec_json_is_what_spec_prints() {
    let spec = spec();
    let committed = include_str!("../../spec.json");
    assert_eq!(serde_json::from_str::<Value>(committed).unwrap(), spec, "make generate writes it");
    insta::assert_json_snapshot!("spec", spec);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_follows_the_rules_of_airbytes_forms() {
    let spec = spec();
    let form = &spec["connectionSpecification"];
    assert_eq!(form["type"], "object");
    assert_ne!(form["additionalProperties"], false);
    assert_eq!(form["required"], json!(["client_id", "client_secret"]));
    let text = form.to_string();
    for keyword in
        ["$ref", "allOf", "anyOf", "oneOf", "not", "patternProperties", "prefixItems", "definitions"]
    {
        assert!(!text.contains(&format!("\"{keyword}\":")), "{keyword}");
    }
    for (order, (name, field)) in form["properties"].as_object().unwrap().iter().enumerate() {
        assert_eq!(field["order"], order, "{name}");
        assert!(field["type"].is_string(), "{name} has one type");
        assert!(field["title"].as_str().is_some_and(|title| !title.is_empty()), "{name}");
        assert!(
            field["description"].as_str().is_some_and(|text| text.len() > 20 && !text.contains('\n')),
            "{name}"
        );
        assert_eq!(field["airbyte_secret"] == true, name == "client_secret", "{name}");
        if let Some(values) = field["enum"].as_array() {
            assert!(values.contains(&field["default"]), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_accepts_what_the_connector_accepts() {
    let spec = spec();
    let form = jsonschema::draft7::new(&spec["connectionSpecification"]).unwrap();
    let example = json!({
        "client_id": "a", "client_secret": "b", "region": "us", "base_url": "", "start_date": "2024-09-01",
        "requests_per_second": 40, "max_concurrent_requests": 20, "attendance_lookback_days": 0,
        "include_deleted_users": false, "unknown": 1
    });
    for config in [json!({"client_id": "a", "client_secret": "b"}), example] {
        assert!(form.is_valid(&config), "{config}");
        source_360learning::config::Config::parse(&config.to_string()).unwrap().validate().unwrap();
    }
    for wrong in [json!({}), json!({"client_id": "a", "client_secret": "b", "requests_per_second": 0})] {
        assert!(!form.is_valid(&wrong), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_offers_every_stream_with_its_key_and_honest_sync_modes() {
    let output = run("discover", &json!({"client_id": "a", "client_secret": "b"}), None, None);
    assert_eq!(output.code, 0);
    let streams = output.all("CATALOG")[0]["streams"].as_array().unwrap().clone();
    assert_eq!(streams.len(), STREAMS.len());
    let incremental: Vec<&str> = streams
        .iter()
        .filter(|stream| stream["supported_sync_modes"].as_array().unwrap().contains(&json!("incremental")))
        .map(|stream| stream["name"].as_str().unwrap())
        .collect();
    let expected = [
        "user_certificates",
        "user_custom_field_values",
        "courses",
        "course_stats",
        "paths",
        "path_sessions",
        "path_enrollments",
        "classrooms",
        "classroom_slots",
        "classroom_registrations",
        "attendance_sheets",
        "attendances",
        "skills",
        "webhook_events",
        "bulk_operations",
    ];
    assert_eq!(incremental, expected);
    for stream in &streams {
        let name = stream["name"].as_str().unwrap();
        let has_cursor = incremental.contains(&name);
        assert_eq!(stream.get("source_defined_cursor").is_some(), has_cursor, "{name}");
        assert_eq!(stream.get("default_cursor_field").is_some(), has_cursor, "{name}");
        assert!(!has_cursor || stream["is_resumable"] == true, "{name}");
        jsonschema::draft7::meta::validate(&stream["json_schema"]).unwrap();
    }
}

/// Removed or renamed columns break dashboards: a change of the snapshot is a change for users.
#[tokio::test(flavor = "multi_thread")]
async fn the_properties_of_each_stream_are_pinned() {
    let output = run("discover", &json!({"client_id": "a", "client_secret": "b"}), None, None);
    let mut catalog = output.all("CATALOG")[0].clone();
    for stream in catalog["streams"].as_array_mut().unwrap() {
        let schema = stream["json_schema"].take();
        let properties: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        stream["json_schema"] = json!(properties);
    }
    insta::assert_yaml_snapshot!("catalog", catalog);
}

#[tokio::test(flavor = "multi_thread")]
async fn help_and_version_are_for_people() {
    let print = |arguments: &[&str]| {
        let mut command = connector();
        command.args(arguments);
        let output = output(command);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(print(&["--version"]), concat!("source-360learning ", env!("CARGO_PKG_VERSION"), "\n"));
    insta::assert_snapshot!("help", print(&["--help"]));
    for verb in ["spec", "check", "discover", "read", "doctor"] {
        insta::assert_snapshot!(format!("help_{verb}"), print(&[verb, "--help"]));
    }
}
