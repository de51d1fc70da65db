//! What the user typed ([`Config`]) and what it means ([`Settings`]): code below never meets an unchecked value.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use url::{Host, Url};

use crate::secrets::Secrets;

/// The configuration form. Field names are the user's interface: they never change.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "360Learning Source Spec")]
pub struct Config {
    /// Client ID of the API v2 credentials: 360Learning, platform group, Settings, API v2.
    #[schemars(title = "Client ID", length(min = 1), extend("order" = 0))]
    client_id: String,
    /// Client secret that belongs to the client ID.
    #[schemars(title = "Client secret", with = "String", length(min = 1), extend("order" = 1, "airbyte_secret" = true))]
    client_secret: SecretString,
    /// Where your platform is hosted: "eu" for app.360learning.com, "us" for app.us.360learning.com.
    #[schemars(title = "Region", with = "String", extend("order" = 2, "enum" = ["eu", "us"], "default" = "eu"))]
    region: Option<String>,
    /// Only for a proxy or a test server: replaces the region's address. https, or plain http on this machine.
    #[schemars(
        title = "Base URL",
        with = "String",
        extend("order" = 3, "pattern" = "^(https?://[^/?#]+/?)?$", "examples" = ["https://app.360learning.com"])
    )]
    base_url: Option<String>,
    /// Rows of streams synced incrementally that last changed before this date (UTC) stay out of the first sync.
    /// Empty: everything. A full refresh always reads everything.
    #[schemars(
        title = "Start date",
        with = "String",
        extend(
            "order" = 4,
            "pattern" = "^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)?$",
            "pattern_descriptor" = "YYYY-MM-DD or YYYY-MM-DDTHH:mm:ssZ",
            "examples" = ["2024-09-01", "2024-09-01T00:00:00Z"]
        )
    )]
    start_date: Option<String>,
    /// Requests per second. 360Learning grants 50 to your whole company by default, shared with its other
    /// integrations.
    #[schemars(title = "Requests per second", with = "u32", range(min = 1, max = 1000), extend("order" = 5, "default" = 40))]
    requests_per_second: Option<i64>,
    /// Requests under way at the same time. 20 keep 40 requests per second busy up to a latency of 500 ms.
    #[schemars(title = "Concurrent requests", with = "u32", range(min = 1, max = 100), extend("order" = 6, "default" = 20))]
    max_concurrent_requests: Option<i64>,
    /// Attendance has no dates in the API, so an incremental sync reads again the slots that ended within this many days
    /// before the last sync. Older corrections need a full refresh.
    #[schemars(title = "Attendance lookback in days", with = "u32", range(min = 0, max = 3650), extend("order" = 7, "default" = 90))]
    attendance_lookback_days: Option<i64>,
    /// Whether streams read user by user (custom field values) also visit deleted users: their values remain until they
    /// are pseudonymised.
    #[schemars(title = "Include deleted users", with = "bool", extend("order" = 8, "default" = true))]
    include_deleted_users: Option<bool>,
}

/// A configuration that was checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Client ID of the credentials.
    pub client_id: String,
    /// Client secret of the credentials.
    pub client_secret: SecretString,
    /// Scheme, host and port of the API; the token goes nowhere else.
    pub origin: Url,
    /// Lower bound of the first incremental sync.
    pub start_date: Option<DateTime<Utc>>,
    /// Requests per second, 1 to 1000.
    pub requests_per_second: u32,
    /// Requests under way at the same time, 1 to 100.
    pub max_concurrent_requests: usize,
    /// Days, 0 to 3650.
    pub attendance_lookback: chrono::Duration,
    /// Whether per-user streams visit deleted users.
    pub include_deleted_users: bool,
    /// What may not be printed: the credentials, and each token as it is issued.
    pub secrets: Secrets,
}

/// Why a configuration cannot be used. No message holds a value that was typed.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The file is not JSON.
    #[error(
        "The config is not valid JSON (line {line}, column {column}). Give a JSON object with client_id and client_secret."
    )]
    NotJson {
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
    },
    /// The file is nested deeper than JSON is read, 128 levels.
    #[error(
        "The config is nested too deeply (line {line}, column {column}). Give a JSON object with client_id and client_secret."
    )]
    TooDeep {
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
    },
    /// The file is JSON, but no object.
    #[error("The config must be a JSON object with client_id and client_secret.")]
    NotAnObject,
    /// A required field is missing or empty.
    #[error(
        "The config lacks `{0}`. Create API v2 credentials in 360Learning (platform group, Settings, API v2) and fill it in."
    )]
    Missing(&'static str),
    /// A field has a value that it cannot have.
    #[error("The config field `{field}` {rule}.")]
    Invalid {
        /// The field.
        field: String,
        /// What it must be.
        rule: String,
    },
}

