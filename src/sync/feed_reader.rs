//! Reads what shows which parents of a stream changed: the definitions, the webhook subscriptions and the events of one.

use std::sync::Arc;

use chrono::SecondsFormat;
use compact_str::CompactString;
use tokio::sync::watch;

use super::Shared;
use super::feed::{Digests, FeedPlan, Found, Log, Step as EventStep, active_subscription, digest_of_ids};
use super::pager::{Pager, Step};
use super::parents::{ParentResult, ParentRows, ready};
use super::plan::ReadPlan;
use super::writer::Chunk;
use crate::error::Error;
use crate::notice::{Notice, WholeReason};
use crate::streams::{Definitions, Stream, WEBHOOK_EVENTS, request};

/// The pages of a log cost at most one in so many of the requests that they may save.
const SHARE: usize = 10;

/// A log of so few pages is always read.
const FEW_PAGES: usize = 10;

/// Decides which parents of one stream are visited.
#[derive(Debug)]
pub(super) struct FeedReader {
    pub(super) shared: Arc<Shared>,
    pub(super) stream: &'static Stream,
    /// `None` where the configuration wants none.
    pub(super) subscriptions: Option<watch::Receiver<Option<ParentResult>>>,
    /// `None` where the stream has none.
    pub(super) definitions: Option<watch::Receiver<Option<ParentResult>>>,
}

impl FeedReader {
    /// Reads what there is and lets the plan decide. Only a sync that is ending is an error.
    pub(super) async fn decide(&mut self, plan: &mut ReadPlan, parents: &ParentRows) -> Result<(), Error> {
        let Some(feed) = plan.feed.clone() else { return Ok(()) };
        let definitions = self.definitions(&feed).await?;
        if let Some(Ok(ids)) = &definitions {
            plan.definitions = ids.iter().cloned().collect();
        }
        let digest = |ids: Vec<CompactString>| digest_of_ids(ids.iter().map(CompactString::as_str));
        let found = Found {
            subscription: self.subscription(&feed).await?,
            parents: Digests::of(parents.iter().map(|row| {
                // A parent that was left out by the last sync is new to this one.
                let is_included = self.is_included(|name| row.value(name));
                (row.id(), row.digest().wrapping_add(u64::from(is_included)))
            })),
            definitions: definitions.map(|ids| ids.map(digest)),
        };
        let log = match (feed.since(&found), &found.subscription) {
            (Ok((since, whole_at)), Ok(subscription)) => {
                self.log(&feed, subscription, Log::new(feed.feed.event, since, whole_at), parents).await?
            }
            (Err(reason), _) => Err(reason),
            (_, Err(reason)) => Err(reason.clone()),
        };
        let (named, reason, events) = match log {
            Ok(log) => (Some(log.named), None, log.events),
            Err(reason) => (None, Some(reason), 0),
        };
        let is_named = named.clone().unwrap_or_default();
        plan.decide(found, named);
        let (stream, parent) =
            (self.stream.name, self.stream.parent.as_ref().map_or("", |of| of.stream.name));
        let eligible = || parents.iter().filter(|row| self.is_included(|name| row.value(name)));
        let count = eligible().count();
        let notice = if let Some(reason) = reason {
            Notice::AllVisited { stream, parent, count, reason }
        } else {
            let visited = eligible().filter(|row| plan.visits(row.id())).count();
            let named = eligible().filter(|row| is_named.contains(row.id())).count();
            Notice::ChangedVisited { stream, parent, visited, count, named, events }
        };
        self.shared.send(Chunk::Notice(notice)).await
    }

