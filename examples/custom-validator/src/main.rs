//! `custom-validator [blocks]`: four runs of a devnet in which dave is honest, withholds, lags, and lies.

use custom_validator::{Character, run};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let blocks = std::env::args().nth(1).map_or(Ok(120), |blocks| blocks.parse())?;
    let characters = [
        ("is honest", None),
        ("withholds", Some(Character::Withholds)),
        ("lags", Some(Character::Lags(0.into()))),
        ("lies", Some(Character::Lies)),
    ];
    for (what, character) in characters {
        println!("dave {what:<10} {}", run(character, blocks)?);
    }
    Ok(())
}