impl Config {
    /// Reads a configuration. Unknown keys are ignored; `null` counts as absent.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut value: Value = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            if error.to_string().starts_with("recursion limit exceeded") {
                ConfigError::TooDeep { line, column }
            } else {
                ConfigError::NotJson { line, column }
            }
        })?;
        let fields = value.as_object_mut().ok_or(ConfigError::NotAnObject)?;
        fields.retain(|_, value| !value.is_null());
        for field in ["client_id", "client_secret"] {
            match fields.get(field) {
                None => return Err(ConfigError::Missing(field)),
                Some(Value::String(text)) if text.trim().is_empty() => {
                    return Err(ConfigError::Missing(field));
                }
                Some(_) => {}
            }
        }
        // serde's own message would repeat the value, which may be a secret in the wrong place.
        serde_path_to_error::deserialize(value).map_err(|error| {
            let field = error.path().to_string();
            let rule = rule(&field);
            ConfigError::Invalid { field, rule }
        })
    }

    /// The JSON schema of the form, in the dialect that Airbyte renders.
    #[must_use]
    pub fn json_schema() -> Value {
        let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
        let mut schema = settings.into_generator().into_root_schema_for::<Config>().to_value();
        if let Some(object) = schema.as_object_mut() {
            object.remove("description");
            object.insert("required".into(), json!(["client_id", "client_secret"]));
            object.insert("additionalProperties".into(), json!(true));
            for property in object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
            {
                let property = property.1;
                if property["type"] == "integer" {
                    // "uint32" is no JSON-schema format that Airbyte knows.
                    property.as_object_mut().map(|property| property.remove("format"));
                }
                if let Some(text) = property["description"].as_str() {
                    property["description"] = json!(text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
        }
        schema
    }

    /// Checks every value and says what it means.
    pub fn validate(self) -> Result<Settings, ConfigError> {
        let origin = match self.base_url.as_deref().map(str::trim).filter(|url| !url.is_empty()) {
            Some(url) => origin(url)?,
            None => region(self.region.as_deref().unwrap_or("eu"))?,
        };
        // A pasted line break is part of neither.
        let (client_id, client_secret) = (self.client_id.trim(), self.client_secret.expose_secret().trim());
        let secrets = Secrets::default();
        secrets.add(client_id);
        secrets.add(client_secret);
        Ok(Settings {
            client_id: client_id.to_owned(),
            client_secret: client_secret.into(),
            secrets,
            origin,
            start_date: self
                .start_date
                .as_deref()
                .map(str::trim)
                .filter(|date| !date.is_empty())
                .map(start_date)
                .transpose()?,
            requests_per_second: within("requests_per_second", self.requests_per_second, 40)?,
            max_concurrent_requests: within("max_concurrent_requests", self.max_concurrent_requests, 20)?,
            attendance_lookback: chrono::Duration::days(within(
                "attendance_lookback_days",
                self.attendance_lookback_days,
                90,
            )?),
            include_deleted_users: self.include_deleted_users.unwrap_or(true),
        })
    }
}

fn invalid(field: &str) -> ConfigError {
    ConfigError::Invalid { field: field.to_owned(), rule: rule(field) }
}

/// What a field must be, told from the schema that the form is drawn from.
fn rule(field: &str) -> String {
    let schema = &Config::json_schema()["properties"][field];
    match (schema["type"].as_str(), &schema["minimum"], &schema["maximum"]) {
        (Some("integer"), Value::Number(least), Value::Number(most)) => {
            format!("must be a whole number from {least} to {most}")
        }
        (Some("boolean"), ..) => "must be true or false".to_owned(),
        _ if field == "region" => "must be \"eu\" or \"us\"".to_owned(),
        _ if field == "base_url" => {
            "must be the address of a server, such as https://app.360learning.com, without a path; plain http is allowed for localhost only".to_owned()
        }
        _ if field == "start_date" => {
            "must be a date in UTC, as 2024-09-01 or 2024-09-01T00:00:00Z".to_owned()
        }
        _ => "must be a text".to_owned(),
    }
}

fn within<T: TryFrom<i64>>(field: &str, value: Option<i64>, default: i64) -> Result<T, ConfigError> {
    let value = value.unwrap_or(default);
    let schema = &Config::json_schema()["properties"][field];
    let bound = |name: &str| schema[name].as_i64();
    if bound("minimum").is_some_and(|least| value < least)
        || bound("maximum").is_some_and(|most| value > most)
    {
        return Err(invalid(field));
    }
    T::try_from(value).map_err(|_| invalid(field))
}

/// The two documented hosts (servers of the official OpenAPI).
fn region(name: &str) -> Result<Url, ConfigError> {
    let host = match name {
        "eu" => "https://app.360learning.com",
        "us" => "https://app.us.360learning.com",
        _ => return Err(invalid("region")),
    };
    origin(host)
}

fn origin(text: &str) -> Result<Url, ConfigError> {
    let wrong = || invalid("base_url");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => return Err(wrong()),
    };
    match url.scheme() {
        "https" if bare => Ok(url),
        "http" if bare && loopback => Ok(url),
        _ => Err(wrong()),
    }
}

fn start_date(text: &str) -> Result<DateTime<Utc>, ConfigError> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text).map(|date| date.to_utc()).map_err(|_| invalid("start_date"))
}
