//! An id as one segment of a URL path.

use std::fmt::Write as _;

/// Percent-encodes an id so that it is one path segment: everything outside RFC 3986's unreserved characters,
/// and the dots of `.` and `..`, which would otherwise name another place.
///
/// Caution: URL parsers after the WHATWG standard (reqwest's among them) read `%2E` and `%2E%2E` as dots again
/// and climb. The client must refuse these two ids; no URL of theirs can hold them.
pub fn segment(id: &str) -> String {
    let only_dots = matches!(id, "." | "..");
    let mut segment = String::with_capacity(id.len());
    for byte in id.bytes() {
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if unreserved && !only_dots {
            segment.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_segment() {
        for (id, want) in [
            ("T-1001_a.b~c", "T-1001_a.b~c"),
            ("../x", "..%2Fx"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("%2e%2e", "%252e%252e"),
            ("a b+c&d", "a%20b%2Bc%26d"),
            ("Zoë@x", "Zo%C3%AB%40x"),
            ("...", "..."),
            (".", "%2E"),
            ("..", "%2E%2E"),
        ] {
            assert_eq!(segment(id), want, "{id}");
        }
    }
}
