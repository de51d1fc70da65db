//! What the API's documentation leaves open. Without a variant a sandbox behaves as documented; each variant answers
//! one open question the other way, as some tenant might. Variants combine.

use std::fmt;
use std::str::FromStr;

/// A way in which a tenant may differ from the documentation, or from what is guessed where it is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Answers of more than a kilobyte are compressed for whoever accepts gzip.
    Gzip,
    /// A list with a `status` filter shows neither archived nor deleted rows unless `status` is filtered on.
    HiddenArchived,
    /// Encoded brackets (`%5B`, `%5D`) in a filter mean the same as raw ones.
    EncodedBrackets,
    /// A filter with encoded brackets is answered with `400`. Wins over [`EncodedBrackets`](Self::EncodedBrackets).
    EncodedBracketsRefused,
    /// Each list has an order of its own, drawn from its path and the rows' ids; also lists that are in a natural order
    /// otherwise.
    Unordered,
    /// Lists whose rows have an `_id` come in its order; otherwise they come in one that is drawn from the ids and follows
    /// neither them nor any date. Wins over [`Unordered`](Self::Unordered).
    Ordered,
    /// Each page begins with the last row of the page before.
    RepeatedRows,
    /// A `next` is good for the 60 admitted GETs after the one that gave it.
    ShortNext,
    /// A `next` is good for one request, even if the answer does not arrive.
    NextOnce,
    /// A filter beside `next` is answered with `400`.
    NextRefusesFilters,
    /// A `next` leads on in the whole list, whatever the filters of the page that gave it.
    NextForgetsFilters,
    /// Dates in answers come without milliseconds.
    NoMilliseconds,
    /// A filter whose value is a date without a time is answered with `400`.
    DateOnlyRefused,
    /// Every filter is ignored, and the whole list comes.
    FiltersIgnored,
    /// The `429` of the rate limit carries `Retry-After: 1`.
    RetryAfter,
    /// The body of a `403` is `{"error":"invalid_scope"}`, the other official form.
    Flat403,
    /// A parent that does not exist is answered with `404` before the scope is looked at.
    ScopeAfterLookup,
    /// The target of a `Link` is relative to the server.
    RelativeLinks,
    /// Pages hold a third of the documented rows.
    ShortPages,
    /// Every row that is an object has a field that no documentation knows; one row in eight has a `status` and `type`
    /// that no documentation knows either, nor any filter selects.
    NewFields,
    /// Dates that are optional in the official types are missing on a good share of the rows, which are older than these
    /// fields: `createdAt` and `modifiedAt` of classrooms, slots and registrations, `modifiedAt` of enrollments,
    /// `createdAt` and `updatedAt` of skills and powers, all three dates of attempts at courses. A row that is changed has
    /// its date of change from then on, an attempt that goes on those of its activity; `createdAt` stays missing.
    WithoutDates,
    /// `expires_in` of a token is a number.
    NumericExpiry,
    /// Answers have no `Date` header.
    NoDateHeader,
    /// The company's list of registrations answers at `/classrooms/registrations`.
    RegistrationsUnderClassrooms,
    /// The company's list of registrations answers at `/classroom-slots/registrations`.
    RegistrationsUnderSlots,
    /// It answers at `/classrooms/registrations`, and its rows name neither classroom nor slot.
    RegistrationsWithoutClassroom,
    /// `/classrooms/registrations` answers with one JSON object. Wins over the other two at that path.
    RegistrationsNotAList,
}

const COUNT: usize = 27;

impl Variant {
    /// Every variant.
    pub const ALL: [Self; COUNT] = {
        let mut all = [Self::Gzip; COUNT];
        let mut index = 0;
        while index < all.len() {
            all[index] = NAMES[index].1;
            index += 1;
        }
        all
    };
}

const NAMES: [(&str, Variant); COUNT] = [
    ("gzip", Variant::Gzip),
    ("hidden-archived", Variant::HiddenArchived),
    ("encoded-brackets", Variant::EncodedBrackets),
    ("encoded-brackets-refused", Variant::EncodedBracketsRefused),
    ("unordered", Variant::Unordered),
    ("ordered", Variant::Ordered),
    ("repeated-rows", Variant::RepeatedRows),
    ("short-next", Variant::ShortNext),
    ("next-once", Variant::NextOnce),
    ("next-refuses-filters", Variant::NextRefusesFilters),
    ("next-forgets-filters", Variant::NextForgetsFilters),
    ("no-milliseconds", Variant::NoMilliseconds),
    ("date-only-refused", Variant::DateOnlyRefused),
    ("filters-ignored", Variant::FiltersIgnored),
    ("retry-after", Variant::RetryAfter),
    ("flat-403", Variant::Flat403),
    ("scope-after-lookup", Variant::ScopeAfterLookup),
    ("relative-links", Variant::RelativeLinks),
    ("short-pages", Variant::ShortPages),
    ("new-fields", Variant::NewFields),
    ("without-dates", Variant::WithoutDates),
    ("numeric-expiry", Variant::NumericExpiry),
    ("no-date-header", Variant::NoDateHeader),
    ("registrations-under-classrooms", Variant::RegistrationsUnderClassrooms),
    ("registrations-under-slots", Variant::RegistrationsUnderSlots),
    ("registrations-without-classroom", Variant::RegistrationsWithoutClassroom),
    ("registrations-not-a-list", Variant::RegistrationsNotAList),
];

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, variant)| variant == self).map_or("?", |(name, _)| name);
        formatter.pad(name)
    }
}

impl FromStr for Variant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || NAMES.map(|(name, _)| name).join(", ");
        let known = NAMES.iter().find(|(name, _)| *name == text);
        known
            .map(|(_, variant)| *variant)
            .ok_or_else(|| format!("unknown variant {text:?}: use one of {}", names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_read_by_the_name_that_it_shows() {
        for variant in Variant::ALL {
            assert_eq!(variant.to_string().parse(), Ok(variant));
        }
        let error = "teapot".parse::<Variant>().unwrap_err();
        assert!(Variant::ALL.iter().all(|variant| error.contains(&variant.to_string())), "{error}");
    }
}
