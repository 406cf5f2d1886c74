//! Rows at first sight: most say something plain of every field, and nothing has to be said or counted about their cells.
//! They need no draft. Whatever is not so goes the whole way, which comes to the same.

use super::Mapping;
use super::recipe::Plainly;
use crate::model::{Field, RawRow};

impl Mapping {
    /// The fields in their order, if rows may be understood at first sight: no question is asked of them as a whole, and
    /// no field needs several cells.
    pub fn plain_fields(&mut self) -> Option<Vec<Field>> {
        for binding in &mut self.bindings.fields {
            binding.plain_column = binding.plain_column();
        }
        let fields = &self.bindings.fields;
        let is_plain = self.bindings.collections.is_empty()
            && self.rules.is_empty()
            && self.bounds.is_none()
            && fields.iter().all(|binding| binding.may_be_plain());
        is_plain.then(|| fields.iter().map(|binding| binding.field.clone()).collect())
    }

    /// Gives what a row of the batch that was bound last says of each field, by its place among
    /// [`plain_fields`](Mapping::plain_fields), until `take` says no; whether it never did.
    pub fn plainly<'a>(
        &'a self,
        row: &RawRow<'a>,
        mut take: impl FnMut(usize, Plainly<'a>) -> bool,
    ) -> bool {
        let (texts, flat) = (row.texts(), row.flat());
        let mut fields = self.bindings.fields.iter().enumerate();
        fields.all(|(place, binding)| {
            let text = match (binding.plain_column, &texts) {
                (Some(column), Some(texts)) => texts.cell(column),
                _ => None,
            };
            let said = match (text, &flat) {
                (Some(text), _) => binding.recipe.plain_text(text),
                (None, Some(flat)) => binding.plainly_flat(flat),
                (None, None) => binding.plainly(row),
            };
            take(place, said)
        })
    }
}
