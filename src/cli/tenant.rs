//! The tenant, and how hard it is talked to.

use std::num::NonZeroU32;

use clap::{Args, ValueHint};

use crate::pacing::Limits;

/// Which tenant is talked to, and how hard.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Tenant")]
pub struct TenantFlags {
    /// Address of the tenant; https, or http on this machine only [env: CREWSYNC_BASE_URL]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// Rate limits to keep to: `vendor`, `off` (this machine only), or a list such as
    /// bulk=1/30s,user=1/30s,default=15/s [default: vendor] [env: CREWSYNC_LIMITS]
    #[arg(long, value_name = "LIMITS")]
    pub limits: Option<Limits>,
    /// Most users in one bulk call [default: 400] [env: CREWSYNC_CHUNK_USERS]
    #[arg(long, value_name = "N")]
    pub chunk_users: Option<NonZeroU32>,
    /// Most bytes in the body of one bulk call [default: 1000000] [env: CREWSYNC_CHUNK_BYTES]
    #[arg(long, value_name = "N")]
    pub chunk_bytes: Option<NonZeroU32>,
    /// Most bulk calls under way at the same time [default: 2] [env: CREWSYNC_IN_FLIGHT]
    #[arg(long, value_name = "N")]
    pub in_flight: Option<NonZeroU32>,
}
