//! The `Link` header: where the next page is.

use url::Url;

use super::ApiError;
use super::send::{Fault, UNREADABLE_LINK};

/// The `rel="next"` target of a `Link` header, resolved against the page it came with. A target on another origin is
/// refused: following it would hand the token over. A header that cannot be read is a fault of the answer: taken for "no
/// next page", it would end a list before its end.
pub(super) fn next(header: &str, page: &Url) -> Result<Option<Url>, Fault> {
    let Some((target, _)) = find(header).map_err(Fault::passing)? else { return Ok(None) };
    let next = page.join(target).map_err(|_| Fault::passing(UNREADABLE_LINK))?;
    if next.origin() == page.origin() {
        return Ok(Some(next));
    }
    let origin = next.origin().ascii_serialization();
    Err(Fault::Fatal(ApiError::ForeignLink { path: page.path().to_owned(), origin }))
}

/// That link as it was written, without the others of the header.
pub(super) fn written(header: &str) -> Option<String> {
    let (target, params) = find(header).ok()??;
    Some(format!("<{target}>{params}"))
}

/// The target and the parameters of the link to the next page. Walks `<target>; param=value; param="value", <target> …` (RFC 8288); a comma or semicolon inside `<>` or quotes is
/// part of the text.
fn find(header: &str) -> Result<Option<(&str, &str)>, &'static str> {
    let mut rest = header.trim();
    while !rest.is_empty() {
        let link = rest.strip_prefix('<').ok_or(UNREADABLE_LINK)?;
        let (target, after) = link.split_once('>').ok_or(UNREADABLE_LINK)?;
        let mut quoted = false;
        let end = after
            .find(|c| {
                quoted ^= c == '"';
                c == ',' && !quoted
            })
            .unwrap_or(after.len());
        let (params, after) = after.split_at(end);
        rest = after.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        let is_next = params.split(';').filter_map(|param| param.split_once('=')).any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .trim()
                    .trim_matches('"')
                    .split_whitespace()
                    .any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Ok(Some((target, params)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn following(header: &str) -> String {
        let page = Url::parse("https://app.360learning.com/api/v2/users?status[eq]=active").unwrap();
        match next(header, &page) {
            Ok(Some(url)) => url.to_string(),
            Ok(None) => "none".to_owned(),
            Err(Fault::Fatal(error)) => error.to_string(),
            Err(Fault::Passing { reason, .. }) => reason,
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
    }

    #[test]
    fn a_header_that_cannot_be_read_is_not_the_end_of_the_list() {
        for header in [
            "<unclosed; rel=next",
            "/api/v2/users?next=2; rel=\"next\"",
            "</a>; rel=\"prev\", next",
            "<http://[>; rel=next",
        ] {
            assert_eq!(following(header), UNREADABLE_LINK, "{header}");
        }
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
