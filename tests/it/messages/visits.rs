//! Every reason to visit all users.

use source_360learning::notice::WholeReason;

use super::{ANY, NUMBER, any};

pub(super) fn whole_reasons() -> Vec<WholeReason> {
    let (event, definitions, days) = (ANY, ANY, i64::from(NUMBER));
    every_variant!(WholeReason {
        WholeReason::Configured => [WholeReason::Configured],
        WholeReason::First => [WholeReason::First],
        WholeReason::Continued => [WholeReason::Continued],
        WholeReason::Due { .. } => [WholeReason::Due { days }],
        WholeReason::LongAgo { .. } => [WholeReason::LongAgo { days }],
        WholeReason::NoSubscription { .. } => [WholeReason::NoSubscription { event }],
        WholeReason::NewSubscription { .. } => [WholeReason::NewSubscription { event }],
        WholeReason::Unreadable { .. } => [WholeReason::Unreadable { reason: any() }],
        WholeReason::Unnamed { .. } => [WholeReason::Unnamed { event }],
        WholeReason::LongLog { .. } => [WholeReason::LongLog { pages: NUMBER as usize }],
        WholeReason::DefinitionsChanged { .. } => [WholeReason::DefinitionsChanged { definitions }],
        WholeReason::UndatedSubscription { .. } => [WholeReason::UndatedSubscription { event }],
        WholeReason::ForeignEvent { .. } => [WholeReason::ForeignEvent { event }],
        WholeReason::DefinitionsUnknown { .. } => [WholeReason::DefinitionsUnknown { definitions }],
    })
}
