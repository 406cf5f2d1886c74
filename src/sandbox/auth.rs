//! Who may call: tokens, the deprecated customer id and code, and `/createjwt`.
//!
//! A sandbox guards nothing. Without a token of its own it lets any token pass, but never an expired one that
//! it gave out itself, so that renewing can be tried. Its tokens look like JWTs; the signature is its own,
//! and no client can check one anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json, json};

use crate::sandbox::answer::{Finding, Reply, Spot};
use crate::sandbox::storage::{StoredUser, Work};
use crate::sandbox::users;

/// Customer id and code that pass.
const CUSTOMER: &str = "sandbox";

/// What a call shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// `x-access-token`.
    pub token: Option<String>,
    /// `customerid` of the query.
    pub customer_id: Option<String>,
    /// `customercode` of the query.
    pub customer_code: Option<String>,
}

/// Whether a call may pass. `required`: the only token but our own that passes; `now_s`: epoch seconds.
pub fn admits(shown: &Shown, required: Option<&str>, now_s: i64) -> Result<(), Finding> {
    let Some(token) = shown.token.as_deref() else {
        return match (shown.customer_id.as_deref(), shown.customer_code.as_deref()) {
            (Some(CUSTOMER), Some(CUSTOMER)) => Ok(()),
            (None, None) => Err(Finding::new(401, "The header x-access-token is missing")),
            _ => Err(Finding::new(401, "Customer id or code is wrong")),
        };
    };
    match (own_expiry_s(token), required) {
        (Some(expiry_s), _) if expiry_s <= now_s => Err(Finding::new(401, "The token has expired")),
        (Some(_), _) => Ok(()),
        (None, Some(required)) if token != required => Err(Finding::new(401, "The token is wrong")),
        (None, _) if token.is_empty() => Err(Finding::new(401, "The token is empty")),
        (None, _) => Ok(()),
    }
}

/// `POST /createjwt`: `{"username","password"}` → `{"token"}`, 401 for a wrong pair or a user who may not log on.
pub fn create_jwt(
    work: &Work<'_>,
    body: &[u8],
    now_s: i64,
    lifetime_s: i64,
) -> Result<Reply, Finding> {
    let login: Json = serde_json::from_slice(body)
        .map_err(|error| Finding::new(400, format!("Invalid JSON: {error}")).at(Spot::Body))?;
    let text = |name: &str| {
        let missing =
            || Finding::new(400, format!("Missing required property: {name}")).at(Spot::Body);
        login.get(name).and_then(Json::as_str).ok_or_else(missing)
    };
    let (name, password) = (text("username")?, text("password")?);
    let known = work
        .logons(name)?
        .into_iter()
        .find(|user| may_log_on(user, password));
    let user = known.ok_or_else(|| Finding::new(401, "Invalid logon"))?;
    let body = json!({"token": token(&user.user_id, now_s, lifetime_s)});
    Ok(Reply::json(200, body.to_string()))
}

fn may_log_on(user: &StoredUser, password: &str) -> bool {
    let object: Map<String, Json> = serde_json::from_str(&user.object).unwrap_or_default();
    user.password.as_deref() == Some(&users::password_hash(&user.user_id, password))
        && users::is_true(&object, "Activated")
        && !users::is_true(&object, "Locked")
        && !users::is_true(&object, "Deleted")
}

fn token(user_id: &str, now_s: i64, lifetime_s: i64) -> String {
    let part = |json: Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let head = part(json!({"alg": "HS256", "typ": "JWT"}));
    let claims =
        part(json!({"sub": user_id, "iat": now_s, "exp": now_s.saturating_add(lifetime_s)}));
    let signed = format!("{head}.{claims}");
    let signature = signature(&signed);
    format!("{signed}.{signature}")
}

/// When a token of ours expires; `None` if it is not ours.
fn own_expiry_s(token: &str) -> Option<i64> {
    let (signed, signed_with) = token.rsplit_once('.')?;
    if signature(signed) != signed_with {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
    let claims: Json = serde_json::from_slice(&claims).ok()?;
    claims.get("exp")?.as_i64()
}

fn signature(signed: &str) -> String {
    URL_SAFE_NO_PAD.encode(blake3::derive_key(
        "crewsync sandbox 2026 token",
        signed.as_bytes(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_or_the_customer_passes() {
        let shown = |token: Option<&str>, id: Option<&str>, code: Option<&str>| Shown {
            token: token.map(str::to_owned),
            customer_id: id.map(str::to_owned),
            customer_code: code.map(str::to_owned),
        };
        for (shown, required, passes) in [
            (shown(None, None, None), None, false),
            (shown(Some("any"), None, None), None, true),
            (shown(Some(""), None, None), None, false),
            (shown(Some("any"), None, None), Some("T"), false),
            (shown(Some("T"), None, None), Some("T"), true),
            (
                shown(None, Some("sandbox"), Some("sandbox")),
                Some("T"),
                true,
            ),
            (shown(None, Some("sandbox"), Some("x")), None, false),
            (
                shown(Some("x"), Some("sandbox"), Some("sandbox")),
                Some("T"),
                false,
            ),
        ] {
            assert_eq!(
                admits(&shown, required, 0).is_ok(),
                passes,
                "{shown:?} {required:?}"
            );
        }
    }

    #[test]
    fn our_own_tokens_pass_beside_the_required_one_until_they_expire() {
        let shown = Shown {
            token: Some(token("a", 1_000, 60)),
            ..Shown::default()
        };
        assert_eq!(admits(&shown, Some("T"), 1_059), Ok(()));
        for required in [None, Some("T")] {
            assert_eq!(admits(&shown, required, 1_060).unwrap_err().status, 401);
        }
    }
}
