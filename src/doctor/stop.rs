//! Why a run ended early, and what to do then. Pure.

use super::exchange::Response;
use crate::api::ProbeError;

/// Why a run ended early.
#[derive(Debug)]
pub(super) struct Stop {
    /// What happened, in a sentence.
    pub reason: String,
    /// True if the response came from a firewall or a proxy.
    is_blocked: bool,
    /// True if this is what another server than the API returns.
    is_another_server: bool,
}

impl Stop {
    /// Why a response ends the run; `None` if it does not.
    pub(super) fn after(response: &Response) -> Option<Self> {
        let (stream, status) = (response.name(), response.raw.status);
        let reason = match status {
            _ if response.is_page() => return None,
            204 | 400 | 404 | 410 => return None,
            // Complete JSON is a response, even if it is not a page.
            200..=299 | 403 if response.raw.is_json => return None,
            200..=299 => format!("the response for {stream} is not a page of the documented shape."),
            401 => format!("HTTP 401 for {stream}, with a token that was just issued."),
            403 => format!(
                "HTTP 403 for {stream}, not from the API: a firewall or a proxy may block the request."
            ),
            _ => format!("HTTP {status} for {stream}."),
        };
        let is_another_server = status < 500 && !matches!(status, 401 | 403 | 408 | 425 | 429);
        Some(Self { reason, is_blocked: status == 403, is_another_server })
    }

    /// That there was no response.
    pub(super) fn without_response(error: &ProbeError) -> Self {
        let reason = match error {
            ProbeError::NoToken(_) => "no new token was issued.",
            ProbeError::NoConnection => "the connection failed.",
            ProbeError::Late => "a response timed out.",
            ProbeError::Broken => "a response was cut off.",
            ProbeError::TooLarge => "a response was larger than any page.",
        };
        let is_another_server = matches!(error, ProbeError::TooLarge);
        Self { reason: reason.to_owned(), is_blocked: false, is_another_server }
    }

    /// What to do. A server that returned pages before has the right address.
    pub(super) fn advice(&self, is_first: bool) -> &'static str {
        match self {
            Self { is_blocked: true, .. } => "Check base_url and the network.",
            Self { is_another_server: true, .. } if is_first => "Check base_url.",
            _ => "Run it again later.",
        }
    }

    /// The first sentence of a report without any result.
    pub(super) fn headline(&self) -> String {
        let another = "the response was not a page of the API.";
        let reason = if self.is_another_server { another } else { &self.reason };
        format!("Nothing could be checked: {reason} {}", self.advice(true))
    }
}
