//! The `Link` header: where the next page is.

use percent_encoding::percent_decode_str;
use url::Url;

/// If it were read as "no next page", the list would end early.
pub(super) const UNREADABLE: &str = "the Link header is not readable";

const WITHOUT_REL: &str = "the Link header has a link without a known rel";
const WITHOUT_QUERY: &str = "the next page of the Link header has no query";
const ELSEWHERE: &str = "the next page of the Link header has another path";

/// Relations that IANA registers and that a server or a proxy may send beside the pages.
const OTHER_RELATIONS: &str = "about acl alternate amphtml api-catalog appendix archives author blocked-by bookmark \
    c2pa-manifest canonical chapter cite-as collection compression-dictionary contents copyright create-form current \
    deprecation describedby describes disclosure dns-prefetch duplicate edit edit-form edit-media enclosure external \
    first geofeed glossary help hosts hub ice-server icon index item last latest-version license linkset lrdd \
    manifest mask-icon me media-feed memento micropub modulepreload monitor monitor-group next-archive nofollow \
    noopener noreferrer opener original payment pingback preconnect predecessor-version prefetch preload prerender \
    prev prev-archive preview previous privacy-policy profile publication related replies restconf search section \
    self service service-desc service-doc service-meta sponsored start status stylesheet subsection \
    successor-version sunset tag terms-of-service timegate timemap type ugc up version-history via webmention \
    working-copy working-copy-of";

/// One link of the header.
struct Link<'a> {
    target: &'a str,
    /// Everything after the target, as it is written.
    params: &'a str,
    /// The value of its first `rel`.
    rel: Option<String>,
}

impl Link<'_> {
    fn has(&self, test: impl Fn(&str) -> bool) -> bool {
        self.rel.iter().flat_map(|rel| rel.split_ascii_whitespace()).any(test)
    }

    fn is_next(&self) -> bool {
        self.has(|rel| rel.eq_ignore_ascii_case("next"))
    }

    /// An extension relation is a URI (RFC 8288).
    fn is_other(&self) -> bool {
        let is_known = |rel: &str| OTHER_RELATIONS.split(' ').any(|known| known.eq_ignore_ascii_case(rel));
        self.has(|rel| is_known(rel) || rel.contains("://"))
    }
}

/// The next page. Of its address only the query counts: it is requested at the page's own path,
/// so the token goes nowhere else. An error is a fault of the response, not the end of the list.
pub(super) fn next(header: &str, page: &Url) -> Result<Option<Url>, &'static str> {
    let Some(link) = find(header)? else { return Ok(None) };
    let target = link.target.split_once('#').map_or(link.target, |(target, _)| target).trim();
    let (address, query) = target.split_once('?').unwrap_or((target, ""));
    if query.is_empty() {
        return Err(WITHOUT_QUERY);
    }
    // A query alone is relative to the page itself.
    if !address.is_empty() && last_segment(address) != last_segment(page.path()) {
        return Err(ELSEWHERE);
    }
    let mut next = page.clone();
    next.set_query(Some(query));
    Ok(Some(next))
}

/// The link to the next page as it is written, without the others of the header.
pub(super) fn written(header: &str) -> Option<String> {
    let link = find(header).ok()??;
    Some(format!("<{}>{}", link.target, link.params))
}

fn last_segment(path: &str) -> Vec<u8> {
    let path = path.trim_end_matches('/');
    percent_decode_str(path.rsplit('/').next().unwrap_or_default()).collect()
}

/// The link to the next page. None is there if every link has another relation.
fn find(header: &str) -> Result<Option<Link<'_>>, &'static str> {
    let mut are_others = true;
    let mut rest = header.trim_start_matches(is_separator);
    while !rest.is_empty() {
        let link;
        (link, rest) = read(rest).ok_or(UNREADABLE)?;
        if link.is_next() {
            return Ok(Some(link));
        }
        are_others &= link.is_other();
    }
    if are_others { Ok(None) } else { Err(WITHOUT_REL) }
}

fn is_separator(c: char) -> bool {
    c == ',' || is_space(c)
}

