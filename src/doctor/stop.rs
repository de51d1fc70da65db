//! Why a run ended early, and what to do then. Pure.

/// Why the run ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A status of a server in trouble, or a redirect.
    Status(u16),
    /// A 403 that is not JSON: a page of a firewall or a proxy, and not of the API.
    Blocked,
    /// A valid token was refused.
    Token,
    /// There was no response.
    NoResponse(&'static str),
    /// A response was not a page.
    Unreadable,
    /// A response was larger than any page.
    TooLarge,
}

impl Stop {
    /// What happened, in a sentence; `stream` is that of the last response.
    pub(super) fn reason(self, stream: &str) -> String {
        match self {
            Self::Status(status) => format!("HTTP {status} for {stream}."),
            Self::Blocked => {
                format!(
                    "HTTP 403 for {stream}, not from the API: a firewall or a proxy may block the request."
                )
            }
            Self::Token => format!("HTTP 401 for {stream}, with a token that was just issued."),
            Self::NoResponse(what) => format!("{what}."),
            Self::Unreadable => {
                format!("the response for {stream} is not a page of the documented shape.")
            }
            Self::TooLarge => "a response was larger than any page.".to_owned(),
        }
    }

    /// What to do. A server that returned pages before has the right address.
    pub(super) fn advice(self, is_first: bool) -> &'static str {
        match self {
            Self::Blocked => "Check base_url and the network.",
            _ if is_first && self.is_another_server() => "Check base_url.",
            _ => "Run it again later.",
        }
    }

    /// The first sentence of a report without any result.
    pub(super) fn headline(self, stream: &str) -> String {
        let reason = if self.is_another_server() {
            "the response was not a page of the API.".to_owned()
        } else {
            self.reason(stream)
        };
        format!("Nothing could be checked: {reason} {}", self.advice(true))
    }

    /// True if this is what another server than the API returns.
    fn is_another_server(self) -> bool {
        match self {
            Self::Unreadable | Self::TooLarge => true,
            Self::Status(status) => status < 500 && !matches!(status, 408 | 425 | 429),
            Self::Blocked | Self::Token | Self::NoResponse(_) => false,
        }
    }
}
