//! Why a sync that could follow a log of events visits all parents.

use std::fmt;

/// The reason, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WholeReason {
    /// The configuration says so.
    Configured,
    /// No sync that was read to its end left digests.
    First,
    /// It continues an interrupted sync that did.
    Continued,
    /// The last time is so long ago.
    Due {
        /// Days, rounded down.
        days: i64,
    },
    /// The log forgets.
    LongAgo {
        /// Days, rounded down.
        days: i64,
    },
    /// Nothing logs the events.
    NoSubscription {
        /// Their type.
        event: &'static str,
    },
    /// The log does not reach back to the last sync.
    NewSubscription {
        /// Their type.
        event: &'static str,
    },
    /// The id of the subscription does not say when its log begins.
    UndatedSubscription {
        /// Their type.
        event: &'static str,
    },
    /// The log cannot be read.
    Unreadable {
        /// Why.
        reason: String,
    },
    /// An event of another type or form.
    ForeignEvent {
        /// The type of the subscription.
        event: &'static str,
    },
    /// An event names no listed parent, or not all that it is about.
    Unnamed {
        /// Their type.
        event: &'static str,
    },
    /// The log would cost too much.
    LongLog {
        /// Pages that were read.
        pages: usize,
    },
    /// Definitions were added or deleted.
    DefinitionsChanged {
        /// Their stream.
        definitions: &'static str,
    },
    /// Definitions cannot be read.
    DefinitionsUnknown {
        /// Their stream.
        definitions: &'static str,
    },
}

impl fmt::Display for WholeReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured => out.write_str("full_user_refresh_days is 0"),
            Self::First => out.write_str("no earlier sync left a state that can be used for it"),
            Self::Continued => out.write_str("an interrupted sync that visits all is continued"),
            Self::Due { days } => {
                write!(out, "the last time is {days} days ago (full_user_refresh_days)")
            }
            Self::LongAgo { days } => {
                write!(
                    out,
                    "the last sync is {days} days ago, and 360Learning keeps webhook events for 90 days"
                )
            }
            Self::NoSubscription { event } => write!(
                out,
                "no webhook subscription to {event} is active. Create one in 360Learning (Settings, Webhooks), and later syncs visit only users who changed"
            ),
            Self::NewSubscription { event } => {
                write!(out, "the last sync did not use this webhook subscription to {event}")
            }
            Self::UndatedSubscription { event } => {
                write!(out, "the id of the webhook subscription to {event} does not say when its log begins")
            }
            Self::Unreadable { reason } => write!(out, "the webhook events cannot be read: {reason}"),
            Self::ForeignEvent { event } => {
                write!(out, "the log of {event} has an event of another type or form")
            }
            Self::Unnamed { event } => {
                write!(out, "an event {event} does not name each user by the id of one who is listed")
            }
            Self::LongLog { pages } => {
                write!(
                    out,
                    "there are more than {pages} pages of webhook events, and visiting all is cheaper"
                )
            }
            Self::DefinitionsChanged { definitions } => {
                write!(out, "rows of `{definitions}` are not known to be those of the last sync")
            }
            Self::DefinitionsUnknown { definitions } => write!(out, "`{definitions}` cannot be read"),
        }
    }
}