    fn is_included<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        let which = self.stream.parent.as_ref().map(|of| of.which);
        which.is_none_or(|which| request::includes(which, self.shared.settings.include_deleted_users, value))
    }

    /// The ids of the definitions, in their order.
    async fn definitions(
        &mut self,
        feed: &FeedPlan,
    ) -> Result<Option<Result<Vec<CompactString>, WholeReason>>, Error> {
        let (Some(result), Some(of)) = (&mut self.definitions, feed.feed.definitions) else {
            return Ok(None);
        };
        let Definitions { stream: of, except: (field, others), .. } = of;
        let rows = self.shared.unless_ended(ready(result)).await??;
        let reason = rows
            .failure
            .map(|error| because(&error))
            .or_else(|| (rows.rows.without_id() > 0).then(|| "a row has no id".to_owned()));
        if let Some(reason) = reason {
            let notice =
                Notice::DefinitionsUnknown { stream: self.stream.name, definitions: of.name, reason };
            self.shared.send(Chunk::Notice(notice)).await?;
            return Ok(Some(Err(WholeReason::DefinitionsUnknown { definitions: of.name })));
        }
        let ids = rows.rows.iter().filter(|row| row.value(field) != Some(others));
        Ok(Some(Ok(ids.map(|row| row.id().into()).collect())))
    }

    /// The active subscription to the events of the feed.
    async fn subscription(&mut self, feed: &FeedPlan) -> Result<Result<String, WholeReason>, Error> {
        let Some(result) = &mut self.subscriptions else { return Ok(Err(WholeReason::Configured)) };
        let rows = tokio::time::timeout(self.shared.timing.shortcut, ready(result));
        let Ok(rows) = self.shared.unless_ended(rows).await? else { return Ok(Err(self.silent())) };
        let rows = rows?;
        if let Some(error) = rows.failure {
            return Ok(Err(WholeReason::Unreadable { reason: because(&error) }));
        }
        let rows = rows.rows.iter().map(|row| (row.id(), row.value("eventType"), row.value("status")));
        Ok(active_subscription(rows, feed.feed.event, feed.subscription()))
    }

    /// 360Learning does not answer for so long that visiting all parents is better than to wait.
    fn silent(&self) -> WholeReason {
        let seconds = self.shared.timing.shortcut.as_secs();
        WholeReason::Unreadable { reason: format!("no response within {seconds} s") }
    }

    /// What the events of a subscription name, or why that does not help.
    async fn log(
        &self,
        feed: &FeedPlan,
        subscription: &str,
        mut log: Log,
        parents: &ParentRows,
    ) -> Result<Result<Log, WholeReason>, Error> {
        let event = feed.feed.event;
        let path = request::path(&WEBHOOK_EVENTS, None, |_| Some(subscription.to_owned()));
        let path = path.ok_or(Error::ParentWithoutId { stream: WEBHOOK_EVENTS.name })?;
        let query = format!("createdAt[gte]={}", log.since.to_rfc3339_opts(SecondsFormat::Millis, true));
        self.shared.progress.expect(1);
        let (client, progress) = (&self.shared.client, &self.shared.progress);
        let mut pager = Pager::new(client, progress, &WEBHOOK_EVENTS, &path, &query);
        let most = (parents.len() / SHARE).max(FEW_PAGES);
        let mut read = 0;
        loop {
            let next = tokio::time::timeout(self.shared.timing.shortcut, pager.next());
            let Ok(next) = self.shared.unless_ended(next).await? else { return Ok(Err(self.silent())) };
            let page = match next {
                Ok(Step::Page { page, .. }) => page,
                Ok(Step::Restart { .. }) => {
                    // From the first page on again.
                    log.events = 0;
                    continue;
                }
                Ok(Step::End | Step::Empty) => return Ok(Ok(log)),
                Ok(Step::NotFound | Step::Off) => return Ok(Err(WholeReason::NoSubscription { event })),
                Err(error) => return Ok(Err(WholeReason::Unreadable { reason: because(&error) })),
            };
            for row in page.rows.iter() {
                match log.add(row, |id| parents.has(id)) {
                    EventStep::Clear => {}
                    EventStep::Unclear => return Ok(Err(WholeReason::Unnamed { event })),
                    EventStep::Foreign => return Ok(Err(WholeReason::ForeignEvent { event })),
                }
            }
            read += 1;
            if read > most {
                return Ok(Err(WholeReason::LongLog { pages: most }));
            }
        }
    }
}

/// Why a list could not be read, within a sentence.
fn because(error: &Error) -> String {
    match error {
        Error::Scope { scope, .. } => format!("the credentials lack the scope `{scope}`"),
        error => error.to_string().trim_end_matches('.').to_owned(),
    }
}
