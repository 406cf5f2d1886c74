//! Whose store it is: one row, written when the tenant is first known.

use std::fmt;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::error::Fault;
use super::rows::Table;

const TENANT: Table = Table {
    name: "tenant",
    columns: &["one", "name", "base_url", "customer"],
};

/// Whose store it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantIdentity {
    /// `[tenant] name`; may be empty.
    pub name: String,
    /// Base URL without credentials (`sandbox` for the sandbox in this process, whose port changes).
    pub base_url: String,
    /// The customer id, where the credentials have one. It tells tenants apart, so it is no secret.
    pub customer: Option<String>,
}

impl TenantIdentity {
    /// Whether both can be one tenant. A customer id that only one side knows tells nothing.
    pub(super) fn agrees_with(&self, other: &TenantIdentity) -> bool {
        let customers_agree = match (&self.customer, &other.customer) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        self.name == other.name && self.base_url == other.base_url && customers_agree
    }
}

impl fmt::Display for TenantIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "\"{}\" at ", self.name)?;
        }
        f.write_str(&self.base_url)?;
        match &self.customer {
            Some(customer) => write!(f, " (customer {customer})"),
            None => Ok(()),
        }
    }
}

pub(super) fn read_tenant(connection: &Connection) -> Result<TenantIdentity, Fault> {
    let mut found = TENANT.select(connection, "", [], |cells| {
        let _one: i64 = cells.number()?;
        Ok(TenantIdentity {
            name: cells.text()?,
            base_url: cells.text()?,
            customer: cells.optional_text()?,
        })
    })?;
    found
        .pop()
        .ok_or_else(|| Fault::Damaged("it does not say whose it is".to_owned()))
}

pub(super) fn write_tenant(connection: &Connection, tenant: &TenantIdentity) -> Result<(), Fault> {
    let TenantIdentity {
        name,
        base_url,
        customer,
    } = tenant.clone();
    TENANT.put(
        connection,
        &[
            Value::Integer(1),
            name.into(),
            base_url.into(),
            customer.into(),
        ],
    )
}
