//! What one stream is: a resource of the API, and how it is read without losing a row.

/// One entry of the table, written as `Stream { name: …, ..Stream::LIST }`: only what is special.
#[derive(Debug)]
pub struct Stream {
    /// The stream's name in Airbyte, `snake_case`, after the API's own noun.
    pub name: &'static str,
    /// What one row is, in a sentence for people.
    pub row: &'static str,
    /// The path under `/api/v2`. [`Parent::fields`] or [`Parent::variants`] provides each `{name}`.
    pub path: &'static str,
    /// The OAuth scope that the API requires (operation description in the official OpenAPI).
    pub scope: &'static str,
    /// Documented rows per page, for estimates only: a list ends where no `Link` follows. `None`
    /// where the whole list comes in one response.
    pub page_size: Option<u32>,
    /// The stream under whose rows this one is read; `None` for a list of its own.
    pub parent: Option<Parent>,
    /// The fields that identify a row.
    pub key: &'static [&'static str],
    /// How changed rows are found; `None` where nothing in the API shows every change.
    pub cursor: Option<Cursor>,
    /// Statuses that the plain list may leave out (undocumented). Each has a list of its own.
    pub hidden: &'static [HiddenStatus],
    /// Error codes that are normal for a kind of parent, such as a slot without a waitlist: no
    /// rows.
    pub empty_codes: &'static [&'static str],
    /// Error codes that mean "this feature is off for the whole account".
    pub off_codes: &'static [&'static str],
    /// What one response holds.
    pub body: Body,
    /// The JSON schema of the record type.
    pub schema: fn() -> schemars::Schema,
}

/// A status that a plain list may leave out; its own list has the filter `status[eq]=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HiddenStatus {
    /// Such as `archived`.
    pub value: &'static str,
    /// True if rows carry their `status`. Without it a plain list cannot prove that it holds such
    /// rows.
    pub in_rows: bool,
}

/// What one response of a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A list of objects: the records.
    Objects,
    /// A list of bare values: each becomes a record with this field.
    Values(&'static str),
    /// One object: the record.
    Object,
}

/// A path parameter that takes each of these values in turn under every parent. It is added to the
/// records.
#[derive(Debug)]
pub struct Variants {
    /// The parameter, and the record's field.
    pub name: &'static str,
    /// Its documented values.
    pub values: &'static [&'static str],
}

/// The stream under whose rows a child is read, and what each parent row gives to the child.
#[derive(Debug)]
pub struct Parent {
    /// The parent stream.
    pub stream: &'static Stream,
    /// Pairs of a field of the parent's record and its name for the child. The first field
    /// identifies the parent row: parents are read in its order.
    pub fields: &'static [(&'static str, &'static str)],
    /// True if these fields are added to the child's records (the API leaves them out).
    pub added: bool,
    /// Which parents are requested.
    pub which: WhichParents,
    /// A path parameter beside the parent's; `None` for one request per parent.
    pub variants: Option<Variants>,
}

/// Which parents are requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichParents {
    /// All.
    All,
    /// All users, or those who are not deleted, after `include_deleted_users` of the configuration.
    IncludedUsers,
    /// Those that are not deleted: the API has nothing for the others.
    NotDeleted,
    /// Those whose field is `true`: the API refuses the others.
    Where(&'static str),
}

/// How an incremental sync finds the rows that changed since the last one.
#[derive(Debug, Clone, Copy)]
pub enum Cursor {
    /// The API promises the field on every row and filters on it: `field[gte]`. A row with a
    /// [hidden](Stream::hidden) status is emitted whatever its date, which may not have moved.
    Filtered {
        /// The field.
        field: &'static str,
        /// Days before the window that are read again, for rows that change while their date does
        /// not.
        lookback_days: u16,
    },
    /// The fields are optional, so a filter would lose rows: the list is read in full, and rows
    /// with a newer date, or without any, are emitted. The first field is the cursor field.
    Chosen(&'static [&'static str]),
    /// Rows carry no date. All rows of a parent are read again unless its `end` is before the
    /// lookback and each of `changed` is before the window. The cursor field is [`READ_AT`].
    ByParent {
        /// The added field with the end of the parent.
        end: &'static str,
        /// The added fields with the last change and the creation of the parent.
        changed: &'static [&'static str],
    },
    /// Rows carry no date, so the cursor field is [`READ_AT`]. All rows of a parent are read again if a webhook event names
    /// it or its own row changed; of every parent where that is not certain.
    ByFeed(Feed),
}

/// The field that the connector adds to rows without a date: when they were read.
pub const READ_AT: &str = "readAt";

/// The log of webhook events that names the parents whose rows changed.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    /// The type of these events.
    pub event: &'static str,
    /// The field of the parent's row that moves without a change.
    pub ignored: &'static str,
    /// What a parent has one row of each; `None` where a row that vanishes cannot be shown.
    pub definitions: Option<Definitions>,
}

/// The rows that a parent should have: one for each row of another stream. An incremental sync
/// emits all of them, with a null value where the API has none.
#[derive(Debug, Clone, Copy)]
pub struct Definitions {
    /// The other stream.
    pub stream: &'static Stream,
    /// The child's field with the id of its row.
    pub key: &'static str,
    /// The child's field that is null where the API has no row.
    pub value: &'static str,
    /// The other stream's field and its value by which rows belong to other parents.
    pub except: (&'static str, &'static str),
}

impl Cursor {
    /// The record's field that Airbyte shows as the cursor.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Cursor::Filtered { field, .. } => field,
            Cursor::Chosen(fields) => fields[0],
            Cursor::ByParent { .. } | Cursor::ByFeed(_) => READ_AT,
        }
    }

    /// True if the connector adds the cursor field: rows carry no date.
    #[must_use]
    pub fn is_added(&self) -> bool {
        self.field() == READ_AT
    }
}

impl Parent {
    /// What most parents have.
    pub const OF: Parent =
        Parent { stream: &Stream::LIST, fields: &[], added: true, which: WhichParents::All, variants: None };
}

impl Stream {
    /// A plain list that is read in full: what most entries share.
    pub const LIST: Stream = Stream {
        name: "",
        row: "",
        path: "",
        scope: "",
        page_size: None,
        parent: None,
        key: &["_id"],
        cursor: None,
        hidden: &[],
        empty_codes: &[],
        off_codes: &[],
        body: Body::Objects,
        schema: super::schema::of::<super::schema::Open>,
    };

    /// The stream's JSON schema as Airbyte wants it: draft-07, every property nullable except the
    /// key.
    #[must_use]
    pub fn json_schema(&self) -> serde_json::Value {
        super::schema::for_airbyte((self.schema)(), self.key)
    }

    /// True if an interrupted read continues where it stopped: a stream with a cursor keeps it, and
    /// a child keeps the last parent that was read in full.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.cursor.is_some() || self.parent.is_some()
    }

    /// The log that names the parents whose rows changed; `None` where dates do, or nothing does.
    #[must_use]
    pub fn feed(&self) -> Option<&Feed> {
        match &self.cursor {
            Some(Cursor::ByFeed(feed)) => Some(feed),
            _ => None,
        }
    }

    /// The parent, its parent, and so on up to the root.
    pub fn ancestors(&self) -> impl Iterator<Item = &'static Stream> + use<> {
        std::iter::successors(self.parent.as_ref().map(|parent| parent.stream), |stream| {
            stream.parent.as_ref().map(|parent| parent.stream)
        })
    }
}
