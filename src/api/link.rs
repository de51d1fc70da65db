//! The `Link` header: where the next page is.

use url::Url;

use super::ApiError;

/// The `rel="next"` target of a `Link` header, resolved against the page it came with. A target on another origin is
/// refused: following it would hand the token over.
pub(super) fn next(header: &str, page: &Url) -> Result<Option<Url>, ApiError> {
    let Some(target) = target(header) else { return Ok(None) };
    let foreign = |origin: String| ApiError::ForeignLink { path: page.path().to_owned(), origin };
    let next = page.join(target).map_err(|_| foreign("an address that is no URL".to_owned()))?;
    if next.origin() == page.origin() {
        Ok(Some(next))
    } else {
        Err(foreign(next.origin().ascii_serialization()))
    }
}

/// Walks `<target>; param=value; param="value", <target> …` (RFC 8288); a comma or semicolon inside `<>` or quotes is
/// part of the text.
fn target(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>')?;
        let target = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let mut quoted = false;
        let params_end = rest
            .find(|c| {
                quoted ^= c == '"';
                c == ',' && !quoted
            })
            .unwrap_or(rest.len());
        let (params, after) = rest.split_at(params_end);
        rest = after;
        let is_next = params.split(';').filter_map(|param| param.split_once('=')).any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .trim()
                    .trim_matches('"')
                    .split_whitespace()
                    .any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn following(header: &str) -> String {
        let page = Url::parse("https://app.360learning.com/api/v2/users?status[eq]=active").unwrap();
        match next(header, &page) {
            Ok(Some(url)) => url.to_string(),
            Ok(None) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_next_page_is_found_in_every_legal_form() {
        let page2 = "https://app.360learning.com/api/v2/users?next=a,b;c";
        assert_eq!(following("<https://app.360learning.com/api/v2/users?next=a,b;c>; rel=\"next\""), page2);
        assert_eq!(following("</api/v2/users?next=a,b;c>;rel=next"), page2);
        assert_eq!(
            following("</first>; title=\"a, b\"; rel=\"first\", <?next=a,b;c>; REL=\"prev next\""),
            page2
        );
    }

    #[test]
    fn no_next_page_is_none() {
        assert_eq!(following("</x>; rel=\"prev\""), "none");
        assert_eq!(following(""), "none");
        assert_eq!(following("<unclosed; rel=next"), "none");
    }

    #[test]
    fn a_link_to_another_origin_is_refused() {
        for other in [
            "https://evil.example/api",
            "http://app.360learning.com/x",
            "//evil.example/x",
            "https://app.360learning.com:444/x",
        ] {
            assert!(following(&format!("<{other}>; rel=\"next\"")).contains("another server"), "{other}");
        }
    }

    #[test]
    fn brackets_of_a_filter_stay_as_they_are() {
        assert!(following("</api/v2/x?a[gte]=1&next=2>; rel=next").ends_with("?a[gte]=1&next=2"));
    }
}
