//! What must never be printed, and the filter of every text before it is.
//!
//! The first line of defense is that messages never contain response bodies, headers or query strings (see `api`). This is
//! the second: it knows the secrets of this process in every form in which a server or a library may return them.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What replaces a secret.
const HIDDEN: &str = "****";

/// A shorter text is not a secret, and hiding it would make every message unreadable.
const SHORTEST: usize = 6;

/// The secrets of one process, in lower case: the credentials, and each token as it is issued.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Vec<String>>>);

impl Secrets {
    /// Hides this text from now on, in each of its forms. One of fewer than six characters is left alone.
    pub fn add(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let mut forms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !forms.contains(&fold(secret)) {
            forms.extend(forms_of(secret).iter().map(|form| fold(form)));
            // A form that contains another one is replaced first, so that no part of it remains.
            forms.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
            forms.dedup();
        }
    }

    /// The text with every secret replaced by `****`, in upper or lower case alike: a server may change it.
    #[must_use]
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let folded = fold(text);
        let mut text = Cow::Borrowed(text);
        for form in forms.iter().filter(|form| folded.contains(form.as_str())) {
            text = without(&text, form).into();
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

/// The secret itself, as a JSON string, percent-encoded, and in base64 of either alphabet.
fn forms_of(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let mut forms = vec![secret.to_owned(), json[1..json.len() - 1].to_owned()];
    for set in [NON_ALPHANUMERIC, URL, FORM] {
        let encoded = utf8_percent_encode(secret, set).to_string();
        forms.push(encoded.replace("%20", "+"));
        forms.push(encoded);
    }
    // Base64 depends on how many bytes precede the secret; characters that its neighbors share are left out.
    for before in 0..3 {
        let padded = [&b"\0\0"[..before], secret.as_bytes()].concat();
        let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            forms.push(encoded[start..end].to_owned());
        }
    }
    forms
}

/// The text in lower case, character by character: no character depends on its neighbors.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The text without this folded form, wherever it is in upper or lower case.
fn without(text: &str, form: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // For each byte of the folded text, the character of the text that it comes from.
    let mut origins = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        folded.extend(character.to_lowercase());
        origins.resize(folded.len(), at..at + character.len_utf8());
    }
    let mut hidden = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, _) in folded.match_indices(form) {
        hidden.push_str(text.get(kept..origins[at].start).unwrap_or_default());
        hidden.push_str(HIDDEN);
        kept = origins[at + form.len() - 1].end;
    }
    hidden + &text[kept..]
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
        for encoded in [in_a_form, in_a_url] {
            assert_eq!(secrets.hide(&encoded), HIDDEN);
            assert_eq!(secrets.hide(&encoded.to_lowercase()), HIDDEN);
        }
        assert_eq!(secrets.hide("abc and é"), "abc and é");
        assert_eq!(format!("{secrets:?}"), "Secrets");
    }

    #[test]
    fn a_secret_is_hidden_in_any_case_and_the_text_around_it_stays() {
        let secrets = Secrets::default();
        secrets.add("SecretÉtéΣİ");
        secrets.add("ΣΣSecretÉtéΣİΣ");
        for secret in ["SecretÉtéΣİ", "secretétéσi\u{307}", "SECRETÉTÉΣİ", "ΣΣSecretÉtéΣİΣ"]
        {
            let text = format!("İÀ {secret} and {secret}Σ.");
            assert_eq!(secrets.hide(&text), format!("İÀ {HIDDEN} and {HIDDEN}Σ."));
        }
    }
}
