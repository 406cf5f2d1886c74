//! Who may call: tokens, the deprecated customer id and code, `/createjwt`, and the two calls that give out a token
//! for somebody else.
//!
//! A sandbox guards nothing. Without a token of its own it lets any token pass, but never an expired one that
//! it gave out itself, so that renewing can be tried. Its tokens are JWTs, signed with HS256 under a key that is
//! no secret.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json, json};

use crate::sandbox::answer::{Finding, Reply, Spot};
use crate::sandbox::storage::{StoredUser, Work};
use crate::sandbox::switches::Switches;
use crate::sandbox::{single, users};

/// The key of the signatures.
const KEY: &[u8] = b"crewsync sandbox";

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

/// The UserID that a token of ours was given out for.
pub fn caller(shown: &Shown) -> Option<String> {
    let claims = own_claims(shown.token.as_deref()?)?;
    Some(claims.get("sub")?.as_str()?.to_owned())
}

/// `POST /createjwt`: `{"username","password"}` → `{"token"}`, 401 for a wrong pair or a user who may not log on.
pub fn create_jwt(
    work: &Work<'_>,
    body: &[u8],
    now_s: i64,
    lifetime_s: i64,
) -> Result<Reply, Finding> {
    let user = logged_on(work, body, "username", "password")?;
    let token = token(json!({"sub": user.user_id}), now_s, lifetime_s);
    Ok(Reply::json(200, json!({"token": token}).to_string()))
}

/// `POST …/delegate`: `{"UserID","Password"}` of who asks → `{"Token"}` that acts for a role of an entity.
pub fn delegate(
    work: &Work<'_>,
    body: &[u8],
    (entity_id, role_id): (&str, &str),
    now_s: i64,
    lifetime_s: i64,
) -> Result<Reply, Finding> {
    let user = logged_on(work, body, "UserID", "Password")?;
    let claims = json!({"sub": user.user_id, "entity": entity_id, "role": role_id});
    let token = token(claims, now_s, lifetime_s);
    Ok(Reply::json(200, json!({"Token": token}).to_string()))
}

/// `POST …/impersonate`: `{"UserID","Password"}` of who asks → `{"Token"}` that acts as `user_id`.
pub fn impersonate(
    work: &Work<'_>,
    switches: &Switches,
    body: &[u8],
    user_id: &str,
    now_s: i64,
) -> Result<Reply, Finding> {
    let actor = logged_on(work, body, "UserID", "Password")?;
    let user = single::existing(work, switches, user_id)?;
    let claims = json!({"sub": user.stored.user_id, "act": actor.user_id});
    let token = token(claims, now_s, switches.token_lifetime_s);
    Ok(Reply::json(200, json!({"Token": token}).to_string()))
}

/// The user whose name and password a body holds.
fn logged_on(
    work: &Work<'_>,
    body: &[u8],
    name: &str,
    password: &str,
) -> Result<StoredUser, Finding> {
    let login: Json = serde_json::from_slice(body)
        .map_err(|error| Finding::new(400, format!("Invalid JSON: {error}")).at(Spot::Body))?;
    let text = |name: &str| {
        let missing =
            || Finding::new(400, format!("Missing required property: {name}")).at(Spot::Body);
        login.get(name).and_then(Json::as_str).ok_or_else(missing)
    };
    let (name, password) = (text(name)?, text(password)?);
    let known = work.logons(name)?;
    let user = known.into_iter().find(|user| may_log_on(user, password));
    user.ok_or_else(|| Finding::new(401, "Invalid logon"))
}

fn may_log_on(user: &StoredUser, password: &str) -> bool {
    let object: Map<String, Json> = serde_json::from_str(&user.object).unwrap_or_default();
    user.password.as_deref() == Some(&users::password_hash(&user.user_id, password))
        && users::is_true(&object, "Activated")
        && !users::is_true(&object, "Locked")
        && !users::is_true(&object, "Deleted")
}

/// A JWT with these claims and its times.
fn token(mut claims: Json, now_s: i64, lifetime_s: i64) -> String {
    let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
    claims["iat"] = json!(now_s);
    claims["exp"] = json!(now_s.saturating_add(lifetime_s));
    let head = part(&json!({"alg": "HS256", "typ": "JWT"}));
    let signed = format!("{head}.{}", part(&claims));
    let signature = hmac::sign(&key(), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// When a token of ours expires; `None` if it is not ours.
fn own_expiry_s(token: &str) -> Option<i64> {
    own_claims(token)?.get("exp")?.as_i64()
}

/// What a token of ours says; `None` if it is not ours.
fn own_claims(token: &str) -> Option<Json> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    hmac::verify(&key(), signed.as_bytes(), &signature).ok()?;
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
    serde_json::from_slice(&claims).ok()
}

fn key() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, KEY)
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
            token: Some(token(json!({"sub": "a"}), 1_000, 60)),
            ..Shown::default()
        };
        assert_eq!(admits(&shown, Some("T"), 1_059), Ok(()));
        for required in [None, Some("T")] {
            assert_eq!(admits(&shown, required, 1_060).unwrap_err().status, 401);
        }
    }

    #[test]
    fn a_token_is_a_jwt_signed_with_hs256() {
        // Checked with another implementation: HMAC-SHA256 of head and claims under the key.
        let token = token(json!({"sub": "a"}), 1_000, 60);
        let parts: Vec<&str> = token.split('.').collect();
        let read = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(read(parts[0]), r#"{"alg":"HS256","typ":"JWT"}"#);
        assert_eq!(read(parts[1]), r#"{"sub":"a","iat":1000,"exp":1060}"#);
        assert_eq!(parts[2], "kZlMDmsxOImYote1FqADk2SKufX4W_4gIdPFkzI-vFw");
        let forged = format!("{}.{}.{}", parts[0], parts[1], "AAAA");
        assert_eq!(own_claims(&forged), None);
    }
}
