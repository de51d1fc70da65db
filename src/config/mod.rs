//! What the user typed ([`Config`]), and the same checked ([`Settings`]): no other module sees an unchecked value.

mod error;
mod forgive;

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};

pub use error::ConfigError;

use crate::secrets::Secrets;

/// The bounds of a number in the form, and its value where the user leaves it out.
struct Number {
    name: &'static str,
    least: u32,
    most: u32,
    default: u32,
}

const REQUESTS_PER_SECOND: Number = Number { name: "requests_per_second", least: 1, most: 1000, default: 40 };
const MAX_CONCURRENT_REQUESTS: Number =
    Number { name: "max_concurrent_requests", least: 1, most: 100, default: 20 };
const ATTENDANCE_LOOKBACK_DAYS: Number =
    Number { name: "attendance_lookback_days", least: 0, most: 3650, default: 90 };
const FULL_USER_REFRESH_DAYS: Number =
    Number { name: "full_user_refresh_days", least: 0, most: 90, default: 7 };
const NUMBERS: [&Number; 4] =
    [&REQUESTS_PER_SECOND, &MAX_CONCURRENT_REQUESTS, &ATTENDANCE_LOOKBACK_DAYS, &FULL_USER_REFRESH_DAYS];

/// The regions and their documented hosts (servers of the official OpenAPI). The first one is the default.
const REGIONS: [(&str, &str); 2] =
    [("eu", "https://app.360learning.com"), ("us", "https://app.us.360learning.com")];

const INCLUDE_DELETED_USERS: bool = true;

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
    #[schemars(title = "Region", with = "String", extend("order" = 2, "enum" = REGIONS.map(|(name, _)| name), "default" = REGIONS[0].0))]
    region: Option<String>,
    /// The first incremental sync skips rows last changed before this date (UTC). Empty: nothing is skipped.
    /// A full refresh always reads everything.
    #[schemars(
        title = "Start date",
        with = "String",
        extend(
            "order" = 3,
            "pattern" = "^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)?$",
            "pattern_descriptor" = "YYYY-MM-DD or YYYY-MM-DDTHH:mm:ssZ",
            "examples" = ["2024-09-01", "2024-09-01T00:00:00Z"]
        )
    )]
    start_date: Option<String>,
    /// Requests per second. 360Learning grants 50 to your whole company by default, shared with its other
    /// integrations.
    #[schemars(title = "Requests per second", with = "u32", range(min = REQUESTS_PER_SECOND.least, max = REQUESTS_PER_SECOND.most), extend("order" = 4, "default" = REQUESTS_PER_SECOND.default))]
    requests_per_second: Option<i64>,
    /// Requests under way at the same time. 20 keep 40 requests per second busy up to a latency of 500 ms.
    #[schemars(title = "Concurrent requests", with = "u32", range(min = MAX_CONCURRENT_REQUESTS.least, max = MAX_CONCURRENT_REQUESTS.most), extend("order" = 5, "default" = MAX_CONCURRENT_REQUESTS.default))]
    max_concurrent_requests: Option<i64>,
    /// Attendance has no dates in the API, so an incremental sync reads again the slots that ended within this many days
    /// before the last sync. Older corrections need a full refresh.
    #[schemars(title = "Attendance lookback in days", with = "u32", range(min = ATTENDANCE_LOOKBACK_DAYS.least, max = ATTENDANCE_LOOKBACK_DAYS.most), extend("order" = 6, "default" = ATTENDANCE_LOOKBACK_DAYS.default))]
    attendance_lookback_days: Option<i64>,
    /// With a webhook subscription, an incremental sync visits only the users whose custom field values or certificates
    /// changed. After so many days it visits all of them again, for changes without an event. 0: every sync visits all.
    #[schemars(title = "Full refresh of users in days", with = "u32", range(min = FULL_USER_REFRESH_DAYS.least, max = FULL_USER_REFRESH_DAYS.most), extend("order" = 7, "default" = FULL_USER_REFRESH_DAYS.default))]
    full_user_refresh_days: Option<i64>,
    /// Whether streams read user by user (custom field values) also visit deleted users: their values remain until they
    /// are pseudonymized.
    #[schemars(title = "Include deleted users", with = "bool", extend("order" = 8, "default" = INCLUDE_DELETED_USERS))]
    include_deleted_users: Option<bool>,
    /// Only for a proxy or a test server: replaces the region's address. https, or plain http on this machine.
    #[schemars(
        title = "Base URL",
        with = "String",
        extend("order" = 9, "pattern" = "^(https?://[^/?#]+/?)?$", "examples" = [REGIONS[0].1])
    )]
    base_url: Option<String>,
    #[serde(skip)]
    #[schemars(skip)]
    unknown_keys: Vec<String>,
}

/// A checked configuration.
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
    /// Requests per second.
    pub requests_per_second: u32,
    /// Requests under way at the same time.
    pub max_concurrent_requests: usize,
    /// How long before the last sync a slot may have ended and is still read again.
    pub attendance_lookback: chrono::Duration,
    /// After how long an incremental sync visits all users, whatever the events say.
    pub full_user_refresh: chrono::Duration,
    /// Whether per-user streams visit deleted users.
    pub include_deleted_users: bool,
    /// What must never be printed: the credentials, and each token as it is issued.
    pub secrets: Secrets,
    /// Keys of the config that are not in the form: most likely typing errors. Their values are not kept.
    pub unknown_keys: Vec<String>,
}

