//! The short way of plain rows: each value is checked where it stands and goes straight into the fingerprint. A row about
//! which anything has to be said goes the whole way instead, which comes to the same.

use std::borrow::Cow;

use super::damage::DAMAGE;
use super::fingerprint::{Fingerprint, Printer, Values};
use super::letters::Letters;
use super::register::Tagger;
use super::roster::LocationPrinter;
use super::rules::{RULES, is_sound_name, is_surely_sound};
use crate::model::{
    CheckedRow, Field, FieldPolicies, FieldPolicy, Kind, Place, Property, Texts, boolean,
};

/// The fields of one file's rows. It is not changed by the rows, so that several hands can use it.
#[derive(Debug)]
pub struct Lane {
    fields: Vec<LaneField>,
    printer: Printer,
    tagger: Tagger,
    locations: LocationPrinter,
}

#[derive(Debug)]
struct LaneField {
    field: Field,
    kind: Kind,
    /// Whether it is compared.
    is_written: bool,
}

/// Rows that went the short way, and the place of those that did not.
#[derive(Debug, Default)]
pub struct LaneRows {
    /// In the order of the batch.
    pub(super) rows: Vec<Option<LaneRow>>,
    /// Of those that did.
    pub(super) ids: Texts,
}

/// A row that went the short way.
#[derive(Clone, Copy, Debug)]
pub(super) struct LaneRow {
    pub place: Place,
    /// The fields that it states, a bit each.
    pub stated: u128,
    pub tag: u32,
    pub fingerprint: Fingerprint,
    pub location: Option<u64>,
    pub is_terminated: bool,
}

/// A row on its way. Kept and reused, so that no row costs an allocation.
#[derive(Debug)]
pub struct LaneDraft<'l> {
    lane: &'l Lane,
    stated: u128,
    user_id: String,
    values: Values,
    location: Option<u64>,
    is_terminated: bool,
}

impl Lane {
    /// For rows of these fields, sorted; `None` if there are too many of them, or one may not be in any row.
    pub(super) fn new(
        fields: Vec<Field>,
        policies: &FieldPolicies,
        printer: Printer,
        (tagger, locations): (Tagger, LocationPrinter),
    ) -> Option<Lane> {
        let is_sound = |field: &Field| match field {
            Field::Phone(name) | Field::Extension(name) => is_sound_name(name),
            Field::Property(_) => true,
        };
        if fields.len() > 128 || !fields.iter().all(is_sound) {
            return None;
        }
        let fields = fields.into_iter().map(|field| LaneField {
            kind: field.kind(),
            is_written: policies.of(&field) == FieldPolicy::Always,
            field,
        });
        Some(Lane {
            fields: fields.collect(),
            printer,
            tagger,
            locations,
        })
    }

    /// A place for rows on their way.
    pub fn draft(&self) -> LaneDraft<'_> {
        LaneDraft {
            lane: self,
            stated: 0,
            user_id: String::new(),
            values: Values::new(),
            location: None,
            is_terminated: false,
        }
    }

    /// The fields that a row states which went the whole way, as a row of the lane has them; `None` if none has.
    pub(super) fn stated(&self, row: &CheckedRow<'_>) -> Option<u128> {
        let key = Field::Property(Property::UserID);
        let mut stated = 0;
        for (at, LaneField { field, .. }) in self.fields.iter().enumerate() {
            let wanted = row.get(field);
            if wanted.is_some_and(|wanted| wanted.value().is_none()) {
                return None;
            }
            stated |= u128::from(wanted.is_some() || *field == key) << at;
        }
        let is_known = |(field, _): &(Cow<'_, Field>, _)| {
            let mut fields = self.fields.iter();
            fields.any(|known| known.field == **field)
        };
        row.values.iter().all(is_known).then_some(stated)
    }
}

impl LaneDraft<'_> {
    /// Begins a row.
    pub fn begin(&mut self) {
        self.stated = 0;
        self.user_id.clear();
        self.values.clear();
        self.location = None;
        self.is_terminated = false;
    }

    /// Takes a text for the field at that place; no: something has to be said about it.
    #[inline]
    pub fn text(&mut self, at: usize, text: &str) -> bool {
        let LaneField {
            field,
            kind,
            is_written,
        } = &self.lane.fields[at];
        if *kind == Kind::Bool {
            return match text {
                "true" => self.flag(at, true),
                "false" => self.flag(at, false),
                word => boolean(word).is_some_and(|flag| self.flag(at, flag)),
            };
        }
        if !is_sound(field, text) {
            return false;
        }
        self.stated |= 1 << at;
        match field {
            Field::Property(Property::UserID) => {
                self.user_id.push_str(text);
                return true;
            }
            Field::Property(Property::StorageLocationID) => {
                self.location = Some(self.lane.locations.print(text));
            }
            _ => {}
        }
        if *is_written {
            self.values.push_text(text);
        }
        true
    }

    /// Takes a flag for the field at that place; no: something has to be said about it.
    pub fn flag(&mut self, at: usize, flag: bool) -> bool {
        let LaneField {
            field,
            kind,
            is_written,
        } = &self.lane.fields[at];
        if *kind != Kind::Bool {
            return false;
        }
        self.stated |= 1 << at;
        if *is_written {
            self.values.push_flag(flag);
            self.is_terminated |= !flag && *field == Field::Property(Property::Activated);
        }
        true
    }

    /// Ends the row: as one that went the short way, if `is_plain` and it says whose it is.
    pub fn finish(&mut self, place: Place, is_plain: bool, rows: &mut LaneRows) {
        if !is_plain || self.user_id.is_empty() {
            rows.rows.push(None);
            return;
        }
        self.values.push_text(&self.user_id);
        rows.ids.push(&self.user_id);
        rows.rows.push(Some(LaneRow {
            place,
            stated: self.stated,
            tag: self.lane.tagger.tag(&self.user_id),
            fingerprint: self.values.fingerprint(&self.lane.printer),
            location: self.location,
            is_terminated: self.is_terminated,
        }));
    }
}

/// Whether the text of a field breaks no rule.
fn is_sound(field: &Field, text: &str) -> bool {
    let letters = Letters::of(text);
    let mut rules = RULES.iter().chain(&DAMAGE);
    is_surely_sound(field, text, letters)
        || !rules.any(|rule| letters.may_break(rule) && rule.breaks(field, text))
}
