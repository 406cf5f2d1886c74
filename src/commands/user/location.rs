//! `user change-storage-location`: with what comes along.

use crate::cli::{ChangeStorageLocationArgs, Cli, HandFlags};
use crate::failure::{Exit, Failure};
use crate::model::{Field, Property, Value};
use crate::session::{ByHand, Console, Told, confirm};
use crate::wire::{MoveOptions, StorageLocationMove};

pub async fn run(
    cli: &Cli,
    at: &HandFlags,
    args: &ChangeStorageLocationArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user change-storage-location").await?;
    let user = by_hand.existing(&args.user).await?;
    let (user_id, location) = (user.user_id(), &args.location);
    let options = options(args);
    let field = Field::Property(Property::StorageLocationID);
    if let (Some(old), true) = (user.get(&field), options == MoveOptions::default()) {
        let what = format!("Move {user_id} from {old} to {location} and drop all items of {old}");
        confirm(&args.write, &what)?;
    }
    let moved = StorageLocationMove {
        user_id: user_id.to_owned(),
        storage_location_id: location.clone(),
        options,
    };
    let is_done = async {
        let found = by_hand.user(user_id).await?;
        Ok(found.and_then(|user| user.get(&field)) == Value::text(location))
    };
    let call = by_hand.client().change_storage_location(&moved);
    let what = format!("the storage location of {user_id}");
    let warnings = by_hand.write(&what, call, is_done).await?;
    let told = Told::applied("change_storage_location", user_id, warnings);
    told.tell(
        console,
        &format!("{user_id} has the storage location {location}"),
    );
    Ok(Exit::Done)
}

fn options(args: &ChangeStorageLocationArgs) -> MoveOptions {
    MoveOptions {
        migrate_inventory: args.migrate_inventory,
        migrate_open_count_requests: args.migrate_open_count_requests,
        migrate_open_inventory_loads: args.migrate_open_inventory_loads,
        migrate_open_stock_levels: args.migrate_open_stock_levels,
        migrate_stock_levels_data: args.migrate_stock_levels_data,
    }
}
