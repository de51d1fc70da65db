//! Which streams are read for a set of plans, and how their rows reach those that need them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::Shared;
use super::feed_reader::FeedReader;
use super::parents::{ParentSender, ParentSource};
use super::plan::ReadPlan;
use super::reader::StreamReader;
use crate::streams::{STREAMS, Stream, WEBHOOK_SUBSCRIPTIONS, request};

/// A reader for each selected stream, and for each stream of which one that has something to read needs the rows.
pub(super) fn readers(plans: &[ReadPlan], shared: &Arc<Shared>) -> Vec<StreamReader> {
    let is = |a: &'static Stream, b: &'static Stream| std::ptr::eq(a, b);
    let needs = |plan: &ReadPlan, stream| {
        plan.is_needed()
            && (plan.stream.ancestors().any(|above| is(above, stream))
                || !feed_columns(plan, stream).is_empty())
    };
    let below = |stream| plans.iter().filter(move |plan| needs(plan, stream));
    let own = |stream| plans.iter().find(|plan| is(plan.stream, stream));
    let is_read = |stream: &&'static Stream| own(stream).is_some() || below(stream).next().is_some();
    let streams: Vec<&'static Stream> = STREAMS.iter().copied().filter(is_read).collect();
    // A feed may use rows of a stream that comes later in the table.
    let mut senders: BTreeMap<&str, ParentSender> =
        streams.iter().map(|stream| (stream.name, watch::channel(None).0)).collect();
    let result =
        |senders: &BTreeMap<&str, ParentSender>, name| senders.get(name).map(watch::Sender::subscribe);
    let mut readers = Vec::new();
    for stream in &streams {
        let of = stream.parent.as_ref();
        let parent = of.and_then(|of| Some(ParentSource { of, result: result(&senders, of.stream.name)? }));
        let feed = own(stream).filter(|plan| plan.is_needed()).and_then(|plan| plan.feed.as_ref());
        let feed = feed.map(|plan| FeedReader {
            shared: Arc::clone(shared),
            stream,
            subscriptions: result(&senders, WEBHOOK_SUBSCRIPTIONS.name),
            definitions: plan.feed.definitions.and_then(|of| result(&senders, of.stream.name)),
        });
        readers.push((*stream, parent, feed));
    }
    let reads = |child: &&&'static Stream| {
        // A selected child with nothing to read needs no rows from above.
        below(child).next().is_some() || own(child).is_some_and(ReadPlan::is_needed)
    };
    let reader = |(stream, parent, feed): (&'static Stream, _, _)| {
        let mut columns = columns(stream, STREAMS.iter().filter(reads));
        for column in plans.iter().filter(|plan| plan.is_needed()).flat_map(|plan| feed_columns(plan, stream))
        {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        Some(StreamReader {
            shared: Arc::clone(shared),
            stream,
            plan: own(stream).cloned(),
            below: below(stream).cloned().collect(),
            columns,
            children: senders.remove(stream.name)?,
            parent,
            feed,
        })
    };
    readers.into_iter().filter_map(reader).collect()
}

/// The fields of a stream's rows that show a plan which of its parents changed.
fn feed_columns(plan: &ReadPlan, stream: &Stream) -> Vec<&'static str> {
    let feed =
        plan.feed.as_ref().filter(|plan| plan.follows_log() || stream.name != WEBHOOK_SUBSCRIPTIONS.name);
    feed.map_or_else(Vec::new, |plan| request::columns_for_feed(plan.feed, stream))
}

/// The fields of a stream's rows that these children need. What the connector adds itself is in the row above.
fn columns<'a>(
    stream: &'static Stream,
    children: impl Iterator<Item = &'a &'static Stream>,
) -> Vec<&'static str> {
    let mut columns = request::columns_for(stream, children.copied());
    if let Some(parent) = stream.parent.as_ref().filter(|parent| parent.added) {
        columns.retain(|column| request::parent_field(parent, column).is_none());
    }
    columns
}
