//! A template or an expression over the cells of a row.
//!
//! The language is that of minijinja (Jinja): a template is text with `{{ … }}`, an expression gives true, false or a
//! text. What it may cost is limited for each row, so that no formula hangs a run or fills the memory; and it sees the
//! row's cells and nothing else: no file, no clock, no environment.

mod names;
mod result;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::{Environment, ErrorKind, Expression, UndefinedBehavior, Value as Term};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};

pub use names::Name;
pub(super) use result::term;

use super::cell::{Cell, Fault};
use super::transform::{Country, DateFormat, Dates, e164, nfc, padded, without_diacritics};
use crate::model::Kind;

/// Units of work that a formula may spend on one row: about a thousand times what people's formulas take.
const FUEL: u64 = 20_000;

/// What a formula's result is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text with places for values.
    Template,
    /// One value.
    Expression,
}

/// A formula, compiled, with the columns that it names.
#[derive(Clone)]
pub struct Formula {
    text: String,
    form: Form,
    names: Vec<Name>,
    compiled: Compiled,
}

#[derive(Clone)]
enum Compiled {
    /// An engine that knows this template only.
    Template(Arc<Environment<'static>>),
    Expression(Arc<Expression<'static, 'static>>),
}

/// The only template of an engine.
const TEMPLATE: &str = "map";

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(engine);

impl Formula {
    /// The formula of that text.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn new(form: Form, text: &str) -> Result<Formula, String> {
        let mistake = |error: minijinja::Error| said(&error);
        let (compiled, variables) = match form {
            Form::Template => {
                let mut engine = engine();
                engine
                    .add_template_owned(TEMPLATE, text.to_owned())
                    .map_err(mistake)?;
                let variables = engine
                    .get_template(TEMPLATE)
                    .map_err(mistake)?
                    .undeclared_variables(false);
                (Compiled::Template(Arc::new(engine)), variables)
            }
            Form::Expression => {
                let expression = ENGINE
                    .compile_expression_owned(text.to_owned())
                    .map_err(mistake)?;
                let variables = expression.undeclared_variables(false);
                (Compiled::Expression(Arc::new(expression)), variables)
            }
        };
        let code = match form {
            Form::Template => names::code_of_template(text),
            Form::Expression => text.to_owned(),
        };
        let names = names::of(&code, variables.iter().map(String::as_str))?;
        if names.is_empty() {
            return Err(
                "the formula names no column; use `constant` for what is the same for everybody"
                    .to_owned(),
            );
        }
        let formula = Formula {
            text: text.to_owned(),
            form,
            names,
            compiled,
        };
        match formula.unknown_word() {
            Some(mistake) => Err(mistake),
            None => Ok(formula),
        }
    }

    /// A filter, test or function that the engine does not know: it finds out only where it comes to one.
    fn unknown_word(&self) -> Option<String> {
        use ErrorKind::{UnknownFilter, UnknownFunction, UnknownTest};
        let trials = ["", "1"].map(|cell| vec![Term::from(cell); self.names.len()]);
        let errors = trials
            .into_iter()
            .filter_map(|terms| self.evaluated(terms).err());
        errors
            .filter(|error| {
                let kind = error.kind();
                matches!(kind, UnknownFilter | UnknownTest | UnknownFunction)
            })
            .map(|error| said(&error))
            .next()
    }

    /// The text as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What its result is taken for.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The columns that it names, each once.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The result for a row. `terms` are the values under [`Formula::names`], in that order.
    pub(super) fn result<'a>(&self, terms: Vec<Term>, kind: Kind) -> Cell<'a> {
        match self.evaluated(terms) {
            Ok(value) => result::cell(&value, kind),
            Err(error) => Cell::Bad(fault(&error)),
        }
    }

    fn evaluated(&self, terms: Vec<Term>) -> Result<Term, minijinja::Error> {
        let context = self.context(terms);
        match &self.compiled {
            Compiled::Expression(expression) => expression.eval(context),
            Compiled::Template(engine) => engine
                .get_template(TEMPLATE)
                .and_then(|template| template.render(context))
                .map(Term::from),
        }
    }

    fn context(&self, terms: Vec<Term>) -> Term {
        let mut plain = BTreeMap::new();
        let mut exact = BTreeMap::new();
        for (name, term) in self.names.iter().zip(terms) {
            match name {
                Name::Word(word) => plain.insert(word.clone(), term),
                Name::Exact(column) => exact.insert(column.clone(), term),
            };
        }
        if !exact.is_empty() {
            plain.insert(names::ROW.to_owned(), Term::from(exact));
        }
        Term::from(plain)
    }
}

/// Jinja with its usual filters, and with those steps of `[map]` that a formula may need in the middle of a text.
fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_fuel(Some(FUEL));
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    for global in ["debug", "dict", "namespace"] {
        engine.remove_global(global);
    }
    let refused = |fault: Fault| {
        minijinja::Error::new(ErrorKind::InvalidOperation, fault.message.into_owned())
    };
    let wrong = |message: String| minijinja::Error::new(ErrorKind::InvalidOperation, message);
    engine.add_filter("nfc", |text: &str| nfc(text.into()).into_owned());
    engine.add_filter("strip_diacritics", |text: &str| {
        without_diacritics(text.into()).into_owned()
    });
    engine.add_filter("pad_left", move |text: &str, width: usize| match width {
        0..=255 => Ok(padded(text.into(), width, '0').into_owned()),
        _ => Err(wrong("pad_left fills up to 255 characters".to_owned())),
    });
    engine.add_filter("phone", move |text: &str, country: Option<&str>| {
        if text.trim().is_empty() {
            return Ok(String::new());
        }
        e164(text, country.and_then(Country::named)).map_err(refused)
    });
    engine.add_filter("date", move |text: &str, from: &str, to: Option<&str>| {
        if text.trim().is_empty() {
            return Ok(String::new());
        }
        let format = |text: &str| DateFormat::new(text).map_err(wrong);
        let dates = Dates {
            from: vec![format(from)?],
            to: format(to.unwrap_or("%Y-%m-%d"))?,
        };
        dates.rewritten(text).map_err(refused)
    });
    engine
}

/// The engine's words without its name for the text.
fn said(error: &minijinja::Error) -> String {
    let kind = error.kind().to_string();
    match (error.detail(), error.line()) {
        (Some(detail), Some(line)) if line > 1 => format!("{kind}: {detail} (line {line} of it)"),
        (Some(detail), _) => format!("{kind}: {detail}"),
        (None, _) => kind,
    }
}

fn fault(error: &minijinja::Error) -> Fault {
    match error.kind() {
        ErrorKind::OutOfFuel => Fault::new(
            "formula_out_of_fuel",
            "the formula ran out of fuel: it does far too much work for one row",
            "make it simpler; loops over long ranges and very long texts cost the most",
        ),
        _ => Fault {
            code: "formula_failed",
            message: format!("the formula failed: {}", said(error)).into(),
            hint: "correct the formula of this field in [map], or the cells that it takes".into(),
        },
    }
}

impl fmt::Debug for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.form, self.text)
    }
}

impl PartialEq for Formula {
    fn eq(&self, other: &Formula) -> bool {
        (self.form, &self.text) == (other.form, &other.text)
    }
}

impl Eq for Formula {}

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A template where it is written.
pub(super) struct Template(pub Formula);

/// An expression where it is written.
pub(super) struct Reckoned(pub Formula);

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let formula = Formula::new(Form::Template, &text);
        formula.map(Template).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Reckoned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let formula = Formula::new(Form::Expression, &text);
        formula.map(Reckoned).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