fn is_space(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Reads one `<target>; name=value; name="value"` (RFC 8288) and what follows it.
fn read(header: &str) -> Option<(Link<'_>, &str)> {
    let (target, params) = header.strip_prefix('<')?.split_once('>')?;
    let (mut rest, mut rel) = (params.trim_start_matches(is_space), None);
    while let Some(param) = rest.strip_prefix(';') {
        let param = param.trim_start_matches(is_space);
        let (name, after) = param.split_at(param.find([';', ',', '=', ' ', '\t']).unwrap_or(param.len()));
        rest = after.trim_start_matches(is_space);
        let Some(after) = rest.strip_prefix('=') else { continue };
        let value;
        (value, rest) = read_value(after.trim_start_matches(is_space))?;
        rest = rest.trim_start_matches(is_space);
        if name.eq_ignore_ascii_case("rel") {
            rel.get_or_insert(value);
        }
    }
    if !rest.is_empty() && !rest.starts_with(',') {
        return None;
    }
    let params = params[..params.len() - rest.len()].trim_end_matches(is_space);
    Some((Link { target, params, rel }, rest.trim_start_matches(is_separator)))
}

/// Reads a token or a quoted string, in which `\` escapes one character.
fn read_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at(text.find([';', ',', ' ', '\t']).unwrap_or(text.len()));
        return Some((token.to_owned(), rest));
    };
    let (mut value, mut chars) = (String::new(), quoted.chars());
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn following(header: &str) -> String {
        let page = Url::parse("https://proxy.example:8443/api/v2/users?status[eq]=active").unwrap();
        match next(header, &page) {
            Ok(Some(url)) => {
                let same = url.as_str().strip_prefix("https://proxy.example:8443/api/v2/users?");
                same.expect("the token goes nowhere else").to_owned()
            }
            Ok(None) => "none".to_owned(),
            Err(reason) => reason.to_owned(),
        }
    }

    #[test]
    fn a_link_that_announces_the_end_of_a_version_is_no_fault() {
        for rel in ["deprecation", "sunset", "alternate", "successor-version"] {
            assert_eq!(following(&format!("<https://docs.example/x>; rel=\"{rel}\"")), "none", "{rel}");
        }
    }

    #[test]
    fn the_next_page_is_found_in_every_legal_form() {
        for header in [
            "<https://proxy.example:8443/api/v2/users?next=a,b;c>; rel=\"next\"",
            "</api/v2/users?next=a,b;c>;rel=next",
            "</api/v2/users/?next=a,b;c> ; rel = next",
            "</first>; title=\"a, b\"; rel=\"first\", <?next=a,b;c>; REL=\"prev next\"",
            "</api/v2/users?next=a,b;c>; title=\"a \\\"quoted\\\", pair\"; rel=\"ne\\xt\"",
            ", </api/v2/users?next=a,b;c#top>;; crossorigin; rel=next; rel=prev,",
            "</style.css>; nopush, </api/v2/%75sers?next=a,b;c>; rel=next",
        ] {
            assert_eq!(following(header), "next=a,b;c", "{header}");
        }
    }

    #[test]
    fn links_with_other_registered_relations_are_not_a_next_page() {
        for header in [
            "",
            "</x>; rel=\"prev\"",
            "</a>; rel=first, </b>; rel=last, </c>; rel=\"self\", </d>; REL=PRELOAD; as=style",
            "</x>; rel=\"https://example.com/relations/custom\"",
        ] {
            assert_eq!(following(header), "none", "{header}");
        }
    }

    #[test]
    fn a_link_without_a_usable_rel_is_a_fault_and_not_the_end_of_the_list() {
        for params in ["", "; rel='next'", "; rel=\"\"", "; rel=", "; rel", "; title=next", "; rel=nxt"] {
            assert_eq!(following(&format!("</api/v2/users?next=2>{params}")), WITHOUT_REL, "{params}");
        }
        assert_eq!(following("</a>; rel=prev, </api/v2/users?next=2>"), WITHOUT_REL);
    }

    #[test]
    fn a_link_header_that_is_not_readable_is_a_fault_and_not_the_end_of_the_list() {
        for header in [
            "<unclosed; rel=next",
            "/api/v2/users?next=2; rel=\"next\"",
            "</a>; rel=\"prev\", next",
            "</api/v2/users?next=2>; rel=\"next",
            "</api/v2/users?next=2>; rel=\"next\\",
            "</api/v2/users?next=2> rel=next",
        ] {
            assert_eq!(following(header), UNREADABLE, "{header}");
        }
    }

    #[test]
    fn of_a_link_only_the_query_counts_so_a_proxy_may_be_before_the_api() {
        for address in [
            "https://app.360learning.com/api/v2/users",
            "http://upstream.internal:8080/prefix/api/v2/users",
            "//upstream.internal/v2/users",
            "/another/prefix/users",
            "users",
        ] {
            assert_eq!(following(&format!("<{address}?next=2>; rel=\"next\"")), "next=2", "{address}");
        }
    }

    #[test]
    fn a_next_page_with_another_last_path_segment_or_without_a_query_is_a_fault() {
        for address in ["/api/v2/groups", "https://app.360learning.com", "/", "/api/v2/users/u1"] {
            assert_eq!(following(&format!("<{address}?next=2>; rel=\"next\"")), ELSEWHERE, "{address}");
        }
        for target in ["/api/v2/users", "/api/v2/users?", "", "#next=2"] {
            assert_eq!(following(&format!("<{target}>; rel=\"next\"")), WITHOUT_QUERY, "{target}");
        }
    }

    #[test]
    fn brackets_of_a_filter_stay_raw() {
        assert_eq!(following("</api/v2/users?a[gte]=1&next=2>; rel=next"), "a[gte]=1&next=2");
    }
}
