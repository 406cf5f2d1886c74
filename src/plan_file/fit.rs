//! Whether a saved plan may be applied here and now.

use std::fmt;

use jiff::Timestamp;

use super::format::{Header, Tenant};

/// Where and when a plan is to be applied.
#[derive(Clone, Debug)]
pub struct Here {
    /// The tenant.
    pub tenant: Tenant,
    /// `[source] id`.
    pub source: String,
    /// The digest of the settings that decide what may be sent.
    pub configuration: String,
    /// The digest of the mapping.
    pub mapping: String,
    /// Now.
    pub now: Timestamp,
}

/// Why a plan must not be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It was made without asking a tenant.
    NoTenant,
    /// It was made for this other one.
    Tenant(Box<Tenant>),
    /// It was made of this other source.
    Source(String),
    /// The mapping has changed since.
    Mapping,
    /// Another setting that decides what may be sent has changed since.
    Configuration,
    /// It was good until then.
    Expired(Timestamp),
}

/// The first reason against applying the plan, the gravest first.
///
/// # Errors
/// See [`Unfit`].
pub fn check_fit(header: &Header, here: &Here) -> Result<(), Unfit> {
    let Some(tenant) = &header.tenant else {
        return Err(Unfit::NoTenant);
    };
    if !tenant.is_same(&here.tenant) {
        return Err(Unfit::Tenant(Box::new(tenant.clone())));
    }
    if header.source != here.source {
        return Err(Unfit::Source(header.source.clone()));
    }
    if header.mapping != here.mapping {
        return Err(Unfit::Mapping);
    }
    if header.configuration != here.configuration {
        return Err(Unfit::Configuration);
    }
    if here.now > header.expires_at {
        return Err(Unfit::Expired(header.expires_at));
    }
    Ok(())
}

impl Unfit {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Unfit::NoTenant => "plan against the tenant: without --against, or with --against live",
            Unfit::Tenant(_) => "apply it with the base URL and the account that it was made with",
            Unfit::Source(_) => "apply it with the configuration that it was made with",
            Unfit::Mapping | Unfit::Configuration => {
                "plan again, so that what is sent is what these settings say"
            }
            Unfit::Expired(_) => {
                "plan again; [plan] expires_after_h says how long a plan is good for"
            }
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::NoTenant => f.write_str("the plan was made for no tenant"),
            Unfit::Tenant(tenant) => write!(f, "the plan was made for another tenant: {tenant}"),
            Unfit::Source(source) => {
                write!(f, "the plan was made of another source: \"{source}\"")
            }
            Unfit::Mapping => f.write_str("the mapping has changed since the plan was made"),
            Unfit::Configuration => f.write_str(
                "settings that decide what may be sent have changed since the plan was made",
            ),
            Unfit::Expired(at) => write!(f, "the plan has expired: it was good until {at:.0}"),
        }
    }
}
