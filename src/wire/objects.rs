//! The objects of the API beside the User: entities, moves of a storage location, logons and tokens.
//!
//! Properties that this version does not know stay in `rest`, so that what was read goes back whole. A property
//! that is `None` is left out, which every reading of the API understands as "not mentioned".

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// The company or person behind a user (`…/User/{id}/Entity`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Entity {
    /// Where it is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<Address>>,
    /// Who speaks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<Contact>>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The key of the system that it comes from.
    #[serde(rename = "SystemID", skip_serializing_if = "Option::is_none")]
    pub system_id: Option<String>,
    /// Everything else, untouched.
    #[serde(flatten)]
    pub rest: Map<String, Json>,
}

/// One address of an [`Entity`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Address {
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr_line1: Option<String>,
    /// Second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr_line2: Option<String>,
    /// Third line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr_line3: Option<String>,
    /// Fourth line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr_line4: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr_type: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The nearest crossing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intersection: Option<String>,
    /// Latitude; the pages do not say whether as text or number, so it stays as it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<Json>,
    /// Longitude, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<Json>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// Everything else, untouched.
    #[serde(flatten)]
    pub rest: Map<String, Json>,
}

/// One contact of an [`Entity`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Contact {
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Whether this one is asked first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_primary: Option<bool>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Phone numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<Phone>>,
    /// Everything else, untouched.
    #[serde(flatten)]
    pub rest: Map<String, Json>,
}

/// A phone number of a [`Contact`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Phone {
    /// The number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_num: Option<String>,
    /// What it is for, e.g. `Mobile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_type: Option<String>,
    /// Everything else, untouched.
    #[serde(flatten)]
    pub rest: Map<String, Json>,
}

/// The User Storage Location object: a technician gets another storage location.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageLocationMove {
    /// Who moves.
    #[serde(rename = "UserID")]
    pub user_id: String,
    /// To where.
    #[serde(rename = "StorageLocationID")]
    pub storage_location_id: String,
    /// What comes along.
    #[serde(rename = "Options")]
    pub options: MoveOptions,
}

/// What comes along when a storage location changes. False: the old items are dropped from the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MoveOptions {
    /// The inventory.
    pub migrate_inventory: bool,
    /// Open requests to count.
    pub migrate_open_count_requests: bool,
    /// Open loads.
    pub migrate_open_inventory_loads: bool,
    /// Open stock levels.
    pub migrate_open_stock_levels: bool,
    /// The data of stock levels.
    pub migrate_stock_levels_data: bool,
}

/// Who proves himself by a password in the body. Debug shows no password.
#[derive(Clone, Debug)]
pub struct Logon {
    /// His UserID.
    pub user_id: String,
    /// His password.
    pub password: SecretString,
}

impl Logon {
    /// `{"UserID","Password"}`, the body of delegate and impersonate.
    pub fn body(&self) -> Json {
        json!({ "UserID": self.user_id, "Password": self.password.expose_secret() })
    }
}

/// A token that the tenant gave out. Debug does not show it.
#[derive(Clone, Debug)]
pub struct Token(pub SecretString);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_goes_back_as_it_came() {
        for text in [
            "{}",
            r#"{"Addresses":[{"AddrLine1":"1 Quay","Lat":45.50,"Lon":"-73.6","Zip":"H2X","Floor":3}],"Contacts":[{"Email":"a@b.example","IsPrimary":true,"Phones":[{"PhoneNum":"1","PhoneType":"Mobile","Ext":7.10}]}],"Name":"Ek","SystemID":"S1","New":{"a":[1.0]}}"#,
        ] {
            let entity: Entity = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&entity).unwrap(), text);
        }
    }

    #[test]
    fn a_move_names_every_option() {
        let moved = StorageLocationMove {
            user_id: "T-1".to_owned(),
            storage_location_id: "VAN-2".to_owned(),
            options: MoveOptions {
                migrate_inventory: true,
                ..MoveOptions::default()
            },
        };
        assert_eq!(
            serde_json::to_string(&moved).unwrap(),
            r#"{"UserID":"T-1","StorageLocationID":"VAN-2","Options":{"MigrateInventory":true,"MigrateOpenCountRequests":false,"MigrateOpenInventoryLoads":false,"MigrateOpenStockLevels":false,"MigrateStockLevelsData":false}}"#
        );
    }

    #[test]
    fn neither_password_nor_token_is_shown() {
        let logon = Logon {
            user_id: "hr".to_owned(),
            password: "planted".into(),
        };
        let shown = format!("{logon:?} {:?}", Token("planted".into()));
        assert!(!shown.contains("planted"), "{shown}");
        assert_eq!(logon.body()["Password"], "planted");
    }
}
