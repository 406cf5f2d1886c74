//! settings + credentials → what decides about people's access.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde_json::Value as Json;

use crate::api::Credentials;
use crate::config::{OnTerminated, Settings, SourceKind};
use crate::model::Protection;
use crate::planning::AccessTerms;

use super::Connection;

/// What decides about people's access under these settings.
pub(super) fn access_terms(settings: &Settings, connection: Option<&Connection>) -> AccessTerms {
    AccessTerms {
        source: settings.source.id.clone(),
        is_full: settings.source.kind == SourceKind::Full,
        precedence: settings.source.precedence.clone(),
        only: None,
        limit: None,
        retries_quarantined: false,
        absence: settings.deprovision.absence,
        delete_terminated: settings.deprovision.on_terminated == OnTerminated::Delete,
        protection: match connection {
            Some(connection) => (*connection.protection).clone(),
            None => of_settings(settings),
        },
        guards: settings.guards,
        known_by: settings.matching.by.clone(),
        mapping: settings.mapping_digest(),
    }
}

/// Who never loses access: `[protect]`, the canary user, and ourselves.
pub(super) fn protection(settings: &Settings, credentials: &Credentials) -> Protection {
    let protection = of_settings(settings);
    match own_account(credentials) {
        Some(user_id) => protection.and(&user_id, "the account that crewsync works with"),
        None => protection,
    }
}

fn of_settings(settings: &Settings) -> Protection {
    let protection = Protection::new(&settings.protect.users, settings.scope.console_users);
    match &settings.tenant.canary_user {
        Some(user_id) => protection.and(user_id, "the canary_user of [tenant]"),
        None => protection,
    }
}

/// Our own UserID, where the credentials tell it.
fn own_account(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::Login { username, .. } => Some(username.clone()),
        Credentials::Token(token) => subject(token.expose_secret()),
        Credentials::Customer { .. } => None,
    }
}

/// Whom a token is for, if it is a JWT that says so. It is not verified: the worst that a wrong one can do is to
/// protect somebody.
fn subject(token: &str) -> Option<String> {
    let claims = token.trim().split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Json = serde_json::from_slice(&claims).ok()?;
    let names = ["sub", "UserID", "userId", "userid", "username"];
    let named = names.iter().find_map(|name| claims[*name].as_str());
    named.filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_account_is_told_by_name_or_token() {
        let jwt = |claims: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
        let token = |text: String| Credentials::Token(text.into());
        let login = Credentials::Login {
            username: "svc".to_owned(),
            password: "hunter2".into(),
        };
        for (credentials, own) in [
            (login, Some("svc")),
            (token(jwt(r#"{"sub":"Robot","exp":1}"#)), Some("Robot")),
            (token(jwt(r#"{"username":"hr"}"#)), Some("hr")),
            (token(jwt(r#"{"sub":7}"#)), None),
            (token("no-jwt".to_owned()), None),
            (token("a.b.c".to_owned()), None),
        ] {
            assert_eq!(own_account(&credentials).as_deref(), own);
        }
    }
}
