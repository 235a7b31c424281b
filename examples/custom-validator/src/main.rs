//! `custom-validator`: four runs of a devnet in which dave is honest, withholds, lags, and lies.

use custom_validator::{Character, run};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let characters = [
        ("is honest", None),
        ("withholds", Some(Character::Withholds)),
        ("lags", Some(Character::Lags(0.into()))),
        ("lies", Some(Character::Lies)),
    ];
    for (what, character) in characters {
        println!("dave {what:<10} {}", run(character, 120)?);
    }
    Ok(())
}