impl Config {
    /// Reads a configuration, also where it is written a little differently. `null` and an empty text count as absent.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let text = forgive::trim(text);
        if text.is_empty() {
            return Err(ConfigError::Empty);
        }
        let mut value: Value =
            serde_json::from_str(text).map_err(|error| ConfigError::not_json(text, &error))?;
        let fields = value.as_object_mut().ok_or(ConfigError::NotAnObject)?;
        for (name, value) in fields.iter_mut() {
            let is_number = NUMBERS.iter().any(|number| number.name == name);
            forgive::value(value, is_number, name == "include_deleted_users");
        }
        fields.retain(|_, value| !value.is_null() && value != "");
        let form = Self::json_schema();
        let known: Vec<&str> =
            form["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        // The platform and its test tools put keys of their own in a config, which begin with an underscore.
        let is_unknown = |key: &&String| !known.contains(&key.as_str()) && !key.starts_with('_');
        let unknown_keys: Vec<String> = fields.keys().filter(is_unknown).cloned().collect();
        let absent = |name: &&&str| !fields.contains_key(**name);
        for key in &unknown_keys {
            if let Some(meant) = known.iter().filter(absent).find(|name| forgive::is_similar(key, name)) {
                return Err(ConfigError::Misspelt { key: key.clone(), meant: (*meant).to_owned() });
            }
        }
        for field in ["client_id", "client_secret"] {
            let inside = fields.iter().find(|(_, value)| value.get(field).is_some());
            match (fields.get(field), inside) {
                (Some(Value::String(text)), _) => {
                    if let Some(rule) = forgive::not_a_credential(text) {
                        return Err(ConfigError::Invalid { field: field.to_owned(), rule: rule.to_owned() });
                    }
                }
                (Some(_), _) => {}
                (None, Some((inside, _))) => {
                    return Err(ConfigError::Nested { field, inside: inside.clone() });
                }
                (None, None) => return Err(ConfigError::Missing(field)),
            }
        }
        // serde's own message would repeat the value, which may be a secret in the wrong place.
        let config: Self =
            serde_path_to_error::deserialize(value).map_err(|error| invalid(&error.path().to_string()))?;
        Ok(Self { unknown_keys, ..config })
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
                    // "uint32" is not a JSON-schema format that Airbyte knows.
                    property.as_object_mut().map(|property| property.remove("format"));
                }
                if let Some(text) = property["description"].as_str() {
                    property["description"] = json!(text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
        }
        schema
    }

    /// Checks every value.
    pub fn validate(self) -> Result<Settings, ConfigError> {
        let origin = match self.base_url.as_deref() {
            Some(url) => origin(url)?,
            None => region(self.region.as_deref().unwrap_or(REGIONS[0].0))?,
        };
        let secrets = Secrets::default();
        secrets.add(&self.client_id);
        secrets.add(self.client_secret.expose_secret());
        Ok(Settings {
            client_id: self.client_id,
            client_secret: self.client_secret,
            secrets,
            origin,
            start_date: self.start_date.as_deref().map(start_date).transpose()?,
            requests_per_second: REQUESTS_PER_SECOND.checked(self.requests_per_second)?,
            max_concurrent_requests: MAX_CONCURRENT_REQUESTS.checked(self.max_concurrent_requests)? as usize,
            attendance_lookback: chrono::Duration::days(
                ATTENDANCE_LOOKBACK_DAYS.checked(self.attendance_lookback_days)?.into(),
            ),
            full_user_refresh: chrono::Duration::days(
                FULL_USER_REFRESH_DAYS.checked(self.full_user_refresh_days)?.into(),
            ),
            include_deleted_users: self.include_deleted_users.unwrap_or(INCLUDE_DELETED_USERS),
            unknown_keys: self.unknown_keys,
        })
    }
}

impl Number {
    fn checked(&self, value: Option<i64>) -> Result<u32, ConfigError> {
        let Some(value) = value else { return Ok(self.default) };
        let value = u32::try_from(value).ok().filter(|value| (self.least..=self.most).contains(value));
        value.ok_or_else(|| invalid(self.name))
    }
}

fn invalid(field: &str) -> ConfigError {
    ConfigError::Invalid { field: field.to_owned(), rule: rule(field) }
}

/// What a field must be.
fn rule(field: &str) -> String {
    if let Some(Number { least, most, .. }) = NUMBERS.into_iter().find(|number| number.name == field) {
        return format!("must be a whole number from {least} to {most}");
    }
    match field {
        "include_deleted_users" => "must be true or false".to_owned(),
        "region" => format!("must be {}", REGIONS.map(|(name, _)| format!("\"{name}\"")).join(" or ")),
        "base_url" => format!("must be the address of a server, such as {}", REGIONS[0].1),
        "start_date" => "must be a date in UTC, as 2024-09-01 or 2024-09-01T00:00:00Z".to_owned(),
        _ => "must be a string".to_owned(),
    }
}

fn region(name: &str) -> Result<Url, ConfigError> {
    let host = REGIONS.into_iter().find(|(region, _)| region.eq_ignore_ascii_case(name));
    host.map_or_else(|| Err(invalid("region")), |(_, host)| origin(host))
}

fn origin(text: &str) -> Result<Url, ConfigError> {
    let wrong = || invalid("base_url");
    let because = |rule: &str| ConfigError::Invalid { field: "base_url".to_owned(), rule: rule.to_owned() };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => return Err(wrong()),
    };
    if !["https", "http"].contains(&url.scheme()) {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(because("must be the address of a server without a user name and a password"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(because(
            "must be the address of a server without a path: remove what follows the host and the port",
        ));
    }
    if url.scheme() == "http" && !loopback {
        return Err(because(
            "must begin with https://; plain http is allowed for localhost only, since it shows the client secret",
        ));
    }
    Ok(url)
}

fn start_date(text: &str) -> Result<DateTime<Utc>, ConfigError> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text).map(|date| date.to_utc()).map_err(|_| invalid("start_date"))
}
