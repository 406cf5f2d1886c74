//! Findings and the answers of a probe as text.

use serde_json::Value as Json;

use crate::model::{Finding, FindingVerdict, Habits};

use super::escape::escape;
use super::page::{Page, Tone, View};
use super::table::put_table;

/// Each finding with its hint, the worst first within their order.
pub fn findings_text(findings: &[Finding], view: &View) -> String {
    let mut page = Page::new(view);
    for finding in findings {
        let (mark, tone) = match finding.verdict {
            FindingVerdict::Ok => ("ok     ", Tone::Good),
            FindingVerdict::Warning => ("warning", Tone::Attention),
            FindingVerdict::Error => ("error  ", Tone::Bad),
        };
        let mark = view.paint(tone, mark);
        let text = format!("{mark}  {}: {}", finding.check, escape(&finding.message));
        page.paragraph(0, 9, &text);
        page.paragraph(9, 9, &escape(&finding.hint));
    }
    page.finish()
}

/// Every question of a probe with its answer.
pub fn habits_text(habits: &Habits, view: &View) -> String {
    let answers = serde_json::to_value(habits).unwrap_or_default();
    let answers = answers.as_object().cloned().unwrap_or_default();
    let rows: Vec<Vec<String>> = answers
        .iter()
        .map(|(question, answer)| vec![question.clone(), shown(answer)])
        .collect();
    let mut page = Page::new(view);
    page.heading("What the probe found out");
    put_table(&mut page, &["question", "answer"], &rows);
    page.finish()
}

fn shown(answer: &Json) -> String {
    match answer {
        Json::Null => "not known".to_owned(),
        Json::String(word) => word.clone(),
        Json::Array(list) if list.is_empty() => "nothing".to_owned(),
        Json::Object(object) if object.is_empty() => "nothing".to_owned(),
        Json::Object(object) => match (object.get("passed"), object.get("is_limit")) {
            (Some(passed), Some(Json::Bool(true))) => format!("{passed}, and no more"),
            (Some(passed), Some(Json::Bool(false))) => format!("at least {passed}"),
            _ => escape(&answer.to_string()).into_owned(),
        },
        other => escape(&other.to_string()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bound;

    #[test]
    fn every_question_has_an_answer() {
        let habits = Habits {
            omitted: Some("kept".to_owned()),
            chunk_users_max: Some(Bound {
                passed: 50,
                is_limit: true,
            }),
            get_omits: Some(Vec::new()),
            ..Habits::default()
        };
        let text = habits_text(&habits, &View::plain(80));
        for line in [
            "omitted            kept",
            "chunk_users_max    50, and no more",
            "get_omits          nothing",
            "details            not known",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
    }
}
