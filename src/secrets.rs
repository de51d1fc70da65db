//! What must never be printed, and the last look at a text before it is.
//!
//! The first line of defence is that no text is made from a body, a header or a query (see `api`). This is the second: it
//! knows the secrets of this process in every form in which a server or a library may hand them back.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in place of a secret.
const HIDDEN: &str = "****";

/// A shorter text is no secret, and hiding it would make every message unreadable.
const SHORTEST: usize = 6;

/// The secrets of one process: the credentials, and each token as it is issued.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Vec<String>>>);

impl Secrets {
    /// Hides this text from now on, in each of its forms. One of fewer than six characters is left alone.
    pub fn add(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let mut forms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !forms.iter().any(|form| form == secret) {
            forms.extend(forms_of(secret));
            // A form that holds another one is to be hidden whole.
            forms.sort_unstable_by_key(|form| std::cmp::Reverse(form.len()));
            forms.dedup();
        }
    }

    /// The text with every secret replaced by `****`.
    #[must_use]
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut text = Cow::Borrowed(text);
        for form in forms.iter() {
            if text.contains(form.as_str()) {
                text = text.replace(form.as_str(), HIDDEN).into();
            }
        }
        text
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secrets")
    }
}

/// What RFC 3986 leaves as it is, and what an HTML form does.
const URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// As it is, as a JSON string, percent-encoded, and in base64 of either alphabet.
fn forms_of(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let mut forms = vec![secret.to_owned(), json[1..json.len() - 1].to_owned()];
    for set in [NON_ALPHANUMERIC, URL, FORM] {
        let encoded = utf8_percent_encode(secret, set).to_string();
        for encoded in [with_small_digits(&encoded), encoded] {
            forms.push(encoded.replace("%20", "+"));
            forms.push(encoded);
        }
    }
    // Base64 depends on how many bytes stand before; what mixes with its neighbours is left out.
    for before in 0..3 {
        let padded = [&b"\0\0"[..before], secret.as_bytes()].concat();
        let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            forms.push(encoded[start..end].to_owned());
        }
    }
    forms
}

/// `%2F` as `%2f`.
fn with_small_digits(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(part.len().min(2));
        text + "%" + &digits.to_lowercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_form_and_nothing_else_is() {
        let secrets = Secrets::default();
        let secret = "S3cr3t/with ~odd+chars=\"é";
        secrets.add(secret);
        secrets.add("abc");
        for around in ["", "a", "ab", "id:", "id:x"] {
            let text = format!("{around}{secret}");
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let encoded = engine.encode(&text);
                assert!(secrets.hide(&encoded).contains(HIDDEN), "{around}: {encoded}");
            }
            assert_eq!(secrets.hide(&text), format!("{around}{HIDDEN}"));
        }
        let in_a_form = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        let in_a_url = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        for encoded in [with_small_digits(&in_a_form), in_a_form, in_a_url] {
            assert_eq!(secrets.hide(&encoded), HIDDEN);
        }
        assert_eq!(secrets.hide("abc and é"), "abc and é");
        assert_eq!(format!("{secrets:?}"), "Secrets");
    }
}
