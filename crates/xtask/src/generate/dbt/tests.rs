use super::model::{Column, Model, parse};
use super::{blocks, staging};

const MODEL: &str = "{{ stage('path_stats', key=['_id', 'userId'], columns=[
    ['_id', 'enrollment_id', 'id'],
    ['status.type', 'status', 'text'],
    ['userId', 'user_id', 'id'],
], used=false) }}
";

fn column(field: &str, name: &str) -> Column {
    Column { field: field.to_owned(), name: name.to_owned() }
}

#[test]
fn a_model_is_its_stream_its_key_and_its_columns() {
    let columns =
        vec![column("_id", "enrollment_id"), column("status.type", "status"), column("userId", "user_id")];
    let key = vec!["_id".to_owned(), "userId".to_owned()];
    let expected = Model { stream: "path_stats".to_owned(), key, columns };
    assert_eq!(parse(MODEL).as_ref(), Ok(&expected));
    assert_eq!(parse(&MODEL.replace(", used=false", "")).as_ref(), Ok(&expected));
    assert_eq!(expected.key_columns(), Ok(vec!["enrollment_id", "user_id"]));
}

#[test]
fn a_model_that_is_not_one_call_of_stage_is_an_error() {
    for sql in [
        "select 1",
        "{{ stage('users', key=['_id']) }}",
        "{{ stage('users', columns=[['_id', 'user_id', 'id']]) }}",
        "{{ stage('users', key=['_id'], columns=[['_id', 'user_id']]) }}",
        "{{ stage('users', key=['_id'], columns=[]) }}",
        "{{ stage('users', key=['_id'], columns=[['_id', 'user_id', 'id']], unknown=1) }}",
        "{{ stage('users', key=['_id'], columns=[",
        &MODEL.repeat(2),
    ] {
        assert!(parse(sql).is_err(), "{sql}");
    }
}

#[test]
fn a_key_without_a_column_is_an_error() {
    let model = parse("{{ stage('users', key=['_id'], columns=[['mail', 'email', 'text']]) }}").unwrap();
    assert!(model.key_columns().unwrap_err().ends_with("has no column for _id, a part of its key."));
}

#[test]
fn a_staging_model_is_unique_per_account_and_each_column_has_its_doc_block() {
    let models = [parse(MODEL).unwrap()];
    let text = staging(&models).unwrap();
    assert!(
        text.contains("unique_together: {arguments: {columns: [source_relation, enrollment_id, user_id]}}")
    );
    assert!(
        text.contains("- {name: status, description: \"{{ doc('learning360_path_stats_status_type') }}\"}")
    );
    let blocks = blocks(&models).unwrap();
    for named in text.split("doc('").skip(1).map(|rest| rest.split('\'').next().unwrap()) {
        assert_eq!(blocks.matches(&format!("{{% docs {named} %}}")).count(), 1, "{named}");
    }
}

#[test]
fn a_field_that_the_schema_does_not_know_is_an_error() {
    let model = parse("{{ stage('users', key=['_id'], columns=[['nick', 'nick', 'text']]) }}").unwrap();
    assert_eq!(blocks(&[model]), Err("schemas/users.json does not describe nick.".to_owned()));
}
