//! The beginning of a file → its format and shape, by content and never by name, with the evidence in words.

use std::sync::Arc;

use super::csv_layout::CsvLayout;
use super::dialect::{find_marks, separator_line};
use super::element::{Shape, Step};
use super::elements::Elements;
use super::error::InputError;
use super::header;
use super::{Dialect, Format, ReadOptions};

/// How the file is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// CSV.
    Csv(CsvLayout),
    /// JSON elements.
    Json(Shape, Option<Arc<[String]>>),
}

/// Judges the beginning `head` (without its byte order mark); `whole` says that it is the whole file.
pub(super) fn detect(
    file: &Arc<str>,
    head: &str,
    whole: bool,
    options: &ReadOptions,
) -> Result<(Layout, Dialect), InputError> {
    if head.trim().is_empty() {
        let message = if head.is_empty() {
            "it is empty"
        } else {
            "it holds nothing but white space"
        };
        return Err(InputError::new(file, "empty_file", message)
            .hint("an export without people has at least a header, or []"));
    }
    let (format, why) = match options.format {
        Some(format) => (format, "as told".to_owned()),
        None if options.path.is_some() => {
            (Format::Json, "as a path to its elements is told".to_owned())
        }
        None => find_format(file, head, whole)?,
    };
    let mut evidence = vec![format!("format: {format}, {why}")];
    let layout = match format {
        Format::Json if options.path.is_some() => {
            Layout::Json(Shape::Envelope, options.path.clone())
        }
        Format::Json => Layout::Json(json_shape(head, whole), None),
        Format::Ndjson => Layout::Json(Shape::Lines, None),
        Format::Csv | Format::Xlsx => {
            Layout::Csv(csv_layout(file, head, whole, options, &mut evidence)?)
        }
    };
    let delimiter = match &layout {
        Layout::Csv(layout) => Some(layout.marks.delimiter),
        Layout::Json(..) => None,
    };
    let dialect = Dialect {
        format,
        delimiter,
        byte_order_mark: false,
        evidence,
    };
    Ok((layout, dialect))
}

fn csv_layout(
    file: &Arc<str>,
    head: &str,
    whole: bool,
    options: &ReadOptions,
    evidence: &mut Vec<String>,
) -> Result<CsvLayout, InputError> {
    let separator = separator_line(head);
    let skip_rows = options.skip_rows.unwrap_or(u32::from(separator.is_some()));
    let mut options = options.clone();
    if let (None, Some(delimiter)) = (options.delimiter, separator) {
        evidence.push("the first line says what the delimiter is (sep=)".to_owned());
        options.delimiter = Some(delimiter);
    }
    let table = behind_lines(head, skip_rows);
    let line = u64::from(skip_rows) + 1;
    let (tally, found) = find_marks(file, table, line, whole, &options)?;
    evidence.extend(found);
    if options.skip_rows.is_none() && options.columns.is_none() {
        header::refuse_preamble(file, &tally)?;
    }
    // Names that are told say nothing of whether the first row is a person.
    if options.header_rows.is_none() {
        header::refuse_doubtful(file, &tally, table, line, whole)?;
    }
    let header_rows = options.header_rows.unwrap_or(1);
    evidence.push(match skip_rows {
        0 => format!("header rows: {header_rows}"),
        _ => format!("header rows: {header_rows}, from line {line} on"),
    });
    let is_unescaped = options.escape.is_none() && tally.marks.escape.is_none();
    Ok(CsvLayout {
        escape_is_open: is_unescaped && !tally.has_backslash,
        marks: tally.marks,
        skip_rows,
        header_rows,
        skip_footer: options.skip_footer,
        lines_are_records: false,
        names: options.columns.clone(),
    })
}

/// The text behind that many physical lines; nothing if there are fewer.
fn behind_lines(text: &str, lines: u32) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let is_pair = rest[end..].starts_with("\r\n");
        rest = rest
            .get(end + if is_pair { 2 } else { 1 }..)
            .unwrap_or_default();
    }
    rest
}

fn find_format(file: &Arc<str>, head: &str, whole: bool) -> Result<(Format, String), InputError> {
    let text = head.trim_start();
    let found = |format, why: &str| Ok((format, why.to_owned()));
    match text.as_bytes() {
        [b'[', rest @ ..] if begins_element(rest) => found(Format::Json, "it begins with an array"),
        [b'{', rest @ ..] if matches!(first_visible(rest), None | Some(b'"' | b'}')) => {
            if json_shape(head, whole) == Shape::Envelope {
                found(
                    Format::Json,
                    "it begins with an object that holds an array \"Users\"",
                )
            } else {
                found(
                    Format::Ndjson,
                    "it begins with an object that holds no array \"Users\"",
                )
            }
        }
        _ if is_markup(text) => {
            Err(
                InputError::new(file, "not_an_export", "it is HTML or XML, not CSV or JSON")
                    .line(1)
                    .hint("was a login or error page saved in place of the export?"),
            )
        }
        _ => found(
            Format::Csv,
            "it begins neither as a JSON array nor as a JSON object",
        ),
    }
}

