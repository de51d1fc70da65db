//! What the API's documentation leaves open. Without a variant a sandbox behaves as documented; each variant answers
//! one open question the other way, as some tenant might.

use std::fmt;
use std::str::FromStr;

/// A way in which a tenant may differ from the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Answers of more than a kilobyte are compressed for whoever accepts gzip.
    Gzip,
}

const COUNT: usize = 1;

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

const NAMES: [(&str, Variant); COUNT] = [("gzip", Variant::Gzip)];

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
        known.map(|(_, variant)| *variant).ok_or_else(|| format!("unknown variant {text:?}: use {}", names()))
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
        assert!("teapot".parse::<Variant>().unwrap_err().contains("gzip"));
    }
}