/// Whether what follows a `[` can be JSON. `[Name],[Id]` is a header that some databases write.
fn begins_element(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    match rest.first() {
        None | Some(b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9') => true,
        _ => ["null", "true", "false"].iter().any(|word| {
            let behind = rest.strip_prefix(word.as_bytes()).map(first_visible);
            matches!(behind, Some(None | Some(b',' | b']')))
        }),
    }
}

fn first_visible(bytes: &[u8]) -> Option<u8> {
    bytes.trim_ascii_start().first().copied()
}

fn is_markup(text: &str) -> bool {
    let start: String = text
        .chars()
        .take(9)
        .collect::<String>()
        .to_ascii_lowercase();
    ["<!doctype", "<html", "<?xml"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

/// How the JSON elements stand, if `head` begins with `[` or `{`.
pub(super) fn json_shape(head: &str, whole: bool) -> Shape {
    if head.trim_start().starts_with('[') {
        Shape::Array
    } else if is_envelope(head, whole) == Some(true) {
        Shape::Envelope
    } else {
        Shape::Single
    }
}

/// Whether the object with which the text begins holds an array `Users`; `None` if only more text can tell.
pub(super) fn is_envelope(head: &str, whole: bool) -> Option<bool> {
    let mut elements = Elements::new(Shape::Envelope);
    let step = elements.step(head, &mut 0, whole);
    match step {
        _ if elements.users_seen() => Some(true),
        Ok(Step::Incomplete) => None,
        _ => Some(false),
    }
}

/// A delimiter as people call it.
pub(super) fn name_of(delimiter: u8) -> String {
    match delimiter {
        b',' => "comma".to_owned(),
        b';' => "semicolon".to_owned(),
        b'\t' => "tab".to_owned(),
        b'|' => "bar (|)".to_owned(),
        b'"' => "double quote".to_owned(),
        b'\'' => "single quote".to_owned(),
        b'\\' => "backslash".to_owned(),
        other => format!("\"{}\"", char::from(other).escape_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Marks;
    use super::*;

    fn found(head: &str) -> Result<Layout, String> {
        detect(&"f".into(), head, true, &ReadOptions::default())
            .map(|(layout, _)| layout)
            .map_err(|error| error.problem.code)
    }

    fn layout(delimiter: u8) -> Layout {
        Layout::Csv(CsvLayout {
            marks: Marks::plain(delimiter),
            skip_rows: 0,
            header_rows: 1,
            skip_footer: 0,
            lines_are_records: false,
            escape_is_open: true,
            names: None,
        })
    }

    #[test]
    fn the_format_is_found_by_content() {
        let csv = |delimiter| Ok(layout(delimiter));
        let json = |shape| Ok(Layout::Json(shape, None));
        for (head, want) in [
            ("", Err("empty_file".to_owned())),
            (" \r\n", Err("empty_file".to_owned())),
            ("a,b\n", csv(b',')),
            ("[Name];[Id]\n", csv(b';')),
            ("{guid}\tname\n", csv(b'\t')),
            ("[]", json(Shape::Array)),
            ("\n [ {}]", json(Shape::Array)),
            ("[null, 1]", json(Shape::Array)),
            ("[nullable],b", csv(b',')),
            ("{\"Users\":[]}", json(Shape::Envelope)),
            ("{\"a\":{\"Users\":[]},\"users\": [", json(Shape::Envelope)),
            ("{\"UserID\":\"a\"}", json(Shape::Lines)),
            ("{\"Users\":\"a\"}\n{}", json(Shape::Lines)),
            ("<!DOCTYPE html>", Err("not_an_export".to_owned())),
            ("<?xml version=\"1.0\"?>", Err("not_an_export".to_owned())),
        ] {
            assert_eq!(found(head), want, "{head:?}");
        }
    }

    #[test]
    fn what_is_told_is_not_found_out() {
        let told = |format, delimiter, head| {
            let options = ReadOptions {
                format: Some(format),
                delimiter,
                ..ReadOptions::default()
            };
            detect(&"f".into(), head, true, &options).unwrap().0
        };
        assert_eq!(told(Format::Csv, Some(b':'), "[],a"), layout(b':'));
        assert_eq!(
            told(Format::Json, None, "{\"UserID\":1}"),
            Layout::Json(Shape::Single, None)
        );
        assert_eq!(
            told(Format::Ndjson, None, "{\"Users\":[]}"),
            Layout::Json(Shape::Lines, None)
        );
    }
}
